//! A sign-in or the way to a free download as steps.

use std::sync::Arc;

use fileferry_core::border::{self, Error, Step};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::call::{self, Build, Signals, build};
use crate::client::Untold;
use crate::process::Owned;
use crate::reply::{Reply, raised};

/// A sign-in or the way to a free download as steps. The value of each reply is the step where the flow now stands, as JSON.
#[pyclass(frozen, module = "fileferry._native")]
pub struct Flow {
    flow: Owned<Arc<border::Flow>>,
    untold: Untold,
    signals: Signals,
}

impl Flow {
    /// Wraps the engine's.
    pub fn new(flow: border::Flow, untold: Untold, signals: Signals) -> Self {
        Self { flow: Owned::new(Arc::new(flow)), untold, signals }
    }

    fn flow(&self, py: Python<'_>) -> PyResult<Arc<border::Flow>> {
        self.flow.here().cloned().map_err(|error| raised(py, &error))
    }
}

#[pymethods]
impl Flow {
    /// Begins.
    #[pyo3(signature = (event_loop=None))]
    fn start(&self, py: Python<'_>, event_loop: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let (flow, untold) = (self.flow(py)?, self.untold.clone());
        call::run(py, event_loop, self.signals.clone(), None, |cancel| async move {
            let step = flow.start(&cancel).await;
            stand(&flow, untold, step).await
        })
    }

    /// Answers the captcha or the confirmation that this was asked by.
    #[pyo3(signature = (asked, text, event_loop=None))]
    fn answer(
        &self,
        py: Python<'_>,
        asked: Option<String>,
        text: String,
        event_loop: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (flow, untold) = (self.flow(py)?, self.untold.clone());
        call::run(py, event_loop, self.signals.clone(), None, |cancel| async move {
            let step = flow.answer_to(asked.as_deref(), &text, &cancel).await;
            stand(&flow, untold, step).await
        })
    }

    /// Goes on after a wait.
    #[pyo3(signature = (event_loop=None))]
    fn proceed(&self, py: Python<'_>, event_loop: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let (flow, untold) = (self.flow(py)?, self.untold.clone());
        call::run(py, event_loop, self.signals.clone(), None, |cancel| async move {
            let step = flow.proceed(&cancel).await;
            stand(&flow, untold, step).await
        })
    }

    /// Lets the time of a wait pass and goes on, however long it is.
    #[pyo3(signature = (event_loop=None))]
    fn wait_out(&self, py: Python<'_>, event_loop: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let (flow, untold) = (self.flow(py)?, self.untold.clone());
        call::run(py, event_loop, self.signals.clone(), None, |cancel| async move {
            let step = flow.wait_out(&cancel).await;
            stand(&flow, untold, step).await
        })
    }

    /// The same where handlers lead: a wait that is too long for that is an error.
    #[pyo3(signature = (event_loop=None))]
    fn wait_unseen(&self, py: Python<'_>, event_loop: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let (flow, untold) = (self.flow(py)?, self.untold.clone());
        call::run(py, event_loop, self.signals.clone(), None, |cancel| async move {
            let step = flow.wait_unseen(&cancel).await;
            stand(&flow, untold, step).await
        })
    }

    /// Bytes and media type of the current captcha's picture.
    #[pyo3(signature = (event_loop=None))]
    fn image(&self, py: Python<'_>, event_loop: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let flow = self.flow(py)?;
        call::run(py, event_loop, self.signals.clone(), None, |cancel| async move {
            let image = flow.image(&cancel).await;
            build(move |py| Reply::new(py, image.map(|(bytes, media_type)| (PyBytes::new(py, &bytes), media_type))))
        })
    }
}

/// Where the flow stands after a step; a wrong answer leads to a new captcha.
async fn stand(flow: &border::Flow, untold: Untold, step: Result<Step, Error>) -> Build {
    let (mut step, error) = match step {
        Ok(step) => (Some(step), None),
        Err(error) => (flow.step().await, Some(error)),
    };
    if let Some(Step::Done { session }) = &mut step {
        untold.put(session.take());
    }
    build(move |py| Reply::of_flow(py, step.as_ref(), error.as_ref()))
}
