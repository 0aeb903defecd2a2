//! What the templates see. Every text is ready to be printed.

use anyhow::Result;
use serde::Serialize;

use super::docs::{iterator_about, operation_about, paragraph, params_about};
use super::names::{
    CLIENT_MEMBERS, CLIENT_OPTIONS, METHOD_NAMES, MODEL_MEMBERS, Names, OBJECT_MEMBERS, VERB_ARGUMENTS, escaped,
    identifier, text,
};
use super::types::TypeNames;
use crate::generate::GENERATED;
use crate::generate::model::{Enum, Field, Group, Host, Model, Operation, Param, ResultShape, Service, Union};
use crate::generate::names::{camel, pascal, words};

#[derive(Serialize)]
pub struct LibraryView<'a> {
    pub generated: &'static str,
    pub version: &'a str,
    pub fingerprint: &'a str,
    pub kinds: Vec<ConstantView>,
}

#[derive(Serialize)]
pub struct RunnerContext<'a> {
    pub generated: &'static str,
    pub shared: &'a ServiceView,
    pub services: Vec<&'a ServiceView>,
}

#[derive(Serialize)]
pub struct GroupContext<'a> {
    pub generated: &'static str,
    pub service: &'a str,
    pub package: &'a str,
    pub group: &'a GroupView,
}

impl<'a> GroupContext<'a> {
    /// A group of this service.
    pub fn new(service: &'a ServiceView, group: &'a GroupView) -> Self {
        Self { generated: GENERATED, service: &service.class, package: &service.package, group }
    }
}

#[derive(Serialize)]
pub struct ServiceView {
    pub generated: &'static str,
    pub package: String,
    pub id: String,
    pub class: String,
    pub about: Vec<String>,
    pub hosts: Vec<Host>,
    pub credentials: Vec<CredentialView>,
    pub groups: Vec<GroupView>,
    pub models: Vec<ModelView>,
    pub enums: Vec<EnumView>,
    pub unions: Vec<UnionView>,
    pub upload_params: Vec<ParamView>,
    pub upload_about: Vec<String>,
    pub download_params: Vec<ParamView>,
    pub download_about: Vec<String>,
}

impl ServiceView {
    /// The service as it looks in this package.
    pub fn new(service: &Service, package: &str) -> Result<Self> {
        let types = TypeNames::new(service, package);
        let mut members = Names::taken(CLIENT_MEMBERS);
        let mut options = Names::taken(CLIENT_OPTIONS);
        let groups = service.groups.iter().map(|group| GroupView::new(service, group, &types, &mut members));
        let credentials = service.credentials.iter().map(|credential| CredentialView {
            key: text(&credential.name),
            name: options.take(camel(&credential.name)),
            about: paragraph(&credential.about),
        });
        let upload_params = verb_params(&service.upload_params, &types)?;
        let download_params = verb_params(&service.download_params, &types)?;
        Ok(Self {
            generated: GENERATED,
            package: package.to_owned(),
            id: service.id.clone(),
            class: service.class.clone(),
            about: paragraph(&service.about),
            hosts: service.hosts.clone(),
            credentials: credentials.collect(),
            groups: groups.collect::<Result<_>>()?,
            models: service.models.iter().map(|model| ModelView::new(model, &types)).collect::<Result<_>>()?,
            enums: service.enums.iter().map(|it| EnumView::new(it, &types)).collect(),
            unions: service.unions.iter().map(|union| UnionView::new(union, &types)).collect::<Result<_>>()?,
            upload_about: params_about(&service.upload_params, &upload_params),
            upload_params,
            download_about: params_about(&service.download_params, &download_params),
            download_params,
        })
    }
}

fn verb_params(params: &[Param], types: &TypeNames<'_>) -> Result<Vec<ParamView>> {
    let mut names = Names::taken(VERB_ARGUMENTS);
    params.iter().map(|param| ParamView::new(param, &types.qualified(), &mut names)).collect()
}

#[derive(Serialize)]
pub struct CredentialView {
    pub key: String,
    pub name: String,
    pub about: Vec<String>,
}

#[derive(Serialize)]
pub struct GroupView {
    pub key: String,
    pub name: String,
    pub class: String,
    pub about: Vec<String>,
    pub operations: Vec<OperationView>,
}

