use std::sync::Arc;

use fileferry_core::border::{Answer, Error, Needed, Reply, Response};

use crate::stream::FfiByteStream;

/// What a call gave: its outcome, and what the other side passes on beside it.
#[derive(uniffi::Record)]
pub struct FfiReply {
    /// The answer or the error.
    pub outcome: FfiOutcome,
    /// Status and headers of the last response, for the caller's `on_response`.
    pub response: Option<FfiResponse>,
    /// The session as JSON (it holds a secret), when this call changed it, for the caller's `on_session`.
    pub session: Option<String>,
    /// What the call failed for want of: take its steps with the program's handler, where there is one, and call again.
    pub needs: Option<FfiNeeded>,
}

/// What a call needs an answer of the program for.
#[derive(uniffi::Enum)]
pub enum FfiNeeded {
    /// Signing in.
    SignIn,
    /// The way to a file that is downloaded for free.
    FreeDownload {
        /// The file.
        target: String,
    },
}

/// The outcome of a call.
#[derive(uniffi::Enum)]
pub enum FfiOutcome {
    /// A typed value.
    Value {
        /// The bytes of a [`fileferry_core::border::Tape`].
        tape: Vec<u8>,
    },
    /// A stream of bytes.
    Bytes {
        /// To be read chunk by chunk.
        stream: Arc<FfiByteStream>,
    },
    /// An address for a person's browser.
    Link {
        /// The address.
        url: String,
    },
    /// Nothing; of pages: there are no more.
    Nothing,
    /// An error.
    Failed {
        /// Its record as JSON.
        json: String,
    },
}

/// Status and headers of a response, secrets removed.
#[derive(uniffi::Record)]
pub struct FfiResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<FfiHeader>,
}

/// A header of a response.
#[derive(uniffi::Record)]
pub struct FfiHeader {
    /// In lower case.
    pub name: String,
    /// As sent.
    pub value: String,
}

impl FfiNeeded {
    fn of(needed: Needed) -> Option<Self> {
        match needed {
            Needed::SignIn => Some(Self::SignIn),
            Needed::FreeDownload { target } => Some(Self::FreeDownload { target }),
            // Nothing leads there yet.
            _ => None,
        }
    }
}

impl From<Result<Reply, Error>> for FfiReply {
    /// The reply of a call that may have panicked.
    fn from(reply: Result<Reply, Error>) -> Self {
        match reply {
            Ok(reply) => Self {
                outcome: reply.outcome.into(),
                response: reply.response.map(FfiResponse::from),
                session: reply.session,
                needs: reply.needs.and_then(FfiNeeded::of),
            },
            Err(error) => Self { outcome: Err(error).into(), response: None, session: None, needs: None },
        }
    }
}

impl From<Result<Answer, Error>> for FfiOutcome {
    fn from(outcome: Result<Answer, Error>) -> Self {
        match outcome {
            Ok(Answer::Value(tape, _)) => Self::Value { tape: tape.into_bytes() },
            Ok(Answer::Bytes(stream)) => Self::Bytes { stream: Arc::new(FfiByteStream::new(stream)) },
            Ok(Answer::Link(url)) => Self::Link { url },
            Ok(Answer::None) => Self::Nothing,
            Err(error) => Self::Failed { json: error.to_json() },
        }
    }
}

impl From<Response> for FfiResponse {
    fn from(response: Response) -> Self {
        let headers = response.headers.into_iter().map(|(name, value)| FfiHeader { name, value }).collect();
        Self { status: response.status, headers }
    }
}
