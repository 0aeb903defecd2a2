//! A request as a service sees it.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, Method};
use http_body_util::{BodyExt, BodyStream, LengthLimitError, Limited};
use hyper::body::Incoming;
use serde_json::{Map, Value};

use crate::server::Door;
use crate::server::answer::ByteStream;
use crate::world::journal::Entry;

/// The longest body of a call; transfers are streamed and have no bound.
const CALL_LIMIT: usize = 4 * 1024 * 1024;

/// One request to a service.
pub struct Call {
    pub operation: &'static str,
    /// Where it came in.
    pub door: Door,
    pub method: Method,
    /// The path below the service's name.
    pub path: String,
    /// The whole path and query, as sent.
    pub target: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    /// The body; empty for a transfer, whose body comes as a stream of its own.
    pub body: Bytes,
    pub entry: Entry,
}

impl Call {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn violation(&self, message: impl Into<String>) {
        self.entry.violation(message);
    }
}

/// A request's body as a stream that counts in the journal.
pub fn pieces(body: Incoming, entry: Entry) -> ByteStream {
    BodyStream::new(body)
        .filter_map(move |frame| {
            let piece = match frame {
                Ok(frame) => frame.into_data().ok().map(Ok),
                Err(error) => Some(Err(io::Error::other(error))),
            };
            if let Some(Ok(bytes)) = &piece {
                entry.update(|record| record.body_bytes += bytes.len() as u64);
            }
            std::future::ready(piece)
        })
        .boxed()
}

/// Why a small body could not be read.
pub enum Unread {
    /// It is longer than any call needs.
    TooLong,
    /// The client went away.
    Gone,
}

/// Reads a body that must be small.
pub async fn read_whole(body: Incoming) -> Result<Bytes, Unread> {
    match Limited::new(body, CALL_LIMIT).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Unread::TooLong),
        Err(_) => Err(Unread::Gone),
    }
}

/// Reads and forgets a stream, up to `limit` bytes of it.
pub async fn drain(pieces: &mut ByteStream, limit: u64) -> io::Result<()> {
    let mut read = 0;
    while read < limit {
        match pieces.next().await {
            Some(piece) => read += piece?.len() as u64,
            None => break,
        }
    }
    Ok(())
}

/// Collects a stream.
pub async fn collect(mut pieces: ByteStream) -> io::Result<Bytes> {
    let mut whole = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        whole.extend_from_slice(&piece?);
    }
    Ok(whole.freeze())
}

/// Pairs of a query or form; a repeated name keeps its last value.
pub fn as_map(pairs: &[(String, String)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
}

/// The JSON of a body, or its text, or null.
pub fn as_value(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(bytes)))
}
