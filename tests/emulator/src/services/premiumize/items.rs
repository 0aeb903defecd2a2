//! Files: all of an account, and what is known of one.

use serde_json::{Value, json};

use super::envelope::{Success, Verdict};
use super::links::Target;
use super::params::Args;
use super::shown::{is_video, mime_type, transcode_status, virus_scan};
use super::{Premiumize, odd};
use crate::lock::LockExt;

impl Premiumize {
    pub(super) fn item_listall(&self, account: usize, _args: &Args) -> Verdict {
        let state = self.state.hold();
        let files: Vec<Value> = state
            .tree
            .of(account)
            .into_iter()
            .filter(|item| !item.is_folder())
            .map(|item| {
                json!({
                    "id": item.id,
                    "name": item.name,
                    "path": state.tree.path_of(item),
                    "size": self.shown_size(item.size()),
                    "created_at": self.shown_time(item.created),
                    "mime_type": mime_type(&item.name),
                    "virus_scan": virus_scan(item),
                })
            })
            .collect();
        Ok(Success::new(json!({"files": files})))
    }

    pub(super) fn item_details(&self, account: usize, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let id = args.text("id").unwrap_or_default();
        let item = state.tree.get(account, id).cloned().ok_or_else(|| self.no_item())?;
        let blob = item.blob.clone().ok_or_else(|| self.no_item())?;
        let link = self.give_link(&mut state, &item.name, Target::File(blob.clone()));
        let owner = &state.accounts[account];
        let video = is_video(&item.name);
        let number = |number: f64| match self.odd(odd::MEDIA_AS_NUMBERS) {
            true if number.fract() == 0.0 => json!(number as i64),
            true => json!(number),
            false => json!(number.to_string()),
        };
        let members = json!({
            "id": item.id,
            "name": item.name,
            "type": "file",
            "size": self.shown_size(blob.size),
            "created_at": self.shown_time(item.created),
            "folder_id": item.parent.as_ref().unwrap_or(&owner.root),
            "acodec": video.then_some("aac"),
            "vcodec": video.then_some("h264"),
            "mime_type": mime_type(&item.name),
            "opensubtitles_hash": video.then(|| &blob.md5[..16]),
            "resx": video.then(|| number(1280.0)),
            "resy": video.then(|| number(720.0)),
            "duration": video.then(|| number(61.5)),
            "bitrate": video.then_some(1_500_000),
            "transcode_status": transcode_status(&item),
            "virus_scan": virus_scan(&item),
            "stream_link": video.then(|| link.clone()),
            "link": link,
            "audio_track_names": if video { json!(["English"]) } else { json!([]) },
            "server_name": "node-3",
            "user_id": self.shown_customer(&owner.customer_id),
            "customer_id": self.shown_customer(&owner.customer_id),
        });
        Ok(Success::flat(members, self.odd(odd::DETAILS_WITH_STATUS)))
    }
}
