//! What an upload reads: looked at first, then read in blocks off the async threads, as often as is wanted.

use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::{self, StreamExt};
use tokio::sync::{mpsc, watch};

use crate::border::{Error, Kind, Source};
use crate::transfer::hash::Passing;

const CHUNK: usize = 256 << 10;

/// Chunks as a language pushes them.
type Feed = mpsc::Receiver<Result<Bytes, Error>>;

/// The bytes of a source in order.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send + Sync>>;

/// A source that was looked at: its length is known and it can be opened.
pub(crate) enum Opened {
    File(Arc<LocalFile>),
    Bytes(Bytes),
    /// Its chunks and the way to tell their feeder that they are wanted, until they are read.
    Stream {
        length: u64,
        chunks: Option<(Feed, watch::Sender<bool>)>,
        /// Of what was read so far: a stream cannot be hashed a second time.
        hashed: Passing,
    },
}

impl Opened {
    /// Opens a source; what cannot be sent is told here, before anything is sent.
    pub(crate) async fn open(source: Source) -> Result<Self, Error> {
        match source {
            Source::Bytes(bytes) => Ok(Self::Bytes(bytes)),
            Source::Stream { length, chunks, begun } => {
                Ok(Self::Stream { length, chunks: Some((chunks, begun)), hashed: Passing::default() })
            }
            Source::Path(path) => {
                let shown = path.display().to_string();
                off_thread(move || LocalFile::open(&path, shown)).await?.map(|file| Self::File(Arc::new(file)))
            }
        }
    }

    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::File(file) => file.length,
            Self::Stream { length, .. } => *length,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// Whether it can be read from its beginning once more.
    pub(crate) fn is_repeatable(&self) -> bool {
        !matches!(self, Self::Stream { .. })
    }

    /// A block of a source that can be read again, from `at` on; empty at the end.
    pub(crate) fn block(&self, at: u64, size: usize) -> Result<Block, Error> {
        match self {
            Self::File(file) => Ok(Block::OfFile { file: Arc::clone(file), at, size }),
            Self::Bytes(bytes) => {
                let from = usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
                Ok(Block::Ready(bytes.slice(from..bytes.len().min(from.saturating_add(size)))))
            }
            Self::Stream { .. } => Err(read_once()),
        }
    }

    /// `changed`, where a file is no longer what it was when it was opened.
    pub(crate) async fn still_the_same(&self) -> Result<(), Error> {
        match self {
            Self::File(file) => {
                let file = Arc::clone(file);
                off_thread(move || file.still_the_same()).await?
            }
            Self::Bytes(_) | Self::Stream { .. } => Ok(()),
        }
    }

    /// The MD5 of a stream, once it was read to its end.
    pub(crate) fn md5_of_what_was_sent(&self) -> Option<String> {
        match self {
            Self::Stream { chunks: None, hashed, .. } => Some(hashed.hex()),
            _ => None,
        }
    }

    /// Its chunks from the beginning, exactly as many bytes as its length; more or fewer are `changed`.
    pub(crate) async fn chunks(&mut self) -> Result<Chunks, Error> {
        self.still_the_same().await?;
        match self {
            Self::Bytes(bytes) => {
                let bytes = bytes.clone();
                let starts = (0..bytes.len()).step_by(CHUNK);
                Ok(Box::pin(stream::iter(starts.map(move |at| Ok(bytes.slice(at..bytes.len().min(at + CHUNK)))))))
            }
            Self::Stream { length, chunks, hashed } => {
                let (chunks, begun) = chunks.take().ok_or_else(read_once)?;
                begun.send_replace(true);
                Ok(hashing(fed(*length, chunks), hashed.clone()))
            }
            Self::File(file) => Ok(Box::pin(file_chunks(Arc::clone(file)))),
        }
    }

    /// The same with the MD5 of what is read from them.
    pub(crate) async fn hashed_chunks(&mut self) -> Result<(Chunks, Passing), Error> {
        let chunks = self.chunks().await?;
        match self {
            Self::Stream { hashed, .. } => Ok((chunks, hashed.clone())),
            Self::File(_) | Self::Bytes(_) => {
                let hashed = Passing::default();
                Ok((hashing(chunks, hashed.clone()), hashed))
            }
        }
    }
}

/// The same chunks, with their MD5 taken on the way.
fn hashing(chunks: impl Stream<Item = Result<Bytes, Error>> + Send + Sync + 'static, hashed: Passing) -> Chunks {
    Box::pin(chunks.inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            hashed.update(chunk);
        }
    }))
}

