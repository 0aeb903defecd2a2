//! What the conformance cases have to show: one obligation for each thing that a description says.

use anyhow::Result;
use serde::Serialize;

use super::model::Tag;
use super::resolve::{Operation, ResultShape, Service};
use super::rules::documented_errors;
use super::types::{TimeForm, Ty};

/// One thing to show.
#[derive(Debug, Serialize)]
pub struct Obligation {
    pub service: String,
    pub operation: String,
    pub obligation: String,
}

/// The obligations of these services as JSON.
pub fn json(services: &[Service]) -> Result<String> {
    let mut all = Vec::new();
    for service in services {
        for operation in &service.operations {
            for obligation in of(service, operation)? {
                // What belongs to another operation is shown by its cases.
                let operation = operation.spec.part_of.as_ref().unwrap_or(&operation.id);
                all.push(Obligation {
                    service: service.file.service.clone(),
                    operation: operation.clone(),
                    obligation,
                });
            }
        }
    }
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

fn of(service: &Service, operation: &Operation) -> Result<Vec<String>> {
    let spec = &operation.spec;
    let mut all = Vec::new();
    if spec.part_of.is_none() && spec.not_callable.is_none() {
        all.push("example".to_owned());
    }
    for param in operation.params.iter().filter(|param| param.filled_by == "caller") {
        if !param.spec.required {
            all.push(format!("param:{}", param.name));
        }
        if param.nullable {
            all.push(format!("null:{}", param.name));
        }
    }
    all.extend(documented_errors(service, operation)?.into_iter().map(|error| format!("error:{}", error.label)));
    if let Some(paging) = &spec.paging {
        all.extend(paging.end.0.iter().map(|end| format!("page:{end}")));
    }
    if spec.batch.is_some() {
        all.push("batch".to_owned());
    }
    // What the library makes itself comes in one form.
    if let ResultShape::Json { ty, .. } = &operation.result
        && spec.made_of.is_none()
    {
        let mut seen = Vec::new();
        odd(service, ty, "", &mut seen, &mut all);
    }
    if let Some(items) = spec.batch.as_ref().and_then(|batch| batch.items.as_ref()) {
        // What the library fills in itself comes in one form.
        all.retain(|obligation| !obligation.starts_with(&format!("odd:{}:", items.missing)));
    }
    all.dedup();
    Ok(all)
}

/// The odd forms of a type, each by the path of its field: `odd:files.size:text`.
fn odd(service: &Service, ty: &Ty, path: &str, seen: &mut Vec<usize>, all: &mut Vec<String>) {
    let mut form = |name: &str| all.push(format!("odd:{path}:{name}"));
    match ty {
        Ty::Int | Ty::Big => form("text"),
        Ty::Bool => form("number"),
        Ty::Id => form("number"),
        Ty::Time { forms, none } => {
            for time in forms {
                form(match time {
                    TimeForm::UnixS => "unix_s",
                    TimeForm::UnixMs => "unix_ms",
                    TimeForm::UnixAny => "unix_any",
                    TimeForm::Iso => "iso",
                    TimeForm::Local => "local",
                });
            }
            none.iter().for_each(|none| form(&format!("none {}", none.trim_matches('"'))));
        }
        Ty::ListOrOne(inner) => {
            form("list_or_one");
            odd(service, inner, path, seen, all);
        }
        Ty::ListOrMap(inner, _) => {
            form("list_or_map");
            odd(service, inner, path, seen, all);
        }
        Ty::MapOrEmptyList(inner) => {
            form("map_or_empty_list");
            odd(service, inner, path, seen, all);
        }
        Ty::StringOrObject(..) => form("string_or_object"),
        Ty::List(inner) | Ty::Map(inner) | Ty::Nullable(inner) => odd(service, inner, path, seen, all),
        Ty::Tuple(places) => places.iter().for_each(|place| odd(service, place, path, seen, all)),
        Ty::Named(name) => match service.named.get(name) {
            Some((Tag::Enum, _)) => form("unknown"),
            Some((Tag::Model, index)) if !seen.contains(index) => {
                seen.push(*index);
                for field in &service.models[*index].fields {
                    let path = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
                    if field.spec.at_root {
                        all.push(format!("odd:{path}:at_root"));
                    }
                    odd(service, &field.ty, &path, seen, all);
                }
            }
            Some((Tag::Union, index)) => {
                for (variant, _, ty) in &service.unions[*index].variants {
                    all.push(format!("one_of:{variant}"));
                    ty.iter().for_each(|ty| odd(service, ty, path, seen, all));
                }
            }
            _ => {}
        },
        _ => {}
    }
}
