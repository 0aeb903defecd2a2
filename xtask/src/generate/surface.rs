//! What a user of a language sees of a resolved service: see `model`.

use std::collections::HashSet;

use anyhow::{Context, Result};

use super::model::{self, Tag};
use super::names::words;
use super::parse::KindsFile;
use super::resolve::{Operation, Param, ResultShape, Service};
use super::rules::documented_errors;
use super::types::{TimeForm, Ty};

/// The kinds of errors.
pub fn kinds(file: &KindsFile) -> Vec<model::Kind> {
    file.kinds
        .iter()
        .map(|(name, kind)| model::Kind {
            name: name.clone(),
            class: kind.class.clone(),
            about: kind.about.clone(),
            advice: kind.advice.clone(),
            python_base: kind.python_base.clone(),
        })
        .collect()
}

/// The surface of a service.
pub fn service(service: &Service) -> Result<model::Service> {
    let file = &service.file;
    let (inputs, outputs) = directions(service);
    let models = service.models[..service.public_models].iter().enumerate().map(|(index, model)| {
        let fields = model.fields.iter().map(|field| {
            Ok(model::Field {
                name: field.name.clone(),
                ty: surface_type(service, &field.ty)?,
                required: field.spec.required,
                secret: field.spec.secret,
                about: field.spec.about.clone(),
            })
        });
        Ok(model::Model {
            name: model.name.clone(),
            index,
            about: model.about.clone(),
            fields: fields.collect::<Result<_>>()?,
            recursive: reaches(service, index, index),
            is_input: inputs.contains(&index),
            is_output: outputs.contains(&index),
        })
    });
    let enums = service.enums.iter().enumerate().map(|(index, described)| model::Enum {
        name: described.name.clone(),
        index,
        about: described.about.clone(),
        values: described
            .values
            .iter()
            .map(|value| model::EnumValue { name: value.name.clone(), about: value.about.clone() })
            .collect(),
    });
    let unions = service.unions.iter().enumerate().map(|(index, union)| {
        let variants = union.variants.iter().map(|(name, spec, ty)| {
            let ty = ty.as_ref().map(|ty| surface_type(service, ty)).transpose()?;
            Ok(model::Variant { name: name.clone(), ty, about: spec.about.clone() })
        });
        Ok(model::Union {
            name: union.name.clone(),
            index,
            about: union.about.clone(),
            variants: variants.collect::<Result<_>>()?,
        })
    });
    let groups = file.groups.iter().map(|(name, about)| {
        let operations = service
            .operations
            .iter()
            .filter(|operation| operation.group == *name && operation.spec.part_of.is_none())
            .map(|operation| self::operation(service, operation).with_context(|| operation.place.clone()));
        Ok(model::Group { name: name.clone(), about: about.clone(), operations: operations.collect::<Result<_>>()? })
    });
    Ok(model::Service {
        id: file.service.clone(),
        class: file.class.clone(),
        about: file.about.clone(),
        hosts: file
            .hosts
            .iter()
            .map(|(name, base_url)| model::Host { name: name.clone(), base_url: base_url.clone() })
            .collect(),
        credentials: file
            .credentials
            .iter()
            .map(|(name, spec)| model::Credential {
                name: name.clone(),
                about: spec.about.clone(),
                secret: spec.secret,
            })
            .collect(),
        groups: groups.collect::<Result<_>>()?,
        models: models.collect::<Result<_>>()?,
        enums: enums.collect(),
        unions: unions.collect::<Result<_>>()?,
        upload_params: callers(service, &service.upload_params)?,
        download_params: callers(service, &service.download_params)?,
    })
}

fn operation(service: &Service, operation: &Operation) -> Result<model::Operation> {
    let about = operation.result_about.clone();
    let result = match &operation.result {
        ResultShape::Json { ty, .. } => model::ResultShape::Value { ty: surface_type(service, ty)?, about },
        ResultShape::Bytes => model::ResultShape::Bytes { about },
        ResultShape::None => model::ResultShape::None,
        ResultShape::Link => model::ResultShape::Link { about },
    };
    let spec = &operation.spec;
    let errors = documented_errors(service, operation)?;
    Ok(model::Operation {
        id: operation.id.clone(),
        name: operation.name.clone(),
        group: operation.group.clone(),
        summary: spec.summary.clone(),
        about: spec.about.clone(),
        source: spec.send.clone(),
        params: callers(service, &operation.params)?,
        paging: spec.paging.as_ref().map(|_| paging(service, operation)).transpose()?,
        result,
        idempotent: spec.idempotent,
        auth: operation.auth.clone(),
        errors: errors
            .into_iter()
            .map(|error| model::OperationError { code: error.code, name: error.rule_name, kind: error.kind })
            .collect(),
        deprecated: spec.deprecated.clone(),
        not_callable: spec.not_callable.clone(),
        guessed: spec.guessed,
        example: spec.example.clone(),
    })
}

/// The type of a page's items.
pub fn page_item(service: &Service, operation: &Operation) -> Result<Ty> {
    let spec = operation.spec.paging.as_ref().context("it has no paging rule")?;
    let ResultShape::Json { ty: Ty::Named(name), .. } = &operation.result else {
        anyhow::bail!("a listing by pages gives an object that holds the items");
    };
    let (Tag::Model, index) = service.lookup(name)? else { anyhow::bail!("a listing by pages gives an object") };
    let field = service.models[index].fields.iter().find(|field| field.name == spec.items);
    match &field.with_context(|| format!("{name} has no field `{}`", spec.items))?.ty {
        Ty::List(item) | Ty::ListOrOne(item) | Ty::ListOrMap(item, _) => Ok((**item).clone()),
        _ => anyhow::bail!("`{}` of {name} is not a list", spec.items),
    }
}

