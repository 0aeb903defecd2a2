//! A client of one service.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fileferry_core::border::{self, Destination, Error, Hooks, LogEntry, Needed};
use pyo3::prelude::*;
use secrecy::{ExposeSecret, SecretString};

use crate::call::{self, Build, Event, Signal, Signals, build};
use crate::defect::{caught, panic_if_asked};
use crate::flow::Flow;
use crate::here;
use crate::mailbox::Mailbox;
use crate::pages::Pages;
use crate::process::Owned;
use crate::reply::{Reply, raised};
use crate::shapes::Shapes;
use crate::source::PythonSource;

/// A client of one service. It can be shared between threads, and works on in a forked child.
#[pyclass(frozen, weakref, module = "fileferry._native")]
pub struct Client {
    service: String,
    /// Kept for a forked child, which has to make an engine of its own.
    options: SecretString,
    shapes: Arc<Py<Shapes>>,
    shared: Arc<Py<Shapes>>,
    log: Py<PyAny>,
    state: Mutex<State>,
}

struct State {
    engine: Owned<Engine>,
    /// The session at the last fork, for the child.
    session: Option<SecretString>,
    /// Whether it was closed, for a forked child too.
    closed: bool,
}

/// An engine and what it tells.
#[derive(Clone)]
pub struct Engine {
    client: border::Client,
    logs: Arc<Mailbox<LogEntry>>,
    untold: Untold,
}

#[pymethods]
impl Client {
    /// `options` is a JSON object, `log(level, service, operation, message)` hears of requests.
    #[new]
    fn new(
        py: Python<'_>,
        service: String,
        options: String,
        shapes: Py<Shapes>,
        shared: Py<Shapes>,
        log: Py<PyAny>,
    ) -> PyResult<Self> {
        caught(py, || {
            panic_if_asked(&service);
            let options = SecretString::from(options);
            let engine = Engine::new(&service, &options, None).map_err(|error| raised(py, &error))?;
            let state = State { engine: Owned::new(engine), session: None, closed: false };
            let [shapes, shared] = [shapes, shared].map(Arc::new);
            Ok(Self { service, options, shapes, shared, log, state: Mutex::new(state) })
        })
    }

