use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value;

use super::{Check, Findings};
use crate::case::{Case, ExpectedPart, ExpectedRequest};
use crate::player::{Body, Part, WireRequest};

/// Compares the requests that arrived with those that had to.
pub(super) fn compare(case: &Case, wire: &[WireRequest], findings: &mut Findings) {
    let Some(expected) = &case.wire else {
        if wire.len() != case.play.len() && !case.repeat_last {
            findings.note(Check::RequestCount, format!("{} requests, {} answers", wire.len(), case.play.len()));
        }
        return;
    };
    if wire.len() < expected.len() || (wire.len() > expected.len() && !case.more) {
        let told: Vec<String> = wire.iter().map(|request| format!("{} {}", request.method, request.path)).collect();
        findings.note(Check::RequestCount, format!("{} requests, not {}: {told:?}", wire.len(), expected.len()));
    }
    for (index, (expected, request)) in expected.iter().zip(wire).enumerate() {
        if !expected.any {
            compare_request(&format!("request {}", index + 1), expected, request, findings);
        }
    }
}

fn compare_request(at: &str, expected: &ExpectedRequest, request: &WireRequest, findings: &mut Findings) {
    if request.method != expected.method {
        findings.note(Check::Method, format!("{at}: {}, not {}", request.method, expected.method));
    }
    if request.host != expected.host || request.path != expected.path {
        findings.note(
            Check::Path,
            format!("{at}: {:?} {}, not {:?} {}", request.host, request.path, expected.host, expected.path),
        );
    }
    compare_parameters(at, expected, request, findings);
    if let Some(parts) = &expected.multipart {
        compare_parts(at, parts, &request.body, findings);
    }
    compare_headers(at, expected, request, findings);
}

