use std::sync::Arc;

use fileferry_core::border::{self, CancelHandle, Client, Destination, Hooks, LogEntry, LogSink, Needed, Reply};
use napi::bindgen_prelude::{Function, Object, ToNapiValue, Unknown};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Result};
use napi_derive::napi;

use crate::cancel::{NativeCancel, handle_of};
use crate::flow::NativeFlow;
use crate::here;
use crate::pages::NativePages;
use crate::progress::{FolderProgressEvent, LastProgress, ProgressEvent, ProgressSlot, Sink};
use crate::runtime::{caught, promise, raised};
use crate::settled::Settled;
use crate::source::NativeSource;

/// Lines of log that may wait for JavaScript; further ones are dropped.
const LOG_QUEUE: usize = 1024;

/// The name with which tests ask for a panic, in debug builds.
const PANIC: &str = "_panic";

/// A client of one service.
#[napi]
pub struct NativeClient {
    client: Client,
}

/// One line of a client's log.
#[napi(object, object_from_js = false)]
pub struct NativeLogEntry {
    /// `debug`, `info` or `warning`.
    pub level: &'static str,
    /// Name of the service.
    pub service: &'static str,
    /// Id of the operation, where there is one.
    pub operation: Option<String>,
    /// For a person.
    pub message: String,
}

impl From<LogEntry> for NativeLogEntry {
    fn from(entry: LogEntry) -> Self {
        Self { level: entry.level, service: entry.service, operation: entry.operation, message: entry.message }
    }
}

/// Panics where a test asked for it by this name.
fn panic_if_asked(name: &str) {
    assert!(!(cfg!(debug_assertions) && name == PANIC), "a panic on purpose");
}

fn log_sink(callback: &Function<'_, NativeLogEntry, Unknown<'static>>) -> Result<LogSink> {
    let log = callback
        .build_threadsafe_function::<NativeLogEntry>()
        .weak::<true>()
        .max_queue_size::<LOG_QUEUE>()
        .build_callback(|context| Ok(context.value))?;
    Ok(Arc::new(move |entry: &LogEntry| {
        // A program that cannot keep up misses lines; the requests do not wait for it.
        log.call(entry.clone().into(), ThreadsafeFunctionCallMode::NonBlocking);
    }))
}

#[napi]
impl NativeClient {
    /// A client of `service` with a JSON object of options.
    #[napi(constructor)]
    pub fn new(
        service: String,
        options: String,
        on_log: Option<Function<'_, NativeLogEntry, Unknown<'static>>>,
    ) -> Result<Self> {
        let on_log = on_log.as_ref().map(log_sink).transpose()?;
        let client = caught(|| {
            panic_if_asked(&service);
            Client::from_json(&service, options.as_bytes(), Hooks { on_log }).map_err(|error| raised(&error))
        });
        Ok(Self { client: client? })
    }

    /// The address of its API.
    #[napi(getter)]
    pub fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// Whether it was closed.
    #[napi(getter)]
    pub fn closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Ends its calls and frees its sockets.
    #[napi]
    pub fn close(&self) -> Result<()> {
        caught(|| {
            self.client.close();
            Ok(())
        })
    }

    /// The session as JSON.
    #[napi]
    pub fn export_session(&self) -> Result<Option<String>> {
        caught(|| Ok(self.client.export_session()))
    }

