//! What a description must not say. Each message names the place and what to do.

use anyhow::{Context, Result, bail, ensure};

use super::model::Tag;
use super::names::words;
use super::parse::{BatchItemsSpec, BatchSpec};
use super::resolve::{Field, Model, Operation, Param, ResultShape, Service};
use super::types::Ty;
use super::{rules, surface};

/// Checks a resolved service.
pub fn service(service: &Service, kinds: &[String]) -> Result<()> {
    let in_service = || service.folder.display().to_string();
    rules::check(service, kinds).with_context(|| service.folder.join("service.yaml").display().to_string())?;
    for model in &service.models {
        self::model(service, model).with_context(|| format!("{}: model {}", in_service(), model.name))?;
    }
    for described in &service.enums {
        about(&described.about, &described.name)
            .and_then(|()| described.values.iter().try_for_each(|value| about(&value.about, &value.name)))
            .with_context(|| format!("{}: enum {}", in_service(), described.name))?;
    }
    for pair in service.operations.windows(2) {
        ensure!(pair[0].id != pair[1].id, "{}: `{}` is described twice", pair[1].place, pair[1].id);
    }
    for operation in &service.operations {
        self::operation(service, operation).with_context(|| format!("{}: {}", operation.place, operation.id))?;
    }
    Ok(())
}

fn model(service: &Service, model: &Model) -> Result<()> {
    for field in &model.fields {
        let check = || {
            about(&field.spec.about, &field.name)?;
            ensure!(!field.spec.at_root || field.spec.place.is_none(), "`at_root` and `in` exclude each other");
            if let Some(place) = &field.spec.place {
                ensure!(place == "header", "a field comes from the body or `in: header`");
            }
            surface::surface_type(service, &field.ty).map(drop)?;
            ensure!(!holds_file(&field.ty), "an answer holds no file");
            odd_forms(service, &field.ty)
        };
        check().with_context(|| field.name.clone())?;
    }
    no_clash(model.fields.iter().map(|field| field.name.as_str()))
}

fn operation(service: &Service, operation: &Operation) -> Result<()> {
    let spec = &operation.spec;
    about(&spec.summary, &operation.name)?;
    for method in &operation.methods {
        ensure!(
            ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"].contains(&method.as_str()),
            "there is no method `{method}`"
        );
    }
    ensure!(operation.methods.is_empty() == spec.made_of.is_some(), "it has either `send` or `made_of`");
    if let Some(source) = &spec.made_of {
        ensure!(service.operations.iter().any(|other| other.id == *source), "there is no operation `{source}`");
    }
    ensure!(
        ["none", "optional", "required"].contains(&operation.auth.as_str()),
        "there is no auth `{}`",
        operation.auth
    );
    for document in &spec.documented {
        ensure!(service.file.documents.contains(document), "service.yaml names no document `{document}`");
    }
    if let Some(parent) = &spec.part_of {
        ensure!(service.operations.iter().any(|other| other.id == *parent), "there is no operation `{parent}`");
    }
    for param in &operation.params {
        self::param(service, operation, param).with_context(|| param.name.clone())?;
    }
    no_clash(operation.params.iter().map(|param| param.name.as_str()))?;
    if let Some(path) = &operation.path {
        for name in placeholders(path) {
            ensure!(
                name == "version" || operation.params.iter().any(|param| param.name == name && param.place == "path"),
                "`{{{name}}}` in the path is no parameter with `in: path`"
            );
        }
    }
    if let ResultShape::Json { ty, .. } = &operation.result {
        surface::surface_type(service, ty).map(drop)?;
        ensure!(!holds_file(ty), "an answer holds no file");
        odd_forms(service, ty)?;
    }
    let has_param = |name: &str| operation.params.iter().any(|param| param.name == name);
    if let Some(paging) = &spec.paging {
        surface::page_item(service, operation)?;
        ensure!(has_param(&paging.position), "there is no parameter `{}` to page by", paging.position);
        ensure!(paging.size.as_ref().is_none_or(|size| has_param(size)), "there is no parameter for the page size");
    }
    if let Some(batch) = &spec.batch {
        let param = operation.params.iter().find(|param| param.name == batch.param);
        ensure!(param.is_some_and(|param| matches!(param.ty, Ty::List(_))), "`{}` is no list to split", batch.param);
        ensure!(batch.size > 0, "a batch holds at least one");
        let joined = result_field(service, operation, &batch.join)
            .with_context(|| format!("the result has no field `{}` to join", batch.join))?;
        if !batch.places.0.is_empty() {
            places(service, operation, joined, batch)?;
        }
        match &batch.items {
            Some(items) => batch_items(service, operation, joined, items)?,
            None => {
                ensure!(item_fields(service, joined).is_none(), "`items` tells which item of `{}` is which", batch.join)
            }
        }
    }
    if let Some(example) = &spec.example {
        let example = example.as_object().context("`example` is an object of arguments")?;
        for name in example.keys() {
            ensure!(has_param(name), "the example gives `{name}`, which is no parameter");
        }
        for param in operation.params.iter().filter(|param| param.spec.required && param.filled_by == "caller") {
            ensure!(example.contains_key(&param.name), "the example lacks `{}`", param.name);
        }
    } else {
        ensure!(spec.part_of.is_some() || spec.not_callable.is_some(), "it has no `example` (arguments by name)");
    }
    rules::documented_errors(service, operation).map(drop)
}

