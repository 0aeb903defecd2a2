use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Mutex, mpsc, watch};

use crate::border::{CancelHandle, Error, Kind};
use crate::transfer::free::Turn;

/// What an upload reads.
#[derive(Debug)]
pub enum Source {
    /// A file on disk; it can be read again for another attempt.
    Path(PathBuf),
    /// Bytes in memory.
    Bytes(Bytes),
    /// Chunks that a language pushes, `length` bytes in all. It can be read once, so a failed upload is not repeated.
    Stream {
        /// Bytes in all.
        length: u64,
        /// The receiving end of a [`SourceFeeder`].
        chunks: mpsc::Receiver<Result<Bytes, Error>>,
        /// Told when the upload begins to read.
        begun: watch::Sender<bool>,
    },
}

impl Source {
    /// A source that the caller feeds, and the end to feed it with.
    pub fn stream(length: u64) -> (SourceFeeder, Self) {
        // Two chunks on their way keep the socket busy while the language makes the next one.
        let (sender, chunks) = mpsc::channel(2);
        let (begun, has_begun) = watch::channel(false);
        (SourceFeeder { chunks: sender, has_begun }, Self::Stream { length, chunks, begun })
    }
}

/// Pushes the chunks of a [`Source::Stream`]. Dropping it ends the source.
///
/// Read nothing from what feeds it before it is [`wanted`](Self::wanted): a call that ends before that (to sign in, say)
/// has then used up nothing, and the same source can be given to the next one.
#[derive(Debug, Clone)]
pub struct SourceFeeder {
    chunks: mpsc::Sender<Result<Bytes, Error>>,
    has_begun: watch::Receiver<bool>,
}

impl SourceFeeder {
    /// Waits for the upload to read; `false` when it ended without.
    pub async fn wanted(&self) -> bool {
        self.has_begun.clone().wait_for(|begun| *begun).await.is_ok()
    }

    /// Waits until there is room, then hands over a chunk. `false` when the upload no longer reads.
    pub async fn push(&self, chunk: Bytes) -> bool {
        self.wanted().await && self.chunks.send(Ok(chunk)).await.is_ok()
    }

    /// Ends the upload with an error: the language could not read its source.
    pub async fn fail(&self, message: &str) {
        if self.wanted().await {
            // Where the upload has ended already, nobody needs the reason.
            let _ = self.chunks.send(Err(Error::new(Kind::Io, message))).await;
        }
    }
}

/// Where a download goes.
#[derive(Debug, Clone)]
pub enum Destination {
    /// A file: written beside it as a part file, renamed at the end.
    File {
        /// The file; where it is a folder, the server's (cleaned) name is used below it.
        path: PathBuf,
        /// Whether a file that is there already is replaced; else `already_exists` before anything is sent.
        overwrite: bool,
    },
}

/// How far a transfer has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What is going on.
    pub phase: Phase,
    /// Bytes of the file that are done; never above the total. It goes down when an attempt starts over.
    pub bytes_done: u64,
    /// Bytes of the file, where known.
    pub bytes_total: Option<u64>,
    /// How much is done, from 0 to 1, where that is known: also where only the service knows the bytes.
    pub fraction: Option<f64>,
    /// Bytes sent or received in all attempts.
    pub bytes_on_wire: u64,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Bytes a second over the last seconds.
    pub speed: f64,
}

/// What a transfer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Asks the service where to send or fetch.
    Preparing,
    /// Reads the source to find its content on the service, before a byte is sent; the bytes done are those hashed.
    Hashing,
    /// Moves bytes.
    Transferring,
    /// All bytes are moved; the service or the disk finishes.
    Finishing,
    /// Over.
    Done,
}

impl Phase {
    /// The word that every language shows.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Preparing => "preparing",
            Phase::Hashing => "hashing",
            Phase::Transferring => "transferring",
            Phase::Finishing => "finishing",
            Phase::Done => "done",
        }
    }
}

/// Hears of progress: at most ten times a second and once at the end. It is called on the runtime and must not wait.
pub type ProgressSink = Arc<dyn Fn(Progress) + Send + Sync>;

