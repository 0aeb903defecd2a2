//! `docs/openapi/<service>.json` (OpenAPI 3.1): an output for others' tools, not a source. It shows what a service means to
//! send; the odd forms that real servers send as well are told in words only.

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::model::Tag;
use super::operations;
use super::resolve::{Field, Operation, Param, ResultShape, Service};
use super::rules::documented_errors;
use super::types::{TimeForm, Ty};
use super::{GENERATED, GeneratedFile};

/// The document of one service.
pub fn file(service: &Service, version: &str) -> Result<GeneratedFile> {
    let described = &service.file;
    let mut paths: IndexMap<String, Map<String, Value>> = IndexMap::new();
    for operation in operations::own(service) {
        let Some(path) = &operation.path else { continue };
        let (path, is_beside) = path.strip_prefix("../").map_or((path.as_str(), false), |path| (path, true));
        let mut path = format!("/{}", path.replace("*}", "}"));
        let verbs: Vec<String> = operation.methods.iter().map(|method| method.to_lowercase()).collect();
        // Operations that a constant alone tells apart have one address; here a fragment does.
        if paths.get(&path).is_some_and(|taken| verbs.iter().any(|verb| taken.contains_key(verb))) {
            path.push_str(&format!("#{}", operation.id));
        }
        let methods = paths.entry(path).or_default();
        if is_beside {
            let beside = |url: &String| json!({"url": url.rsplit_once('/').map_or("", |(base, _)| base)});
            methods.insert("servers".into(), described.hosts.values().map(beside).collect());
        }
        for (method, verb) in operation.methods.iter().zip(verbs) {
            let entry = self::operation(service, operation, method).with_context(|| operation.place.clone())?;
            methods.insert(verb, entry);
        }
    }
    let mut schemas = Map::new();
    for model in &service.models {
        schemas.insert(model.name.clone(), object(service, &model.about, &model.fields)?);
    }
    for described in &service.enums {
        let values: Vec<&Value> = described.values.iter().map(|value| &value.wire).collect();
        let about = format!("{} The set is open.", described.about);
        schemas.insert(described.name.clone(), json!({"description": about, "examples": values}));
    }
    for union in &service.unions {
        let variants = union.variants.iter().filter_map(|(_, _, ty)| ty.as_ref());
        let variants: Vec<Value> = variants.map(|ty| schema(service, ty)).collect::<Result<_>>()?;
        schemas.insert(union.name.clone(), json!({"description": union.about, "anyOf": variants}));
    }
    let servers: Vec<Value> =
        described.hosts.iter().map(|(name, url)| json!({"url": url, "description": name})).collect();
    let tags: Vec<Value> =
        described.groups.iter().map(|(name, about)| json!({"name": name, "description": about})).collect();
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": described.class, "version": version, "description": described.about.trim()},
        "x-generated": GENERATED,
        "servers": servers,
        "tags": tags,
        "paths": paths,
        "components": {"schemas": schemas},
    });
    let text = serde_json::to_string_pretty(&document)? + "\n";
    Ok(GeneratedFile::new(format!("docs/openapi/{}.json", described.service), text))
}

fn operation(service: &Service, operation: &Operation, method: &str) -> Result<Value> {
    let several = operation.methods.len() > 1;
    let suffix = if several { format!(".{}", method.to_lowercase()) } else { String::new() };
    let mut parameters = Vec::new();
    let mut body: IndexMap<&str, Vec<&Param>> = IndexMap::new();
    for param in &operation.params {
        let place = match (param.place.as_str(), method) {
            ("json" | "form" | "multipart", "GET" | "HEAD") => "query",
            (place, _) => place,
        };
        if !["path", "query", "header"].contains(&place) {
            body.entry(place).or_default().push(param);
            continue;
        }
        for wire in &param.wire {
            parameters.push(json!({
                "name": if place == "path" { &param.name } else { wire },
                "in": place,
                "required": place == "path" || param.spec.required,
                "description": param.spec.about,
                "schema": param_schema(service, param)?,
            }));
        }
    }
    for signature in operation.signatures(service).filter(|signature| signature.place == "query") {
        parameters.push(json!({"name": signature.name, "in": "query", "required": false,
            "description": signature.about(), "schema": {"type": "string"}}));
    }
    if operation.path.as_ref().is_some_and(|path| path.contains("{version}")) {
        parameters.push(json!({"name": "version", "in": "path", "required": true,
            "schema": {"type": "string", "enum": operation.spec.versions.0}}));
    }
    let mut entry = Map::new();
    entry.insert("operationId".into(), json!(format!("{}{suffix}", operation.id)));
    entry.insert("tags".into(), json!([operation.group]));
    entry.insert("summary".into(), json!(operation.spec.summary));
    if !operation.spec.about.is_empty() {
        entry.insert("description".into(), json!(operation.spec.about));
    }
    // What a verb sends has no method of its own and is as good as any.
    let is_sent = operation.params.iter().any(|param| param.ty == Ty::Source);
    if operation.spec.deprecated.is_some() || operation.spec.not_callable.is_some() && !is_sent {
        entry.insert("deprecated".into(), json!(true));
    }
    if !parameters.is_empty() {
        entry.insert("parameters".into(), json!(parameters));
    }
    if let Some(content) = self::body(service, operation, &body)? {
        entry.insert("requestBody".into(), content);
    }
    entry.insert("responses".into(), responses(service, operation)?);
    Ok(Value::Object(entry))
}

