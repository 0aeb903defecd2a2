use bytes::Bytes;
use fileferry_core::border::{self, CancelHandle};
use futures_util::stream::{self, Stream};

use crate::Result;

/// A stream of bytes from the service. Dropping it closes its connection.
#[derive(Debug)]
pub struct ByteStream {
    core: border::ByteStream,
    cancel: CancelHandle,
}

impl ByteStream {
    pub(crate) fn new(core: border::ByteStream) -> Self {
        Self { core, cancel: CancelHandle::new() }
    }

    /// Media type, where the service said one.
    pub fn media_type(&self) -> Option<&str> {
        self.core.media_type.as_deref()
    }

    /// Length in bytes, where the service said one.
    pub fn length(&self) -> Option<u64> {
        self.core.length
    }

    /// The next chunk; `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.core.next(&self.cancel).await
    }

    /// Everything that is left, up to `limit` bytes; more is the kind `too_large`.
    pub async fn read_all(self, limit: usize) -> Result<Vec<u8>> {
        self.core.read_all(limit, &self.cancel).await
    }

    /// The chunks as a [`Stream`].
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes>> + Send {
        stream::try_unfold(self, async |mut stream| Ok(stream.chunk().await?.map(|chunk| (chunk, stream))))
    }
}
