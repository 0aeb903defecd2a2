//! Kotlin: what the templates in `xtask/templates/kotlin` print.
//!
//! All decisions about names and types are made here; the templates only lay out text.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde::Serialize;

use crate::generate::model::{Api, Field, Operation, Param, ResultShape, Service, Tag, Type};
use crate::generate::names::{camel, pascal, words};
use crate::generate::templates::Templates;
use crate::generate::{GENERATED, GeneratedFile};

const MAIN: &str = "bindings-kotlin/fileferry/src/generated/kotlin/dev/fileferry";
const TEST: &str = "bindings-kotlin/fileferry/src/generated-test/kotlin/dev/fileferry";
const RUNNER: &str = "tests/conformance/runners/kotlin/src/generated/kotlin/dev/fileferry/conformance";

/// Words that cannot be names without back-ticks.
const HARD_KEYWORDS: [&str; 28] = [
    "as",
    "break",
    "class",
    "continue",
    "do",
    "else",
    "false",
    "for",
    "fun",
    "if",
    "in",
    "interface",
    "is",
    "null",
    "object",
    "package",
    "return",
    "super",
    "this",
    "throw",
    "true",
    "try",
    "typealias",
    "typeof",
    "val",
    "var",
    "when",
    "while",
];

/// Types that generated code names; a type of a service that is called like one of them gets another name.
const USED_TYPES: [&str; 33] = [
    "Any",
    "Array",
    "BigDecimal",
    "Boolean",
    "ByteArray",
    "ByteStream",
    "CallOptions",
    "Connection",
    "Deprecated",
    "Double",
    "Field",
    "Flow",
    "Instant",
    "Int",
    "JsonElement",
    "JvmInline",
    "List",
    "LocalDateTime",
    "Long",
    "Map",
    "Model",
    "Native",
    "OneOf",
    "OpenEnum",
    "Pair",
    "Read",
    "Reader",
    "Set",
    "Shape",
    "Source",
    "String",
    "Triple",
    "Unit",
];

/// What a model already has.
const MODEL_MEMBERS: [&str; 1] = ["extra"];

/// What an operation's method already uses.
const METHOD_NAMES: [&str; 2] = ["options", "connection"];

/// What every object has, and what a group must not hide.
const OBJECT_MEMBERS: [&str; 3] = ["equals", "hashCode", "toString"];

/// What every client has.
const CLIENT_MEMBERS: [&str; 4] = ["baseUrl", "connection", "isClosed", "service"];

/// Options that all clients have, and what the constructor uses.
const CLIENT_OPTIONS: [&str; 22] = [
    "session",
    "onSession",
    "host",
    "baseUrl",
    "allowHttp",
    "connectTimeout",
    "idleTimeout",
    "uploadIdleTimeout",
    "deadline",
    "maxAttempts",
    "backoff",
    "backoffMax",
    "retryAfterCap",
    "rate",
    "maxJson",
    "proxy",
    "caBundle",
    "userAgent",
    "onCaptcha",
    "onConfirm",
    "onLog",
    "connection",
];

/// What the verbs `upload` and `download` already take.
const VERB_ARGUMENTS: [&str; 8] = [
    "source",
    "path",
    "folder",
    "name",
    "target",
    "to",
    "overwrite",
    "onProgress",
];

/// The files of this language.
pub fn files(api: &Api, templates: &mut Templates) -> Result<Vec<GeneratedFile>> {
    let mut files = Vec::new();
    let library = LibraryView {
        generated: GENERATED,
        version: &api.version,
        fingerprint: &api.fingerprint,
        kinds: api
            .kinds
            .iter()
            .map(|kind| ConstantView::new(&kind.name, &kind.about))
            .collect(),
    };
    files.push(GeneratedFile::new(
        format!("{MAIN}/ErrorKind.kt"),
        templates.render("kotlin/error_kind.kt.j2", &library)?,
    ));
    files.push(GeneratedFile::new(
        format!("{MAIN}/internal/Library.kt"),
        templates.render("kotlin/library.kt.j2", &library)?,
    ));
    let shared = ServiceView::new(&api.shared, "dev.fileferry")?;
    files.push(GeneratedFile::new(
        format!("{MAIN}/Shared.kt"),
        templates.render("kotlin/types.kt.j2", &shared)?,
    ));
    let mut services = Vec::new();
    for service in &api.services {
        files.extend(service_files(service, MAIN, templates)?);
        services.push(ServiceView::new(service, &service_package(service))?);
    }
    files.extend(runner_files(&shared, &services, templates)?);
    for service in &api.test_services {
        files.extend(service_files(service, TEST, templates)?);
    }
    Ok(files)
}

