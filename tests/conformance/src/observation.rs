//! What a runner tells about one case: the same format for all languages.
//!
//! A leaf is `{"type": "int", "value": 5}`; an object holds its members by the service's own field names; a list is a
//! list. Because a member of an object is never a bare text, a `type` that is a text marks a leaf, even where a model
//! has fields called `type` and `value`.

use serde::Deserialize;
use serde_json::Value;

/// The leaf types that a runner may use.
pub const LEAF_TYPES: [&str; 12] =
    ["int", "big", "number", "decimal", "text", "bool", "instant", "local_time", "enum", "bytes", "json", "null"];

/// A runner's answer to one case.
#[derive(Debug, Clone, Deserialize)]
pub struct Reply {
    /// The case that was run.
    pub case: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The result's public properties.
    #[serde(default)]
    pub observation: Value,
    /// The error record with its fixed members, and `class`: its class in this language.
    #[serde(default)]
    pub error: Value,
    /// The printed forms of result, error and client: secrets are looked for here.
    #[serde(default)]
    pub debug: Value,
    /// Progress events as `{"done": bytes, "total": bytes}`.
    #[serde(default)]
    pub progress: Vec<Progress>,
    /// What `on_response` told: status and headers.
    #[serde(default)]
    pub responses: Vec<(u16, serde_json::Map<String, Value>)>,
}

/// How a case ended in a runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With a result.
    Value,
    /// With fileferry's own error.
    Error,
    /// With anything else: the runner cannot do this, or something that is no typed error came out.
    RunnerError,
}

/// One progress event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Progress {
    /// Bytes so far.
    pub done: u64,
    /// Bytes in all, where known.
    pub total: Option<u64>,
}

/// A leaf's type and value.
pub fn leaf(node: &Value) -> Option<(&str, &Value)> {
    let kind = node.get("type")?.as_str()?;
    Some((kind, node.get("value").unwrap_or(&Value::Null)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_model_with_fields_called_type_and_value_is_no_leaf() {
        assert_eq!(leaf(&json!({"type": "int", "value": 5})), Some(("int", &json!(5))));
        assert_eq!(leaf(&json!({"type": {"type": "text", "value": "hash"}, "value": {"type": "null"}})), None);
    }
}
