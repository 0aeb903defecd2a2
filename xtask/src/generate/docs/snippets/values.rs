//! The values of examples: one walk over a value and its type, and what each language makes of its parts.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::generate::model::{Service, Tag, Type};

/// Where a value stands. Some languages take a text as it is in one place and want one of its own in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An argument of a method.
    Argument,
    /// An item of a list that is an argument.
    ArgumentItem,
    /// A member of a model.
    Member,
    /// Deeper inside something else.
    Inside,
}

/// How a language writes values.
pub trait Literals {
    fn null(&mut self) -> String;
    fn boolean(&mut self, value: bool) -> String;
    fn integer(&mut self, value: i64, is_big: bool) -> String;
    fn number(&mut self, value: f64) -> String;
    fn decimal(&mut self, text: &str) -> String;
    fn text(&mut self, text: &str, place: Place) -> String;
    /// A word of an enum.
    fn word(&mut self, ty: &Type, word: &str) -> String;
    fn instant(&mut self, text: &str) -> String;
    fn local_time(&mut self, text: &str) -> String;
    fn json(&mut self, value: &Value) -> String;
    fn list(&mut self, items: Vec<String>, place: Place) -> String;
    fn map(&mut self, members: Vec<(String, String)>) -> String;
    fn tuple(&mut self, places: Vec<String>) -> String;
    /// A value where null could stand as well.
    fn some(&mut self, value: String) -> String {
        value
    }
    /// A model with the fields that are given, in its own order: their numbers and values.
    fn model(&mut self, ty: &Type, fields: Vec<(usize, String)>) -> String;
}

/// Writes a value.
pub fn write(to: &mut dyn Literals, service: &Service, ty: &Type, value: &Value, place: Place) -> Result<String> {
    let misfit = || format!("the example's {value} is no {:?}", ty.tag);
    Ok(match ty.tag {
        Tag::Bool => to.boolean(value.as_bool().with_context(misfit)?),
        Tag::Int | Tag::Big => to.integer(value.as_i64().with_context(misfit)?, ty.tag == Tag::Big),
        Tag::Number => to.number(value.as_f64().with_context(misfit)?),
        Tag::Decimal => to.decimal(value.as_str().with_context(misfit)?),
        Tag::Id | Tag::Text => to.text(value.as_str().with_context(misfit)?, place),
        Tag::Enum => to.word(ty, value.as_str().with_context(misfit)?),
        Tag::Instant => to.instant(value.as_str().with_context(misfit)?),
        Tag::LocalTime => to.local_time(value.as_str().with_context(misfit)?),
        Tag::Json => to.json(value),
        Tag::Nullable if value.is_null() => to.null(),
        Tag::Nullable => {
            let inner = write(to, service, &ty.of[0], value, Place::Inside)?;
            to.some(inner)
        }
        Tag::List => {
            let inner = match place {
                Place::Argument => Place::ArgumentItem,
                _ => Place::Inside,
            };
            let items = value.as_array().with_context(misfit)?;
            ensure!(!items.is_empty(), "an example with an empty list shows nothing");
            let items = items.iter().map(|item| write(to, service, &ty.of[0], item, inner));
            let items = items.collect::<Result<_>>()?;
            to.list(items, place)
        }
        Tag::Map => {
            let members = value.as_object().with_context(misfit)?.iter().map(|(name, value)| {
                let value = write(to, service, &ty.of[0], value, Place::Inside)?;
                Ok((name.clone(), value))
            });
            let members = members.collect::<Result<_>>()?;
            to.map(members)
        }
        Tag::Tuple => {
            let values = value.as_array().with_context(misfit)?;
            ensure!(values.len() == ty.of.len(), misfit());
            let places = ty.of.iter().zip(values);
            let places =
                places.map(|(ty, value)| write(to, service, ty, value, Place::Inside)).collect::<Result<_>>()?;
            to.tuple(places)
        }
        Tag::Model => {
            let members = value.as_object().with_context(misfit)?;
            let model = &service.models[ty.index];
            for name in members.keys() {
                let is_field = model.fields.iter().any(|field| field.name == *name);
                ensure!(is_field, "{} has no field `{name}`", model.name);
            }
            let fields = model.fields.iter().enumerate().filter_map(|(at, field)| {
                let value = members.get(&field.name)?;
                Some(write(to, service, &field.ty, value, Place::Member).map(|value| (at, value)))
            });
            let fields = fields.collect::<Result<_>>()?;
            to.model(ty, fields)
        }
        Tag::Union | Tag::Source => bail!("an example cannot hold a {:?}", ty.tag),
    })
}

/// A text in double quotes, for languages that escape it as JSON does.
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A number with a point, as languages want it that tell whole numbers apart.
pub fn pointed(value: f64) -> String {
    format!("{value:?}")
}
