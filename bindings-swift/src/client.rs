use std::sync::Arc;

use fileferry_core::border::{Client, Destination, Needed, Source};

use crate::cancel::FfiCancel;
use crate::error::FfiError;
use crate::flow::FfiFlow;
use crate::here;
use crate::listener::{self, FfiFolderProgressListener, FfiLogListener, FfiProgressListener};
use crate::pages::FfiPages;
use crate::reply::FfiReply;
use crate::runtime;
use crate::source::FfiSource;

/// The name of a service or operation that panics, in debug builds: tests show with it what becomes of a bug here.
const PANIC: &str = "_panic";

fn panic_if_asked(name: &str) {
    assert!(!(cfg!(debug_assertions) && name == PANIC), "a test asked for it");
}

/// A client of one service; see [`Client`].
#[derive(Debug, uniffi::Object)]
pub struct FfiClient(Client);

#[uniffi::export]
impl FfiClient {
    /// A client of the service with this id, with a JSON object of options.
    #[uniffi::constructor]
    pub fn new(service: String, options: Vec<u8>, log: Option<Arc<dyn FfiLogListener>>) -> Result<Arc<Self>, FfiError> {
        let client = runtime::enter(|| {
            panic_if_asked(&service);
            Client::from_json(&service, &options, listener::hooks(log))
        })?;
        Ok(Arc::new(Self(client)))
    }

    /// The address of its API.
    pub fn base_url(&self) -> String {
        self.0.base_url().to_owned()
    }

    /// Calls an operation by its id; arguments and options are JSON objects or empty.
    pub async fn call(
        &self,
        operation: String,
        arguments: Vec<u8>,
        options: Vec<u8>,
        cancel: Arc<FfiCancel>,
    ) -> FfiReply {
        let (client, cancel) = (self.0.clone(), cancel.handle());
        let call = async move {
            panic_if_asked(&operation);
            client.call(&operation, &arguments, &options, &cancel).await
        };
        runtime::run(call).await.into()
    }

    /// Sends a request that no operation describes.
    pub async fn request(
        &self,
        method: String,
        path: String,
        params: Vec<u8>,
        options: Vec<u8>,
        cancel: Arc<FfiCancel>,
    ) -> FfiReply {
        let (client, cancel) = (self.0.clone(), cancel.handle());
        let call = async move { client.request(&method, &path, &params, &options, &cancel).await };
        runtime::run(call).await.into()
    }

    /// The pages of an operation that has some. Nothing is sent yet.
    pub fn pages(&self, operation: String, arguments: Vec<u8>, options: Vec<u8>) -> Result<Arc<FfiPages>, FfiError> {
        let pages = runtime::enter(|| {
            panic_if_asked(&operation);
            self.0.pages(&operation, &arguments, &options)
        })?;
        Ok(FfiPages::new(pages))
    }

    /// The entries of a folder, page by page. Nothing is sent yet.
    pub fn list(&self, arguments: Vec<u8>, options: Vec<u8>) -> Result<Arc<FfiPages>, FfiError> {
        let pages = runtime::enter(|| self.0.list(&arguments, &options))?;
        Ok(FfiPages::new(pages))
    }

    /// Does one of the verbs that all services share.
    pub async fn verb(
        &self,
        name: String,
        arguments: Vec<u8>,
        options: Vec<u8>,
        progress: Option<Arc<dyn FfiProgressListener>>,
        cancel: Arc<FfiCancel>,
    ) -> FfiReply {
        let progress = listener::progress_sink(progress);
        let (client, cancel) = (self.0.clone(), cancel.handle());
        let call = async move { client.verb(&name, &arguments, &options, progress, &cancel).await };
        runtime::run(call).await.into()
    }

    /// What the service can do: the tape of `Capabilities`.
    pub fn capabilities(&self) -> Result<Vec<u8>, FfiError> {
        Ok(runtime::enter(|| self.0.capabilities().and_then(here::tape))?)
    }

    /// A sign-in as steps; with the options of the call that needs it, within the time that is left to it. Nothing is sent
    /// yet.
    pub fn sign_in(&self, options: Vec<u8>) -> Result<Arc<FfiFlow>, FfiError> {
        Ok(FfiFlow::new(self.0.flow(Needed::SignIn, &options)?))
    }

    /// What leads to a free download, as steps; `options` as for signing in. Nothing is sent yet.
    pub fn free_download(&self, target: String, options: Vec<u8>) -> Result<Arc<FfiFlow>, FfiError> {
        Ok(FfiFlow::new(self.0.flow(Needed::FreeDownload { target }, &options)?))
    }

    /// The session as JSON, which holds a secret; nothing when nobody is signed in.
    pub fn export_session(&self) -> Option<String> {
        self.0.export_session()
    }

    /// Uploads a file; gives an `Entry`.
    pub async fn upload(
        &self,
        source: FfiSource,
        arguments: Vec<u8>,
        options: Vec<u8>,
        progress: Option<Arc<dyn FfiProgressListener>>,
        cancel: Arc<FfiCancel>,
    ) -> FfiReply {
        let source = match Source::try_from(source) {
            Ok(source) => source,
            Err(error) => return Err(error).into(),
        };
        let progress = listener::progress_sink(progress);
        let (client, cancel) = (self.0.clone(), cancel.handle());
        let call = async move { client.upload(source, &arguments, &options, progress, &cancel).await };
        runtime::run(call).await.into()
    }

    /// Uploads a local folder with all that is in it; gives a `FolderReport`.
    pub async fn upload_folder(
        &self,
        path: String,
        arguments: Vec<u8>,
        options: Vec<u8>,
        progress: Option<Arc<dyn FfiFolderProgressListener>>,
        cancel: Arc<FfiCancel>,
    ) -> FfiReply {
        let progress = listener::folder_progress_sink(progress);
        let (client, cancel) = (self.0.clone(), cancel.handle());
        let call = async move { client.upload_folder(path.into(), &arguments, &options, progress, &cancel).await };
        runtime::run(call).await.into()
    }

    /// Downloads a file to a path; gives an `Entry`.
    pub async fn download(
        &self,
        to: String,
        overwrite: bool,
        arguments: Vec<u8>,
        options: Vec<u8>,
        progress: Option<Arc<dyn FfiProgressListener>>,
        cancel: Arc<FfiCancel>,
    ) -> FfiReply {
        let to = Destination::File { path: to.into(), overwrite };
        let progress = listener::progress_sink(progress);
        let (client, cancel) = (self.0.clone(), cancel.handle());
        let call = async move { client.download(to, &arguments, &options, progress, &cancel).await };
        runtime::run(call).await.into()
    }

    /// Opens a file as a stream of bytes.
    pub async fn download_stream(&self, arguments: Vec<u8>, options: Vec<u8>, cancel: Arc<FfiCancel>) -> FfiReply {
        let (client, cancel) = (self.0.clone(), cancel.handle());
        let call = async move { client.download_stream(&arguments, &options, &cancel).await };
        runtime::run(call).await.into()
    }

    /// Ends its calls with kind `closed` and frees its sockets. Twice is fine.
    pub fn close(&self) {
        self.0.close();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}
