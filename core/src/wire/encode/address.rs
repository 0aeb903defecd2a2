//! Fills a path's template.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::check::must_be;
use crate::decode::path::Problem;
use crate::tables::Operation;

/// What does not stand for itself in a segment: everything but the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What fills `{version}`.
pub(super) fn version<'o>(operation: &'o Operation, chosen: Option<&str>) -> Result<Option<&'o str>, Problem> {
    let Some(chosen) = chosen else {
        return Ok(operation.versions.first().copied());
    };
    match operation.versions.iter().find(|version| **version == chosen) {
        Some(version) => Ok(Some(version)),
        None if operation.versions.is_empty() => {
            Err(must_be("left out: this operation has no versions").within_member("version"))
        }
        None => Err(must_be(format!("one of {}", operation.versions.join(", "))).within_member("version")),
    }
}

/// `template` with its `{name}` and `{name*}` filled; `None` where one has no value.
pub(super) fn fill(template: &str, segments: &[(&str, String)], version: Option<&str>) -> Option<String> {
    let mut path = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        path.push_str(literal);
        let (name, keeps_slashes) = name.strip_suffix('*').map_or((name, false), |name| (name, true));
        let value = match segments.iter().find(|(own, _)| *own == name) {
            Some((_, value)) => value.as_str(),
            None if name == "version" => version?,
            None => return None,
        };
        if keeps_slashes {
            let escaped: Vec<String> = value.split('/').map(escape).collect();
            path.push_str(&escaped.join("/"));
        } else {
            path.push_str(&escape(value));
        }
        rest = after;
    }
    path.push_str(rest);
    Some(path)
}

fn escape(segment: &str) -> String {
    utf8_percent_encode(segment, ESCAPED).to_string()
}
