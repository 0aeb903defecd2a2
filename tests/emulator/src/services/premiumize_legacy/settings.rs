//! What a test may set for the service in its world.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::PremiumizeLegacy;
use super::hosts::Host;
use crate::lock::LockExt;
use crate::services::settings;

/// The settings, all with the values of a fresh world.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The file hosts that it knows.
    pub hosts: Vec<Host>,
    /// Main names of those that are switched off: 428.
    pub hosts_down: Vec<String>,
    /// How many links a day an account may make for one host.
    pub links_per_day: Option<u64>,
    /// How long a link lives.
    pub link_life_s: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { hosts: Host::usual(), hosts_down: Vec::new(), links_per_day: None, link_life_s: 12 * 60 * 60 }
    }
}

impl PremiumizeLegacy {
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
