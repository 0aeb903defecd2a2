//! Python: models, groups of operations and clients, each for threads and for asyncio, and the runner's dispatch.
//!
//! The views below hold ready texts (names, annotations, documentation); the templates only place them. Whatever a
//! generated module imports gets a name with an underscore in front, and names of a service never have one: so no name
//! of a service can hide what a module needs.

mod docs;
mod imports;
pub(in crate::generate) mod naming;
mod types;

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;

use self::naming::Names;
use self::types::Annotations;
use crate::generate::model::{self, Api, ResultShape, Service};
use crate::generate::templates::Templates;
use crate::generate::{GENERATED, GeneratedFile};

const PACKAGE: &str = "bindings-python/python/fileferry";
const TESTS: &str = "bindings-python/tests/generated";
const RUNNER: &str = "tests/conformance/runners/python/generated";

/// The files of this language.
pub fn files(api: &Api, templates: &mut Templates) -> Result<Vec<GeneratedFile>> {
    templates.add_filter("python_doc", docs::docstring);
    templates.add_filter("python_string", docs::string);
    let mut maker = Maker { templates, files: Vec::new() };
    let package = Path::new(PACKAGE);
    let generated = package.join("_generated");
    maker.file(generated.join("__init__.py"), "version", api)?;
    maker.file(generated.join("errors.py"), "errors", api)?;
    maker.file(generated.join("exports.py"), "exports", exports(api))?;
    let shared = ServiceView::new(&api.shared, api);
    maker.models(&generated.join(&api.shared.id), &shared)?;
    for service in &api.services {
        let view = ServiceView::new(service, api);
        maker.service(&generated.join(&service.id), &view)?;
        maker.file(package.join(format!("{}.py", service.id)), "service", &view)?;
        let clients = Clients { sync: "fileferry".to_owned(), r#async: "fileferry".to_owned() };
        maker.dispatch(&view, format!("fileferry.{}", service.id), Some(clients))?;
    }
    for service in &api.test_services {
        let view = ServiceView::new(service, api);
        let [models, sync, r#async] =
            ["models", "client", "async_client"].map(|module| format!("{}.{module}", service.id));
        maker.service(&Path::new(TESTS).join(&service.id), &view)?;
        maker.dispatch(&view, models, Some(Clients { sync, r#async }))?;
    }
    maker.dispatch(&shared, "fileferry".to_owned(), None)?;
    maker.file(
        Path::new(RUNNER).join("__init__.py"),
        "dispatches",
        serde_json::json!({ "api": api, "tests": TESTS }),
    )?;
    maker.file(Path::new(TESTS).join("__init__.py"), "package", "Services made for tests.")?;
    Ok(maker.files)
}

struct Maker<'a> {
    templates: &'a Templates,
    files: Vec<GeneratedFile>,
}

#[derive(Serialize)]
struct Page<T> {
    generated: &'static str,
    it: T,
    /// Of the client's two forms: the one for event loops.
    is_async: bool,
}

impl Maker<'_> {
    fn file(&mut self, path: PathBuf, template: &str, it: impl Serialize) -> Result<()> {
        self.render(path, template, it, false)
    }

    fn render(&mut self, path: PathBuf, template: &str, it: impl Serialize, is_async: bool) -> Result<()> {
        let page = Page { generated: GENERATED, it, is_async };
        let text = self.templates.render(&format!("python/{template}.py.j2"), page)?;
        self.files.push(GeneratedFile::new(path, imports::without_unused(&text)));
        Ok(())
    }

    fn dispatch(&mut self, service: &ServiceView<'_>, types: String, clients: Option<Clients>) -> Result<()> {
        let path = Path::new(RUNNER).join(format!("{}.py", service.id));
        self.file(path, "dispatch", Dispatch { service, types, clients })
    }

    fn models(&mut self, folder: &Path, service: &ServiceView<'_>) -> Result<()> {
        self.file(folder.join("__init__.py"), "package", format!("Generated parts of the service {}.", service.id))?;
        self.file(folder.join("models.py"), "models", service)
    }

    fn service(&mut self, folder: &Path, service: &ServiceView<'_>) -> Result<()> {
        self.models(folder, service)?;
        self.render(folder.join("client.py"), "client", service, false)?;
        self.render(folder.join("async_client.py"), "client", service, true)
    }
}

/// What the conformance runner has to know of a service.
#[derive(Serialize)]
struct Dispatch<'a> {
    service: &'a ServiceView<'a>,
    /// The module with its types.
    types: String,
    clients: Option<Clients>,
}

/// The modules of a service's two clients.
#[derive(Serialize)]
struct Clients {
    sync: String,
    r#async: String,
}

/// A name of the package and the module that it lies in.
#[derive(Serialize)]
struct Export {
    name: String,
    module: String,
}

fn exports(api: &Api) -> Vec<Export> {
    let shared = naming::TypeNames::new(&api.shared).exported().into_iter();
    let shared = shared.map(|name| Export { name, module: format!("fileferry._generated.{}.models", api.shared.id) });
    let clients = api.services.iter().flat_map(|service| {
        ["client", "async_client"].map(|module| Export {
            name: client_class(service, module == "async_client"),
            module: format!("fileferry._generated.{}.{module}", service.id),
        })
    });
    let mut exports: Vec<Export> = shared.chain(clients).collect();
    exports.sort_by(|a, b| a.name.cmp(&b.name));
    exports
}

fn client_class(service: &Service, is_async: bool) -> String {
    format!("{}{}", if is_async { "Async" } else { "" }, service.class)
}

#[derive(Serialize)]
struct ServiceView<'a> {
    id: &'a str,
    class: &'a str,
    about: &'a str,
    hosts: &'a [model::Host],
    credentials: Vec<Argument<'a>>,
    exported: Vec<String>,
    enums: Vec<EnumView<'a>>,
    models: Vec<ModelView<'a>>,
    unions: Vec<UnionView<'a>>,
    groups: Vec<GroupView<'a>>,
    upload: Vec<Argument<'a>>,
    download: Vec<Argument<'a>>,
}

#[derive(Serialize)]
struct EnumView<'a> {
    class: String,
    alias: String,
    about: &'a str,
    values: Vec<EnumValueView<'a>>,
}

