//! What the templates of the pages see: texts that are ready to be placed.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Serialize;

use super::snippets::{GroupSnippets, Snippet};
use super::words::{self, anchor, cell};
use crate::generate::languages::kotlin::views::ConstantView;
use crate::generate::languages::swift::names::static_member;
use crate::generate::model::{
    Api, Enum, Field, Group, Kind, Model, Operation, Param, ResultShape, Service, Tag, Union,
};
use crate::generate::names::pascal;
use crate::generate::parse::{PagingSpec, RuleSpec};
use crate::generate::resolve;
use crate::generate::rules::documented_errors;

/// The page of models, seen from that of a group.
const MODELS: &str = "models.md";

/// A group of operations.
#[derive(Serialize)]
pub struct GroupPage<'a> {
    service: &'a str,
    group: &'a str,
    about: &'a str,
    imports: &'a [Snippet],
    operations: Vec<OperationView<'a>>,
}

#[derive(Serialize)]
struct OperationView<'a> {
    name: &'a str,
    anchor: String,
    summary: &'a str,
    about: &'a str,
    /// What has to be seen before anything else: deprecated, not to be called, guessed.
    notes: Vec<String>,
    facts: Vec<String>,
    params: Vec<ParamView<'a>>,
    result: String,
    fields: Vec<FieldView<'a>>,
    errors: Vec<ErrorView>,
    snippets: &'a [Snippet],
}

#[derive(Serialize)]
struct ParamView<'a> {
    name: &'a str,
    ty: String,
    required: bool,
    default: String,
    limits: String,
    about: String,
}

#[derive(Serialize)]
struct FieldView<'a> {
    name: &'a str,
    ty: String,
    presence: &'static str,
    about: String,
}

#[derive(Serialize)]
struct ErrorView {
    code: String,
    name: String,
    kind: String,
}

impl<'a> GroupPage<'a> {
    pub fn new(
        service: &'a Service,
        described: &resolve::Service,
        group: &'a Group,
        examples: &'a GroupSnippets,
    ) -> Result<Self> {
        let operations = group.operations.iter().map(|operation| {
            let snippets = examples.by_operation.get(&operation.id);
            let snippets = snippets.map(Vec::as_slice).unwrap_or_default();
            OperationView::new(service, described, operation, snippets).with_context(|| operation.id.clone())
        });
        Ok(Self {
            service: &service.class,
            group: &group.name,
            about: &group.about,
            imports: &examples.imports,
            operations: operations.collect::<Result<_>>()?,
        })
    }
}

impl<'a> OperationView<'a> {
    fn new(
        service: &'a Service,
        described: &resolve::Service,
        operation: &'a Operation,
        snippets: &'a [Snippet],
    ) -> Result<Self> {
        let resolved = (described.operations.iter())
            .find(|resolved| resolved.id == operation.id)
            .context("it is described nowhere")?;
        let errors = documented_errors(described, resolved)?;
        let (result, fields) = result(service, operation);
        Ok(Self {
            name: &operation.name,
            anchor: anchor(&operation.name),
            summary: &operation.summary,
            about: &operation.about,
            notes: notes(operation),
            facts: facts(service, operation, resolved),
            params: operation.params.iter().map(ParamView::new).collect(),
            result,
            fields,
            errors: (errors.into_iter())
                .map(|error| ErrorView { code: format!("`{}`", error.label), name: error.rule_name, kind: error.kind })
                .collect(),
            snippets,
        })
    }
}

fn notes(operation: &Operation) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(why) = &operation.not_callable {
        notes.push(format!("It cannot be called: {why}"));
    }
    if let Some(why) = &operation.deprecated {
        notes.push(format!("Deprecated: {why}"));
    }
    if operation.guessed {
        notes.push("Part of this is a guess: no source describes it in full.".to_owned());
    }
    notes
}

fn facts(service: &Service, operation: &Operation, resolved: &resolve::Operation) -> Vec<String> {
    let mut facts = vec![format!("{}'s own: `{}`", service.class, operation.source)];
    if !resolved.spec.also_at.is_empty() {
        facts.push(format!("Also at: `{}` (the call option `address`)", resolved.spec.also_at.join("`, `")));
    }
    facts.push(
        match operation.auth.as_str() {
            "required" => "Sign-in: required",
            "optional" => "Sign-in: used where there is one, not required",
            _ => "Sign-in: not needed",
        }
        .to_owned(),
    );
    facts.push(
        match operation.idempotent {
            true => "Doing it twice is like doing it once, so it is repeated after an answer that was lost",
            false => "Doing it twice does it twice, so it is not repeated after an answer that was lost",
        }
        .to_owned(),
    );
    facts.extend(resolved.spec.paging.as_ref().map(paging));
    if let Some(batch) = &resolved.spec.batch {
        facts.push(format!(
            "More than {} `{}` go in several requests; where one of them fails, the error's `items` tell what was done",
            batch.size, batch.param
        ));
    }
    facts
}

