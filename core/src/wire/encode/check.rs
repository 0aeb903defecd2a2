//! Checks arguments against their parameters and gives each the form in which it is sent.

use std::cmp::Ordering;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value};

use super::piece::Piece;
use crate::decode::path::{Problem, Step};
use crate::decode::scalar::unquoted;
use crate::decode::{digits, json, time};
use crate::tables::{
    Encoding, Enum, Limits, ListForm, Model, NullForm, Param, Place, Service, Time, TimeForm, Type, Union,
};

/// A parameter and its value as it is sent.
pub(super) struct Filled<'o> {
    pub(super) param: &'o Param,
    pub(super) piece: Piece,
    /// How it is written where it is null.
    pub(super) null: NullForm,
}

/// Why an argument is refused; the sentence goes on from its path.
pub(super) fn must_be(expected: impl fmt::Display) -> Problem {
    Problem::new(format!("must be {expected}"))
}

fn must_be_not(expected: impl fmt::Display, got: impl fmt::Display) -> Problem {
    Problem::new(format!("must be {expected}, not {got}"))
}

/// An argument of the caller.
pub(super) fn argument(service: &Service, param: &Param, value: &Value) -> Result<Piece, Problem> {
    if value.is_null() && !param.nullable {
        let expected = Converter { service }.expected(&param.ty);
        return Err(must_be_not(expected, "null"));
    }
    let piece = convert(service, param, value)?;
    if piece != Piece::Null {
        check_limits(param, value)?;
        check_place(param, &piece)?;
    }
    Ok(encoded(param.encode, piece))
}

/// What the description says that we send.
pub(super) fn sent_by_us(service: &Service, param: &Param, json: &str) -> Result<Piece, Problem> {
    let value = serde_json::from_str(json).map_err(|_| must_be("JSON in the description"))?;
    Ok(encoded(param.encode, convert(service, param, &value)?))
}

/// Nothing that could end a line, and with it a header.
pub(super) fn no_control(text: &str) -> Result<(), Problem> {
    if text.chars().any(char::is_control) {
        return Err(must_be("free of control characters and line ends"));
    }
    Ok(())
}

fn convert(service: &Service, param: &Param, value: &Value) -> Result<Piece, Problem> {
    if value.is_null() { Ok(Piece::Null) } else { Converter { service }.value(&param.ty, value) }
}

/// A text as it is sent under an encoding; none where it goes as it is.
pub(crate) fn encoded_text(encoding: Encoding, text: &str) -> Option<String> {
    let piece = Some(Piece::Text(text.to_owned())).filter(|_| encoding != Encoding::Plain)?;
    Some(encoded(encoding, piece).to_text())
}

fn encoded(encoding: Encoding, piece: Piece) -> Piece {
    match (encoding, piece) {
        (_, Piece::Null) => Piece::Null,
        (Encoding::Plain, piece) => piece,
        (Encoding::Base64, piece) => Piece::Text(BASE64.encode(piece.to_text())),
        (Encoding::Md5Hex, piece) => {
            let hash = Md5::digest(piece.to_text());
            Piece::Text(hash.iter().map(|byte| format!("{byte:02x}")).collect())
        }
    }
}

fn check_limits(param: &Param, value: &Value) -> Result<(), Problem> {
    let Limits { min, max } = param.limits;
    match value {
        Value::Number(number) => check_size(param, &number.to_string()),
        Value::String(digits) if matches!(param.ty, Type::Decimal) => check_size(param, digits),
        Value::String(text) if text.is_empty() && param.required && matches!(param.ty, Type::Id) => {
            Err(must_be_not("an id", "an empty text"))
        }
        Value::String(text) => check_count(text.chars().count(), min, max, "characters"),
        Value::Array(items) => check_count(items.len(), min, max, "items"),
        _ => Ok(()),
    }
}

fn check_size(param: &Param, number: &str) -> Result<(), Problem> {
    let Limits { min, max } = param.limits;
    // Whole numbers pass what a float holds exactly, and floats have fractions: each is compared as what it is.
    let order = |bound: i64| match number.parse::<i64>() {
        Ok(int) => Some(int.cmp(&bound)),
        Err(_) => number.parse::<f64>().ok().and_then(|float| float.partial_cmp(&(bound as f64))),
    };
    let shown = if param.secret { "this one" } else { number };
    match (min, max) {
        (Some(min), _) if order(min) == Some(Ordering::Less) => Err(must_be_not(format!("at least {min}"), shown)),
        (_, Some(max)) if order(max) == Some(Ordering::Greater) => Err(must_be_not(format!("at most {max}"), shown)),
        _ => Ok(()),
    }
}

fn check_count(count: usize, min: Option<i64>, max: Option<i64>, of: &str) -> Result<(), Problem> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    match (min, max) {
        (Some(min), _) if count < min => Err(must_be_not(format!("at least {min} {of} long"), count)),
        (_, Some(max)) if count > max => Err(must_be_not(format!("at most {max} {of} long"), count)),
        _ => Ok(()),
    }
}