/// Lists in which items have places: what was not sent is false in the first, and nothing in the others.
fn places(service: &Service, operation: &Operation, joined: &Ty, batch: &BatchSpec) -> Result<()> {
    ensure!(batch.items.is_none(), "`places` and `items` exclude each other");
    ensure!(*joined == Ty::List(Box::new(Ty::Bool)), "with `places`, `{}` is a list of truth values", batch.join);
    for name in &batch.places.0 {
        let list = result_field(service, operation, name);
        ensure!(
            matches!(list, Some(Ty::List(item)) if matches!(**item, Ty::Nullable(_))),
            "`{name}` is no list of the result whose items may be null"
        );
    }
    Ok(())
}

fn batch_items(service: &Service, operation: &Operation, joined: &Ty, items: &BatchItemsSpec) -> Result<()> {
    let fields = item_fields(service, joined).context("`items` is for a joined list of models")?;
    let done = items.done()?.map(|(field, _)| field);
    for name in items.named_by.0.iter().map(String::as_str).chain(done).chain(items.errors.as_deref()) {
        ensure!(fields.iter().any(|field| field.name == name), "an item of the joined list has no field `{name}`");
    }
    ensure!(result_field(service, operation, &items.missing).is_some(), "the result has no field for what is missing");
    Ok(())
}

fn result_field<'s>(service: &'s Service, operation: &Operation, name: &str) -> Option<&'s Ty> {
    let ResultShape::Json { ty, .. } = &operation.result else { return None };
    fields(service, ty)?.iter().find(|field| field.name == name).map(|field| &field.ty)
}

/// The fields of the models of a list.
fn item_fields<'s>(service: &'s Service, list: &Ty) -> Option<&'s [Field]> {
    match list {
        Ty::List(item) => fields(service, item),
        _ => None,
    }
}

/// The fields of a model.
fn fields<'s>(service: &'s Service, ty: &Ty) -> Option<&'s [Field]> {
    let Ty::Named(name) = ty else { return None };
    match service.lookup(name) {
        Ok((Tag::Model, index)) => Some(&service.models[index].fields),
        _ => None,
    }
}

