//! The parameters of each method, and the strict reading of a request's body.

use serde_json::{Map, Value};

use crate::server::Call;

/// What a parameter may be.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    OneOf(&'static [&'static str]),
    Integer {
        least: i64,
        most: i64,
    },
    Flag,
    Texts,
    /// One of the keys with 1 or -1, or the empty array that PHP writes for «none».
    Sort(&'static [&'static str]),
}

/// One parameter of a method.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    name: &'static str,
    kind: Kind,
    required: bool,
}

const fn required(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, required: true }
}

/// Left out or null.
const fn optional(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, required: false }
}

const ACCESS: Kind = Kind::OneOf(&["public", "private", "premium"]);
const AUTH_TOKEN: Param = optional("auth_token", Kind::Text);
const ACCESS_TOKEN: Param = optional("access_token", Kind::Text);

pub const LOGIN: &[Param] = &[
    required("username", Kind::Text),
    required("password", Kind::Text),
    optional("captcha_challenge", Kind::Text),
    optional("captcha_response", Kind::Text),
    optional("re_captcha_challenge", Kind::Text),
    optional("re_captcha_response", Kind::Text),
];

/// For methods that need nothing, or only to know who asks.
pub const TOKEN_ONLY: &[Param] = &[AUTH_TOKEN, ACCESS_TOKEN];

pub const GET_FILES_LIST: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    optional("parent", Kind::Text),
    optional("limit", Kind::Integer { least: 1, most: 10_000 }),
    optional("offset", Kind::Integer { least: 0, most: i64::MAX }),
    optional("sort", Kind::Sort(&["name", "date_created", "id"])),
    optional("type", Kind::OneOf(&["any", "file", "folder", "files"])),
    optional("only_available", Kind::Flag),
    optional("extended_info", Kind::Flag),
];

pub const CREATE_FOLDER: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("name", Kind::Text),
    required("parent", Kind::Text),
    required("access", ACCESS),
    optional("is_public", Kind::Flag),
];

pub const DELETE_FILES: &[Param] = &[AUTH_TOKEN, ACCESS_TOKEN, required("ids", Kind::Texts)];

pub const GET_UPLOAD_FORM_DATA: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    optional("parent_id", Kind::Text),
    optional("preferred_node", Kind::Text),
    optional("create_method", Kind::Integer { least: 0, most: i64::MAX }),
];

pub const GET_URL: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("file_id", Kind::Text),
    optional("free_download_key", Kind::Text),
    optional("captcha_challenge", Kind::Text),
    optional("captcha_response", Kind::Text),
    optional("url_referrer", Kind::Text),
];

/// Parameters that have passed the check.
#[derive(Debug)]
pub struct Args(Map<String, Value>);

impl Args {
    /// Reads a call's body. What no document allows is recorded; any of it spoils the call.
    pub fn read(call: &Call, params: &[Param]) -> Option<Self> {
        let body = &call.body;
        let value = if body.is_empty() { Ok(Value::Object(Map::new())) } else { serde_json::from_slice(body) };
        let Ok(Value::Object(members)) = value else {
            call.violation("the body is not a JSON object");
            return None;
        };
        let complaints = complaints(&members, params);
        for complaint in &complaints {
            call.violation(complaint);
        }
        complaints.is_empty().then_some(Self(members))
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub fn integer(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_u64()
    }

    pub fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// The key to sort by, and whether downwards.
    pub fn sort(&self) -> Option<(&str, bool)> {
        let (key, direction) = self.0.get("sort")?.as_object()?.iter().next()?;
        Some((key, direction == -1))
    }
}

fn complaints(members: &Map<String, Value>, params: &[Param]) -> Vec<String> {
    let unknown = members
        .keys()
        .filter(|name| params.iter().all(|param| param.name != name.as_str()))
        .map(|name| format!("unknown parameter {name:?}"));
    let wrong = params.iter().filter_map(|param| {
        let name = param.name;
        match members.get(name) {
            None if param.required => Some(format!("parameter {name:?} is missing")),
            Some(Value::Null) if param.required => Some(format!("parameter {name:?} must not be null")),
            None | Some(Value::Null) => None,
            Some(value) => param.kind.complaint(value).map(|wanted| format!("parameter {name:?} must be {wanted}")),
        }
    });
    let both_tokens =
        ["auth_token", "access_token"].iter().all(|name| members.get(*name).is_some_and(Value::is_string));
    let tokens = both_tokens.then(|| "auth_token and access_token in one request".to_owned());
    unknown.chain(wrong).chain(tokens).collect()
}

impl Kind {
    /// What the value should have been, when it is not.
    fn complaint(self, value: &Value) -> Option<String> {
        let (fits, wanted) = match self {
            Self::Text => (value.is_string(), "a string".to_owned()),
            Self::OneOf(words) => {
                (value.as_str().is_some_and(|word| words.contains(&word)), format!("one of {words:?}"))
            }
            Self::Integer { least, most } => {
                let fits = value.as_i64().is_some_and(|number| (least..=most).contains(&number));
                let most = if most == i64::MAX { String::new() } else { format!(" and at most {most}") };
                (fits, format!("an integer of at least {least}{most}"))
            }
            Self::Flag => (value.is_boolean(), "true or false".to_owned()),
            Self::Texts => {
                let fits = value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
                (fits, "a list of strings".to_owned())
            }
            Self::Sort(keys) => (is_sort(value, keys), format!("an object with one key of {keys:?} and 1 or -1")),
        };
        (!fits).then_some(wanted)
    }
}

fn is_sort(value: &Value, keys: &[&str]) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => {
            members.len() == 1
                && members
                    .iter()
                    .all(|(key, direction)| keys.contains(&key.as_str()) && matches!(direction.as_i64(), Some(1 | -1)))
        }
        _ => false,
    }
}
