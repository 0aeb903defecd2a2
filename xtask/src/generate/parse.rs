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
    /// All kinds by their word, such as `not_found`.
    pub kinds: IndexMap<String, KindSpec>,
}

/// A kind of error.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindSpec {
    /// Name of its class in Python and Node, such as `NotFoundError`.
    pub class: String,
    /// What it means.
    pub about: String,
    /// What the caller can do.
    pub advice: String,
    /// Standard exception of Python that its class is too, such as `TimeoutError`.
    pub python_base: Option<String>,
}

/// `service.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    /// Name of the service in programs: small letters, digits and `_`.
    pub service: String,
    /// Name of its client class in every language.
    pub class: String,
    /// One or two sentences for the documentation of the class.
    pub about: String,
    /// Base addresses of the API by name; the first is the default.
    pub hosts: IndexMap<String, String>,
    /// Domains that belong to the service, their subdomains included: an `http://` address there is raised to https.
    #[serde(default)]
    pub own_hosts: Vec<String>,
    /// Calls a second that the service allows; left out: no limit.
    pub rate: Option<f64>,
    /// What the service can do; left out: no verb.
    #[serde(default)]
    pub capabilities: CapabilitiesSpec,
    /// Where parameters go that do not say it: `query`, `form`, `json` or `multipart`.
    pub place: String,
    /// Names of the documents that describe the service; `documented` of an operation names them.
    pub documents: Vec<String>,
    /// Options of the client with which a caller signs in, by name.
    #[serde(default)]
    pub credentials: IndexMap<String, CredentialSpec>,
    /// The day on which it was switched off, for a service that only a site of the caller's own can still offer.
    pub ended: Option<EndedSpec>,
    /// What each request of a signed-in client carries.
    #[serde(default)]
    pub signed: Vec<SignatureSpec>,
    /// Groups of operations with a sentence each; there is a file `<group>.yaml` for every one.
    pub groups: IndexMap<String, String>,
    /// The verb `upload`.
    #[serde(default)]
    pub upload: VerbSpec,
    /// The verb `download`.
    #[serde(default)]
    pub download: VerbSpec,
    /// Envelopes by name; operations that name none have the first.
    pub envelopes: IndexMap<String, EnvelopeSpec>,
    /// Error rules of every envelope, behind its own. The last has to fit every answer.
    #[serde(default)]
    pub rules: Vec<RuleSpec>,
}

/// What a service can do through the verbs that all services share.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapabilitiesSpec {
    /// Names of the verbs that it has; another one is `not_supported` before anything is sent.
    #[serde(default)]
    pub verbs: Vec<String>,
    /// Bytes of the largest file it takes, where it tells a limit.
    pub max_upload_size: Option<u64>,
    /// Whether a file without a byte can be stored; left out: no source says.
    pub empty_files: Option<bool>,
    /// Whether a download can begin in the middle of a file.
    #[serde(default)]
    pub ranges: bool,
    /// Whether content that is stored already need not be sent.
    #[serde(default)]
    pub hash_upload: bool,
    /// Whether the service itself knows paths.
    #[serde(default)]
    pub paths: bool,
}

/// An option of the client with which a caller signs in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialSpec {
    /// What it is, for documentation.
    pub about: String,
    /// Never shown in logs, errors and printed values.
    #[serde(default)]
    pub secret: bool,
}

/// The end of a service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndedSpec {
    /// The day: `2018-12-01`.
    pub on: String,
    /// What a caller can use instead.
    pub instead: String,
}

/// A parameter that says who sends a request. Those that are filled by options of the client are sent where it has these,
/// the others where it has a session.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureSpec {
    /// Its name on the wire.
    pub name: String,
    /// Where it goes: `query`, `form`, `json` or `header`.
    #[serde(rename = "in")]
    pub place: String,
    /// The option of the client that fills it.
    pub credential: Option<String>,
    /// The member of what signing in gave that fills it.
    pub session: Option<String>,
    /// What stands before the value.
    #[serde(default)]
    pub prefix: String,
    /// Whether its value may be shown.
    #[serde(default)]
    pub public: bool,
}

impl SignatureSpec {
    /// What it is, for documents.
    pub fn about(&self) -> &'static str {
        if self.credential.is_some() { "Key of the account." } else { "Of a session." }
    }
}

/// Further arguments of a verb.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerbSpec {
    /// By name, as parameters of an operation.
    #[serde(default)]
    pub params: IndexMap<String, ParamSpec>,
}