impl GroupView {
    fn new(service: &Service, group: &Group, types: &TypeNames<'_>, members: &mut Names) -> Result<Self> {
        let mut names = Names::taken(OBJECT_MEMBERS);
        let mut about = paragraph(&group.about);
        let operations = group.operations.iter().filter(|operation| operation.not_callable.is_none());
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

#[derive(Serialize)]
pub struct OperationView {
    pub id: String,
    pub name: String,
    pub about: Vec<String>,
    pub params: Vec<ParamView>,
    /// The same where null is told apart from nothing, if it is; a method of its own takes them.
    pub three_state_params: Option<Vec<ParamView>>,
    /// Which function of the connection makes the call.
    pub call: &'static str,
    pub result: String,
    pub reader: Option<String>,
    pub deprecated: Option<String>,
    pub iterator: Option<IteratorView>,
}

impl OperationView {
    fn new(service: &Service, operation: &Operation, types: &TypeNames<'_>, names: &mut Names) -> Result<Self> {
        let mut arguments = Names::taken(METHOD_NAMES);
        let params: Vec<_> =
            operation.params.iter().map(|param| ParamView::new(param, types, &mut arguments)).collect::<Result<_>>()?;
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
                let params: Vec<_> =
                    params.iter().filter(|param| param.key != text(&paging.position)).cloned().collect();
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

#[derive(Serialize)]
pub struct IteratorView {
    pub name: String,
    pub about: Vec<String>,
    pub params: Vec<ParamView>,
    pub three_state_params: Option<Vec<ParamView>>,
    pub item: String,
    pub reader: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ParamView {
    pub key: String,
    pub name: String,
    pub ty: String,
    pub default: Option<&'static str>,
    /// How it gets into the arguments, and out of a conformance case: `required`, `nullable`, `optional` or `field`.
    pub put: &'static str,
    /// What makes it of a conformance case's JSON.
    pub arg: String,
}

impl ParamView {
    fn new(param: &Param, types: &TypeNames<'_>, names: &mut Names) -> Result<Self> {
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
    let has_three =
        |view: &ParamView| operation.params.iter().any(|param| param.three_states && text(&param.name) == view.key);
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

#[derive(Serialize)]
pub struct ModelView {
    pub name: String,
    pub plain_name: String,
    pub about: Vec<String>,
    pub fields: Vec<FieldView>,
    /// The fields' names, in lines.
    pub names: Vec<String>,
    /// What the service calls them, as texts, in lines.
    pub keys: Vec<String>,
    /// The same of those that are never shown.
    pub secrets: Vec<String>,
    /// What makes it of a conformance case's JSON, where callers give it.
    pub arg: Option<String>,
}

impl ModelView {
    fn new(model: &Model, types: &TypeNames<'_>) -> Result<Self> {
        let mut names = Names::taken(MODEL_MEMBERS);
        let fields = model.fields.iter().map(|field| FieldView::new(field, types, &mut names));
        let fields = fields.collect::<Result<Vec<_>>>()?;
        let quoted = |field: &Field| format!("\"{}\"", text(&field.name));
        Ok(Self {
            name: types.of(&model.name),
            plain_name: text(&model.name),
            about: paragraph(&model.about),
            names: list(fields.iter().map(|field| field.name.clone())),
            keys: list(model.fields.iter().map(quoted)),
            secrets: list(model.fields.iter().filter(|field| field.secret).map(quoted)),
            arg: model.is_input.then(|| escaped(camel(&model.name))),
            fields,
        })
    }
}

#[derive(Serialize)]
pub struct FieldView {
    pub key: String,
    pub name: String,
    pub about: Vec<String>,
    pub ty: String,
    pub required: bool,
    pub reader: String,
    pub arg: String,
}

impl FieldView {
    fn new(field: &Field, types: &TypeNames<'_>, names: &mut Names) -> Result<Self> {
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

#[derive(Serialize)]
pub struct EnumView {
    pub name: String,
    pub about: Vec<String>,
    pub values: Vec<ConstantView>,
}

impl EnumView {
    fn new(it: &Enum, types: &TypeNames<'_>) -> Self {
        let mut names = Names::default();
        let values = it.values.iter().map(|value| {
            let constant = ConstantView::new(&value.name, &value.about);
            ConstantView { name: names.take(constant.name), ..constant }
        });
        Self { name: types.of(&it.name), about: paragraph(&it.about), values: values.collect() }
    }
}

#[derive(Serialize)]
pub struct ConstantView {
    pub name: String,
    pub value: String,
    pub about: Vec<String>,
}

impl ConstantView {
    pub fn new(name: &str, about: &str) -> Self {
        let constant = words(name).join("_").to_uppercase();
        Self { name: identifier(constant), value: text(name), about: paragraph(about) }
    }
}

#[derive(Serialize)]
pub struct UnionView {
    pub name: String,
    pub plain_name: String,
    pub about: Vec<String>,
    pub variants: Vec<VariantView>,
}

impl UnionView {
    fn new(union: &Union, types: &TypeNames<'_>) -> Result<Self> {
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

#[derive(Serialize)]
pub struct VariantView {
    pub name: String,
    pub key: String,
    pub about: Vec<String>,
    pub ty: Option<String>,
    pub reader: Option<String>,
}

/// Items parted by commas, in lines of at most a hundred characters.
fn list(items: impl Iterator<Item = String>) -> Vec<String> {
    let items: Vec<_> = items.map(|item| item + ",").collect();
    paragraph(&items.join(" "))
}
