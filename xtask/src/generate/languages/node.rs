//! TypeScript: the package's generated sources, and the tables by which its conformance runner calls them.
//!
//! This module decides names and types; the templates under `xtask/templates/node` only lay them out.

mod docs;
pub(in crate::generate) mod naming;
mod types;

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Serialize;

use self::docs::paragraphs;
use self::naming::{Names, camel_name};
use self::types::{argument_type, members, quoted, runner_type, value_type};
use crate::generate::model::{
    Api, Credential, Field, Group, Host, Model, Operation, Param, ResultShape, Service, Tag, Type,
};
use crate::generate::templates::Templates;
use crate::generate::{GENERATED, GeneratedFile};

/// Where the package's sources lie.
const LIBRARY: &str = "bindings-node/lib";

/// The files of this language.
pub fn files(api: &Api, templates: &mut Templates) -> Result<Vec<GeneratedFile>> {
    templates.add_filter("node_doc", docs::doc);
    templates.add_filter("node_quoted", |text: &str| quoted(text));
    let mut files = Vec::new();
    let mut file = |template: &str, path: PathBuf, context: serde_json::Value| -> Result<()> {
        let mut context = context;
        context["generated"] = GENERATED.into();
        files.push(GeneratedFile::new(path, templates.render(&format!("node/{template}.j2"), context)?));
        Ok(())
    };
    let library = |name: &str| PathBuf::from(LIBRARY).join("generated").join(name);
    let views = api.services.iter().map(|service| view(api, service)).collect::<Result<Vec<_>>>()?;

    file("version.ts", library("version.ts"), serde_json::json!({ "api": api }))?;
    file("errors.ts", library("errors.ts"), serde_json::json!({ "kinds": kinds(api) }))?;
    file("index.ts", library("index.ts"), serde_json::json!({ "services": views, "kinds": kinds(api) }))?;
    file("clients.ts", library("clients.ts"), serde_json::json!({ "services": views }))?;
    let shared = view(api, &api.shared)?;
    let context = |service: &ServiceView, root: &str| serde_json::json!({ "service": service, "root": root });
    file("models.ts", library("shared.ts"), context(&shared, "../"))?;

    for service in &views {
        for name in ["models.ts", "operations.ts", "client.ts", "service.ts"] {
            file(name, library(&service.folder).join(name.replace("service", "index")), context(service, "../../"))?;
        }
    }
    let test_views = api.test_services.iter().map(|service| view(api, service)).collect::<Result<Vec<_>>>()?;
    for service in &test_views {
        let folder = PathBuf::from("bindings-node/test-services/generated").join(&service.folder);
        for name in ["models.ts", "operations.ts", "client.ts", "service.ts"] {
            file(name, folder.join(name.replace("service", "index")), context(service, "../../../lib/"))?;
        }
    }
    let runner = PathBuf::from("tests/conformance/runners/node/generated/dispatch.ts");
    let context = serde_json::json!({ "services": views, "test_services": test_views, "shared": shared });
    file("dispatch.ts", runner, context)?;
    Ok(files)
}

#[derive(Serialize)]
struct KindView {
    name: String,
    class: String,
    doc: Vec<String>,
}

fn kinds(api: &Api) -> Vec<KindView> {
    let doc = |about: &str, advice: &str| vec![about.to_owned(), format!("What to do: {advice}")];
    let view = |kind: &crate::generate::model::Kind| KindView {
        name: kind.name.clone(),
        class: kind.class.clone(),
        doc: doc(&kind.about, &kind.advice),
    };
    api.kinds.iter().map(view).collect()
}

/// A service as the templates lay it out.
#[derive(Serialize)]
struct ServiceView {
    id: String,
    class: String,
    /// Name of the folder, and of the namespace that holds the service's types.
    folder: String,
    namespace: String,
    /// Names of all types that its namespace holds.
    types: Vec<String>,
    doc: Vec<String>,
    hosts: Vec<Host>,
    credentials: Vec<PropertyView>,
    models: Vec<ModelView>,
    enums: Vec<NamedView>,
    unions: Vec<UnionView>,
    groups: Vec<GroupView>,
    upload_params: Vec<PropertyView>,
    download_params: Vec<PropertyView>,
    uses: Uses,
}

