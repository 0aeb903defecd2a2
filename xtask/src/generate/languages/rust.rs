//! Rust: models, groups of operations and clients of the crate `fileferry`, and the runner's dispatch.
//!
//! The views below hold ready texts (names, types, documentation); the templates only place them.

mod docs;
pub(in crate::generate) mod naming;
mod types;

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use self::naming::{Names, TypeNames};
use self::types::{Given, Types};
use crate::generate::model::{self, Api, ResultShape, Service, Tag};
use crate::generate::templates::Templates;
use crate::generate::{GENERATED, GeneratedFile};

const CRATE: &str = "bindings-rust/src/generated";
const RUNNER: &str = "tests/conformance/runners/rust/src/generated";

/// The files of this language.
pub fn files(api: &Api, templates: &mut Templates) -> Result<Vec<GeneratedFile>> {
    templates.add_filter("rust_doc", docs::comment);
    let mut files = Files { templates, files: Vec::new() };
    let shared = ServiceView::new(&api.shared, "fileferry", None);
    let services: Vec<ServiceView<'_>> = (api.services.iter())
        .map(|service| ServiceView::new(service, &service.id, Some(&service.id)))
        .chain((api.test_services.iter()).map(|service| ServiceView::new(service, &service.id, Some("test-services"))))
        .collect();
    let crate_folder = Path::new(CRATE);
    files.add(&crate_folder.join("mod.rs"), "crate", &Index::new(api, &services))?;
    files.add(&crate_folder.join("shared.rs"), "models", &shared)?;
    files.add(&Path::new(RUNNER).join("mod.rs"), "runner", &Index::new(api, &services))?;
    files.add(&Path::new(RUNNER).join("shared.rs"), "observe", &shared)?;
    for service in &services {
        let folder = crate_folder.join(service.id);
        files.add(&folder.join("mod.rs"), "service", service)?;
        files.add(&folder.join("models.rs"), "models", service)?;
        for group in &service.groups {
            files.add(&folder.join(format!("{}.rs", group.file)), "group", group)?;
        }
        let runner = Path::new(RUNNER).join(service.id);
        files.add(&runner.join("mod.rs"), "dispatch", service)?;
        files.add(&runner.join("observe.rs"), "observe", service)?;
    }
    Ok(files.files)
}

struct Files<'a> {
    templates: &'a Templates,
    files: Vec<GeneratedFile>,
}

#[derive(Serialize)]
struct Page<'a, T> {
    generated: &'static str,
    it: &'a T,
}

impl Files<'_> {
    fn add(&mut self, path: &Path, template: &str, it: &impl Serialize) -> Result<()> {
        let page = Page { generated: GENERATED, it };
        let text = self.templates.render(&format!("rust/{template}.rs.j2"), page)?;
        self.files.push(GeneratedFile::new(path, text));
        Ok(())
    }
}

/// All services.
#[derive(Serialize)]
struct Index<'a> {
    fingerprint: &'a str,
    services: Vec<IndexEntry<'a>>,
}

#[derive(Serialize)]
struct IndexEntry<'a> {
    id: &'a str,
    class: &'a str,
    feature: &'a str,
}

impl<'a> Index<'a> {
    fn new(api: &'a Api, services: &[ServiceView<'a>]) -> Self {
        let entry = |service: &ServiceView<'a>| IndexEntry {
            id: service.id,
            class: service.class,
            feature: service.feature.unwrap_or_default(),
        };
        Self { fingerprint: &api.fingerprint, services: services.iter().map(entry).collect() }
    }
}

#[derive(Serialize)]
struct ServiceView<'a> {
    id: &'a str,
    class: &'a str,
    about: &'a str,
    doc: String,
    /// Feature that turns the service on; none for what all share.
    feature: Option<&'a str>,
    /// How the engine's table is found.
    table: String,
    /// Path of the types for programs.
    public: String,
    credentials: Vec<CredentialView<'a>>,
    models: Vec<ModelView<'a>>,
    enums: Vec<EnumView<'a>>,
    unions: Vec<UnionView<'a>>,
    groups: Vec<GroupView<'a>>,
    upload: Vec<ParamView<'a>>,
    download: Vec<ParamView<'a>>,
}

#[derive(Serialize)]
struct CredentialView<'a> {
    key: &'a str,
    setter: String,
    about: &'a str,
}

#[derive(Serialize)]
struct ModelView<'a> {
    name: String,
    index: usize,
    about: &'a str,
    /// Key of the unknown members in plain data.
    extra_key: &'static str,
    has_secrets: bool,
    is_input: bool,
    fields: Vec<FieldView<'a>>,
}

