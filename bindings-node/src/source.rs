use std::path::PathBuf;

use bytes::Bytes;
use fileferry_core::border::{Error, Source, SourceFeeder};
use napi::bindgen_prelude::{Object, Uint8Array};
use napi::{Env, Result};
use napi_derive::napi;

use crate::runtime::{Outcome, promise, raised};

/// What an upload reads.
#[napi]
pub struct NativeSource {
    source: Option<Source>,
    feeder: Option<SourceFeeder>,
}

/// Whether chunks are wanted, and what became of the last one.
#[napi(object, object_from_js = false)]
pub struct Pushed {
    /// Whether the upload wants more.
    pub accepted: bool,
    /// The error record as JSON.
    pub error: Option<String>,
}

impl Outcome for Pushed {
    fn failed(error: Error) -> Self {
        Self { accepted: false, error: Some(error.to_json()) }
    }
}

impl NativeSource {
    /// Runs `work` with the feeder, unless the source was ended.
    fn told<'env, F: Future<Output = bool> + Send + 'static>(
        &self,
        env: &'env Env,
        work: impl FnOnce(SourceFeeder) -> F,
    ) -> Result<Object<'env>> {
        let work = self.feeder.clone().map(work);
        promise(env, async move {
            let accepted = match work {
                Some(work) => work.await,
                None => false,
            };
            Pushed { accepted, error: None }
        })
    }

    /// Hands the source over to an upload.
    pub fn take(&mut self) -> Result<Source> {
        self.source.take().ok_or_else(|| raised(&Error::internal("a source is used once")))
    }
}

#[napi]
impl NativeSource {
    /// A file on disk.
    #[napi(factory)]
    pub fn path(path: String) -> Self {
        Self { source: Some(Source::Path(PathBuf::from(path))), feeder: None }
    }

    /// Bytes in memory. They are copied: the program may change its own while they are sent.
    #[napi(factory)]
    pub fn bytes(bytes: Uint8Array) -> Self {
        Self { source: Some(Source::Bytes(Bytes::copy_from_slice(&bytes))), feeder: None }
    }

    /// `length` bytes that the package pushes.
    #[napi(factory)]
    pub fn stream(length: i64) -> Result<Self> {
        let length = u64::try_from(length).map_err(|_| raised(&Error::invalid_argument("a length is not negative")))?;
        let (feeder, source) = Source::stream(length);
        Ok(Self { source: Some(source), feeder: Some(feeder) })
    }

    /// Waits for the upload to read.
    #[napi]
    pub fn wanted<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        self.told(env, |feeder| async move { feeder.wanted().await })
    }

    /// Waits until there is room, then hands over a chunk (copied).
    #[napi]
    pub fn push<'env>(&self, env: &'env Env, chunk: Uint8Array) -> Result<Object<'env>> {
        let chunk = Bytes::copy_from_slice(&chunk);
        self.told(env, |feeder| async move { feeder.push(chunk).await })
    }

    /// Ends the upload with an error: the program's stream failed.
    #[napi]
    pub fn fail<'env>(&mut self, env: &'env Env, message: String) -> Result<Object<'env>> {
        let feeder = self.feeder.take();
        promise(env, async move {
            if let Some(feeder) = feeder {
                feeder.fail(&message).await;
            }
            Pushed { accepted: false, error: None }
        })
    }

    /// Ends the source.
    #[napi]
    pub fn end(&mut self) {
        self.feeder = None;
    }
}
