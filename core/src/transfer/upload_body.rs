//! The body of an upload: known length, read as the socket takes it, never whole in memory.

use std::io::SeekFrom;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::{self, StreamExt};
use http_body::{Body, Frame, SizeHint};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::{mpsc, watch};

use crate::border::{Error, Kind, Phase, Source};
use crate::transfer::multipart::Form;
use crate::transfer::progress::Meter;

const CHUNK: usize = 256 << 10;

/// Chunks as a language pushes them.
type Feed = mpsc::Receiver<Result<Bytes, Error>>;

/// A source that was looked at: its length is known and it can be opened.
pub(crate) enum Opened {
    File {
        file: File,
        length: u64,
        modified: Option<SystemTime>,
        shown: String,
    },
    Bytes(Bytes),
    /// Its chunks and the way to tell their feeder that they are wanted, until they are read.
    Stream {
        length: u64,
        chunks: Option<(Feed, watch::Sender<bool>)>,
    },
}

impl Opened {
    /// Opens a source; what cannot be sent is told here, before anything is sent.
    pub(crate) async fn open(source: Source) -> Result<Self, Error> {
        match source {
            Source::Bytes(bytes) => Ok(Self::Bytes(bytes)),
            Source::Stream { length, chunks, begun } => Ok(Self::Stream { length, chunks: Some((chunks, begun)) }),
            Source::Path(path) => {
                let shown = path.display().to_string();
                // Looked at before it is opened: opening a pipe waits for whoever writes it.
                let metadata = tokio::fs::metadata(&path).await.map_err(|error| Error::io(&shown, &error))?;
                if metadata.is_dir() {
                    return Err(Error::invalid_argument(format!("{shown} is a folder, not a file")));
                }
                if !metadata.is_file() {
                    return Err(Error::invalid_argument(format!(
                        "{shown} has no known length; give a stream with its length"
                    )));
                }
                let file = File::open(&path).await.map_err(|error| Error::io(&shown, &error))?;
                Ok(Self::File { file, length: metadata.len(), modified: metadata.modified().ok(), shown })
            }
        }
    }

    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::File { length, .. } | Self::Stream { length, .. } => *length,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// Whether it can be read from its beginning once more.
    pub(crate) fn is_repeatable(&self) -> bool {
        !matches!(self, Self::Stream { .. })
    }

    /// Its chunks from the beginning, exactly as many bytes as its length; more or fewer are `changed`.
    async fn chunks(&mut self) -> Result<Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send + Sync>>, Error> {
        match self {
            Self::Bytes(bytes) => {
                let bytes = bytes.clone();
                let starts = (0..bytes.len()).step_by(CHUNK);
                Ok(Box::pin(stream::iter(starts.map(move |at| Ok(bytes.slice(at..bytes.len().min(at + CHUNK)))))))
            }
            Self::Stream { length, chunks } => {
                let (chunks, begun) = chunks
                    .take()
                    .ok_or_else(|| Error::new(Kind::Io, "the source can be read once only, so it is not sent again"))?;
                begun.send_replace(true);
                Ok(Box::pin(fed(*length, chunks)))
            }
            Self::File { file, length, modified, shown } => {
                file.seek(SeekFrom::Start(0)).await.map_err(|error| Error::io(&*shown, &error))?;
                let file = file.try_clone().await.map_err(|error| Error::io(&*shown, &error))?;
                Ok(Box::pin(file_chunks(file, *length, *modified, shown.clone())))
            }
        }
    }
}

fn changed(message: String) -> Error {
    Error::new(Kind::Changed, message)
}

fn fed(length: u64, chunks: Feed) -> impl Stream<Item = Result<Bytes, Error>> + Send + Sync {
    stream::try_unfold((chunks, 0_u64), move |(mut chunks, sent)| async move {
        match chunks.recv().await {
            None if sent == length => Ok(None),
            None => Err(changed(format!("the source ended after {sent} of {length} bytes"))),
            Some(Err(error)) => Err(error),
            Some(Ok(chunk)) => {
                let sent = sent + chunk.len() as u64;
                if sent > length {
                    return Err(changed(format!("the source gives more than its {length} bytes")));
                }
                Ok(Some((chunk, (chunks, sent))))
            }
        }
    })
}

fn file_chunks(
    file: File,
    length: u64,
    modified: Option<SystemTime>,
    shown: String,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + Sync {
    stream::try_unfold(Some((file, 0_u64, shown)), move |left| async move {
        let Some((mut file, sent, shown)) = left else { return Ok(None) };
        let want = usize::try_from(length - sent).map_or(CHUNK, |left| left.min(CHUNK));
        let mut chunk = vec![0; want];
        let mut filled = 0;
        while filled < want {
            match file.read(&mut chunk[filled..]).await.map_err(|error| Error::io(&shown, &error))? {
                0 => return Err(changed(format!("{shown} became shorter while it was sent"))),
                read => filled += read,
            }
        }
        let sent = sent + want as u64;
        if sent < length {
            return Ok(Some((Bytes::from(chunk), Some((file, sent, shown)))));
        }
        // Looked at before the last chunk goes out, so that a file that changed never arrives whole. What is no file on a
        // disk may tell a wrong length: nothing may follow.
        let metadata = file.metadata().await.map_err(|error| Error::io(&shown, &error))?;
        let more = file.read(&mut [0]).await.map_err(|error| Error::io(&shown, &error))?;
        if more > 0 || metadata.len() != length || metadata.modified().ok() != modified {
            return Err(changed(format!("{shown} changed while it was sent")));
        }
        Ok((!chunk.is_empty()).then(|| (Bytes::from(chunk), None)))
    })
}

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

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send + Sync>>;

/// The body of a form upload.
pub(crate) struct UploadBody {
    chunks: Chunks,
    left: u64,
    watch: Arc<Watch>,
}

impl UploadBody {
    /// The form around the source, whose bytes `meter` counts.
    pub(crate) async fn new(form: Form, source: &mut Opened, meter: Arc<Meter>) -> Result<(Self, Arc<Watch>), Error> {
        let (head, tail) = form.around_file();
        let left = head.len() as u64 + source.length() + tail.len() as u64;
        let finishing = Arc::clone(&meter);
        let counted = source.chunks().await?.inspect(move |chunk| {
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
        Ok((Self { chunks, left, watch: Arc::clone(&watch) }, watch))
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
