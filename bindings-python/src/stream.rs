//! A stream of bytes from the service.

use std::sync::Arc;

use fileferry_core::border::ByteStream;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::call::{self, Signals, build};
use crate::process::{Owned, Process};
use crate::reply::{Reply, raised};

/// A stream of bytes from the service.
#[pyclass(frozen, module = "fileferry._native")]
pub struct Stream {
    /// Media type, where the server said one.
    #[pyo3(get)]
    media_type: Option<String>,
    /// Length, where the server said one.
    #[pyo3(get)]
    length: Option<u64>,
    stream: Owned<Arc<ByteStream>>,
    process: Arc<Process>,
}

impl Stream {
    /// Wraps the engine's.
    pub fn new(py: Python<'_>, stream: ByteStream) -> PyResult<Self> {
        Ok(Self {
            media_type: stream.media_type.clone(),
            length: stream.length,
            stream: Owned::new(Arc::new(stream)),
            process: Process::current(py)?,
        })
    }

    fn stream(&self, py: Python<'_>) -> PyResult<Arc<ByteStream>> {
        self.stream.here().cloned().map_err(|error| raised(py, &error))
    }
}

#[pymethods]
impl Stream {
    /// The next chunk; None at the end.
    #[pyo3(signature = (event_loop=None))]
    fn next(&self, py: Python<'_>, event_loop: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let stream = self.stream(py)?;
        call::run(py, event_loop, Signals::default(), None, |cancel| async move {
            let chunk = stream.next(&cancel).await;
            build(move |py| Reply::new(py, chunk.map(|chunk| chunk.map(|chunk| PyBytes::new(py, &chunk)))))
        })
    }

    /// Everything that is left, an error beyond `limit` bytes.
    #[pyo3(signature = (limit, event_loop=None))]
    fn read(&self, py: Python<'_>, limit: usize, event_loop: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let stream = self.stream(py)?;
        call::run(py, event_loop, Signals::default(), None, |cancel| async move {
            let content = stream.read_all(limit, &cancel).await;
            build(move |py| Reply::new(py, content.map(|content| PyBytes::new(py, &content))))
        })
    }

    /// Lets go of the connection. Does not wait.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let stream = self.stream(py)?;
        self.process.runtime().spawn(async move { stream.close().await });
        Ok(())
    }
}
