//! Typed values as plain JSON and back, the same in every language.
//!
//! Plain JSON uses our field names; instants are ISO 8601 with `Z`, local times ISO 8601 without a zone, decimals and
//! ids texts, enums their words, unions `{"<variant>": value}`; absent fields are left out; unknown members lie in
//! `"extra"`.

use crate::border::{Error, Tape};
use crate::tables::{Service, Type};

/// The plain JSON of a tape.
pub fn to_plain(service: &Service, ty: &Type, tape: &Tape) -> String {
    crate::decode::plain::print(service, ty, tape)
}

/// The tape of plain JSON; `invalid_argument` with its path where it does not fit.
pub fn from_plain(service: &Service, ty: &Type, json: &str) -> Result<Tape, Error> {
    crate::decode::plain::parse(service, ty, json)
}

/// The tree of the JSON text that a tape holds. Of numbers beyond 64 bits it keeps the digits as a text.
pub fn json_tree(text: &str) -> serde_json::Value {
    crate::decode::json::value(text.as_bytes())
        .unwrap_or_else(|error| unreachable!("a tape holds JSON that was read before: {error}"))
}
