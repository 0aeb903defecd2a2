//! How a call is waited for: by a thread that gives the interpreter away, or by a future of an event loop.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fileferry_core::border::{CancelHandle, FolderProgress, LogEntry, Progress};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tokio::task::{JoinError, JoinHandle};

use crate::defect::defect;
use crate::mailbox::Mailbox;
use crate::process::{Letter, Process};
use crate::reply::Reply;
use crate::source::Feed;

/// A waiting thread looks this often whether a signal came: Ctrl-C has to end a call at once.
const SLICE: Duration = Duration::from_millis(50);

/// What becomes of a call's result once the interpreter is held.
pub type Build = Box<dyn FnOnce(Python<'_>) -> PyResult<Reply> + Send>;

/// Makes a [`Build`] of a closure.
pub fn build(closure: impl FnOnce(Python<'_>) -> PyResult<Reply> + Send + 'static) -> Build {
    Box::new(closure)
}

/// What a call tells while it runs, and the Python callables that hear it.
#[derive(Clone, Default)]
pub struct Signals {
    /// Log lines of its client.
    pub log: Option<Arc<Signal<LogEntry>>>,
    /// How far a transfer has come.
    pub progress: Option<Arc<Signal<Box<dyn Event>>>>,
}

/// How far a transfer has come, be it of a file or of a folder.
pub trait Event: Send {
    /// What its listener is called with.
    fn arguments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>>;
}

/// One sort of news.
pub struct Signal<T> {
    /// Where it lies.
    pub mailbox: Arc<Mailbox<T>>,
    /// Who hears of it.
    pub listener: Py<PyAny>,
}

/// Starts a call and waits for it. Without an event loop it gives the [`Reply`], else a future of it.
///
/// A sync call may `feed` a source that only its own thread can read.
pub fn run<F>(
    py: Python<'_>,
    event_loop: Option<Bound<'_, PyAny>>,
    signals: Signals,
    feed: Option<Feed>,
    work: impl FnOnce(CancelHandle) -> F,
) -> PyResult<Py<PyAny>>
where
    F: Future<Output = Build> + Send + 'static,
{
    let process = Process::current(py)?;
    let cancel = CancelHandle::new();
    let work = work(cancel.clone());
    match event_loop {
        None => wait(py, &process, process.runtime().spawn(work), cancel, &signals, feed)?.into_py_any(py),
        Some(event_loop) => promise(py, &process, work, cancel, signals, &event_loop),
    }
}

/// Waits in the calling thread, without the interpreter but for signals, news and chunks.
fn wait(
    py: Python<'_>,
    process: &Process,
    mut task: JoinHandle<Build>,
    cancel: CancelHandle,
    signals: &Signals,
    mut feed: Option<Feed>,
) -> PyResult<Reply> {
    let unfinished = CancelOnDrop(Some(cancel));
    loop {
        feed = match feed {
            Some(feed) => feed.filled(py)?,
            None => None,
        };
        let end = py.detach(|| {
            process.runtime().block_on(async {
                tokio::select! {
                    end = &mut task => Some(end),
                    () = signals.arrived() => None,
                    () = Feed::sent(&mut feed) => None,
                    () = tokio::time::sleep(SLICE) => None,
                }
            })
        });
        py.check_signals()?;
        signals.deliver(py)?;
        if let Some(end) = end {
            unfinished.disarm();
            return finish(py, end);
        }
    }
}

/// A future of the event loop that is completed when the call ends.
fn promise(
    py: Python<'_>,
    process: &Process,
    work: impl Future<Output = Build> + Send + 'static,
    cancel: CancelHandle,
    signals: Signals,
    event_loop: &Bound<'_, PyAny>,
) -> PyResult<Py<PyAny>> {
    let future = event_loop.call_method0("create_future")?;
    future.call_method1("add_done_callback", (CancelWithFuture(cancel),))?;
    let event_loop = Arc::new(event_loop.clone().unbind());
    let news = Arc::new(News(signals.clone()).into_py_any(py)?);
    let delivery = Delivery { future: future.clone().unbind(), signals: signals.clone(), end: Mutex::new(None) };
    let delivery = Py::new(py, delivery)?;

    let courier = process.courier(py)?;
    let runtime = process.runtime();
    let mut task = runtime.spawn(work);
    runtime.spawn(async move {
        let end = loop {
            tokio::select! {
                end = &mut task => break end,
                () = signals.arrived() => courier.send(Letter { event_loop: event_loop.clone(), callback: news.clone() }),
            }
        };
        *delivery.get().end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
        courier.send(Letter { event_loop, callback: Arc::new(delivery.into_any()) });
    });
    Ok(future.unbind())
}

/// The reply of a call that ended, be it by a panic.
fn finish(py: Python<'_>, end: Result<Build, JoinError>) -> PyResult<Reply> {
    let built = match end {
        Ok(build) => catch_unwind(AssertUnwindSafe(|| build(py))).ok(),
        Err(_) => None,
    };
    built.unwrap_or_else(|| Reply::new(py, Err::<(), _>(defect())))
}

impl Signals {
    async fn arrived(&self) {
        tokio::select! {
            () = Signal::arrived(self.log.as_deref()) => (),
            () = Signal::arrived(self.progress.as_deref()) => (),
        }
    }

    /// Tells the news to Python.
    fn deliver(&self, py: Python<'_>) -> PyResult<()> {
        self.log.as_ref().map_or(Ok(()), |log| log.deliver(py))?;
        self.progress.as_ref().map_or(Ok(()), |progress| progress.deliver(py))
    }
}

impl Signal<LogEntry> {
    /// A log handler that fails does not fail the call; Ctrl-C and the end of the program, which may come while it runs, do.
    fn deliver(&self, py: Python<'_>) -> PyResult<()> {
        for entry in self.mailbox.take() {
            let line = (entry.level, entry.service, entry.operation, entry.message);
            match self.listener.call1(py, line) {
                Err(error) if error.is_instance_of::<PyException>(py) => {
                    error.write_unraisable(py, Some(self.listener.bind(py)));
                }
                told => {
                    told?;
                }
            }
        }
        Ok(())
    }
}

impl Signal<Box<dyn Event>> {
    fn deliver(&self, py: Python<'_>) -> PyResult<()> {
        for event in self.mailbox.take() {
            self.listener.call1(py, event.arguments(py)?)?;
        }
        Ok(())
    }
}

impl Event for Progress {
    fn arguments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let Self { phase, bytes_done, bytes_total, fraction, bytes_on_wire, attempt, speed } = *self;
        (phase.as_str(), bytes_done, bytes_total, fraction, bytes_on_wire, attempt, speed).into_pyobject(py)
    }
}

impl Event for FolderProgress {
    fn arguments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let Self { files_done, files_failed, files_total, bytes_done, bytes_total, bytes_on_wire, speed } = *self;
        (files_done, files_failed, files_total, bytes_done, bytes_total, bytes_on_wire, speed).into_pyobject(py)
    }
}