    /// Calls an operation.
    #[napi]
    pub fn call<'env>(
        &self,
        env: &'env Env,
        operation: String,
        arguments: String,
        options: String,
        cancel: Option<&NativeCancel>,
    ) -> Result<Object<'env>> {
        let (client, cancel) = (self.client.clone(), handle_of(cancel));
        promise(env, async move {
            let reply = client.call(&operation, arguments.as_bytes(), options.as_bytes(), &cancel).await;
            Settled::new(reply, client.service())
        })
    }

    /// Sends a request that no operation describes.
    #[napi]
    pub fn request<'env>(
        &self,
        env: &'env Env,
        method: String,
        path: String,
        params: String,
        options: String,
        cancel: Option<&NativeCancel>,
    ) -> Result<Object<'env>> {
        let (client, cancel) = (self.client.clone(), handle_of(cancel));
        promise(env, async move {
            let reply = client.request(&method, &path, params.as_bytes(), options.as_bytes(), &cancel).await;
            Settled::new(reply, client.service())
        })
    }

    /// The pages of an operation.
    #[napi]
    pub fn pages(&self, operation: String, arguments: String, options: String) -> Result<NativePages> {
        let pages = caught(|| {
            panic_if_asked(&operation);
            let pages = self.client.pages(&operation, arguments.as_bytes(), options.as_bytes());
            pages.map_err(|error| raised(&error))
        });
        Ok(NativePages::new(self.client.service(), pages?))
    }

    /// The items of a folder, page by page.
    #[napi]
    pub fn list(&self, arguments: String, options: String) -> Result<NativePages> {
        let pages =
            caught(|| self.client.list(arguments.as_bytes(), options.as_bytes()).map_err(|error| raised(&error)));
        Ok(NativePages::new(border::shared(), pages?))
    }

    /// Does one of the verbs that all services share.
    #[napi]
    pub fn verb<'env>(
        &self,
        env: &'env Env,
        name: String,
        arguments: String,
        options: String,
        on_progress: Option<Function<'_, Option<ProgressEvent>, Unknown<'static>>>,
        cancel: Option<&NativeCancel>,
    ) -> Result<Object<'env>> {
        let client = self.client.clone();
        transfer(env, on_progress, cancel, |progress, cancel| async move {
            client.verb(&name, arguments.as_bytes(), options.as_bytes(), progress, &cancel).await
        })
    }

    /// What the service can do.
    #[napi]
    pub fn capabilities<'env>(&self, env: &'env Env, factories: Object<'env>) -> Result<Unknown<'env>> {
        let can = caught(|| self.client.capabilities().map_err(|error| raised(&error)))?;
        here::shared(env, can, factories)
    }

    /// Begins to sign in; with the options of the call that needs it, within the time that is left to it.
    #[napi]
    pub fn sign_in(&self, options: String) -> Result<NativeFlow> {
        self.flow(Needed::SignIn, &options)
    }

    /// Begins what leads to a free download; `options` as for signing in.
    #[napi]
    pub fn free_download(&self, target: String, options: String) -> Result<NativeFlow> {
        self.flow(Needed::FreeDownload { target }, &options)
    }

    /// Uploads a file.
    #[napi]
    pub fn upload<'env>(
        &self,
        env: &'env Env,
        source: &mut NativeSource,
        arguments: String,
        options: String,
        on_progress: Option<Function<'_, Option<ProgressEvent>, Unknown<'static>>>,
        cancel: Option<&NativeCancel>,
    ) -> Result<Object<'env>> {
        let (client, source) = (self.client.clone(), source.take()?);
        transfer(env, on_progress, cancel, |progress, cancel| async move {
            client.upload(source, arguments.as_bytes(), options.as_bytes(), progress, &cancel).await
        })
    }

    /// Uploads a folder with all that is in it.
    #[napi]
    pub fn upload_folder<'env>(
        &self,
        env: &'env Env,
        path: String,
        arguments: String,
        options: String,
        on_progress: Option<Function<'_, Option<FolderProgressEvent>, Unknown<'static>>>,
        cancel: Option<&NativeCancel>,
    ) -> Result<Object<'env>> {
        let client = self.client.clone();
        transfer(env, on_progress, cancel, |progress, cancel| async move {
            client.upload_folder(path.into(), arguments.as_bytes(), options.as_bytes(), progress, &cancel).await
        })
    }

    /// Downloads a file to a path.
    #[napi]
    #[allow(clippy::too_many_arguments)] // JavaScript hands them over by position.
    pub fn download<'env>(
        &self,
        env: &'env Env,
        to: String,
        overwrite: bool,
        arguments: String,
        options: String,
        on_progress: Option<Function<'_, Option<ProgressEvent>, Unknown<'static>>>,
        cancel: Option<&NativeCancel>,
    ) -> Result<Object<'env>> {
        let client = self.client.clone();
        let to = Destination::File { path: to.into(), overwrite };
        transfer(env, on_progress, cancel, |progress, cancel| async move {
            client.download(to, arguments.as_bytes(), options.as_bytes(), progress, &cancel).await
        })
    }

    /// Opens a file as a stream of bytes.
    #[napi]
    pub fn download_stream<'env>(
        &self,
        env: &'env Env,
        arguments: String,
        options: String,
        cancel: Option<&NativeCancel>,
    ) -> Result<Object<'env>> {
        let (client, cancel) = (self.client.clone(), handle_of(cancel));
        promise(env, async move {
            let reply = client.download_stream(arguments.as_bytes(), options.as_bytes(), &cancel).await;
            Settled::new(reply, client.service())
        })
    }
}

impl NativeClient {
    fn flow(&self, needed: Needed, options: &str) -> Result<NativeFlow> {
        caught(|| self.client.flow(needed, options.as_bytes()).map(NativeFlow::new).map_err(|error| raised(&error)))
    }
}

// A block of its own: napi registers the methods of a block whether or not they are compiled.
#[cfg(debug_assertions)]
#[napi]
impl NativeClient {
    /// Panics inside a call, so that tests see what becomes of it.
    #[napi]
    pub fn panic<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        promise::<Settled>(env, async { panic!("a panic on purpose") })
    }
}

/// Runs a transfer whose progress `P` JavaScript sees as events `E`.
fn transfer<'env, E, P, F>(
    env: &'env Env,
    on_progress: Option<Function<'_, Option<E>, Unknown<'static>>>,
    cancel: Option<&NativeCancel>,
    run: impl FnOnce(Option<Sink<P>>, CancelHandle) -> F,
) -> Result<Object<'env>>
where
    E: From<P> + Into<LastProgress> + ToNapiValue + Send + 'static,
    P: 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let slot = ProgressSlot::<E>::default();
    let sink = on_progress.map(|callback| slot.sink(&callback)).transpose()?;
    let work = run(sink, handle_of(cancel));
    promise(env, async move {
        let reply = work.await;
        Settled::transfer(reply, slot.take().map(Into::into))
    })
}
