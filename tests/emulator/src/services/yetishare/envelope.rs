//! The shapes of answers.

use std::fmt::Write;

use http::header::HeaderName;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::{YetiShare, api_path, odd, texts};
use crate::server::Call;
use crate::server::answer::Answer;
use crate::world::clock::plain_date_time;

/// A call's success, before it gets its envelope.
#[derive(Debug)]
pub struct Success {
    response: Option<&'static str>,
    members: Map<String, Value>,
}

impl Success {
    pub fn data(data: Value) -> Self {
        Self { response: None, members: Map::from_iter([("data".to_owned(), data)]) }
    }

    /// Only a sentence.
    pub fn said(response: &'static str) -> Self {
        Self { response: Some(response), members: Map::new() }
    }

    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }
}

/// A call's refusal, before it gets its envelope.
#[derive(Debug)]
pub struct Failure {
    text: String,
    http_status: Option<u16>,
    shape: Option<Shape>,
}

/// What a call comes to.
pub type Verdict = Result<Success, Failure>;

/// The envelopes of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `response` and `_status`.
    New,
    /// `response` and `status`.
    Old,
    /// `message` and `result`.
    Result,
    /// `success` and `message`.
    Success,
    /// The text under the key `0`, and `_status`.
    Zero,
}

impl Shape {
    /// As the control address calls them, in the order of `ALL`.
    pub const NAMES: &[&str] = &["new", "old", "result", "success", "zero"];
    const ALL: [Self; 5] = [Self::New, Self::Old, Self::Result, Self::Success, Self::Zero];

    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().zip(Self::ALL).find(|(known, _)| **known == name).map(|(_, shape)| shape)
    }
}

impl Failure {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), http_status: None, shape: None }
    }

    pub fn under(self, http_status: u16) -> Self {
        Self { http_status: Some(http_status), ..self }
    }

    pub fn shaped(self, shape: Shape) -> Self {
        Self { shape: Some(shape), ..self }
    }
}

impl From<&'static str> for Failure {
    fn from(text: &'static str) -> Self {
        Self::new(text)
    }
}

impl YetiShare {
    /// Gives a verdict its envelope, odd where that is switched on.
    pub(super) fn envelop(&self, verdict: Verdict) -> Answer {
        let (status, mut body) = match verdict {
            Ok(success) => (200, self.success_body(success)),
            Err(failure) => {
                let shape = failure.shape.unwrap_or_else(|| self.error_shape());
                let status = failure.http_status.unwrap_or_else(|| self.status_of(&failure.text));
                (status, error_body(&failure.text, shape))
            }
        };
        body.insert("_datetime".into(), plain_date_time(self.ground.clock.now()).into());
        let text = if self.odd(odd::SLASHES_PLAIN) { Value::Object(body).to_string() } else { php_json(&body) };
        let text = if self.odd(odd::UPLOAD_HTML_RAW) { with_raw_html(&text) } else { text };
        Answer::new(status_code(status), "application/json", text)
            .with(HeaderName::from_static("access-control-allow-orgin"), "*")
            .with(http::header::ACCESS_CONTROL_ALLOW_METHODS, "*")
    }

    fn success_body(&self, success: Success) -> Map<String, Value> {
        let mut body = Map::new();
        if let Some(response) = success.response {
            body.insert("response".into(), response.into());
        }
        body.extend(success.members);
        if self.odd(odd::EXTRA_KEYS) {
            if let Some(data) = body.get_mut("data").and_then(Value::as_object_mut) {
                data.insert("plugin_data".into(), json!({"rating": 5}));
            }
            body.insert("_plugin".into(), json!("ratings"));
        }
        body.insert("_status".into(), "success".into());
        body
    }

    fn error_shape(&self) -> Shape {
        if self.odd(odd::ERRORS_OLD) {
            Shape::Old
        } else if self.odd(odd::ERRORS_RESULT) {
            Shape::Result
        } else if self.odd(odd::ERRORS_SUCCESS) {
            Shape::Success
        } else {
            Shape::New
        }
    }

    /// The code copies answer every error with 200; the document has a table of others.
    fn status_of(&self, text: &str) -> u16 {
        let begins = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
        match self.odd(odd::ERRORS_BY_STATUS) {
            true if begins(&["Could not validate", "Could not authenticate"]) => 401,
            true if begins(&["Could not find"]) => 404,
            true if begins(&["Please provide", "Could not parse", "Param "]) => 400,
            _ => 200,
        }
    }

    /// What an address says at which no endpoint is.
    pub(super) fn no_route(&self, call: &Call) -> Answer {
        call.violation(format!("nothing answers {} {}", call.method, call.path));
        let is_known_method = call.method == Method::GET || call.method == Method::POST;
        let text = if is_known_method { texts::NO_ROUTE } else { texts::NO_ROUTE_FOR_METHOD };
        if self.odd(odd::ROUTES_AS_TEXT) {
            return Answer::new(StatusCode::OK, "text/plain; charset=UTF-8", text);
        }
        self.envelop(Err(match is_known_method {
            true => {
                let path = api_path(&call.path).unwrap_or_default();
                let endpoint = path.split('/').next().unwrap_or_default();
                Failure::new(format!("No endpoint found for: {endpoint}")).under(404)
            }
            false => Failure::from(texts::INVALID_METHOD).under(405),
        }))
    }
}

fn error_body(text: &str, shape: Shape) -> Map<String, Value> {
    let members = match shape {
        Shape::New => json!({"response": text, "_status": "error"}),
        Shape::Old => json!({"status": "error", "response": text}),
        Shape::Result => json!({"message": text, "result": false}),
        Shape::Success => json!({"success": false, "message": text}),
        Shape::Zero => json!({"0": text, "_status": "error"}),
    };
    match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

pub fn status_code(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// JSON as PHP writes it: slashes escaped, and everything beyond ASCII too.
fn php_json(body: &Map<String, Value>) -> String {
    let plain = serde_json::to_string(body).unwrap_or_default();
    let mut text = String::with_capacity(plain.len());
    for letter in plain.chars() {
        match letter {
            // Outside of strings JSON has neither.
            '/' => text.push_str("\\/"),
            letter if letter.is_ascii() => text.push(letter),
            letter => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text
}

/// Takes the escapes of quotes out of `url_html`.
fn with_raw_html(text: &str) -> String {
    let Some((before, rest)) = text.split_once("\"url_html\":\"") else {
        return text.to_owned();
    };
    let Some((html, after)) = rest.split_once("\",\"url_bbcode\"") else {
        return text.to_owned();
    };
    format!("{before}\"url_html\":\"{}\",\"url_bbcode\"{after}", html.replace("\\\"", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_php() {
        let body = Map::from_iter([("a/ü".to_owned(), json!("\u{1F600}\n/"))]);
        assert_eq!(php_json(&body), "{\"a\\/\\u00fc\":\"\\ud83d\\ude00\\n\\/\"}");
        assert_eq!(serde_json::from_str::<Value>(&php_json(&body)).ok(), Some(Value::Object(body)));
    }

    #[test]
    fn html_with_quotes_is_no_json() {
        let text = r#"{"url_html":"<a href=\"x\">y<\/a>","url_bbcode":"z"}"#;
        assert_eq!(with_raw_html(text), r#"{"url_html":"<a href="x">y<\/a>","url_bbcode":"z"}"#);
        assert_eq!(with_raw_html("{}"), "{}");
    }
}
