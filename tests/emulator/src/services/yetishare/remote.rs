//! Remote upload: the service fetches an address by itself, in the background.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;
use serde_json::{Map, Value, json};
use url::Url;

use super::clean::clean;
use super::envelope::{Failure, Success, Verdict};
use super::params::Args;
use super::shown::segment;
use super::tree::NewFile;
use super::{State, YetiShare, odd, texts};
use crate::lock::LockExt;
use crate::services::fetch::{self, Fetch, Fetched, Manner};
use crate::services::settings::Pace;
use crate::world::clock::plain_date_time;

const FIRST_ID: u64 = 51;

/// The states that each remote upload shows before its end, in order.
const WAY: [&str; 3] = ["pending", "downloading", "processing"];

/// As the service's own worker fetches.
const MANNER: Manner = Manner { redirects: 15, login: true };

/// One address under way.
#[derive(Debug)]
pub struct RemoteUpload {
    account: u64,
    url: String,
    folder: Option<u64>,
    added: i64,
    polls: u32,
    started: Option<i64>,
    finished: Option<i64>,
    /// None for an address that the worker cannot fetch.
    fetch: Option<Arc<Mutex<Fetch>>>,
    /// The stored file, or the word for another end.
    end: Option<Result<u64, String>>,
}

impl YetiShare {
    pub(super) fn url_upload_add(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        let now = self.ground.clock.now();
        let encoded = args.get("file_url_base64").ok_or(texts::NO_FILE_URL)?;
        // Padding may be left out, as PHP has it.
        let bytes = STANDARD_PAD_INDIFFERENT.decode(encoded).map_err(|_| Failure::from(texts::BAD_FILE_URL))?;
        let url = String::from_utf8(bytes).map_err(|_| Failure::from(texts::BAD_FILE_URL))?;
        if !self.settings().curl {
            return Err(texts::NO_CURL.into());
        }
        let pending = |upload: &&RemoteUpload| upload.account == caller && upload.end.is_none();
        if self.odd(odd::REMOTE_ONCE)
            && let Some((id, _)) = state.remote.iter().find(|(_, upload)| pending(upload) && upload.url == url)
        {
            return Ok(scheduled(*id, &url));
        }
        let limit = state.account(caller).map_or(0, |account| account.package.max_remote_download_urls);
        if limit > 0 && state.remote.values().filter(pending).count() as u64 >= limit {
            return Err(Failure::new("You have reached the maximum number of remote urls, please try again later."));
        }
        // What is no folder of the account is the root, without a word.
        let folder = state.tree.active_folder(caller, args.id("folder_id")).map(|folder| folder.id);
        let address = Url::parse(&url).ok().and_then(|url| Some((fetch::loopback(&url).ok()?, url)));
        let fetch = address.map(|(address, url)| fetch::begin(url, address, MANNER, Arc::clone(&self.ground)));
        let id = FIRST_ID + state.remote.len() as u64;
        let answer = scheduled(id, &url);
        let upload = RemoteUpload {
            account: caller,
            url,
            folder,
            added: now,
            polls: 0,
            started: None,
            finished: None,
            fetch,
            end: None,
        };
        state.remote.insert(id, upload);
        Ok(answer)
    }

    pub(super) fn url_upload_status(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        args.get("scheduled_item_id").ok_or(texts::NO_SCHEDULED_ID)?;
        let unknown = || Failure::new("Could not find the scheduled item based on scheduled_item_id.");
        let id = args.id("scheduled_item_id").ok_or_else(unknown)?;
        let (now, pace) = (self.ground.clock.now(), self.settings().remote_pace);
        let upload = state.remote.get_mut(&id).filter(|upload| upload.account == caller).ok_or_else(unknown)?;
        let stage = pace.stage(upload.polls, now - upload.added, WAY.len());
        upload.polls = upload.polls.saturating_add(1);
        if stage > 0 {
            upload.started.get_or_insert(now);
        }
        if stage >= WAY.len() {
            self.end_remote(state, id);
        }
        let shown = self.shown_remote(state, id, stage);
        Ok(Success::said("Scheduled URL file download found").with("data", shown))
    }

