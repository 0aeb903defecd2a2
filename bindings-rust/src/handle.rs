//! What all parts of a client share, and how a call runs.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fileferry_core::border::{self, Answer, Destination, FolderProgressSink, Needed, Pages, ProgressSink, Reply};
use serde_json::{Value, json};

use crate::call::Parts;
use crate::caught::{at_once, caught};
use crate::flow::{Flow, Step};
use crate::options::OnResponse;
use crate::transfer::Source;
use crate::values::Map;
use crate::{Captcha, Error, Kind, Result};

/// How often a call is made again after the program's help: to sign in, for a free download, for a ticket that lapsed.
const NEEDS: u32 = 3;

/// A future that is sent between threads.
pub(crate) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
pub(crate) type OnSession = Box<dyn Fn(&str) + Send + Sync>;
pub(crate) type OnCaptcha = Box<dyn Fn(Captcha, Flow) -> Boxed<Option<String>> + Send + Sync>;
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
    /// For each whole call, unless it says otherwise.
    deadline: Option<Duration>,
    /// How often the program's handlers have signed in.
    sign_ins: AtomicU64,
    /// Held while they do.
    signing_in: tokio::sync::Mutex<()>,
}

tokio::task_local! {
    /// The clients whose handlers are being asked here: a call that one of them makes must not wait for it.
    static ASKING: Vec<usize>;
}

/// What a call does.
pub(crate) enum Work {
    Operation(&'static str),
    Request { method: String, path: String },
    Upload { source: Source, progress: Option<ProgressSink> },
    UploadFolder { path: PathBuf, progress: Option<FolderProgressSink> },
    Download { to: PathBuf, overwrite: bool, progress: Option<ProgressSink> },
    Open,
    Page(Arc<Pages>),
    Verb { name: &'static str, progress: Option<ProgressSink> },
}

impl Work {
    fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Operation(id) => Some(id),
            _ => None,
        }
    }
}