fn service_files(service: &Service, folder: &str, templates: &Templates) -> Result<Vec<GeneratedFile>> {
    let package = package_name(service);
    let view = ServiceView::new(service, &service_package(service))?;
    let mut files = vec![
        GeneratedFile::new(
            format!("{folder}/{}.kt", service.class),
            templates.render("kotlin/client.kt.j2", &view)?,
        ),
        GeneratedFile::new(
            format!("{folder}/{package}/Types.kt"),
            templates.render("kotlin/types.kt.j2", &view)?,
        ),
    ];
    for group in &view.groups {
        let context = GroupContext {
            generated: GENERATED,
            service: &view.class,
            package: &view.package,
            group,
        };
        files.push(GeneratedFile::new(
            format!("{folder}/{package}/{}.kt", group.class),
            templates.render("kotlin/group.kt.j2", &context)?,
        ));
    }
    Ok(files)
}

/// The conformance runner's calls of typed methods, and what it reads of their results.
fn runner_files(shared: &ServiceView, services: &[ServiceView], templates: &Templates) -> Result<Vec<GeneratedFile>> {
    let context = RunnerContext {
        generated: GENERATED,
        shared,
        services,
    };
    let file = |name: String, text| GeneratedFile::new(format!("{RUNNER}/{name}.kt"), text);
    let mut files = vec![
        file(
            "Services".to_owned(),
            templates.render("kotlin/runner_services.kt.j2", &context)?,
        ),
        file(
            "SharedObservation".to_owned(),
            templates.render("kotlin/runner_observation.kt.j2", shared)?,
        ),
    ];
    for service in services {
        let class = &service.class;
        files.push(file(
            format!("{class}Dispatch"),
            templates.render("kotlin/runner_dispatch.kt.j2", service)?,
        ));
        files.push(file(
            format!("{class}Observation"),
            templates.render("kotlin/runner_observation.kt.j2", service)?,
        ));
        for group in &service.groups {
            let context = GroupContext {
                generated: GENERATED,
                service: class,
                package: &service.package,
                group,
            };
            files.push(file(
                format!("{class}{}", group.class),
                templates.render("kotlin/runner_group.kt.j2", &context)?,
            ));
        }
    }
    Ok(files)
}

fn service_package(service: &Service) -> String {
    format!("dev.fileferry.{}", package_name(service))
}

/// The last part of a service's package.
fn package_name(service: &Service) -> String {
    words(&service.id).concat()
}

// What the templates see. Every text is ready to be printed.

#[derive(Serialize)]
struct LibraryView<'a> {
    generated: &'static str,
    version: &'a str,
    fingerprint: &'a str,
    kinds: Vec<ConstantView>,
}

#[derive(Serialize)]
struct RunnerContext<'a> {
    generated: &'static str,
    shared: &'a ServiceView,
    services: &'a [ServiceView],
}

#[derive(Serialize)]
struct GroupContext<'a> {
    generated: &'static str,
    service: &'a str,
    package: &'a str,
    group: &'a GroupView,
}

#[derive(Serialize)]
struct ServiceView {
    generated: &'static str,
    package: String,
    id: String,
    class: String,
    about: Vec<String>,
    hosts: Vec<HostView>,
    credentials: Vec<CredentialView>,
    groups: Vec<GroupView>,
    models: Vec<ModelView>,
    enums: Vec<EnumView>,
    unions: Vec<UnionView>,
    upload_params: Vec<ParamView>,
    download_params: Vec<ParamView>,
}

#[derive(Serialize)]
struct HostView {
    name: String,
    base_url: String,
}

#[derive(Serialize)]
struct CredentialView {
    key: String,
    name: String,
    about: Vec<String>,
}

#[derive(Serialize)]
struct GroupView {
    key: String,
    name: String,
    class: String,
    about: Vec<String>,
    operations: Vec<OperationView>,
}