fn read_once() -> Error {
    Error::new(Kind::Io, "the source can be read once only, so it is not sent again")
}

fn changed(message: String) -> Error {
    Error::new(Kind::Changed, message)
}

/// Does what waits for a disk or for a processor.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::internal("a thread that reads files ended early"))
}

/// A file on the disk, as it was when it was opened.
pub(crate) struct LocalFile {
    file: File,
    length: u64,
    modified: Option<SystemTime>,
    shown: String,
}

impl LocalFile {
    fn open(path: &std::path::Path, shown: String) -> Result<Self, Error> {
        // Looked at before it is opened: opening a pipe waits for whoever writes it.
        let metadata = std::fs::metadata(path).map_err(|error| Error::io(&shown, &error))?;
        if metadata.is_dir() {
            return Err(Error::invalid_argument(format!("{shown} is a folder, not a file")));
        }
        if !metadata.is_file() {
            return Err(Error::invalid_argument(format!("{shown} has no known length; give a stream with its length")));
        }
        let file = File::open(path).map_err(|error| Error::io(&shown, &error))?;
        // Of what was opened, which need not be what was looked at.
        let metadata = file.metadata().map_err(|error| Error::io(&shown, &error))?;
        Ok(Self { file, length: metadata.len(), modified: metadata.modified().ok(), shown })
    }

    fn still_the_same(&self) -> Result<(), Error> {
        let metadata = self.file.metadata().map_err(|error| Error::io(&self.shown, &error))?;
        // What is no file on a disk may tell a wrong length: nothing may follow it.
        let more = read_at(&self.file, &mut [0], self.length).map_err(|error| Error::io(&self.shown, &error))?;
        if more > 0 || metadata.len() != self.length || metadata.modified().ok() != self.modified {
            return Err(changed(format!("{} changed while it was uploaded", self.shown)));
        }
        Ok(())
    }

    fn read(&self, at: u64, size: usize) -> Result<Bytes, Error> {
        let left = self.length.saturating_sub(at);
        let size = usize::try_from(left).map_or(size, |left| left.min(size));
        let mut block = vec![0; size];
        let mut filled = 0;
        while filled < size {
            match read_at(&self.file, &mut block[filled..], at + filled as u64) {
                Ok(0) => return Err(changed(format!("{} became shorter while it was uploaded", self.shown))),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(&self.shown, &error)),
            }
        }
        Ok(block.into())
    }
}

/// Reads at a place of its own: a read that an ended attempt left behind cannot move that of the next one.
fn read_at(file: &File, block: &mut [u8], at: u64) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, block, at);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, block, at);
}

/// A part of a source that is still to be read.
pub(crate) enum Block {
    OfFile { file: Arc<LocalFile>, at: u64, size: usize },
    Ready(Bytes),
}

impl Block {
    /// Reads it; this waits for the disk.
    pub(crate) fn read(self) -> Result<Bytes, Error> {
        match self {
            Self::OfFile { file, at, size } => file.read(at, size),
            Self::Ready(bytes) => Ok(bytes),
        }
    }
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

fn file_chunks(file: Arc<LocalFile>) -> impl Stream<Item = Result<Bytes, Error>> + Send + Sync {
    stream::try_unfold((file, 0_u64), |(file, sent)| async move {
        if sent == file.length {
            return Ok(None);
        }
        let read = Arc::clone(&file);
        let chunk = off_thread(move || {
            let chunk = read.read(sent, CHUNK)?;
            if sent + chunk.len() as u64 == read.length {
                // Looked at before the last chunk goes out, so that a file that changed never arrives whole.
                read.still_the_same()?;
            }
            Ok::<_, Error>(chunk)
        })
        .await??;
        let sent = sent + chunk.len() as u64;
        Ok(Some((chunk, (file, sent))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_changes_while_it_is_read_never_comes_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("changing.bin");
        std::fs::write(&path, vec![7; 3 * CHUNK]).expect("a file");
        let mut opened = Opened::open(Source::Path(path.clone())).await.expect("a source");
        let mut chunks = opened.chunks().await.expect("chunks");
        assert!(chunks.next().await.is_some_and(|chunk| chunk.is_ok()));
        // Same length, other content.
        let file = std::fs::OpenOptions::new().write(true).open(&path).expect("the file");
        file.set_modified(SystemTime::UNIX_EPOCH).expect("another time");
        assert!(chunks.next().await.is_some_and(|chunk| chunk.is_ok()));
        let last = chunks.next().await.expect("the last chunk").expect_err("changed");
        assert_eq!(last.kind(), Kind::Changed);
    }
}
