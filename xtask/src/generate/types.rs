//! The spelling of types in a description: `id`, `[File]`, `time(unix_s | iso, none: false)`, `list_or_map(Item, name)`.

use anyhow::{Result, bail, ensure};

/// A type as it is described, odd forms included. Names are looked up later.
#[derive(Debug, Clone, PartialEq)]
pub enum Ty {
    Bool,
    Int,
    Big,
    Number,
    Decimal,
    Id,
    Text,
    Json,
    Source,
    Time {
        forms: Vec<TimeForm>,
        none: Vec<String>,
    },
    /// A model, enum or union of the service.
    Named(String),
    List(Box<Ty>),
    ListOrOne(Box<Ty>),
    ListOrMap(Box<Ty>, String),
    Map(Box<Ty>),
    MapOrEmptyList(Box<Ty>),
    Tuple(Vec<Ty>),
    StringOrObject(String, String),
    Nullable(Box<Ty>),
}

/// One form of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeForm {
    UnixS,
    UnixMs,
    UnixAny,
    Iso,
    Local,
}

impl Ty {
    /// Reads a spelling.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some(inner) = text.strip_suffix('?') {
            return Ok(Ty::Nullable(Box::new(Self::parse(inner)?)));
        }
        if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            return Ok(Ty::List(Box::new(Self::parse(inner)?)));
        }
        let (name, arguments) = match text.split_once('(') {
            Some((name, rest)) => match rest.strip_suffix(')') {
                Some(inner) => (name.trim(), split(inner)),
                None => bail!("`{text}` lacks its closing bracket"),
            },
            None => (text, Vec::new()),
        };
        let one = || -> Result<Box<Ty>> {
            ensure!(arguments.len() == 1, "`{name}` takes one type, `{text}` has {}", arguments.len());
            Ok(Box::new(Self::parse(arguments[0])?))
        };
        let two = || -> Result<(&str, String)> {
            ensure!(arguments.len() == 2, "`{name}` takes a type and a field, `{text}` has {}", arguments.len());
            Ok((arguments[0], arguments[1].to_owned()))
        };
        Ok(match name {
            "time" => Self::time(text, &arguments)?,
            "list_or_one" => Ty::ListOrOne(one()?),
            "list_or_map" => two().and_then(|(ty, key)| Ok(Ty::ListOrMap(Box::new(Self::parse(ty)?), key)))?,
            "map" => Ty::Map(one()?),
            "map_or_empty_list" => Ty::MapOrEmptyList(one()?),
            "tuple" => Ty::Tuple(arguments.iter().map(|ty| Self::parse(ty)).collect::<Result<_>>()?),
            "string_or_object" => two().map(|(model, field)| Ty::StringOrObject(model.to_owned(), field))?,
            _ if !arguments.is_empty() => bail!("`{name}` takes no arguments, in `{text}`"),
            "bool" => Ty::Bool,
            "int64" => Ty::Int,
            "bigint" => Ty::Big,
            "number" => Ty::Number,
            "decimal" => Ty::Decimal,
            "id" => Ty::Id,
            "string" => Ty::Text,
            "json" => Ty::Json,
            "file" => Ty::Source,
            _ if name.starts_with(|c: char| c.is_ascii_uppercase()) => Ty::Named(name.to_owned()),
            _ => bail!("there is no type `{name}`"),
        })
    }

    fn time(text: &str, arguments: &[&str]) -> Result<Self> {
        let mut forms = Vec::new();
        let mut none = Vec::new();
        for argument in arguments {
            if let Some(values) = argument.strip_prefix("none:") {
                none.extend(values.split('|').map(|value| value.trim().to_owned()));
                continue;
            }
            for form in argument.split('|').map(str::trim) {
                forms.push(match form {
                    "unix_s" => TimeForm::UnixS,
                    "unix_ms" => TimeForm::UnixMs,
                    "unix_any" => TimeForm::UnixAny,
                    "iso" => TimeForm::Iso,
                    "local" => TimeForm::Local,
                    _ => bail!("there is no form of time `{form}`, in `{text}`"),
                });
            }
        }
        ensure!(!forms.is_empty(), "`{text}` names no form, such as `time(iso)`");
        let local = forms.contains(&TimeForm::Local);
        ensure!(
            !local || forms.len() == 1,
            "`{text}` mixes a time without a zone with instants: what it means could not be told"
        );
        for value in &none {
            serde_json::from_str::<serde_json::Value>(value)
                .map_err(|_| anyhow::anyhow!("`none: {value}` is not a JSON value, in `{text}`"))?;
        }
        Ok(Ty::Time { forms, none })
    }

    /// The type without the mark that it may be null, and whether it had one.
    pub fn without_null(self) -> (Self, bool) {
        match self {
            Ty::Nullable(inner) => (*inner, true),
            other => (other, false),
        }
    }
}

/// Splits at commas that are not inside brackets or quotes.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quoted, mut from) = (0, false, 0);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth -= 1,
            ',' if depth == 0 && !quoted => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_spellings() {
        let list = |ty| Ty::List(Box::new(ty));
        assert_eq!(Ty::parse("[File]").expect("a type"), list(Ty::Named("File".into())));
        assert_eq!(Ty::parse("[string?]").expect("a type"), list(Ty::Nullable(Box::new(Ty::Text))));
        assert_eq!(
            Ty::parse("tuple(int64, map([id]))").expect("a type"),
            Ty::Tuple(vec![Ty::Int, Ty::Map(Box::new(list(Ty::Id)))])
        );
        assert_eq!(
            Ty::parse(r#"time(local, none: 0 | "0000-00-00 00:00:00")"#).expect("a type"),
            Ty::Time { forms: vec![TimeForm::Local], none: vec!["0".into(), r#""0000-00-00 00:00:00""#.into()] }
        );
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for (text, says) in [
            ("strng", "no type `strng`"),
            ("time()", "no form of time"),
            ("time(local | iso)", "mixes"),
            ("map(", "closing bracket"),
            ("list_or_map(File)", "a type and a field"),
            ("id(3)", "takes no arguments"),
        ] {
            let error = Ty::parse(text).expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
