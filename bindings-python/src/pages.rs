//! The pages of a listing.

use std::sync::Arc;

use fileferry_core::border;
use pyo3::prelude::*;

use crate::call::{self, Signals};
use crate::client::ReplyReader;
use crate::process::Owned;
use crate::reply::raised;

/// The pages of a listing, one request each.
#[pyclass(frozen, module = "fileferry._native")]
pub struct Pages {
    pages: Owned<Arc<border::Pages>>,
    reader: ReplyReader,
    signals: Signals,
}

impl Pages {
    /// Wraps the engine's.
    pub fn new(pages: border::Pages, reader: ReplyReader, signals: Signals) -> Self {
        Self { pages: Owned::new(Arc::new(pages)), reader, signals }
    }
}

#[pymethods]
impl Pages {
    /// The next page's items; None after the last.
    #[pyo3(signature = (event_loop=None))]
    fn next(&self, py: Python<'_>, event_loop: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let pages = self.pages.here().map_err(|error| raised(py, &error))?.clone();
        let reader = self.reader.clone();
        call::run(
            py,
            event_loop,
            self.signals.clone(),
            None,
            |cancel| async move { reader.read(pages.next(&cancel).await) },
        )
    }
}