#[derive(Serialize)]
struct OperationView {
    id: String,
    name: String,
    about: Vec<String>,
    params: Vec<ParamView>,
    /// The same where null is told apart from nothing, if it is; a method of its own takes them.
    three_state_params: Option<Vec<ParamView>>,
    /// Which function of the connection makes the call.
    call: &'static str,
    result: String,
    reader: Option<String>,
    deprecated: Option<String>,
    iterator: Option<IteratorView>,
}

#[derive(Serialize)]
struct IteratorView {
    name: String,
    about: Vec<String>,
    params: Vec<ParamView>,
    three_state_params: Option<Vec<ParamView>>,
    item: String,
    reader: String,
}

#[derive(Debug, Clone, Serialize)]
struct ParamView {
    key: String,
    name: String,
    ty: String,
    default: Option<&'static str>,
    /// How it gets into the arguments, and out of a conformance case: `required`, `nullable`, `optional` or `field`.
    put: &'static str,
    /// What makes it of a conformance case's JSON.
    arg: String,
}

#[derive(Serialize)]
struct ModelView {
    name: String,
    plain_name: String,
    about: Vec<String>,
    fields: Vec<FieldView>,
    secrets: Vec<String>,
    /// What makes it of a conformance case's JSON, where callers give it.
    arg: Option<String>,
}

#[derive(Serialize)]
struct FieldView {
    key: String,
    name: String,
    about: Vec<String>,
    ty: String,
    required: bool,
    reader: String,
    arg: String,
}

#[derive(Serialize)]
struct EnumView {
    name: String,
    about: Vec<String>,
    values: Vec<ConstantView>,
}

#[derive(Serialize)]
struct ConstantView {
    name: String,
    value: String,
    about: Vec<String>,
}

#[derive(Serialize)]
struct UnionView {
    name: String,
    plain_name: String,
    about: Vec<String>,
    variants: Vec<VariantView>,
}

#[derive(Serialize)]
struct VariantView {
    name: String,
    key: String,
    about: Vec<String>,
    ty: Option<String>,
    reader: Option<String>,
}

impl ServiceView {
    fn new(service: &Service, package: &str) -> Result<Self> {
        let types = TypeNames::new(service, package);
        let mut members = Names::taken(&CLIENT_MEMBERS);
        let mut options = Names::taken(&CLIENT_OPTIONS);
        let groups = service
            .groups
            .iter()
            .map(|group| GroupView::new(service, group, &types, &mut members));
        Ok(Self {
            generated: GENERATED,
            package: package.to_owned(),
            id: service.id.clone(),
            class: service.class.clone(),
            about: paragraph(&service.about),
            hosts: service
                .hosts
                .iter()
                .map(|host| HostView {
                    name: host.name.clone(),
                    base_url: host.base_url.clone(),
                })
                .collect(),
            credentials: service
                .credentials
                .iter()
                .map(|credential| CredentialView {
                    key: text(&credential.name),
                    name: options.take(camel(&credential.name)),
                    about: paragraph(&credential.about),
                })
                .collect(),
            groups: groups.collect::<Result<_>>()?,
            models: service
                .models
                .iter()
                .map(|model| {
                    let mut names = Names::taken(&MODEL_MEMBERS);
                    let fields = model
                        .fields
                        .iter()
                        .map(|field| FieldView::new(field, &types, &mut names));
                    Ok(ModelView {
                        name: types.of(&model.name),
                        plain_name: text(&model.name),
                        about: paragraph(&model.about),
                        fields: fields.collect::<Result<_>>()?,
                        arg: model.is_input.then(|| escaped(camel(&model.name))),
                        secrets: model
                            .fields
                            .iter()
                            .filter(|field| field.secret)
                            .map(|field| text(&field.name))
                            .collect(),
                    })
                })
                .collect::<Result<_>>()?,
            enums: service
                .enums
                .iter()
                .map(|it| {
                    let mut names = Names::default();
                    let values = it.values.iter().map(|value| {
                        let mut view = ConstantView::new(&value.name, &value.about);
                        view.name = names.take(view.name);
                        view
                    });
                    EnumView {
                        name: types.of(&it.name),
                        about: paragraph(&it.about),
                        values: values.collect(),
                    }
                })
                .collect(),
            unions: service
                .unions
                .iter()
                .map(|union| UnionView::new(union, &types))
                .collect::<Result<_>>()?,
            upload_params: verb_params(&service.upload_params, &types)?,
            download_params: verb_params(&service.download_params, &types)?,
        })
    }
}

