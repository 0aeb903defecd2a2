//! What exists once a process: the runtime, and the courier that hands results to event loops.
//!
//! A forked child has neither the parent's threads nor its connections. Everything that lives on a runtime is therefore
//! marked with its process; a child makes its own and leaves the parent's untouched, for even dropping it could wait
//! for a lock that a thread held at the moment of the fork.

use std::sync::{Arc, Mutex, PoisonError, mpsc};

use fileferry_core::border::{Error, Kind};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// The runtime of this process.
static CURRENT: Mutex<Option<Owned<Arc<Process>>>> = Mutex::new(None);

/// A runtime with its courier.
pub struct Process {
    runtime: tokio::runtime::Runtime,
    courier: Courier,
}

/// Hands callables to event loops, from a thread of its own: the runtime does not wait for the interpreter.
#[derive(Clone)]
pub struct Courier(mpsc::Sender<Letter>);

/// A Python callable that is to run on an event loop. Shared, as the runtime cannot count references of Python.
pub struct Letter {
    /// The event loop.
    pub event_loop: Arc<Py<PyAny>>,
    /// What it shall call.
    pub callback: Arc<Py<PyAny>>,
}

impl Process {
    /// The runtime of this process, made when it is first needed.
    pub fn current(_py: Python<'_>) -> PyResult<Arc<Self>> {
        // Locked only by a thread that holds the interpreter, as the one that forks does: no fork finds it locked.
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(process) = current.as_ref().and_then(Owned::get) {
            return Ok(process.clone());
        }
        let process = Arc::new(Self::start()?);
        *current = Some(Owned::new(process.clone()));
        Ok(process)
    }

    fn start() -> PyResult<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("fileferry")
            .enable_all()
            .build()?;
        Ok(Self { runtime, courier: Courier::start()? })
    }

    /// Where futures run.
    pub fn runtime(&self) -> &tokio::runtime::Runtime {
        &self.runtime
    }

    /// Who brings results to event loops.
    pub fn courier(&self) -> Courier {
        self.courier.clone()
    }
}

impl Courier {
    fn start() -> std::io::Result<Self> {
        let (sender, letters) = mpsc::channel::<Letter>();
        std::thread::Builder::new().name("fileferry-courier".to_owned()).spawn(move || {
            // It ends with the interpreter.
            while let Ok(letter) = letters.recv()
                && Python::try_attach(|py| letter.deliver(py)).is_some()
            {}
        })?;
        Ok(Self(sender))
    }

    /// Lets an event loop call something; never waits.
    pub fn send(&self, letter: Letter) {
        // It fails only when the interpreter has ended: then nobody is left to hear of it.
        let _ = self.0.send(letter);
    }
}

impl Letter {
    fn deliver(&self, py: Python<'_>) {
        let event_loop = self.event_loop.bind(py);
        if let Err(error) = event_loop.call_method1("call_soon_threadsafe", (self.callback.as_ref(),)) {
            // A program may end its loop while a call is in flight: then nobody waits for the result.
            let closed = event_loop.call_method0("is_closed").and_then(|closed| closed.is_truthy()).unwrap_or(false);
            if !(closed && error.is_instance_of::<PyRuntimeError>(py)) {
                error.write_unraisable(py, Some(event_loop));
            }
        }
    }
}

/// A value that belongs to the process that made it. Dropped elsewhere, it is left as it is.
pub struct Owned<T> {
    pid: u32,
    value: Option<T>,
}

impl<T> Owned<T> {
    /// Marks a value with this process.
    pub fn new(value: T) -> Self {
        Self { pid: std::process::id(), value: Some(value) }
    }

    /// The value; `None` in a forked child.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref().filter(|_| self.pid == std::process::id())
    }

    /// The value, or an error in a forked child.
    pub fn here(&self) -> Result<&T, Error> {
        self.get().ok_or_else(|| Error::new(Kind::Closed, "it was made before this process was forked: make a new one"))
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        if self.pid != std::process::id() {
            std::mem::forget(self.value.take());
        }
    }
}
