//! Types of a description as types of Kotlin, with what reads them off a tape.

use anyhow::{Result, bail};

use super::names::{Names, USED_TYPES, escaped};
use crate::generate::model::{Service, Tag, Type};
use crate::generate::names::{camel, pascal};

/// The names of a service's types in Kotlin.
pub struct TypeNames<'a> {
    service: &'a Service,
    package: String,
    names: Vec<(String, String)>,
    groups: Vec<(String, String)>,
    is_qualified: bool,
}

impl<'a> TypeNames<'a> {
    pub fn new(service: &'a Service, package: &str) -> Self {
        let mut taken = Names::taken(USED_TYPES);
        let models = service.models.iter().map(|it| &it.name);
        let others = service.enums.iter().map(|it| &it.name).chain(service.unions.iter().map(|it| &it.name));
        let names = models.chain(others).map(|name| (name.clone(), taken.take_type(&pascal(name), "Model"))).collect();
        let groups = service
            .groups
            .iter()
            .map(|group| (group.name.clone(), taken.take_type(&format!("{}Group", pascal(&group.name)), "Operations")))
            .collect();
        Self { service, package: package.to_owned(), names, groups, is_qualified: false }
    }

    /// The same with full names, for places where simple ones may mean something else.
    pub fn qualified(&self) -> Self {
        Self {
            service: self.service,
            package: self.package.clone(),
            names: self.names.clone(),
            groups: self.groups.clone(),
            is_qualified: true,
        }
    }

    pub fn simple(&self, name: &str) -> String {
        let found = self.names.iter().find(|(described, _)| described == name);
        found.map_or_else(|| name.to_owned(), |(_, kotlin)| kotlin.clone())
    }

    pub fn of(&self, name: &str) -> String {
        let simple = self.simple(name);
        if self.is_qualified { format!("{}.{simple}", self.package) } else { simple }
    }

    pub fn group(&self, name: &str) -> String {
        let found = self.groups.iter().find(|(described, _)| described == name);
        found.map_or_else(|| pascal(name), |(_, kotlin)| kotlin.clone())
    }

    fn known(&self, package: &str, name: &str) -> String {
        if self.is_qualified { format!("{package}.{name}") } else { name.to_owned() }
    }

    /// The type as it is written.
    pub fn name(&self, ty: &Type) -> Result<String> {
        Ok(match ty.tag {
            Tag::Bool => self.known("kotlin", "Boolean"),
            Tag::Int | Tag::Big => self.known("kotlin", "Long"),
            Tag::Number => self.known("kotlin", "Double"),
            Tag::Decimal => self.known("java.math", "BigDecimal"),
            Tag::Id | Tag::Text => self.known("kotlin", "String"),
            Tag::Instant => self.known("java.time", "Instant"),
            Tag::LocalTime => self.known("java.time", "LocalDateTime"),
            Tag::Json => self.known("kotlinx.serialization.json", "JsonElement"),
            Tag::Enum | Tag::Model | Tag::Union => self.of(&ty.name),
            Tag::List => format!("{}<{}>", self.known("kotlin.collections", "List"), self.name(&ty.of[0])?),
            Tag::Map => {
                let text = self.known("kotlin", "String");
                format!("{}<{text}, {}>", self.known("kotlin.collections", "Map"), self.name(&ty.of[0])?)
            }
            Tag::Tuple => {
                let tuple = self.known("kotlin", tuple_type(ty)?);
                let places = ty.of.iter().map(|place| self.name(place)).collect::<Result<Vec<_>>>()?;
                format!("{tuple}<{}>", places.join(", "))
            }
            Tag::Nullable => self.name(&ty.of[0])? + "?",
            Tag::Source => self.known("dev.fileferry", "Source"),
        })
    }

    /// What reads the type off a tape.
    pub fn reader(&self, ty: &Type) -> Result<String> {
        let read = self.known("dev.fileferry.internal", "Read");
        let of = || ty.of.iter().map(|inner| self.reader(inner)).collect::<Result<Vec<_>>>();
        Ok(match ty.tag {
            Tag::Bool => format!("{read}.bool"),
            Tag::Int | Tag::Big => format!("{read}.long"),
            Tag::Number => format!("{read}.double"),
            Tag::Decimal => format!("{read}.decimal"),
            Tag::Id | Tag::Text => format!("{read}.text"),
            Tag::Instant => format!("{read}.instant"),
            Tag::LocalTime => format!("{read}.localTime"),
            Tag::Json => format!("{read}.json"),
            Tag::Enum | Tag::Model | Tag::Union => format!("{}.reader", self.of(&ty.name)),
            Tag::List => format!("{read}.list({})", of()?.join(", ")),
            Tag::Map => format!("{read}.map({})", of()?.join(", ")),
            Tag::Tuple => format!("{read}.{}({})", tuple_type(ty)?.to_lowercase(), of()?.join(", ")),
            Tag::Nullable => format!("{read}.nullable({})", of()?.join(", ")),
            Tag::Source => bail!("an answer holds no file"),
        })
    }

    /// What makes the type of a conformance case's JSON.
    pub fn arg(&self, ty: &Type) -> Result<String> {
        let of = || Ok::<_, anyhow::Error>(ty.of.iter().map(|of| self.arg(of)).collect::<Result<Vec<_>>>()?.join(", "));
        Ok(match ty.tag {
            Tag::Bool => "Args.bool".to_owned(),
            Tag::Int | Tag::Big => "Args.long".to_owned(),
            Tag::Number => "Args.double".to_owned(),
            Tag::Decimal => "Args.decimal".to_owned(),
            Tag::Id | Tag::Text => "Args.text".to_owned(),
            Tag::Instant => "Args.instant".to_owned(),
            Tag::LocalTime => "Args.localTime".to_owned(),
            Tag::Json => "Args.json".to_owned(),
            Tag::Source => "Args.source".to_owned(),
            Tag::Enum => format!("Arg {{ {}(Args.word.of(it)) }}", self.of(&ty.name)),
            Tag::Model => format!("{}Args.{}", self.service.class, escaped(camel(&ty.name))),
            Tag::Union => format!("Arg {{ {}.fromJson(it.toString()) }}", self.of(&ty.name)),
            Tag::List => format!("Args.list({})", of()?),
            Tag::Map => format!("Args.map({})", of()?),
            Tag::Tuple => format!("Args.{}({})", tuple_type(ty)?.to_lowercase(), of()?),
            Tag::Nullable => format!("Args.nullable({})", of()?),
        })
    }
}

fn tuple_type(ty: &Type) -> Result<&'static str> {
    match ty.of.len() {
        2 => Ok("Pair"),
        3 => Ok("Triple"),
        length => bail!("Kotlin has no tuple of {length}; give bindings-kotlin one of its own"),
    }
}
