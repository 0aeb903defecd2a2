use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::Response;
use hyper::body::Frame;

use crate::case::Answer;

/// The body of an answer; made piece by piece where it is large.
pub(super) type AnswerBody = UnsyncBoxBody<Bytes, io::Error>;

type Pieces = Pin<Box<dyn Stream<Item = io::Result<Frame<Bytes>>> + Send>>;

/// The answer as the case spells it.
pub(super) fn response(answer: &Answer) -> Response<AnswerBody> {
    let (content_type, length, pieces) = content(answer);
    let mut builder = Response::builder().status(answer.status.unwrap_or(200));
    let names = |name: &str| answer.headers.keys().any(|other| other.eq_ignore_ascii_case(name));
    if let Some(content_type) = content_type.filter(|_| !names("content-type")) {
        builder = builder.header("content-type", content_type);
    }
    if answer.until_close {
        // Only an answer of the old version may end so.
        builder = builder.version(http::Version::HTTP_10);
    } else if !answer.chunked && !names("content-length") {
        builder = builder.header("content-length", length);
    }
    for (name, value) in &answer.headers {
        builder = builder.header(name, value);
    }
    let pieces = match answer.drop_after {
        Some(limit) => cut(pieces, limit),
        None => pieces,
    };
    builder
        .body(StreamBody::new(pieces).boxed_unsync())
        .unwrap_or_else(|error| refusal(&format!("the case's answer is no HTTP: {error}")))
}

/// What comes when the case has nothing to say; no client takes it for success or repeats it.
pub(super) fn refusal(reason: &str) -> Response<AnswerBody> {
    let body = Full::new(Bytes::from(format!("conformance player: {reason}")));
    let mut response = Response::new(body.map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = http::StatusCode::MISDIRECTED_REQUEST;
    response
}

fn content(answer: &Answer) -> (Option<&'static str>, u64, Pieces) {
    let whole = |content_type, text: String| {
        let length = text.len() as u64;
        let piece = Ok(Frame::data(Bytes::from(text)));
        (content_type, length, Box::pin(futures_util::stream::iter([piece])) as Pieces)
    };
    const JSON: Option<&str> = Some("application/json");
    if let Some(content) = answer.bytes {
        let seeded = content.seeded();
        let pieces = futures_util::stream::iter(seeded.pieces().map(|piece| Ok(Frame::data(piece))));
        return (Some("application/octet-stream"), seeded.length, Box::pin(pieces));
    }
    match (answer.padding, &answer.json, &answer.html, &answer.body) {
        (Some(letters), ..) => {
            whole(JSON, format!(r#"{{"status":"success","code":200,"padding":"{}"}}"#, "x".repeat(letters)))
        }
        (_, Some(json), ..) => whole(JSON, json.to_string()),
        (_, _, Some(html), _) => whole(Some("text/html; charset=utf-8"), html.clone()),
        (.., Some(body)) => whole(JSON, body.clone()),
        _ => whole(None, String::new()),
    }
}

/// Ends the connection after so many bytes, which are sent before.
fn cut(pieces: Pieces, limit: u64) -> Pieces {
    let state = (pieces, limit);
    Box::pin(futures_util::stream::unfold(Some(state), |state| async move {
        let (mut pieces, left) = state?;
        if left == 0 {
            // The connection writes what it holds whenever the body has nothing ready; only then may it break.
            for _ in 0..8 {
                tokio::task::yield_now().await;
            }
            return Some((Err(io::Error::other("the case cuts this answer")), None));
        }
        let piece = pieces.next().await?.ok()?.into_data().ok()?;
        let piece = piece.slice(..piece.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
        let left = left - piece.len() as u64;
        Some((Ok(Frame::data(piece)), Some((pieces, left))))
    }))
}
