//! Is an answer a success, and if not, what does it mean? Hosts lie about HTTP status, so the body is looked at first.

use std::time::Duration;

use reqwest::header::{CONTENT_DISPOSITION, ETAG, HeaderMap};
use serde_json::Value;

use crate::border::{Captcha, Error, ErrorRecord, Kind, SubError, Tape};
use crate::decode::{self, Unreadable};
use crate::tables::{BodyForm, Condition, Envelope, Operation, Outcome, ResultShape, Retry, Service, When};
use crate::wire::pace;

/// An answer as it came.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Whether a credential was sent.
    pub(crate) signed_in: bool,
}

/// Why an attempt failed, and what the engine may do about it.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) retry: Retry,
    pub(crate) wait: Option<Duration>,
    /// Whether the request may have reached the server.
    pub(crate) left: bool,
}

impl Failure {
    /// A failure that repeating would not mend.
    pub(crate) fn of_ours(error: Error) -> Self {
        Self { error, retry: Retry::Never, wait: None, left: true }
    }
}

/// Reads an answer of an operation with a JSON result (or none).
pub(crate) fn answer(
    service: &Service,
    operation: &Operation,
    answered: &Answered,
) -> Result<Option<Tape>, Box<Failure>> {
    let envelope = &service.envelopes[usize::from(operation.envelope)];
    let input = decode::Input {
        service,
        shape: &operation.result,
        envelope_members: envelope.members,
        status: answered.status,
        headers: &answered.headers,
        body: &answered.body,
    };
    let pass = decode::answer(&input);
    let mut succeeded = true;
    // Only an envelope that asks for members of the result itself needs the whole body a second time.
    let mut whole = None;
    for condition in envelope.success {
        let holds = match *condition {
            Condition::Status(from, to) => (from..=to).contains(&answered.status),
            Condition::Member(name, texts) => member(&pass.members, name).is_some_and(|text| is_one_of(&text, texts)),
            Condition::MemberNot(name, texts) => {
                member(&pass.members, name).is_none_or(|text| !is_one_of(&text, texts))
            }
            Condition::Has(name) => {
                let whole = whole.get_or_insert_with(|| decode::json::value(&answered.body).unwrap_or(Value::Null));
                !whole[name].is_null()
            }
            Condition::BodyIs(form) => form_of(answered) == form,
            Condition::BodyIsNot(form) => form_of(answered) != form,
        };
        if !holds {
            succeeded = false;
            break;
        }
    }
    if succeeded {
        return value(operation, answered, pass.value).map_err(Box::new);
    }
    match error(service, operation, envelope, answered) {
        Judged::Result => value(operation, answered, pass.value).map_err(Box::new),
        Judged::Failure(failure) => Err(failure),
        Judged::Unreadable(message) => Err(Box::new(Failure::of_ours(invalid_answer(answered, "$".into(), message)))),
    }
}

/// Reads an answer whose success is a stream of bytes; `body` is empty for a success.
pub(crate) fn stream_refusal(service: &Service, operation: &Operation, answered: &Answered) -> Box<Failure> {
    let envelope = &service.envelopes[usize::from(operation.envelope)];
    match error(service, operation, envelope, answered) {
        Judged::Failure(failure) => failure,
        Judged::Result | Judged::Unreadable(_) => Box::new(Failure::of_ours(invalid_answer(
            answered,
            "$".into(),
            "no content where a file is expected".into(),
        ))),
    }
}

