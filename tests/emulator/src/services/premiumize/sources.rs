//! What lies elsewhere: files of services and torrents, and what of it is in the cache.

use std::sync::Arc;

use serde_json::{Value, json};

use super::State;
use super::links::Target;
use super::{Premiumize, odd, shown};
use crate::world::blobs::Blob;

/// What a link, a magnet or a hash leads to.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: String,
    /// Paths below its name, and contents. A file by itself has no path but its name.
    pub files: Vec<SourceFile>,
    /// Whether it can be had at once.
    pub is_cached: bool,
    /// Code and text that a question for a direct link is refused with.
    pub refusal: Option<(String, String)>,
    /// The word and the text that a transfer of it ends with, instead of well.
    pub end: Option<(String, String)>,
}

#[derive(Debug, Clone)]
pub struct SourceFile {
    pub path: String,
    pub blob: Arc<Blob>,
}

impl Source {
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.blob.size).sum()
    }
}

/// What is the same source: a magnet by its hash, everything else as it is.
pub fn key_of(src: &str) -> String {
    let src = src.trim();
    let hash = src.strip_prefix("magnet:").and_then(|magnet| {
        let start = magnet.find("xt=urn:btih:")? + "xt=urn:btih:".len();
        magnet[start..].split('&').next()
    });
    match hash.or_else(|| is_hash(src).then_some(src)) {
        Some(hash) => hash.to_ascii_lowercase(),
        None => src.to_owned(),
    }
}

/// Whether a text is a bare hash of a torrent.
pub fn is_hash(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub fn is_magnet(text: &str) -> bool {
    text.starts_with("magnet:?")
}

impl Premiumize {
    /// The files of a source with links to them.
    pub(super) fn direct_content(&self, state: &mut State, source: &Source) -> Value {
        let files = source.files.iter().map(|file| {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            let link = self.give_link(state, name, Target::File(Arc::clone(&file.blob)));
            let is_video = shown::is_video(name);
            json!({
                "path": file.path,
                "size": self.shown_size(file.blob.size),
                "link": link,
                "stream_link": is_video.then(|| link.clone()),
                "transcode_status": if is_video { "finished" } else { "not_applicable" },
            })
        });
        let content: Vec<Value> = files.collect();
        self.with_old_members(content)
    }

    /// A success that only gives the link back.
    pub(super) fn pass_through(&self, src: &str) -> Value {
        let name = src.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        self.with_old_members(vec![json!({"path": name, "size": null, "link": src})])
    }

    /// The old members repeat the first file.
    fn with_old_members(&self, content: Vec<Value>) -> Value {
        let first = content.first().cloned().unwrap_or_default();
        let mut members = json!({"content": content});
        if !self.odd(odd::DIRECTDL_CONTENT_ALONE) {
            members["location"] = first["link"].clone();
            members["filename"] = first["path"].clone();
            members["filesize"] = first["size"].clone();
        }
        members
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_torrent_has_one_key() {
        let hash = "0123456789ABCDEF0123456789ABCDEF01234567";
        let magnet = format!("magnet:?dn=a&xt=urn:btih:{hash}&tr=udp%3A%2F%2Fx");
        assert_eq!(key_of(&magnet), hash.to_lowercase());
        assert_eq!(key_of(hash), hash.to_lowercase());
        assert_eq!(key_of(" https://a.example/B "), "https://a.example/B");
    }
}
