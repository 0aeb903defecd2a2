//! What the Swift templates see: the surface with Swift's names and types.

use anyhow::{Context, Result};
use serde::Serialize;

use super::names::{Scope, argument_label, static_member};
use super::types::{TypeNames, needs_box};
use crate::generate::model::{Group, Model, Operation, Param, ResultShape, Service, Tag};
use crate::generate::names::pascal;

/// The longest line of a comment, its indentation not counted.
const COMMENT_WIDTH: usize = 110;

/// Names that the methods of operations have beside a service's parameters.
const CALL_PARAMETERS: &[&str] = &["options"];
/// … and those of `upload`, `uploadFolder` and `download`.
const TRANSFER_PARAMETERS: &[&str] =
    &["source", "folder", "name", "parallel", "target", "to", "destination", "overwrite", "options", "onProgress"];

/// A service.
#[derive(Debug, Serialize)]
pub struct ServiceView {
    pub id: String,
    pub class: String,
    pub about: String,
    /// The class that its types are nested in; none for what all services share.
    pub scope: Option<String>,
    pub hosts: Vec<String>,
    pub credentials: Vec<CredentialView>,
    pub groups: Vec<GroupView>,
    pub models: Vec<ModelView>,
    pub enums: Vec<EnumView>,
    pub unions: Vec<UnionView>,
    pub upload_params: Vec<ParamView>,
    pub download_params: Vec<ParamView>,
}

#[derive(Debug, Serialize)]
pub struct CredentialView {
    pub key: String,
    pub name: String,
    pub about: String,
}

#[derive(Debug, Serialize)]
pub struct GroupView {
    pub name: String,
    pub type_name: String,
    pub about: String,
    pub operations: Vec<OperationView>,
}

#[derive(Debug, Serialize)]
pub struct OperationView {
    pub id: String,
    pub name: String,
    pub doc: String,
    pub deprecated: Option<String>,
    pub params: Vec<ParamView>,
    /// `value`, `bytes`, `nothing` or `link`: also the name of the call in `ClientCore`.
    pub result: &'static str,
    /// Type of the result; empty for nothing.
    pub returns: String,
    pub iterator: Option<IteratorView>,
}

#[derive(Debug, Serialize)]
pub struct IteratorView {
    pub name: String,
    pub doc: String,
    pub params: Vec<ParamView>,
    pub item: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ParamView {
    pub key: String,
    pub name: String,
    /// As it stands before an argument.
    pub label: String,
    /// As it is declared: `limit: Int64? = nil`.
    pub declaration: String,
    /// How it is put into the arguments: `set` or `setNullable`.
    pub setter: &'static str,
    /// How the conformance runner reads it: `required`, `nullable`, `optional` or `field`.
    pub reader: &'static str,
    pub doc: String,
}

#[derive(Debug, Serialize)]
pub struct ModelView {
    pub name: String,
    pub about: String,
    pub fields: Vec<FieldView>,
    /// Where plain JSON has the members that are not described.
    pub extra_key: &'static str,
    pub has_secrets: bool,
}

#[derive(Debug, Serialize)]
pub struct FieldView {
    pub key: String,
    pub name: String,
    /// The name without backticks.
    pub label: String,
    pub index: usize,
    pub ty: String,
    pub required: bool,
    pub secret: bool,
    pub boxed: bool,
    pub about: String,
}

#[derive(Debug, Serialize)]
pub struct EnumView {
    pub name: String,
    pub about: String,
    pub values: Vec<EnumValueView>,
}

#[derive(Debug, Serialize)]
pub struct EnumValueView {
    pub word: String,
    pub name: String,
    pub about: String,
}

#[derive(Debug, Serialize)]
pub struct UnionView {
    pub name: String,
    pub about: String,
    pub cases: Vec<CaseView>,
}

#[derive(Debug, Serialize)]
pub struct CaseView {
    pub key: String,
    pub name: String,
    pub ty: Option<String>,
    pub about: String,
}

impl ServiceView {
    /// What all services share.
    pub fn shared(service: &Service) -> Result<Self> {
        let types = TypeNames::new(service, &mut Scope::default());
        Self::with(service, None, &types, Vec::new())
    }

    /// A service.
    pub fn new(service: &Service) -> Result<Self> {
        let mut scope = Scope::types(&service.class);
        let types = TypeNames::new(service, &mut scope);
        let mut members = Scope::client();
        let groups = service.groups.iter().map(|group| group_view(service, group, &types, &mut scope, &mut members));
        let groups = groups.collect::<Result<_>>()?;
        Self::with(service, Some(service.class.clone()), &types, groups)
    }