fn paging(service: &Service, operation: &Operation) -> Result<model::Paging> {
    let spec = operation.spec.paging.as_ref().context("it has no paging rule")?;
    let all = words(&operation.name);
    let left: Vec<&str> =
        all.iter().map(String::as_str).skip(usize::from(matches!(all[0].as_str(), "get" | "list"))).collect();
    Ok(model::Paging {
        iter: super::names::camel(&left.join("_")),
        position: spec.position.clone(),
        item: surface_type(service, &page_item(service, operation)?)?,
    })
}

fn callers(service: &Service, params: &[Param]) -> Result<Vec<model::Param>> {
    let mut all: Vec<model::Param> = params
        .iter()
        .filter(|param| param.filled_by == "caller")
        .map(|param| {
            let spec = &param.spec;
            Ok(model::Param {
                name: param.name.clone(),
                ty: surface_type(service, &param.ty).with_context(|| param.name.clone())?,
                required: spec.required,
                nullable: param.nullable,
                three_states: param.nullable && !spec.required,
                secret: spec.secret,
                about: spec.about.clone(),
                default: spec.default.as_ref().or(spec.send.as_ref()).map(ToString::to_string),
                min: spec.min,
                max: spec.max,
            })
        })
        .collect::<Result<_>>()?;
    all.sort_by_key(|param| !param.required);
    Ok(all)
}

/// The type that a user sees.
pub fn surface_type(service: &Service, ty: &Ty) -> Result<model::Type> {
    let plain = |tag| model::Type { tag, of: Vec::new(), name: String::new(), index: 0 };
    let holding = |tag, inner: &[&Ty]| -> Result<model::Type> {
        let of = inner.iter().map(|ty| surface_type(service, ty)).collect::<Result<_>>()?;
        Ok(model::Type { of, ..plain(tag) })
    };
    let named = |name: &str| -> Result<model::Type> {
        let (tag, index) = service.lookup(name)?;
        Ok(model::Type { name: name.to_owned(), index, ..plain(tag) })
    };
    Ok(match ty {
        Ty::Bool => plain(Tag::Bool),
        Ty::Int => plain(Tag::Int),
        Ty::Big => plain(Tag::Big),
        Ty::Number => plain(Tag::Number),
        Ty::Decimal => plain(Tag::Decimal),
        Ty::Id => plain(Tag::Id),
        Ty::Text => plain(Tag::Text),
        Ty::Json => plain(Tag::Json),
        Ty::Source => plain(Tag::Source),
        Ty::Time { forms, .. } if forms.contains(&TimeForm::Local) => plain(Tag::LocalTime),
        Ty::Time { .. } => plain(Tag::Instant),
        Ty::Named(name) | Ty::StringOrObject(name, _) => named(name)?,
        Ty::List(item) | Ty::ListOrOne(item) | Ty::ListOrMap(item, _) => holding(Tag::List, &[item])?,
        Ty::Map(item) | Ty::MapOrEmptyList(item) => holding(Tag::Map, &[item])?,
        Ty::Tuple(places) => holding(Tag::Tuple, &places.iter().collect::<Vec<_>>())?,
        Ty::Nullable(inner) => holding(Tag::Nullable, &[inner])?,
    })
}

/// Names of the types that a type holds.
fn names_in<'a>(ty: &'a Ty, names: &mut Vec<&'a str>) {
    match ty {
        Ty::Named(name) | Ty::StringOrObject(name, _) => names.push(name),
        Ty::List(inner)
        | Ty::ListOrOne(inner)
        | Ty::ListOrMap(inner, _)
        | Ty::Map(inner)
        | Ty::MapOrEmptyList(inner)
        | Ty::Nullable(inner) => names_in(inner, names),
        Ty::Tuple(places) => places.iter().for_each(|place| names_in(place, names)),
        _ => {}
    }
}

/// The models that a type holds, directly or through unions.
fn models_in(service: &Service, ty: &Ty, found: &mut Vec<usize>) {
    let mut names = Vec::new();
    names_in(ty, &mut names);
    for name in names {
        match service.named.get(name) {
            Some((Tag::Model, index)) => found.push(*index),
            Some((Tag::Union, index)) => {
                for (_, _, ty) in &service.unions[*index].variants {
                    ty.iter().for_each(|ty| models_in(service, ty, found));
                }
            }
            _ => {}
        }
    }
}

/// All models that can be reached from these types.
fn closure<'a>(service: &Service, types: impl Iterator<Item = &'a Ty>) -> HashSet<usize> {
    let mut waiting = Vec::new();
    types.for_each(|ty| models_in(service, ty, &mut waiting));
    let mut seen = HashSet::new();
    while let Some(index) = waiting.pop() {
        if seen.insert(index) {
            service.models[index].fields.iter().for_each(|field| models_in(service, &field.ty, &mut waiting));
        }
    }
    seen
}

fn reaches(service: &Service, from: usize, to: usize) -> bool {
    closure(service, service.models[from].fields.iter().map(|field| &field.ty)).contains(&to)
}

/// The models that callers give, and those that answers hold. A model that no operation names counts as an answer.
fn directions(service: &Service) -> (HashSet<usize>, HashSet<usize>) {
    let params = service.operations.iter().flat_map(|operation| &operation.params);
    let inputs =
        closure(service, params.chain(&service.upload_params).chain(&service.download_params).map(|param| &param.ty));
    let results = service.operations.iter().filter_map(|operation| match &operation.result {
        ResultShape::Json { ty, .. } => Some(ty),
        _ => None,
    });
    let mut outputs = closure(service, results);
    outputs.extend((0..service.models.len()).filter(|index| !inputs.contains(index)));
    (inputs, outputs)
}
