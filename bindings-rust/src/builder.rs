use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fileferry_core::border::{self, Hooks, Needed};

use crate::caught::at_once;
use crate::flow::Step;
use crate::handle::{Handle, Handlers};
use crate::options::as_duration;
use crate::values::{Json, Map};
use crate::{Captcha, Client, Download, Flow, LogEntry, Open, Request, Result, Source, Target, Upload, UploadFolder};

/// What lets the making of a client panic, in debug builds: tests see with it what becomes of a panic.
const PANIC: &str = "_panic";

/// What the types of the services' clients have in common. What their clients can do in common is [`Client`], to which each
/// derefs.
pub trait Service: Clone + fmt::Debug + Deref<Target = Client> + Send + Sync + Sized + 'static {
    /// Name of the service.
    const ID: &'static str;

    #[doc(hidden)]
    fn from_handle(handle: Handle) -> Self;

    #[doc(hidden)]
    fn handle(&self) -> &Handle;

    /// Puts together a client: credentials, then [`build`](Builder::build).
    fn builder() -> Builder<Self> {
        Builder::of(Self::ID.to_owned())
    }

    /// Uploads a path, bytes or a stream; gives the new file's entry.
    fn upload(&self, source: impl Into<Source>) -> Upload<Self> {
        Upload::with_source(self.handle(), source.into())
    }

    /// Uploads a local folder with all that is in it; gives a report of what became of each item. More is told at
    /// [`Client::upload_folder`].
    fn upload_folder(&self, path: impl Into<PathBuf>) -> UploadFolder<Self> {
        UploadFolder::with_path(self.handle(), path.into())
    }

    /// Downloads a file, a target or its link, to the disk: to this path, or under the service's name into this folder.
    /// Gives an entry whose `path` is the file written.
    fn download(&self, target: impl Into<Target>, to: impl Into<PathBuf>) -> Download<Self> {
        Download::with_target(self.handle(), target.into(), to.into())
    }

    /// Opens a file, a target or its link, as a stream of bytes.
    fn open(&self, target: impl Into<Target>) -> Open<Self> {
        Open::with_target(self.handle(), target.into())
    }

    /// Sends a request that no operation describes: `path` lies below the address of the API.
    fn request(&self, method: impl Into<String>, path: impl Into<String>) -> Request {
        Request::with_nothing(self.handle(), method.into(), path.into())
    }

    /// Signs in, a step at a time. Calls sign in by themselves; this is for captchas and the like.
    fn sign_in(&self) -> Flow {
        Flow::towards(self.handle().clone(), Needed::SignIn)
    }

    /// Leads to a download without premium, a step at a time: a captcha, and a wait. Once it is done, the download of the
    /// same file goes through. With [`on_captcha`](Builder::on_captcha) a download does this by itself.
    fn free_download(&self, target: impl Into<Target>) -> Flow {
        Flow::towards(self.handle().clone(), Needed::FreeDownload { target: target.into().into_id() })
    }

    /// The session as JSON text, with which a client of the next process need not sign in. It holds a secret. `None`
    /// when nobody is signed in.
    fn export_session(&self) -> Option<String> {
        self.handle().core().export_session()
    }

    /// The address of the API.
    fn base_url(&self) -> &str {
        self.handle().core().base_url()
    }

    /// Ends all calls with the kind `closed` and frees the sockets. Twice is fine.
    fn close(&self) {
        self.handle().core().close();
    }

    /// Whether it was closed.
    fn is_closed(&self) -> bool {
        self.handle().core().is_closed()
    }
}

/// Puts together a client, `S`. Nothing is sent before its first call.
#[must_use = "a client is made by `build`"]
pub struct Builder<S> {
    name: String,
    options: Map,
    handlers: Handlers,
    hooks: Hooks,
    made: PhantomData<fn() -> S>,
}

impl<S: Made> Builder<S> {
    pub(crate) fn of(name: String) -> Self {
        let (handlers, hooks) = (Handlers::default(), Hooks::default());
        Self { name, options: Map::new(), handlers, hooks, made: PhantomData }
    }

    #[doc(hidden)]
    pub fn with_option(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.options.insert(name.to_owned(), value.into());
        self
    }

    /// What [`export_session`](Service::export_session) gave: no sign-in is needed.
    pub fn session(self, session: impl Into<String>) -> Self {
        self.with_option("session", session.into())
    }

    /// Which of the sites that run the same API; its name or, with [`base_url`](Self::base_url), another address.
    pub fn host(self, name: impl Into<String>) -> Self {
        self.with_option("host", name.into())
    }

    /// Another address of the API.
    pub fn base_url(self, address: impl Into<String>) -> Self {
        self.with_option("base_url", address.into())
    }

    /// Allows addresses without TLS beyond this machine.
    pub fn allow_http(self, allow: bool) -> Self {
        self.with_option("allow_http", allow)
    }

