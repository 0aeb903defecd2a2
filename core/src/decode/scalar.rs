//! Scalars as real servers send them: numbers as texts, truth values as numbers, ids as integers.

use std::borrow::Cow;

use super::digits;
use super::json::Token;
use super::time;
use crate::tables::{Enum, Service, Time, TimeForm, Type};

/// A scalar that was understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar<'a> {
    /// A value that stands for "none".
    None,
    Bool(bool),
    /// A whole number, or the microseconds of an instant.
    Int(i64),
    Number(f64),
    /// A text of any sort.
    Text(Cow<'a, str>),
}

/// Reads a token as the scalar type `ty`. What cannot be read gives what was expected, for a person.
pub(crate) fn read<'a>(service: &Service, ty: &Type, token: Token<'a>) -> Result<Scalar<'a>, &'static str> {
    match ty {
        Type::Bool => truth(&token).map(Scalar::Bool).ok_or("true or false"),
        Type::Int | Type::BigInt => int(&token).map(Scalar::Int).ok_or("a whole number of 64 bits"),
        Type::Number => number(&token).map(Scalar::Number).ok_or("a number"),
        Type::Decimal => decimal(token).map(Scalar::Text).ok_or("a decimal number"),
        Type::Id => id(token).map(Scalar::Text).ok_or("an id"),
        Type::Text => text(token).map(Scalar::Text).ok_or("a text"),
        Type::Enum(index) => word(&service.enums[usize::from(*index)], token).map(Scalar::Text).ok_or("a word"),
        Type::Time(time) => moment(time, &token),
        _ => Err("a value of another type"),
    }
}

/// Whether `ty` is read by [`read`].
pub(crate) fn is_scalar(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Bool
            | Type::Int
            | Type::BigInt
            | Type::Number
            | Type::Decimal
            | Type::Id
            | Type::Text
            | Type::Enum(_)
            | Type::Time(_)
    )
}

/// The digits of a number, whether it came as number or as text.
fn number_text<'t>(token: &'t Token<'_>) -> Option<&'t str> {
    match token {
        Token::Number(digits) => Some(digits),
        Token::Text(text) if digits::is_number(text) => Some(text),
        _ => None,
    }
}

fn truth(token: &Token<'_>) -> Option<bool> {
    match token {
        Token::Bool(truth) => Some(*truth),
        Token::Number("1") => Some(true),
        Token::Number("0") => Some(false),
        Token::Text(text) => match text.as_ref() {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn int(token: &Token<'_>) -> Option<i64> {
    let whole = digits::whole(number_text(token)?, 0)?;
    (!whole.has_rest).then_some(whole.value)
}

fn number(token: &Token<'_>) -> Option<f64> {
    number_text(token)?.parse().ok().filter(|number: &f64| number.is_finite())
}

fn decimal<'a>(token: Token<'a>) -> Option<Cow<'a, str>> {
    number_text(&token)?;
    text(token)
}

fn id<'a>(token: Token<'a>) -> Option<Cow<'a, str>> {
    match token {
        Token::Number(digits) if digits::is_integer(digits) => Some(Cow::Borrowed(digits)),
        Token::Text(text) => Some(text),
        _ => None,
    }
}

fn text<'a>(token: Token<'a>) -> Option<Cow<'a, str>> {
    match token {
        Token::Number(digits) => Some(Cow::Borrowed(digits)),
        Token::Text(text) => Some(text),
        _ => None,
    }
}

/// The word of a known value; any other value as its text, for the set is open.
fn word<'a>(words: &Enum, token: Token<'a>) -> Option<Cow<'a, str>> {
    let value = match token {
        Token::Bool(truth) => Cow::Borrowed(if truth { "true" } else { "false" }),
        other => text(other)?,
    };
    // `3` and `"3"` are the same value: numbers come as texts.
    let known = words.values.iter().find(|known| unquoted(known.wire) == value);
    Some(known.map_or(value, |known| Cow::Borrowed(known.name)))
}

fn moment<'a>(time: &Time, token: &Token<'a>) -> Result<Scalar<'a>, &'static str> {
    if time.none.iter().any(|none| is_json(token, none)) {
        return Ok(Scalar::None);
    }
    if time.is_local() {
        return match token {
            Token::Text(text) => time::local(text).map(|local| Scalar::Text(Cow::Owned(local))),
            _ => None,
        }
        .ok_or("a date and time without a zone");
    }
    time.forms.iter().find_map(|form| instant(*form, token)).map(Scalar::Int).ok_or("a point in time")
}

fn instant(form: TimeForm, token: &Token<'_>) -> Option<i64> {
    match form {
        TimeForm::UnixS => time::unix_seconds(number_text(token)?),
        TimeForm::UnixMs => time::unix_millis(number_text(token)?),
        TimeForm::UnixAny => time::unix_any(number_text(token)?),
        TimeForm::Iso => match token {
            Token::Text(text) => time::instant(text),
            _ => None,
        },
        TimeForm::Local => None,
    }
}

