//! What a test may set for the service in its world.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Premiumize;
use super::hosts::Host;
use crate::lock::LockExt;
use crate::services::settings;
use crate::services::settings::Pace;

/// The settings, all with the values of a fresh world.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The services that it fetches from.
    pub services: Vec<Host>,
    /// How fast transfers go on.
    pub transfer_pace: Pace,
    /// How many transfers may be under way in an account, and how many it may have in all.
    pub active_transfers: usize,
    pub transfers: usize,
    /// How many direct links a day an account may make for one service.
    pub links_per_day: Option<u64>,
    /// How long the first question for a direct link is deferred.
    pub defer_s: i64,
    /// How long a link lives.
    pub link_life_s: i64,
    /// What the person says whom a client asks for consent.
    pub consent: Consent,
    /// How many times a device is told to wait before.
    pub consent_polls: u32,
    pub device_life_s: i64,
    pub device_interval_s: i64,
    pub token_life_s: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            services: Host::usual(),
            transfer_pace: Pace::Polls(1),
            active_transfers: 25,
            transfers: 1000,
            links_per_day: None,
            defer_s: 0,
            link_life_s: 6 * 60 * 60,
            consent: Consent::Ask,
            consent_polls: 1,
            device_life_s: 600,
            device_interval_s: 5,
            token_life_s: 10 * 365 * 24 * 60 * 60,
        }
    }
}

/// What a person says to a client's request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Nothing before `POST /confirm`.
    Ask,
    Allow,
    Deny,
}

impl Premiumize {
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