/// What the place on the wire does not bear.
fn check_place(param: &Param, piece: &Piece) -> Result<(), Problem> {
    if let (Piece::List(items), ListForm::Comma) = (piece, param.list)
        && let Some(index) = items.iter().position(|item| item.to_text().contains(','))
    {
        return Err(must_be("free of commas, which separate the items").within(Step::Index(index)));
    }
    match param.place {
        Place::Header => no_control(&piece.to_text()),
        Place::Path => {
            let text = piece.to_text();
            no_control(&text)?;
            if text.is_empty() {
                return Err(must_be_not("a part of the address", "an empty text"));
            }
            // Addresses are normalised: such a segment would reach another operation.
            if text.split('/').any(|segment| matches!(segment, "." | "..")) {
                return Err(must_be("free of the segments `.` and `..`"));
            }
            Ok(())
        }
        Place::Query | Place::Form | Place::Json | Place::Multipart => Ok(()),
    }
}

/// What came, for a person. Never its content, which may be secret.
fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Turns plain JSON into what is sent, by its type.
struct Converter<'s> {
    service: &'s Service,
}

impl Converter<'_> {
    /// What a value of this type is called, for a person.
    fn expected(&self, ty: &Type) -> String {
        match *ty {
            Type::Bool => "true or false".to_owned(),
            Type::Int | Type::BigInt => "a whole number of 64 bits".to_owned(),
            Type::Number => "a number".to_owned(),
            Type::Decimal => "a decimal number or its text".to_owned(),
            Type::Id => "an id (a text)".to_owned(),
            Type::Text => "a text".to_owned(),
            Type::Enum(index) => format!("a word of {}", self.service.enums[usize::from(index)].name),
            Type::Time(time) if time.is_local() => "a date and time without a zone (ISO 8601)".to_owned(),
            Type::Time(_) => "a point in time with its zone (ISO 8601)".to_owned(),
            Type::Json => "any value".to_owned(),
            Type::List(_) | Type::ListOrOne(_) | Type::ListOrMap(..) => "a list".to_owned(),
            Type::Tuple(places) => format!("a list of {}", places.len()),
            Type::Map(_) | Type::MapOrEmptyList(_) => "an object".to_owned(),
            Type::Model(index) | Type::StringOrObject(index, _) => {
                format!("an object ({})", self.service.models[usize::from(index)].name)
            }
            Type::Union(index) => {
                let union = &self.service.unions[usize::from(index)];
                let names: Vec<&str> = union.variants.iter().map(|variant| variant.name).collect();
                format!("an object with one member of {}", names.join(", "))
            }
            Type::Nullable(inner) => format!("{} or null", self.expected(inner)),
            Type::Source => "the content of a file".to_owned(),
        }
    }

    fn value(&self, ty: &Type, value: &Value) -> Result<Piece, Problem> {
        let piece = match (*ty, value) {
            (Type::Json, value) => Some(Piece::from_json(value)),
            (Type::Nullable(_), Value::Null) => Some(Piece::Null),
            (Type::Nullable(inner), value) => return self.value(inner, value),
            (Type::Bool, Value::Bool(truth)) => Some(Piece::Bool(*truth)),
            (Type::Int | Type::BigInt, Value::Number(number)) => {
                number.as_i64().map(|int| Piece::Number(int.to_string()))
            }
            (Type::Number, Value::Number(number)) => Some(Piece::Number(number.to_string())),
            (Type::Decimal, Value::Number(number)) => Some(Piece::Number(number.to_string())),
            (Type::Decimal, Value::String(text)) => canonical_number(text).map(Piece::Number),
            (Type::Id | Type::Text, Value::String(text)) => Some(Piece::Text(text.clone())),
            (Type::Enum(index), Value::String(text)) => Some(word(&self.service.enums[usize::from(index)], text)),
            (Type::Time(time), Value::String(text)) => moment(&time, text),
            (Type::List(item) | Type::ListOrOne(item) | Type::ListOrMap(item, _), Value::Array(items)) => {
                return self.list(item, items);
            }
            (Type::Tuple(places), Value::Array(items)) if places.len() == items.len() => {
                return self.tuple(places, items);
            }
            (Type::Map(item) | Type::MapOrEmptyList(item), Value::Object(members)) => return self.map(item, members),
            (Type::Model(index) | Type::StringOrObject(index, _), Value::Object(members)) => {
                return self.model(&self.service.models[usize::from(index)], members);
            }
            (Type::Union(index), Value::Object(members)) => {
                return self.union(&self.service.unions[usize::from(index)], ty, members);
            }
            _ => None,
        };
        piece.ok_or_else(|| must_be_not(self.expected(ty), describe(value)))
    }

    fn list(&self, item: &Type, items: &[Value]) -> Result<Piece, Problem> {
        let convert = |(index, value)| self.value(item, value).map_err(|problem| problem.within(Step::Index(index)));
        items.iter().enumerate().map(convert).collect::<Result<_, _>>().map(Piece::List)
    }

    fn tuple(&self, places: &[Type], items: &[Value]) -> Result<Piece, Problem> {
        let convert =
            |(index, (ty, value))| self.value(ty, value).map_err(|problem| problem.within(Step::Index(index)));
        places.iter().zip(items).enumerate().map(convert).collect::<Result<_, _>>().map(Piece::List)
    }

    fn map(&self, item: &Type, members: &Map<String, Value>) -> Result<Piece, Problem> {
        let mut pieces = Vec::new();
        for (key, value) in members {
            let piece = self.value(item, value).map_err(|problem| problem.within_member(key))?;
            pieces.push((key.clone(), piece));
        }
        Ok(Piece::Object(pieces))
    }

    fn model(&self, model: &Model, members: &Map<String, Value>) -> Result<Piece, Problem> {
        if let Some(unknown) = members.keys().find(|name| !model.fields.iter().any(|field| field.name == *name)) {
            let names: Vec<&str> = model.fields.iter().map(|field| field.name).collect();
            let expected = format!("left out: {} has {}", model.name, names.join(", "));
            return Err(must_be(expected).within_member(unknown));
        }
        let mut pieces = Vec::new();
        for field in model.fields {
            let piece = match members.get(field.name) {
                None | Some(Value::Null) if field.required => {
                    return Err(must_be_not(self.expected(&field.ty), "left out").within_member(field.name));
                }
                None => continue,
                Some(Value::Null) => Piece::Null,
                Some(value) => self.value(&field.ty, value).map_err(|problem| problem.within_member(field.name))?,
            };
            let wire = field.wire.first().copied().unwrap_or(field.name);
            pieces.push((wire.to_owned(), piece));
        }
        Ok(Piece::Object(pieces))
    }

    fn union(&self, union: &Union, ty: &Type, members: &Map<String, Value>) -> Result<Piece, Problem> {
        let mut chosen = members.iter();
        let (Some((name, value)), None) = (chosen.next(), chosen.next()) else {
            return Err(must_be_not(self.expected(ty), format!("{} members", members.len())));
        };
        match union.variants.iter().find(|variant| variant.name == name) {
            Some(variant) => match variant.ty {
                Some(ty) => self.value(&ty, value).map_err(|problem| problem.within_member(name)),
                None => Ok(Piece::Null),
            },
            None => Err(must_be_not(self.expected(ty), "another one")),
        }
    }
}

