//! Counts bytes and tells of them: at most ten times a second, and once at the end.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::border::{Phase, Progress, ProgressSink};

const INTERVAL: Duration = Duration::from_millis(100);
/// The speed shown is that of the last seconds.
const SPEED_WINDOW: Duration = Duration::from_secs(3);

/// What a listener hears of.
pub(crate) trait Event: Copy {
    /// Bytes that crossed the network.
    fn on_wire(&self) -> u64;
    /// Takes note of the bytes a second, just before it is told.
    fn settle(&mut self, speed: f64);
}

impl Event for Progress {
    fn on_wire(&self) -> u64 {
        self.bytes_on_wire
    }

    fn settle(&mut self, speed: f64) {
        self.speed = speed;
        if let Some(total) = self.bytes_total {
            self.fraction = Some(if total == 0 { 1.0 } else { self.bytes_done as f64 / total as f64 });
        }
    }
}

/// Keeps the newest event and tells it when its time has come.
pub(crate) struct Teller<T> {
    sink: Option<Arc<dyn Fn(T) + Send + Sync>>,
    state: Mutex<State<T>>,
}

struct State<T> {
    now: T,
    told: Option<Instant>,
    /// Whether something changed since then.
    untold: bool,
    /// When the speed's window began, and the bytes on the wire then.
    window: (Instant, u64),
}

impl<T: Event> Teller<T> {
    pub(crate) fn new(sink: Option<Arc<dyn Fn(T) + Send + Sync>>, now: T) -> Self {
        Self { sink, state: Mutex::new(State { now, told: None, untold: false, window: (Instant::now(), 0) }) }
    }

    /// Changes what there is to tell, and tells it where `always` or no event came lately.
    pub(crate) fn change(&self, always: bool, change: impl FnOnce(&mut T)) {
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
    pub(crate) async fn telling<R>(&self, work: impl Future<Output = R>) -> R {
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

    /// Told under the lock: two connections of one folder must not overtake each other, least of all at the end.
    fn tell(mut state: MutexGuard<'_, State<T>>, sink: &Arc<dyn Fn(T) + Send + Sync>) {
        let now = Instant::now();
        let (since, wire) = state.window;
        let elapsed = (now - since).as_secs_f64();
        let on_wire = state.now.on_wire();
        let speed = if elapsed > 0.0 { (on_wire - wire) as f64 / elapsed } else { 0.0 };
        state.now.settle(speed);
        if now - since > SPEED_WINDOW {
            state.window = (now, on_wire);
        }
        state.told = Some(now);
        state.untold = false;
        sink(state.now);
    }
}

/// The progress of one transfer.
pub(crate) struct Meter(Teller<Progress>);

impl Meter {
    pub(crate) fn new(sink: Option<ProgressSink>, total: Option<u64>) -> Self {
        let now = Progress {
            phase: Phase::Preparing,
            bytes_done: 0,
            bytes_total: total,
            fraction: None,
            bytes_on_wire: 0,
            attempt: 1,
            speed: 0.0,
        };
        Self(Teller::new(sink, now))
    }

    /// So many more bytes have moved.
    pub(crate) fn moved(&self, bytes: u64) {
        self.0.change(false, |progress| {
            // A connection that is given up may move a last chunk when the answer is already here.
            if progress.phase == Phase::Done {
                return;
            }
            progress.phase = Phase::Transferring;
            let done = progress.bytes_done + bytes;
            progress.bytes_done = progress.bytes_total.map_or(done, |total| done.min(total));
            progress.bytes_on_wire += bytes;
        });
    }

    /// So many bytes are hashed since the hash began.
    pub(crate) fn hashing(&self, done: u64) {
        self.0.change(false, |progress| {
            progress.phase = Phase::Hashing;
            progress.bytes_done = done;
        });
    }

    /// The hash is known; what was hashed is not done yet.
    pub(crate) fn hashed(&self) {
        self.0.change(true, |progress| {
            progress.phase = Phase::Preparing;
            progress.bytes_done = 0;
        });
    }

    /// Everything is done, whether or not a byte had to move for it.
    pub(crate) fn all_done(&self) {
        self.0.change(true, |progress| {
            progress.phase = Phase::Done;
            progress.bytes_done = progress.bytes_total.unwrap_or(progress.bytes_done);
        });
    }

    /// How much is done by the service's own account, where no bytes are told.
    pub(crate) fn fraction(&self, fraction: Option<f64>) {
        self.0.change(false, |progress| progress.fraction = fraction.map(|fraction| fraction.clamp(0.0, 1.0)));
    }

    pub(crate) fn total(&self, total: Option<u64>) {
        self.0.change(false, |progress| progress.bytes_total = total);
    }

    /// An attempt begins; what is done stays so until it is sent anew.
    pub(crate) fn attempt(&self, attempt: u32) {
        self.0.change(false, |progress| progress.attempt = attempt);
    }

    /// An attempt begins, with so many bytes done already.
    pub(crate) fn attempt_from(&self, attempt: u32, done: u64) {
        self.0.change(false, |progress| {
            progress.attempt = attempt;
            progress.bytes_done = done;
        });
    }

    /// The same attempt begins at the first byte again.
    pub(crate) fn restart(&self) {
        self.0.change(false, |progress| progress.bytes_done = 0);
    }

    pub(crate) fn phase(&self, phase: Phase) {
        self.0.change(true, |progress| progress.phase = phase);
    }

    /// Does the work and tells meanwhile; see [`Teller::telling`].
    pub(crate) async fn telling<T>(&self, work: impl Future<Output = T>) -> T {
        self.0.telling(work).await
    }
}