#[derive(Serialize)]
struct EnumValueView<'a> {
    constant: String,
    word: &'a str,
    about: &'a str,
}

#[derive(Serialize)]
struct ModelView<'a> {
    class: String,
    about: &'a str,
    fields: Vec<FieldView<'a>>,
}

#[derive(Serialize)]
struct FieldView<'a> {
    name: String,
    key: &'a str,
    annotation: String,
    declared: String,
    required: bool,
    secret: bool,
    about: &'a str,
}

#[derive(Serialize)]
struct UnionView<'a> {
    alias: String,
    about: &'a str,
    variants: Vec<VariantView<'a>>,
}

#[derive(Serialize)]
struct VariantView<'a> {
    class: String,
    name: &'a str,
    annotation: Option<String>,
    declared: Option<String>,
    about: &'a str,
}

#[derive(Serialize)]
struct GroupView<'a> {
    /// The client's attribute.
    name: String,
    class: String,
    about: &'a str,
    doc: String,
    operations: Vec<OperationView<'a>>,
}

#[derive(Serialize)]
struct OperationView<'a> {
    id: &'a str,
    method: String,
    arguments: Vec<Argument<'a>>,
    result: ResultView,
    iterator: Option<IteratorView<'a>>,
    doc: String,
}

#[derive(Serialize)]
struct ResultView {
    annotation: String,
    /// What the runner expects.
    declared: String,
    is_bytes: bool,
}

#[derive(Serialize)]
struct IteratorView<'a> {
    method: String,
    /// Those of the operation without the position: the iterator fills it.
    arguments: Vec<Argument<'a>>,
    item: String,
    declared: String,
    doc: String,
}