/// How far the upload of a folder has come.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FolderProgress {
    /// Files that are there.
    pub files_done: u64,
    /// Files that failed.
    pub files_failed: u64,
    /// Files in all; 0 while they are being counted.
    pub files_total: u64,
    /// Bytes of all files that are done. It goes down when an attempt starts over or a file fails.
    pub bytes_done: u64,
    /// Bytes of all files.
    pub bytes_total: u64,
    /// Bytes sent in all attempts.
    pub bytes_on_wire: u64,
    /// Bytes a second over the last seconds.
    pub speed: f64,
}

/// Hears of a folder's progress, as a [`ProgressSink`] of a file's.
pub type FolderProgressSink = Arc<dyn Fn(FolderProgress) + Send + Sync>;

/// A stream of bytes from the service.
#[derive(Debug)]
pub struct ByteStream {
    /// Media type, where the server said one.
    pub media_type: Option<String>,
    /// Length, where the server said one.
    pub length: Option<u64>,
    open: Mutex<Option<Open>>,
    idle_timeout: Duration,
    closed: CancelHandle,
}

/// What a stream holds until its end.
#[derive(Debug)]
struct Open {
    content: Content,
    _turn: Option<Turn>,
}

#[derive(Debug)]
enum Content {
    Coming(reqwest::Response),
    /// It had to be read before it was known to be what was asked for.
    Here(Bytes),
}

impl ByteStream {
    /// A free download lets go of its `turn` when the stream ends.
    pub(crate) fn new(
        response: reqwest::Response,
        idle_timeout: Duration,
        closed: CancelHandle,
        turn: Option<Turn>,
    ) -> Self {
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            media_type: header(reqwest::header::CONTENT_TYPE),
            length: response.content_length(),
            open: Mutex::new(Some(Open { content: Content::Coming(response), _turn: turn })),
            idle_timeout,
            closed,
        }
    }

    /// Of content that is here already.
    pub(crate) fn of(content: Vec<u8>, media_type: Option<String>, closed: CancelHandle) -> Self {
        Self {
            media_type,
            length: Some(content.len() as u64),
            open: Mutex::new(Some(Open { content: Content::Here(content.into()), _turn: None })),
            idle_timeout: Duration::ZERO,
            closed,
        }
    }

    /// The next chunk; `None` at the end. Cancelling ends the stream and closes its socket.
    pub async fn next(&self, cancel: &CancelHandle) -> Result<Option<Bytes>, Error> {
        let mut held = self.open.lock().await;
        let response = match held.as_mut().map(|open| &mut open.content) {
            Some(Content::Coming(response)) => response,
            Some(Content::Here(content)) => {
                let content = std::mem::take(content);
                *held = None;
                return Ok(Some(content));
            }
            None => return Ok(None),
        };
        let chunk = tokio::select! {
            chunk = tokio::time::timeout(self.idle_timeout, response.chunk()) => match chunk {
                Ok(Ok(chunk)) => Ok(chunk),
                Ok(Err(error)) => Err(crate::wire::send::network_error(&error)),
                Err(_) => Err(Error::new(Kind::Timeout, "no byte came within the idle timeout").retryable()),
            },
            () = cancel.cancelled() => Err(Error::new(Kind::Cancelled, "the stream was cancelled")),
            () = self.closed.cancelled() => Err(Error::new(Kind::Closed, "the client is closed")),
        };
        if !matches!(chunk, Ok(Some(_))) {
            *held = None;
        }
        chunk
    }

    /// Everything that is left, up to `limit` bytes (`too_large` beyond).
    pub async fn read_all(&self, limit: usize, cancel: &CancelHandle) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        while let Some(chunk) = self.next(cancel).await? {
            if all.len() + chunk.len() > limit {
                self.close().await;
                return Err(Error::new(Kind::TooLarge, format!("the content passes {limit} bytes")));
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }

    /// Lets go of the connection; further reads give the end.
    pub async fn close(&self) {
        *self.open.lock().await = None;
    }
}
