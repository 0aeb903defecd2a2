//! The options of a client and of a call, read from JSON; anything unknown is refused.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::border::{Error, Session};
use crate::tables::{Method, Service};

/// The options of a client.
pub(crate) struct Options {
    pub(crate) base_url: Url,
    pub(crate) credentials: BTreeMap<&'static str, SecretString>,
    pub(crate) session: Option<Session>,
    pub(crate) settings: Settings,
}

/// The options that every service has.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    host: Option<String>,
    base_url: Option<String>,
    pub(crate) allow_http: bool,
    connect_timeout_ms: f64,
    idle_timeout_ms: f64,
    upload_idle_timeout_ms: f64,
    deadline_ms: Option<f64>,
    pub(crate) max_attempts: u32,
    backoff_ms: f64,
    backoff_max_ms: f64,
    retry_after_cap_ms: f64,
    poll_interval_ms: f64,
    free_wait_margin_ms: f64,
    pub(crate) rate: Option<f64>,
    pub(crate) max_json: usize,
    pub(crate) proxy: Option<String>,
    pub(crate) ca_bundle: Option<PathBuf>,
    user_agent: Option<String>,
    agent: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: None,
            base_url: None,
            allow_http: false,
            connect_timeout_ms: 10_000.0,
            idle_timeout_ms: 60_000.0,
            // A server copies a large file after its last byte has come.
            upload_idle_timeout_ms: 900_000.0,
            deadline_ms: None,
            max_attempts: 3,
            backoff_ms: 500.0,
            backoff_max_ms: 20_000.0,
            retry_after_cap_ms: 120_000.0,
            poll_interval_ms: 5_000.0,
            // Services count in whole seconds, and too early a caller is sent back.
            free_wait_margin_ms: 2_000.0,
            rate: None,
            max_json: 64 << 20,
            proxy: None,
            ca_bundle: None,
            user_agent: None,
            agent: concat!("fileferry/", env!("CARGO_PKG_VERSION"), " rust").to_owned(),
        }
    }
}

impl Settings {
    pub(crate) fn connect_timeout(&self) -> Duration {
        milliseconds(self.connect_timeout_ms)
    }

    pub(crate) fn idle_timeout(&self) -> Duration {
        milliseconds(self.idle_timeout_ms)
    }

    pub(crate) fn upload_idle_timeout(&self) -> Duration {
        milliseconds(self.upload_idle_timeout_ms)
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.deadline_ms.map(milliseconds)
    }

    pub(crate) fn backoff(&self) -> Duration {
        milliseconds(self.backoff_ms)
    }

    pub(crate) fn backoff_max(&self) -> Duration {
        milliseconds(self.backoff_max_ms)
    }

    pub(crate) fn retry_after_cap(&self) -> Duration {
        milliseconds(self.retry_after_cap_ms)
    }

    /// How long to wait before asking again how far the service has come.
    pub(crate) fn poll_interval(&self) -> Duration {
        milliseconds(self.poll_interval_ms)
    }

    /// What is added to the wait that a service tells for a free download.
    pub(crate) fn free_wait_margin(&self) -> Duration {
        milliseconds(self.free_wait_margin_ms)
    }

    /// The program's agent, then ours.
    pub(crate) fn user_agent(&self) -> String {
        match &self.user_agent {
            Some(program) => format!("{program} {}", self.agent),
            None => self.agent.clone(),
        }
    }
}

impl Options {
    pub(crate) fn from_json(service: &'static Service, json: &[u8]) -> Result<Self, Error> {
        let mut object = object("the client's options", json)?;
        let mut credentials = BTreeMap::new();
        for credential in service.credentials {
            match object.shift_remove(credential.name) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) if text.is_empty() => {
                    return Err(Error::invalid_argument(format!("{} is empty", credential.name)));
                }
                Some(Value::String(text)) if text.chars().any(char::is_control) => {
                    return Err(Error::invalid_argument(format!(
                        "{} holds a line break or another control character",
                        credential.name
                    )));
                }
                Some(Value::String(text)) => {
                    credentials.insert(credential.name, SecretString::from(text));
                }
                Some(_) => return Err(Error::invalid_argument(format!("{} is not a text", credential.name))),
            }
        }
        let session = match object.shift_remove("session") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(
                // The parser's message could quote the secret.
                serde_json::from_str::<Session>(&text)
                    .map_err(|_| Error::invalid_argument("session is not what export_session gave"))?,
            ),
            Some(_) => return Err(Error::invalid_argument("session is the text that export_session gave")),
        };
        object.retain(|_, value| !value.is_null());
        let settings: Settings = serde_json::from_value(Value::Object(object))
            .map_err(|error| Error::invalid_argument(format!("the client's options: {error}")))?;
        settings.check()?;
        let base_url = settings.address(service)?;
        if let Some(session) = &session
            && (session.service != service.id || session.base_url != base_url.as_str().trim_end_matches('/'))
        {
            return Err(Error::invalid_argument(format!(
                "the session belongs to {} at {}",
                session.service,
                crate::wire::redact::text(&session.base_url)
            )));
        }
        Ok(Self { base_url, credentials, session, settings })
    }
}