fn verb_params(params: &[Param], types: &TypeNames) -> Result<Vec<ParamView>> {
    let mut names = Names::taken(&[&METHOD_NAMES[..], &VERB_ARGUMENTS[..]].concat());
    params
        .iter()
        .map(|param| ParamView::new(param, &types.qualified(), &mut names))
        .collect()
}

impl GroupView {
    fn new(
        service: &Service,
        group: &crate::generate::model::Group,
        types: &TypeNames,
        members: &mut Names,
    ) -> Result<Self> {
        let mut names = Names::taken(&OBJECT_MEMBERS);
        let mut about = paragraph(&group.about);
        let operations = group
            .operations
            .iter()
            .filter(|operation| operation.not_callable.is_none());
        for operation in &group.operations {
            if let Some(reason) = &operation.not_callable {
                about.push(String::new());
                about.extend(paragraph(&format!("`{}` cannot be called: {reason}", operation.name)));
            }
        }
        Ok(Self {
            key: text(&group.name),
            name: members.take(camel(&group.name)),
            class: types.group(&group.name),
            about,
            operations: operations
                .map(|operation| OperationView::new(service, operation, types, &mut names))
                .collect::<Result<_>>()?,
        })
    }
}

impl OperationView {
    fn new(service: &Service, operation: &Operation, types: &TypeNames, names: &mut Names) -> Result<Self> {
        let mut arguments = Names::taken(&METHOD_NAMES);
        let params: Vec<_> = operation
            .params
            .iter()
            .map(|param| ParamView::new(param, types, &mut arguments))
            .collect::<Result<_>>()?;
        let (call, result, reader) = match &operation.result {
            ResultShape::Value { ty, .. } => ("call", types.name(ty)?, Some(types.reader(ty)?)),
            ResultShape::Bytes { .. } => ("callForBytes", "ByteStream".to_owned(), None),
            ResultShape::None => ("callForNothing", "Unit".to_owned(), None),
            ResultShape::Link { .. } => ("callForLink", "String".to_owned(), None),
        };
        let name = names.take(camel(&operation.name));
        let iterator = match &operation.paging {
            None => None,
            Some(paging) => {
                let params: Vec<_> = params
                    .iter()
                    .filter(|param| param.key != text(&paging.position))
                    .cloned()
                    .collect();
                Some(IteratorView {
                    name: names.take(camel(&format!("iter_{}", paging.iter))),
                    about: iterator_about(&name, operation, &params),
                    three_state_params: three_states(operation, &params),
                    params,
                    item: types.name(&paging.item)?,
                    reader: types.reader(&paging.item)?,
                })
            }
        };
        Ok(Self {
            id: text(&operation.id),
            about: operation_about(service, operation, &params),
            three_state_params: three_states(operation, &params),
            params,
            call,
            result,
            reader,
            deprecated: operation.deprecated.as_deref().map(text),
            iterator,
            name,
        })
    }
}

impl ParamView {
    fn new(param: &Param, types: &TypeNames, names: &mut Names) -> Result<Self> {
        let ty = types.name(&param.ty)?;
        let (ty, default, put) = match (param.required, param.nullable) {
            (true, false) => (ty, None, "required"),
            (true, true) => (format!("{ty}?"), None, "nullable"),
            (false, _) => (format!("{ty}?"), Some("null"), "optional"),
        };
        Ok(Self {
            key: text(&param.name),
            name: names.take(camel(&param.name)),
            arg: types.qualified().arg(&param.ty)?,
            ty,
            default,
            put,
        })
    }
}

/// The parameters where those with three states are wrapped, so that null can be sent.
fn three_states(operation: &Operation, params: &[ParamView]) -> Option<Vec<ParamView>> {
    let has_three = |view: &ParamView| {
        operation
            .params
            .iter()
            .any(|param| param.three_states && text(&param.name) == view.key)
    };
    let wrap = |view: &ParamView| match has_three(view) {
        // Without a default, so that a call which names none of them means the plain method.
        true => ParamView {
            ty: format!("Field<{}>", view.ty.trim_end_matches('?')),
            default: None,
            put: "field",
            ..view.clone()
        },
        false => view.clone(),
    };
    params.iter().any(has_three).then(|| params.iter().map(wrap).collect())
}

