//! Progress of a transfer, told to JavaScript without holding anything up.
//!
//! The newest event lies in a slot; a weak function with a queue of one wakes JavaScript up, which takes it from there.
//! So a slow program misses events in between, but never the last one: what lies in the slot when the transfer ends
//! goes along with its outcome, and after that nothing comes.

use std::sync::{Arc, Mutex, PoisonError};

use fileferry_core::border::{Progress, ProgressSink};
use napi::Result;
use napi::bindgen_prelude::{Function, Unknown};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi_derive::napi;

/// How far a transfer has come.
#[napi(object, object_from_js = false)]
#[derive(Clone)]
pub struct ProgressEvent {
    /// `preparing`, `hashing`, `transferring`, `finishing`, `done`.
    pub phase: &'static str,
    /// Bytes of the file that are done.
    pub bytes_done: f64,
    /// Bytes of the file, where known.
    pub bytes_total: Option<f64>,
    /// How much is done, from 0 to 1, where that is known: also where only the service knows the bytes.
    pub fraction: Option<f64>,
    /// Bytes sent or received in all attempts.
    pub bytes_on_wire: f64,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Bytes a second over the last seconds.
    pub speed: f64,
}

impl From<Progress> for ProgressEvent {
    #[allow(clippy::cast_precision_loss)] // No file comes near 2^53 bytes.
    fn from(progress: Progress) -> Self {
        Self {
            phase: progress.phase.as_str(),
            bytes_done: progress.bytes_done as f64,
            bytes_total: progress.bytes_total.map(|total| total as f64),
            fraction: progress.fraction,
            bytes_on_wire: progress.bytes_on_wire as f64,
            attempt: progress.attempt,
            speed: progress.speed,
        }
    }
}

/// The newest event that JavaScript has not had.
#[derive(Clone, Default)]
pub struct ProgressSlot(Arc<Mutex<Option<Progress>>>);

impl ProgressSlot {
    /// A sink for the engine that fills the slot and wakes `callback` up.
    pub fn sink(&self, callback: &Function<'_, ProgressCallback, Unknown<'static>>) -> Result<ProgressSink> {
        let slot = self.clone();
        let wake = callback
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .max_queue_size::<1>()
            .build_callback(move |_| Ok(slot.take()))?;
        let slot = self.clone();
        Ok(Arc::new(move |progress| {
            slot.put(progress);
            // A full queue means that JavaScript will look into the slot anyway.
            wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }))
    }

    /// Takes what JavaScript has not had.
    pub fn take(&self) -> Option<ProgressEvent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().map(ProgressEvent::from)
    }

    fn put(&self, progress: Progress) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
    }
}

/// What the callback is called with: nothing when the slot was emptied meanwhile.
pub type ProgressCallback = Option<ProgressEvent>;
