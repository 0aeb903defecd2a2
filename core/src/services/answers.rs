//! What a service's own steps read in an answer as it came.

use serde_json::Value;

/// A text of an answer, ids that came as numbers included.
pub(super) fn text(answer: &Value, name: &str) -> Option<String> {
    match answer.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number of an answer, in any form in which sizes come.
pub(super) fn whole(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().map(|number| number as u64)),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

pub(super) fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a file that was sent as `name` may be stored as `stored`: where its name is taken, `a.txt` becomes `a (2).txt`.
pub(super) fn is_name_of(stored: &str, name: &str) -> bool {
    let (stem, extension) = name.rsplit_once('.').map_or((name, ""), |(stem, _)| (stem, &name[stem.len()..]));
    let number = || stored.strip_prefix(stem)?.strip_suffix(extension)?.strip_prefix(" (")?.strip_suffix(')');
    stored == name
        || number().is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_counted_up() {
        assert!(is_name_of("README (2)", "README") && is_name_of("a.b (12).txt", "a.b.txt"));
        assert!(!is_name_of("README", "README (2)") && !is_name_of("a.b (x).txt", "a.b.txt"));
    }

    #[test]
    fn sizes_are_read_in_all_their_forms() {
        for (size, read) in [
            (Value::from(7), Some(7)),
            ("7".into(), Some(7)),
            (7.0.into(), Some(7)),
            (Value::Null, None),
            ("much".into(), None),
        ] {
            assert_eq!(whole(Some(&size)), read, "{size}");
        }
    }
}
