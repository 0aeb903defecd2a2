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
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn files_that_end_while_their_connections_move_bytes_never_spoil_the_sum() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        let meter =
            FolderMeter::new(Some(Arc::new(move |progress: FolderProgress| heard.lock().unwrap().push(progress))));
        let (files, chunks) = (64, 50);
        meter.total(files, files * chunks);
        let next = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= files {
                            return;
                        }
                        let file = meter.of_file(usize::try_from(index).unwrap());
                        file.total(Some(chunks));
                        // The connection goes on when the file has failed or is there.
                        thread::scope(|connection| {
                            connection.spawn(|| (0..chunks).for_each(|_| file.moved(1)));
                            let outcome = (index % 2 == 0).then_some(chunks);
                            meter.ended(usize::try_from(index).unwrap(), outcome);
                        });
                    }
                });
            }
        });
        meter.finished();
        let told = told.lock().unwrap();
        assert!(told.iter().all(|progress| progress.bytes_done <= progress.bytes_total));
        let last = told.last().unwrap();
        assert_eq!((last.files_done, last.files_failed, last.bytes_done), (files / 2, files / 2, files / 2 * chunks));
    }
}
