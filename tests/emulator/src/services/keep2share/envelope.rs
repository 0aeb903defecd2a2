//! The shape that every answer of the API has.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Keep2Share, odd};
use crate::server::answer::Answer;

/// A method's success, before it gets its envelope.
#[derive(Debug)]
pub struct Success {
    http_status: u16,
    code: u16,
    pub members: Map<String, Value>,
}

/// A method's refusal, before it gets its envelope.
#[derive(Debug)]
pub struct Failure {
    http_status: u16,
    /// What `code` tells, where it is not the HTTP status.
    told_code: Option<u16>,
    code: ErrorCode,
    message: String,
    members: Vec<(String, Value)>,
}

/// The service's own code of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    Number(u16),
    Word(&'static str),
    /// The key is left out.
    Missing,
}

impl From<u16> for ErrorCode {
    fn from(number: u16) -> Self {
        Self::Number(number)
    }
}

impl From<&'static str> for ErrorCode {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl ErrorCode {
    fn value(self) -> Option<Value> {
        match self {
            Self::Number(number) => Some(number.into()),
            Self::Word(word) => Some(word.into()),
            Self::Missing => None,
        }
    }
}

/// What a method comes to.
pub type Verdict = Result<Success, Failure>;

impl Success {
    /// HTTP 200 with these members; `members` must be an object.
    pub fn new(members: Value) -> Self {
        let members = match members {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        Self { http_status: 200, code: 200, members }
    }

    /// HTTP status and the code in the body, which may differ.
    pub fn under(self, (http_status, code): (u16, u16)) -> Self {
        Self { http_status, code, ..self }
    }
}

impl Failure {
    pub fn new(http_status: u16, code: impl Into<ErrorCode>, message: impl Into<String>) -> Self {
        Self { http_status, told_code: None, code: code.into(), message: message.into(), members: Vec::new() }
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.push((name.to_owned(), value.into()));
        self
    }

    /// Tells a code in the body that is not the HTTP status.
    pub fn telling_code(self, code: u16) -> Self {
        Self { told_code: Some(code), ..self }
    }

    /// Wrong parameters.
    pub fn params() -> Self {
        Self::new(400, 2, "Invalid request params")
    }

    /// No token, or one that is not valid.
    pub fn unauthorized() -> Self {
        Self::new(403, 10, "You are not authorized for this action")
    }
}

impl Keep2Share {
    /// Gives a verdict its envelope, odd where that is switched on.
    pub fn envelop(&self, operation: &str, verdict: Verdict) -> Answer {
        let refused_login = operation == "login" && verdict.is_err();
        let (status, mut body) = match verdict {
            Ok(success) => self.success_body(success),
            Err(failure) => self.failure_body(failure),
        };
        if self.odd(odd::EXTRA_KEYS) {
            body.insert("server_time".into(), json!(self.ground.clock.now()));
            body.insert("debug_info".into(), json!({"node": "fe-1", "tags": ["a", null]}));
        }
        let mut text = Value::Object(body).to_string();
        if operation == "resellerGetCode" && self.odd(odd::CODE_ID_TWICE) {
            text = text.replace("\"balance\":", "\"code_id\":");
        }
        if self.odd(odd::ESCAPED_SLASHES) {
            // A slash appears in JSON only within strings.
            text = text.replace('/', "\\/");
        }
        if self.odd(odd::GLUED_JSON) || (refused_login && self.odd(odd::GLUED_LOGIN_406)) {
            text.push_str(r#"{"status":"error","code":500,"message":"glued"}"#);
        }
        Answer::new(status, "application/json", text)
    }

    fn success_body(&self, success: Success) -> (StatusCode, Map<String, Value>) {
        let mut body = Map::new();
        body.insert("status".into(), "success".into());
        if !self.odd(odd::CODE_MISSING) {
            body.insert("code".into(), success.code.into());
        }
        body.extend(success.members);
        if self.odd(odd::MESSAGE_ON_SUCCESS) {
            body.entry("message").or_insert_with(|| "success".into());
        }
        (status_code(success.http_status), body)
    }

    fn failure_body(&self, failure: Failure) -> (StatusCode, Map<String, Value>) {
        let mut body = Map::new();
        body.insert("message".into(), failure.message.into());
        body.insert("status".into(), "error".into());
        body.insert("code".into(), failure.told_code.unwrap_or(failure.http_status).into());
        let code = match failure.code {
            ErrorCode::Number(2) if failure.http_status == 400 && self.odd(odd::PARAM_ERROR_3) => ErrorCode::Number(3),
            code => code,
        };
        if let Some(code) = code.value() {
            body.insert("errorCode".into(), code);
        }
        body.extend(failure.members);
        if self.odd(odd::ERROR_CODE_MISSING) {
            body.shift_remove("errorCode");
        }
        if self.odd(odd::ERROR_CODE_TEXT)
            && let Some(code) = body.get_mut("errorCode").filter(|code| code.is_number())
        {
            *code = code.to_string().into();
        }
        if self.odd(odd::ERRORS_WITHOUT_MESSAGE)
            && let Some(Value::Array(errors)) = body.get_mut("errors")
        {
            for error in errors.iter_mut().filter_map(Value::as_object_mut) {
                error.shift_remove("message");
            }
        }
        (status_code(failure.http_status), body)
    }
}

pub fn status_code(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