fn paging(paging: &PagingSpec) -> String {
    let size = match &paging.size {
        Some(size) => format!("`{size}` items a page, {} where it is left out", paging.default_size),
        None => format!("{} items a page", paging.default_size),
    };
    let ends: Vec<String> = (paging.end.0.iter())
        .map(|end| match end.split_once('=') {
            Some(("total", field)) => format!("reached when `{field}` items are there"),
            Some((_, field)) => format!("told by `{field}`"),
            None if end == "short_page" => "a page with fewer items than asked for".to_owned(),
            None => "an empty page".to_owned(),
        })
        .collect();
    format!("Pages: by `{}`, {size}; the end is {}; iterators walk them", paging.position, ends.join(" or "))
}

/// The result in words, and its fields where it is a model of its own.
fn result<'a>(service: &'a Service, operation: &'a Operation) -> (String, Vec<FieldView<'a>>) {
    let joined = |text: String, about: &str| match about {
        "" => text,
        about => format!("{text} {about}"),
    };
    match &operation.result {
        ResultShape::Value { ty, about } if ty.tag == Tag::Model => {
            let model = &service.models[ty.index];
            let text = format!("{}:", words::ty(ty, MODELS));
            (joined(text, about), fields(model, MODELS))
        }
        ResultShape::Value { ty, about } => (joined(format!("{}.", words::ty(ty, MODELS)), about), Vec::new()),
        ResultShape::Bytes { about } => (joined("A stream of bytes.".to_owned(), about), Vec::new()),
        ResultShape::None => ("Nothing.".to_owned(), Vec::new()),
        ResultShape::Link { about } => {
            let text = "An address for a person's browser, as text; nothing is sent.";
            (joined(text.to_owned(), about), Vec::new())
        }
    }
}

impl<'a> ParamView<'a> {
    fn new(param: &'a Param) -> Self {
        let secret = if param.secret { " Secret." } else { "" };
        Self {
            name: &param.name,
            ty: words::param(param, MODELS),
            required: param.required,
            default: (param.default.as_ref()).map(|default| format!("`{}`", cell(default))).unwrap_or_default(),
            limits: param.limits().unwrap_or_default(),
            about: cell(&param.about) + secret,
        }
    }
}

fn fields<'a>(model: &'a Model, models: &str) -> Vec<FieldView<'a>> {
    let view = |field: &'a Field| FieldView {
        name: &field.name,
        ty: words::ty(&field.ty, models),
        presence: words::presence(field),
        about: cell(&field.about),
    };
    model.fields.iter().map(view).collect()
}

/// The models of a service.
#[derive(Serialize)]
pub struct ModelsPage<'a> {
    title: String,
    about: &'static str,
    models: Vec<ModelView<'a>>,
    enums: &'a [Enum],
    unions: Vec<UnionView<'a>>,
}

#[derive(Serialize)]
struct ModelView<'a> {
    name: &'a str,
    about: &'a str,
    fields: Vec<FieldView<'a>>,
}

#[derive(Serialize)]
struct UnionView<'a> {
    name: &'a str,
    about: &'a str,
    variants: Vec<VariantView<'a>>,
}

#[derive(Serialize)]
struct VariantView<'a> {
    name: &'a str,
    ty: String,
    about: String,
}

impl<'a> ModelsPage<'a> {
    pub fn new(service: &'a Service) -> Self {
        let about = "What its operations take and give. How types are called in each language: \
            [the reference](../README.md#how-to-read-the-pages).";
        Self::with(service, format!("{}: models", service.class), about)
    }

    pub fn shared(service: &'a Service) -> Self {
        let about = "Models that are the same for every service. How types are called in each language: \
            [the reference](README.md#how-to-read-the-pages).";
        Self::with(service, "What all services share".to_owned(), about)
    }

    fn with(service: &'a Service, title: String, about: &'static str) -> Self {
        // Links stay on the page.
        let models = (service.models.iter()).map(|model| ModelView {
            name: &model.name,
            about: &model.about,
            fields: fields(model, ""),
        });
        let union = |union: &'a Union| UnionView {
            name: &union.name,
            about: &union.about,
            variants: (union.variants.iter())
                .map(|variant| VariantView {
                    name: &variant.name,
                    ty: (variant.ty.as_ref()).map_or("without content".to_owned(), |ty| words::ty(ty, "")),
                    about: cell(&variant.about),
                })
                .collect(),
        };
        Self {
            title,
            about,
            models: models.collect(),
            enums: &service.enums,
            unions: service.unions.iter().map(union).collect(),
        }
    }
}

