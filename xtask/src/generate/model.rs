//! What the templates see: the descriptions, parsed and checked, in the terms of a language's surface.
//!
//! Only what a *user* of a language sees is here. What the engine alone needs (places on the wire, odd forms, rules)
//! goes from the parsed description straight into the tables.

use serde::Serialize;

/// Everything that is described.
#[derive(Debug, Clone, Serialize)]
pub struct Api {
    /// Version of the packages.
    pub version: String,
    /// Hash of all tables, as 16 hex digits: both sides of a border compare it when a library is loaded.
    pub fingerprint: String,
    /// All kinds of errors, in the order of `errors.yaml`.
    pub kinds: Vec<Kind>,
    /// Models that all services share (`Entry`, …); a service without operations.
    pub shared: Service,
    /// The services that users get.
    pub services: Vec<Service>,
    /// The services made for tests (the description made of traps): generated beside the tests of each language.
    pub test_services: Vec<Service>,
}

/// A kind of error.
#[derive(Debug, Clone, Serialize)]
pub struct Kind {
    /// `not_found`.
    pub name: String,
    /// `NotFoundError`.
    pub class: String,
    /// What it means.
    pub about: String,
    /// What the caller can do.
    pub advice: String,
    /// Standard exception of Python that its class is too (`TimeoutError`), beside `FileFerryError`.
    pub python_base: Option<String>,
}

/// A service.
#[derive(Debug, Clone, Serialize)]
pub struct Service {
    /// `keep2share`.
    pub id: String,
    /// `Keep2Share`.
    pub class: String,
    /// One paragraph for the class's documentation.
    pub about: String,
    /// Name and address of each host; the first is the default.
    pub hosts: Vec<Host>,
    /// Options with which a caller signs in.
    pub credentials: Vec<Credential>,
    /// Groups of operations, in the order of the description; may be empty.
    pub groups: Vec<Group>,
    /// Models; position = index in the table.
    pub models: Vec<Model>,
    /// Enums; position = index in the table.
    pub enums: Vec<Enum>,
    /// Unions; position = index in the table.
    pub unions: Vec<Union>,
    /// Further arguments of the verb `upload`, beside source, folder and name.
    pub upload_params: Vec<Param>,
    /// Further arguments of the verb `download`, beside target and destination.
    pub download_params: Vec<Param>,
}

/// A host of the same API.
#[derive(Debug, Clone, Serialize)]
pub struct Host {
    pub name: String,
    pub base_url: String,
}

/// An option with which a caller signs in.
#[derive(Debug, Clone, Serialize)]
pub struct Credential {
    pub name: String,
    pub about: String,
    pub secret: bool,
}

/// A group of operations: `k2s.files`.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    pub name: String,
    pub about: String,
    pub operations: Vec<Operation>,
}

/// An operation.
#[derive(Debug, Clone, Serialize)]
pub struct Operation {
    /// `files.getFilesList`.
    pub id: String,
    /// `getFilesList`: the service's own name.
    pub name: String,
    pub group: String,
    /// One sentence.
    pub summary: String,
    /// Further text, may be empty.
    pub about: String,
    /// What is said of the source: `POST getFilesList`.
    pub source: String,
    /// The parameters that a caller gives, required ones first.
    pub params: Vec<Param>,
    pub result: ResultShape,
    pub paging: Option<Paging>,
    pub idempotent: bool,
    /// `none`, `optional` or `required`.
    pub auth: String,
    /// The errors that its documents name.
    pub errors: Vec<OperationError>,
    /// Why it is deprecated.
    pub deprecated: Option<String>,
    /// Why it cannot be called: it gets no method, only a line in the documentation.
    pub not_callable: Option<String>,
    /// Whether part of it is a guess.
    pub guessed: bool,
    /// Arguments of the documented example, by the parameters' names.
    pub example: Option<serde_json::Value>,
}

/// What a call gives.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ResultShape {
    /// A typed value.
    Value { ty: Type, about: String },
    /// A stream of bytes.
    Bytes { about: String },
    /// Nothing.
    None,
    /// An address for a person's browser, as text.
    Link { about: String },
}

/// How an operation is walked page by page. The iterator takes the operation's parameters without `position`.
#[derive(Debug, Clone, Serialize)]
pub struct Paging {
    /// `filesList`: the method's name without `get` or `list`, to be joined with `iter`; empty for plain `iter`.
    pub iter: String,
    /// The parameter that counts the position: the iterator fills it.
    pub position: String,
    /// Type of an item.
    pub item: Type,
}

