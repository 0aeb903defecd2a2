//! What a test may set for the service in its world.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Keep2Share;
use crate::lock::LockExt;
use crate::services::picture;
use crate::services::settings::{self, Pace};

/// The settings, all with the values of a fresh world.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which of the sister sites it is.
    pub site: Site,
    /// The address that the service sees its clients come from.
    pub client_address: String,
    /// The announced wait of a free download.
    pub free_wait_s: i64,
    /// How much longer than announced it really lasts.
    pub free_margin_s: i64,
    /// From the end of a free download to the next ticket of the same user.
    pub free_pause_s: i64,
    /// The largest file for free users.
    pub free_size: u64,
    /// What each new captcha asks for, instead of letters of chance.
    pub captcha_answer: Option<String>,
    /// How fast remote uploads go on.
    pub remote_pace: Pace,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            site: Site::Keep2share,
            client_address: "127.0.0.1".into(),
            free_wait_s: 30,
            free_margin_s: 1,
            free_pause_s: 0,
            free_size: 1024 * 1024 * 1024,
            captcha_answer: None,
            remote_pace: Pace::Polls(1),
        }
    }
}

/// The sites that share the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    Keep2share,
    Fileboom,
    Tezfiles,
}

impl Site {
    /// Host of the pages of files.
    pub fn host(self) -> &'static str {
        match self {
            Self::Keep2share => "k2s.cc",
            Self::Fileboom => "fboom.me",
            Self::Tezfiles => "tezfiles.com",
        }
    }

    /// How forms and links call it.
    pub fn project(self) -> &'static str {
        match self {
            Self::Keep2share => "k2s",
            Self::Fileboom => "fboom",
            Self::Tezfiles => "tezfiles",
        }
    }
}

impl Keep2Share {
    pub(super) fn settings(&self) -> Settings {
        self.settings.hold().clone()
    }

    /// Takes over what `wish` names; gives back all settings.
    pub(super) fn set(&self, wish: Map<String, Value>) -> Result<Value, String> {
        let mut current = self.settings.hold();
        let changed = settings::changed(&*current, wish)?;
        if let Some(answer) = &changed.captcha_answer
            && !picture::shows(answer)
        {
            return Err(format!("no picture shows {answer:?}"));
        }
        *current = changed;
        serde_json::to_value(&*current).map_err(|error| error.to_string())
    }

    /// The page of a file.
    pub(super) fn page_of(&self, id: &str) -> String {
        format!("https://{}/file/{id}", self.settings.hold().site.host())
    }
}
