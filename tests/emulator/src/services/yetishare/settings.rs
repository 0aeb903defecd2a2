//! What a test may set for the service in its world.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::YetiShare;
use crate::lock::LockExt;
use crate::services::settings::{self, Pace};

/// The settings, all with the values of a fresh world.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How accounts sign in; a real site has one way.
    pub sign_in: SignIn,
    /// Whether it is a demonstration, which changes nothing.
    pub demo_mode: bool,
    /// PHP's limit for a whole request: beyond it no field arrives. 0 is none.
    pub post_max_size: u64,
    /// PHP's limit for a file: beyond it the file seems empty. 0 is none.
    pub upload_max_filesize: u64,
    /// The smallest file that the uploader takes.
    pub min_upload_size: u64,
    /// The only types of files, by their extension, that the uploader takes; all if empty.
    pub accepted_types: Vec<String>,
    pub banned_types: Vec<String>,
    /// MD5s of contents that nobody may store.
    pub blocked_hashes: Vec<String>,
    pub uploads_enabled: bool,
    /// How many upload servers there are.
    pub upload_servers: u32,
    /// Whether PHP has the curl module.
    pub curl: bool,
    /// Whether remote uploads are offered.
    pub background_downloads: bool,
    /// How fast remote uploads go on.
    pub remote_pace: Pace,
    /// The word that remote uploads end in, whatever became of them.
    pub remote_end: Option<String>,
    /// Whether downloads are redirected to the storage host.
    pub storage_redirect: bool,
    /// Downloads of an account at the same time. 0 is no limit.
    pub download_threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sign_in: SignIn::Either,
            demo_mode: false,
            post_max_size: 0,
            upload_max_filesize: 0,
            min_upload_size: 0,
            accepted_types: Vec::new(),
            banned_types: Vec::new(),
            blocked_hashes: Vec::new(),
            uploads_enabled: true,
            upload_servers: 1,
            curl: true,
            background_downloads: true,
            remote_pace: Pace::Polls(1),
            remote_end: None,
            storage_redirect: false,
            download_threads: 0,
        }
    }
}

/// What `/authorize` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignIn {
    /// Whichever comes.
    Either,
    Keys,
    Login,
}

impl YetiShare {
    pub(super) fn settings(&self) -> Settings {
        self.settings.hold().clone()
    }

    /// Takes over what `wish` names; gives back all settings.
    pub(super) fn set(&self, wish: Map<String, Value>) -> Result<Value, String> {
        let mut current = self.settings.hold();
        *current = settings::changed(&*current, wish)?;
        serde_json::to_value(&*current).map_err(|error| error.to_string())
    }
}