/// A parameter of a method.
#[derive(Serialize, Clone)]
struct Argument<'a> {
    name: String,
    key: &'a str,
    annotation: String,
    declared: String,
    /// What stands behind the equals sign; none for a required one.
    default: Option<&'static str>,
    nullable: bool,
    about: String,
}

impl<'a> ServiceView<'a> {
    fn new(service: &'a Service, api: &'a Api) -> Self {
        let types = naming::TypeNames::new(service);
        let mut group_names = Names::reserving(naming::CLIENT_MEMBERS);
        let mut group_classes = Names::reserving(&[&service.class]);
        let params = |params: &'a [model::Param], reserved: &[&str]| {
            arguments(params, reserved, &Annotations::outside(&types, &[]))
        };
        Self {
            id: &service.id,
            class: &service.class,
            about: &service.about,
            hosts: &service.hosts,
            credentials: credentials(service),
            exported: types.exported(),
            enums: service.enums.iter().map(|described| EnumView::new(described, &types)).collect(),
            models: service.models.iter().map(|model| ModelView::new(model, &types)).collect(),
            unions: service.unions.iter().map(|union| UnionView::new(union, &types)).collect(),
            groups: service
                .groups
                .iter()
                .map(|group| {
                    let name = group_names.snake(&group.name);
                    let class = group_classes.claim(&naming::class(&format!("{}_operations", group.name)));
                    GroupView::new(group, name, class, service, &types, api)
                })
                .collect(),
            upload: params(&service.upload_params, naming::UPLOAD_ARGUMENTS),
            download: params(&service.download_params, naming::DOWNLOAD_ARGUMENTS),
        }
    }
}

fn credentials(service: &Service) -> Vec<Argument<'_>> {
    let mut names = Names::reserving(naming::CLIENT_OPTIONS);
    let credentials = service.credentials.iter().map(|credential| Argument {
        name: names.snake(&credential.name),
        key: &credential.name,
        annotation: "str | None".to_owned(),
        declared: "TEXT".to_owned(),
        default: Some("None"),
        nullable: false,
        about: credential.about.clone(),
    });
    credentials.collect()
}

fn arguments<'a>(params: &'a [model::Param], reserved: &[&str], annotations: &Annotations<'_>) -> Vec<Argument<'a>> {
    let mut names = Names::reserving(reserved);
    let argument = |param: &'a model::Param| {
        let (mut annotation, mut default) = (annotations.param(&param.ty), None);
        if param.nullable || !param.required {
            annotation.push_str(" | None");
        }
        if param.three_states {
            annotation.push_str(" | _Unset");
            default = Some("_UNSET");
        } else if !param.required {
            default = Some("None");
        }
        Argument {
            name: names.snake(&param.name),
            key: &param.name,
            annotation,
            declared: annotations.declared(&param.ty),
            default,
            nullable: param.nullable,
            about: docs::param(param),
        }
    };
    params.iter().map(argument).collect()
}

impl<'a> EnumView<'a> {
    fn new(described: &'a model::Enum, types: &naming::TypeNames) -> Self {
        let mut constants = Names::default();
        let value = |value: &'a model::EnumValue| EnumValueView {
            constant: constants.claim(&naming::constant(&value.name)),
            word: &value.name,
            about: &value.about,
        };
        Self {
            class: types.enums[described.index].class.clone(),
            alias: types.enums[described.index].alias.clone(),
            about: &described.about,
            values: described.values.iter().map(value).collect(),
        }
    }
}