impl<T> Signal<T> {
    /// Waits for news; for ever where nobody listens.
    async fn arrived(signal: Option<&Self>) {
        match signal {
            Some(signal) => signal.mailbox.arrived().await,
            None => std::future::pending().await,
        }
    }
}

/// Stops a call when the thread that waits for it leaves early.
struct CancelOnDrop(Option<CancelHandle>);

impl CancelOnDrop {
    fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some(cancel) = &self.0 {
            cancel.cancel();
        }
    }
}

/// Stops a call when its future was cancelled: a done-callback.
#[pyclass(frozen)]
struct CancelWithFuture(CancelHandle);

#[pymethods]
impl CancelWithFuture {
    fn __call__(&self, future: &Bound<'_, PyAny>) -> PyResult<()> {
        if future.call_method0("cancelled")?.is_truthy()? {
            self.0.cancel();
        }
        Ok(())
    }
}

/// Tells news on the event loop.
#[pyclass(frozen)]
struct News(Signals);

#[pymethods]
impl News {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        self.0.deliver(py)
    }
}

/// Completes a future on its event loop.
#[pyclass(frozen)]
struct Delivery {
    future: Py<PyAny>,
    signals: Signals,
    end: Mutex<Option<Result<Build, JoinError>>>,
}

#[pymethods]
impl Delivery {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        self.signals.deliver(py)?;
        let future = self.future.bind(py);
        let end = self.end.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A future that was cancelled meanwhile is done: nobody wants the result.
        let done = future.call_method0("done")?.is_truthy()?;
        let Some(end) = end.filter(|_| !done) else {
            return Ok(());
        };
        match finish(py, end) {
            Ok(reply) => future.call_method1("set_result", (reply,))?,
            Err(error) => future.call_method1("set_exception", (error,))?,
        };
        Ok(())
    }
}
