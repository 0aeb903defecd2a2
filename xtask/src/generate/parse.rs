//! The descriptions as they are written: YAML files into these structures, unknown keys refused.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// `errors.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindsFile {
    pub kinds: IndexMap<String, KindSpec>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindSpec {
    pub class: String,
    pub about: String,
    pub advice: String,
    pub python_base: Option<String>,
}

/// `service.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    pub service: String,
    pub class: String,
    pub about: String,
    pub hosts: IndexMap<String, String>,
    #[serde(default)]
    pub own_hosts: Vec<String>,
    pub rate: Option<f64>,
    pub place: String,
    pub documents: Vec<String>,
    #[serde(default)]
    pub credentials: IndexMap<String, CredentialSpec>,
    pub token: Option<TokenSpec>,
    pub groups: IndexMap<String, String>,
    #[serde(default)]
    pub upload: VerbSpec,
    #[serde(default)]
    pub download: VerbSpec,
    pub envelopes: IndexMap<String, EnvelopeSpec>,
    #[serde(default)]
    pub rules: Vec<RuleSpec>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialSpec {
    pub about: String,
    #[serde(default)]
    pub secret: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenSpec {
    #[serde(rename = "in")]
    pub place: String,
    pub session: String,
    pub permanent: String,
}

/// Further arguments of a verb.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerbSpec {
    #[serde(default)]
    pub params: IndexMap<String, ParamSpec>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSpec {
    #[serde(default)]
    pub success: Vec<ConditionSpec>,
    #[serde(default)]
    pub members: Vec<String>,
    #[serde(default)]
    pub code: Vec<String>,
    #[serde(default)]
    pub sub_code: Vec<String>,
    #[serde(default)]
    pub text: Vec<String>,
    #[serde(default)]
    pub captcha: CaptchaSpec,
    pub sub_errors: Option<SubErrorsSpec>,
    #[serde(default)]
    pub rules: Vec<RuleSpec>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionSpec {
    pub http_status: Option<Texts>,
    pub member: Option<String>,
    pub is: Option<Texts>,
    pub is_not: Option<Texts>,
    pub has: Option<String>,
    pub body_is_not: Option<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptchaSpec {
    #[serde(default)]
    pub challenge: Vec<String>,
    #[serde(default)]
    pub url: Vec<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubErrorsSpec {
    pub at: String,
    pub code: String,
    pub message: String,
    pub wait: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    #[serde(default)]
    pub http_status: Texts,
    #[serde(default)]
    pub code: Texts,
    #[serde(default)]
    pub sub_code: Texts,
    #[serde(default)]
    pub text_prefix: Texts,
    #[serde(default)]
    pub text_has: Texts,
    pub has: Option<String>,
    #[serde(default)]
    pub body: Texts,
    #[serde(default)]
    pub operation: Texts,
    pub signed_in: Option<bool>,
    pub name: Option<String>,
    pub kind: Option<String>,
    pub retry: Option<String>,
    pub wait: Option<WaitSpec>,
    pub captcha: Option<String>,
    /// Why a rule is `rejected`.
    pub why: Option<String>,
    #[serde(default)]
    pub result: bool,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum WaitSpec {
    Seconds(f64),
    Found(FoundWait),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundWait {
    pub at: Vec<String>,
    pub default: Option<f64>,
    #[serde(default)]
    pub margin: f64,
}

/// One value or several, each as its text.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(from = "OneOrMany")]
#[schemars(with = "OneOrMany")]
pub struct Texts(pub Vec<String>);

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum OneOrMany {
    One(Scalar),
    Many(Vec<Scalar>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Scalar {
    Bool(bool),
    Int(i64),
    Text(String),
}

impl From<OneOrMany> for Texts {
    fn from(value: OneOrMany) -> Self {
        let text = |scalar| match scalar {
            Scalar::Bool(value) => value.to_string(),
            Scalar::Int(value) => value.to_string(),
            Scalar::Text(value) => value,
        };
        Texts(match value {
            OneOrMany::One(scalar) => vec![text(scalar)],
            OneOrMany::Many(scalars) => scalars.into_iter().map(text).collect(),
        })
    }
}

/// `models.yaml`, `shared.yaml`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelsFile {
    #[serde(default)]
    pub models: IndexMap<String, ModelSpec>,
    #[serde(default)]
    pub enums: IndexMap<String, EnumSpec>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    pub about: String,
    pub fields: IndexMap<String, FieldSpec>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    #[serde(rename = "type")]
    pub ty: String,
    pub about: String,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub wire: Texts,
    #[serde(rename = "in")]
    pub place: Option<String>,
    #[serde(default)]
    pub at_root: bool,
    #[serde(default)]
    pub secret: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnumSpec {
    pub about: String,
    pub values: IndexMap<String, EnumValueSpec>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum EnumValueSpec {
    About(String),
    Full(FullEnumValue),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FullEnumValue {
    pub wire: Value,
    pub about: String,
}

/// One file a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupFile {
    pub group: String,
    #[serde(default)]
    pub operations: Vec<OperationSpec>,
    #[serde(default)]
    pub models: IndexMap<String, ModelSpec>,
    #[serde(default)]
    pub enums: IndexMap<String, EnumSpec>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationSpec {
    /// The service's own name of the operation; each language writes it in its case.
    #[schemars(with = "String")]
    pub id: serde_saphyr::Spanned<String>,
    pub summary: String,
    #[serde(default)]
    pub about: String,
    /// `POST getFilesList`, `POST|GET path/{id}`; a method alone where an answer gives the address.
    pub send: String,
    #[serde(default)]
    pub also_at: Vec<String>,
    #[serde(default)]
    pub versions: Texts,
    pub envelope: Option<String>,
    pub auth: Option<String>,
    #[serde(default)]
    pub params: IndexMap<String, ParamSpec>,
    /// `bytes`, `none`, `link`, a type, or the fields of a result.
    pub returns: Option<ReturnsSpec>,
    /// Several answers.
    #[serde(default)]
    pub one_of: IndexMap<String, VariantSpec>,
    pub result_about: Option<String>,
    /// Members to go down before the result begins: `data` or `data.items`.
    pub at: Option<String>,
    pub paging: Option<PagingSpec>,
    pub batch: Option<BatchSpec>,
    pub idempotent: bool,
    #[serde(default)]
    pub errors: Vec<ErrorSpec>,
    #[serde(default)]
    pub documented: Vec<String>,
    /// Arguments of the documented example.
    pub example: Option<Value>,
    pub deprecated: Option<String>,
    /// Why it cannot be called.
    pub not_callable: Option<String>,
    #[serde(default)]
    pub guessed: bool,
    /// No source describes the answer.
    #[serde(default)]
    pub unknown_result: bool,
    pub part_of: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ReturnsSpec {
    Name(String),
    Fields(IndexMap<String, FieldSpec>),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantSpec {
    pub about: String,
    pub status: Option<u16>,
    pub has: Option<String>,
    #[serde(default)]
    pub empty: bool,
    #[serde(rename = "type")]
    pub ty: Option<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParamSpec {
    #[serde(rename = "type")]
    pub ty: String,
    pub about: String,
    #[serde(default)]
    pub required: bool,
    pub default: Option<Value>,
    pub send: Option<Value>,
    #[serde(default)]
    pub wire: Texts,
    #[serde(rename = "in")]
    pub place: Option<String>,
    #[serde(default)]
    pub secret: bool,
    pub list: Option<String>,
    pub as_null: Option<String>,
    pub encode: Option<String>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub filled_by: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PagingSpec {
    pub by: String,
    #[serde(default)]
    pub first: i64,
    pub position: String,
    pub size: Option<String>,
    pub default_size: i64,
    pub items: String,
    pub end: Texts,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchSpec {
    pub param: String,
    pub size: usize,
    pub join: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ErrorSpec {
    Code(Texts),
    Full(FullErrorSpec),
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FullErrorSpec {
    pub code: Option<Texts>,
    pub sub_code: Option<Texts>,
    pub http_status: Option<u16>,
    pub text: Option<String>,
}

/// A service as it is written.
#[derive(Debug)]
pub struct ServiceSpec {
    pub folder: PathBuf,
    pub file: ServiceFile,
    pub models: ModelsFile,
    pub groups: Vec<(PathBuf, GroupFile)>,
}

impl ServiceSpec {
    /// Reads the folder of a service.
    pub fn read(folder: &Path) -> Result<Self> {
        let file: ServiceFile = yaml(&folder.join("service.yaml"))?;
        let models_path = folder.join("models.yaml");
        let models = if models_path.exists() { yaml(&models_path)? } else { ModelsFile::default() };
        let groups = file
            .groups
            .keys()
            .map(|group| {
                let path = folder.join(format!("{group}.yaml"));
                let read: GroupFile = yaml(&path)?;
                anyhow::ensure!(
                    read.group == *group,
                    "{}: the file of `{group}` says group `{}`",
                    path.display(),
                    read.group
                );
                Ok((path, read))
            })
            .collect::<Result<_>>()?;
        Ok(Self { folder: folder.to_owned(), file, models, groups })
    }
}

/// Reads a YAML file; an error names file and line.
pub fn yaml<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    // Without this `y`, `no` and their like would be truth values.
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(&text, options).map_err(|error| anyhow!("{}: {error}", path.display()))
}
