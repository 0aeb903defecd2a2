//! An independent reading of answers over `serde_json`'s tree, against which the pass is held. It shares no code with it
//! and takes the plainest way for each rule.

use serde_json::{Map, Value, json};

use crate::tables::{Field, FieldSource, Model, Service, Type, VariantWhen};

/// Why a value cannot be read: where, and whether by a required field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bad {
    pub(super) path: String,
    is_required: bool,
}

/// A value in plain form; `None` is null.
type Seen = Result<Option<Value>, Bad>;

pub(super) struct Oracle<'a> {
    pub(super) service: &'a Service,
    pub(super) status: u16,
    pub(super) envelope: &'a [&'a str],
}

#[derive(Clone, Copy, Default)]
struct Where<'w> {
    is_root: bool,
    outer: Option<&'w Model>,
    key: Option<(&'w str, &'w str)>,
}

fn bad<T>(path: &str) -> Result<T, Bad> {
    Err(Bad { path: path.to_owned(), is_required: false })
}

impl Oracle<'_> {
    pub(super) fn answer(&self, ty: &Type, answer: &Value) -> Seen {
        self.item(ty, answer, "$", Where { is_root: true, ..Where::default() })
    }

    fn item(&self, ty: &Type, value: &Value, path: &str, at: Where<'_>) -> Seen {
        match self.read(ty, value, path, at)? {
            None if !matches!(ty, Type::Nullable(_)) => bad(path),
            seen => Ok(seen),
        }
    }

    fn hides(&self, key: &str, at: Where<'_>) -> bool {
        let in_outer = at.outer.is_some_and(|model| model.fields.iter().any(|field| field.wire.contains(&key)));
        in_outer || at.is_root && self.envelope.contains(&key)
    }

    fn read(&self, ty: &Type, value: &Value, path: &str, at: Where<'_>) -> Seen {
        let inside = Where::default();
        match (ty, value) {
            (Type::Nullable(_), Value::Null) => Ok(None),
            (Type::Nullable(inner), _) => self.read(inner, value, path, at),
            (Type::Json, Value::Object(members)) => {
                let shown = members.iter().filter(|(key, _)| !self.hides(key, at));
                Ok(Some(Value::Object(shown.map(|(key, value)| (key.clone(), value.clone())).collect())))
            }
            (Type::Json, _) => Ok(Some(value.clone())),
            (Type::List(item) | Type::ListOrOne(item) | Type::ListOrMap(item, _), Value::Array(items)) => {
                let mut all = Vec::new();
                for (index, value) in items.iter().enumerate() {
                    all.push(self.item(item, value, &format!("{path}[{index}]"), inside)?.unwrap_or_default());
                }
                Ok(Some(Value::Array(all)))
            }
            (Type::ListOrOne(item), _) => Ok(Some(json!([self.item(item, value, path, at)?]))),
            (Type::ListOrMap(item, field), Value::Object(members)) => {
                let mut all = Vec::new();
                for (key, value) in members.iter().filter(|(key, _)| !self.hides(key, at)) {
                    let place = Where { key: Some((field, key)), ..inside };
                    all.push(self.item(item, value, &member(path, key), place)?.unwrap_or_default());
                }
                Ok(Some(Value::Array(all)))
            }
            (Type::MapOrEmptyList(_), Value::Array(items)) if items.is_empty() => Ok(Some(json!({}))),
            (Type::Map(item) | Type::MapOrEmptyList(item), Value::Object(members)) => {
                let mut all = Map::new();
                for (key, value) in members.iter().filter(|(key, _)| !self.hides(key, at)) {
                    let seen = self.item(item, value, &member(path, key), inside)?;
                    all.insert(key.clone(), seen.unwrap_or_default());
                }
                Ok(Some(Value::Object(all)))
            }
            (Type::Tuple(places), Value::Array(items)) => {
                let mut all = Vec::new();
                for (index, ty) in places.iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    match items.get(index) {
                        Some(value) => all.push(self.item(ty, value, &path, inside)?.unwrap_or_default()),
                        None if matches!(ty, Type::Nullable(_)) => all.push(Value::Null),
                        None => return bad(&path),
                    }
                }
                Ok(Some(Value::Array(all)))
            }
            (Type::Model(index) | Type::StringOrObject(index, _), Value::Object(members)) => {
                self.model(&self.service.models[usize::from(*index)], members, path, at)
            }
            (Type::Model(index) | Type::StringOrObject(index, _), Value::Array(items)) if items.is_empty() => {
                self.model(&self.service.models[usize::from(*index)], &Map::new(), path, at)
            }
            (Type::StringOrObject(index, name), Value::String(_) | Value::Number(_) | Value::Bool(_)) => {
                let model = &self.service.models[usize::from(*index)];
                let Some(field) = model.fields.iter().find(|field| field.name == *name) else {
                    return bad(path);
                };
                let Some(only) = self.read(&field.ty, value, path, inside)? else {
                    return self.of_nothing(model, path);
                };
                self.of_one(model, name, only, path)
            }
            (Type::Union(index), _) => self.union(*index, value, path, at),
            _ => self.scalar(ty, value).map_or_else(|| bad(path), Ok),
        }
    }

    fn of_nothing(&self, model: &Model, path: &str) -> Seen {
        self.model(model, &Map::new(), path, Where::default())
    }

    fn of_one(&self, model: &Model, name: &str, only: Value, path: &str) -> Seen {
        let lacking = model.fields.iter().find(|field| field.required && field.name != name);
        match lacking {
            Some(field) => Err(Bad { path: member(path, field.wire[0]), is_required: true }),
            None => Ok(Some(json!({ name: only }))),
        }
    }

    fn union(&self, index: u16, value: &Value, path: &str, at: Where<'_>) -> Seen {
        for variant in self.service.unions[usize::from(index)].variants {
            let fits = match variant.when {
                VariantWhen::Status(status) => status == self.status,
                VariantWhen::Has(name) => value.get(name).is_some_and(|value| !value.is_null()),
                VariantWhen::Empty => false,
                VariantWhen::Otherwise => true,
            };
            if fits {
                let held = match variant.ty {
                    Some(ty) => self.item(&ty, value, path, at)?,
                    None => None,
                };
                return Ok(Some(json!({ variant.name: held })));
            }
        }
        bad(path)
    }

    fn model(&self, model: &Model, members: &Map<String, Value>, path: &str, at: Where<'_>) -> Seen {
        let is_known = |key: &str| model.fields.iter().any(|field| field.wire.contains(&key));
        let left_over: Vec<_> = members.iter().filter(|(key, _)| !is_known(key) && !self.hides(key, at)).collect();
        let mut plain = Map::new();
        let mut unreadable = Map::new();
        let mut left_over_is_taken = false;
        for field in model.fields {
            let (mut seen, problem) = self.by_names(field, members, path, &mut unreadable);
            if let (None, Some((name, key))) = (&seen, at.key)
                && name == field.name
            {
                seen = self.scalar(&field.ty, &Value::String(key.to_owned())).flatten();
            }
            let lies_here = field.from == FieldSource::BodyOrRoot && at.outer.is_none() && !left_over.is_empty();
            if seen.is_none() && problem.is_none() && lies_here {
                let place = Where { outer: Some(model), ..at };
                match self.read(&field.ty, &Value::Object(members.clone()), path, place) {
                    Ok(found) => {
                        left_over_is_taken |= found.is_some();
                        seen = found;
                    }
                    Err(bad) if field.required => {
                        return Err(Bad { is_required: true, ..bad });
                    }
                    Err(_) => {}
                }
            }
            match (seen, problem) {
                (Some(seen), _) => {
                    plain.insert(field.name.to_owned(), seen);
                }
                (None, Some(bad)) if bad.is_required || field.required => {
                    return Err(Bad { is_required: true, ..bad });
                }
                (None, None) if field.required => {
                    return Err(Bad { path: member(path, field.wire[0]), is_required: true });
                }
                (None, _) => {}
            }
        }
        let mut extra = Map::new();
        if !left_over_is_taken {
            extra.extend(left_over.into_iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        extra.extend(unreadable);
        if !extra.is_empty() {
            plain.insert("extra".to_owned(), Value::Object(extra));
        }
        Ok(Some(Value::Object(plain)))
    }

    /// The first readable value among a field's names, and the first problem.
    fn by_names(
        &self,
        field: &Field,
        members: &Map<String, Value>,
        path: &str,
        unreadable: &mut Map<String, Value>,
    ) -> (Option<Value>, Option<Bad>) {
        let mut seen = None;
        let mut problem = None;
        for wire in field.wire {
            match members.get(*wire) {
                None | Some(Value::Null) => {}
                Some(value) => match self.read(&field.ty, value, &member(path, wire), Where::default()) {
                    Ok(value) => seen = seen.or(value),
                    Err(bad) => {
                        problem = problem.or(Some(bad));
                        unreadable.insert((*wire).to_owned(), value.clone());
                    }
                },
            }
        }
        (seen, problem)
    }

    /// A scalar: unreadable, none, or a value.
    fn scalar(&self, ty: &Type, value: &Value) -> Option<Option<Value>> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            _ => return None,
        };
        let is_bool = value.is_boolean();
        let number = text.parse::<f64>().ok().filter(|_| !is_bool && text.chars().all(|c| "-.0123456789".contains(c)));
        let seen = match ty {
            Type::Bool => match text.as_str() {
                "1" | "true" => json!(true),
                "0" | "false" => json!(false),
                _ => return None,
            },
            Type::Int | Type::BigInt => {
                number?;
                let whole = text.strip_suffix(".0").unwrap_or(&text);
                json!(whole.parse::<i64>().ok()?)
            }
            Type::Number => json!(number?),
            Type::Decimal => number.map(|_| json!(text))?,
            Type::Id if value.is_f64() || is_bool => return None,
            Type::Text if is_bool => return None,
            Type::Id | Type::Text => json!(text),
            Type::Enum(index) => {
                let words = self.service.enums[usize::from(*index)].values;
                json!(
                    words
                        .iter()
                        .find(|word| word.wire.trim_matches('"') == text)
                        .map_or(text, |word| word.name.to_owned())
                )
            }
            Type::Time(time) if time.none.contains(&value.to_string().as_str()) => return Some(None),
            Type::Time(time) if time.is_local() => match text.as_str() {
                "2020-01-02 03:04:05" | "2020-01-02T03:04:05" => json!("2020-01-02T03:04:05"),
                _ => return None,
            },
            Type::Time(_) => match (text.as_str(), number) {
                ("2020-01-02T03:04:05+01:00", _) => json!("2020-01-02T02:04:05Z"),
                ("1577934245", _) => json!("2020-01-02T03:04:05Z"),
                (_, Some(seconds)) if seconds.abs() < 1e9 => {
                    let instant = jiff::Timestamp::from_microsecond((seconds * 1e6) as i64).ok()?;
                    let fraction = instant.subsec_microsecond();
                    let fraction = if fraction == 0 {
                        String::new()
                    } else {
                        format!(".{:06}", instant.as_microsecond().rem_euclid(1_000_000))
                    };
                    let second = instant.as_microsecond().div_euclid(1_000_000);
                    let second = jiff::Timestamp::from_second(second).ok()?;
                    json!(second.to_string().replace('Z', &format!("{fraction}Z")))
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(Some(seen))
    }
}

fn member(path: &str, key: &str) -> String {
    let is_plain =
        key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !key.starts_with(|c: char| c.is_ascii_digit());
    if is_plain && !key.is_empty() { format!("{path}.{key}") } else { format!("{path}[{}]", json!(key)) }
}
