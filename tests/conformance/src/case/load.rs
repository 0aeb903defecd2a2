use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use super::expand::{count_out, expand, make_twin, put_words};
use super::shapes::Case;

/// A case file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The file could not be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no YAML.
    #[error("{file}: {reason}")]
    Yaml {
        /// The file.
        file: String,
        /// Where and why.
        reason: String,
    },
    /// The file does not fit the schema.
    #[error("{file}: {}", reasons.join("\n  "))]
    Schema {
        /// The file.
        file: String,
        /// Each place and what is wrong there.
        reasons: Vec<String>,
    },
    /// A case does not have the shape of a case.
    #[error("case {name}: {reason}")]
    Shape {
        /// The case.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// Two cases have one name.
    #[error("two cases are named {0}")]
    Twice(String),
}

/// All cases below a folder, in the order of their files' names.
pub fn load_folder(folder: &Path) -> Result<Vec<Case>, CaseError> {
    let mut values = Vec::new();
    for path in yaml_files(folder)? {
        let text = std::fs::read_to_string(&path).map_err(|source| CaseError::Read { path: path.clone(), source })?;
        values.extend(read(&path.display().to_string(), &text)?);
    }
    finish(values)
}

/// The cases of one file's text.
pub fn load_text(file: &str, text: &str) -> Result<Vec<Case>, CaseError> {
    finish(read(file, text)?)
}

/// All YAML files below a folder, sorted.
pub(crate) fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, CaseError> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let failed = |source| CaseError::Read { path: folder.clone(), source };
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read(file: &str, text: &str) -> Result<Vec<Value>, CaseError> {
    let mut value: Value = from_yaml(file, text)?;
    put_words(&mut value);
    count_out(&mut value);
    let reasons: Vec<String> =
        SCHEMA.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if !reasons.is_empty() {
        return Err(CaseError::Schema { file: file.to_owned(), reasons });
    }
    expand(&value)
}

/// Reads YAML 1.2: `y`, `no` and `on` are texts.
pub(crate) fn from_yaml<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, CaseError> {
    serde_saphyr::from_str_with_options(text, serde_saphyr::options! { strict_booleans: true })
        .map_err(|error| CaseError::Yaml { file: file.to_owned(), reason: error.to_string() })
}

/// Twins may copy a case of any file, so they are made when all are known.
fn finish(values: Vec<Value>) -> Result<Vec<Case>, CaseError> {
    let mut names = BTreeSet::new();
    let mut by_name = BTreeMap::new();
    for value in &values {
        let name = value["name"].as_str().unwrap_or_default().to_owned();
        if value.get("twin_of").is_none() {
            by_name.insert(name.clone(), value.clone());
        }
        if !names.insert(name.clone()) {
            return Err(CaseError::Twice(name));
        }
    }
    values
        .into_iter()
        .map(|value| if value.get("twin_of").is_some() { make_twin(&value, &by_name) } else { Ok(value) })
        .map(|value| value.and_then(Case::from_value))
        .collect()
}

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(include_str!("../../schema/cases.schema.json"))
        .expect("the schema that is built in is JSON");
    jsonschema::validator_for(&schema).expect("the schema that is built in is a schema")
});
