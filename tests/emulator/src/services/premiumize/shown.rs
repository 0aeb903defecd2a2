//! How items look in answers, odd where that is switched on.

use serde_json::{Value, json};

use super::links::Target;
use super::tree::Item;
use super::{Premiumize, State, odd};

impl Premiumize {
    /// An item in a list of folders and files.
    pub(super) fn listed(&self, state: &mut State, item: &Item) -> Value {
        let mut listed = json!({
            "id": item.id,
            "name": item.name,
            "type": if item.is_folder() { "folder" } else { "file" },
            "created_at": self.shown_time(item.created),
        });
        if let Some(blob) = &item.blob {
            let link = self.give_link(state, &item.name, Target::File(blob.clone()));
            listed["size"] = self.shown_size(blob.size);
            listed["mime_type"] = json!(mime_type(&item.name));
            if !self.odd(odd::DIRECTLINK_MISSING) {
                listed["directlink"] = json!(link);
            }
            listed["stream_link"] = json!(is_video(&item.name).then(|| link.clone()));
            listed["link"] = json!(link);
            listed["transcode_status"] = json!(transcode_status(item));
            listed["virus_scan"] = json!(virus_scan(item));
            if self.odd(odd::LISTED_MORE) {
                listed["crc32"] = json!(&blob.md5[..8]);
                listed["unpackable"] = json!(item.name.ends_with(".zip"));
                listed["ip"] = json!("192.0.2.17");
            }
        }
        if self.odd(odd::EXTRA_KEYS) {
            listed["is_starred"] = json!(false);
        }
        listed
    }

    pub(super) fn shown_size(&self, size: u64) -> Value {
        if self.odd(odd::SIZES_AS_TEXT) { json!(size.to_string()) } else { json!(size) }
    }

    pub(super) fn shown_time(&self, seconds: i64) -> Value {
        if self.odd(odd::CREATED_AT_NULL) { Value::Null } else { json!(seconds) }
    }
}

pub fn virus_scan(item: &Item) -> &str {
    item.virus_scan.as_deref().unwrap_or("ok")
}

pub fn transcode_status(item: &Item) -> &str {
    let usual = if is_video(&item.name) { "finished" } else { "not_applicable" };
    item.transcode_status.as_deref().unwrap_or(usual)
}

pub fn is_video(name: &str) -> bool {
    mime_type(name).starts_with("video/")
}

pub fn mime_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("txt") => "text/plain",
        Some("mp4") => "video/mp4",
        Some("mkv") => "video/x-matroska",
        Some("png") => "image/png",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}