impl FieldView {
    fn new(field: &Field, types: &TypeNames, names: &mut Names) -> Result<Self> {
        Ok(Self {
            key: text(&field.name),
            name: names.take(camel(&field.name)),
            about: paragraph(&field.about),
            ty: types.name(&field.ty)? + if field.required { "" } else { "?" },
            required: field.required,
            reader: types.reader(&field.ty)?,
            arg: types.qualified().arg(&field.ty)?,
        })
    }
}

impl ConstantView {
    fn new(name: &str, about: &str) -> Self {
        let constant = words(name).join("_").to_uppercase();
        Self {
            name: identifier(constant),
            value: text(name),
            about: paragraph(about),
        }
    }
}

impl UnionView {
    fn new(union: &crate::generate::model::Union, types: &TypeNames) -> Result<Self> {
        // Inside the interface the variants' names come first, so every other type is called by its full name.
        let types = types.qualified();
        let mut names = Names::default();
        let variants = union.variants.iter().map(|variant| {
            Ok(VariantView {
                name: names.take(pascal(&variant.name)),
                key: text(&variant.name),
                about: paragraph(&variant.about),
                ty: variant.ty.as_ref().map(|ty| types.name(ty)).transpose()?,
                reader: variant.ty.as_ref().map(|ty| types.reader(ty)).transpose()?,
            })
        });
        Ok(Self {
            name: types.simple(&union.name),
            plain_name: text(&union.name),
            about: paragraph(&union.about),
            variants: variants.collect::<Result<_>>()?,
        })
    }
}

/// The documentation of an operation's method.
fn operation_about(service: &Service, operation: &Operation, params: &[ParamView]) -> Vec<String> {
    let mut lines = paragraph(&operation.summary);
    for text in [
        &operation.about,
        &format!("{}'s `{}`: `{}`.", service.class, operation.name, operation.source),
    ] {
        if !text.is_empty() {
            lines.push(String::new());
            lines.extend(paragraph(text));
        }
    }
    if operation.guessed {
        lines.push(String::new());
        lines.push("Part of this is a guess: no document describes it fully.".to_owned());
    }
    lines.push(String::new());
    lines.extend(params_about(operation, params));
    let result = match &operation.result {
        ResultShape::Value { about, .. } | ResultShape::Bytes { about } | ResultShape::Link { about } => about.as_str(),
        ResultShape::None => "",
    };
    if !result.is_empty() {
        lines.extend(paragraph(&format!("@return {result}")));
    }
    let errors = operation
        .errors
        .iter()
        .map(|error| format!("`{}` ({} `{}`)", error.kind, error.code, error.name));
    let errors = errors.collect::<Vec<_>>().join(", ");
    let named = if errors.is_empty() {
        String::new()
    } else {
        format!("; the service names {errors}")
    };
    lines.extend(paragraph(&format!(
        "@throws FileFerryException where the call fails{named}"
    )));
    lines
}

fn iterator_about(method: &str, operation: &Operation, params: &[ParamView]) -> Vec<String> {
    let mut lines = paragraph(&format!(
        "All items that [{method}] gives, page by page as they are collected."
    ));
    lines.push(String::new());
    lines.extend(params_about(operation, params));
    lines
}

fn params_about(operation: &Operation, views: &[ParamView]) -> Vec<String> {
    let mut lines = Vec::new();
    for view in views {
        let Some(param) = operation.params.iter().find(|param| text(&param.name) == view.key) else {
            continue;
        };
        let limits = match (param.min, param.max) {
            (Some(min), Some(max)) => format!(" From {min} to {max}."),
            (Some(min), None) => format!(" At least {min}."),
            (None, Some(max)) => format!(" At most {max}."),
            (None, None) => String::new(),
        };
        let default = param
            .default
            .as_ref()
            .map(|value| format!(" Left out: `{value}`."))
            .unwrap_or_default();
        let name = view.name.trim_matches('`');
        lines.extend(paragraph(&format!("@param {name} {}{limits}{default}", param.about)));
    }
    lines.extend(paragraph(
        "@param options what this call does differently from its client.",
    ));
    lines
}