/// The request's body, the token among its members where that is where it goes.
fn body(service: &Service, operation: &Operation, places: &IndexMap<&str, Vec<&Param>>) -> Result<Option<Value>> {
    let mut content = Map::new();
    let signed_in = |place: &'static str| operation.signatures(service).filter(move |it| it.place == place);
    let signed_alone = ["json", "form"]
        .into_iter()
        .find(|place| places.is_empty() && signed_in(place).next().is_some())
        .map(|place| (place, Vec::new()));
    let places = places.iter().map(|(place, params)| (*place, params.clone())).chain(signed_alone);
    for (place, params) in places {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for signature in operation.signatures(service).filter(|signature| signature.place == place) {
            properties.insert(signature.name.clone(), json!({"type": "string", "description": signature.about()}));
        }
        for param in params {
            for wire in &param.wire {
                let mut schema = param_schema(service, param)?;
                if let Some(members) = schema.as_object_mut() {
                    members.insert("description".into(), json!(param.spec.about));
                }
                properties.insert(wire.clone(), schema);
                if param.spec.required {
                    required.push(wire.clone());
                }
            }
        }
        let media_type = match place {
            "json" => "application/json",
            "form" => "application/x-www-form-urlencoded",
            _ => "multipart/form-data",
        };
        let mut schema = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        content.insert(media_type.into(), json!({"schema": schema}));
    }
    Ok((!content.is_empty()).then(|| json!({"content": content})))
}

fn param_schema(service: &Service, param: &Param) -> Result<Value> {
    let mut schema = schema(service, &param.ty)?;
    let spec = &param.spec;
    let Some(members) = schema.as_object_mut() else {
        return Ok(schema);
    };
    let (min, max) = match param.ty {
        Ty::Text | Ty::Id => ("minLength", "maxLength"),
        Ty::List(_) => ("minItems", "maxItems"),
        _ => ("minimum", "maximum"),
    };
    let constant = spec.send.clone().filter(|_| param.filled_by == "constant");
    let members_of_spec = [
        (min, spec.min.map(Value::from)),
        (max, spec.max.map(Value::from)),
        ("default", spec.default.clone()),
        ("const", constant),
    ];
    for (name, value) in members_of_spec {
        if let Some(value) = value {
            members.insert(name.into(), value);
        }
    }
    Ok(schema)
}

fn responses(service: &Service, operation: &Operation) -> Result<Value> {
    let success = match &operation.result {
        ResultShape::Json { at, ty } => {
            let schema = at.iter().rev().try_fold(schema(service, ty)?, |inner, member| {
                anyhow::Ok(json!({"type": "object", "properties": {member.as_str(): inner}}))
            })?;
            json!({"description": "Done.", "content": {"application/json": {"schema": schema}}})
        }
        ResultShape::Bytes => json!({"description": operation.result_about, "content": {"*/*": {}}}),
        ResultShape::None => json!({"description": "Done."}),
        ResultShape::Link => json!({"description": "A page for a person's browser."}),
    };
    let mut told: Vec<String> = documented_errors(service, operation)?
        .into_iter()
        .map(|error| format!("{} ({}, {})", error.label, error.rule_name, error.kind))
        .collect();
    told.dedup();
    let failure = match told.is_empty() {
        true => "An error.".to_owned(),
        false => format!("An error, with these codes: {}.", told.join("; ")),
    };
    Ok(json!({"200": success, "default": {"description": failure}}))
}

fn object(service: &Service, about: &str, fields: &[Field]) -> Result<Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields.iter().filter(|field| field.spec.place.is_none()) {
        let mut schema = schema(service, &field.ty)?;
        if let Some(members) = schema.as_object_mut() {
            members.insert("description".into(), json!(field.spec.about));
        }
        properties.insert(field.wire[0].clone(), schema);
        if field.spec.required {
            required.push(&field.wire[0]);
        }
    }
    let mut object = json!({"type": "object", "description": about, "properties": properties});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    Ok(object)
}

fn schema(service: &Service, ty: &Ty) -> Result<Value> {
    let list = |item: &Ty| -> Result<Value> { Ok(json!({"type": "array", "items": schema(service, item)?})) };
    let map =
        |item: &Ty| -> Result<Value> { Ok(json!({"type": "object", "additionalProperties": schema(service, item)?})) };
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    Ok(match ty {
        Ty::Bool => json!({"type": "boolean"}),
        Ty::Int | Ty::Big => json!({"type": "integer", "format": "int64"}),
        Ty::Number => json!({"type": "number"}),
        Ty::Decimal | Ty::Id | Ty::Text => json!({"type": "string"}),
        Ty::Json => json!({}),
        Ty::Source => json!({"type": "string", "contentMediaType": "application/octet-stream"}),
        Ty::Time { forms, .. } => match forms[0] {
            TimeForm::Iso => json!({"type": "string", "format": "date-time"}),
            TimeForm::Local => json!({"type": "string"}),
            _ => json!({"type": "integer", "format": "int64"}),
        },
        Ty::Named(name) | Ty::StringOrObject(name, _) => match service.lookup(name)?.0 {
            Tag::Enum | Tag::Union | Tag::Model => reference(name),
            _ => json!({}),
        },
        Ty::List(item) | Ty::ListOrOne(item) | Ty::ListOrMap(item, _) => list(item)?,
        Ty::Map(item) | Ty::MapOrEmptyList(item) => map(item)?,
        Ty::Tuple(places) => {
            let places: Vec<Value> = places.iter().map(|place| schema(service, place)).collect::<Result<_>>()?;
            json!({"type": "array", "prefixItems": places})
        }
        Ty::Nullable(inner) => json!({"anyOf": [schema(service, inner)?, {"type": "null"}]}),
    })
}