/// What a file of models has to import.
#[derive(Serialize, Default)]
struct Uses {
    json: bool,
    local_time: bool,
    shape: bool,
    model: bool,
    variant: bool,
}

/// A property of an options or parameters object.
#[derive(Serialize)]
struct PropertyView {
    /// Its name in TypeScript.
    property: String,
    /// Its name for the service.
    name: String,
    #[serde(rename = "type")]
    ty: String,
    required: bool,
    /// How objects within its value are written.
    members: Option<String>,
    /// Its type for the conformance runner.
    runner: String,
    doc: Vec<String>,
}

#[derive(Serialize)]
struct ModelView {
    class: String,
    index: usize,
    doc: Vec<String>,
    fields: Vec<FieldView>,
    /// Its class is part of the package: an answer may hold it.
    is_output: bool,
    /// What a caller gives instead of an instance of the class.
    input: Option<InputView>,
}

#[derive(Serialize)]
struct InputView {
    interface: String,
    /// Name of the constant that says how it is written.
    shape: String,
    properties: Vec<PropertyView>,
}

#[derive(Serialize)]
struct FieldView {
    property: String,
    /// Name of the factory's argument.
    argument: String,
    name: String,
    #[serde(rename = "type")]
    ty: String,
    secret: bool,
    runner: String,
    doc: Vec<String>,
}

#[derive(Serialize)]
struct NamedView {
    name: String,
    doc: Vec<String>,
    values: Vec<String>,
}

#[derive(Serialize)]
struct UnionView {
    name: String,
    index: usize,
    doc: Vec<String>,
    variants: Vec<VariantView>,
}

#[derive(Serialize)]
struct VariantView {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    runner: Option<String>,
}

#[derive(Serialize)]
struct GroupView {
    property: String,
    class: String,
    doc: Vec<String>,
    operations: Vec<OperationView>,
}

#[derive(Serialize)]
struct OperationView {
    id: String,
    method: String,
    doc: Vec<String>,
    /// Interface of its parameters; none where it takes none.
    params_type: Option<String>,
    /// Whether it can be called without parameters.
    all_optional: bool,
    params: Vec<PropertyView>,
    /// `value`, `nothing`, `bytes` or `link`.
    answer: &'static str,
    result: String,
    runner: Option<String>,
    iterator: Option<IteratorView>,
}

#[derive(Serialize)]
struct IteratorView {
    method: String,
    /// Type of its parameters; none where nothing is left of them.
    params_type: Option<String>,
    all_optional: bool,
    item: String,
    runner: String,
}

/// Members of every object that must stay what they are: a field or method of such a name gets an underscore.
pub(in crate::generate) const OBJECT_MEMBERS: [&str; 4] = ["constructor", "toJSON", "toString", "valueOf"];

/// Members that a client has by itself: a group or option of such a name gets an underscore. `account` is the verb's and the
/// group's in one.
pub(in crate::generate) const CLIENT_MEMBERS: [&str; 24] = [
    "baseUrl",
    "closed",
    "list",
    "stat",
    "makeFolder",
    "move",
    "rename",
    "delete",
    "shareLink",
    "remoteUpload",
    "capabilities",
    "upload",
    "uploadFolder",
    "download",
    "downloadStream",
    "request",
    "signIn",
    "freeDownload",
    "exportSession",
    "close",
    "constructor",
    "toString",
    "valueOf",
    "toJSON",
];

/// Options that every client takes.
const CLIENT_OPTIONS: [&str; 24] = [
    "session",
    "onSession",
    "onCaptcha",
    "onConfirm",
    "onLog",
    "host",
    "baseUrl",
    "allowHttp",
    "connectTimeoutMs",
    "idleTimeoutMs",
    "uploadIdleTimeoutMs",
    "deadlineMs",
    "maxAttempts",
    "backoffMs",
    "backoffMaxMs",
    "retryAfterCapMs",
    "freeWaitMarginMs",
    "pollIntervalMs",
    "rate",
    "maxJson",
    "proxy",
    "caBundle",
    "userAgent",
    "agent",
];