impl Settings {
    fn check(&self) -> Result<(), Error> {
        for (name, value) in [
            ("connect_timeout", Some(self.connect_timeout_ms)),
            ("idle_timeout", Some(self.idle_timeout_ms)),
            ("upload_idle_timeout", Some(self.upload_idle_timeout_ms)),
            ("deadline", self.deadline_ms),
            ("backoff", Some(self.backoff_ms)),
            ("backoff_max", Some(self.backoff_max_ms)),
            ("retry_after_cap", Some(self.retry_after_cap_ms)),
            ("poll_interval", Some(self.poll_interval_ms)),
            ("free_wait_margin", Some(self.free_wait_margin_ms)),
            ("rate", self.rate),
        ] {
            if value.is_some_and(|value| !value.is_finite() || value < 0.0) {
                return Err(Error::invalid_argument(format!("{name} is negative or not a number")));
            }
        }
        if self.max_attempts == 0 {
            return Err(Error::invalid_argument("max_attempts is at least 1"));
        }
        if [&self.user_agent, &self.proxy].into_iter().flatten().any(|text| text.chars().any(char::is_control)) {
            return Err(Error::invalid_argument("user_agent or proxy holds a control character"));
        }
        Ok(())
    }

    /// Whether the caller chose where the service is.
    pub(crate) fn names_an_address(&self) -> bool {
        self.base_url.is_some()
    }

    fn address(&self, service: &'static Service) -> Result<Url, Error> {
        let host = match &self.host {
            None => service.hosts.first(),
            Some(name) => service.hosts.iter().find(|host| host.name == name),
        };
        let text = match (&self.base_url, host) {
            (Some(base_url), _) => base_url.trim_end_matches('/'),
            (None, Some(host)) => host.base_url,
            (None, None) => {
                let known: Vec<&str> = service.hosts.iter().map(|host| host.name).collect();
                return Err(Error::invalid_argument(format!("host is one of {}", known.join(", "))));
            }
        };
        let url = Url::parse(text).map_err(|error| Error::invalid_argument(format!("base_url: {error}")))?;
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(Error::invalid_argument("base_url is scheme, host and path only"));
        }
        match url.scheme() {
            "https" => Ok(url),
            "http" if self.allow_http || is_loopback(&url) => Ok(url),
            "http" => Err(Error::invalid_argument(
                "base_url is http://, which would send secrets in the clear; use https:// or set allow_http",
            )),
            other => Err(Error::invalid_argument(format!("base_url is https://, not {other}://"))),
        }
    }
}

/// Whether an address stays on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The options of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallOptions {
    deadline_ms: Option<f64>,
    /// When it was made for the first time; its deadline counts from there.
    pub(crate) begun_ms: Option<f64>,
    pub(crate) max_attempts: Option<u32>,
    /// For `request` alone: it may be sent twice.
    pub(crate) idempotent: bool,
    /// How the called operation itself is sent. Requests that the client makes on the way (signing in, asking for a
    /// form) take no part in it.
    pub(crate) sending: Sending,
}

/// How an operation is sent where its description leaves a choice.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sending {
    pub(crate) method: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) extra: Map<String, Value>,
    /// For `request` alone: where it goes.
    pub(crate) undescribed: Option<Undescribed>,
    /// A wait that the service wants is handed back and not spent on the way: the program shall see it.
    pub(crate) hands_back_waits: bool,
}

/// The options of a call as a binding gives them.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct GivenOptions {
    deadline_ms: Option<f64>,
    begun_ms: Option<f64>,
    max_attempts: Option<u32>,
    method: Option<String>,
    version: Option<String>,
    address: Option<String>,
    extra: Map<String, Value>,
    idempotent: bool,
}

/// Method and path of a request that no operation describes.
#[derive(Debug, Clone)]
pub(crate) struct Undescribed {
    pub(crate) method: Method,
    pub(crate) path: String,
}

impl Undescribed {
    pub(crate) fn new(method: &str, path: &str) -> Result<Self, Error> {
        let method = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Head]
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(method))
            .ok_or_else(|| Error::invalid_argument("method is GET, POST, PUT, PATCH, DELETE or HEAD"))?;
        let strange = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '{' | '}' | '?' | '#' | '\\');
        let leaves = path.split('/').any(|part| part == "..");
        if path.is_empty() || path.contains("://") || path.contains(strange) || leaves {
            return Err(Error::invalid_argument("path lies below the base address, without query or `..`"));
        }
        Ok(Self { method, path: path.to_owned() })
    }
}

impl CallOptions {
    pub(crate) fn from_json(json: &[u8]) -> Result<Self, Error> {
        let mut object = object("options", json)?;
        object.retain(|_, value| !value.is_null());
        let GivenOptions { deadline_ms, begun_ms, max_attempts, method, version, address, extra, idempotent } =
            serde_json::from_value(Value::Object(object))
                .map_err(|error| Error::invalid_argument(format!("options: {error}")))?;
        let sending = Sending { method, version, address, extra, ..Sending::default() };
        let options = Self { deadline_ms, begun_ms, max_attempts, idempotent, sending };
        if options.deadline_ms.is_some_and(|value| !value.is_finite() || value < 0.0) {
            return Err(Error::invalid_argument("deadline is negative or not a number"));
        }
        if options.max_attempts == Some(0) {
            return Err(Error::invalid_argument("max_attempts is at least 1"));
        }
        Ok(options)
    }

    /// Those of each page of a walk, which is a call of its own.
    pub(crate) fn of_pages(json: &[u8]) -> Result<Self, Error> {
        Ok(Self { begun_ms: None, ..Self::from_json(json)? })
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.deadline_ms.map(milliseconds)
    }
}

/// A JSON object; nothing at all is an empty one.
pub(crate) fn object(what: &str, json: &[u8]) -> Result<Map<String, Value>, Error> {
    if json.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(json) {
        Ok(Value::Object(object)) => Ok(object),
        // The parser's message could quote a secret.
        _ => Err(Error::invalid_argument(format!("{what}: a JSON object is wanted"))),
    }
}

fn milliseconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value / 1000.0).unwrap_or(Duration::MAX)
}
