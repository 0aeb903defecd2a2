//! The types of parameters and fields.

use std::collections::HashMap;

use anyhow::{Result, bail};

use super::names::Scope;
use crate::generate::model::{Model, Service, Tag, Type};

/// The names of a service's own types.
#[derive(Debug)]
pub struct TypeNames(HashMap<String, String>);

impl TypeNames {
    /// Gives each model, enum and union of a service a name.
    pub fn new(service: &Service, scope: &mut Scope) -> Self {
        let models = service.models.iter().map(|model| &model.name);
        let enums = service.enums.iter().map(|described| &described.name);
        let unions = service.unions.iter().map(|union| &union.name);
        Self(models.chain(enums).chain(unions).map(|name| (name.clone(), scope.type_name(name))).collect())
    }

    /// The name of a model, enum or union.
    pub fn named(&self, name: &str) -> String {
        self.0[name].clone()
    }

    /// A type as it is written in Swift.
    pub fn swift(&self, ty: &Type) -> Result<String> {
        let inner = || ty.of.iter().map(|ty| self.swift(ty)).collect::<Result<Vec<_>>>();
        Ok(match ty.tag {
            Tag::Bool => "Bool".to_owned(),
            Tag::Int | Tag::Big => "Int64".to_owned(),
            Tag::Number => "Double".to_owned(),
            Tag::Decimal => "Decimal".to_owned(),
            Tag::Id | Tag::Text => "String".to_owned(),
            Tag::Instant => "Date".to_owned(),
            Tag::LocalTime => "LocalTime".to_owned(),
            Tag::Json => "JSONValue".to_owned(),
            Tag::Enum | Tag::Model | Tag::Union => self.named(&ty.name),
            Tag::List => format!("[{}]", inner()?[0]),
            Tag::Map => format!("[String: {}]", inner()?[0]),
            Tag::Nullable => format!("{}?", inner()?[0]),
            Tag::Tuple => match ty.of.len() {
                places @ 2..=4 => format!("Tuple{places}<{}>", inner()?.join(", ")),
                places => bail!("Swift has no tuple of {places} places yet: add one to Tuples.swift"),
            },
            Tag::Source => bail!("the content of a file goes through `upload` and is no value"),
        })
    }
}

/// Whether a value of this type holds a model that contains itself, not counting what lies on the heap anyway: a struct
/// with such a field would have no size. (Unions are on the heap, like lists and maps.)
pub fn needs_box(models: &[Model], ty: &Type) -> bool {
    match ty.tag {
        Tag::Model => models[ty.index].recursive,
        Tag::Nullable | Tag::Tuple => ty.of.iter().any(|ty| needs_box(models, ty)),
        _ => false,
    }
}
