//! What exists once a process: the runtime, and the courier that hands results to event loops.
//!
//! A forked child has neither the parent's threads nor its connections. Everything that lives on a runtime is therefore
//! marked with its process; a child makes its own and leaves the parent's untouched, for even dropping it could wait
//! for a lock that a thread held at the moment of the fork.

use std::sync::{Arc, Mutex, PoisonError, mpsc};

use fileferry_core::border::{self, Error, Kind};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The runtime of this process.
static CURRENT: Mutex<Option<Owned<Arc<Process>>>> = Mutex::new(None);

/// A runtime with its courier.
pub struct Process {
    runtime: tokio::runtime::Runtime,
    courier: Courier,
    /// Given to the courier's thread when it starts.
    letters: Mutex<Option<Letters>>,
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
        let runtime = border::runtime()?;
        let (sender, letters) = mpsc::channel();
        let letters = Mutex::new(Some(Letters(Mutex::new(letters))));
        Ok(Self { runtime, courier: Courier(sender), letters })
    }

    /// Where futures run.
    pub fn runtime(&self) -> &tokio::runtime::Runtime {
        &self.runtime
    }

    /// Who brings results to event loops.
    ///
    /// It is a thread of Python's: when the interpreter ends while one of ours is inside Python, it unwinds that thread,
    /// which our frames do not survive.
    pub fn courier(&self, py: Python<'_>) -> PyResult<Courier> {
        static START: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(letters) = letters {
            START.import(py, "fileferry._courier", "start")?.call1((letters,))?;
        }
        Ok(self.courier.clone())
    }
}

/// Hands callables to event loops, in a thread of its own: the runtime does not wait for the interpreter.
#[derive(Clone)]
pub struct Courier(mpsc::Sender<Letter>);

impl Courier {
    /// Lets an event loop call something; never waits.
    pub fn send(&self, letter: Letter) {
        // It fails only where the courier could not be started, which its call has told.
        let _ = self.0.send(letter);
    }
}

/// A Python callable that is to run on an event loop. Shared, as the runtime cannot count references of Python.
pub struct Letter {
    /// The event loop.
    pub event_loop: Arc<Py<PyAny>>,
    /// What it shall call.
    pub callback: Arc<Py<PyAny>>,
}

/// What the courier has to bring.
#[pyclass(frozen, module = "fileferry._native")]
pub struct Letters(Mutex<mpsc::Receiver<Letter>>);

#[pymethods]
impl Letters {
    /// Waits for something; gives event loops with what they shall call.
    fn take(&self, py: Python<'_>) -> Vec<(Py<PyAny>, Py<PyAny>)> {
        let letters: Vec<Letter> = py.detach(|| {
            let receiver = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            receiver.recv().into_iter().chain(receiver.try_iter()).collect()
        });
        letters.iter().map(|letter| (letter.event_loop.clone_ref(py), letter.callback.clone_ref(py))).collect()
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