/// Parameters that every upload takes, be it of a file or of a folder.
const UPLOAD_PARAMS: [&str; 6] = ["folder", "name", "length", "parallel", "onProgress", "signal"];

fn view(api: &Api, service: &Service) -> Result<ServiceView> {
    let mut types = Names::types();
    for name in service.models.iter().map(|model| &model.name) {
        types.take(name);
    }
    for name in service.enums.iter().map(|described| &described.name) {
        types.take(name);
    }
    for name in service.unions.iter().map(|union| &union.name) {
        types.take(name);
    }
    let mut inputs = Names::new(&[]);
    let models = service.models.iter().map(|model| model_view(service, model, &mut types, &mut inputs));
    let models: Vec<ModelView> = models.collect::<Result<_>>()?;
    let mut group_properties = Names::new(&CLIENT_MEMBERS);
    let groups = service.groups.iter().map(|group| group_view(api, service, group, &mut types, &mut group_properties));
    let mut options = Names::new(&CLIENT_OPTIONS);
    let credentials = service.credentials.iter().map(|credential| credential_view(credential, &mut options)).collect();
    let further = |params: &[Param], taken: &[&str]| -> Result<Vec<PropertyView>> {
        let mut names = Names::new(taken);
        params.iter().map(|param| param_view(service, param, &mut names, "models.")).collect()
    };
    let mut view = ServiceView {
        id: service.id.clone(),
        class: service.class.clone(),
        folder: service.id.clone(),
        namespace: camel_name(&service.id),
        types: Vec::new(),
        doc: paragraphs([service.about.as_str()]),
        hosts: service.hosts.clone(),
        credentials,
        uses: uses(service, &models),
        enums: service.enums.iter().map(|described| enum_view(service, described)).collect(),
        unions: service.unions.iter().map(|union| union_view(service, union)).collect::<Result<_>>()?,
        groups: groups.collect::<Result<_>>()?,
        upload_params: further(&service.upload_params, &UPLOAD_PARAMS)?,
        download_params: further(&service.download_params, &["target", "overwrite", "onProgress", "signal"])?,
        models,
    };
    view.types = type_names(&view);
    Ok(view)
}

/// What the templates of a service's files export as types.
fn type_names(service: &ServiceView) -> Vec<String> {
    let mut names: Vec<&String> = service.enums.iter().map(|described| &described.name).collect();
    names.extend(service.unions.iter().map(|union| &union.name));
    for model in &service.models {
        names.extend(model.is_output.then_some(&model.class));
        names.extend(model.input.as_ref().map(|input| &input.interface));
    }
    for group in &service.groups {
        names.push(&group.class);
        names.extend(group.operations.iter().filter_map(|operation| operation.params_type.as_ref()));
    }
    let mut names: Vec<String> = names.into_iter().cloned().collect();
    let (upload, download) = (&service.upload_params, &service.download_params);
    for (params, kind) in [(upload, "Upload"), (upload, "UploadFolder"), (download, "Download")] {
        names.extend((!params.is_empty()).then(|| format!("{}{kind}Params", service.class)));
    }
    names.sort();
    names
}

fn uses(service: &Service, models: &[ModelView]) -> Uses {
    fn within(ty: &Type, tag: Tag) -> bool {
        ty.tag == tag || ty.of.iter().any(|inner| within(inner, tag))
    }
    let fields = || service.models.iter().flat_map(|model| model.fields.iter().map(|field| &field.ty));
    let variants = || service.unions.iter().flat_map(|union| union.variants.iter().filter_map(|one| one.ty.as_ref()));
    let any = |tag| fields().chain(variants()).any(|ty| within(ty, tag));
    Uses {
        json: any(Tag::Json),
        local_time: any(Tag::LocalTime),
        shape: models.iter().any(|model| model.input.is_some()),
        model: models.iter().any(|model| model.is_output),
        variant: !service.unions.is_empty(),
    }
}