/// The names of a service's types in Kotlin.
struct TypeNames<'a> {
    service: &'a Service,
    package: String,
    names: Vec<(String, String)>,
    groups: Vec<(String, String)>,
    is_qualified: bool,
}

impl<'a> TypeNames<'a> {
    fn new(service: &'a Service, package: &str) -> Self {
        let mut taken = Names::taken(&USED_TYPES);
        let models = service.models.iter().map(|it| &it.name);
        let others = service
            .enums
            .iter()
            .map(|it| &it.name)
            .chain(service.unions.iter().map(|it| &it.name));
        let names = models
            .chain(others)
            .map(|name| (name.clone(), taken.take_type(&pascal(name), "Model")))
            .collect();
        let groups = service
            .groups
            .iter()
            .map(|group| {
                (
                    group.name.clone(),
                    taken.take_type(&format!("{}Group", pascal(&group.name)), "Operations"),
                )
            })
            .collect();
        Self {
            service,
            package: package.to_owned(),
            names,
            groups,
            is_qualified: false,
        }
    }

    /// The same with full names, for places where simple ones may mean something else.
    fn qualified(&self) -> Self {
        Self {
            service: self.service,
            package: self.package.clone(),
            names: self.names.clone(),
            groups: self.groups.clone(),
            is_qualified: true,
        }
    }

    fn simple(&self, name: &str) -> String {
        let found = self.names.iter().find(|(described, _)| described == name);
        found.map_or_else(|| name.to_owned(), |(_, kotlin)| kotlin.clone())
    }

    fn of(&self, name: &str) -> String {
        let simple = self.simple(name);
        if self.is_qualified {
            format!("{}.{simple}", self.package)
        } else {
            simple
        }
    }

    fn group(&self, name: &str) -> String {
        let found = self.groups.iter().find(|(described, _)| described == name);
        found.map_or_else(|| pascal(name), |(_, kotlin)| kotlin.clone())
    }

    fn known(&self, package: &str, name: &str) -> String {
        if self.is_qualified {
            format!("{package}.{name}")
        } else {
            name.to_owned()
        }
    }

    /// The type as it is written.
    fn name(&self, ty: &Type) -> Result<String> {
        Ok(match ty.tag {
            Tag::Bool => self.known("kotlin", "Boolean"),
            Tag::Int | Tag::Big => self.known("kotlin", "Long"),
            Tag::Number => self.known("kotlin", "Double"),
            Tag::Decimal => self.known("java.math", "BigDecimal"),
            Tag::Id | Tag::Text => self.known("kotlin", "String"),
            Tag::Instant => self.known("java.time", "Instant"),
            Tag::LocalTime => self.known("java.time", "LocalDateTime"),
            Tag::Json => self.known("kotlinx.serialization.json", "JsonElement"),
            Tag::Enum | Tag::Model | Tag::Union => self.of(&ty.name),
            Tag::List => format!(
                "{}<{}>",
                self.known("kotlin.collections", "List"),
                self.name(&ty.of[0])?
            ),
            Tag::Map => {
                let text = self.known("kotlin", "String");
                format!(
                    "{}<{text}, {}>",
                    self.known("kotlin.collections", "Map"),
                    self.name(&ty.of[0])?
                )
            }
            Tag::Tuple => {
                let tuple = self.known("kotlin", tuple_type(ty)?);
                let places = ty.of.iter().map(|place| self.name(place)).collect::<Result<Vec<_>>>()?;
                format!("{tuple}<{}>", places.join(", "))
            }
            Tag::Nullable => self.name(&ty.of[0])? + "?",
            Tag::Source => self.known("dev.fileferry", "Source"),
        })
    }

    /// What reads the type off a tape.
    fn reader(&self, ty: &Type) -> Result<String> {
        let read = self.known("dev.fileferry.internal", "Read");
        let of = || ty.of.iter().map(|inner| self.reader(inner)).collect::<Result<Vec<_>>>();
        Ok(match ty.tag {
            Tag::Bool => format!("{read}.bool"),
            Tag::Int | Tag::Big => format!("{read}.long"),
            Tag::Number => format!("{read}.double"),
            Tag::Decimal => format!("{read}.decimal"),
            Tag::Id | Tag::Text => format!("{read}.text"),
            Tag::Instant => format!("{read}.instant"),
            Tag::LocalTime => format!("{read}.localTime"),
            Tag::Json => format!("{read}.json"),
            Tag::Enum | Tag::Model | Tag::Union => format!("{}.reader", self.of(&ty.name)),
            Tag::List => format!("{read}.list({})", of()?.join(", ")),
            Tag::Map => format!("{read}.map({})", of()?.join(", ")),
            Tag::Tuple => format!("{read}.{}({})", tuple_type(ty)?.to_lowercase(), of()?.join(", ")),
            Tag::Nullable => format!("{read}.nullable({})", of()?.join(", ")),
            Tag::Source => bail!("an answer holds no file"),
        })
    }