impl Handle {
    pub(crate) fn new(core: border::Client, handlers: Handlers, deadline: Option<Duration>) -> Self {
        let (sign_ins, signing_in) = (AtomicU64::new(0), tokio::sync::Mutex::default());
        Self(Arc::new(Shared { core, handlers, deadline, sign_ins, signing_in }))
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

    /// Runs a call. Where it fails for want of what the program can give, the program is asked and the call made again.
    pub(crate) async fn run(&self, parts: &Parts, mut work: Work) -> Result<Answer> {
        let handlers = self.handlers();
        let has_handler = handlers.on_captcha.is_some() || handlers.on_confirm.is_some();
        let deadline = parts.options.deadline_of().or(self.0.deadline);
        let options = parts.options.clone().begun().to_json();
        let begun = Instant::now();
        let left = || deadline.map(|deadline| deadline.saturating_sub(begun.elapsed()));
        let mut provided = 0;
        loop {
            let seen = self.0.sign_ins.load(Ordering::Acquire);
            let mut reply = self.attempt(parts, &options, &mut work).await;
            let needed = reply.needs.take().filter(|_| has_handler && provided < NEEDS && !self.is_asking());
            match (self.told(reply, parts.options.on_response.as_ref()), needed) {
                (Err(error), Some(needed)) => {
                    provided += 1;
                    // Apart, so that the future of every call stays small.
                    let providing = Box::pin(self.provide(needed, &options, seen));
                    if !self.within(left(), parts, work.operation(), providing).await? {
                        return Err(error);
                    }
                }
                (outcome, _) => return outcome,
            }
        }
    }

    /// Takes the steps that a call was refused for want of; `false` where a handler gave up.
    async fn provide(&self, needed: Needed, options: &[u8], seen: u64) -> Result<bool> {
        if needed == Needed::SignIn {
            return self.sign_in_once(options, seen).await;
        }
        Flow::for_call(self.clone(), needed, options)?.run_by_handlers().await
    }

    /// Signs in by the program's handlers, unless another call did so since this one began: a person is asked once.
    /// `false` where a handler gave up.
    async fn sign_in_once(&self, options: &[u8], seen: u64) -> Result<bool> {
        let _turn = self.0.signing_in.lock().await;
        if self.0.sign_ins.load(Ordering::Acquire) == seen {
            if !Flow::for_call(self.clone(), Needed::SignIn, options)?.run_by_handlers().await? {
                return Ok(false);
            }
            self.0.sign_ins.fetch_add(1, Ordering::Release);
        }
        Ok(true)
    }

    /// Runs a handler. What it calls knows that it waits.
    pub(crate) async fn asking<T>(&self, handler: impl Future<Output = T>) -> T {
        let outer = ASKING.try_with(Clone::clone).unwrap_or_default();
        ASKING.scope(outer.into_iter().chain([self.id()]).collect(), handler).await
    }

    /// Whether one of this client's handlers makes this call.
    fn is_asking(&self) -> bool {
        ASKING.try_with(|clients| clients.contains(&self.id())).unwrap_or(false)
    }

    fn id(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Passes on what came beside the outcome.
    fn told(&self, reply: Reply, on_response: Option<&OnResponse>) -> Result<Answer> {
        self.tell_session(reply.session.as_deref());
        if let (Some(response), Some(hear)) = (&reply.response, on_response) {
            hear(response);
        }
        reply.outcome
    }

    async fn attempt(&self, parts: &Parts, options: &[u8], work: &mut Work) -> Reply {
        let performed = Box::pin(async { Ok(self.perform(parts, options, work).await) });
        caught(performed).await.unwrap_or_else(|error| Reply {
            outcome: Err(error),
            response: None,
            session: None,
            needs: None,
        })
    }

    async fn perform(&self, parts: &Parts, options: &[u8], work: &mut Work) -> Reply {
        let (core, cancel) = (&self.0.core, parts.cancel.engine());
        let arguments = Value::Object(parts.arguments.clone()).to_string().into_bytes();
        match work {
            Work::Operation(id) => core.call(id, &arguments, options, cancel).await,
            Work::Request { method, path } => core.request(method, path, &arguments, options, cancel).await,
            Work::Upload { source, progress } => {
                let (reading, feeding) = source.open();
                let upload = core.upload(reading, &arguments, options, progress.clone(), cancel);
                feeding.while_running(upload).await
            }
            Work::UploadFolder { path, progress } => {
                core.upload_folder(path.clone(), &arguments, options, progress.clone(), cancel).await
            }
            Work::Download { to, overwrite, progress } => {
                let to = Destination::File { path: to.clone(), overwrite: *overwrite };
                core.download(to, &arguments, options, progress.clone(), cancel).await
            }
            Work::Open => core.download_stream(&arguments, options, cancel).await,
            Work::Page(pages) => pages.next(cancel).await,
            Work::Verb { name, progress } => core.verb(name, &arguments, options, progress.clone(), cancel).await,
        }
    }

    /// Waits for a person no longer than the call may take.
    async fn within<T>(
        &self,
        left: Option<Duration>,
        parts: &Parts,
        operation: Option<&str>,
        waiting: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let expired = async {
            match left {
                Some(left) => tokio::time::sleep(left).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = parts.cancel.cancelled() => Err(self.ended(operation, Kind::Cancelled, "the call was cancelled")),
            outcome = waiting => outcome,
            () = expired => Err(self.ended(operation, Kind::Timeout, "the call's deadline passed")),
        }
    }

    /// The error of a call that ended while a person was asked, as the engine would tell it.
    fn ended(&self, operation: Option<&str>, kind: Kind, message: &str) -> Error {
        let record = border::ErrorRecord {
            service: Some(self.0.core.service().id.to_owned()),
            operation: operation.map(str::to_owned),
            retryable: kind == Kind::Timeout,
            ..Error::new(kind, message).record().clone()
        };
        Error::from_json(&json!(record).to_string()).unwrap_or_else(|| Error::new(kind, message))
    }

    pub(crate) fn pages(&self, operation: &str, arguments: &Map, options: &[u8]) -> Result<Pages> {
        let arguments = Value::Object(arguments.clone()).to_string();
        at_once(|| self.0.core.pages(operation, arguments.as_bytes(), options))
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.core.fmt(f)
    }
}