fn model_view(service: &Service, model: &Model, types: &mut Names, shapes: &mut Names) -> Result<ModelView> {
    let class = naming::type_name(&model.name);
    let mut properties = Names::new(&OBJECT_MEMBERS);
    let fields: Vec<(String, &Field)> =
        model.fields.iter().map(|field| (properties.take(&camel_name(&field.name)), field)).collect();
    let input = model.is_input.then(|| -> Result<InputView> {
        let view = |(property, field): &(String, &Field)| {
            let ty = argument_type(service, &field.ty, "")?;
            Ok(PropertyView {
                property: property.clone(),
                name: field.name.clone(),
                ty: if field.required { ty } else { format!("{ty} | null") },
                required: field.required,
                members: members(&field.ty, ""),
                runner: runner_type(&field.ty),
                doc: paragraphs([field.about.as_str()]),
            })
        };
        let interface = if model.is_output { types.take(&format!("{class}Input")) } else { class.clone() };
        let properties = fields.iter().map(view).collect::<Result<_>>()?;
        Ok(InputView { interface, shape: shapes.take(&naming::shape_name(&model.name)), properties })
    });
    let field_view = |(property, field): &(String, &Field)| {
        let ty = value_type(service, &field.ty, "")?;
        Ok(FieldView {
            argument: naming::argument(property),
            property: property.clone(),
            name: field.name.clone(),
            ty: if field.required { ty } else { format!("{ty} | null") },
            secret: field.secret,
            runner: runner_type(&field.ty),
            doc: paragraphs([field.about.as_str()]),
        })
    };
    Ok(ModelView {
        index: model.index,
        doc: paragraphs([model.about.as_str()]),
        fields: fields.iter().map(field_view).collect::<Result<_>>().with_context(|| model.name.clone())?,
        is_output: model.is_output,
        input: input.transpose()?,
        class,
    })
}

fn enum_view(_service: &Service, described: &crate::generate::model::Enum) -> NamedView {
    let mut doc = paragraphs([described.about.as_str()]);
    doc.extend(described.values.iter().map(|value| match value.about.as_str() {
        "" => format!("- `{}`", quoted(&value.name)),
        about => format!("- `{}`: {about}", quoted(&value.name)),
    }));
    let values = described.values.iter().map(|value| quoted(&value.name)).collect();
    NamedView { name: naming::type_name(&described.name), doc, values }
}

fn union_view(service: &Service, union: &crate::generate::model::Union) -> Result<UnionView> {
    let mut doc = paragraphs([union.about.as_str()]);
    doc.extend(
        union.variants.iter().filter(|one| !one.about.is_empty()).map(|one| format!("- `{}`: {}", one.name, one.about)),
    );
    let variant = |one: &crate::generate::model::Variant| -> Result<VariantView> {
        Ok(VariantView {
            name: one.name.clone(),
            ty: one.ty.as_ref().map_or(Ok("null".to_owned()), |ty| value_type(service, ty, ""))?,
            runner: one.ty.as_ref().map(runner_type),
        })
    };
    let variants = union.variants.iter().map(variant).collect::<Result<_>>()?;
    Ok(UnionView { name: naming::type_name(&union.name), index: union.index, doc, variants })
}

fn credential_view(credential: &Credential, names: &mut Names) -> PropertyView {
    PropertyView {
        property: names.take(&camel_name(&credential.name)),
        name: credential.name.clone(),
        ty: "string".to_owned(),
        required: false,
        members: None,
        runner: quoted("text"),
        doc: paragraphs([credential.about.as_str()]),
    }
}

