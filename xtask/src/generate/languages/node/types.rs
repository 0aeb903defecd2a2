//! Types in TypeScript, for answers, for arguments, and for the conformance runner.

use anyhow::{Result, bail};

use super::naming::{shape_name, type_name};
use crate::generate::model::{Service, Tag, Type};

/// The type of a value that an answer holds. `prefix` stands before the names of the service's types.
pub fn value_type(service: &Service, ty: &Type, prefix: &str) -> Result<String> {
    written(service, ty, prefix, false)
}

/// The type of a value that a caller gives.
pub fn argument_type(service: &Service, ty: &Type, prefix: &str) -> Result<String> {
    written(service, ty, prefix, true)
}

fn written(service: &Service, ty: &Type, prefix: &str, argument: bool) -> Result<String> {
    let inner = |at: usize| match ty.of.get(at) {
        Some(inner) => written(service, inner, prefix, argument),
        None => bail!("a {:?} says what it holds", ty.tag),
    };
    Ok(match ty.tag {
        Tag::Bool => "boolean".to_owned(),
        Tag::Int | Tag::Number => "number".to_owned(),
        Tag::Big if argument => "bigint | number".to_owned(),
        Tag::Big => "bigint".to_owned(),
        Tag::Decimal | Tag::Id | Tag::Text => "string".to_owned(),
        Tag::Instant => "Date".to_owned(),
        Tag::LocalTime => "LocalTime".to_owned(),
        Tag::Json => "JsonValue".to_owned(),
        Tag::List => format!("ReadonlyArray<{}>", inner(0)?),
        Tag::Map => format!("{{ readonly [key: string]: {} }}", inner(0)?),
        Tag::Tuple => {
            let places = (0..ty.of.len()).map(inner).collect::<Result<Vec<_>>>()?;
            format!("readonly [{}]", places.join(", "))
        }
        Tag::Nullable => format!("{} | null", inner(0)?),
        Tag::Enum | Tag::Union => format!("{prefix}{}", type_name(&ty.name)),
        Tag::Model => {
            let both = service.models.get(ty.index).is_some_and(|model| model.is_input && model.is_output);
            format!("{prefix}{}{}", type_name(&ty.name), if argument && both { "Input" } else { "" })
        }
        Tag::Source => "UploadSource".to_owned(),
    })
}

/// How the objects within an argument are written; none where JSON says it all.
pub fn members(ty: &Type, prefix: &str) -> Option<String> {
    let inner = || ty.of.first().and_then(|inner| members(inner, prefix));
    match ty.tag {
        Tag::Model => Some(format!("() => {prefix}{}", shape_name(&ty.name))),
        Tag::List | Tag::Map => inner().map(|inner| format!("{{ each: {inner} }}")),
        Tag::Nullable => inner(),
        Tag::Tuple => {
            let places: Vec<Option<String>> = ty.of.iter().map(|place| members(place, prefix)).collect();
            let any = places.iter().any(Option::is_some);
            let places: Vec<String> = places.into_iter().map(|place| place.unwrap_or("null".to_owned())).collect();
            any.then(|| format!("{{ places: [{}] }}", places.join(", ")))
        }
        _ => None,
    }
}

/// The type as the conformance runner's tables have it.
pub fn runner_type(ty: &Type) -> String {
    let inner = || ty.of.first().map_or_else(|| quoted("json"), runner_type);
    match ty.tag {
        Tag::Bool => quoted("bool"),
        Tag::Int => quoted("int"),
        Tag::Big => quoted("big"),
        Tag::Number => quoted("number"),
        Tag::Decimal => quoted("decimal"),
        Tag::Id | Tag::Text => quoted("text"),
        Tag::Enum => quoted("enum"),
        Tag::Instant => quoted("instant"),
        Tag::LocalTime => quoted("local_time"),
        Tag::Json => quoted("json"),
        Tag::Source => quoted("source"),
        Tag::List => format!("{{ list: {} }}", inner()),
        Tag::Map => format!("{{ map: {} }}", inner()),
        Tag::Tuple => format!("{{ tuple: [{}] }}", ty.of.iter().map(runner_type).collect::<Vec<_>>().join(", ")),
        Tag::Nullable => inner(),
        Tag::Model => format!("{{ model: {} }}", quoted(&type_name(&ty.name))),
        Tag::Union => format!("{{ union: {} }}", quoted(&type_name(&ty.name))),
    }
}

/// A text as a literal.
pub fn quoted(text: &str) -> String {
    let mut literal = String::from("'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            _ => literal.push(c),
        }
    }
    literal + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(tag: Tag) -> Type {
        Type { tag, of: Vec::new(), name: String::new(), index: 0 }
    }

    fn holding(tag: Tag, of: Vec<Type>) -> Type {
        Type { of, ..plain(tag) }
    }

    #[test]
    fn objects_deep_within_an_argument_are_found() {
        let model = Type { name: "file_sort".to_owned(), ..plain(Tag::Model) };
        let list = holding(Tag::List, vec![holding(Tag::Nullable, vec![model.clone()])]);
        assert_eq!(members(&list, "models.").as_deref(), Some("{ each: () => models.fileSortShape }"));
        let tuple = holding(Tag::Tuple, vec![plain(Tag::Int), model]);
        assert_eq!(members(&tuple, "").as_deref(), Some("{ places: [null, () => fileSortShape] }"));
        assert_eq!(members(&holding(Tag::Map, vec![plain(Tag::Text)]), ""), None);
    }

    #[test]
    fn a_literal_holds_any_text() {
        assert_eq!(quoted("it's \\ so"), r"'it\'s \\ so'");
    }
}
