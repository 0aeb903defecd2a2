//! What a parameter may be, and the strict reading of a request.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::Method;

use super::clean::clean;
use crate::server::Call;
use crate::services::form;
use crate::world::blobs::Blobs;
use crate::world::journal::{Entry, FormPart};

/// What a parameter may be. A blank one counts as left out.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Text,
    /// Of an account, a file, a folder or a remote upload.
    Id,
    /// A folder's id; the root is left out, blank or `0`.
    FolderOrZero,
    /// A folder's id; the root is the word `null`.
    FolderOrNull,
    OneOf(&'static [&'static str]),
    /// What an MD5 leaves.
    Md5,
    /// The same, or the word `null`.
    Md5OrNull,
    /// `Y-m-d H:i:s`.
    Date,
}

/// One parameter of a method.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    name: &'static str,
    kind: Kind,
    required: bool,
}

impl Param {
    pub const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: true }
    }

    pub const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false }
    }
}

/// Fields as they were sent.
pub type Fields = Vec<(String, String)>;

/// The parameters of a call, cleaned. What no document allows is recorded, but the service goes by what it knows.
#[derive(Debug)]
pub struct Args {
    fields: Fields,
    entry: Entry,
}

impl Args {
    pub fn check(call: &Call, sent: Fields, params: &[Param]) -> Self {
        for complaint in complaints(&sent, params) {
            call.violation(complaint);
        }
        Self::unchecked(call, sent)
    }

    /// For calls that nobody documents.
    pub fn unchecked(call: &Call, sent: Fields) -> Self {
        let fields = sent.into_iter().map(|(name, value)| (name, clean(&value))).collect();
        Self { fields, entry: call.entry.clone() }
    }

    /// A value that is not blank. Of equal names the last counts, as in PHP.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.fields.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// A value as the id of something that may exist.
    pub fn id(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    pub fn violation(&self, message: impl Into<String>) {
        self.entry.violation(message);
    }
}

fn complaints(sent: &Fields, params: &[Param]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (place, (name, value)) in sent.iter().enumerate() {
        if sent[..place].iter().any(|(earlier, _)| earlier == name) {
            complaints.push(format!("parameter {name:?} comes twice"));
        }
        match params.iter().find(|param| param.name == name) {
            None => complaints.push(format!("unknown parameter {name:?}")),
            Some(param) => complaints.extend(
                param.kind.complaint(&clean(value)).map(|wanted| format!("parameter {name:?} must be {wanted}")),
            ),
        }
    }
    let is_given = |param: &Param| sent.iter().any(|(name, value)| name == param.name && !clean(value).is_empty());
    let missing = params.iter().filter(|param| param.required && !is_given(param));
    complaints.extend(missing.map(|param| format!("parameter {:?} is missing", param.name)));
    complaints
}

impl Kind {
    /// What the value should have been, when it is not.
    fn complaint(self, value: &str) -> Option<String> {
        let is_id = || value.bytes().all(|byte| byte.is_ascii_digit()) && value != "0";
        let is_md5 = || value.len() == 32 && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let (fits, wanted) = match self {
            Self::Text => (true, String::new()),
            Self::Id => (is_id(), "a number".to_owned()),
            Self::FolderOrZero => (is_id() || value == "0", "a folder's number, blank or 0".to_owned()),
            Self::FolderOrNull => (is_id() || value == "null", "a folder's number or the word null".to_owned()),
            Self::OneOf(words) => (words.contains(&value), format!("one of {words:?}")),
            Self::Md5 => (is_md5(), "32 lower-case hex digits".to_owned()),
            Self::Md5OrNull => (is_md5() || value == "null", "32 lower-case hex digits or the word null".to_owned()),
            Self::Date => (is_date(value), "a date such as 2024-09-12 05:49:34".to_owned()),
        };
        (!fits && !value.is_empty()).then_some(wanted)
    }
}

fn is_date(value: &str) -> bool {
    jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", value).is_ok()
}

/// The fields of a call, wherever they were sent: in a form of either kind, or in the query of a GET. JSON is not read.
pub async fn sent(call: &Call, blobs: &Blobs) -> Fields {
    if call.method == Method::GET {
        return call.query.clone();
    }
    if !call.query.is_empty() {
        call.violation("parameters in the query of a POST");
    }
    if let Some(boundary) = form::boundary(call) {
        let body = stream::iter([Ok(call.body.clone())]).boxed();
        return match form::read(call, body, boundary, blobs, |_, _| {}).await {
            Ok(sent) => {
                if !sent.files.is_empty() {
                    call.violation("a file came with a call that takes none");
                }
                sent.fields
            }
            Err(_) => {
                call.violation("the form cannot be read");
                Fields::new()
            }
        };
    }
    urlencoded(call, &call.body)
}

/// The fields of an ordinary form.
pub fn urlencoded(call: &Call, body: &Bytes) -> Fields {
    let kind = call.header("content-type").unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let fields: Fields = url::form_urlencoded::parse(body).into_owned().collect();
        let parts = fields.iter().map(|(name, value)| FormPart {
            name: name.clone(),
            file_name: None,
            content_type: None,
            value: Some(value.clone()),
            size: None,
        });
        call.entry.update(|record| record.form.extend(parts));
        return fields;
    }
    if !body.is_empty() {
        call.violation(format!("a body of the type {kind:?} is not read"));
    }
    Fields::new()
}

/// PHP's way to make a number of a text: its digits, else 0.
pub fn php_int(text: &str) -> i64 {
    let end = text.char_indices().find(|(place, letter)| !letter.is_ascii_digit() && (*place > 0 || *letter != '-'));
    let digits = end.map_or(text, |(place, _)| &text[..place]);
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_php_reads_them() {
        for (text, number) in [("7", 7), ("-3", -3), ("12ab", 12), ("x", 0), ("", 0), ("-", 0)] {
            assert_eq!(php_int(text), number, "{text:?}");
        }
    }

    #[test]
    fn kinds_say_what_they_want() {
        for (kind, value) in [
            (Kind::Id, "12"),
            (Kind::Id, ""),
            (Kind::FolderOrZero, "0"),
            (Kind::FolderOrNull, "null"),
            (Kind::Md5OrNull, "null"),
            (Kind::Md5, "d9729feb74992cc3482b350163a1a010"),
            (Kind::Date, "2024-09-12 05:49:34"),
        ] {
            assert_eq!(kind.complaint(value), None, "{kind:?} {value:?}");
        }
        for (kind, value) in [
            (Kind::Id, "a"),
            (Kind::Id, "0"),
            (Kind::FolderOrZero, "null"),
            (Kind::FolderOrNull, "0"),
            (Kind::Md5, "null"),
            (Kind::Md5, "D9729FEB74992CC3482B350163A1A010"),
            (Kind::OneOf(&["0", "1"]), "2"),
            (Kind::Date, "2024-09-12"),
        ] {
            assert!(kind.complaint(value).is_some(), "{kind:?} {value:?}");
        }
    }
}
