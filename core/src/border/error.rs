use std::fmt;

use serde::{Deserialize, Serialize};

pub use crate::tables::generated::kinds::Kind;

/// The one error of the library: a record whose JSON is the same in every language.
///
/// `Display` reads well for a person and holds the chain of causes; neither it nor `Debug` shows a secret or a query.
#[derive(Clone, PartialEq)]
pub struct Error(Box<ErrorRecord>);

/// The fields of an [`Error`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorRecord {
    /// What the caller can do next.
    pub kind: Kind,
    /// The service, where one was involved.
    pub service: Option<String>,
    /// Id of the operation, as `operations --json` has it.
    pub operation: Option<String>,
    /// Exactly what the server sent, as text.
    pub service_code: Option<String>,
    /// A precise name: `file_not_found`.
    pub name: Option<String>,
    /// HTTP status of the answer.
    pub http_status: Option<u16>,
    /// For a person.
    pub message: String,
    /// Whether the same call may succeed later with nothing changed by the caller.
    pub retryable: bool,
    /// How long to wait before that, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// How many requests the call made.
    pub attempts: u32,
    /// What else the answer held.
    pub details: Details,
    /// Texts of the causes, outermost first.
    pub causes: Vec<String>,
}

/// What an error's answer held beside code and text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// The captcha to solve.
    pub captcha: Option<Captcha>,
    /// Single failures that the server listed.
    pub sub_errors: Vec<SubError>,
    /// What became of each item of a call on many.
    pub items: Vec<ItemResult>,
    /// Where an answer could not be read: `$.files[3].id`.
    pub json_path: Option<String>,
}

/// A captcha that the service asks for; it names as much of it as the answer held.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Captcha {
    /// `image` or `page`.
    pub kind: Option<String>,
    /// Its id for the service.
    pub challenge: Option<String>,
    /// Where a person sees it.
    pub url: Option<String>,
}

/// A single failure that the server listed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SubError {
    /// As the server sent it, as text.
    pub code: Option<String>,
    /// As the server sent it.
    pub message: Option<String>,
    /// How long to wait, in milliseconds.
    pub wait_ms: Option<u64>,
}

/// What became of one item of a call on many.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ItemResult {
    /// Its id.
    pub id: Option<String>,
    /// Its place in what the caller gave.
    pub index: usize,
    /// Whether it was done.
    pub ok: bool,
    /// The server's code.
    pub code: Option<String>,
    /// The server's text.
    pub message: Option<String>,
}

impl Error {
    /// An error that the library itself finds.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorRecord {
            kind,
            service: None,
            operation: None,
            service_code: None,
            name: None,
            http_status: None,
            message: message.into(),
            retryable: false,
            retry_after_ms: None,
            attempts: 0,
            details: Details::default(),
            causes: Vec::new(),
        }))
    }

    /// Bad input, found before anything is sent.
    pub fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(Kind::InvalidArgument, message)
    }

    /// What is left of a panic.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, message)
    }

    pub(crate) fn from_record(record: ErrorRecord) -> Self {
        Self(Box::new(record))
    }

    pub(crate) fn io(doing: impl fmt::Display, error: &std::io::Error) -> Self {
        Self::new(Kind::Io, format!("{doing}: {error}"))
    }

    /// The chain of causes of `error`, itself not counted, added to this one's.
    pub(crate) fn with_causes_of(mut self, error: &(dyn std::error::Error + 'static)) -> Self {
        let mut next = error.source();
        while let Some(cause) = next {
            let text = crate::wire::redact::text(&cause.to_string());
            if self.0.causes.last() != Some(&text) {
                self.0.causes.push(text);
            }
            next = cause.source();
        }
        self
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        self.0.name = Some(name.to_owned());
        self
    }

    pub(crate) fn retryable(mut self) -> Self {
        self.0.retryable = true;
        self
    }

    /// Says in which call it happened, where that is not known yet.
    pub(crate) fn during(mut self, service: &str, operation: Option<&str>) -> Self {
        self.0.service.get_or_insert_with(|| service.to_owned());
        if self.0.operation.is_none() {
            self.0.operation = operation.map(str::to_owned);
        }
        self
    }

    pub(crate) fn record_mut(&mut self) -> &mut ErrorRecord {
        &mut self.0
    }

    /// All fields.
    pub fn record(&self) -> &ErrorRecord {
        &self.0
    }

    /// What the caller can do next.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The record as JSON, the same in every language.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&*self.0).unwrap_or_else(|error| unreachable!("a record of plain data: {error}"))
    }

    /// An error from [`to_json`](Self::to_json).
    pub fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().map(|record| Self(Box::new(record)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = self.record();
        f.write_str(&record.message)?;
        for cause in &record.causes {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record().fmt(f)
    }
}

impl std::error::Error for Error {}
