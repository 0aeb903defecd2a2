use std::path::PathBuf;
use std::sync::Arc;

use tokio::time::Instant;

use crate::border::{
    Answer, CancelHandle, Destination, Error, Flow, FolderProgressSink, Needed, Pages, ProgressSink, Reply, Source,
};
use crate::tables::Service;
use crate::wire::{CallOptions, Engine};

/// A client of one service. Cloning gives another handle on the same one; it can be shared between threads.
#[derive(Clone)]
pub struct Client {
    pub(crate) engine: Arc<Engine>,
}

/// What a client tells its program while it works. Called on the runtime: they must not wait.
#[derive(Clone, Default)]
pub struct Hooks {
    /// Hears of each request, secrets removed.
    pub on_log: Option<LogSink>,
}

/// Hears of each request.
pub type LogSink = Arc<dyn Fn(&LogEntry) + Send + Sync>;

/// One line of a client's log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry {
    /// `debug`, `info` or `warning`.
    pub level: &'static str,
    /// Name of the service.
    pub service: &'static str,
    /// Id of the operation, where there is one.
    pub operation: Option<String>,
    /// For a person.
    pub message: String,
}

impl Client {
    /// A client of `service`, with a JSON object of options: the credentials by name, `session` (what
    /// [`export_session`](Self::export_session) gave), `host`, `base_url`, `allow_http`, `connect_timeout_ms`,
    /// `idle_timeout_ms`, `upload_idle_timeout_ms`, `deadline_ms`, `max_attempts`, `backoff_ms`, `backoff_max_ms`,
    /// `retry_after_cap_ms`, `free_wait_margin_ms`, `poll_interval_ms`, `rate` (calls a second, 0 = no limit), `max_json` (bytes), `proxy`,
    /// `ca_bundle` (path of a PEM file), `user_agent` (the program's), `agent` (ours: `fileferry/0.1.0 python`).
    ///
    /// An unknown service or option, a value of the wrong type, a control character in a credential are
    /// `invalid_argument`. Nothing is sent, and no runtime is needed.
    pub fn from_json(service: &str, options: &[u8], hooks: Hooks) -> Result<Self, Error> {
        Engine::from_json(service, options, hooks).map(|engine| Self { engine: Arc::new(engine) })
    }

    /// A client over tables of the caller's own, for tools that examine what a table is worth.
    #[doc(hidden)]
    pub fn over(service: &'static Service, options: &[u8], hooks: Hooks) -> Result<Self, Error> {
        Engine::for_service(service, options, hooks).map(|engine| Self { engine: Arc::new(engine) })
    }

