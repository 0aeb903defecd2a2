use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fileferry_core::border;
use serde_json::{Map, Value};

use crate::Response;

/// What a call takes beside its own parameters.
///
/// ```
/// use std::time::Duration;
/// use fileferry::CallOptions;
///
/// let options = CallOptions::new().deadline(Duration::from_secs(30)).extra("new_parameter", true);
/// ```
#[derive(Clone, Default)]
pub struct CallOptions {
    members: Map<String, Value>,
    extra: Map<String, Value>,
    pub(crate) on_response: Option<OnResponse>,
}

pub(crate) type OnResponse = Arc<dyn Fn(&Response) + Send + Sync>;

impl CallOptions {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// The most time that the call may take with all its attempts.
    pub fn deadline(self, deadline: Duration) -> Self {
        self.set("deadline_ms", deadline.as_secs_f64() * 1000.0)
    }

    /// How often the call is tried.
    pub fn max_attempts(self, attempts: u32) -> Self {
        self.set("max_attempts", attempts)
    }

    /// The HTTP method, where the service takes several.
    pub fn method(self, method: impl Into<String>) -> Self {
        self.set("method", method.into())
    }

    /// The version of the operation, where there are several.
    pub fn version(self, version: impl Into<String>) -> Self {
        self.set("version", version.into())
    }

    /// The address of the operation, where several are documented.
    pub fn address(self, address: impl Into<String>) -> Self {
        self.set("address", address.into())
    }

    /// A parameter that this version does not know; it goes where the operation's own go.
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    /// Hears status and headers of the response, secrets removed.
    pub fn on_response(mut self, hear: impl Fn(&Response) + Send + Sync + 'static) -> Self {
        self.on_response = Some(Arc::new(hear));
        self
    }

    fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut members = self.members.clone();
        if !self.extra.is_empty() {
            members.insert("extra".to_owned(), Value::Object(self.extra.clone()));
        }
        Value::Object(members).to_string().into_bytes()
    }

    /// The most time that the call may take, where it says so.
    pub(crate) fn deadline_of(&self) -> Option<Duration> {
        as_duration(self.members.get("deadline_ms"))
    }

    /// When the call began, as the engine's clock tells it.
    pub(crate) fn begun(self) -> Self {
        self.set("begun_ms", border::clock_ms())
    }

    /// An option that only [`Request`](crate::Request) has.
    pub(crate) fn idempotent(self) -> Self {
        self.set("idempotent", true)
    }
}

/// A number of milliseconds; the engine refuses what is none.
pub(crate) fn as_duration(milliseconds: Option<&Value>) -> Option<Duration> {
    Duration::try_from_secs_f64(milliseconds?.as_f64()? / 1000.0).ok()
}

impl fmt::Debug for CallOptions {
    /// Of further parameters the names alone: their values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("members", &self.members)
            .field("extra", &self.extra.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// The methods with which a call that is being put together takes its options. Their names begin with `with`, so that
/// those of a service's parameters stay free.
macro_rules! call_options {
    () => {
        /// Sets all options of the call at once.
        pub fn with_options(mut self, options: $crate::CallOptions) -> Self {
            self.parts.options = options;
            self
        }

        /// The most time that the call may take with all its attempts.
        pub fn with_deadline(mut self, deadline: ::std::time::Duration) -> Self {
            self.parts.options = self.parts.options.deadline(deadline);
            self
        }

        /// A parameter that this version does not know.
        pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<::serde_json::Value>) -> Self {
            self.parts.options = self.parts.options.extra(name, value);
            self
        }

        /// Hears status and headers of the response, secrets removed.
        pub fn with_on_response(mut self, hear: impl Fn(&$crate::Response) + Send + Sync + 'static) -> Self {
            self.parts.options = self.parts.options.on_response(hear);
            self
        }

        /// Stops the call when this handle is cancelled: it then ends with the kind `cancelled`. Dropping the future stops
        /// it as well.
        pub fn with_cancel(mut self, cancel: $crate::CancelHandle) -> Self {
            self.parts.cancel = cancel;
            self
        }
    };
}

pub(crate) use call_options;
