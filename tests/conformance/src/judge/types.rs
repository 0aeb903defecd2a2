use serde_json::Value;

use super::value::is_native;
use super::{Check, Findings};
use crate::observation::leaf;

/// Compares the types of an observation with those of an example; values may differ, and a list may have another length.
pub(super) fn compare(example: &Value, observed: &Value, language: &str, path: &str, findings: &mut Findings) {
    let mut note = |detail: String| findings.note(Check::Result, format!("{path}: {detail}"));
    match example {
        // What the example leaves open stays open.
        Value::Null => {}
        Value::Array(items) => match observed.as_array() {
            None => note(format!("no list: {observed}")),
            Some(others) => {
                let Some(item) = items.first() else { return };
                for (index, other) in others.iter().enumerate() {
                    compare(item, other, language, &format!("{path}[{index}]"), findings);
                }
            }
        },
        Value::Object(members) => match mark_of(members) {
            Some("any" | "plain" | "json" | "length") => {}
            Some(kind) => compare_leaf(kind, observed, language, &mut note),
            None => {
                if leaf(observed).is_some() || !observed.is_object() {
                    return note(format!("no object: {observed}"));
                }
                for (name, value) in members.iter().filter(|(name, _)| !name.starts_with('$')) {
                    compare(value, &observed[name], language, &format!("{path}.{name}"), findings);
                }
            }
        },
        Value::Bool(_) => compare_leaf("bool", observed, language, &mut note),
        Value::Number(_) => compare_leaf("int", observed, language, &mut note),
        Value::String(_) => compare_leaf("text", observed, language, &mut note),
    }
}

/// The mark of a value that is no object: `{$instant: …}`.
fn mark_of(members: &serde_json::Map<String, Value>) -> Option<&str> {
    let (name, _) = members.iter().next().filter(|_| members.len() == 1)?;
    name.strip_prefix('$').filter(|mark| !["extra", "variant"].contains(mark))
}

fn compare_leaf(kind: &str, observed: &Value, language: &str, note: &mut impl FnMut(String)) {
    match leaf(observed) {
        Some((found, _)) if is_native(kind, found, language) => {}
        _ => note(format!("{observed}, not {kind}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn findings(example: Value, observed: Value) -> usize {
        let mut findings = Findings::default();
        compare(&example, &observed, "rust", "result", &mut findings);
        findings.0.len()
    }

    #[test]
    fn types_are_compared_and_values_are_not() {
        let example =
            json!({"files": [{"id": "a", "size": 1, "made": {"$instant": "2020-01-01T00:00:00Z"}}], "more": null});
        let leaf = |kind: &str, value: Value| json!({"type": kind, "value": value});
        let seen = |size: Value| {
            json!({"files": [{"id": leaf("text", json!("b")), "size": size,
            "made": leaf("instant", json!("2021-01-01T00:00:00Z"))}], "more": leaf("int", json!(3))})
        };
        assert_eq!(findings(example.clone(), seen(leaf("int", json!(7)))), 0);
        assert_eq!(findings(example.clone(), seen(leaf("text", json!("7")))), 1);
        assert_eq!(findings(example.clone(), seen(leaf("null", Value::Null))), 1);
        assert_eq!(findings(example, json!({"files": {}})), 1);
    }
}
