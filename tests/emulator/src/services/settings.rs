//! What the settings of all services have in common.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `current` with the members that `wish` names; what is not named stays.
pub fn changed<T: Serialize + DeserializeOwned>(current: &T, wish: Map<String, Value>) -> Result<T, String> {
    let mut all = serde_json::to_value(current).map_err(|error| error.to_string())?;
    if let Value::Object(members) = &mut all {
        members.extend(wish);
    }
    serde_json::from_value(all).map_err(|error| error.to_string())
}

/// What moves a remote upload from one state to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// So many questions for its status.
    Polls(u32),
    /// So much time of the world.
    Seconds(u32),
}

impl Pace {
    /// How many of `last` states lie behind an upload that was asked for `polls` times in `seconds`.
    pub fn stage(self, polls: u32, seconds: i64, last: usize) -> usize {
        let steps = match self {
            Self::Polls(each) => polls.checked_div(each).map(i64::from),
            Self::Seconds(each) => seconds.checked_div(i64::from(each)),
        };
        // A pace of nothing goes to the end at once.
        steps.map_or(last, |steps| usize::try_from(steps).unwrap_or_default())
    }
}