    fn with(service: &Service, scope: Option<String>, types: &TypeNames, groups: Vec<GroupView>) -> Result<Self> {
        let mut options = Scope::parameters(CALL_PARAMETERS);
        let transfer_params = |params: &[Param]| params_view(params, types, TRANSFER_PARAMETERS);
        Ok(Self {
            id: service.id.clone(),
            class: service.class.clone(),
            about: service.about.clone(),
            scope,
            hosts: service.hosts.iter().map(|host| host.name.clone()).collect(),
            credentials: service
                .credentials
                .iter()
                .map(|credential| CredentialView {
                    key: credential.name.clone(),
                    name: options.member(&credential.name),
                    about: credential.about.clone(),
                })
                .collect(),
            groups,
            models: service.models.iter().map(|model| model_view(service, model, types)).collect::<Result<_>>()?,
            enums: enum_views(service, types),
            unions: union_views(service, types)?,
            upload_params: transfer_params(&service.upload_params)?,
            download_params: transfer_params(&service.download_params)?,
        })
    }
}

fn group_view(
    service: &Service,
    group: &Group,
    types: &TypeNames,
    scope: &mut Scope,
    members: &mut Scope,
) -> Result<GroupView> {
    let mut methods = Scope::default();
    let operations =
        group.operations.iter().filter(|operation| operation.not_callable.is_none() && !takes_a_file(operation)).map(
            |operation| operation_view(service, operation, types, &mut methods).with_context(|| operation.id.clone()),
        );
    Ok(GroupView {
        name: members.member(&group.name),
        type_name: scope.type_name(&format!("{}_operations", group.name)),
        about: group.about.clone(),
        operations: operations.collect::<Result<_>>()?,
    })
}

/// Such an operation is called by `upload`.
fn takes_a_file(operation: &Operation) -> bool {
    operation.params.iter().any(|param| param.ty.tag == Tag::Source)
}

fn operation_view(
    service: &Service,
    operation: &Operation,
    types: &TypeNames,
    methods: &mut Scope,
) -> Result<OperationView> {
    let params = params_view(&operation.params, types, CALL_PARAMETERS)?;
    let name = methods.member(&operation.name);
    let (result, returns) = match &operation.result {
        ResultShape::Value { ty, .. } => ("value", types.swift(ty)?),
        ResultShape::Bytes { .. } => ("bytes", "ByteStream".to_owned()),
        ResultShape::None => ("nothing", String::new()),
        ResultShape::Link { .. } => ("link", "String".to_owned()),
    };
    let iterator = match &operation.paging {
        Some(paging) => {
            let kept: Vec<ParamView> = params.iter().filter(|param| param.key != paging.position).cloned().collect();
            Some(IteratorView {
                name: methods.member(&format!("iter{}", pascal(&paging.iter))),
                doc: iterator_doc(operation, &name, &kept),
                params: kept,
                item: types.swift(&paging.item)?,
            })
        }
        None => None,
    };
    Ok(OperationView {
        id: operation.id.clone(),
        doc: operation_doc(service, operation, &params),
        name,
        deprecated: operation.deprecated.clone(),
        params,
        result,
        returns,
        iterator,
    })
}

fn params_view(params: &[Param], types: &TypeNames, own: &[&str]) -> Result<Vec<ParamView>> {
    let mut scope = Scope::parameters(own);
    params
        .iter()
        .map(|param| {
            let name = scope.member(&param.name);
            let ty = types.swift(&param.ty).with_context(|| param.name.clone())?;
            let (declared, setter, reader) = match (param.required, param.nullable) {
                (true, false) => (ty, "set", "required"),
                (true, true) => (format!("{ty}?"), "setNullable", "nullable"),
                (false, false) => (format!("{ty}? = nil"), "set", "optional"),
                (false, true) => (format!("Field<{ty}> = .omitted"), "set", "field"),
            };
            Ok(ParamView {
                key: param.name.clone(),
                declaration: format!("{name}: {declared}"),
                label: argument_label(&name),
                name,
                setter,
                reader,
                doc: param_doc(param),
            })
        })
        .collect()
}

fn model_view(service: &Service, model: &Model, types: &TypeNames) -> Result<ModelView> {
    let mut scope = Scope::model();
    let fields = model.fields.iter().enumerate().map(|(index, field)| {
        let name = scope.member(&field.name);
        Ok(FieldView {
            key: field.name.clone(),
            label: name.trim_matches('`').to_owned(),
            name,
            index,
            ty: types.swift(&field.ty).with_context(|| format!("{}.{}", model.name, field.name))?,
            required: field.required,
            secret: field.secret,
            boxed: model.recursive && needs_box(&service.models, &field.ty),
            about: field.about.clone(),
        })
    });
    Ok(ModelView {
        name: types.named(&model.name),
        about: model.about.clone(),
        fields: fields.collect::<Result<_>>()?,
        extra_key: if model.fields.iter().any(|field| field.name == "extra") { "_extra" } else { "extra" },
        has_secrets: model.fields.iter().any(|field| field.secret),
    })
}

fn enum_views(service: &Service, types: &TypeNames) -> Vec<EnumView> {
    let view = |described: &crate::generate::model::Enum| {
        let mut scope = Scope::default();
        let values = described.values.iter().map(|value| EnumValueView {
            word: value.name.clone(),
            name: scope.member(&value.name),
            about: value.about.clone(),
        });
        EnumView { name: types.named(&described.name), about: described.about.clone(), values: values.collect() }
    };
    service.enums.iter().map(view).collect()
}

fn union_views(service: &Service, types: &TypeNames) -> Result<Vec<UnionView>> {
    let view = |union: &crate::generate::model::Union| {
        let mut scope = Scope::model();
        let cases = union.variants.iter().map(|variant| {
            Ok(CaseView {
                key: variant.name.clone(),
                name: scope.member(&variant.name),
                ty: variant.ty.as_ref().map(|ty| types.swift(ty)).transpose()?,
                about: variant.about.clone(),
            })
        });
        Ok(UnionView {
            name: types.named(&union.name),
            about: union.about.clone(),
            cases: cases.collect::<Result<_>>()?,
        })
    };
    service.unions.iter().map(view).collect()
}

fn operation_doc(service: &Service, operation: &Operation, params: &[ParamView]) -> String {
    let mut doc = operation.summary.clone();
    for text in [&operation.about] {
        if !text.is_empty() {
            doc += &format!("\n\n{text}");
        }
    }
    doc += &format!("\n\n{}'s `{}`: `{}`.", service.class, operation.name, operation.source);
    if operation.guessed {
        doc += " Part of its description is a guess.";
    }
    doc += &parameters_doc(params);
    let returns = match &operation.result {
        ResultShape::Value { about, .. } | ResultShape::Bytes { about } | ResultShape::Link { about } => about.as_str(),
        ResultShape::None => "",
    };
    if !returns.is_empty() {
        doc += &format!("\n- Returns: {returns}");
    }
    let errors: Vec<String> = operation
        .errors
        .iter()
        .map(|error| format!("{} `{}` (`{}`)", error.code, error.name, static_member(&error.kind)))
        .collect();
    doc += "\n- Throws: ``FileFerryError``";
    if !errors.is_empty() {
        doc += &format!("; documented are {}", errors.join(", "));
    }
    doc + "."
}

fn iterator_doc(operation: &Operation, method: &str, params: &[ParamView]) -> String {
    format!(
        "The items of all pages of ``{}``, fetched as they are asked for.\n\n{}{}",
        method.trim_matches('`'),
        operation.summary,
        parameters_doc(params)
    )
}

fn parameters_doc(params: &[ParamView]) -> String {
    let mut doc = String::from("\n\n- Parameters:");
    for param in params {
        doc += &format!("\n  - {}: {}", param.name.trim_matches('`'), param.doc);
    }
    doc + "\n  - options: for this call only."
}

fn param_doc(param: &Param) -> String {
    let mut doc = param.about_with_limits();
    if let Some(default) = &param.default {
        doc += &format!(" Left out: `{default}`.");
    }
    doc
}

/// A text as lines of a documentation comment, indented by so many blanks.
pub fn comment(text: &str, indent: usize) -> String {
    let mut lines = Vec::new();
    for paragraph in text.trim_end().lines() {
        // Lines of a list go on below their text.
        let deeper = paragraph.len() - paragraph.trim_start().len();
        let hanging = deeper + if paragraph.trim_start().starts_with("- ") { 2 } else { 0 };
        let mut line = " ".repeat(deeper);
        let mut is_empty = true;
        for word in paragraph.split_whitespace() {
            if !is_empty && line.chars().count() + 1 + word.chars().count() > COMMENT_WIDTH {
                lines.push(std::mem::replace(&mut line, " ".repeat(hanging)));
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line += word;
            is_empty = false;
        }
        lines.push(line);
    }
    let prefix = format!("{}///", " ".repeat(indent));
    let lines: Vec<String> = lines
        .iter()
        .map(|line| if line.trim().is_empty() { prefix.clone() } else { format!("{prefix} {line}") })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_wrapped_and_lists_hang() {
        let text = format!("One.\n\n- Parameters:\n  - name: {}", "word ".repeat(30));
        let comment = comment(&text, 4);
        assert!(comment.starts_with("    /// One.\n    ///\n    /// - Parameters:\n    ///   - name: word"));
        assert!(comment.lines().all(|line| line.len() <= 120));
        assert!(comment.lines().last().is_some_and(|line| line.starts_with("    ///     word")));
    }
}