/// A service: its sites, credentials and groups.
pub fn service(service: &Service) -> impl Serialize {
    let mut view = serde_json::json!({
        "class": service.class,
        "about": service.about,
        "hosts": service.hosts,
        "credentials": service.credentials,
    });
    let groups = service.groups.iter().map(|group| {
        let operations = group.operations.iter().map(|operation| {
            serde_json::json!({
                "name": operation.name,
                "anchor": anchor(&operation.name),
                "summary": operation.summary,
            })
        });
        let operations: Vec<serde_json::Value> = operations.collect();
        serde_json::json!({ "name": group.name, "about": group.about, "operations": operations })
    });
    view["groups"] = groups.collect();
    view
}

/// The way to all pages.
#[derive(Serialize)]
pub struct ReferencePage<'a> {
    services: &'a [Service],
    types: [[&'static str; 6]; words::TYPES.len()],
}

impl<'a> ReferencePage<'a> {
    pub fn new(api: &'a Api) -> Self {
        Self { services: &api.services, types: words::TYPES }
    }
}

/// All kinds of errors.
#[derive(Serialize)]
pub struct ErrorsPage<'a> {
    kinds: Vec<KindView<'a>>,
}

#[derive(Serialize)]
struct KindView<'a> {
    name: &'a str,
    class: &'a str,
    swift: String,
    kotlin: String,
    rust: String,
    about: &'a str,
    advice: &'a str,
    python_base: Option<&'a str>,
    services: Vec<KindOfService<'a>>,
}

#[derive(Serialize)]
struct KindOfService<'a> {
    class: &'a str,
    /// Names of errors with the codes that mean them.
    names: Vec<String>,
}

impl<'a> ErrorsPage<'a> {
    pub fn new(api: &'a Api, described: &'a [resolve::Service]) -> Self {
        let view = |kind: &'a Kind| {
            let services = described
                .iter()
                .map(|service| KindOfService { class: &service.file.class, names: names_of(service, &kind.name) });
            KindView {
                name: &kind.name,
                class: &kind.class,
                swift: static_member(&kind.name).trim_matches('`').to_owned(),
                kotlin: ConstantView::new(&kind.name, &kind.about).name,
                rust: pascal(&kind.name),
                about: &kind.about,
                advice: &kind.advice,
                python_base: kind.python_base.as_deref(),
                services: services.filter(|service| !service.names.is_empty()).collect(),
            }
        };
        Self { kinds: api.kinds.iter().map(view).collect() }
    }
}

/// The names that a service's rules give to errors of a kind, each with its codes, in the order of the rules.
fn names_of(service: &resolve::Service, kind: &str) -> Vec<String> {
    let own = service.file.envelopes.values().flat_map(|envelope| &envelope.rules);
    let rules = own.chain(&service.file.rules);
    let mut order: Vec<&str> = Vec::new();
    let mut codes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for rule in rules.filter(|rule| rule.kind.as_deref() == Some(kind)) {
        let Some(name) = rule.name.as_deref() else { continue };
        if !codes.contains_key(name) {
            order.push(name);
        }
        let known = codes.entry(name).or_default();
        for code in sent(rule) {
            if !known.contains(&code) {
                known.push(code);
            }
        }
    }
    let shown = |name: &&str| match codes[*name].as_slice() {
        [] => format!("`{name}`"),
        codes => format!("`{name}`: {}", codes.join(", ")),
    };
    order.iter().map(shown).collect()
}

/// What a server sends that meets a rule, as far as it is a code or an HTTP status.
fn sent(rule: &RuleSpec) -> Vec<String> {
    let codes: Vec<&String> = rule.code.0.iter().filter(|code| *code != "none").collect();
    if codes.is_empty() {
        return rule.http_status.0.iter().map(|status| format!("HTTP {status}")).collect();
    }
    let status = match rule.http_status.0.as_slice() {
        [] => String::new(),
        statuses => format!(" with HTTP {}", statuses.join(", ")),
    };
    let sub_codes = &rule.sub_code.0;
    let with_sub_codes = codes.iter().flat_map(|code| match sub_codes.as_slice() {
        [] => vec![format!("`{code}`{status}")],
        all => all.iter().map(|sub| format!("`{code}/{sub}`{status}")).collect(),
    });
    with_sub_codes.collect()
}