/// An error that the documents of an operation name.
#[derive(Debug, Clone, Serialize)]
pub struct OperationError {
    /// The service's code, or its text's first words, or the HTTP status.
    pub code: String,
    /// Precise name.
    pub name: String,
    /// Kind.
    pub kind: String,
}

/// A parameter that a caller gives.
#[derive(Debug, Clone, Serialize)]
pub struct Param {
    /// As the service spells it; also its key in the arguments' JSON.
    pub name: String,
    pub ty: Type,
    pub required: bool,
    /// Whether null is a value. Optional and nullable = three states: left out, null, a value.
    pub nullable: bool,
    pub three_states: bool,
    pub secret: bool,
    pub about: String,
    /// What the server does when it is left out, as JSON text.
    pub default: Option<String>,
    pub min: Option<i64>,
    pub max: Option<i64>,
}

impl Param {
    /// The values that it may have, in words: `1 to 200 items`.
    pub fn limits(&self) -> Option<String> {
        let what = match self.ty.tag {
            Tag::Int | Tag::Big | Tag::Number | Tag::Decimal => "",
            Tag::List => " items",
            _ => " characters",
        };
        match (self.min, self.max) {
            (Some(min), Some(max)) => Some(format!("{min} to {max}{what}")),
            (Some(1), None) if !what.is_empty() => Some("not empty".to_owned()),
            (Some(min), None) => Some(format!("at least {min}{what}")),
            (None, Some(max)) => Some(format!("at most {max}{what}")),
            (None, None) => None,
        }
    }

    /// What it means, and its limits as a sentence behind that.
    pub fn about_with_limits(&self) -> String {
        let mut text = self.about.clone();
        if let Some(limits) = self.limits() {
            let (first, rest) = limits.split_at(1);
            match first {
                "a" | "n" => text.push_str(&format!(" {}{rest}.", first.to_uppercase())),
                _ => text.push_str(&format!(" From {limits}.")),
            }
        }
        text
    }
}

/// A model.
#[derive(Debug, Clone, Serialize)]
pub struct Model {
    pub name: String,
    /// Index in the service's table; `from_plain` and the tape use it.
    pub index: usize,
    pub about: String,
    /// Position = number on the tape.
    pub fields: Vec<Field>,
    /// Whether it contains itself, directly or through others: Swift needs indirection.
    pub recursive: bool,
    /// Whether a caller can give it as an argument, so that it needs a constructor in every language.
    pub is_input: bool,
    /// Whether an answer holds it.
    pub is_output: bool,
}

/// A field of a model.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// As the service spells it; also its key in plain JSON.
    pub name: String,
    pub ty: Type,
    /// Required fields are never null; all others may be.
    pub required: bool,
    pub secret: bool,
    pub about: String,
}

/// An open set of words.
#[derive(Debug, Clone, Serialize)]
pub struct Enum {
    pub name: String,
    pub index: usize,
    pub about: String,
    pub values: Vec<EnumValue>,
}

/// A known value.
#[derive(Debug, Clone, Serialize)]
pub struct EnumValue {
    /// The word: what programs see, and what arguments and tape hold.
    pub name: String,
    pub about: String,
}

/// One of several answers.
#[derive(Debug, Clone, Serialize)]
pub struct Union {
    pub name: String,
    pub index: usize,
    pub about: String,
    pub variants: Vec<Variant>,
}

/// One answer of a union.
#[derive(Debug, Clone, Serialize)]
pub struct Variant {
    pub name: String,
    /// `None`: an answer without content.
    pub ty: Option<Type>,
    pub about: String,
}

/// A type at the surface; odd forms are gone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Type {
    pub tag: Tag,
    /// Of a list, map or nullable: what it holds (one); of a tuple: each place.
    pub of: Vec<Type>,
    /// Name of the model, enum or union.
    pub name: String,
    /// Index of the model, enum or union in its service.
    pub index: usize,
}

/// What a [`Type`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    Bool,
    /// 64 bits, in practice below 2^53: `number` in TypeScript.
    Int,
    /// 64 bits: `bigint` in TypeScript.
    Big,
    Number,
    /// Exact text.
    Decimal,
    Id,
    Text,
    Enum,
    /// Microseconds since 1970 on the tape; an ISO text in arguments and plain JSON.
    Instant,
    /// A naive time: ISO text without a zone.
    LocalTime,
    /// Any value: JSON text on the tape.
    Json,
    List,
    Map,
    Tuple,
    Model,
    Union,
    /// An item that may be null.
    Nullable,
    /// The content of a file.
    Source,
}