#[derive(Serialize)]
struct FieldView<'a> {
    key: &'a str,
    name: String,
    shown: String,
    ty: String,
    required: bool,
    secret: bool,
    about: &'a str,
    /// How a constructor takes it.
    given: Given,
}

#[derive(Serialize)]
struct EnumView<'a> {
    name: String,
    about: &'a str,
    values: Vec<EnumValueView<'a>>,
}

#[derive(Serialize)]
struct EnumValueView<'a> {
    name: String,
    word: &'a str,
    about: &'a str,
}

#[derive(Serialize)]
struct UnionView<'a> {
    name: String,
    index: usize,
    about: &'a str,
    variants: Vec<VariantView<'a>>,
}

#[derive(Serialize)]
struct VariantView<'a> {
    key: &'a str,
    name: String,
    ty: Option<String>,
    about: &'a str,
}

#[derive(Serialize)]
struct GroupView<'a> {
    /// Name of the module's file.
    file: String,
    /// Name of the module and of the client's method.
    module: String,
    method: String,
    name: String,
    about: &'a str,
    doc: String,
    operations: Vec<OperationView<'a>>,
}

#[derive(Serialize)]
struct OperationView<'a> {
    id: &'a str,
    /// The type that stands for the operation.
    marker: String,
    method: String,
    /// The method's name where it is part of another.
    file: String,
    doc: String,
    /// What it gives, and the function that reads it.
    output: String,
    reader: &'static str,
    /// The reason as a literal.
    deprecated: Option<String>,
    required: Vec<ParamView<'a>>,
    optional: Vec<ParamView<'a>>,
    iterator: Option<IteratorView<'a>>,
}

#[derive(Serialize)]
struct IteratorView<'a> {
    method: String,
    doc: String,
    item: String,
    required: Vec<ParamView<'a>>,
    optional: Vec<ParamView<'a>>,
}

/// A parameter: an argument of the operation's method, or a setter of its call.
#[derive(Serialize, Clone)]
struct ParamView<'a> {
    key: &'a str,
    name: String,
    setter: String,
    about: String,
    nullable: bool,
    given: Given,
}

impl<'a> ServiceView<'a> {
    fn new(service: &'a Service, public: &str, feature: Option<&'a str>) -> Self {
        let names = TypeNames::new(service);
        let inside = Types::new(service, &names, "");
        let outside = Types::new(service, &names, "models::");
        let mut modules = Names::reserving(naming::SERVICE_MODULES);
        let mut methods = Names::reserving(naming::CLIENT_METHODS);
        let groups = service.groups.iter().map(|group| {
            let module = modules.value(&group.name);
            let method = methods.value(&group.name);
            GroupView::new(group, module, method, &outside)
        });
        Self {
            id: &service.id,
            class: &service.class,
            about: &service.about,
            doc: docs::service(service),
            table: match feature {
                Some(_) => format!("p::service({:?})", service.id),
                None => "Some(p::shared())".to_owned(),
            },
            feature,
            public: match feature {
                Some(_) => format!("fileferry::{public}"),
                None => public.to_owned(),
            },
            credentials: credentials(service),
            models: (service.models.iter()).map(|model| ModelView::new(model, &names, &inside)).collect(),
            enums: service.enums.iter().map(|words| EnumView::new(words, &names)).collect(),
            unions: (service.unions.iter()).map(|union| UnionView::new(union, &names, &inside)).collect(),
            groups: groups.collect(),
            upload: params(&service.upload_params, naming::UPLOAD_METHODS, &outside),
            download: params(&service.download_params, naming::DOWNLOAD_METHODS, &outside),
        }
    }
}

fn credentials(service: &Service) -> Vec<CredentialView<'_>> {
    let mut names = Names::reserving(naming::BUILDER_METHODS);
    let credential = |credential: &'_ model::Credential| names.setter(&credential.name);
    let setters: Vec<String> = service.credentials.iter().map(credential).collect();
    let views = service.credentials.iter().zip(setters);
    views
        .map(|(credential, setter)| CredentialView { key: &credential.name, setter, about: &credential.about })
        .collect()
}

fn params<'a>(params: &'a [model::Param], reserved: &[&str], types: &Types<'_>) -> Vec<ParamView<'a>> {
    let mut arguments = Names::reserving(&["self"]);
    let mut setters = Names::reserving(reserved);
    let view = |param: &'a model::Param| ParamView {
        key: &param.name,
        name: arguments.value(&param.name),
        setter: setters.setter(&param.name),
        about: docs::param(param),
        nullable: param.nullable,
        given: types.param(param),
    };
    params.iter().map(view).collect()
}

