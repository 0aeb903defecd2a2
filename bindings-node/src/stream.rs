use std::sync::Arc;

use fileferry_core::border::{ByteStream, Error};
use napi::bindgen_prelude::{Buffer, Object};
use napi::{Env, Result};
use napi_derive::napi;

use crate::cancel::{NativeCancel, handle_of};
use crate::runtime::{Outcome, promise};

/// A stream of bytes from the service.
#[napi]
pub struct NativeStream {
    stream: Arc<ByteStream>,
}

/// The next piece of a stream.
#[napi(object, object_from_js = false)]
pub struct Chunk {
    /// Nothing at the end.
    pub bytes: Option<Buffer>,
    /// The error record as JSON.
    pub error: Option<String>,
}

impl Outcome for Chunk {
    fn failed(error: Error) -> Self {
        Self { bytes: None, error: Some(error.to_json()) }
    }
}

impl NativeStream {
    pub fn new(stream: ByteStream) -> Self {
        Self { stream: Arc::new(stream) }
    }
}

#[napi]
impl NativeStream {
    /// Media type, where the server said one.
    #[napi(getter)]
    pub fn media_type(&self) -> Option<String> {
        self.stream.media_type.clone()
    }

    /// Length, where the server said one.
    #[napi(getter)]
    #[allow(clippy::cast_precision_loss)] // No file comes near 2^53 bytes.
    pub fn length(&self) -> Option<f64> {
        self.stream.length.map(|length| length as f64)
    }

    /// The next piece.
    #[napi]
    pub fn next<'env>(&self, env: &'env Env, cancel: Option<&NativeCancel>) -> Result<Object<'env>> {
        let (stream, cancel) = (Arc::clone(&self.stream), handle_of(cancel));
        promise(env, async move {
            match stream.next(&cancel).await {
                Ok(bytes) => Chunk { bytes: bytes.map(|bytes| Buffer::from(Vec::from(bytes))), error: None },
                Err(error) => Chunk::failed(error),
            }
        })
    }

    /// Everything that is left, up to `limit` bytes.
    #[napi]
    pub fn read_all<'env>(&self, env: &'env Env, limit: i64, cancel: Option<&NativeCancel>) -> Result<Object<'env>> {
        let (stream, cancel) = (Arc::clone(&self.stream), handle_of(cancel));
        let limit = usize::try_from(limit).unwrap_or(0);
        promise(env, async move {
            match stream.read_all(limit, &cancel).await {
                Ok(bytes) => Chunk { bytes: Some(Buffer::from(bytes)), error: None },
                Err(error) => Chunk::failed(error),
            }
        })
    }

    /// Lets go of the connection.
    #[napi]
    pub fn close<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let stream = Arc::clone(&self.stream);
        promise(env, async move {
            stream.close().await;
            Chunk { bytes: None, error: None }
        })
    }
}
