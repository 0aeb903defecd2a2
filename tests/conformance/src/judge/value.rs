use serde_json::Value;

use super::{Check, Findings, same_bytes};
use crate::observation::{LEAF_TYPES, leaf};
use crate::seeded::Seeded;

/// Compares an observation with the case's notation.
pub(super) fn compare(
    expected: &Value,
    observed: &Value,
    language: &str,
    exact: bool,
    check: Check,
    findings: &mut Findings,
) {
    Comparison { language, exact, check, findings }.node(expected, observed, "");
}

/// Compares a member of the error record: only the members named, lists item by item.
pub(super) fn compare_plain(expected: &Value, observed: &Value, path: &str, findings: &mut Findings) {
    match (expected, observed) {
        // A service's codes are texts in the record, whatever the service sends; a case may write them as numbers.
        (Value::Number(code), Value::String(text)) if path.ends_with("code") && code.to_string() == *text => {}
        (Value::Object(members), _) if members.contains_key("$ignore") => {}
        (Value::Object(members), _) if members.contains_key("$any") => {
            if observed.is_null() {
                findings.note(Check::Error, format!("{path} is null"));
            }
        }
        (Value::Object(members), _) if members.contains_key("$at") => {
            for (index, item) in members["$at"].as_object().into_iter().flatten() {
                let other = index.parse::<usize>().ok().and_then(|index| observed.get(index)).unwrap_or(&Value::Null);
                compare_plain(item, other, &format!("{path}[{index}]"), findings);
            }
        }
        (Value::Object(members), _) if members.contains_key("$between") => {
            let bounds = &members["$between"];
            let inside = matches!(
                (observed.as_f64(), bounds[0].as_f64(), bounds[1].as_f64()),
                (Some(value), Some(low), Some(high)) if (low..=high).contains(&value)
            );
            if !inside {
                findings.note(Check::Error, format!("{path} is {observed}, not between {bounds}"));
            }
        }
        (Value::Object(members), Value::Object(_)) => {
            for (name, value) in members {
                compare_plain(value, &observed[name], &format!("{path}.{name}"), findings);
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (index, (item, other)) in items.iter().zip(others).enumerate() {
                compare_plain(item, other, &format!("{path}[{index}]"), findings);
            }
        }
        _ if expected == observed => {}
        _ => findings.note(Check::Error, format!("{path} is {observed}, not {expected}")),
    }
}

struct Comparison<'a> {
    language: &'a str,
    exact: bool,
    check: Check,
    findings: &'a mut Findings,
}