fn param_view(service: &Service, param: &Param, names: &mut Names, prefix: &str) -> Result<PropertyView> {
    let ty = argument_type(service, &param.ty, prefix).with_context(|| param.name.clone())?;
    let mut notes = vec![param.about.clone()];
    notes.extend(docs::limits(param));
    Ok(PropertyView {
        property: names.take(&camel_name(&param.name)),
        name: param.name.clone(),
        ty: if param.nullable { format!("{ty} | null") } else { ty },
        required: param.required,
        members: members(&param.ty, prefix),
        runner: runner_type(&param.ty),
        doc: paragraphs([notes.join(" ").as_str()]),
    })
}

fn group_view(
    api: &Api,
    service: &Service,
    group: &Group,
    types: &mut Names,
    properties: &mut Names,
) -> Result<GroupView> {
    let mut methods = Names::new(&OBJECT_MEMBERS);
    let mut doc = paragraphs([group.about.as_str()]);
    for operation in &group.operations {
        if let Some(reason) = &operation.not_callable {
            doc.push(format!("`{}` cannot be called: {reason}", operation.name));
        }
    }
    let callable = || group.operations.iter().filter(|operation| operation.not_callable.is_none());
    // Methods first: an iterator gives way to an operation of the same name.
    let names: Vec<String> = callable().map(|operation| methods.take(&camel_name(&operation.name))).collect();
    let operations = callable().zip(names).map(|(operation, method)| {
        operation_view(api, service, operation, method, types, &mut methods).with_context(|| operation.id.clone())
    });
    Ok(GroupView {
        property: properties.take(&camel_name(&group.name)),
        operations: operations.collect::<Result<_>>()?,
        class: types.take(&format!("{}Operations", naming::type_name(&group.name))),
        doc,
    })
}

/// What the arguments of an operation are called: with its group where another has an operation of the same name.
fn params_name(service: &Service, operation: &Operation) -> String {
    let mut all = service.groups.iter().flat_map(|group| &group.operations);
    let is_taken = all.any(|other| other.name == operation.name && other.group != operation.group);
    let group = if is_taken { naming::type_name(&operation.group) } else { String::new() };
    format!("{group}{}Params", naming::type_name(&operation.name))
}

fn operation_view(
    api: &Api,
    service: &Service,
    operation: &Operation,
    method: String,
    types: &mut Names,
    methods: &mut Names,
) -> Result<OperationView> {
    let mut names = Names::new(&[]);
    let params = operation.params.iter().map(|param| param_view(service, param, &mut names, "models."));
    let params: Vec<PropertyView> = params.collect::<Result<_>>()?;
    let params_type = (!params.is_empty()).then(|| types.take(&params_name(service, operation)));
    let (answer, result, runner) = match &operation.result {
        ResultShape::Value { ty, .. } => ("value", value_type(service, ty, "models.")?, Some(runner_type(ty))),
        ResultShape::Bytes { .. } => ("bytes", "ByteStream".to_owned(), Some(quoted("stream"))),
        ResultShape::Link { .. } => ("value", "string".to_owned(), Some(quoted("text"))),
        ResultShape::None => ("nothing", "void".to_owned(), None),
    };
    let all_optional = params.iter().all(|param| !param.required);
    let iterator = operation.paging.as_ref().map(|paging| -> Result<IteratorView> {
        let position = operation.params.iter().position(|param| param.name == paging.position);
        let left = params.len() - usize::from(position.is_some());
        let position = position.map(|at| params[at].property.as_str());
        let params_type = params_type.as_ref().filter(|_| left > 0).map(|name| match position {
            Some(position) => format!("Omit<{name}, {}>", quoted(position)),
            None => name.clone(),
        });
        Ok(IteratorView {
            method: methods.take(&camel_name(&format!("iter_{}", paging.iter))),
            params_type,
            all_optional,
            item: value_type(service, &paging.item, "models.")?,
            runner: runner_type(&paging.item),
        })
    });
    Ok(OperationView {
        id: operation.id.clone(),
        doc: docs::operation(api, service, operation),
        params_type,
        all_optional,
        answer,
        result,
        runner,
        iterator: iterator.transpose()?,
        params,
        method,
    })
}
