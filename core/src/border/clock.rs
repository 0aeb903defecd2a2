//! The clock that deadlines are counted by.

use std::sync::LazyLock;
use std::time::Duration;

use tokio::time::Instant;

static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds on a clock that nobody sets. A binding that may make a call again notes them before the first time, as
/// `begun_ms` of the call's options: so the deadline is one for the flow that leads on and for every time the call is made.
pub fn clock_ms() -> f64 {
    ORIGIN.elapsed().as_secs_f64() * 1000.0
}

/// How long ago a time of this clock was.
pub(crate) fn since(clock_ms_then: f64) -> Duration {
    Duration::try_from_secs_f64((clock_ms() - clock_ms_then) / 1000.0).unwrap_or_default()
}
