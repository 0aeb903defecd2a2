//! What the library tells a program while it works. It never waits for a listener's answer, and a listener must not
//! wait: the other side takes what it is given into a buffer of its own, the newest winning, and returns.

use std::sync::Arc;

use fileferry_core::border::{FolderProgress, FolderProgressSink, Hooks, LogSink, Progress, ProgressSink};

/// Hears of a transfer's progress.
#[uniffi::export(foreign)]
pub trait FfiProgressListener: Send + Sync {
    /// At most ten times a second, and once at the end.
    fn on_progress(&self, progress: FfiProgress);
}

/// How far a transfer has come; see [`Progress`].
#[derive(Debug, uniffi::Record)]
pub struct FfiProgress {
    /// `preparing`, `hashing`, `transferring`, `finishing` or `done`.
    pub phase: String,
    /// Bytes of the file that are done.
    pub bytes_done: u64,
    /// Bytes of the file, where known.
    pub bytes_total: Option<u64>,
    /// How much is done, from 0 to 1, where that is known: also where only the service knows the bytes.
    pub fraction: Option<f64>,
    /// Bytes sent or received in all attempts.
    pub bytes_on_wire: u64,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Bytes a second.
    pub speed: f64,
}

/// Hears of the progress of a folder's upload.
#[uniffi::export(foreign)]
pub trait FfiFolderProgressListener: Send + Sync {
    /// At most ten times a second, and once at the end.
    fn on_progress(&self, progress: FfiFolderProgress);
}

/// How far the upload of a folder has come; see [`FolderProgress`].
#[derive(Debug, uniffi::Record)]
pub struct FfiFolderProgress {
    /// Files that are there.
    pub files_done: u64,
    /// Files that failed.
    pub files_failed: u64,
    /// Files in all.
    pub files_total: u64,
    /// Bytes of all files that are done.
    pub bytes_done: u64,
    /// Bytes of all files.
    pub bytes_total: u64,
    /// Bytes sent in all attempts.
    pub bytes_on_wire: u64,
    /// Bytes a second.
    pub speed: f64,
}

/// Hears of a client's requests, secrets removed.
#[uniffi::export(foreign)]
pub trait FfiLogListener: Send + Sync {
    /// One line of the log; the level is `debug`, `info` or `warning`.
    fn on_log(&self, level: String, service: String, operation: Option<String>, message: String);
}

impl From<Progress> for FfiProgress {
    fn from(progress: Progress) -> Self {
        Self {
            phase: progress.phase.as_str().to_owned(),
            bytes_done: progress.bytes_done,
            bytes_total: progress.bytes_total,
            fraction: progress.fraction,
            bytes_on_wire: progress.bytes_on_wire,
            attempt: progress.attempt,
            speed: progress.speed,
        }
    }
}

impl From<FolderProgress> for FfiFolderProgress {
    fn from(progress: FolderProgress) -> Self {
        let FolderProgress { files_done, files_failed, files_total, bytes_done, bytes_total, bytes_on_wire, speed } =
            progress;
        Self { files_done, files_failed, files_total, bytes_done, bytes_total, bytes_on_wire, speed }
    }
}

pub(crate) fn folder_progress_sink(listener: Option<Arc<dyn FfiFolderProgressListener>>) -> Option<FolderProgressSink> {
    let listener = listener?;
    Some(Arc::new(move |progress| listener.on_progress(progress.into())))
}

pub(crate) fn progress_sink(listener: Option<Arc<dyn FfiProgressListener>>) -> Option<ProgressSink> {
    let listener = listener?;
    Some(Arc::new(move |progress| listener.on_progress(progress.into())))
}

pub(crate) fn hooks(listener: Option<Arc<dyn FfiLogListener>>) -> Hooks {
    let on_log = listener.map(|listener| -> LogSink {
        Arc::new(move |entry| {
            let level = entry.level.to_owned();
            listener.on_log(level, entry.service.to_owned(), entry.operation.clone(), entry.message.clone());
        })
    });
    Hooks { on_log }
}