/// A parameter by the part of the request that holds it and by its name.
type Parameters = BTreeMap<(&'static str, String), Value>;

fn compare_parameters(at: &str, expected: &ExpectedRequest, request: &WireRequest, findings: &mut Findings) {
    match (&expected.json, &request.body) {
        (Some(json), Body::Json(found)) if !json.is_object() && found == json => {}
        (Some(json), body) if !json.is_object() => {
            findings.note(Check::Parameter, format!("{at}: the body is {body:?}, not {json}"));
        }
        (_, Body::Unread(what)) => findings.note(Check::Parameter, format!("{at}: the body could not be read: {what}")),
        _ => {}
    }
    let wanted = expected_parameters(expected);
    let found = received_parameters(request, expected.multipart.is_some());
    for ((place, name), value) in &wanted {
        let optional = value.get("$or_absent");
        match found.get(&(*place, name.clone())) {
            Some(other) if other == optional.unwrap_or(value) => {}
            None if optional.is_some() => {}
            Some(other) => findings.note(Check::Parameter, format!("{at}: {place} {name} is {other}, not {value}")),
            None => match found.keys().find(|(_, other)| other == name) {
                Some((other, _)) => findings.note(Check::Place, format!("{at}: {name} is in {other}, not in {place}")),
                None => findings.note(Check::Parameter, format!("{at}: {place} {name} is missing")),
            },
        }
    }
    for ((place, name), value) in &found {
        if !wanted.keys().any(|(_, other)| other == name) {
            findings.note(Check::Parameter, format!("{at}: {place} {name} is not expected: {value}"));
        }
    }
}

fn expected_parameters(expected: &ExpectedRequest) -> Parameters {
    let mut all = Parameters::new();
    for (name, texts) in &expected.query {
        texts.each().iter().for_each(|text| add_text(&mut all, "query", name, text));
    }
    for (name, texts) in expected.form.iter().flatten() {
        texts.each().iter().for_each(|text| add_text(&mut all, "form", name, text));
    }
    for (name, value) in expected.json.as_ref().and_then(Value::as_object).into_iter().flatten() {
        all.insert(("json", name.clone()), value.clone());
    }
    all
}

fn received_parameters(request: &WireRequest, parts_apart: bool) -> Parameters {
    let mut all = Parameters::new();
    for (name, value) in &request.query {
        add_text(&mut all, "query", name, value);
    }
    match &request.body {
        Body::Form(fields) => fields.iter().for_each(|(name, value)| add_text(&mut all, "form", name, value)),
        Body::Json(Value::Object(members)) => {
            for (name, value) in members {
                all.insert(("json", name.clone()), value.clone());
            }
        }
        Body::Json(other) => drop(all.insert(("json", "(whole)".to_owned()), other.clone())),
        Body::Multipart(parts) if !parts_apart => {
            for part in parts {
                all.insert(("multipart", part.name.clone()), part.text.clone().map_or(Value::Null, Value::String));
            }
        }
        Body::Other { text, .. } => drop(all.insert(("body", "(whole)".to_owned()), Value::String(text.clone()))),
        Body::Empty | Body::Multipart(_) | Body::Unread(_) => {}
    }
    all
}

/// A key that comes again makes a list.
fn add_text(all: &mut Parameters, place: &'static str, name: &str, text: &str) {
    let text = Value::String(text.to_owned());
    match all.entry((place, name.to_owned())) {
        Entry::Vacant(entry) => drop(entry.insert(text)),
        Entry::Occupied(mut entry) => match entry.get_mut() {
            Value::Array(texts) => texts.push(text),
            first => *first = Value::Array(vec![first.take(), text]),
        },
    }
}

fn compare_parts(at: &str, expected: &[ExpectedPart], body: &Body, findings: &mut Findings) {
    let Body::Multipart(parts) = body else {
        return findings.note(Check::Place, format!("{at}: the body is no multipart form: {body:?}"));
    };
    let names = |names: Vec<&str>| names.join(", ");
    let wanted = names(expected.iter().map(|part| part.name.as_str()).collect());
    let found = names(parts.iter().map(|part| part.name.as_str()).collect());
    if wanted != found {
        return findings.note(Check::Parameter, format!("{at}: the parts are {found}, not {wanted}"));
    }
    for (expected, part) in expected.iter().zip(parts) {
        compare_part(&format!("{at}: part {}", part.name), expected, part, findings);
    }
}

fn compare_part(at: &str, expected: &ExpectedPart, part: &Part, findings: &mut Findings) {
    if expected.text.is_some() && expected.text != part.text {
        findings.note(Check::Parameter, format!("{at} is {:?}, not {:?}", part.text, expected.text));
    }
    if expected.filename.is_some() && expected.filename != part.filename {
        findings.note(Check::Parameter, format!("{at} has the name {:?}, not {:?}", part.filename, expected.filename));
    }
    if expected.content_type.is_some() && expected.content_type != part.content_type {
        findings.note(Check::Header, format!("{at} is {:?}, not {:?}", part.content_type, expected.content_type));
    }
    if let Some(content) = expected.content {
        let content = content.seeded();
        if part.length != content.length || part.sha256 != content.sha256() {
            findings.note(Check::Parameter, format!("{at} has other bytes ({} of {})", part.length, content.length));
        }
    }
}

fn compare_headers(at: &str, expected: &ExpectedRequest, request: &WireRequest, findings: &mut Findings) {
    for (name, value) in &expected.headers {
        match request.header(name) {
            Some(other) if fits(value, other) => {}
            Some(other) => findings.note(Check::Header, format!("{at}: {name} is {other:?}, not {value:?}")),
            None => findings.note(Check::Header, format!("{at}: {name} is missing")),
        }
    }
    for name in &expected.absent_headers {
        if request.header(name).is_some() {
            findings.note(Check::Header, format!("{at}: {name} is there"));
        }
    }
}

/// A `*` at the end stands for anything.
fn fits(expected: &str, found: &str) -> bool {
    expected.strip_suffix('*').map_or(found == expected, |start| found.starts_with(start))
}
