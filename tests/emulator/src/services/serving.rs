//! Stored bytes on their way out.

use std::io;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use http::StatusCode;
use http::header::{ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use tokio_util::io::ReaderStream;

use super::range::Range;
use crate::server::answer::{Answer, Content};
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

/// Answers with the asked part of a content, as web servers do; `watch` is told how long each piece is that goes out.
pub async fn answer(blob: Arc<Blob>, range: Range, watch: impl FnMut(u64) + Send + 'static) -> Answer {
    let size = blob.size;
    let (status, start) = match range {
        Range::Whole => (StatusCode::OK, 0),
        Range::Part { start, .. } => (StatusCode::PARTIAL_CONTENT, start),
        Range::Outside => {
            let refusal = Answer::html(StatusCode::RANGE_NOT_SATISFIABLE, "Requested range not satisfiable");
            return refusal.with(CONTENT_RANGE, format!("bytes */{size}"));
        }
    };
    let content = match part_of(blob, start, range.length(size), watch).await {
        Ok(content) => content,
        Err(error) => return Answer::html(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    };
    let answer = Answer { status, headers: Vec::new(), content }
        .with(CONTENT_TYPE, "application/octet-stream")
        .with(ACCEPT_RANGES, "bytes");
    match range {
        Range::Part { start, end } => answer.with(CONTENT_RANGE, format!("bytes {start}-{end}/{size}")),
        _ => answer,
    }
}

/// The name twice: in ASCII for old clients, and in full.
pub fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ' { c } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, NON_ALPHANUMERIC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_two_forms() {
        assert_eq!(disposition("a\"ü.txt"), "attachment; filename=\"a__.txt\"; filename*=UTF-8''a%22%C3%BC%2Etxt");
    }
}
