//! Stored bytes on their way out.

use std::io;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use tokio_util::io::ReaderStream;

use crate::server::answer::Content;
use crate::world::blobs::Blob;

/// Bytes read from disk at once.
const PIECE: usize = 256 * 1024;

/// `length` bytes of a content from `start` on; `watch` is told how long each piece is that goes out.
pub async fn part_of(
    blob: Arc<Blob>,
    start: u64,
    length: u64,
    mut watch: impl FnMut(u64) + Send + 'static,
) -> io::Result<Content> {
    let mut file = blob.open().await?;
    file.seek(SeekFrom::Start(start)).await?;
    let reader = ReaderStream::with_capacity(file.take(length), PIECE);
    let watched = reader.inspect_ok(move |piece| {
        // The bytes stay on disk while somebody reads them, whoever deletes the file meanwhile.
        let _kept = &blob;
        watch(piece.len() as u64);
    });
    Ok(Content::Stream { length: Some(length), pieces: watched.boxed() })
}