/// What the answers of one part of a service have in common: when one is an error, and where its parts lie.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSpec {
    /// An answer is a success where all of these hold.
    #[serde(default)]
    pub success: Vec<ConditionSpec>,
    /// Members that belong to the envelope and not to the result.
    #[serde(default)]
    pub members: Vec<String>,
    /// Paths of the error code, such as `errors[0].code`; the first that leads somewhere counts.
    #[serde(default)]
    pub code: Vec<String>,
    /// Paths of a code that tells more than the code.
    #[serde(default)]
    pub sub_code: Vec<String>,
    /// Paths of the text for a person; `$text` is a body that is no JSON.
    #[serde(default)]
    pub text: Vec<String>,
    /// Where a captcha lies.
    #[serde(default)]
    pub captcha: CaptchaSpec,
    /// Where a list of single errors lies.
    pub sub_errors: Option<SubErrorsSpec>,
    /// Error rules of this envelope, in the order in which they are tried.
    #[serde(default)]
    pub rules: Vec<RuleSpec>,
}

/// A condition on an answer; all that is given has to hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionSpec {
    /// One of these statuses: `404`, `2xx`.
    pub http_status: Option<Texts>,
    /// Path of a member that `is` or `is_not` looks at.
    pub member: Option<String>,
    /// The member has one of these values, in capitals or small letters.
    pub is: Option<Texts>,
    /// The member has none of these values; one that is missing has none.
    pub is_not: Option<Texts>,
    /// Path of a member that is there.
    pub has: Option<String>,
    /// The body is `json`, `html`, `text` or `empty`.
    pub body: Option<String>,
    /// The body is not that.
    pub body_is_not: Option<String>,
}

/// Where an error holds a captcha; each is a list of paths, the first that leads somewhere counts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptchaSpec {
    /// Its id for the service.
    #[serde(default)]
    pub challenge: Vec<String>,
    /// Where a person sees it.
    #[serde(default)]
    pub url: Vec<String>,
}

/// Where an error holds a list of single errors.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubErrorsSpec {
    /// Path of the list.
    pub at: String,
    /// Member of an item that holds its code.
    pub code: String,
    /// Member of an item that holds its text.
    pub message: String,
    /// Member of an item that holds seconds to wait.
    pub wait: String,
}

/// What an error means. It fits an answer where all that it names fits; the first rule that fits counts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// One of these statuses: `404`, `5xx`.
    #[serde(default)]
    pub http_status: Texts,
    /// One of these codes; `none` is an answer without one, `4xx` any of three digits that begins like it.
    #[serde(default)]
    pub code: Texts,
    /// One of these sub-codes.
    #[serde(default)]
    pub sub_code: Texts,
    /// The text begins with one of these.
    #[serde(default)]
    pub text_prefix: Texts,
    /// The text holds one of these.
    #[serde(default)]
    pub text_has: Texts,
    /// Path of a member that is there.
    pub has: Option<String>,
    /// The body is one of `json`, `html`, `text`, `empty`.
    #[serde(default)]
    pub body: Texts,
    /// One of these operations: `files.getFilesList`, `meta.*`.
    #[serde(default)]
    pub operation: Texts,
    /// Whether the request held a credential.
    pub signed_in: Option<bool>,
    /// Precise name of the error, such as `file_not_found`.
    pub name: Option<String>,
    /// Kind of the error, from `errors.yaml`.
    pub kind: Option<String>,
    /// `never` (left out), `same_call`, `after_sign_in` or `after_wait`.
    pub retry: Option<String>,
    /// How long to wait; only with `after_wait`.
    pub wait: Option<WaitSpec>,
    /// The error asks for a captcha of this kind: `image` or `page`.
    pub captcha: Option<String>,
    /// Why a rule is `rejected`.
    pub why: Option<String>,
    /// The answer is a result and no error.
    #[serde(default)]
    pub result: bool,
}

/// How long to wait before the same call is made again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum WaitSpec {
    Seconds(f64),
    Found(FoundWait),
}

/// A wait that the answer tells.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundWait {
    /// Paths of the seconds; the first that leads somewhere counts.
    pub at: Vec<String>,
    /// Seconds where none of them does.
    pub default: Option<f64>,
    /// Seconds to wait beyond those that were found.
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
    /// Models by name.
    #[serde(default)]
    pub models: IndexMap<String, ModelSpec>,
    /// Enums by name.
    #[serde(default)]
    pub enums: IndexMap<String, EnumSpec>,
}

/// A model: an object that operations take or give.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// What it is, for documentation.
    pub about: String,
    /// Fields by name.
    pub fields: IndexMap<String, FieldSpec>,
}

