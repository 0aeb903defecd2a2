//! What a call came to.

use fileferry_core::border::{Answer, Error, Needed, Reply};
use fileferry_core::tables::Service;
use napi::bindgen_prelude::{Object, Unknown};
use napi::{Env, Result};
use napi_derive::napi;

use crate::objects::Builder;
use crate::progress::LastProgress;
use crate::raw;
use crate::runtime::{Outcome, caught, raised};
use crate::stream::NativeStream;

/// The outcome of a call, read by the package at once and then forgotten.
#[napi]
pub struct Settled {
    reply: Reply,
    service: Option<&'static Service>,
    last_progress: Option<LastProgress>,
}

/// Status and headers of a response.
#[napi(object, object_from_js = false)]
pub struct NativeResponse {
    /// HTTP status.
    pub status: u16,
    /// Names and values in turn.
    pub headers: Vec<String>,
}

impl Settled {
    /// `service`: whose tables the value's type belongs to.
    pub fn new(reply: Reply, service: &'static Service) -> Self {
        Self { reply, service: Some(service), last_progress: None }
    }

    /// A transfer's outcome, with the progress that was not told yet.
    pub fn transfer(reply: Reply, last_progress: Option<LastProgress>) -> Self {
        Self { last_progress, ..Self::new(reply, fileferry_core::border::shared()) }
    }
}

impl Outcome for Settled {
    fn failed(error: Error) -> Self {
        let reply = Reply { outcome: Err(error), response: None, session: None, needs: None };
        Self { reply, service: None, last_progress: None }
    }
}

#[napi]
impl Settled {
    /// The error record as JSON.
    #[napi(getter)]
    pub fn error(&self) -> Option<String> {
        self.reply.outcome.as_ref().err().map(Error::to_json)
    }

    /// What the call failed for want of: `signIn` or `freeDownload`.
    #[napi(getter)]
    pub fn needs(&self) -> Option<&'static str> {
        match self.reply.needs.as_ref()? {
            Needed::SignIn => Some("signIn"),
            Needed::FreeDownload { .. } => Some("freeDownload"),
            // Nothing leads there yet.
            _ => None,
        }
    }

    /// The file of a free download that is needed.
    #[napi(getter)]
    pub fn needs_target(&self) -> Option<String> {
        match &self.reply.needs {
            Some(Needed::FreeDownload { target }) => Some(target.clone()),
            _ => None,
        }
    }

    /// The session, when this call changed it.
    #[napi(getter)]
    pub fn session(&self) -> Option<String> {
        self.reply.session.clone()
    }

    /// Status and headers of the last response.
    #[napi(getter)]
    pub fn response(&self) -> Option<NativeResponse> {
        let response = self.reply.response.as_ref()?;
        let headers = response.headers.iter().flat_map(|(name, value)| [name.clone(), value.clone()]).collect();
        Some(NativeResponse { status: response.status, headers })
    }

    /// A transfer's last progress, where the callback has not had it.
    #[napi(getter)]
    pub fn last_progress(&self) -> Option<LastProgress> {
        self.last_progress.clone()
    }

    /// The value, built by `factories`; null for an answer without content and for a stream; the text of a link. It is
    /// handed over once, so that a large answer does not wait in memory for JavaScript's garbage collector.
    #[napi]
    pub fn value<'env>(&mut self, env: &'env Env, factories: Object<'env>) -> Result<Unknown<'env>> {
        match (std::mem::replace(&mut self.reply.outcome, Ok(Answer::None)), self.service) {
            (Ok(Answer::Value(tape, ty)), Some(service)) => {
                caught(|| Builder::new(*env, service, &tape, factories)?.root(&ty))
            }
            (Ok(Answer::Value(..)), None) => Err(raised(&Error::internal("a value without a service"))),
            (Ok(Answer::Link(address)), _) => raw::text(env, &address),
            (Ok(Answer::None | Answer::Bytes(_)), _) => raw::null(env),
            (Err(error), _) => Err(raised(&error)),
        }
    }

    /// Whether there is a value at all: the end of a listing has none.
    #[napi(getter)]
    pub fn is_none(&self) -> bool {
        matches!(self.reply.outcome, Ok(Answer::None))
    }

    /// The stream of an answer of bytes; it is handed over once.
    #[napi]
    pub fn stream(&mut self) -> Option<NativeStream> {
        match std::mem::replace(&mut self.reply.outcome, Ok(Answer::None)) {
            Ok(Answer::Bytes(stream)) => Some(NativeStream::new(stream)),
            other => {
                self.reply.outcome = other;
                None
            }
        }
    }
}