/// Whether the head of an answer promises the bytes that an operation gives.
pub(crate) fn is_stream(service: &Service, operation: &Operation, status: u16, headers: &HeaderMap) -> bool {
    let media_type =
        headers.get(reqwest::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let conditions = service.envelopes[usize::from(operation.envelope)].success;
    let named = conditions.iter().all(|condition| match condition {
        Condition::Status(from, to) => (*from..=*to).contains(&status),
        Condition::BodyIsNot(BodyForm::Html) => !media_type.starts_with("text/html"),
        // What only a JSON body could show does not hold for bytes.
        _ => true,
    });
    // A user's own page or JSON file is a file all the same: it is named, or has a validator, as no error has.
    let is_file = headers.contains_key(ETAG)
        || headers.get(CONTENT_DISPOSITION).is_some_and(|value| value.as_bytes().starts_with(b"attachment"));
    (200..300).contains(&status) && (is_file || named && !media_type.starts_with("application/json"))
}

/// Whether an answer whose head says JSON holds the bytes that an operation gives: some hosts name the wrong media type.
pub(crate) fn is_mislabelled(service: &Service, operation: &Operation, answered: &Answered) -> bool {
    let conditions = service.envelopes[usize::from(operation.envelope)].success;
    let may_be = conditions.iter().any(|condition| matches!(condition, Condition::BodyIsNot(BodyForm::Json)));
    may_be && (200..300).contains(&answered.status) && form_of(answered) == BodyForm::Text
}

fn value(operation: &Operation, answered: &Answered, value: Result<Tape, Unreadable>) -> Result<Option<Tape>, Failure> {
    match value {
        _ if operation.result == ResultShape::None => Ok(None),
        Ok(tape) => Ok(Some(tape)),
        Err(unreadable) => {
            let (path, message) = match unreadable {
                Unreadable::Field { json_path, message } => (json_path, message),
                Unreadable::NotJson { message, at_byte } => ("$".to_owned(), format!("{message} at byte {at_byte}")),
                Unreadable::TapeFull => ("$".to_owned(), "it is larger than 4 GiB".to_owned()),
            };
            Err(Failure::of_ours(invalid_answer(answered, path, message)))
        }
    }
}

fn invalid_answer(answered: &Answered, json_path: String, message: String) -> Error {
    let mut error = Error::new(Kind::InvalidAnswer, format!("the answer cannot be read: {json_path}: {message}"));
    error.record_mut().http_status = Some(answered.status);
    error.record_mut().details.json_path = Some(json_path);
    error
}

fn member(members: &[(String, Value)], name: &str) -> Option<String> {
    members.iter().rev().find(|(known, _)| known == name).and_then(|(_, value)| scalar(value))
}

/// Sites on one script write the words of an envelope in capitals or not.
fn is_one_of(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// A JSON value as the text that rules compare.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(whole(number).map_or_else(|| number.to_string(), |whole| whole.to_string())),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A number without a fraction that is written with one: a code all the same.
fn whole(number: &serde_json::Number) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() <= EXACT)?;
    Some(float as i64)
}

/// The value at a path such as `errors[0].code`.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, part| {
        let (name, index) = match part.split_once('[') {
            Some((name, index)) => (name, Some(index.trim_end_matches(']').parse::<usize>().ok()?)),
            None => (part, None),
        };
        let value = if name.is_empty() { value } else { value.get(name)? };
        match index {
            Some(index) => value.get(index),
            None => Some(value),
        }
    })
}

fn first_text(value: &Value, paths: &[&str]) -> Option<String> {
    paths.iter().find_map(|path| at(value, path).and_then(scalar)).filter(|text| !text.is_empty())
}

