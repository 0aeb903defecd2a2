//! The shape that every answer of the API has.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Premiumize, odd};
use crate::server::answer::Answer;
use crate::world::faults::Fault;

/// A method's success, before it gets its envelope.
#[derive(Debug)]
pub struct Success {
    members: Map<String, Value>,
    /// Whether there is a `status` at all.
    enveloped: bool,
}

impl Success {
    /// `members` must be an object.
    pub fn new(members: Value) -> Self {
        let members = match members {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        Self { members, enveloped: true }
    }

    /// Nothing to tell but that it is done.
    pub fn done() -> Self {
        Self::new(json!({}))
    }

    /// Without `status`, unless `enveloped`.
    pub fn flat(members: Value, enveloped: bool) -> Self {
        Self { enveloped, ..Self::new(members) }
    }
}

/// A method's refusal, before it gets its envelope.
#[derive(Debug, Clone)]
pub struct Failure {
    code: Option<String>,
    message: Option<String>,
    members: Vec<(String, Value)>,
}

/// What a method comes to.
pub type Verdict = Result<Success, Failure>;

const DEFERRED: &str = "deferred";

/// What is said with each code.
const TEXTS: &[(&str, &str)] = &[
    ("link_generation_failed", "Link generation failed."),
    ("transient_error", "An error occured. Please try again and contact customer service if the problem persists."),
    ("service_down", "This service is currently down."),
    ("service_limit_reached", "Daily linklimit for this service reached."),
    ("account_limit_reached", "Fair use limit reached!"),
    ("rate_limit_reached", "Too many requests."),
    ("semi_permanent_error", "Please try again later."),
    ("service_unsupported", "This service is not supported."),
    ("not_found", "item not found"),
    ("authentication_failed", "Not logged in."),
    ("permission_denied", "Account not premium."),
    ("invalid_request", "Invalid request."),
    ("permanent_error", "This cannot be done."),
    ("unknown_error", "An error occured. Please try again and contact customer service if the problem persists."),
    ("pin", "Please confirm this device with the PIN."),
];

impl Failure {
    pub fn new(code: &str, message: &str) -> Self {
        Self { code: Some(code.to_owned()), message: Some(message.to_owned()), members: Vec::new() }
    }

    /// With the text that belongs to the code.
    pub fn coded(code: &str) -> Self {
        Self::new(code, text_of(code))
    }

    /// With a text alone.
    pub fn told(message: &str) -> Self {
        Self { code: None, message: Some(message.to_owned()), members: Vec::new() }
    }

    /// With neither code nor text.
    pub fn bare() -> Self {
        Self { code: None, message: None, members: Vec::new() }
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.push((name.to_owned(), value.into()));
        self
    }

    /// Not a refusal, but the advice to ask again.
    pub fn deferred(delay_s: i64) -> Self {
        Self { code: Some(DEFERRED.to_owned()), message: None, members: Vec::new() }.with("delay", delay_s)
    }
}

fn text_of(code: &str) -> &'static str {
    TEXTS.iter().find(|(known, _)| *known == code).map_or("An error occured.", |(_, text)| *text)
}

impl Premiumize {
    /// Gives a verdict its envelope, odd where that is switched on.
    pub(super) fn envelop(&self, verdict: Verdict) -> Answer {
        let mut body = Map::new();
        match verdict {
            Ok(success) => {
                if success.enveloped {
                    body.insert("status".into(), json!("success"));
                }
                body.extend(success.members);
            }
            Err(failure) => body = self.failure_body(failure),
        }
        self.written(StatusCode::OK, body)
    }

    fn failure_body(&self, failure: Failure) -> Map<String, Value> {
        let is_deferred = failure.code.as_deref() == Some(DEFERRED);
        let mut body = Map::new();
        body.insert("status".into(), json!(if is_deferred { DEFERRED } else { "error" }));
        body.extend(failure.message.map(|message| ("message".to_owned(), json!(message))));
        if !is_deferred && !self.odd(odd::CODES_MISSING) {
            body.extend(failure.code.map(|code| ("code".to_owned(), json!(code))));
        }
        body.extend(failure.members);
        body
    }

    fn written(&self, http_status: StatusCode, mut body: Map<String, Value>) -> Answer {
        if self.odd(odd::EXTRA_KEYS) {
            body.insert("served_by".into(), json!({"node": 3, "tags": ["a", null]}));
        }
        let text = Value::Object(body).to_string();
        // A slash appears in JSON only within strings.
        let text = if self.odd(odd::SLASHES_ESCAPED) { text.replace('/', "\\/") } else { text };
        Answer::new(http_status, "application/json", text)
    }

    /// The error that a test orders, in the words of the host that it orders it for.
    pub(super) fn ordered_error(&self, operation: &str, fault: &Fault) -> Answer {
        let http_status =
            |usual| fault.http_status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(usual);
        let code = fault.code.as_ref().map(|code| code.as_str().map_or_else(|| code.to_string(), str::to_owned));
        let extra = fault.extra.clone().unwrap_or_default();
        match operation {
            "token" => {
                let mut body = Map::new();
                body.insert("error".into(), json!(code.as_deref().unwrap_or("invalid_grant")));
                body.extend(fault.message.as_ref().map(|message| ("error_description".to_owned(), json!(message))));
                body.extend(extra);
                Answer::json(http_status(StatusCode::BAD_REQUEST), &Value::Object(body))
            }
            "download" | "authorize" | "device" => {
                Answer::html(http_status(StatusCode::NOT_FOUND), fault.message.as_deref().unwrap_or("Not found"))
            }
            _ => {
                let usual = if code.as_deref() == Some("unknown_error") { 500 } else { 200 };
                let usual = StatusCode::from_u16(usual).unwrap_or_default();
                let is_deferred = code.as_deref() == Some(DEFERRED);
                let message = match (&fault.message, code.as_deref()) {
                    (Some(message), _) => Some(message.clone()),
                    (None, Some(code)) if !is_deferred => Some(text_of(code).to_owned()),
                    _ => None,
                };
                let failure = Failure { code, message, members: extra.into_iter().collect() };
                self.written(http_status(usual), self.failure_body(failure))
            }
        }
    }
}
