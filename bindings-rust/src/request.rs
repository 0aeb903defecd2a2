use std::fmt;

use fileferry_core::border::Answer;
use serde_json::Value;

use crate::call::Parts;
use crate::handle::{Boxed, Handle, Work};
use crate::options::call_options;
use crate::{Result, answers};

/// A request that no operation describes, with the sign-in, retries and errors of all others. `.await` it for the answer,
/// null for an empty one.
#[must_use = "a request does nothing until it is awaited"]
pub struct Request {
    parts: Parts,
    method: String,
    path: String,
}

impl Request {
    call_options!();

    #[doc(hidden)]
    pub fn with_nothing(handle: &Handle, method: String, path: String) -> Self {
        Self { parts: Parts::new(handle), method, path }
    }

    /// A parameter; it goes where the service's parameters go.
    pub fn param(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.parts.arguments.insert(name.into(), value.into());
        self
    }

    /// Says that sending it twice does no harm, so that it may be repeated.
    pub fn idempotent(mut self) -> Self {
        self.parts.options = self.parts.options.idempotent();
        self
    }
}

impl IntoFuture for Request {
    type Output = Result<Value>;
    type IntoFuture = Boxed<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { parts, method, path } = self;
        Box::pin(async move {
            match parts.handle.run(&parts, Work::Request { method, path }).await? {
                Answer::None => Ok(Value::Null),
                answer => answers::value(answer),
            }
        })
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}