fn param(service: &Service, operation: &Operation, param: &Param) -> Result<()> {
    let spec = &param.spec;
    about(&spec.about, &param.name)?;
    surface::surface_type(service, &param.ty).map(drop)?;
    // The engine would leave it out in silence.
    ensure!(
        !holds_file(&param.ty) || operation.spec.not_callable.is_some(),
        "the content of a file is not sent by calls yet: write what sends it in core/src/services, for `upload`"
    );
    ensure!(
        ["path", "query", "form", "json", "multipart", "header"].contains(&param.place.as_str()),
        "there is no place `{}`",
        param.place
    );
    ensure!(
        ["caller", "client", "constant"].contains(&param.filled_by.as_str()),
        "nobody fills it: `{}`",
        param.filled_by
    );
    ensure!(param.filled_by != "constant" || spec.send.is_some(), "a constant needs `send`");
    ensure!(!(spec.required && (spec.default.is_some() || spec.send.is_some())), "a required parameter has no default");
    for (key, value, allowed) in [
        ("list", &spec.list, &["repeat", "brackets", "json_text", "comma"][..]),
        ("as_null", &spec.as_null, &["word", "blank", "omit"]),
        ("as_root", &spec.as_root, &["word", "blank", "omit"]),
        ("encode", &spec.encode, &["base64", "md5_hex"]),
    ] {
        ensure!(value.as_deref().is_none_or(|value| allowed.contains(&value)), "`{key}` is one of {allowed:?}");
    }
    ensure!(spec.as_root.is_none() || param.ty == Ty::Id, "`as_root` is for the id of a folder");
    if let (Some(min), Some(max)) = (spec.min, spec.max) {
        ensure!(min <= max, "its limits leave nothing");
    }
    if param.place == "path" {
        ensure!(
            operation.path.as_ref().is_some_and(|path| placeholders(path).contains(&param.name.as_str())),
            "the path has no `{{{}}}`",
            param.name
        );
    }
    Ok(())
}

/// The names in braces, without the star that keeps slashes.
pub fn placeholders(path: &str) -> Vec<&str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.trim_end_matches('*'))
        .collect()
}

fn holds_file(ty: &Ty) -> bool {
    match ty {
        Ty::Source => true,
        Ty::List(inner)
        | Ty::ListOrOne(inner)
        | Ty::ListOrMap(inner, _)
        | Ty::Map(inner)
        | Ty::MapOrEmptyList(inner)
        | Ty::Nullable(inner) => holds_file(inner),
        Ty::Tuple(places) => places.iter().any(holds_file),
        _ => false,
    }
}

/// A field that an odd form names has to be there.
fn odd_forms(service: &Service, ty: &Ty) -> Result<()> {
    let field_of = |model: &str, field: &str| -> Result<()> {
        let (Tag::Model, index) = service.lookup(model)? else { bail!("`{model}` is no model") };
        let fields = &service.models[index].fields;
        ensure!(fields.iter().any(|known| known.name == field), "{model} has no field `{field}`");
        Ok(())
    };
    match ty {
        Ty::StringOrObject(model, field) => field_of(model, field),
        Ty::ListOrMap(item, key) => match &**item {
            Ty::Named(model) => field_of(model, key),
            _ => bail!("`list_or_map` holds a model, into which the key goes"),
        },
        Ty::List(inner) | Ty::ListOrOne(inner) | Ty::Map(inner) | Ty::MapOrEmptyList(inner) | Ty::Nullable(inner) => {
            odd_forms(service, inner)
        }
        Ty::Tuple(places) => places.iter().try_for_each(|place| odd_forms(service, place)),
        _ => Ok(()),
    }
}

/// A text that only repeats the name helps nobody.
fn about(text: &str, name: &str) -> Result<()> {
    const FILLER: [&str; 14] =
        ["the", "a", "an", "of", "this", "is", "to", "its", "for", "value", "param", "parameter", "field", "service"];
    let name = words(name);
    let says = words(text);
    let new = says.iter().any(|word| !FILLER.contains(&word.as_str()) && !name.iter().any(|known| known == word));
    ensure!(new, "`about: {text}` only repeats the name");
    Ok(())
}

/// Two names that become the same in some language's case.
fn no_clash<'a>(names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = std::collections::HashMap::new();
    for name in names {
        let key: String = words(name).concat();
        if let Some(other) = seen.insert(key, name) {
            bail!(
                "`{other}` and `{name}` are the same name in some language; rename one and give its spelling as `wire`"
            );
        }
    }
    Ok(())
}
