//! What is called live: steps written by hand, each using what the steps before it kept.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::case::{Case, CaseError, fill, from_yaml, yaml_files};

/// The steps for one service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The service.
    pub service: String,
    /// In order.
    pub steps: Vec<Step>,
}

/// One call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique among all steps.
    pub name: String,
    /// The service, filled in from the script.
    #[serde(skip)]
    service: String,
    /// An operation's id, or a method of the client itself.
    pub operation: String,
    /// The case whose result has the types that have to be seen.
    pub like: String,
    /// Words to ask the emulator for before the call: the member of this name at this address below the world's.
    #[serde(default)]
    pub learn: BTreeMap<String, String>,
    /// Options of the client.
    #[serde(default)]
    client: Map<String, Value>,
    /// The call's arguments.
    #[serde(default)]
    call: Map<String, Value>,
    /// What else has to be seen: `progress` and `file`, as in a case.
    #[serde(default)]
    sees: Map<String, Value>,
    /// Words to keep from the result, by their paths.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
}

impl Step {
    /// The step as a case, with all words put in.
    pub(super) fn as_case(&self, words: &BTreeMap<String, String>) -> Result<Case, String> {
        let mut case = json!({
            "service": self.service,
            "name": self.name,
            "operation": self.operation,
            "client": self.client,
            "call": self.call,
            "sees": self.sees,
        });
        fill_all(&mut case, words);
        let text = case.to_string();
        if let Some(at) = text.find("$(") {
            return Err(format!("no step before kept {}", text[at..].chars().take(30).collect::<String>()));
        }
        Case::from_value(case).map_err(|error| error.to_string())
    }
}

/// All scripts of a folder.
pub fn load_scripts(folder: &Path) -> Result<Vec<Script>, CaseError> {
    let mut scripts = Vec::new();
    for path in yaml_files(folder)? {
        let text = std::fs::read_to_string(&path).map_err(|source| CaseError::Read { path: path.clone(), source })?;
        let mut script: Script = from_yaml(&path.display().to_string(), &text)?;
        for step in &mut script.steps {
            step.service.clone_from(&script.service);
        }
        scripts.push(script);
    }
    Ok(scripts)
}

/// A text with its words put in.
pub(super) fn put_words(text: &str, words: &BTreeMap<String, String>) -> String {
    let mut value = Value::String(text.to_owned());
    fill_all(&mut value, words);
    value.as_str().unwrap_or_default().to_owned()
}

fn fill_all(value: &mut Value, words: &BTreeMap<String, String>) {
    let marked: Vec<(String, &str)> = words.iter().map(|(word, text)| (format!("$({word})"), text.as_str())).collect();
    let marked: Vec<(&str, &str)> = marked.iter().map(|(word, text)| (word.as_str(), *text)).collect();
    fill(value, &marked);
}

/// The text of the leaf at a path such as `files.0.id`.
pub(super) fn leaf_at(observation: &Value, path: &str) -> Option<String> {
    let at = path.split('.').try_fold(observation, |value, part| match part.parse::<usize>() {
        Ok(index) => value.get(index),
        Err(_) => value.get(part),
    })?;
    at["value"].as_str().map(str::to_owned)
}
