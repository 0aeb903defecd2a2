//! `operations --json`: all operations as others' tools see them, sorted and stable.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::resolve::{Operation, ResultShape, Service};
use super::rules::documented_errors;

/// All operations of these services.
pub fn json(services: &[Service]) -> Result<String> {
    let mut all = Vec::new();
    for service in services {
        for operation in own(service) {
            all.push(self::operation(service, operation)?);
        }
    }
    all.sort_by_key(|entry| (entry["service"].to_string(), entry["id"].to_string()));
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

/// The operations of the service itself: neither steps of others nor what the library makes.
pub fn own(service: &Service) -> impl Iterator<Item = &Operation> {
    service.operations.iter().filter(|operation| operation.spec.part_of.is_none() && operation.spec.made_of.is_none())
}

/// How many operations a service has.
pub fn number(service: &Service) -> usize {
    own(service).count()
}

fn operation(service: &Service, operation: &Operation) -> Result<Value> {
    let spec = &operation.spec;
    let mut params: Vec<Value> = operation
        .params
        .iter()
        .flat_map(|param| {
            param.wire.iter().map(move |wire| {
                json!({
                    "name": wire,
                    "in": param.place,
                    "required": param.spec.required,
                    "type": param.spec.ty,
                    "filled_by": param.filled_by,
                })
            })
        })
        .collect();
    for signature in operation.signatures(service) {
        let param = json!({
            "name": signature.name, "in": signature.place, "required": false, "type": "string", "filled_by": "client",
        });
        // A key and a session may go under one name.
        if !params.contains(&param) {
            params.push(param);
        }
    }
    let mut errors: Vec<String> = Vec::new();
    for error in documented_errors(service, operation)? {
        // The blank behind first words only leads to what follows them.
        let code = error.code.trim_end();
        if !errors.iter().any(|known| known == code) {
            errors.push(code.to_owned());
        }
    }
    let mut entry = Map::new();
    entry.insert("service".into(), json!(service.file.service));
    entry.insert("id".into(), json!(operation.id));
    entry.insert("methods".into(), json!(operation.methods));
    entry.insert("path".into(), json!(operation.path));
    entry.insert("also_at".into(), json!(spec.also_at));
    entry.insert("params".into(), json!(params));
    let result = match operation.result {
        ResultShape::Json { .. } => "json",
        ResultShape::Bytes => "bytes",
        ResultShape::None => "none",
        ResultShape::Link => "link",
    };
    entry.insert("result".into(), json!(result));
    entry.insert("errors".into(), json!(errors));
    entry.insert("callable".into(), json!(spec.not_callable.is_none()));
    entry.insert("guessed".into(), json!(spec.guessed));
    entry.insert("unknown_result".into(), json!(spec.unknown_result));
    entry.insert("idempotent".into(), json!(spec.idempotent));
    entry.insert("paging".into(), json!(spec.paging.as_ref().map(|paging| &paging.by)));
    entry.insert("auth".into(), json!(operation.auth));
    entry.insert("documented_in".into(), json!(spec.documented));
    Ok(Value::Object(entry))
}
