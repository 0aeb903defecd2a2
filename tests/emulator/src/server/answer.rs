//! Answers on their way out, and the watch over how far they come.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use serde_json::Value;

use crate::world::journal::{Entry, Outcome};

/// A body's pieces.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// What a service answers, before it meets the wire.
pub struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(HeaderName, String)>,
    pub content: Content,
}

/// A body, small or streamed.
pub enum Content {
    Whole(Bytes),
    /// Without a length it is sent in chunked coding.
    Stream {
        length: Option<u64>,
        pieces: ByteStream,
    },
}

impl Content {
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::Whole(bytes) => Some(bytes.len() as u64),
            Self::Stream { length, .. } => *length,
        }
    }

    pub fn into_pieces(self) -> ByteStream {
        match self {
            Self::Whole(bytes) => futures_util::stream::iter([Ok(bytes)]).boxed(),
            Self::Stream { pieces, .. } => pieces,
        }
    }
}

impl Answer {
    pub fn new(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![(CONTENT_TYPE, content_type.to_owned())], content: Content::Whole(body.into()) }
    }

    pub fn json(status: StatusCode, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// A small page with one sentence, such as front ends show.
    pub fn html(status: StatusCode, sentence: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html>\n<html><head><title>{sentence}</title></head><body><h1>{sentence}</h1></body></html>\n"
        );
        Self::new(status, "text/html; charset=UTF-8", page)
    }

    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), content: Content::Whole(Bytes::new()) }
    }

    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Turns into what hyper sends. `watch` holds the journal's entry and its outcome once all is sent;
    /// `without_body` is true for HEAD.
    pub fn into_response(self, watch: Option<(Entry, Outcome)>, without_body: bool) -> Response<TrackedBody> {
        let length = self.content.length();
        if let Some((entry, last)) = &watch {
            entry.update(|record| {
                record.status = Some(self.status.as_u16());
                // A cut is certain from here on, and a client that has seen it must find it in the journal.
                if *last != Outcome::Answered {
                    record.outcome = *last;
                }
            });
        }
        let mut body = TrackedBody { pieces: self.content.into_pieces(), left: length, watch };
        if without_body || length == Some(0) {
            body.finish();
        }
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            // Names of files are percent-encoded and orders are checked, so every value is one.
            if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::from(value)) {
                response.headers_mut().append(name, value);
            }
        }
        if let Some(length) = length {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        response
    }
}

/// A body that tells the journal whether it was sent to its end.
pub struct TrackedBody {
    pieces: ByteStream,
    left: Option<u64>,
    watch: Option<(Entry, Outcome)>,
}

impl TrackedBody {
    fn finish(&mut self) {
        if let Some((entry, last)) = self.watch.take() {
            entry.set_outcome(last);
        }
    }
}

impl Body for TrackedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = self.pieces.poll_next_unpin(cx);
        match &piece {
            Poll::Ready(Some(Ok(bytes))) => {
                if let Some(left) = &mut self.left {
                    *left = left.saturating_sub(bytes.len() as u64);
                    if *left == 0 {
                        // hyper does not ask again after the last announced byte.
                        self.finish();
                    }
                }
            }
            Poll::Ready(None) => self.finish(),
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        piece.map(|piece| piece.map(|bytes| bytes.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        if let Some((entry, last)) = self.watch.take() {
            // A cut may stop hyper from asking for the rest; that is the fault's doing, not the client's.
            let outcome = if last == Outcome::Answered { Outcome::ClientClosed } else { last };
            entry.set_outcome(outcome);
        }
    }
}
