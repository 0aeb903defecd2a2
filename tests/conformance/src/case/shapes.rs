use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::load::CaseError;
use super::path::set_at;
use crate::judge::Check;
use crate::seeded::Seeded;

/// One case, ready to be played in one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The service's name, such as `keep2share`.
    pub service: String,
    /// Unique among all cases.
    pub name: String,
    /// An operation's id, or a method of the client itself: `client.upload`.
    pub operation: String,
    /// Whether the operation's page iterator is walked to its end.
    #[serde(default)]
    pub iterate: bool,
    /// The obligations that this case meets.
    #[serde(default)]
    pub meets: Vec<String>,
    /// `facts` where no document has a usable example of this.
    #[serde(default)]
    pub made_from: Option<String>,
    /// Options of the client, by their names in the design; times in seconds.
    #[serde(default)]
    pub client: Map<String, Value>,
    /// The client is closed before the call.
    #[serde(default)]
    pub close_first: bool,
    /// The call's arguments.
    #[serde(default)]
    pub call: Map<String, Value>,
    /// The call's own options.
    #[serde(default)]
    pub options: Map<String, Value>,
    /// What has to be received; left out: any requests, one for each answer played.
    #[serde(default)]
    pub wire: Option<Vec<ExpectedRequest>>,
    /// Further requests may follow those of `wire`.
    #[serde(default)]
    pub more: bool,
    /// One answer a request.
    #[serde(default)]
    pub play: Vec<Answer>,
    /// The last answer is played again and again.
    #[serde(default)]
    pub repeat_last: bool,
    /// What the caller has to see.
    #[serde(default)]
    pub sees: Sees,
    /// Texts that must not show anywhere, beside those that are found by their names.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Changes of this case for single languages, by path.
    #[serde(default)]
    in_language: BTreeMap<String, Map<String, Value>>,
    /// The one check that has to reject this case.
    #[serde(default)]
    pub must_fail: Option<Check>,
    /// Whom a twin copies with one change.
    #[serde(default)]
    pub twin_of: Option<String>,
    #[serde(skip)]
    raw: Value,
}

impl Case {
    pub(crate) fn from_value(value: Value) -> Result<Self, CaseError> {
        let name = value["name"].as_str().unwrap_or("(unnamed)").to_owned();
        let mut case: Self = serde_json::from_value(value.clone())
            .map_err(|error| CaseError::Shape { name, reason: error.to_string() })?;
        case.raw = value;
        Ok(case)
    }

    /// The whole case as JSON text, to look for words in.
    pub fn text(&self) -> String {
        self.raw.to_string()
    }

    /// This case as one language has to behave.
    pub fn for_language(&self, language: &str) -> Result<Self, CaseError> {
        let Some(changes) = self.in_language.get(language) else {
            return Ok(self.clone());
        };
        let mut value = self.raw.clone();
        for (path, change) in changes {
            set_at(&mut value, path, change.clone())
                .map_err(|reason| CaseError::Shape { name: self.name.clone(), reason })?;
        }
        Self::from_value(value)
    }

    /// Puts the addresses of a stage in the place of `$base`, `$away` and their like.
    pub fn placed(&self, words: &[(&str, &str)]) -> Result<Self, CaseError> {
        let mut value = self.raw.clone();
        fill(&mut value, words);
        Self::from_value(value)
    }

    /// The verb, where the case calls a method of the client itself.
    pub fn verb(&self) -> Option<&str> {
        self.operation.strip_prefix("client.")
    }
}

