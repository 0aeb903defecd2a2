//! The verbs that move files.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use fileferry_core::border::{self, FolderProgressSink, ProgressSink, SourceFeeder};
use futures_util::future::{Either, select};
use futures_util::stream::{BoxStream, Stream, StreamExt as _};
use serde_json::json;
use tokio::io::AsyncRead;
use tokio_util::io::ReaderStream;

use crate::call::Parts;
use crate::handle::{Boxed, Handle, Work};
use crate::options::call_options;
use crate::values::Json;
use crate::{ByteStream, Entry, FolderProgress, FolderReport, Progress, Result, answers};

/// What an upload reads: a path, bytes, or a stream of known length.
pub struct Source(Content);

enum Content {
    Path(PathBuf),
    Bytes(Bytes),
    Stream { length: u64, chunks: BoxStream<'static, io::Result<Bytes>> },
}

impl Source {
    /// Chunks that make `length` bytes in all. They are read once, so a failed upload is not repeated.
    pub fn stream(length: u64, chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self(Content::Stream { length, chunks: chunks.boxed() })
    }

    /// A reader of `length` bytes. It is read once, so a failed upload is not repeated.
    pub fn reader(length: u64, reader: impl AsyncRead + Send + 'static) -> Self {
        Self::stream(length, ReaderStream::with_capacity(reader, 256 << 10))
    }

    /// What the engine reads in one call. A stream is read only once the engine wants it, so a call that ended before
    /// can be made again.
    pub(crate) fn open(&mut self) -> (border::Source, Feeding<'_>) {
        match &mut self.0 {
            Content::Path(path) => (border::Source::Path(path.clone()), Feeding(None)),
            Content::Bytes(bytes) => (border::Source::Bytes(bytes.clone()), Feeding(None)),
            Content::Stream { length, chunks } => {
                let (feeder, source) = border::Source::stream(*length);
                (source, Feeding(Some((chunks, feeder))))
            }
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Content::Path(path) => path.fmt(f),
            Content::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Content::Stream { length, .. } => write!(f, "a stream of {length} bytes"),
        }
    }
}

impl From<&str> for Source {
    fn from(path: &str) -> Self {
        Self(Content::Path(path.into()))
    }
}

impl From<String> for Source {
    fn from(path: String) -> Self {
        Self(Content::Path(path.into()))
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Self(Content::Path(path.into()))
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Self(Content::Path(path))
    }
}

impl From<&PathBuf> for Source {
    fn from(path: &PathBuf) -> Self {
        Self(Content::Path(path.clone()))
    }
}

impl From<Bytes> for Source {
    fn from(bytes: Bytes) -> Self {
        Self(Content::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Content::Bytes(bytes.into()))
    }
}

/// The end of a stream that the program gives, to be read while the upload runs.
pub(crate) struct Feeding<'a>(Option<(&'a mut BoxStream<'static, io::Result<Bytes>>, SourceFeeder)>);

impl Feeding<'_> {
    pub(crate) async fn while_running<T>(self, upload: impl Future<Output = T>) -> T {
        let Some((chunks, feeder)) = self.0 else {
            return upload.await;
        };
        match select(pin!(upload), pin!(feed(chunks, feeder))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), upload)) => upload.await,
        }
    }
}

async fn feed(chunks: &mut BoxStream<'static, io::Result<Bytes>>, feeder: SourceFeeder) {
    if !feeder.wanted().await {
        return;
    }
    while let Some(chunk) = chunks.next().await {
        match chunk {
            Ok(chunk) => {
                if !feeder.push(chunk).await {
                    return;
                }
            }
            Err(error) => return feeder.fail(&error.to_string()).await,
        }
    }
}

/// A file or folder of the service: an [`Entry`], a path (it begins with `/`; `/` is the root) or a bare id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(Json);

impl Target {
    pub(crate) fn plain(self) -> Json {
        self.0
    }

    /// The id that stands for it.
    pub(crate) fn into_id(self) -> String {
        match self.0 {
            Json::String(id) => id,
            entry => entry["id"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

impl From<&str> for Target {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl From<String> for Target {
    fn from(id: String) -> Self {
        Self(id.into())
    }
}

impl From<&String> for Target {
    fn from(id: &String) -> Self {
        Self(id.as_str().into())
    }
}

impl From<&Entry> for Target {
    fn from(entry: &Entry) -> Self {
        // Whole enough for the engine to see where it lies: an entry of another service must not pass for one of this.
        let Entry { id, path, is_folder, service, .. } = entry;
        Self(json!({"id": id, "path": path, "is_folder": is_folder, "service": service}))
    }
}

/// An upload to the service `S` that is being put together; `.await` it for the new file's entry.
#[must_use = "an upload does nothing until it is awaited"]
pub struct Upload<S> {
    parts: Parts,
    source: Source,
    progress: Option<ProgressSink>,
    service: PhantomData<fn() -> S>,
}

impl<S> Upload<S> {
    call_options!();

    #[doc(hidden)]
    pub fn with_source(handle: &Handle, source: Source) -> Self {
        Self { parts: Parts::new(handle), source, progress: None, service: PhantomData }
    }

    #[doc(hidden)]
    pub fn with_argument(mut self, name: &str, value: Json) -> Self {
        self.parts.set(name, value);
        self
    }

    /// The folder it goes into; the root unless said otherwise.
    pub fn into_folder(self, folder: impl Into<Target>) -> Self {
        self.with_argument("folder", folder.into().plain())
    }

    /// What to call it; unless said otherwise, as the file is called.
    pub fn named(self, name: impl Into<String>) -> Self {
        self.with_argument("name", Json::from(name.into()))
    }

    /// Hears of progress: at most ten times a second, and once at the end. It is called on the runtime and must not wait.
    pub fn on_progress(mut self, hear: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(hear));
        self
    }
}

impl<S> IntoFuture for Upload<S> {
    type Output = Result<Entry>;
    type IntoFuture = Boxed<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { parts, source, progress, .. } = self;
        Box::pin(async move {
            let work = Work::Upload { source, progress };
            answers::value(parts.handle.run(&parts, work).await?)
        })
    }
}

impl<S> fmt::Debug for Upload<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("source", &self.source).finish_non_exhaustive()
    }
}

/// An upload of a local folder to the service `S` that is being put together; `.await` it for the report.
#[must_use = "an upload does nothing until it is awaited"]
pub struct UploadFolder<S> {
    parts: Parts,
    path: PathBuf,
    progress: Option<FolderProgressSink>,
    service: PhantomData<fn() -> S>,
}

impl<S> UploadFolder<S> {
    call_options!();