    fn shown_remote(&self, state: &State, id: u64, stage: usize) -> Value {
        let Some(upload) = state.remote.get(&id) else {
            return Value::Null;
        };
        let status = match &upload.end {
            Some(Ok(_)) => "complete",
            Some(Err(word)) => word.as_str(),
            None => WAY[stage.min(WAY.len() - 1)],
        };
        let file = upload.end.as_ref().and_then(|end| state.tree.file(upload.account, Some(*end.as_ref().ok()?)));
        let known = || upload.fetch.as_ref().and_then(|fetch| fetch.hold().length());
        let size = file.map(|file| file.blob.size).or_else(|| if stage > 0 { known() } else { None });
        let mut shown = Map::new();
        shown.insert("scheduled_item_id".into(), json!(id));
        shown.insert("status".into(), json!(status));
        shown.insert("created".into(), json!(plain_date_time(upload.added)));
        let mut maybe = |name: &str, value: Option<Value>| {
            if value.is_some() || !self.odd(odd::REMOTE_KEYS_MISSING) {
                shown.insert(name.into(), value.unwrap_or_default());
            }
        };
        maybe("started", upload.started.map(|at| json!(plain_date_time(at))));
        maybe("finished", upload.finished.map(|at| json!(plain_date_time(at))));
        let zero = || self.odd(odd::REMOTE_SIZE_ZERO).then(|| json!(0));
        maybe("total_size", size.map(|size| json!(size)).or_else(zero));
        maybe(
            "downloaded_file",
            file.map(|file| {
                json!({
                    "file_id": file.id,
                    "name": file.name,
                    "size": file.blob.size,
                    "url": format!("{}/{}", self.url_file(file), segment(&file.name)),
                })
            }),
        );
        Value::Object(shown)
    }

    /// Where the clock sets the pace, uploads come to their end without being asked for.
    pub(super) fn end_due_remotes(&self, state: &mut State) {
        let (pace, now) = (self.settings().remote_pace, self.ground.clock.now());
        if matches!(pace, Pace::Polls(_)) {
            return;
        }
        let is_due = |upload: &RemoteUpload| {
            upload.end.is_none() && pace.stage(upload.polls, now - upload.added, WAY.len()) >= WAY.len()
        };
        let due: Vec<u64> = state.remote.iter().filter(|(_, upload)| is_due(upload)).map(|(id, _)| *id).collect();
        for id in due {
            self.end_remote(state, id);
        }
    }

    /// Makes a file of what was fetched, once, if the fetch is over.
    fn end_remote(&self, state: &mut State, id: u64) {
        let now = self.ground.clock.now();
        let Some(upload) = state.remote.get(&id).filter(|upload| upload.end.is_none()) else {
            return;
        };
        let (account, folder) = (upload.account, upload.folder);
        let fetched = match &upload.fetch {
            None => Some(Err(())),
            Some(fetch) => fetch.hold().end.clone(),
        };
        let Some(fetched) = fetched else {
            return;
        };
        let end = match self.settings().remote_end {
            Some(word) if word != "complete" => Err(word),
            _ => fetched
                .and_then(|fetched| self.store_remote(state, account, folder, fetched))
                .map_err(|()| "failed".to_owned()),
        };
        if let Some(upload) = state.remote.get_mut(&id) {
            upload.started.get_or_insert(now);
            upload.finished = Some(now);
            upload.end = Some(end);
        }
    }

    fn store_remote(&self, state: &mut State, owner: u64, folder: Option<u64>, fetched: Fetched) -> Result<u64, ()> {
        let Fetched { name, blob } = fetched;
        let name = clean(&name);
        if blob.size == 0 || self.uploader_refuses(state, owner, &name, &blob).is_some() {
            return Err(());
        }
        // The folder may have gone to the trash meanwhile.
        let folder = state.tree.active_folder(owner, folder).map(|folder| folder.id);
        let name = state.tree.free_name(owner, folder, &name);
        let new = NewFile { owner, folder, name, kind: None, blob, source: "remote" };
        Ok(state.tree.add_file(&self.ground, new).id)
    }
}

/// Numbers are numbers here, whatever they are otherwise.
fn scheduled(id: u64, url: &str) -> Success {
    Success::said("File download from URL scheduled").with("data", json!({"scheduled_item_id": id, "url": url}))
}
