use serde_json::{Value, json};

use crate::border::{self, Error, ItemResult, Tape};

/// A file or folder, the same for all services: the shared model in the terms of the engine.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Entry {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) path: Option<String>,
    pub(crate) is_folder: bool,
    pub(crate) size: Option<u64>,
    /// An instant as ISO text, only where the service tells the zone.
    pub(crate) modified: Option<String>,
    /// As the service sent it.
    pub(crate) modified_text: Option<String>,
    pub(crate) hash: Option<Hash>,
    pub(crate) link: Option<String>,
}

/// A checksum of a file's content.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hash {
    pub(crate) algorithm: &'static str,
    pub(crate) hex: String,
}

impl Entry {
    /// Its members by the shared model's names.
    pub(crate) fn plain(&self, service: &str) -> Value {
        let hash = self.hash.as_ref().map(|hash| json!({"algorithm": hash.algorithm, "hex": hash.hex}));
        json!({
            "id": self.id, "name": self.name, "path": self.path, "is_folder": self.is_folder, "size": self.size,
            "modified": self.modified, "modified_text": self.modified_text, "hash": hash, "link": self.link,
            "service": service,
        })
    }

    /// As the shared model.
    pub(crate) fn tape(&self, service: &str) -> Result<Tape, Error> {
        border::from_plain(border::shared(), &border::shared_type("Entry")?, &self.plain(service).to_string())
    }

    /// The same entry with the path that it has in a folder whose path may be known.
    pub(crate) fn below(self, folder: Option<&str>) -> Self {
        // A name with a slash has no path that leads to it.
        let path = folder
            .filter(|_| !self.name.contains('/'))
            .map(|folder| format!("{}/{}", folder.trim_end_matches('/'), self.name));
        Self { path, ..self }
    }

    pub(crate) fn known_id(&self) -> Result<&str, Error> {
        self.id.as_deref().ok_or_else(|| Error::internal(format!("{} has no id", self.name)))
    }

    /// How an error tells of it.
    pub(crate) fn as_item(&self, index: usize) -> ItemResult {
        ItemResult { id: self.id.clone(), index, ok: false, code: None, message: self.path.clone() }
    }
}