    /// What makes the type of a conformance case's JSON.
    fn arg(&self, ty: &Type) -> Result<String> {
        let of = || {
            Ok::<_, anyhow::Error>(
                ty.of
                    .iter()
                    .map(|of| self.arg(of))
                    .collect::<Result<Vec<_>>>()?
                    .join(", "),
            )
        };
        Ok(match ty.tag {
            Tag::Bool => "Args.bool".to_owned(),
            Tag::Int | Tag::Big => "Args.long".to_owned(),
            Tag::Number => "Args.double".to_owned(),
            Tag::Decimal => "Args.decimal".to_owned(),
            Tag::Id | Tag::Text => "Args.text".to_owned(),
            Tag::Instant => "Args.instant".to_owned(),
            Tag::LocalTime => "Args.localTime".to_owned(),
            Tag::Json => "Args.json".to_owned(),
            Tag::Source => "Args.source".to_owned(),
            Tag::Enum => format!("Arg {{ {}(Args.word.of(it)) }}", self.of(&ty.name)),
            Tag::Model => format!("{}Args.{}", self.service.class, escaped(camel(&ty.name))),
            Tag::Union => format!("Arg {{ {}.fromJson(it.toString()) }}", self.of(&ty.name)),
            Tag::List => format!("Args.list({})", of()?),
            Tag::Map => format!("Args.map({})", of()?),
            Tag::Tuple => format!("Args.{}({})", tuple_type(ty)?.to_lowercase(), of()?),
            Tag::Nullable => format!("Args.nullable({})", of()?),
        })
    }
}

fn tuple_type(ty: &Type) -> Result<&'static str> {
    match ty.of.len() {
        2 => Ok("Pair"),
        3 => Ok("Triple"),
        length => bail!("Kotlin has no tuple of {length}; give bindings-kotlin one of its own"),
    }
}

/// Names in one scope: each is given once.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn taken(names: &[&str]) -> Self {
        Self(names.iter().map(|name| (*name).to_owned()).collect())
    }

    /// The name, or the name with a number where it is taken, escaped where it is a keyword.
    fn take(&mut self, name: String) -> String {
        let name = identifier(name);
        let free = (1..).map(|number| {
            if number == 1 {
                name.clone()
            } else {
                format!("{name}{number}")
            }
        });
        let name = free.into_iter().find(|name| !self.0.contains(name)).unwrap_or_default();
        self.0.insert(name.clone());
        if HARD_KEYWORDS.contains(&name.as_str()) {
            format!("`{name}`")
        } else {
            name
        }
    }

    /// The name of a type, with a suffix where the plain one means something else.
    fn take_type(&mut self, name: &str, suffix: &str) -> String {
        let wanted = if self.0.contains(name) {
            format!("{name}{suffix}")
        } else {
            name.to_owned()
        };
        self.take(wanted)
    }
}

/// A name in back-ticks where it is a keyword.
fn escaped(name: String) -> String {
    if HARD_KEYWORDS.contains(&name.as_str()) {
        format!("`{name}`")
    } else {
        name
    }
}

/// A name that may begin with a digit, or be empty, as one that Kotlin takes.
fn identifier(name: String) -> String {
    match name.chars().next() {
        None => "empty".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{name}"),
        Some(_) => name,
    }
}

/// The inside of a Kotlin string.
fn text(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('$', "\\$")
        .replace('\n', "\\n")
}

/// Text for a KDoc, in lines of at most a hundred characters.
fn paragraph(text: &str) -> Vec<String> {
    const WIDTH: usize = 100;
    let mut lines: Vec<String> = Vec::new();
    for word in text.replace("*/", "*&#47;").split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