    /// The address of its API.
    #[getter]
    fn base_url(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.engine(py)?.client.base_url().to_owned())
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.engine(py)?.client.is_closed())
    }

    /// Calls an operation by its id.
    #[pyo3(signature = (operation, arguments, options, event_loop=None))]
    fn call(
        &self,
        py: Python<'_>,
        operation: String,
        arguments: String,
        options: String,
        event_loop: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let engine = self.engine(py)?;
        let (client, reader) = (engine.client.clone(), engine.reader(&self.shapes));
        call::run(py, event_loop, self.signals(py, &engine, None), None, |cancel| async move {
            let reply = client.call(&operation, arguments.as_bytes(), options.as_bytes(), &cancel).await;
            reader.read(reply)
        })
    }

    /// The pages of an operation.
    fn pages(&self, py: Python<'_>, operation: &str, arguments: &str, options: &str) -> PyResult<Pages> {
        let engine = self.engine(py)?;
        let pages = caught(py, || {
            panic_if_asked(operation);
            let pages = engine.client.pages(operation, arguments.as_bytes(), options.as_bytes());
            pages.map_err(|error| raised(py, &error))
        })?;
        Ok(Pages::new(pages, engine.reader(&self.shapes), self.signals(py, &engine, None)))
    }

    /// Sends a request that no operation describes.
    #[pyo3(signature = (method, path, params, options, event_loop=None))]
    fn request(
        &self,
        py: Python<'_>,
        method: String,
        path: String,
        params: String,
        options: String,
        event_loop: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let engine = self.engine(py)?;
        let (client, reader) = (engine.client.clone(), engine.reader(&self.shapes));
        call::run(py, event_loop, self.signals(py, &engine, None), None, |cancel| async move {
            reader.read(client.request(&method, &path, params.as_bytes(), options.as_bytes(), &cancel).await)
        })
    }

    /// Uploads a file.
    #[pyo3(signature = (source, arguments, options, on_progress=None, event_loop=None))]
    fn upload(
        &self,
        py: Python<'_>,
        source: PythonSource<'_>,
        arguments: String,
        options: String,
        on_progress: Option<Py<PyAny>>,
        event_loop: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let engine = self.engine(py)?;
        let (client, reader) = (engine.client.clone(), engine.reader(&self.shared));
        let (source, feed) = source.open(py);
        let signals = self.signals(py, &engine, on_progress);
        let progress = progress_sink(&signals);
        call::run(py, event_loop, signals, feed, |cancel| async move {
            let (arguments, options) = (arguments.as_bytes(), options.as_bytes());
            reader.read(client.upload(source, arguments, options, progress, &cancel).await)
        })
    }

    /// Uploads a folder with all that is in it.
    #[pyo3(signature = (path, arguments, options, on_progress=None, event_loop=None))]
    fn upload_folder(
        &self,
        py: Python<'_>,
        path: PathBuf,
        arguments: String,
        options: String,
        on_progress: Option<Py<PyAny>>,
        event_loop: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let engine = self.engine(py)?;
        let (client, reader) = (engine.client.clone(), engine.reader(&self.shared));
        let signals = self.signals(py, &engine, on_progress);
        let progress = progress_sink(&signals);
        call::run(py, event_loop, signals, None, |cancel| async move {
            let (arguments, options) = (arguments.as_bytes(), options.as_bytes());
            reader.read(client.upload_folder(path, arguments, options, progress, &cancel).await)
        })
    }

    /// Downloads a file to the disk.
    #[pyo3(signature = (path, overwrite, arguments, options, on_progress=None, event_loop=None))]
    #[expect(clippy::too_many_arguments, reason = "Python passes them by name")]
    fn download(
        &self,
        py: Python<'_>,
        path: PathBuf,
        overwrite: bool,
        arguments: String,
        options: String,
        on_progress: Option<Py<PyAny>>,
        event_loop: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let engine = self.engine(py)?;
        let (client, reader) = (engine.client.clone(), engine.reader(&self.shared));
        let signals = self.signals(py, &engine, on_progress);
        let progress = progress_sink(&signals);
        call::run(py, event_loop, signals, None, |cancel| async move {
            let to = Destination::File { path, overwrite };
            reader.read(client.download(to, arguments.as_bytes(), options.as_bytes(), progress, &cancel).await)
        })
    }

    /// Opens a file of the service as a stream of bytes.
    #[pyo3(signature = (arguments, options, event_loop=None))]
    fn open(
        &self,
        py: Python<'_>,
        arguments: String,
        options: String,
        event_loop: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let engine = self.engine(py)?;
        let (client, reader) = (engine.client.clone(), engine.reader(&self.shared));
        call::run(py, event_loop, self.signals(py, &engine, None), None, |cancel| async move {
            reader.read(client.download_stream(arguments.as_bytes(), options.as_bytes(), &cancel).await)
        })
    }

    /// Does one of the verbs that all services share.
    #[pyo3(signature = (name, arguments, options, on_progress=None, event_loop=None))]
    fn verb(
        &self,
        py: Python<'_>,
        name: String,
        arguments: String,
        options: String,
        on_progress: Option<Py<PyAny>>,
        event_loop: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let engine = self.engine(py)?;
        let (client, reader) = (engine.client.clone(), engine.reader(&self.shared));
        let signals = self.signals(py, &engine, on_progress);
        let progress = progress_sink(&signals);
        call::run(py, event_loop, signals, None, |cancel| async move {
            reader.read(client.verb(&name, arguments.as_bytes(), options.as_bytes(), progress, &cancel).await)
        })
    }

    /// The items of a folder, page by page.
    fn list(&self, py: Python<'_>, arguments: &str, options: &str) -> PyResult<Pages> {
        let engine = self.engine(py)?;
        let pages = engine.client.list(arguments.as_bytes(), options.as_bytes());
        let pages = pages.map_err(|error| raised(py, &error))?;
        Ok(Pages::new(pages, engine.reader(&self.shared), self.signals(py, &engine, None)))
    }

    /// What the service can do.
    fn capabilities(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let can = self.engine(py)?.client.capabilities().map_err(|error| raised(py, &error))?;
        here::object(py, can, self.shared.get())
    }

    /// Begins to sign in; with the options of the call that needs it, within the time that is left to it.
    fn sign_in(&self, py: Python<'_>, options: &str) -> PyResult<Flow> {
        self.flow(py, Needed::SignIn, options)
    }

    /// Begins what leads to a free download; `options` as for signing in.
    fn free_download(&self, py: Python<'_>, target: String, options: &str) -> PyResult<Flow> {
        self.flow(py, Needed::FreeDownload { target }, options)
    }

    /// The session, with which a client of the next process need not sign in.
    fn export_session(&self, py: Python<'_>) -> PyResult<Option<String>> {
        let engine = self.engine(py)?;
        caught(py, || Ok(engine.client.export_session()))
    }

    /// A session that the program has not heard of yet, once.
    fn take_session(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(self.engine(py)?.untold.take())
    }

    /// Keeps the session for a child, as this process is about to be forked.
    fn before_fork(&self) {
        let mut state = lock(&self.state);
        let session = state.engine.get().and_then(|engine| engine.client.export_session());
        state.session = session.map(SecretString::from).or(state.session.take());
    }

    /// Ends its calls and frees its sockets.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let engine = self.engine(py)?;
        lock(&self.state).closed = true;
        caught(py, || {
            engine.client.close();
            Ok(())
        })
    }

    /// Panics where a call would run, so that a test can see what becomes of it.
    #[cfg(debug_assertions)]
    #[pyo3(signature = (event_loop=None))]
    fn _panic(&self, py: Python<'_>, event_loop: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        call::run(py, event_loop, Signals::default(), None, |_| async { panic!("a test asked for it") })
    }
}

