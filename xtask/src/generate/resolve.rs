//! From what is written to what is meant: names looked up, defaults filled in, results turned into models.
//!
//! The outcome serves both the engine's tables and the surfaces. Whether it makes sense is asked in `check`.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail, ensure};
use indexmap::IndexMap;

use super::model::Tag;
use super::names::pascal;
use super::parse::*;
use super::types::Ty;

/// A service with all its names looked up.
#[derive(Debug)]
pub struct Service {
    pub file: ServiceFile,
    pub folder: PathBuf,
    /// Sorted by id.
    pub operations: Vec<Operation>,
    pub models: Vec<Model>,
    /// How many of the models a user can see: those before the results of requests that belong to an operation.
    pub public_models: usize,
    pub enums: Vec<Enum>,
    pub unions: Vec<Union>,
    pub upload_params: Vec<Param>,
    pub download_params: Vec<Param>,
    /// What each name of a type stands for.
    pub named: HashMap<String, (Tag, usize)>,
}

#[derive(Debug)]
pub struct Operation {
    pub id: String,
    pub name: String,
    pub group: String,
    /// File and line, for messages.
    pub place: String,
    pub methods: Vec<String>,
    pub path: Option<String>,
    pub params: Vec<Param>,
    pub result: ResultShape,
    pub result_about: String,
    pub envelope: usize,
    pub auth: String,
    pub spec: OperationSpec,
}

impl Operation {
    /// What it carries to say who sends it.
    pub fn signatures<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a SignatureSpec> {
        let signed = service.file.signed.iter().filter(|_| self.auth != "none");
        signed.filter(|signature| !self.spec.unsigned.contains(&signature.name))
    }
}

#[derive(Debug, Clone)]
pub enum ResultShape {
    Json { at: Vec<String>, ty: Ty },
    Bytes,
    None,
    Link,
}

#[derive(Debug, Clone)]
pub struct Param {
    pub name: String,
    pub wire: Vec<String>,
    pub place: String,
    pub ty: Ty,
    pub nullable: bool,
    pub filled_by: String,
    pub spec: ParamSpec,
}

#[derive(Debug)]
pub struct Model {
    pub name: String,
    pub about: String,
    pub fields: Vec<Field>,
}

#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub wire: Vec<String>,
    pub ty: Ty,
    pub spec: FieldSpec,
}

#[derive(Debug)]
pub struct Enum {
    pub name: String,
    pub about: String,
    pub values: Vec<EnumValue>,
}

#[derive(Debug)]
pub struct EnumValue {
    pub name: String,
    pub wire: serde_json::Value,
    pub about: String,
}

#[derive(Debug)]
pub struct Union {
    pub name: String,
    pub about: String,
    pub variants: Vec<(String, VariantSpec, Option<Ty>)>,
}

impl Service {
    /// Looks everything up.
    pub fn resolve(spec: ServiceSpec) -> Result<Self> {
        let ServiceSpec { folder, file, models, groups } = spec;
        let mut service = Self {
            upload_params: params(&file.upload.params, &file.place)?,
            download_params: params(&file.download.params, &file.place)?,
            file,
            folder: folder.clone(),
            operations: Vec::new(),
            models: Vec::new(),
            public_models: 0,
            enums: Vec::new(),
            unions: Vec::new(),
            named: HashMap::new(),
        };
        service.add_models(models).with_context(|| folder.join("models.yaml").display().to_string())?;
        let mut parts = Vec::new();
        for (path, group) in groups {
            let in_file = || path.display().to_string();
            service.add_models(ModelsFile { models: group.models, enums: group.enums }).with_context(in_file)?;
            for operation in group.operations {
                let place = format!("{}:{}", path.display(), operation.id.referenced.line());
                if operation.part_of.is_some() {
                    parts.push((group.group.clone(), operation, place));
                } else {
                    service.add_operation(&group.group, operation, &place)?;
                }
            }
        }
        // What only the engine sees comes last, so that the surface is the table without its end.
        service.public_models = service.models.len();
        for (group, operation, place) in parts {
            service.add_operation(&group, operation, &place)?;
        }
        service.operations.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(service)
    }

    /// The models that all services share, as a service without operations.
    pub fn resolve_shared(models: ModelsFile, folder: &std::path::Path) -> Result<Self> {
        let file = ServiceFile {
            service: "shared".into(),
            class: "Shared".into(),
            about: "What all services share.".into(),
            hosts: IndexMap::new(),
            own_hosts: Vec::new(),
            rate: None,
            capabilities: Default::default(),
            place: "json".into(),
            documents: Vec::new(),
            credentials: IndexMap::new(),
            ended: None,
            signed: Vec::new(),
            groups: IndexMap::new(),
            upload: VerbSpec::default(),
            download: VerbSpec::default(),
            envelopes: IndexMap::new(),
            rules: Vec::new(),
        };
        Self::resolve(ServiceSpec { folder: folder.to_owned(), file, models, groups: Vec::new() })
    }

    /// What a name of a type stands for.
    pub fn lookup(&self, name: &str) -> Result<(Tag, usize)> {
        self.named.get(name).copied().ok_or_else(|| anyhow!("there is no model, enum or union `{name}`"))
    }

