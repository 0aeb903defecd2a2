//! What is called live: flows written by hand, each in a world of its own, each step using what the steps before it kept.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::case::{Case, CaseError, count_out, fill, from_yaml, yaml_files};

/// The flows of one file.
#[derive(Debug)]
pub struct Script {
    /// The service.
    pub service: String,
    /// Each begins in a new world.
    pub flows: Vec<Flow>,
}

/// The same as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    service: String,
    flows: Vec<Value>,
}

/// Steps that belong together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Unique among all flows.
    pub name: String,
    /// Options of every step's client.
    #[serde(default)]
    client: Map<String, Value>,
    /// Orders before the first step.
    #[serde(default)]
    pub order: Vec<Order>,
    /// In order.
    pub steps: Vec<Step>,
}

/// One call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What the report calls it, behind the name of the flow.
    pub name: String,
    /// An operation's id, or a method of the client itself.
    pub operation: String,
    /// The case whose result has the types that have to be seen.
    pub like: Option<String>,
    /// Orders before the call.
    #[serde(default)]
    pub order: Vec<Order>,
    /// Orders while the call goes on: it must not end before the last of them.
    #[serde(default)]
    pub meanwhile: Vec<Order>,
    /// Options of the client.
    #[serde(default)]
    client: Map<String, Value>,
    /// The call's arguments.
    #[serde(default)]
    call: Map<String, Value>,
    /// Whether the operation's page iterator is walked to its end.
    #[serde(default)]
    iterate: bool,
    /// What has to be seen, as in a case.
    #[serde(default)]
    sees: Map<String, Value>,
    /// How many requests of these operations the call made.
    #[serde(default)]
    pub asked: BTreeMap<String, usize>,
    /// Words to keep from the result, by their paths.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
}

/// Something that is asked of the emulator's control address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Where it is posted, below the world's address.
    pub post: Option<String>,
    /// What is asked for there instead.
    pub get: Option<String>,
    /// What is posted.
    #[serde(default)]
    pub json: Map<String, Value>,
    /// Words to keep from the answer, by their paths.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
}

/// What steps have kept, and what the world tells of its accounts.
pub(super) type Words = BTreeMap<String, String>;

/// The flow once for each set of words in its member `for`.
fn each(mut flow: Value) -> Vec<Value> {
    let Some(Value::Array(sets)) = flow.as_object_mut().and_then(|members| members.shift_remove("for")) else {
        return vec![flow];
    };
    let with = |words: &Value| {
        let mut flow = flow.clone();
        for (word, value) in words.as_object().into_iter().flatten() {
            put(&mut flow, &format!("$({word})"), value);
        }
        flow
    };
    sets.iter().map(with).collect()
}

/// Puts a value in the place of a word; within a longer text, and in a key, its text.
fn put(place: &mut Value, word: &str, value: &Value) {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match place {
        Value::String(given) if given == word => *place = value.clone(),
        Value::String(given) => *given = given.replace(word, &text),
        Value::Array(items) => items.iter_mut().for_each(|item| put(item, word, value)),
        Value::Object(members) => {
            *members = std::mem::take(members)
                .into_iter()
                .map(|(key, mut member)| {
                    put(&mut member, word, value);
                    (key.replace(word, &text), member)
                })
                .collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Step {
    /// The step as a case, with all words put in.
    pub(super) fn as_case(&self, service: &str, flow: &Flow, words: &Words) -> Result<Case, String> {
        let mut client = flow.client.clone();
        client.extend(self.client.clone());
        // As in a case, a null takes one away.
        client.retain(|_, option| !option.is_null());
        let mut case = json!({
            "service": service,
            "name": self.name,
            "operation": self.operation,
            "iterate": self.iterate,
            "client": client,
            "call": self.call,
            "sees": self.sees,
        });
        fill_all(&mut case, words)?;
        Case::from_value(case).map_err(|error| error.to_string())
    }
}

impl Order {
    /// What is posted, with all words put in.
    pub(super) fn body(&self, words: &Words) -> Result<Value, String> {
        let mut body = Value::Object(self.json.clone());
        fill_all(&mut body, words)?;
        Ok(body)
    }
}

/// All scripts of a folder.
pub fn load_scripts(folder: &Path) -> Result<Vec<Script>, CaseError> {
    let mut scripts = Vec::new();
    for path in yaml_files(folder)? {
        let text = std::fs::read_to_string(&path).map_err(|source| CaseError::Read { path: path.clone(), source })?;
        let file = path.display().to_string();
        let written: Written = from_yaml(&file, &text)?;
        let flow = |mut flow: Value| {
            count_out(&mut flow);
            serde_json::from_value(flow)
                .map_err(|error| CaseError::Shape { name: file.clone(), reason: error.to_string() })
        };
        let flows = written.flows.into_iter().flat_map(each).map(flow).collect::<Result<_, _>>()?;
        scripts.push(Script { service: written.service, flows });
    }
    Ok(scripts)
}

/// A text with its words put in.
pub(super) fn put_words(text: &str, words: &Words) -> Result<String, String> {
    let mut value = Value::String(text.to_owned());
    fill_all(&mut value, words)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

fn fill_all(value: &mut Value, words: &Words) -> Result<(), String> {
    let marked: Vec<(String, &str)> = words.iter().map(|(word, text)| (format!("$({word})"), text.as_str())).collect();
    let marked: Vec<(&str, &str)> = marked.iter().map(|(word, text)| (word.as_str(), *text)).collect();
    fill(value, &marked);
    let text = value.to_string();
    match text.find("$(") {
        Some(at) => Err(format!("no step before kept {}", text[at..].chars().take(30).collect::<String>())),
        None => Ok(()),
    }
}

/// The value at a path such as `files.0.id`.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, part| match part.parse::<usize>() {
        Ok(index) => value.get(index),
        Err(_) => value.get(part),
    })
}
