//! What a caller sees: values with the types that Rust gives them.

use fileferry::Extra;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::types::{BTreeMap, DateTime, Decimal, Json, Timestamp};

/// A value that can be looked at.
pub trait Observe {
    /// Its observation.
    fn observe(&self) -> Value;
}

/// A single value.
pub fn leaf(kind: &str, value: impl Into<Value>) -> Value {
    json!({"type": kind, "value": value.into()})
}

/// Bytes.
pub fn content(bytes: &[u8]) -> Value {
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    leaf("bytes", json!({"length": bytes.len(), "sha256": hash}))
}

/// A model by its fields.
pub fn model(fields: Vec<(&str, Value)>, extra: &Extra) -> Value {
    let mut members: Map<String, Value> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    if !extra.is_empty() {
        members.insert("$extra".to_owned(), leaf("json", extra.as_map().clone()));
    }
    Value::Object(members)
}

/// One of several answers.
#[allow(dead_code, reason = "not every service has such")]
pub fn variant(name: &str, value: Option<Value>) -> Value {
    let mut members = match value {
        Some(Value::Object(members)) => members,
        Some(other) => Map::from_iter([("value".to_owned(), other)]),
        None => Map::new(),
    };
    members.insert("$variant".to_owned(), leaf("text", name));
    Value::Object(members)
}

impl Observe for () {
    fn observe(&self) -> Value {
        leaf("null", Value::Null)
    }
}

impl Observe for bool {
    fn observe(&self) -> Value {
        leaf("bool", *self)
    }
}

impl Observe for i64 {
    fn observe(&self) -> Value {
        leaf("int", *self)
    }
}

impl Observe for f64 {
    fn observe(&self) -> Value {
        leaf("number", *self)
    }
}

impl Observe for String {
    fn observe(&self) -> Value {
        leaf("text", self.as_str())
    }
}

impl Observe for Decimal {
    fn observe(&self) -> Value {
        leaf("decimal", self.as_str())
    }
}

impl Observe for Timestamp {
    fn observe(&self) -> Value {
        leaf("instant", self.to_string())
    }
}

impl Observe for DateTime {
    fn observe(&self) -> Value {
        leaf("local_time", self.to_string())
    }
}

impl Observe for Json {
    fn observe(&self) -> Value {
        leaf("json", self.clone())
    }
}

impl<T: Observe> Observe for Option<T> {
    fn observe(&self) -> Value {
        self.as_ref().map_or_else(|| ().observe(), Observe::observe)
    }
}

impl<T: Observe> Observe for Box<T> {
    fn observe(&self) -> Value {
        T::observe(self)
    }
}

impl<T: Observe> Observe for Vec<T> {
    fn observe(&self) -> Value {
        self.iter().map(Observe::observe).collect()
    }
}

impl<T: Observe> Observe for BTreeMap<String, T> {
    fn observe(&self) -> Value {
        self.iter().map(|(key, value)| (key.clone(), value.observe())).collect()
    }
}

macro_rules! tuples {
    ($(($($place:ident $number:tt),+))+) => {$(
        impl<$($place: Observe),+> Observe for ($($place,)+) {
            fn observe(&self) -> Value {
                Value::Array(vec![$(self.$number.observe()),+])
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
}