/// Whether a token is what this JSON text says.
fn is_json(token: &Token<'_>, json: &str) -> bool {
    match token {
        Token::Null => json == "null",
        Token::Bool(truth) => json == if *truth { "true" } else { "false" },
        Token::Number(digits) => json == *digits,
        Token::Text(text) => json.starts_with('"') && unquoted(json) == text.as_ref(),
    }
}

/// The text of a JSON scalar in the tables, where nothing is escaped.
pub(crate) fn unquoted(json: &str) -> &str {
    json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::json::Scanner;
    use crate::decode::tests::service;
    use crate::tables::EnumValue;

    /// What JSON text becomes as `ty`: the scalar's own text, or `unreadable`.
    fn reads(ty: Type, json: &str) -> String {
        let token = Scanner::new(json).scalar().unwrap().unwrap();
        let words = Enum {
            name: "Status",
            values: &[EnumValue { name: "new", wire: "1" }, EnumValue { name: "any", wire: "\"all\"" }],
        };
        let service = Service { enums: Box::leak(Box::new([words])), ..service(&[], &[]) };
        match read(&service, &ty, token) {
            Ok(Scalar::None) => "none".to_owned(),
            Ok(Scalar::Bool(truth)) => truth.to_string(),
            Ok(Scalar::Int(int)) => int.to_string(),
            Ok(Scalar::Number(number)) => format!("{number:?}"),
            Ok(Scalar::Text(text)) => format!("'{text}'"),
            Err(_) => "unreadable".to_owned(),
        }
    }

    fn table(ty: Type, rows: &[(&str, &str)]) {
        for (json, expected) in rows {
            assert_eq!(reads(ty, json), *expected, "{ty:?} from {json}");
        }
    }

    const U: &str = "unreadable";

    #[test]
    fn truth_values() {
        table(
            Type::Bool,
            &[
                ("true", "true"),
                ("0", "false"),
                ("1", "true"),
                ("\"1\"", "true"),
                ("\"false\"", "false"),
                ("2", U),
                ("\"yes\"", U),
                ("\"\"", U),
            ],
        );
    }

    #[test]
    fn whole_numbers() {
        table(
            Type::Int,
            &[
                ("5", "5"),
                ("5.0", "5"),
                ("\"2857\"", "2857"),
                ("\"-7.00\"", "-7"),
                ("1e3", "1000"),
                ("5.5", U),
                ("\"5.5\"", U),
                ("9223372036854775807", "9223372036854775807"),
                ("9223372036854775808", U),
                ("9007199254740993.0", "9007199254740993"),
                ("\"\"", U),
                ("\"12 MB\"", U),
                ("true", U),
            ],
        );
    }

    #[test]
    fn numbers_and_decimals() {
        table(Type::Number, &[("1.5", "1.5"), ("\"2521.000000\"", "2521.0"), ("1e999", U), ("\"x\"", U), ("false", U)]);
        table(
            Type::Decimal,
            &[
                ("1.50", "'1.50'"),
                ("\"1.50\"", "'1.50'"),
                ("12345678901234567890.10", "'12345678901234567890.10'"),
                ("\"1,5\"", U),
            ],
        );
    }

    #[test]
    fn ids_and_texts() {
        table(
            Type::Id,
            &[("\"a1\"", "'a1'"), ("12345678901234567890123", "'12345678901234567890123'"), ("1.5", U), ("true", U)],
        );
        table(Type::Text, &[("\"a\"", "'a'"), ("1.50", "'1.50'"), ("false", U)]);
    }

    #[test]
    fn words_are_open() {
        table(
            Type::Enum(0),
            &[
                ("1", "'new'"),
                ("\"1\"", "'new'"),
                ("\"all\"", "'any'"),
                ("\"odd\"", "'odd'"),
                ("7", "'7'"),
                ("true", "'true'"),
            ],
        );
    }

    #[test]
    fn times() {
        let expires = Type::Time(Time { forms: &[TimeForm::UnixS, TimeForm::Iso], none: &["false", "0"] });
        table(
            expires,
            &[
                ("1650758400", "1650758400000000"),
                ("\"1650758400\"", "1650758400000000"),
                ("\"2022-04-24T00:00:00.000Z\"", "1650758400000000"),
                ("false", "none"),
                ("0", "none"),
                ("\"0\"", "0"),
                ("true", U),
                ("\"2022-04-24 00:00:00\"", U),
                ("99999999999999", U),
            ],
        );
        let created = Type::Time(Time { forms: &[TimeForm::Local], none: &["\"0000-00-00 00:00:00\""] });
        table(
            created,
            &[
                ("\"2020-01-01 00:00:01\"", "'2020-01-01T00:00:01'"),
                ("\"0000-00-00 00:00:00\"", "none"),
                ("\"2020-01-01T00:00:01Z\"", U),
                ("1650758400", U),
            ],
        );
    }
}