    fn name(&mut self, name: &str, tag: Tag, index: usize) -> Result<()> {
        ensure!(
            self.named.insert(name.to_owned(), (tag, index)).is_none(),
            "`{name}` names two types; results of operations are named after the operation"
        );
        Ok(())
    }

    fn add_models(&mut self, file: ModelsFile) -> Result<()> {
        for (name, spec) in file.enums {
            self.name(&name, Tag::Enum, self.enums.len())?;
            let values = spec.values.into_iter().map(|(name, value)| match value {
                EnumValueSpec::About(about) => EnumValue { wire: name.clone().into(), name, about },
                EnumValueSpec::Full(full) => EnumValue { name, wire: full.wire, about: full.about },
            });
            self.enums.push(Enum { name, about: spec.about, values: values.collect() });
        }
        for (name, spec) in file.models {
            self.add_model(name, spec.about, spec.fields)?;
        }
        Ok(())
    }

    fn add_model(&mut self, name: String, about: String, fields: IndexMap<String, FieldSpec>) -> Result<()> {
        self.name(&name, Tag::Model, self.models.len())?;
        let fields = fields
            .into_iter()
            .map(|(field, spec)| {
                let (ty, nullable) = Ty::parse(&spec.ty).with_context(|| format!("{name}.{field}"))?.without_null();
                ensure!(
                    !nullable,
                    "{name}.{field}: a field that is not required may always be null, leave out the `?`"
                );
                let wire = if spec.wire.0.is_empty() { vec![field.clone()] } else { spec.wire.0.clone() };
                Ok(Field { name: field, wire, ty, spec })
            })
            .collect::<Result<_>>()?;
        self.models.push(Model { name, about, fields });
        Ok(())
    }

    fn add_operation(&mut self, group: &str, spec: OperationSpec, place: &str) -> Result<()> {
        let id = format!("{group}.{}", spec.id.value);
        self.add(group, spec, place.to_owned()).with_context(|| format!("{place}: {id}"))
    }

    fn add(&mut self, group: &str, mut spec: OperationSpec, place: String) -> Result<()> {
        let name = spec.id.value.clone();
        let (methods, path) = match spec.send.split_once(' ') {
            Some((methods, path)) => (methods, Some(path.trim().to_owned())),
            None => (spec.send.as_str(), None),
        };
        let methods = methods.split('|').filter(|method| !method.is_empty()).map(str::to_owned).collect();
        let envelope = match &spec.envelope {
            Some(name) => {
                self.file.envelopes.get_index_of(name).ok_or_else(|| anyhow!("there is no envelope `{name}`"))?
            }
            None => 0,
        };
        let result = self.result(&name, &mut spec)?;
        let result_about = spec.result_about.clone().unwrap_or_default();
        let params = params(&spec.params, &self.file.place)?;
        self.operations.push(Operation {
            id: format!("{group}.{name}"),
            group: group.to_owned(),
            place,
            methods,
            path,
            params,
            result,
            result_about,
            envelope,
            auth: spec.auth.clone().unwrap_or_else(|| "required".into()),
            name,
            spec,
        });
        Ok(())
    }

    fn result(&mut self, operation: &str, spec: &mut OperationSpec) -> Result<ResultShape> {
        let at: Vec<String> = spec.at.iter().flat_map(|at| at.split('.')).map(str::to_owned).collect();
        if !spec.one_of.is_empty() {
            ensure!(spec.returns.is_none(), "`returns` and `one_of` exclude each other");
            let union = format!("{}Answer", pascal(operation));
            self.name(&union, Tag::Union, self.unions.len())?;
            let variants = std::mem::take(&mut spec.one_of)
                .into_iter()
                .map(|(name, variant)| {
                    let ty = variant.ty.as_deref().map(Ty::parse).transpose()?;
                    Ok((name, variant, ty))
                })
                .collect::<Result<_>>()?;
            let about = format!("What `{operation}` answers: one of several.");
            self.unions.push(Union { name: union.clone(), about, variants });
            return Ok(ResultShape::Json { at, ty: Ty::Named(union) });
        }
        match spec.returns.take() {
            None => bail!("it says neither `returns` nor `one_of`; `returns: none` for an answer without content"),
            Some(ReturnsSpec::Name(name)) => Ok(match name.as_str() {
                "bytes" => ResultShape::Bytes,
                "none" => ResultShape::None,
                "link" => ResultShape::Link,
                ty => ResultShape::Json { at, ty: Ty::parse(ty)? },
            }),
            Some(ReturnsSpec::Fields(fields)) => {
                let model = format!("{}Result", pascal(operation));
                self.add_model(model.clone(), format!("What `{operation}` gives."), fields)?;
                Ok(ResultShape::Json { at, ty: Ty::Named(model) })
            }
        }
    }
}

fn params(specs: &IndexMap<String, ParamSpec>, place: &str) -> Result<Vec<Param>> {
    specs
        .iter()
        .map(|(name, spec)| {
            let (ty, nullable) = Ty::parse(&spec.ty).with_context(|| name.clone())?.without_null();
            Ok(Param {
                name: name.clone(),
                wire: if spec.wire.0.is_empty() { vec![name.clone()] } else { spec.wire.0.clone() },
                place: spec.place.clone().unwrap_or_else(|| place.to_owned()),
                ty,
                nullable,
                filled_by: spec.filled_by.clone().unwrap_or_else(|| "caller".into()),
                spec: spec.clone(),
            })
        })
        .collect()
}