/// A field of a model.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// Its type: `string`, `int64`, `[File]`, `time(unix_s | iso, none: false)`. Mark none as nullable: a field that is
    /// not required may always be null.
    #[serde(rename = "type")]
    pub ty: String,
    /// What it is; more than its name says.
    pub about: String,
    /// No caller can do without it: an answer that lacks it is an error.
    #[serde(default)]
    pub required: bool,
    /// What the service calls it, where that is not its name; of several the first that is there counts.
    #[serde(default)]
    pub wire: Texts,
    /// `header`: the field is a header of the response.
    #[serde(rename = "in")]
    pub place: Option<String>,
    /// The members of this object lie in the answer itself.
    #[serde(default)]
    pub at_root: bool,
    /// Never shown in logs, errors and printed values.
    #[serde(default)]
    pub secret: bool,
}

/// A set of words. It is open: a service may send further ones.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnumSpec {
    /// What it is, for documentation.
    pub about: String,
    /// Words with what they mean.
    pub values: IndexMap<String, EnumValueSpec>,
}

/// What a word means; with `wire` where the service sends something else than the word.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum EnumValueSpec {
    About(String),
    Full(FullEnumValue),
}

/// A word that goes by another value on the wire.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FullEnumValue {
    /// What the service sends.
    pub wire: Value,
    /// What it means.
    pub about: String,
}

/// One file a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupFile {
    /// Name of the group, as the file is called.
    pub group: String,
    /// Its operations.
    #[serde(default)]
    pub operations: Vec<OperationSpec>,
    /// Models by name, for all groups of the service.
    #[serde(default)]
    pub models: IndexMap<String, ModelSpec>,
    /// Enums by name, for all groups of the service.
    #[serde(default)]
    pub enums: IndexMap<String, EnumSpec>,
}

/// An operation of the service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationSpec {
    /// The service's own name of the operation; each language writes it in its case.
    #[schemars(with = "String")]
    pub id: serde_saphyr::Spanned<String>,
    /// What it does, in one sentence.
    pub summary: String,
    /// What else a caller has to know.
    #[serde(default)]
    pub about: String,
    /// `POST getFilesList`, `POST|GET path/{id}`; `../` before the path: beside the base address, not below it; a method
    /// alone where an answer gives the address.
    #[serde(default)]
    pub send: String,
    /// Id of the operation from whose answer the library makes this one's; it then sends nothing of its own, and
    /// `core/src/services` says how.
    pub made_of: Option<String>,
    /// Further documented addresses, to be chosen by the call option `address`.
    #[serde(default)]
    pub also_at: Vec<String>,
    /// Values of `{version}` in the path, the default first.
    #[serde(default)]
    pub versions: Texts,
    /// Name of its envelope; left out: the first of the service.
    pub envelope: Option<String>,
    /// `required`, `optional` or `none`: whether a token is sent.
    pub auth: Option<String>,
    /// Names of those of the service's `signed` that it goes without.
    #[serde(default)]
    pub unsigned: Vec<String>,
    /// Parameters by name.
    #[serde(default)]
    pub params: IndexMap<String, ParamSpec>,
    /// `bytes`, `none`, `link`, a type, or the fields of a result.
    pub returns: Option<ReturnsSpec>,
    /// Several answers.
    #[serde(default)]
    pub one_of: IndexMap<String, VariantSpec>,
    /// What the result is, for documentation.
    pub result_about: Option<String>,
    /// Members to go down before the result begins: `data` or `data.items`.
    pub at: Option<String>,
    /// How it is walked page by page: this makes an iterator.
    pub paging: Option<PagingSpec>,
    /// How a long list is split.
    pub batch: Option<BatchSpec>,
    /// Whether doing it twice is like doing it once: only then is it repeated when its answer was lost.
    pub idempotent: bool,
    /// Errors that the documents name for it.
    #[serde(default)]
    pub errors: Vec<ErrorSpec>,
    /// In which documents it stands.
    #[serde(default)]
    pub documented: Vec<String>,
    /// Arguments of the documented example.
    pub example: Option<Value>,
    /// Why it should not be used any more.
    pub deprecated: Option<String>,
    /// Why it cannot be called.
    pub not_callable: Option<String>,
    /// Part of it is a guess.
    #[serde(default)]
    pub guessed: bool,
    /// No source describes the answer.
    #[serde(default)]
    pub unknown_result: bool,
    /// Id of the operation that it is a step of: it gets no method of its own.
    pub part_of: Option<String>,
}

