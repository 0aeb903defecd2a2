//! What an upload reads, where the bytes lie in Python.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use fileferry_core::border::{Source, SourceFeeder};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::call::{self, Signals, build};
use crate::reply::Reply;

/// Bytes that are asked of a Python file at once.
const CHUNK: usize = 256 * 1024;

/// What Python gives to an upload.
#[derive(FromPyObject)]
pub enum PythonSource<'py> {
    /// A file that an event loop reads.
    Feeder(Bound<'py, Feeder>),
    /// A file that the waiting thread reads.
    Reader(Bound<'py, Reader>),
    /// Bytes in memory; not copied.
    Bytes(PyBackedBytes),
    /// A file on disk.
    Path(PathBuf),
}

impl PythonSource<'_> {
    /// The engine's source, and how the waiting thread feeds it.
    pub fn open(self, py: Python<'_>) -> (Source, Option<Feed>) {
        match self {
            Self::Feeder(feeder) => (feeder.get().source(), None),
            Self::Reader(reader) => reader.get().open(py),
            Self::Bytes(bytes) => (Source::Bytes(Bytes::from_owner(bytes)), None),
            Self::Path(path) => (Source::Path(path), None),
        }
    }
}

/// A file that the thread reads which waits for the upload.
#[pyclass(frozen, module = "fileferry._native")]
pub struct Reader {
    read: Py<PyAny>,
    length: u64,
}

#[pymethods]
impl Reader {
    /// `read(size)` gives the next bytes, none at the end.
    #[new]
    fn new(read: Py<PyAny>, length: u64) -> Self {
        Self { read, length }
    }
}

impl Reader {
    fn open(&self, py: Python<'_>) -> (Source, Option<Feed>) {
        let (feeder, source) = Source::stream(self.length);
        let waiting = feeder.clone();
        let sending: Sending = Box::pin(async move { waiting.wanted().await });
        (source, Some(Feed { read: self.read.clone_ref(py), feeder, sending: Some(sending) }))
    }
}

/// Ends when the next chunk may be read; false when none is wanted any more.
type Sending = Pin<Box<dyn Future<Output = bool> + Send>>;

/// A source in the middle of being fed by a waiting thread.
pub struct Feed {
    read: Py<PyAny>,
    feeder: SourceFeeder,
    /// A chunk for which there may be no room yet; at first, the upload's beginning to read.
    sending: Option<Sending>,
}

impl Feed {
    /// Reads the next chunk if none is on its way; nothing is left to feed after the last one.
    pub fn filled(mut self, py: Python<'_>) -> PyResult<Option<Self>> {
        if self.sending.is_none() {
            let chunk: PyBackedBytes = self.read.call1(py, (CHUNK,))?.extract(py)?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let feeder = self.feeder.clone();
            self.sending = Some(Box::pin(async move { feeder.push(Bytes::from_owner(chunk)).await }));
        }
        Ok(Some(self))
    }

    /// Waits until the chunk found room; for ever where there is none.
    pub async fn sent(feed: &mut Option<Self>) {
        let Some(sending) = feed.as_mut().and_then(|feed| feed.sending.as_mut()) else {
            return std::future::pending().await;
        };
        let wanted = sending.await;
        match feed {
            Some(feed) if wanted => feed.sending = None,
            // The upload no longer reads.
            _ => *feed = None,
        }
    }
}

/// A file that an event loop reads and pushes chunk by chunk.
#[pyclass(frozen, module = "fileferry._native")]
pub struct Feeder {
    feeder: Mutex<Option<SourceFeeder>>,
    source: Mutex<Option<Source>>,
}

#[pymethods]
impl Feeder {
    /// For `length` bytes in all.
    #[new]
    fn new(length: u64) -> Self {
        let (feeder, source) = Source::stream(length);
        Self { feeder: Mutex::new(Some(feeder)), source: Mutex::new(Some(source)) }
    }

    /// Waits for the upload to read; the reply's value is false when it ended without.
    fn wanted(&self, py: Python<'_>, event_loop: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.told(py, event_loop, |feeder| async move { feeder.wanted().await })
    }

    /// Hands over a chunk when there is room; the reply's value is false when the upload no longer reads.
    fn push(&self, py: Python<'_>, chunk: PyBackedBytes, event_loop: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.told(py, event_loop, |feeder| async move { feeder.push(Bytes::from_owner(chunk)).await })
    }

    /// Says that there is no more.
    fn close(&self) {
        *self.feeder.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Feeder {
    /// Runs `work` with the feeder, unless it was closed.
    fn told<F: Future<Output = bool> + Send + 'static>(
        &self,
        py: Python<'_>,
        event_loop: Bound<'_, PyAny>,
        work: impl FnOnce(SourceFeeder) -> F,
    ) -> PyResult<Py<PyAny>> {
        let work = self.feeder.lock().unwrap_or_else(PoisonError::into_inner).clone().map(work);
        call::run(py, Some(event_loop), Signals::default(), None, |_| async move {
            let wanted = match work {
                Some(work) => work.await,
                None => false,
            };
            build(move |py| Reply::new(py, Ok(wanted)))
        })
    }

    /// Its source, for one upload; a second one finds it empty.
    fn source(&self) -> Source {
        let taken = self.source.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or(Source::Bytes(Bytes::new()))
    }
}
