//! The time of a world: the machine's time plus what a test has advanced it by.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// A clock that a test can push forward, so that nothing has to be waited for.
#[derive(Debug, Default)]
pub struct Clock {
    advanced: AtomicI64,
}

impl Clock {
    /// Unix seconds in this world.
    pub fn now(&self) -> i64 {
        Timestamp::now().as_second() + self.advanced.load(Ordering::Relaxed)
    }

    /// Moves the clock by `seconds` and returns the new time.
    pub fn advance(&self, seconds: i64) -> i64 {
        self.advanced.fetch_add(seconds, Ordering::Relaxed);
        self.now()
    }
}

/// `2019-01-01 00:00:01`, the form of most dates of PHP services.
pub fn plain_date_time(seconds: i64) -> String {
    format(seconds, "%Y-%m-%d %H:%M:%S")
}

/// `2022-04-24T00:00:00.000Z`.
pub fn iso_date_time(seconds: i64) -> String {
    format(seconds, "%Y-%m-%dT%H:%M:%S.000Z")
}

fn format(seconds: i64, pattern: &str) -> String {
    // A clock pushed beyond the year 9999 shows its last printable moment instead of failing the request.
    let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    moment.strftime(pattern).to_string()
}