    /// The tables of its service.
    pub fn service(&self) -> &'static Service {
        self.engine.service
    }

    /// The address of its API.
    pub fn base_url(&self) -> &str {
        self.engine.base_url()
    }

    /// Calls an operation by its id with a JSON object of arguments (by [`Param::name`](crate::tables::Param::name):
    /// a key left out is not sent, null is sent as null; times are ISO texts, decimals are texts) and one of options:
    /// `deadline_ms`, `begun_ms` (see [`clock_ms`](crate::border::clock_ms)), `max_attempts, method, version, address, extra`;
    /// both may be empty.
    pub async fn call(&self, operation: &str, arguments: &[u8], options: &[u8], cancel: &CancelHandle) -> Reply {
        self.engine.call(operation, arguments, options, cancel).await
    }

    /// The pages of an operation that has a paging rule. Nothing is sent before the first page is asked for.
    pub fn pages(&self, operation: &str, arguments: &[u8], options: &[u8]) -> Result<Pages, Error> {
        Pages::new(self.clone(), operation, arguments, options)
    }

    /// Sends a request that no operation describes: `path` below the base address, `params` a JSON object that goes where
    /// the service's parameters go. Gives any JSON value ([`Type::Json`](crate::tables::Type::Json)), or
    /// [`Answer::None`](crate::border::Answer) for an empty body. It is not repeated unless `options.idempotent` is true.
    pub async fn request(
        &self,
        method: &str,
        path: &str,
        params: &[u8],
        options: &[u8],
        cancel: &CancelHandle,
    ) -> Reply {
        self.engine.request(method, path, params, options, cancel).await
    }

    /// Does one of the verbs that all services share: `stat`, `make_folder`, `move`, `rename`, `delete`, `share_link`,
    /// `remote_upload`, `account`. `arguments` is a JSON object; a target is an entry's object, a path or an id. Gives a
    /// value of the shared table, [`Answer::Link`](crate::border::Answer::Link) for `share_link`, nothing for `delete`.
    pub async fn verb(
        &self,
        name: &str,
        arguments: &[u8],
        options: &[u8],
        progress: Option<ProgressSink>,
        cancel: &CancelHandle,
    ) -> Reply {
        self.engine.verb(name, arguments, options, progress, cancel).await
    }

    /// The items of a folder (`folder`: a target, else the root), a page of entries of the shared table at a time.
    pub fn list(&self, arguments: &[u8], options: &[u8]) -> Result<Pages, Error> {
        Pages::of_folder(self.clone(), arguments, options)
    }

    /// What the service can do: a value of the shared table.
    pub fn capabilities(&self) -> Result<Answer, Error> {
        crate::verbs::capabilities(self.engine.service)
    }

    /// Begins to sign in; see [`Flow`].
    pub fn sign_in(&self) -> Flow {
        Flow::new(self.clone(), Needed::SignIn, None)
    }

    /// Begins what leads to a free download of `target` (id or link of a file); see [`Flow`]. Once it is done,
    /// [`download`](Self::download) of the same file goes through.
    pub fn free_download(&self, target: impl Into<String>) -> Flow {
        Flow::new(self.clone(), Needed::FreeDownload { target: target.into() }, None)
    }

    /// Begins what a call needed. `options` are those of the call: with their `begun_ms` the flow has the time that is left
    /// of the call's deadline, without it each step has the client's.
    pub fn flow(&self, needed: Needed, options: &[u8]) -> Result<Flow, Error> {
        let options = CallOptions::from_json(options)?;
        let left = options.begun_ms.and_then(|_| self.engine.time_for(&options));
        Ok(Flow::new(self.clone(), needed, left.and_then(|left| Instant::now().checked_add(left))))
    }

    /// The session as JSON, with which a client of the next process need not sign in; it holds a secret. `None` when
    /// nobody is signed in.
    pub fn export_session(&self) -> Option<String> {
        self.engine.export_session()
    }

    /// Uploads a file; gives an [`Entry`](crate::border::shared) of the shared table. `arguments` is a JSON object:
    /// `folder` (a target), `name` (else the source's file name) and the service's own. `options` as for a call.
    pub async fn upload(
        &self,
        source: Source,
        arguments: &[u8],
        options: &[u8],
        progress: Option<ProgressSink>,
        cancel: &CancelHandle,
    ) -> Reply {
        self.engine.upload(source, arguments, options, progress, cancel).await
    }

    /// Uploads a local folder with all that is in it; gives a `FolderReport` of the shared table. `arguments` is a JSON
    /// object: `folder` (id or `/`) in which it is made, `name` (else the folder's own), `parallel` (files at once, 3 if
    /// it is not said) and those of [`upload`](Self::upload) that the service has. `options` as for a call.
    ///
    /// Folders that are there already are used. A file that fails is reported and the others go on; so is what cannot be
    /// uploaded (links, special files, what may not be read). The call itself fails where there is nothing to report: the
    /// local folder cannot be read, or its folder on the service cannot be made.
    pub async fn upload_folder(
        &self,
        path: PathBuf,
        arguments: &[u8],
        options: &[u8],
        progress: Option<FolderProgressSink>,
        cancel: &CancelHandle,
    ) -> Reply {
        self.engine.upload_folder(path, arguments, options, progress, cancel).await
    }

    /// Downloads a file; gives an [`Entry`](crate::border::shared) whose `path` is the file written. `arguments` is a JSON
    /// object: `target` (an entry, a path, an id or a link) and the service's own. `options` as for a call.
    pub async fn download(
        &self,
        to: Destination,
        arguments: &[u8],
        options: &[u8],
        progress: Option<ProgressSink>,
        cancel: &CancelHandle,
    ) -> Reply {
        self.engine.download(to, arguments, options, progress, cancel).await
    }

    /// Opens a file of the service as a stream of bytes. `arguments` as for [`download`](Self::download).
    pub async fn download_stream(&self, arguments: &[u8], options: &[u8], cancel: &CancelHandle) -> Reply {
        self.engine.download_stream(arguments, options, cancel).await
    }

    /// Ends its calls with kind `closed` and frees its sockets. Twice is fine.
    pub fn close(&self) {
        self.engine.close();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.engine.is_closed()
    }
}

impl std::fmt::Debug for Client {
    /// Names the service and the host; no credential.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("service", &self.service().id).field("base_url", &self.base_url()).finish()
    }
}
