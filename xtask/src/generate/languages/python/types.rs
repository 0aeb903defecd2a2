//! Types as Python's annotations.

use super::naming::TypeNames;
use crate::generate::model::{Tag, Type};

/// Built-in names that annotations use.
const BUILTINS: &[&str] = &["bool", "int", "float", "str", "list", "dict", "tuple"];

/// Writes annotations inside a class.
pub struct Annotations<'a> {
    types: &'a TypeNames,
    /// What stands before the name of a model.
    prefix: &'static str,
    /// Built-in names that members of the class hide from annotations.
    hidden: Vec<&'static str>,
}

impl<'a> Annotations<'a> {
    /// For a class in the module of the models.
    pub fn inside(types: &'a TypeNames, members: &[String]) -> Self {
        Self::new(types, "", members)
    }

    /// For a class in another module, which imports them.
    pub fn outside(types: &'a TypeNames, members: &[String]) -> Self {
        Self::new(types, "_models.", members)
    }

    fn new(types: &'a TypeNames, prefix: &'static str, members: &[String]) -> Self {
        let is_hidden = |builtin: &&str| members.iter().any(|member| member == *builtin);
        Self { types, prefix, hidden: BUILTINS.iter().copied().filter(is_hidden).collect() }
    }

    /// The annotation of a text.
    pub fn text(&self) -> String {
        self.builtin("str")
    }

    /// What a caller may give.
    pub fn param(&self, ty: &Type) -> String {
        let [list, map] = ["_Sequence", "_Mapping"].map(str::to_owned);
        self.write(ty, &list, &map)
    }

    /// What an answer holds.
    pub fn value(&self, ty: &Type) -> String {
        self.write(ty, &self.builtin("list"), &self.builtin("dict"))
    }

    fn write(&self, ty: &Type, list: &str, map: &str) -> String {
        let inner = |ty: &Type| self.write(ty, list, map);
        match ty.tag {
            Tag::Bool => self.builtin("bool"),
            Tag::Int | Tag::Big => self.builtin("int"),
            Tag::Number => self.builtin("float"),
            Tag::Decimal => "_Decimal".to_owned(),
            Tag::Id | Tag::Text => self.text(),
            Tag::Instant | Tag::LocalTime => "_datetime".to_owned(),
            Tag::Json => "_Any".to_owned(),
            Tag::Enum => format!("{}{}", self.prefix, self.types.enums[ty.index].alias),
            Tag::Model => format!("{}{}", self.prefix, self.types.models[ty.index]),
            Tag::Union => format!("{}{}", self.prefix, self.types.unions[ty.index].alias),
            Tag::List => format!("{list}[{}]", inner(&ty.of[0])),
            Tag::Map => format!("{map}[{}, {}]", self.text(), inner(&ty.of[0])),
            Tag::Tuple => {
                let places: Vec<String> = ty.of.iter().map(inner).collect();
                format!("{}[{}]", self.builtin("tuple"), places.join(", "))
            }
            Tag::Nullable => format!("{} | None", inner(&ty.of[0])),
            Tag::Source => "_Source".to_owned(),
        }
    }

    fn builtin(&self, name: &'static str) -> String {
        if self.hidden.contains(&name) { format!("_builtins.{name}") } else { name.to_owned() }
    }

    /// What the conformance runner has to know of a type, in the words of its `declared` module.
    pub fn declared(&self, ty: &Type) -> String {
        let inner = || self.declared(&ty.of[0]);
        match ty.tag {
            Tag::Bool => "BOOL".to_owned(),
            Tag::Int | Tag::Big => "INT".to_owned(),
            Tag::Number => "NUMBER".to_owned(),
            Tag::Decimal => "DECIMAL".to_owned(),
            Tag::Id | Tag::Text => "TEXT".to_owned(),
            Tag::Instant => "INSTANT".to_owned(),
            Tag::LocalTime => "LOCAL_TIME".to_owned(),
            Tag::Json => "JSON".to_owned(),
            Tag::Enum => "ENUM".to_owned(),
            Tag::Source => "SOURCE".to_owned(),
            Tag::Model => format!("Object(\"{}\")", self.types.models[ty.index]),
            Tag::Union => format!("OneOf(\"{}\")", self.types.unions[ty.index].alias),
            Tag::List => format!("Items({})", inner()),
            Tag::Map => format!("Members({})", inner()),
            Tag::Tuple => {
                let places: Vec<String> = ty.of.iter().map(|place| self.declared(place)).collect();
                format!("Places([{}])", places.join(", "))
            }
            Tag::Nullable => inner(),
        }
    }
}