impl<'a> ModelView<'a> {
    fn new(described: &'a model::Model, types: &naming::TypeNames) -> Self {
        let mut names = Names::reserving(naming::MODEL_MEMBERS);
        let members: Vec<String> = described.fields.iter().map(|field| names.snake(&field.name)).collect();
        let annotations = Annotations::inside(types, &members);
        let fields = described.fields.iter().zip(&members).map(|(field, name)| {
            let or_none = if field.required { "" } else { " | None" };
            FieldView {
                name: name.clone(),
                key: &field.name,
                annotation: annotations.value(&field.ty) + or_none,
                declared: annotations.declared(&field.ty),
                required: field.required,
                secret: field.secret,
                about: &field.about,
            }
        });
        Self { class: types.models[described.index].clone(), about: &described.about, fields: fields.collect() }
    }
}

impl<'a> UnionView<'a> {
    fn new(described: &'a model::Union, types: &naming::TypeNames) -> Self {
        let annotations = Annotations::inside(types, &[]);
        let names = &types.unions[described.index];
        let variants = described.variants.iter().zip(&names.variants).map(|(variant, class)| VariantView {
            class: class.clone(),
            name: &variant.name,
            annotation: variant.ty.as_ref().map(|ty| annotations.value(ty)),
            declared: variant.ty.as_ref().map(|ty| annotations.declared(ty)),
            about: &variant.about,
        });
        Self { alias: names.alias.clone(), about: &described.about, variants: variants.collect() }
    }
}

impl<'a> GroupView<'a> {
    fn new(
        group: &'a model::Group,
        name: String,
        class: String,
        service: &'a Service,
        types: &naming::TypeNames,
        api: &'a Api,
    ) -> Self {
        let (callable, not_callable): (Vec<&model::Operation>, Vec<&model::Operation>) =
            group.operations.iter().partition(|operation| operation.not_callable.is_none());
        let mut names = Names::default();
        let methods: Vec<String> = callable.iter().map(|operation| names.snake(&operation.name)).collect();
        let iterators: Vec<Option<String>> = callable
            .iter()
            .map(|operation| operation.paging.as_ref().map(|paging| names.snake(&format!("iter_{}", paging.iter))))
            .collect();
        let members: Vec<String> = methods.iter().chain(iterators.iter().flatten()).cloned().collect();
        let annotations = Annotations::outside(types, &members);
        let operations = callable.iter().zip(methods).zip(iterators).map(|((operation, method), iterator)| {
            OperationView::new(operation, method, iterator, service, &annotations, api)
        });
        Self {
            name,
            class,
            about: &group.about,
            doc: docs::group(group, &not_callable),
            operations: operations.collect(),
        }
    }
}

impl<'a> OperationView<'a> {
    fn new(
        operation: &'a model::Operation,
        method: String,
        iterator: Option<String>,
        service: &'a Service,
        annotations: &Annotations<'_>,
        api: &'a Api,
    ) -> Self {
        let arguments = arguments(&operation.params, naming::CALL_ARGUMENTS, annotations);
        let iterator = operation.paging.as_ref().zip(iterator).map(|(paging, method)| {
            let arguments: Vec<_> =
                arguments.iter().filter(|argument| argument.key != paging.position).cloned().collect();
            IteratorView {
                method,
                doc: docs::iterator(operation, &arguments, service, api),
                arguments,
                item: annotations.value(&paging.item),
                declared: annotations.declared(&paging.item),
            }
        });
        Self {
            id: &operation.id,
            method,
            doc: docs::operation(operation, &arguments, service, api),
            arguments,
            result: ResultView::new(&operation.result, annotations),
            iterator,
        }
    }
}

impl ResultView {
    fn new(result: &ResultShape, annotations: &Annotations<'_>) -> Self {
        let (annotation, declared) = match result {
            ResultShape::Value { ty, .. } => (annotations.value(ty), annotations.declared(ty)),
            ResultShape::Bytes { .. } => (String::new(), "BYTES".to_owned()),
            ResultShape::None => ("None".to_owned(), "NOTHING".to_owned()),
            ResultShape::Link { .. } => (annotations.text(), "TEXT".to_owned()),
        };
        Self { annotation, declared, is_bytes: matches!(result, ResultShape::Bytes { .. }) }
    }
}
