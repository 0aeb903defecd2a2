//! The body of an upload: known length, read as the socket takes it, never whole in memory.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http_body::{Body, Frame, SizeHint};

use crate::border::{Error, Phase};
use crate::transfer::multipart::Form;
use crate::transfer::progress::Meter;
use crate::transfer::source::Chunks;

/// What the sender of an upload watches: when bytes were last taken, whether all were, and what went wrong in reading.
pub(crate) struct Watch {
    state: Mutex<WatchState>,
}

struct WatchState {
    last_taken: Instant,
    /// Set while the source is being read: then it is not the network that we wait for.
    reading: bool,
    all_taken: bool,
    failure: Option<Error>,
}

impl Watch {
    fn new() -> Arc<Self> {
        let state = WatchState { last_taken: Instant::now(), reading: false, all_taken: false, failure: None };
        Arc::new(Self { state: Mutex::new(state) })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, WatchState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the source could not be read on, if that ended the request.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.state().failure.take()
    }

    /// Whether every byte was handed to the connection, so that all of them may have arrived.
    pub(crate) fn all_taken(&self) -> bool {
        self.state().all_taken
    }

    /// Ends when nothing has moved for too long: `idle` while bytes go out, `after` once all are gone.
    pub(crate) async fn stalled(&self, idle: Duration, after: Duration) {
        loop {
            let wait = {
                let state = self.state();
                let limit = if state.all_taken { after } else { idle };
                match (state.reading, limit.checked_sub(state.last_taken.elapsed())) {
                    (true, _) => limit,
                    (false, None | Some(Duration::ZERO)) => return,
                    (false, Some(left)) => left,
                }
            };
            tokio::time::sleep(wait).await;
        }
    }
}

/// The body of a form upload.
pub(crate) struct UploadBody {
    chunks: Chunks,
    left: u64,
    watch: Arc<Watch>,
}

impl UploadBody {
    /// The form around the `length` bytes of a source, which `meter` counts.
    pub(crate) fn new(form: Form, length: u64, chunks: Chunks, meter: Arc<Meter>) -> (Self, Arc<Watch>) {
        let (head, tail) = form.around_file();
        let left = head.len() as u64 + length + tail.len() as u64;
        let finishing = Arc::clone(&meter);
        let counted = chunks.inspect(move |chunk| {
            if let Ok(chunk) = chunk {
                meter.moved(chunk.len() as u64);
            }
        });
        let tail = stream::once(async move {
            finishing.phase(Phase::Finishing);
            Ok(tail)
        });
        let chunks: Chunks = Box::pin(stream::iter([Ok(head)]).chain(counted).chain(tail));
        let watch = Watch::new();
        (Self { chunks, left, watch: Arc::clone(&watch) }, watch)
    }

    /// How many bytes go out in all.
    pub(crate) fn length(&self) -> u64 {
        self.left
    }
}

impl Body for UploadBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        let mut state = this.watch.state();
        state.last_taken = Instant::now();
        match this.chunks.as_mut().poll_next(context) {
            Poll::Pending => {
                state.reading = true;
                Poll::Pending
            }
            Poll::Ready(None) => {
                state.all_taken = true;
                state.reading = false;
                Poll::Ready(None)
            }
            Poll::Ready(Some(Ok(chunk))) => {
                state.reading = false;
                this.left -= chunk.len() as u64;
                state.all_taken = this.left == 0;
                Poll::Ready(Some(Ok(Frame::data(chunk))))
            }
            Poll::Ready(Some(Err(error))) => {
                state.failure = Some(error);
                Poll::Ready(Some(Err(std::io::Error::other("the source cannot be read on"))))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