/// Replaces words in every text of a value.
pub fn fill(value: &mut Value, words: &[(&str, &str)]) {
    match value {
        Value::String(text) => {
            if text.contains('$') {
                for (word, replacement) in words {
                    *text = text.replace(word, replacement);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, words)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Which of the player's two origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    /// The service's own base address.
    #[default]
    Base,
    /// Another origin, such as an upload or download host.
    Away,
}

/// A request that has to arrive.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedRequest {
    /// Nothing but its arrival matters.
    pub any: bool,
    /// Where it has to arrive.
    pub host: Host,
    /// The method.
    pub method: String,
    /// The path below the stage's base, `/` first.
    pub path: String,
    /// The whole query; left out: none.
    pub query: BTreeMap<String, Texts>,
    /// The whole JSON body.
    pub json: Option<Value>,
    /// The whole form body, in any order.
    pub form: Option<BTreeMap<String, Texts>>,
    /// All parts, in order.
    pub multipart: Option<Vec<ExpectedPart>>,
    /// Headers that have to have these values.
    pub headers: BTreeMap<String, String>,
    /// Headers that must not be there.
    pub absent_headers: Vec<String>,
}

/// The value of a key in a query or form; a list where the key comes several times.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Texts {
    /// The key comes once.
    One(String),
    /// It comes once for each of these, in this order.
    Several(Vec<String>),
}

impl Texts {
    /// All values.
    pub fn each(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts,
        }
    }
}

/// A part of a multipart body.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedPart {
    /// The field's name.
    pub name: String,
    /// The content of a text field, byte for byte.
    pub text: Option<String>,
    /// The file's name as sent.
    pub filename: Option<String>,
    /// The part's content type.
    pub content_type: Option<String>,
    /// The content of a file.
    pub content: Option<Content>,
}

/// Bytes from a seed.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    length: u64,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    from: u64,
    #[serde(default)]
    png: bool,
}

impl Content {
    /// The bytes.
    pub fn seeded(self) -> Seeded {
        Seeded { seed: self.seed, from: self.from, length: self.length, png: self.png }
    }
}

/// Where a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drop {
    /// Once the request was read, with no answer.
    Before,
}

/// An answer to play.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Answer {
    /// The HTTP status; 200 where left out.
    pub status: Option<u16>,
    /// Headers, beside those that follow from the body.
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    pub json: Option<Value>,
    /// An HTML body.
    pub html: Option<String>,
    /// A body as it stands, sent as JSON unless a header says otherwise.
    pub body: Option<String>,
    /// A body from a seed, sent as `application/octet-stream`.
    pub bytes: Option<Content>,
    /// A JSON body with a text of this many letters in its member `padding`.
    pub padding: Option<usize>,
    /// The connection is closed here.
    pub drop: Option<Drop>,
    /// The connection is closed after so many bytes of the body.
    pub drop_after: Option<u64>,
    /// The body is sent without its length.
    pub chunked: bool,
    /// The body is sent without its length and not in chunks either: it ends where the connection does.
    pub until_close: bool,
    /// No answer comes until the client goes away.
    pub hold: bool,
    /// Seconds before the answer.
    pub delay: f64,
}

/// What the caller has to see.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Sees {
    /// The result; only the members named are compared unless `exact`.
    #[serde(deserialize_with = "present")]
    pub result: Option<Value>,
    /// What a page iterator yields, all of it.
    pub items: Option<Vec<Value>>,
    /// Members of the error record.
    pub error: Option<Map<String, Value>>,
    /// No member beyond those named.
    pub exact: bool,
    /// The progress events.
    pub progress: Option<ExpectedProgress>,
    /// What lies where a download was told to write.
    pub file: Option<ExpectedFile>,
    /// The last answer as `on_response` told it.
    pub response: Option<ExpectedResponse>,
}

/// `result: null` is a result that is null, not a result that is left out.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Progress events.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedProgress {
    /// How many events at least.
    pub at_least: usize,
    /// The last event's bytes, which are also its total.
    pub last: u64,
    /// What is done may fall back: the source is counted from its beginning more than once.
    #[serde(default)]
    pub starts_over: bool,
}

/// What a download leaves: one file, or nothing. Anything beside it is a fault.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFile {
    /// A file with these bytes.
    pub content: Option<Content>,
    /// Its name, where the target is a folder; any name in this folder where left out.
    pub called: Option<String>,
    /// No file at all, not even a part of one. Says so for the reader; it is the same as no content.
    #[serde(default)]
    pub absent: bool,
}

/// What `on_response` told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedResponse {
    /// The HTTP status.
    pub status: u16,
    /// Headers among those told.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}
