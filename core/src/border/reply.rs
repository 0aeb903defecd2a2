use crate::border::{ByteStream, Error, Tape};
use crate::tables::Type;

/// What a call gave: its outcome, and what a binding passes on beside it.
pub struct Reply {
    /// The answer or the error.
    pub outcome: Result<Answer, Error>,
    /// Status and headers of the last response, for `on_response`; `None` when no response came.
    pub response: Option<Response>,
    /// The session as JSON, when this call changed it, for `on_session`.
    pub session: Option<String>,
    /// What the call failed for want of. Where the program has a handler, run the [`Client::flow`] to it and call again.
    ///
    /// [`Client::flow`]: crate::border::Client::flow
    pub needs: Option<Needed>,
}

/// What a call needs an answer of the program for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Needed {
    /// Signing in.
    SignIn,
    /// The way to a file that is downloaded for free.
    FreeDownload {
        /// The file.
        target: String,
    },
}

impl std::fmt::Debug for Reply {
    /// Without the session, which is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("outcome", &self.outcome)
            .field("response", &self.response)
            .field("has_session", &self.session.is_some())
            .field("needs", &self.needs)
            .finish()
    }
}

/// Status and headers of a response, secrets removed.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
}

/// What a success holds.
#[derive(Debug)]
pub enum Answer {
    /// A typed value.
    Value(Tape, Type),
    /// A stream of bytes.
    Bytes(ByteStream),
    /// Nothing.
    None,
    /// An address for a person's browser.
    Link(String),
}