impl Comparison<'_> {
    fn node(&mut self, expected: &Value, observed: &Value, path: &str) {
        match expected {
            Value::Null => self.leaf("null", &Value::Null, observed, path),
            Value::Bool(_) => self.leaf("bool", expected, observed, path),
            Value::Number(_) => self.leaf("int", expected, observed, path),
            Value::String(_) => self.leaf("text", expected, observed, path),
            Value::Array(items) => self.list(items, observed, path),
            Value::Object(members) => {
                let marked = members.iter().next().and_then(|(name, value)| Some((name.strip_prefix('$')?, value)));
                match marked {
                    Some((mark, value)) if members.len() == 1 && !["extra", "variant"].contains(&mark) => {
                        self.marked(mark, value, observed, path);
                    }
                    _ => self.object(members, observed, path),
                }
            }
        }
    }

    fn marked(&mut self, mark: &str, value: &Value, observed: &Value, path: &str) {
        match mark {
            "any" if leaf(observed).is_some_and(|(kind, _)| kind == "null") => self.note(path, "null"),
            "any" => {}
            "plain" => {
                let found = plain(observed);
                if found != *value {
                    self.note(path, &format!("{found}, not {value}"));
                }
            }
            "length" => {
                let length = observed.as_array().map(Vec::len);
                if length.map(|length| length as u64) != value.as_u64() {
                    self.note(path, &format!("{length:?} items, not {value}"));
                }
            }
            _ => self.leaf(mark, value, observed, path),
        }
    }

    fn list(&mut self, items: &[Value], observed: &Value, path: &str) {
        let Some(others) = observed.as_array() else {
            return self.note(path, &format!("no list: {observed}"));
        };
        if items.len() != others.len() {
            self.note(path, &format!("{} items, not {}", others.len(), items.len()));
        }
        for (index, (item, other)) in items.iter().zip(others).enumerate() {
            self.node(item, other, &format!("{path}[{index}]"));
        }
    }

    fn object(&mut self, members: &serde_json::Map<String, Value>, observed: &Value, path: &str) {
        let Some(others) = observed.as_object().filter(|_| leaf(observed).is_none()) else {
            return self.note(path, &format!("no object: {observed}"));
        };
        for (name, value) in members {
            let path = format!("{path}.{name}");
            match others.get(name) {
                Some(other) if name == "$extra" => self.extra(value, other, &path),
                Some(other) => self.node(value, other, &path),
                None if name == "$extra" && value.as_object().is_some_and(serde_json::Map::is_empty) => {}
                // One of several answers has only its own members; what it lacks is as good as null.
                None if value.is_null() => {}
                None => self.note(&path, "missing"),
            }
        }
        if self.exact {
            for (name, other) in others.iter().filter(|(name, _)| !members.contains_key(*name) && *name != "$variant") {
                let empty = leaf(other).is_some_and(|(_, value)| {
                    value.is_null() || (name == "$extra" && value.as_object().is_some_and(serde_json::Map::is_empty))
                });
                if !empty {
                    self.note(&format!("{path}.{name}"), &format!("not expected: {other}"));
                }
            }
        }
    }

    /// Unknown members, all of them; `{$any: true}` where a language's own JSON cannot hold the value exactly.
    fn extra(&mut self, expected: &Value, observed: &Value, path: &str) {
        let found = plain(observed);
        let (Some(wanted), Some(members)) = (expected.as_object(), found.as_object()) else {
            return self.note(path, &format!("no object: {observed}"));
        };
        for (name, value) in wanted {
            let fits = members.get(name).is_some_and(|other| value.get("$any").is_some() || other == value);
            if !fits {
                self.note(path, &format!("{name} is {:?}, not {value}", members.get(name)));
            }
        }
        for name in members.keys().filter(|name| !wanted.contains_key(*name)) {
            self.note(path, &format!("{name} is not expected"));
        }
    }

    fn leaf(&mut self, kind: &str, expected: &Value, observed: &Value, path: &str) {
        let Some((found, value)) = leaf(observed) else {
            return self.note(path, &format!("{observed}, not {kind} {expected}"));
        };
        if !LEAF_TYPES.contains(&found) {
            return self.note(path, &format!("the runner made up a type: {found}"));
        }
        if !is_native(kind, found, self.language) {
            return self.note(path, &format!("{found} {value}, not {kind} {expected}"));
        }
        // Swift's own decimals have no zeros at their end; everywhere else each digit is kept.
        let ends_in_zeros = kind == "decimal" && self.language == "swift";
        if !(same(kind, expected, value) || ends_in_zeros && without_zeros(expected) == without_zeros(value)) {
            self.note(path, &format!("{kind} {value}, not {expected}"));
        }
    }

    fn note(&mut self, path: &str, detail: &str) {
        let path = path.strip_prefix('.').unwrap_or(path);
        let at = if path.is_empty() { "the result" } else { path };
        self.findings.note(self.check, format!("{at}: {detail}"));
    }
}

/// Whether a value described as `kind` may appear as `found` in this language.
pub(super) fn is_native(kind: &str, found: &str, language: &str) -> bool {
    let node = language == "node";
    match kind {
        // Only a JavaScript number cannot hold it; elsewhere an integer is an integer.
        "big" => found == if node { "big" } else { "int" },
        // Open enums are plain texts in Python and TypeScript, decimals and zone-less times are texts in TypeScript.
        "enum" => found == "enum" || (found == "text" && (node || language.starts_with("python"))),
        "decimal" | "local_time" => found == kind || (found == "text" && node),
        _ => found == kind,
    }
}

fn same(kind: &str, expected: &Value, observed: &Value) -> bool {
    match kind {
        "null" => observed.is_null(),
        "big" => digits(expected) == digits(observed),
        "number" => expected.as_f64() == observed.as_f64(),
        "instant" => instant(expected).is_some() && instant(expected) == instant(observed),
        "local_time" => local_time(expected).is_some() && local_time(expected) == local_time(observed),
        "bytes" => {
            let seed = expected["seed"].as_u64();
            match seed {
                Some(seed) => {
                    let length = expected["length"].as_u64().unwrap_or(0);
                    let png = expected["png"].as_bool().unwrap_or(false);
                    same_bytes(observed, Seeded { png, ..Seeded::new(seed, length) })
                }
                None => expected == observed,
            }
        }
        _ => expected == observed,
    }
}