/// The text of a decimal number as JSON writes it, its digits untouched.
fn canonical_number(text: &str) -> Option<String> {
    let is_json = digits::is_number(text) && json::number_length(text.as_bytes()) == text.len();
    is_json.then(|| text.to_owned())
}

/// A known word as its value on the wire; the set is open, so any other text goes as it is.
fn word(words: &Enum, text: &str) -> Piece {
    let known = words.values.iter().find(|value| value.name == text).map(|value| value.wire);
    let is_text = |wire: &str| wire.starts_with('"');
    match known {
        Some(wire) if is_text(wire) => Piece::Text(unquoted(wire).to_owned()),
        Some("true") => Piece::Bool(true),
        Some("false") => Piece::Bool(false),
        Some(wire) => Piece::Number(wire.to_owned()),
        // Where all known values are numbers, an unknown number is one too.
        None if digits::is_integer(text) && !words.values.iter().any(|value| is_text(value.wire)) => {
            Piece::Number(text.to_owned())
        }
        None => Piece::Text(text.to_owned()),
    }
}

/// A time in the first form of its parameter. Forms that hold whole seconds or milliseconds get the one that has begun.
fn moment(time: &Time, text: &str) -> Option<Piece> {
    const SECOND: i64 = 1_000_000;
    const MILLISECOND: i64 = 1_000;
    let form = *time.forms.first()?;
    if form == TimeForm::Local {
        let local = time::local(text)?;
        let second = local.split('.').next().unwrap_or_default();
        return Some(Piece::Text(second.replacen('T', " ", 1)));
    }
    let micros = time::instant(text)?;
    let number = |unit: i64| Piece::Number(micros.div_euclid(unit).to_string());
    Some(match form {
        TimeForm::UnixS => number(SECOND),
        TimeForm::UnixMs => number(MILLISECOND),
        TimeForm::UnixAny if micros.div_euclid(SECOND) < time::FIRST_MILLISECONDS => number(SECOND),
        TimeForm::UnixAny => number(MILLISECOND),
        TimeForm::Iso | TimeForm::Local => Piece::Text(time::print_instant(micros)),
    })
}