/// A type, or the fields of a model that is named after the operation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ReturnsSpec {
    Name(String),
    Fields(IndexMap<String, FieldSpec>),
}

/// One of several answers, and how it is told from the others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantSpec {
    /// When this answer comes.
    pub about: String,
    /// Told by this HTTP status.
    pub status: Option<u16>,
    /// Told by a member that is there.
    pub has: Option<String>,
    /// Told by an empty body.
    #[serde(default)]
    pub empty: bool,
    /// Type of the answer; left out: it has no content.
    #[serde(rename = "type")]
    pub ty: Option<String>,
}

/// A parameter of an operation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParamSpec {
    /// Its type; `?` behind it: null is a value that the service tells from nothing.
    #[serde(rename = "type")]
    pub ty: String,
    /// What it is; more than its name says.
    pub about: String,
    /// A call without it is refused before anything is sent.
    #[serde(default)]
    pub required: bool,
    /// What the service does when it is left out; this is never sent.
    pub default: Option<Value>,
    /// What is sent when a caller leaves it out.
    pub send: Option<Value>,
    /// What the service calls it, where that is not its name; all of several get the value.
    #[serde(default)]
    pub wire: Texts,
    /// `path`, `query`, `form`, `json`, `multipart` or `header`; left out: as the service says.
    #[serde(rename = "in")]
    pub place: Option<String>,
    /// Never shown in logs, errors and printed values.
    #[serde(default)]
    pub secret: bool,
    /// How a list is sent outside of JSON: `repeat` (the key for each item; left out), `brackets` (`key[]`), `comma`,
    /// `json_text`.
    pub list: Option<String>,
    /// How null is sent in a form: `word` (`null`; left out), `blank`, `omit`.
    pub as_null: Option<String>,
    /// The id of a folder that callers give as `/` for the root: what is sent then, `word` (`null`), `blank` or `omit`.
    pub as_root: Option<String>,
    /// `base64` or `md5_hex` of the value is sent.
    pub encode: Option<String>,
    /// Least value, length of a text, or number of items.
    pub min: Option<i64>,
    /// Greatest value, length of a text, or number of items.
    pub max: Option<i64>,
    /// `caller` (left out), `client` or `constant`.
    pub filled_by: Option<String>,
}

/// How a listing is walked page by page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PagingSpec {
    /// `offset`, `skip` or `page`: what the position counts.
    pub by: String,
    /// Position of the first page.
    #[serde(default)]
    pub first: i64,
    /// Parameter that holds the position.
    pub position: String,
    /// Parameter that holds the number of items a page.
    pub size: Option<String>,
    /// Items a page where that parameter is left out.
    pub default_size: i64,
    /// Field of the result that holds the items.
    pub items: String,
    /// How the last page is told; several may hold: `short_page`, `empty_page`, `total=<field>`, `false=<field>`.
    pub end: Texts,
}

/// How a long list is sent in several requests.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchSpec {
    /// Parameter whose list is split.
    pub param: String,
    /// Most items a request.
    pub size: usize,
    /// Field of the result that is added up, or joined where it is a list.
    pub join: String,
    /// Further lists of the result. Each has, as the joined one has then, a place for every item; blank items keep theirs
    /// without being sent.
    #[serde(default)]
    pub places: Texts,
    /// How the models of a joined list are told apart.
    pub items: Option<BatchItemsSpec>,
}

/// What the items of a joined list say of what was asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchItemsSpec {
    /// Fields of an item that may hold what was asked for.
    pub named_by: Texts,
    /// Field of the result that gets what no item is named by; the library fills it, no service sends it.
    pub missing: String,
    /// `<field>=<word>`: the field of an item that has this word where it was done; without it each that is named was.
    pub done: Option<String>,
    /// Field of an item with the reasons why it was not done, whatever else it says.
    pub errors: Option<String>,
}

impl BatchItemsSpec {
    /// Field and word of `done`.
    pub fn done(&self) -> Result<Option<(&str, &str)>> {
        self.done.as_ref().map(|done| done.split_once('=').context("`done` is <field>=<word>")).transpose()
    }
}

/// An error that the documents name: its code, or more where the code alone does not tell it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ErrorSpec {
    Code(Texts),
    Full(FullErrorSpec),
}

/// An error that the documents name, as far as they tell it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FullErrorSpec {
    /// The code.
    pub code: Option<Texts>,
    /// A code that tells more than the code.
    pub sub_code: Option<Texts>,
    /// The HTTP status that it comes with.
    pub http_status: Option<u16>,
    /// The first words of its text, where it has no code.
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
