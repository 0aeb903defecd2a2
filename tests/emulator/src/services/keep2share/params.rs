//! What a parameter may be, and the strict reading of a request's body.

use serde_json::{Map, Value};

use crate::server::Call;
use crate::world::journal::Entry;

/// What a parameter may be.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Text,
    /// A text of at most so many characters.
    ShortText {
        most: usize,
    },
    /// So many hex digits.
    Hex {
        digits: usize,
    },
    OneOf(&'static [&'static str]),
    Integer {
        least: i64,
        most: i64,
    },
    Flag,
    Texts {
        most: usize,
    },
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

impl Param {
    pub const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: true }
    }

    /// Left out or null.
    pub const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false }
    }
}

/// Parameters that have passed the check.
#[derive(Debug)]
pub struct Args {
    members: Map<String, Value>,
    entry: Entry,
}

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
        complaints.is_empty().then(|| Self { members, entry: call.entry.clone() })
    }

    /// Records what the service refuses in its own words, and no document allows.
    pub fn violation(&self, message: impl Into<String>) {
        self.entry.violation(message);
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    pub fn integer(&self, name: &str) -> Option<u64> {
        self.members.get(name)?.as_u64()
    }

    /// An integer as a count of items; larger than memory means «all».
    pub fn count(&self, name: &str, usual: usize) -> usize {
        self.integer(name).map_or(usual, |count| usize::try_from(count).unwrap_or(usize::MAX))
    }

    pub fn flag(&self, name: &str) -> bool {
        self.given_flag(name).unwrap_or(false)
    }

    /// None when it is left out or null.
    pub fn given_flag(&self, name: &str) -> Option<bool> {
        self.members.get(name)?.as_bool()
    }

    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.given_texts(name).into_iter().flatten()
    }

    /// None when the list is left out or null.
    pub fn given_texts(&self, name: &str) -> Option<impl Iterator<Item = &str>> {
        Some(self.members.get(name)?.as_array()?.iter().filter_map(Value::as_str))
    }

    /// The key to sort by, and whether downwards.
    pub fn sort(&self) -> Option<(&str, bool)> {
        let (key, direction) = self.members.get("sort")?.as_object()?.iter().next()?;
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
            Self::ShortText { most } => {
                let fits = value.as_str().is_some_and(|text| text.chars().count() <= most);
                (fits, format!("a string of at most {most} characters"))
            }
            Self::Hex { digits } => {
                let is_hex = |text: &str| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                (value.as_str().is_some_and(is_hex), format!("a string of {digits} hex digits"))
            }
            Self::OneOf(words) => {
                (value.as_str().is_some_and(|word| words.contains(&word)), format!("one of {words:?}"))
            }
            Self::Integer { least, most } => {
                let fits = value.as_i64().is_some_and(|number| (least..=most).contains(&number));
                let most = if most == i64::MAX { String::new() } else { format!(" and at most {most}") };
                (fits, format!("an integer of at least {least}{most}"))
            }
            Self::Flag => (value.is_boolean(), "true or false".to_owned()),
            Self::Texts { most } => {
                let is_list = |items: &Vec<Value>| items.len() <= most && items.iter().all(Value::is_string);
                let most = if most == usize::MAX { String::new() } else { format!(", at most {most}") };
                (value.as_array().is_some_and(is_list), format!("a list of strings{most}"))
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
