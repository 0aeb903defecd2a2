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
        // Held until the sum is changed: otherwise the file could end between the two.
        let mut running = self.running();
        // A connection that is given up may tell of one more chunk after its file has ended.
        let Some(now) = running.get_mut(&index) else { return };
        let before = std::mem::replace(now, (done, file.bytes_on_wire));
        self.0.teller.change(false, |progress| {
            progress.bytes_done = progress.bytes_done + done - before.0;
            progress.bytes_on_wire += file.bytes_on_wire - before.1;
        });
    }

    /// A file is there, with so many bytes, or has failed.
    pub(crate) fn ended(&self, index: usize, bytes: Option<u64>) {
        let mut running = self.running();
        let before = running.remove(&index).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn a_file_that_fails_while_its_connection_moves_bytes_never_spoils_the_sum() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        let meter =
            FolderMeter::new(Some(Arc::new(move |progress: FolderProgress| heard.lock().unwrap().push(progress))));
        let chunk = Progress {
            phase: Phase::Transferring,
            bytes_done: 0,
            bytes_total: None,
            fraction: None,
            bytes_on_wire: 0,
            attempt: 1,
            speed: 0.0,
        };
        let files = 20_000;
        meter.total(files, files * 50);
        // Before anything moves: what follows is what a file's meter tells, at a pace that it never has.
        (0..files as usize).for_each(|index| drop(meter.of_file(index)));
        let moving = AtomicUsize::new(0);
        thread::scope(|connection| {
            connection.spawn(|| {
                for index in 0..files as usize {
                    moving.store(index, Ordering::Release);
                    (0..50).for_each(|bytes_done| meter.moved(index, Progress { bytes_done, ..chunk }));
                }
                moving.store(files as usize, Ordering::Release);
            });
            for index in 0..files as usize {
                while moving.load(Ordering::Acquire) < index {
                    thread::yield_now();
                }
                meter.ended(index, None);
            }
        });
        meter.finished();
        let told = told.lock().unwrap();
        assert!(told.iter().all(|progress| progress.bytes_done <= progress.bytes_total));
        let last = told.last().unwrap();
        assert_eq!((last.files_failed, last.bytes_done), (files, 0));
    }
}
