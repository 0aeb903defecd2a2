//! How fast what a service does by itself goes on.

use serde::{Deserialize, Serialize};

/// What moves it from one state to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// So many questions for its status.
    Polls(u32),
    /// So much time of the world.
    Seconds(u32),
}

impl Pace {
    /// How many states lie behind it. A pace of nothing goes to the end at once.
    pub fn states(self, polls: u32, passed_s: i64) -> usize {
        let states = match self {
            Self::Polls(each) => polls.checked_div(each).map(i64::from),
            Self::Seconds(each) => passed_s.checked_div(i64::from(each)),
        };
        states.map_or(usize::MAX, |states| usize::try_from(states).unwrap_or_default())
    }
}