fn form_of(answered: &Answered) -> BodyForm {
    let media_type =
        answered.headers.get(reqwest::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let start = answered.body.trim_ascii_start();
    if start.is_empty() {
        BodyForm::Empty
    } else if matches!(start[0], b'{' | b'[' | b'"') {
        BodyForm::Json
    } else if start[0] == b'<' || media_type.starts_with("text/html") {
        BodyForm::Html
    } else {
        BodyForm::Text
    }
}

enum Judged {
    Result,
    Failure(Box<Failure>),
    /// It is JSON that tells neither of a success nor of an error, or is no whole JSON.
    Unreadable(String),
}

fn error(service: &Service, operation: &Operation, envelope: &Envelope, answered: &Answered) -> Judged {
    let form = form_of(answered);
    let body = match form {
        BodyForm::Json => match decode::json::value(&answered.body) {
            Ok(body) => body,
            Err(_) if (500..600).contains(&answered.status) || answered.status == 429 => Value::Null,
            Err(error) => return Judged::Unreadable(format!("the JSON is damaged: {error}")),
        },
        _ => Value::Null,
    };
    let code = first_text(&body, envelope.code);
    let sub_code = first_text(&body, envelope.sub_code);
    let text = message(&body, envelope, answered, form);
    let says_nothing = code.is_none() && sub_code.is_none() && text.is_none();
    if form == BodyForm::Json && (200..300).contains(&answered.status) && says_nothing {
        return Judged::Unreadable("it says neither success nor an error".into());
    }
    let id = operation.part_of.unwrap_or(operation.id);
    let facts = Facts { answered, form, body: &body, code: &code, sub_code: &sub_code, text: &text, operation: id };
    let Some(rule) = envelope.rules.iter().find(|rule| facts.fit(&rule.when)) else {
        return Judged::Unreadable("no rule knows this answer".into());
    };
    let Outcome::Error { name, kind, retry, wait, captcha } = rule.outcome else {
        return Judged::Result;
    };
    let asked = pace::retry_after(&answered.headers);
    let told = wait.and_then(|wait| {
        let told = wait.at.iter().find_map(|path| at(&body, path).and_then(seconds));
        told.map(|seconds| seconds + wait.margin)
            .or(wait.default)
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    });
    let wait = asked.or(told).filter(|_| matches!(retry, Retry::AfterWait | Retry::SameCall));
    let mut details = crate::border::Details { sub_errors: sub_errors(&body, envelope), ..Default::default() };
    if let Some(captcha) = captcha {
        details.captcha = Some(Captcha {
            kind: Some(captcha.to_owned()),
            challenge: first_text(&body, envelope.captcha_challenge),
            url: first_text(&body, envelope.captcha_url),
        });
    }
    let mut text = text.unwrap_or_else(|| format!("the service answered {}", name.replace('_', " ")));
    if text.len() > 500 {
        let end = (0..=500).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default();
        text.truncate(end);
        text.push('…');
    }
    let described = match &code {
        Some(code) => format!("{} ({name}, code {code})", text.trim_end_matches('.')),
        None => format!("{} ({name}, HTTP {})", text.trim_end_matches('.'), answered.status),
    };
    let error = Error::from_record(ErrorRecord {
        kind,
        service: Some(service.id.to_owned()),
        operation: Some(id.to_owned()),
        service_code: code,
        name: Some(name.to_owned()),
        http_status: Some(answered.status),
        message: super::redact::text(&described),
        retryable: matches!(retry, Retry::SameCall | Retry::AfterWait),
        retry_after_ms: wait.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
        attempts: 0,
        details,
        causes: Vec::new(),
    });
    Judged::Failure(Box::new(Failure { error, retry, wait, left: true }))
}

fn message(body: &Value, envelope: &Envelope, answered: &Answered, form: BodyForm) -> Option<String> {
    let told = envelope.text.iter().find_map(|path| match *path {
        "$text" => None,
        path => at(body, path).and_then(scalar),
    });
    let whole = || match form {
        BodyForm::Html => Some(without_tags(&String::from_utf8_lossy(&answered.body))),
        BodyForm::Text => Some(String::from_utf8_lossy(&answered.body).trim().to_owned()),
        BodyForm::Json | BodyForm::Empty => None,
    };
    told.or_else(whole).filter(|text| !text.is_empty())
}

/// The words of an HTML page, from its title on.
fn without_tags(html: &str) -> String {
    let mut words = String::new();
    let mut rest = html;
    while let Some((text, tag)) = rest.split_once('<') {
        words.push_str(text);
        words.push(' ');
        // What scripts and styles hold is not meant for people.
        let lower = tag.get(..6).unwrap_or_default().to_ascii_lowercase();
        let closing = ["script", "style"].iter().find(|name| lower.starts_with(*name)).map(|name| format!("</{name}"));
        let from = closing.and_then(|closing| tag.to_ascii_lowercase().find(&closing)).unwrap_or(0);
        rest = tag[from..].split_once('>').map_or("", |(_, rest)| rest);
    }
    words.push_str(rest);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn seconds(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0)
    .map(f64::ceil)
}

fn sub_errors(body: &Value, envelope: &Envelope) -> Vec<SubError> {
    let Some(paths) = envelope.sub_errors else {
        return Vec::new();
    };
    let Some(Value::Array(errors)) = at(body, paths.at) else {
        return Vec::new();
    };
    let one = |error: &Value| match error {
        Value::Object(_) => SubError {
            code: error.get(paths.code).and_then(scalar),
            message: error.get(paths.message).and_then(scalar).map(|text| super::redact::text(&text)),
            wait_ms: error.get(paths.wait).and_then(seconds).map(|seconds| (seconds * 1000.0) as u64),
        },
        other => SubError { message: scalar(other).map(|text| super::redact::text(&text)), ..SubError::default() },
    };
    errors.iter().map(one).collect()
}

/// What rules ask about.
struct Facts<'a> {
    answered: &'a Answered,
    form: BodyForm,
    body: &'a Value,
    code: &'a Option<String>,
    sub_code: &'a Option<String>,
    text: &'a Option<String>,
    operation: &'a str,
}

