//! Answers into tapes: one schema-driven pass in which all leniency toward real servers lies, for all languages.

pub(crate) mod digits;
pub(crate) mod json;
pub(crate) mod path;
pub(crate) mod plain;
mod record;
pub(crate) mod scalar;
mod shape;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod time;

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::border::Tape;
use crate::decode::json::{JsonError, Scanner};
use crate::decode::path::Problem;
use crate::decode::shape::{Decoder, Failure};
use crate::tables::{FieldSource, ResultShape, Service, Type};

/// What an answer is read with.
pub(crate) struct Input<'a> {
    pub(crate) service: &'a Service,
    /// Where the result lies and what it is; of one that is not JSON, only the envelope is read.
    pub(crate) shape: &'a ResultShape,
    /// Members of the answer's root that belong to its envelope and not to the result.
    pub(crate) envelope_members: &'a [&'a str],
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// What the pass over an answer gave. Whether the answer was a success is not known yet: the members tell.
pub(crate) struct Pass {
    pub(crate) value: Result<Tape, Unreadable>,
    /// The envelope's members found at the root, in order of arrival.
    pub(crate) members: Vec<(String, Value)>,
}

/// Why an answer has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// The body is no JSON.
    NotJson { message: String, at_byte: usize },
    /// Something that no caller can do without is missing or cannot be read.
    Field { json_path: String, message: String },
    /// The answer is larger than a tape can be.
    TapeFull,
}

impl From<JsonError> for Unreadable {
    fn from(error: JsonError) -> Self {
        Unreadable::NotJson { message: error.message.to_owned(), at_byte: error.at_byte }
    }
}

impl From<Problem> for Unreadable {
    fn from(problem: Problem) -> Self {
        Unreadable::Field { json_path: problem.json_path(), message: problem.message }
    }
}

impl From<Failure> for Unreadable {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Json(error) => error.into(),
            Failure::TapeFull => Unreadable::TapeFull,
            Failure::Problem(problem) => problem.into(),
        }
    }
}

/// Reads an answer.
pub(crate) fn answer(input: &Input<'_>) -> Pass {
    let text = json::text(input.body);
    let is_empty = Scanner::new(&text).is_blank();
    let text = match stand_in(input) {
        Some(stand_in) if is_empty => stand_in,
        _ => &text,
    };
    let mut decoder = Decoder::new(input, text, is_empty);
    let value = match input.shape {
        ResultShape::Json { at, ty } => decoder.answer(at, ty),
        ResultShape::None | ResultShape::Bytes | ResultShape::Link => decoder.nothing(),
    };
    let is_json = !matches!(value, Err(Failure::Json(_)));
    let members = decoder.envelope(is_json);
    Pass { value: value.map_err(Unreadable::from), members }
}

/// What an answer without a body is read as, where its status and headers may say enough.
fn stand_in(input: &Input<'_>) -> Option<&'static str> {
    match input.shape {
        ResultShape::Json { at: [], ty } => stand_in_of(input.service, ty),
        ResultShape::Json { ty: Type::Nullable(_), .. } => Some("null"),
        ResultShape::Json { .. } => None,
        ResultShape::None | ResultShape::Bytes | ResultShape::Link => Some("null"),
    }
}

fn stand_in_of(service: &Service, ty: &Type) -> Option<&'static str> {
    let has_headers =
        |index: u16| service.models[usize::from(index)].fields.iter().any(|field| field.from == FieldSource::Header);
    match ty {
        Type::Union(_) => Some("{}"),
        Type::Model(index) if has_headers(*index) => Some("{}"),
        Type::Nullable(inner) => Some(stand_in_of(service, inner).unwrap_or("null")),
        _ => None,
    }
}