impl Client {
    /// The engine of this process.
    fn engine(&self, py: Python<'_>) -> PyResult<Engine> {
        let mut state = lock(&self.state);
        if let Some(engine) = state.engine.get() {
            return Ok(engine.clone());
        }
        let engine = caught(py, || {
            let engine = Engine::new(&self.service, &self.options, state.session.as_ref());
            engine.map_err(|error| raised(py, &error))
        })?;
        if state.closed {
            engine.client.close();
        }
        state.engine = Owned::new(engine.clone());
        Ok(engine)
    }

    fn flow(&self, py: Python<'_>, needed: Needed, options: &str) -> PyResult<Flow> {
        let engine = self.engine(py)?;
        let flow = caught(py, || engine.client.flow(needed, options.as_bytes()).map_err(|error| raised(py, &error)))?;
        Ok(Flow::new(flow, engine.untold.clone(), self.signals(py, &engine, None)))
    }

    fn signals(&self, py: Python<'_>, engine: &Engine, on_progress: Option<Py<PyAny>>) -> Signals {
        let log = Signal { mailbox: engine.logs.clone(), listener: self.log.clone_ref(py) };
        let progress = on_progress.map(|listener| Signal { mailbox: Arc::new(Mailbox::new()), listener });
        Signals { log: Some(Arc::new(log)), progress: progress.map(Arc::new) }
    }
}

impl Engine {
    fn new(service: &str, options: &SecretString, session: Option<&SecretString>) -> Result<Self, Error> {
        let logs = Arc::new(Mailbox::new());
        let sink = logs.clone();
        let hooks = Hooks { on_log: Some(Arc::new(move |entry: &LogEntry| sink.put(entry.clone()))) };
        let with_session = session.map(|session| with_session(options, session)).transpose()?;
        let options = with_session.as_ref().unwrap_or(options);
        let client = border::Client::from_json(service, options.expose_secret().as_bytes(), hooks)?;
        Ok(Self { client, logs, untold: Untold::default() })
    }

    fn reader(&self, shapes: &Arc<Py<Shapes>>) -> ReplyReader {
        ReplyReader { shapes: shapes.clone(), untold: self.untold.clone() }
    }
}

fn with_session(options: &SecretString, session: &SecretString) -> Result<SecretString, Error> {
    let no_object = |_| Error::internal("the options of a client are no JSON object");
    let mut options: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(options.expose_secret()).map_err(no_object)?;
    options.insert("session".to_owned(), session.expose_secret().into());
    Ok(serde_json::Value::Object(options).to_string().into())
}

/// What a transfer tells of itself, put where its listener finds it.
fn progress_sink<E: Event + 'static>(signals: &Signals) -> Option<Arc<dyn Fn(E) + Send + Sync>> {
    let mailbox = signals.progress.as_ref()?.mailbox.clone();
    Some(Arc::new(move |event| mailbox.put(Box::new(event))))
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The newest session, until the program hears of it. A call that nobody waits for any more leaves it here.
#[derive(Clone, Default)]
pub struct Untold(Arc<Mutex<Option<SecretString>>>);

impl Untold {
    /// Keeps a session that a call gave.
    pub fn put(&self, session: Option<String>) {
        if let Some(session) = session {
            *self.slot() = Some(session.into());
        }
    }

    fn take(&self) -> Option<String> {
        self.slot().take().map(|session| session.expose_secret().to_owned())
    }

    fn slot(&self) -> MutexGuard<'_, Option<SecretString>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Turns the engine's replies into Python's.
#[derive(Clone)]
pub struct ReplyReader {
    shapes: Arc<Py<Shapes>>,
    untold: Untold,
}

impl ReplyReader {
    /// What is to be done with a reply once the interpreter is held.
    pub fn read(self, mut reply: border::Reply) -> Build {
        self.untold.put(reply.session.take());
        build(move |py| Reply::from_core(py, reply, self.shapes.get()))
    }
}
