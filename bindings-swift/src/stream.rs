use std::sync::Arc;

use fileferry_core::border::ByteStream;

use crate::cancel::FfiCancel;
use crate::error::FfiError;
use crate::runtime;

/// A stream of bytes from the service; see [`ByteStream`]. Dropping it lets go of the connection.
#[derive(Debug, uniffi::Object)]
pub struct FfiByteStream(Arc<ByteStream>);

impl FfiByteStream {
    pub(crate) fn new(stream: ByteStream) -> Self {
        Self(Arc::new(stream))
    }
}

#[uniffi::export]
impl FfiByteStream {
    /// Media type, where the server said one.
    pub fn media_type(&self) -> Option<String> {
        self.0.media_type.clone()
    }

    /// Length, where the server said one.
    pub fn length(&self) -> Option<u64> {
        self.0.length
    }

    /// The next chunk; nothing at the end.
    pub async fn next(&self, cancel: Arc<FfiCancel>) -> Result<Option<Vec<u8>>, FfiError> {
        let stream = Arc::clone(&self.0);
        let chunk = runtime::run(async move { stream.next(&cancel.handle()).await }).await??;
        Ok(chunk.map(Vec::from))
    }

    /// Everything that is left; `too_large` where it passes the limit.
    pub async fn read_all(&self, limit: u64, cancel: Arc<FfiCancel>) -> Result<Vec<u8>, FfiError> {
        let stream = Arc::clone(&self.0);
        // A limit beyond the address space is no limit.
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(runtime::run(async move { stream.read_all(limit, &cancel.handle()).await }).await??)
    }

    /// Lets go of the connection; further reads give the end. A read that is under way is ended by its own handle.
    pub fn close(&self) {
        let stream = Arc::clone(&self.0);
        runtime::detach(async move { stream.close().await });
    }
}