    /// The most time until a connection stands; 10 s unless said otherwise.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.with_duration("connect_timeout_ms", timeout)
    }

    /// The most time without a byte from the service; 60 s unless said otherwise.
    pub fn idle_timeout(self, timeout: Duration) -> Self {
        self.with_duration("idle_timeout_ms", timeout)
    }

    /// The same after the last byte of an upload, when services copy; 15 min unless said otherwise.
    pub fn upload_idle_timeout(self, timeout: Duration) -> Self {
        self.with_duration("upload_idle_timeout_ms", timeout)
    }

    /// The most time for a whole call with all its attempts; none unless said otherwise.
    pub fn deadline(self, deadline: Duration) -> Self {
        self.with_duration("deadline_ms", deadline)
    }

    /// How often a call is tried; 3 unless said otherwise.
    pub fn max_attempts(self, attempts: u32) -> Self {
        self.with_option("max_attempts", attempts)
    }

    /// Time before the second attempt, doubled for each further one; 0.5 s unless said otherwise.
    pub fn backoff(self, backoff: Duration) -> Self {
        self.with_duration("backoff_ms", backoff)
    }

    /// The most time between two attempts; 20 s unless said otherwise.
    pub fn backoff_max(self, backoff: Duration) -> Self {
        self.with_duration("backoff_max_ms", backoff)
    }

    /// The most time that is waited because the service asks for it; 120 s unless said otherwise. A longer demand is an
    /// error that tells it.
    pub fn retry_after_cap(self, cap: Duration) -> Self {
        self.with_duration("retry_after_cap_ms", cap)
    }

    /// What is added to the wait for a free download; 2 s unless said otherwise.
    pub fn free_wait_margin(self, margin: Duration) -> Self {
        self.with_duration("free_wait_margin_ms", margin)
    }

    /// The time until the service is asked again how far it has come, at a remote upload; 5 s unless said otherwise. It
    /// grows up to six times as long.
    pub fn poll_interval(self, interval: Duration) -> Self {
        self.with_duration("poll_interval_ms", interval)
    }

    /// Calls a second, 0 for no limit; the service's own unless said otherwise.
    pub fn rate(self, calls_a_second: f64) -> Self {
        self.with_option("rate", calls_a_second)
    }

    /// The most bytes of an answer; 64 MiB unless said otherwise.
    pub fn max_json(self, bytes: usize) -> Self {
        self.with_option("max_json", bytes)
    }

    /// Address of a proxy; from the environment unless said otherwise.
    pub fn proxy(self, address: impl Into<String>) -> Self {
        self.with_option("proxy", address.into())
    }

    /// PEM file with the certificates to trust; those of the system unless said otherwise.
    pub fn ca_bundle(self, path: impl AsRef<Path>) -> Self {
        self.with_option("ca_bundle", path.as_ref().to_string_lossy().into_owned())
    }

    /// The program's own agent, put before the library's.
    pub fn user_agent(self, agent: impl Into<String>) -> Self {
        self.with_option("user_agent", agent.into())
    }

    /// Hears of a new session, whenever it changed. It holds a secret.
    pub fn on_session(mut self, hear: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.handlers.on_session = Some(Box::new(hear));
        self
    }

    /// Solves captchas: gets the captcha and the flow, whose [`image`](Flow::image) is its picture unless it is a page for
    /// a browser. `None` gives up. After a wrong answer it is asked again, three times at most. A call that it makes itself
    /// and that needs such a flow does not wait for it, but is the kind `captcha_required`.
    pub fn on_captcha<F, A>(mut self, solve: F) -> Self
    where
        F: Fn(Captcha, Flow) -> A + Send + Sync + 'static,
        A: Future<Output = Option<String>> + Send + 'static,
    {
        self.handlers.on_captcha = Some(Box::new(move |captcha, flow| Box::pin(solve(captcha, flow))));
        self
    }

    /// Lets a person agree on the page of a [`Step::Confirm`]; `None` gives up.
    pub fn on_confirm<F, A>(mut self, ask: F) -> Self
    where
        F: Fn(Step) -> A + Send + Sync + 'static,
        A: Future<Output = Option<String>> + Send + 'static,
    {
        self.handlers.on_confirm = Some(Box::new(move |step| Box::pin(ask(step))));
        self
    }

    /// Hears of each request, secrets removed. It is called on the runtime and must not wait.
    pub fn on_log(mut self, hear: impl Fn(&LogEntry) + Send + Sync + 'static) -> Self {
        self.hooks.on_log = Some(Arc::new(hear));
        self
    }

    /// The client. A wrong option is the kind `invalid_argument`; nothing is sent yet.
    pub fn build(self) -> Result<S> {
        let deadline = as_duration(self.options.get("deadline_ms"));
        let is_panic_asked_for = cfg!(debug_assertions) && self.options.contains_key(PANIC);
        let options = Json::Object(self.options).to_string();
        let core = at_once(|| {
            assert!(!is_panic_asked_for, "a test asked for it");
            border::Client::from_json(&self.name, options.as_bytes(), self.hooks)
        })?;
        Ok(S::made(Handle::new(core, self.handlers, deadline)))
    }

    fn with_duration(self, name: &str, duration: Duration) -> Self {
        self.with_option(name, duration.as_secs_f64() * 1000.0)
    }
}

impl Builder<Client> {
    /// An option by its name: those with which the service signs in, such as `access_token`.
    pub fn option(self, name: impl AsRef<str>, value: impl Into<Json>) -> Self {
        self.with_option(name.as_ref(), value)
    }
}

/// What a builder can make.
#[doc(hidden)]
pub trait Made {
    fn made(handle: Handle) -> Self;
}

impl<S: Service> Made for S {
    fn made(handle: Handle) -> Self {
        S::from_handle(handle)
    }
}

impl Made for Client {
    fn made(handle: Handle) -> Self {
        Self::of(handle)
    }
}

impl<S> fmt::Debug for Builder<S> {
    /// The names of the options that were set: the values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.options.keys().collect();
        f.debug_struct("Builder").field("service", &self.name).field("options", &names).finish_non_exhaustive()
    }
}