    #[doc(hidden)]
    pub fn with_path(handle: &Handle, path: PathBuf) -> Self {
        Self { parts: Parts::new(handle), path, progress: None, service: PhantomData }
    }

    #[doc(hidden)]
    pub fn with_argument(mut self, name: &str, value: Json) -> Self {
        self.parts.set(name, value);
        self
    }

    /// The folder in which it is made; the root unless said otherwise.
    pub fn into_folder(self, folder: impl Into<Target>) -> Self {
        self.with_argument("folder", folder.into().plain())
    }

    /// What to call it there; unless said otherwise, as the local folder is called.
    pub fn named(self, name: impl Into<String>) -> Self {
        self.with_argument("name", Json::from(name.into()))
    }

    /// How many files are sent at once, ten at most; three unless said otherwise.
    pub fn parallel(self, files: usize) -> Self {
        self.with_argument("parallel", files.into())
    }

    /// Hears of the progress of the whole: at most ten times a second, and once at the end. It is called on the runtime and
    /// must not wait.
    pub fn on_progress(mut self, hear: impl Fn(FolderProgress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(hear));
        self
    }
}

impl<S> IntoFuture for UploadFolder<S> {
    type Output = Result<FolderReport>;
    type IntoFuture = Boxed<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { parts, path, progress, .. } = self;
        Box::pin(async move {
            let work = Work::UploadFolder { path, progress };
            answers::value(parts.handle.run(&parts, work).await?)
        })
    }
}

impl<S> fmt::Debug for UploadFolder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadFolder").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A download from the service `S` that is being put together; `.await` it for the file's entry.
#[must_use = "a download does nothing until it is awaited"]
pub struct Download<S> {
    parts: Parts,
    to: PathBuf,
    overwrite: bool,
    progress: Option<ProgressSink>,
    service: PhantomData<fn() -> S>,
}

impl<S> Download<S> {
    call_options!();

    #[doc(hidden)]
    pub fn with_target(handle: &Handle, target: Target, to: PathBuf) -> Self {
        let download = Self { parts: Parts::new(handle), to, overwrite: false, progress: None, service: PhantomData };
        download.with_argument("target", target.plain())
    }

    #[doc(hidden)]
    pub fn with_argument(mut self, name: &str, value: Json) -> Self {
        self.parts.set(name, value);
        self
    }

    /// Whether a file that is there already is replaced; unless said so, the kind is `already_exists`.
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Hears of progress: at most ten times a second, and once at the end. It is called on the runtime and must not wait.
    pub fn on_progress(mut self, hear: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(hear));
        self
    }
}

impl<S> IntoFuture for Download<S> {
    type Output = Result<Entry>;
    type IntoFuture = Boxed<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { parts, to, overwrite, progress, .. } = self;
        Box::pin(
            async move { answers::value(parts.handle.run(&parts, Work::Download { to, overwrite, progress }).await?) },
        )
    }
}

impl<S> fmt::Debug for Download<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("to", &self.to).finish_non_exhaustive()
    }
}

/// A file of the service `S` that is about to be opened; `.await` it for its bytes.
#[must_use = "nothing is opened until it is awaited"]
pub struct Open<S> {
    parts: Parts,
    service: PhantomData<fn() -> S>,
}

impl<S> Open<S> {
    call_options!();

    #[doc(hidden)]
    pub fn with_target(handle: &Handle, target: Target) -> Self {
        Self { parts: Parts::new(handle), service: PhantomData }.with_argument("target", target.plain())
    }

    #[doc(hidden)]
    pub fn with_argument(mut self, name: &str, value: Json) -> Self {
        self.parts.set(name, value);
        self
    }
}

impl<S> IntoFuture for Open<S> {
    type Output = Result<ByteStream>;
    type IntoFuture = Boxed<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let parts = self.parts;
        Box::pin(async move { answers::bytes(parts.handle.run(&parts, Work::Open).await?) })
    }
}

impl<S> fmt::Debug for Open<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Open").finish_non_exhaustive()
    }
}