impl<'a> ModelView<'a> {
    fn new(described: &'a model::Model, names: &TypeNames, types: &Types<'_>) -> Self {
        let mut members = Names::reserving(&["extra"]);
        let mut shown = Names::reserving(&["extra"]);
        let fields: Vec<FieldView<'a>> = (described.fields.iter())
            .map(|field| FieldView {
                key: &field.name,
                name: members.value(&field.name),
                shown: shown.value(&field.name).trim_start_matches("r#").to_owned(),
                ty: types.field(&field.ty, field.required),
                required: field.required,
                secret: field.secret,
                about: &field.about,
                given: types.member(&field.ty),
            })
            .collect();
        let has_extra = described.fields.iter().any(|field| field.name == "extra");
        Self {
            name: names.models[described.index].clone(),
            index: described.index,
            about: &described.about,
            extra_key: if has_extra { "_extra" } else { "extra" },
            has_secrets: fields.iter().any(|field| field.secret),
            is_input: described.is_input,
            fields,
        }
    }
}

impl<'a> EnumView<'a> {
    fn new(described: &'a model::Enum, names: &TypeNames) -> Self {
        let mut variants = Names::reserving(&["Unknown"]);
        let values = described.values.iter().map(|value| EnumValueView {
            name: variants.variant(&value.name),
            word: &value.name,
            about: &value.about,
        });
        Self { name: names.enums[described.index].clone(), about: &described.about, values: values.collect() }
    }
}

impl<'a> UnionView<'a> {
    fn new(described: &'a model::Union, names: &TypeNames, types: &Types<'_>) -> Self {
        let mut variants = Names::default();
        let views = described.variants.iter().map(|variant| VariantView {
            key: &variant.name,
            name: variants.variant(&variant.name),
            ty: variant.ty.as_ref().map(|ty| types.held(ty)),
            about: &variant.about,
        });
        Self {
            name: names.unions[described.index].clone(),
            index: described.index,
            about: &described.about,
            variants: views.collect(),
        }
    }
}

impl<'a> GroupView<'a> {
    fn new(group: &'a model::Group, module: String, method: String, types: &Types<'_>) -> Self {
        let mut markers = Names::reserving(naming::GROUP_TYPES);
        let name = markers.ty(&group.name);
        let mut methods = Names::default();
        let (callable, not_callable): (Vec<&model::Operation>, Vec<&model::Operation>) =
            (group.operations.iter()).partition(|operation| operation.not_callable.is_none());
        let operations =
            callable.into_iter().map(|operation| OperationView::new(operation, &mut markers, &mut methods, types));
        Self {
            file: module.trim_start_matches("r#").to_owned(),
            module,
            method,
            name,
            about: &group.about,
            operations: operations.collect(),
            doc: docs::group(group, &not_callable),
        }
    }
}

impl<'a> OperationView<'a> {
    fn new(operation: &'a model::Operation, markers: &mut Names, methods: &mut Names, types: &Types<'_>) -> Self {
        let (output, reader) = match &operation.result {
            ResultShape::Value { ty, .. } => (types.value(ty), "value"),
            ResultShape::Bytes { .. } => ("ByteStream".to_owned(), "bytes"),
            ResultShape::None => ("()".to_owned(), "nothing"),
            ResultShape::Link { .. } => ("String".to_owned(), "link"),
        };
        let mut all = params(&operation.params, naming::CALL_METHODS, types);
        let given = |param: &model::Param| param.ty.tag != Tag::Source;
        let kept: Vec<&str> =
            (operation.params.iter().filter(|param| given(param))).map(|param| param.name.as_str()).collect();
        all.retain(|param| kept.contains(&param.key));
        let is_required = |key: &str| operation.params.iter().any(|param| param.required && param.name == key);
        let (required, optional): (Vec<_>, Vec<_>) = all.into_iter().partition(|param| is_required(param.key));
        let method = methods.value(&operation.name);
        let iterator = operation.paging.as_ref().map(|paging| {
            let without_position = |params: &[ParamView<'a>]| {
                let kept = params.iter().filter(|param| param.key != paging.position);
                kept.cloned().collect()
            };
            IteratorView {
                method: methods.value(&format!("iter_{}", paging.iter)),
                doc: docs::iterator(operation, &method),
                item: types.value(&paging.item),
                required: without_position(&required),
                optional: without_position(&optional),
            }
        });
        Self {
            id: &operation.id,
            marker: markers.ty(&operation.name),
            doc: docs::operation(operation, required.iter().map(|param| (&*param.name, &*param.about))),
            file: method.trim_start_matches("r#").to_owned(),
            method,
            output,
            reader,
            deprecated: operation.deprecated.as_ref().map(|reason| format!("{reason:?}")),
            required,
            optional,
            iterator,
        }
    }
}
