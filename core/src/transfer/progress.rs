//! Counts bytes and tells of them: at most ten times a second, and once at the end.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::border::{Phase, Progress, ProgressSink};

const INTERVAL: Duration = Duration::from_millis(100);
/// The speed shown is that of the last seconds.
const SPEED_WINDOW: Duration = Duration::from_secs(3);

/// The progress of one transfer.
pub(crate) struct Meter {
    sink: Option<ProgressSink>,
    state: Mutex<State>,
}

struct State {
    now: Progress,
    told: Option<Instant>,
    /// When the speed's window began, and the bytes on the wire then.
    window: (Instant, u64),
}

impl Meter {
    pub(crate) fn new(sink: Option<ProgressSink>, total: Option<u64>) -> Self {
        let now = Progress {
            phase: Phase::Preparing,
            bytes_done: 0,
            bytes_total: total,
            bytes_on_wire: 0,
            attempt: 1,
            speed: 0.0,
        };
        Self { sink, state: Mutex::new(State { now, told: None, window: (Instant::now(), 0) }) }
    }

    /// So many more bytes have moved.
    pub(crate) fn moved(&self, bytes: u64) {
        self.change(false, |progress| {
            progress.phase = Phase::Transferring;
            let done = progress.bytes_done + bytes;
            progress.bytes_done = progress.bytes_total.map_or(done, |total| done.min(total));
            progress.bytes_on_wire += bytes;
        });
    }

    pub(crate) fn total(&self, total: Option<u64>) {
        self.change(false, |progress| progress.bytes_total = total);
    }

    /// An attempt begins, with so many bytes done already.
    pub(crate) fn attempt(&self, attempt: u32, done: u64) {
        self.change(false, |progress| {
            progress.attempt = attempt;
            progress.bytes_done = done;
        });
    }

    pub(crate) fn phase(&self, phase: Phase) {
        self.change(true, |progress| progress.phase = phase);
    }

    fn change(&self, always: bool, change: impl FnOnce(&mut Progress)) {
        let Some(sink) = &self.sink else { return };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state.now);
        let now = Instant::now();
        if !always && state.told.is_some_and(|told| now - told < INTERVAL) {
            return;
        }
        let (since, wire) = state.window;
        let elapsed = (now - since).as_secs_f64();
        if elapsed > 0.0 {
            state.now.speed = (state.now.bytes_on_wire - wire) as f64 / elapsed;
        }
        if now - since > SPEED_WINDOW {
            state.window = (now, state.now.bytes_on_wire);
        }
        state.told = Some(now);
        let progress = state.now;
        drop(state);
        sink(progress);
    }
}
