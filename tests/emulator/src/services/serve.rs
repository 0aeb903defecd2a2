//! Stored bytes on their way to a client, whole or in part.

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

/// Answers the asked part of stored bytes; `sent` is told of each piece that goes out.
pub async fn serve(blob: Arc<Blob>, range: Range, mut sent: impl FnMut(u64) + Send + 'static) -> Answer {
    let size = blob.size;
    let (status, start) = match range {
        Range::Whole => (StatusCode::OK, 0),
        Range::Part { start, .. } => (StatusCode::PARTIAL_CONTENT, start),
        Range::Outside => {
            let refusal = Answer::html(StatusCode::RANGE_NOT_SATISFIABLE, "Requested range not satisfiable");
            return refusal.with(CONTENT_RANGE, format!("bytes */{size}"));
        }
    };
    let length = range.length(size);
    let opened = async {
        let mut file = blob.open().await?;
        file.seek(SeekFrom::Start(start)).await?;
        std::io::Result::Ok(file)
    };
    let file = match opened.await {
        Ok(file) => file,
        Err(error) => return Answer::html(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    };
    let reader = ReaderStream::with_capacity(file.take(length), PIECE);
    let watched = reader.inspect_ok(move |piece| {
        // The bytes stay on disk while somebody reads them, whoever deletes the file meanwhile.
        let _kept = &blob;
        sent(piece.len() as u64);
    });
    let content = Content::Stream { length: Some(length), pieces: watched.boxed() };
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
