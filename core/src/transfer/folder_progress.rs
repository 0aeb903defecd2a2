//! The progress of a whole folder: what its files tell, added up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::border::{FolderProgress, FolderProgressSink, Phase, Progress};
use crate::transfer::progress::{Event, Meter, Teller};

impl Event for FolderProgress {
    fn on_wire(&self) -> u64 {
        self.bytes_on_wire
    }

    fn settle(&mut self, speed: f64) {
        self.speed = speed;
    }
}

/// The progress of one folder. Cloning gives another handle on the same one.
#[derive(Clone)]
pub(crate) struct FolderMeter(Arc<Inner>);

struct Inner {
    teller: Teller<FolderProgress>,
    /// What the files on their way have added: bytes done, bytes on the wire.
    running: Mutex<HashMap<usize, (u64, u64)>>,
}

impl FolderMeter {
    pub(crate) fn new(sink: Option<FolderProgressSink>) -> Self {
        let teller = Teller::new(sink, FolderProgress::default());
        Self(Arc::new(Inner { teller, running: Mutex::default() }))
    }

    /// What there is to do.
    pub(crate) fn total(&self, files: u64, bytes: u64) {
        self.0.teller.change(true, |progress| {
            progress.files_total = files;
            progress.bytes_total = bytes;
        });
    }

    /// The meter of one of its files.
    pub(crate) fn of_file(&self, index: usize) -> Meter {
        let this = self.clone();
        self.running().insert(index, (0, 0));
        Meter::new(Some(Arc::new(move |progress| this.moved(index, progress))), None)
    }

    fn moved(&self, index: usize, file: Progress) {
        // Bytes that are hashed are not done.
        let done = if file.phase == Phase::Hashing { 0 } else { file.bytes_done };
        // A connection that is given up may tell of one more chunk after its file has ended.
        let Some(before) = self.running().get_mut(&index).map(|now| std::mem::replace(now, (done, file.bytes_on_wire)))
        else {
            return;
        };
        self.0.teller.change(false, |progress| {
            progress.bytes_done = progress.bytes_done + done - before.0;
            progress.bytes_on_wire += file.bytes_on_wire - before.1;
        });
    }

    /// A file is there, with so many bytes, or has failed.
    pub(crate) fn ended(&self, index: usize, bytes: Option<u64>) {
        let before = self.running().remove(&index).unwrap_or_default();
        self.0.teller.change(false, |progress| {
            progress.bytes_done = progress.bytes_done + bytes.unwrap_or_default() - before.0;
            match bytes {
                Some(_) => progress.files_done += 1,
                None => progress.files_failed += 1,
            }
        });
    }

    pub(crate) fn finished(&self) {
        self.0.teller.change(true, |_| {});
    }

    pub(crate) async fn telling<T>(&self, work: impl Future<Output = T>) -> T {
        self.0.teller.telling(work).await
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<usize, (u64, u64)>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
