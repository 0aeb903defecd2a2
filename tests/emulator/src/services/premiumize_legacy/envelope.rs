//! The shape that every answer of the API has.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{PremiumizeLegacy, odd};
use crate::server::answer::Answer;
use crate::world::faults::Fault;

/// A refusal: the status of the body, and its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    status: Value,
    message: String,
}

/// What a method comes to: its result, or why there is none.
pub type Verdict = Result<Value, Failure>;

/// What the documents and the clients of the time tell of each status.
const TEXTS: &[(i64, &str)] = &[
    (400, "no valid link"),
    (401, "login failed"),
    (402, "payment required"),
    (403, "forbidden"),
    (404, "file not found"),
    (428, "hoster not available"),
    (502, "unknown technical error"),
    (503, "temporary technical error"),
    (509, "fair use limit exhausted"),
    (0, "Daily limit reached for this host!"),
    (2, "file_get_contents(http://node-3.example/generate): failed to open stream: HTTP request failed!"),
    (409, "fair use limit exceeded"),
    (500, "link limit reached"),
];

impl Failure {
    /// With the text that belongs to the status.
    pub fn new(status: i64) -> Self {
        Self::told(status.into(), None)
    }

    /// With any status, and a text of its own if there is one.
    pub fn told(status: Value, message: Option<String>) -> Self {
        let usual =
            || TEXTS.iter().find(|(known, _)| status.as_i64() == Some(*known)).map_or("error", |(_, text)| *text);
        let message = message.unwrap_or_else(|| usual().to_owned());
        Self { status, message }
    }
}

impl PremiumizeLegacy {
    /// Gives a verdict its envelope, odd where that is switched on.
    pub(super) fn envelop(&self, verdict: Verdict) -> Answer {
        match verdict {
            Ok(result) => {
                let mut body = Map::new();
                body.insert("result".into(), self.with_extra_keys(result));
                body.insert("status".into(), json!(200));
                body.insert("statusmessage".into(), json!("OK"));
                self.written(StatusCode::OK, body)
            }
            Err(failure) => {
                let mirrored = self.mirrored(&failure.status);
                self.written(mirrored, self.failure_body(failure))
            }
        }
    }

    /// The error that a test orders, with the status exactly as it orders it.
    pub(super) fn ordered_error(&self, operation: &str, fault: &Fault) -> Answer {
        let http_status = fault.http_status.and_then(|status| StatusCode::from_u16(status).ok());
        if operation == "download" {
            let sentence = fault.message.as_deref().unwrap_or("File not found");
            return Answer::html(http_status.unwrap_or(StatusCode::NOT_FOUND), sentence);
        }
        let status = fault.code.clone().unwrap_or_else(|| json!(502));
        let http_status = http_status.unwrap_or_else(|| self.mirrored(&status));
        let mut body = self.failure_body(Failure::told(status, fault.message.clone()));
        body.extend(fault.extra.clone().unwrap_or_default());
        self.written(http_status, body)
    }

    fn failure_body(&self, failure: Failure) -> Map<String, Value> {
        let mut body = Map::new();
        if !self.odd(odd::RESULT_MISSING) {
            body.insert("result".into(), Value::Null);
        }
        body.insert("status".into(), failure.status);
        body.insert("statusmessage".into(), failure.message.into());
        body
    }

    /// The HTTP status of an error: sources disagree whether it tells what the body tells.
    fn mirrored(&self, status: &Value) -> StatusCode {
        let number = status.as_i64().filter(|number| *number >= 400 && self.odd(odd::HTTP_STATUS_MIRRORED));
        let number = number.and_then(|number| u16::try_from(number).ok());
        number.and_then(|number| StatusCode::from_u16(number).ok()).unwrap_or(StatusCode::OK)
    }

    fn with_extra_keys(&self, mut result: Value) -> Value {
        if self.odd(odd::EXTRA_KEYS) {
            result["served_by"] = json!({"node": 3, "tags": ["a", null]});
        }
        result
    }

    fn written(&self, http_status: StatusCode, mut body: Map<String, Value>) -> Answer {
        if self.odd(odd::EXTRA_KEYS) {
            body.insert("server_time".into(), json!(self.ground.clock.now()));
        }
        let text = Value::Object(body).to_string();
        // A slash appears in JSON only within strings, where PHP escapes it.
        let text = if self.odd(odd::SLASHES_PLAIN) { text } else { text.replace('/', "\\/") };
        Answer::new(http_status, "application/json", text)
    }
}

/// What a blocked client gets instead of JSON.
pub fn forbidden_page() -> Answer {
    const PAGE: &str = "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body bgcolor=\"white\">\r\n\
        <center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
    Answer::new(StatusCode::FORBIDDEN, "text/html", PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_statuses() {
        assert_eq!(Failure::new(509).message, "fair use limit exhausted");
        assert_eq!(Failure::told(json!(777), None).message, "error");
        assert_eq!(Failure::told(json!(0), Some("Your account is not premium".into())).status, json!(0));
    }
}
