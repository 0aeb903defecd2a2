//! How a type is written where it is held, and how it is taken from a caller.

use serde::Serialize;

use super::naming::TypeNames;
use crate::generate::model::{self, Service, Tag, Type};

/// How a function takes a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Given {
    /// Type of the argument.
    pub ty: String,
    /// The expression that makes of it what is kept: what stands before and behind the argument's name.
    pub before: String,
    pub after: &'static str,
    /// The type that a program's own value has before it is given.
    pub held: String,
}

/// The types of one service as they are named from one place.
pub struct Types<'a> {
    service: &'a Service,
    names: &'a TypeNames,
    prefix: &'static str,
}

impl<'a> Types<'a> {
    pub fn new(service: &'a Service, names: &'a TypeNames, prefix: &'static str) -> Self {
        Self { service, names, prefix }
    }

    /// The type of a value.
    pub fn value(&self, ty: &Type) -> String {
        self.written(ty, false)
    }

    /// The type of a value that lies directly in a model or union: what contains itself is boxed.
    pub fn held(&self, ty: &Type) -> String {
        self.written(ty, true)
    }

    /// The type of a model's field.
    pub fn field(&self, ty: &Type, required: bool) -> String {
        match ty.tag {
            Tag::Nullable => self.field(&ty.of[0], required),
            _ if required => self.held(ty),
            _ => format!("Option<{}>", self.held(ty)),
        }
    }

    fn written(&self, ty: &Type, is_held: bool) -> String {
        let of = |at: usize, is_held| self.written(&ty.of[at], is_held);
        match ty.tag {
            Tag::Bool => "bool".to_owned(),
            Tag::Int | Tag::Big => "i64".to_owned(),
            Tag::Number => "f64".to_owned(),
            Tag::Decimal => "p::Decimal".to_owned(),
            Tag::Id | Tag::Text => "String".to_owned(),
            Tag::Instant => "p::Timestamp".to_owned(),
            Tag::LocalTime => "p::DateTime".to_owned(),
            Tag::Json => "p::Json".to_owned(),
            Tag::List => format!("Vec<{}>", of(0, false)),
            Tag::Map => format!("p::BTreeMap<String, {}>", of(0, false)),
            Tag::Nullable => format!("Option<{}>", of(0, is_held)),
            Tag::Tuple => {
                let places: Vec<String> = (0..ty.of.len()).map(|at| of(at, is_held)).collect();
                let end = if places.len() == 1 { "," } else { "" };
                format!("({}{end})", places.join(", "))
            }
            Tag::Model if is_held && self.service.models[ty.index].recursive => {
                format!("Box<{}{}>", self.prefix, self.names.models[ty.index])
            }
            Tag::Model => format!("{}{}", self.prefix, self.names.models[ty.index]),
            Tag::Enum => format!("{}{}", self.prefix, self.names.enums[ty.index]),
            Tag::Union => format!("{}{}", self.prefix, self.names.unions[ty.index]),
            // Contents travel through the verb `upload`.
            Tag::Source => "()".to_owned(),
        }
    }

    /// How a parameter is taken; the expression makes plain JSON of it.
    pub fn param(&self, param: &model::Param) -> Given {
        let ty = &param.ty;
        let held = self.value(if ty.tag == Tag::Nullable { &ty.of[0] } else { ty });
        if param.nullable {
            return Given::new(format!("impl p::NullOr<{held}>"), format!("p::NullOr::<{held}>::argument("), held);
        }
        let before = format!("p::given::<{held}>(");
        match ty.tag {
            Tag::Id | Tag::Text | Tag::Enum | Tag::Json => Given::new(format!("impl Into<{held}>"), before, held),
            Tag::List => {
                let item = self.value(&ty.of[0]);
                let one = match ty.of[0].tag {
                    Tag::Id | Tag::Text | Tag::Enum | Tag::Json => format!("impl Into<{item}>"),
                    _ => item.clone(),
                };
                Given::new(format!("impl IntoIterator<Item = {one}>"), format!("p::given_all::<{item}>("), held)
            }
            _ => Given::new(held.clone(), before, held),
        }
    }

    /// How a member of a model is taken; the expression makes the field's value of it.
    pub fn member(&self, ty: &Type) -> Given {
        let held = self.value(ty);
        let is_boxed = self.held(ty) != held;
        match ty.tag {
            Tag::Nullable => self.member(&ty.of[0]),
            Tag::Id | Tag::Text | Tag::Enum | Tag::Json => {
                let into = Given::new(format!("impl Into<{held}>"), String::new(), held);
                Given { after: ".into()", ..into }
            }
            Tag::Model if is_boxed => Given::new(held.clone(), "Box::new(".to_owned(), held),
            _ => Given::new(self.held(ty), String::new(), held),
        }
    }
}

impl Given {
    fn new(ty: String, before: String, held: String) -> Self {
        let after = if before.is_empty() { "" } else { ")" };
        Self { ty, before, after, held }
    }
}
