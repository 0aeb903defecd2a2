//! What all parts of a client share, and how a call runs.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use fileferry_core::border::{self, Answer, Destination, Pages, ProgressSink, Reply};
use futures_util::FutureExt as _;
use serde_json::Value;

use crate::call::Parts;
use crate::options::OnResponse;
use crate::sign_in::{SignIn, Step};
use crate::transfer::Source;
use crate::values::Map;
use crate::{CancelHandle, Captcha, Error, Result};

/// A future that is sent between threads.
pub(crate) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
pub(crate) type OnSession = Box<dyn Fn(&str) + Send + Sync>;
pub(crate) type OnCaptcha = Box<dyn Fn(Captcha, SignIn) -> Boxed<Option<String>> + Send + Sync>;
pub(crate) type OnConfirm = Box<dyn Fn(Step) -> Boxed<Option<String>> + Send + Sync>;

/// What a program gave to hear or answer.
#[derive(Default)]
pub(crate) struct Handlers {
    pub(crate) on_session: Option<OnSession>,
    pub(crate) on_captcha: Option<OnCaptcha>,
    pub(crate) on_confirm: Option<OnConfirm>,
}

/// A client, shared by all that was made from it.
#[derive(Clone)]
pub struct Handle(Arc<Shared>);

struct Shared {
    core: border::Client,
    handlers: Handlers,
    /// How often the program's handlers have signed in. Its lock is held while they do.
    sign_ins: tokio::sync::Mutex<u64>,
}

/// What a call does.
pub(crate) enum Work {
    Operation(&'static str),
    Request { method: String, path: String },
    Upload { source: Source, progress: Option<ProgressSink> },
    Download { to: PathBuf, overwrite: bool, progress: Option<ProgressSink> },
    Open,
    Page(Arc<Pages>),
    Verb { name: &'static str, progress: Option<ProgressSink> },
}

impl Handle {
    pub(crate) fn new(core: border::Client, handlers: Handlers) -> Self {
        Self(Arc::new(Shared { core, handlers, sign_ins: tokio::sync::Mutex::default() }))
    }

    pub(crate) fn core(&self) -> &border::Client {
        &self.0.core
    }

    pub(crate) fn handlers(&self) -> &Handlers {
        &self.0.handlers
    }

    pub(crate) fn tell_session(&self, session: Option<&str>) {
        if let (Some(session), Some(hear)) = (session, &self.0.handlers.on_session) {
            hear(session);
        }
    }

    /// Runs a call. Where it fails because signing in needs the program, the program is asked and the call made again.
    pub(crate) async fn run(&self, parts: &Parts, mut work: Work) -> Result<Answer> {
        let handlers = self.handlers();
        let has_handler = handlers.on_captcha.is_some() || handlers.on_confirm.is_some();
        let before = if has_handler { *self.0.sign_ins.lock().await } else { 0 };
        let reply = self.attempt(parts, &mut work).await;
        let needs_program = reply.sign_in_needed && has_handler;
        let outcome = self.told(reply, parts.options.on_response.as_ref());
        match outcome {
            Err(error) if needs_program => {
                if !self.sign_in_once(before, &parts.cancel).await? {
                    return Err(error);
                }
                let reply = self.attempt(parts, &mut work).await;
                self.told(reply, parts.options.on_response.as_ref())
            }
            outcome => outcome,
        }
    }

    /// Signs in by the program's handlers, unless another call did so since this one began: a person is asked once.
    /// `false` where a handler gave up.
    async fn sign_in_once(&self, before: u64, cancel: &CancelHandle) -> Result<bool> {
        let mut sign_ins = self.0.sign_ins.lock().await;
        if *sign_ins == before {
            if !SignIn::new(self.clone()).run_by_handlers(cancel).await? {
                return Ok(false);
            }
            *sign_ins += 1;
        }
        Ok(true)
    }

    /// Passes on what came beside the outcome.
    fn told(&self, reply: Reply, on_response: Option<&OnResponse>) -> Result<Answer> {
        self.tell_session(reply.session.as_deref());
        if let (Some(response), Some(hear)) = (&reply.response, on_response) {
            hear(response);
        }
        reply.outcome
    }

    async fn attempt(&self, parts: &Parts, work: &mut Work) -> Reply {
        let caught = AssertUnwindSafe(self.perform(parts, work)).catch_unwind().await;
        caught.unwrap_or_else(|panic| Reply {
            outcome: Err(panicked(panic.as_ref())),
            response: None,
            session: None,
            sign_in_needed: false,
        })
    }

    async fn perform(&self, parts: &Parts, work: &mut Work) -> Reply {
        let (core, cancel) = (&self.0.core, &parts.cancel);
        let arguments = Value::Object(parts.arguments.clone()).to_string().into_bytes();
        let options = parts.options.to_json();
        match work {
            Work::Operation(id) => core.call(id, &arguments, &options, cancel).await,
            Work::Request { method, path } => core.request(method, path, &arguments, &options, cancel).await,
            Work::Upload { source, progress } => {
                let (reading, feeding) = source.open();
                let upload = core.upload(reading, &arguments, &options, progress.clone(), cancel);
                feeding.while_running(upload).await
            }
            Work::Download { to, overwrite, progress } => {
                let to = Destination::File { path: to.clone(), overwrite: *overwrite };
                core.download(to, &arguments, &options, progress.clone(), cancel).await
            }
            Work::Open => core.download_stream(&arguments, &options, cancel).await,
            Work::Page(pages) => pages.next(cancel).await,
            Work::Verb { name, progress } => core.verb(name, &arguments, &options, progress.clone(), cancel).await,
        }
    }

    pub(crate) fn pages(&self, operation: &str, arguments: &Map, options: &[u8]) -> Result<Pages> {
        self.0.core.pages(operation, Value::Object(arguments.clone()).to_string().as_bytes(), options)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.core.fmt(f)
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::internal(format!("a fault inside the library: {}", text.unwrap_or("a panic")))
}
