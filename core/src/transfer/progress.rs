//! Counts bytes and tells of them: at most ten times a second, and once at the end.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
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
    /// Whether something changed since then.
    untold: bool,
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
            fraction: None,
            attempt: 1,
            speed: 0.0,
        };
        Self { sink, state: Mutex::new(State { now, told: None, untold: false, window: (Instant::now(), 0) }) }
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

    /// How much is done by the service's own account, where no bytes are told.
    pub(crate) fn fraction(&self, fraction: Option<f64>) {
        self.change(false, |progress| progress.fraction = fraction.map(|fraction| fraction.clamp(0.0, 1.0)));
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

    /// The same attempt begins at the first byte again.
    pub(crate) fn restart(&self) {
        self.change(false, |progress| progress.bytes_done = 0);
    }

    pub(crate) fn phase(&self, phase: Phase) {
        self.change(true, |progress| progress.phase = phase);
    }

    fn change(&self, always: bool, change: impl FnOnce(&mut Progress)) {
        let Some(sink) = &self.sink else { return };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state.now);
        state.untold = true;
        if always || state.told.is_none_or(|told| told.elapsed() >= INTERVAL) {
            Self::tell(state, sink);
        }
    }

    /// Does the work, and meanwhile tells what was left untold because it came too soon behind another event: a transfer
    /// that stands still shows where it stands.
    pub(crate) async fn telling<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            match tokio::time::timeout(INTERVAL, &mut work).await {
                Ok(done) => return done,
                Err(_) => self.catch_up(),
            }
        }
    }

    fn catch_up(&self) {
        let Some(sink) = &self.sink else { return };
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.untold && state.told.is_none_or(|told| told.elapsed() >= INTERVAL) {
            Self::tell(state, sink);
        }
    }

    fn tell(mut state: MutexGuard<'_, State>, sink: &ProgressSink) {
        let now = Instant::now();
        let (since, wire) = state.window;
        let elapsed = (now - since).as_secs_f64();
        if elapsed > 0.0 {
            state.now.speed = (state.now.bytes_on_wire - wire) as f64 / elapsed;
        }
        if now - since > SPEED_WINDOW {
            state.window = (now, state.now.bytes_on_wire);
        }
        if let Some(total) = state.now.bytes_total {
            let done = state.now.bytes_done;
            state.now.fraction = Some(if total == 0 { 1.0 } else { done as f64 / total as f64 });
        }
        state.told = Some(now);
        state.untold = false;
        let progress = state.now;
        drop(state);
        sink(progress);
    }
}
