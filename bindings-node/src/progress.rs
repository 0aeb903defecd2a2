//! Progress of a transfer, told to JavaScript without holding anything up.
//!
//! The newest event lies in a slot; a weak function with a queue of one wakes JavaScript up, which takes it from there.
//! So a slow program misses events in between, but never the last one: what lies in the slot when the transfer ends
//! goes along with its outcome, and after that nothing comes.

use std::sync::{Arc, Mutex, PoisonError};

use fileferry_core::border::{FolderProgress, Progress};
use napi::Result;
use napi::bindgen_prelude::{Either, Function, ToNapiValue, Unknown};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi_derive::napi;

/// How far a transfer has come; the program gets the object as it is.
#[napi(object, object_from_js = false, use_nullable = true)]
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
    /// Speed over the last seconds.
    pub bytes_per_second: f64,
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
            bytes_per_second: progress.speed,
        }
    }
}

/// How far the upload of a folder has come; the program gets the object as it is.
#[napi(object, object_from_js = false)]
#[derive(Clone)]
pub struct FolderProgressEvent {
    /// Files that are there.
    pub files_done: f64,
    /// Files that failed.
    pub files_failed: f64,
    /// Files in all; 0 while they are being counted.
    pub files_total: f64,
    /// Bytes of all files that are done.
    pub bytes_done: f64,
    /// Bytes of all files.
    pub bytes_total: f64,
    /// Bytes sent in all attempts.
    pub bytes_on_wire: f64,
    /// Speed over the last seconds.
    pub bytes_per_second: f64,
}

impl From<FolderProgress> for FolderProgressEvent {
    #[allow(clippy::cast_precision_loss)] // No folder comes near 2^53 bytes.
    fn from(progress: FolderProgress) -> Self {
        Self {
            files_done: progress.files_done as f64,
            files_failed: progress.files_failed as f64,
            files_total: progress.files_total as f64,
            bytes_done: progress.bytes_done as f64,
            bytes_total: progress.bytes_total as f64,
            bytes_on_wire: progress.bytes_on_wire as f64,
            bytes_per_second: progress.speed,
        }
    }
}

/// The last event of a transfer of either kind.
pub type LastProgress = Either<ProgressEvent, FolderProgressEvent>;

impl From<ProgressEvent> for LastProgress {
    fn from(event: ProgressEvent) -> Self {
        Self::A(event)
    }
}

impl From<FolderProgressEvent> for LastProgress {
    fn from(event: FolderProgressEvent) -> Self {
        Self::B(event)
    }
}

/// What the engine tells of its progress `P`.
pub type Sink<P> = Arc<dyn Fn(P) + Send + Sync>;

/// The newest event that JavaScript has not had.
pub struct ProgressSlot<E>(Arc<Mutex<Option<E>>>);

impl<E> Default for ProgressSlot<E> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<E: ToNapiValue + Send + 'static> ProgressSlot<E> {
    /// A sink for the engine that fills the slot and wakes `callback` up. That is called with nothing when the slot was
    /// emptied meanwhile.
    pub fn sink<P: Into<E> + 'static>(&self, callback: &Function<'_, Option<E>, Unknown<'static>>) -> Result<Sink<P>> {
        let slot = Self(Arc::clone(&self.0));
        let wake = callback
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .max_queue_size::<1>()
            .build_callback(move |_| Ok(slot.take()))?;
        let slot = Self(Arc::clone(&self.0));
        Ok(Arc::new(move |progress: P| {
            slot.put(progress.into());
            // A full queue means that JavaScript will look into the slot anyway.
            wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }))
    }

    /// Takes what JavaScript has not had.
    pub fn take(&self) -> Option<E> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, event: E) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(event);
    }
}
