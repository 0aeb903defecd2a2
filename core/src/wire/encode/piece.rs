//! A value as it is sent. Unlike [`Value`] it keeps the digits of numbers exactly.

use serde_json::Value;

use crate::decode::json;

/// A value on its way to the wire.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Null,
    Bool(bool),
    /// A number's digits.
    Number(String),
    Text(String),
    List(Vec<Piece>),
    Object(Vec<(String, Piece)>),
}

impl Piece {
    pub(super) fn from_json(value: &Value) -> Self {
        match value {
            Value::Null => Piece::Null,
            Value::Bool(truth) => Piece::Bool(*truth),
            Value::Number(number) => Piece::Number(number.to_string()),
            Value::String(text) => Piece::Text(text.clone()),
            Value::Array(items) => Piece::List(items.iter().map(Self::from_json).collect()),
            Value::Object(members) => {
                Piece::Object(members.iter().map(|(name, value)| (name.clone(), Self::from_json(value))).collect())
            }
        }
    }

    pub(super) fn write_json(&self, out: &mut String) {
        match self {
            Piece::Null => out.push_str("null"),
            Piece::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Piece::Number(digits) => out.push_str(digits),
            Piece::Text(text) => json::quote(out, text),
            Piece::List(items) => {
                out.push('[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            Piece::Object(members) => {
                out.push('{');
                for (position, (name, value)) in members.iter().enumerate() {
                    if position > 0 {
                        out.push(',');
                    }
                    json::quote(out, name);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }

    /// As it stands where only text can: in addresses, headers and forms. Lists and objects become JSON text.
    pub(super) fn to_text(&self) -> String {
        match self {
            Piece::Text(text) => text.clone(),
            other => {
                let mut out = String::new();
                other.write_json(&mut out);
                out
            }
        }
    }
}