impl Facts<'_> {
    fn fit(&self, when: &When) -> bool {
        let any =
            |wanted: &[&str], has: Option<&str>| wanted.is_empty() || has.is_some_and(|has| wanted.contains(&has));
        let text = self.text.as_deref().unwrap_or_default();
        (when.http_status.is_empty()
            || when.http_status.iter().any(|(from, to)| (from..=to).contains(&&self.answered.status)))
            && (when.code.is_empty() || when.code.iter().any(|code| matches_code(code, self.code.as_deref())))
            && any(when.sub_code, self.sub_code.as_deref())
            && (when.text_prefix.is_empty() || when.text_prefix.iter().any(|prefix| text.starts_with(prefix)))
            && (when.text_has.is_empty() || when.text_has.iter().any(|part| text.contains(part)))
            && when.has.is_none_or(|member| at(self.body, member).is_some_and(|value| !value.is_null()))
            && (when.body.is_empty() || when.body.contains(&self.form))
            && (when.operation.is_empty() || when.operation.iter().any(|id| matches_operation(id, self.operation)))
            && when.signed_in.is_none_or(|signed_in| signed_in == self.answered.signed_in)
    }
}

fn matches_code(pattern: &str, code: Option<&str>) -> bool {
    let code = code.unwrap_or("none");
    let is_of_class =
        |first: &str| code.len() == 3 && code.starts_with(first) && code.bytes().all(|digit| digit.is_ascii_digit());
    pattern == code || pattern.strip_suffix("xx").is_some_and(is_of_class)
}

fn matches_operation(pattern: &str, id: &str) -> bool {
    pattern == id || pattern.strip_suffix('*').is_some_and(|group| id.starts_with(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_a_class() {
        for (pattern, code, fits) in [
            ("404", Some("404"), true),
            ("4xx", Some("404"), true),
            ("4xx", Some("504"), false),
            ("4xx", Some("4040"), false),
            ("4xx", Some("4o4"), false),
            ("4xx", None, false),
            ("none", None, true),
            ("none", Some("404"), false),
        ] {
            assert_eq!(matches_code(pattern, code), fits, "{pattern} and {code:?}");
        }
    }

    #[test]
    fn codes_in_all_their_forms() {
        for (code, text) in [("200", "200"), ("200.0", "200"), ("-1.0", "-1"), ("1.5", "1.5"), ("1e300", "1e300")] {
            let value = serde_json::from_str(code).expect("JSON");
            assert_eq!(scalar(&value).map(|text| text.replace('+', "")).as_deref(), Some(text));
        }
    }

    #[test]
    fn words_of_an_envelope_in_capitals() {
        assert!(is_one_of("Error", &["deferred", "error"]));
        assert!(!is_one_of("errors", &["deferred", "error"]));
    }
}