/// An observation without its types, unknown members among the others.
fn plain(node: &Value) -> Value {
    if let Some((_, value)) = leaf(node) {
        return value.clone();
    }
    match node {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => {
            let mut all = serde_json::Map::new();
            for (name, member) in members {
                match (name.as_str(), plain(member)) {
                    ("$extra", Value::Object(unknown)) => all.extend(unknown),
                    (_, value) => drop(all.insert(name.clone(), value)),
                }
            }
            Value::Object(all)
        }
        single => single.clone(),
    }
}

/// A decimal without the zeros at the end of its fraction.
fn without_zeros(decimal: &Value) -> Option<&str> {
    let text = decimal.as_str()?;
    Some(if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text })
}

fn digits(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn instant(value: &Value) -> Option<jiff::Timestamp> {
    value.as_str()?.parse().ok()
}

fn local_time(value: &Value) -> Option<jiff::civil::DateTime> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn findings(expected: Value, observed: Value, language: &str, exact: bool) -> usize {
        let mut findings = Findings::default();
        compare(&expected, &observed, language, exact, Check::Result, &mut findings);
        findings.0.len()
    }

    fn file() -> Value {
        json!({
            "id": {"type": "text", "value": "a1"},
            "size": {"type": "int", "value": 5},
            "access": {"type": "enum", "value": "public"},
            "created": {"type": "local_time", "value": "2020-01-01T00:00:00"},
            "type": {"type": "text", "value": "hash"},
            "md5": {"type": "null", "value": null},
            "$extra": {"type": "json", "value": {"new": 1}},
        })
    }

    #[test]
    fn only_named_members_count_unless_exact() {
        assert_eq!(findings(json!({"id": "a1", "type": "hash", "md5": null}), file(), "rust", false), 0);
        let all = json!({"id": "a1", "size": 5, "type": "hash", "access": {"$enum": "public"},
            "created": {"$local_time": "2020-01-01T00:00:00"}});
        assert_eq!(findings(all.clone(), file(), "rust", true), 1);
        let mut with_extra = all;
        with_extra["$extra"] = json!({"new": 1});
        assert_eq!(findings(with_extra, file(), "rust", true), 0);
    }

    #[test]
    fn the_type_counts_not_only_the_value() {
        assert_eq!(findings(json!({"id": {"$enum": "a1"}}), file(), "rust", false), 1);
        assert_eq!(findings(json!({"size": "5"}), file(), "rust", false), 1);
        assert_eq!(findings(json!({"size": 6}), file(), "rust", false), 1);
        assert_eq!(findings(json!({"missing": 6}), file(), "rust", false), 1);
        assert_eq!(findings(json!({"missing": null}), file(), "rust", false), 0);
        assert_eq!(findings(json!({"$extra": {}}), file(), "rust", false), 1);
    }

    #[test]
    fn languages_have_their_own_native_types() {
        let big = |kind: &str| json!({"type": kind, "value": "9007199254740993"});
        let expected = json!({"$big": "9007199254740993"});
        assert_eq!(findings(expected.clone(), big("big"), "node", false), 0);
        assert_eq!(findings(expected.clone(), big("int"), "node", false), 1);
        assert_eq!(findings(expected, json!({"type": "int", "value": 9_007_199_254_740_993_i64}), "swift", false), 0);
        let word = json!({"type": "text", "value": "public"});
        assert_eq!(findings(json!({"$enum": "public"}), word.clone(), "python_async", false), 0);
        assert_eq!(findings(json!({"$enum": "public"}), word, "kotlin", false), 1);
    }

    #[test]
    fn instants_compare_as_instants_and_lists_by_length() {
        let observed = json!({"type": "instant", "value": "2022-04-24T02:00:00+02:00"});
        assert_eq!(findings(json!({"$instant": "2022-04-24T00:00:00.000Z"}), observed, "node", false), 0);
        assert_eq!(findings(json!([]), json!([{"type": "int", "value": 1}]), "rust", false), 1);
        assert_eq!(findings(json!({"$length": 1}), json!([{"type": "int", "value": 1}]), "rust", false), 0);
    }
}
