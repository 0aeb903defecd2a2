//! A client that does exactly what each case says: every case passes with it, and every twin is noticed.
//!
//! This shows that cases, player and judge fit together before any language has a runner, and that a twin is rejected
//! for its one change and for nothing else.

#![allow(clippy::unwrap_used)] // The lint spares only functions that are marked as tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fileferry_conformance::case::{Case, ExpectedFile, ExpectedRequest, Host, Texts, load_folder};
use fileferry_conformance::judge::failure;
use fileferry_conformance::observation::Reply;
use fileferry_conformance::player::Player;
use fileferry_conformance::run::play;
use fileferry_conformance::runner::Performer;
use fileferry_conformance::seeded::Seeded;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const LANGUAGE: &str = "rust";

/// An answer that is held would never end; a request has arrived long before.
const HELD: Duration = Duration::from_millis(200);

struct Oracle {
    player: Arc<Player>,
    cases: BTreeMap<String, Case>,
}

impl Performer for Oracle {
    async fn perform(&mut self, line: &Value) -> Result<Reply, String> {
        let name = line["case"].as_str().ok_or("a line without a case")?;
        let case = &self.cases[name];
        // A twin's client behaves as the case that it copies.
        let role = case.twin_of.as_ref().map_or(case, |original| &self.cases[original]);
        let words = self.player.words(&format!("{LANGUAGE}/{name}"));
        let borrowed: Vec<(&str, &str)> = words.iter().map(|(word, address)| (*word, address.as_str())).collect();
        let role = role.placed(&borrowed).map_err(|error| error.to_string())?;
        let address = |host: Host| match host {
            Host::Base => words[0].1.as_str(),
            Host::Away => words[1].1.as_str(),
        };
        let any = ExpectedRequest { method: "POST".to_owned(), path: "/any".to_owned(), ..Default::default() };
        let requests = role.wire.clone().unwrap_or_else(|| vec![any; role.play.len()]);
        for (index, request) in requests.iter().enumerate() {
            let held = role.play.get(index).is_some_and(|answer| answer.hold);
            send(address(request.host), request, held).await;
        }
        if let Some(ExpectedFile { content: Some(content), called, .. }) = &role.sees.file {
            let mut path = PathBuf::from(line["call"]["to"]["$path"].as_str().ok_or("a download without a target")?);
            if path.is_dir() {
                path.push(called.as_deref().unwrap_or("download"));
            }
            let bytes: Vec<u8> = content.seeded().pieces().flat_map(|piece| piece.to_vec()).collect();
            std::fs::write(path, bytes).map_err(|error| error.to_string())?;
        }
        serde_json::from_value(reply(&role, name)).map_err(|error| error.to_string())
    }
}

fn pairs(texts: &BTreeMap<String, Texts>) -> Vec<(&str, &str)> {
    let each = texts.iter();
    each.flat_map(|(name, texts)| texts.each().iter().map(|text| (name.as_str(), text.as_str()))).collect()
}

async fn send(address: &str, request: &ExpectedRequest, held: bool) {
    let (host, path) = address.trim_start_matches("http://").split_once('/').unwrap();
    let mut body = Vec::new();
    let mut headers = String::from("user-agent: fileferry/oracle\r\nconnection: close\r\n");
    for (name, value) in request.headers.iter().filter(|(_, value)| !value.ends_with('*')) {
        headers.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(agent) = request.headers.get("user-agent") {
        headers = headers.replace("fileferry/oracle", agent.trim_end_matches('*'));
    }
    if let Some(json) = &request.json {
        let mut json = json.clone();
        if let Some(members) = json.as_object_mut() {
            members.retain(|_, value| value.get("$or_absent").is_none());
        }
        body = json.to_string().into_bytes();
    } else if let Some(parts) = &request.multipart {
        headers.push_str("content-type: multipart/form-data; boundary=oracle\r\n");
        for part in parts {
            let filename = part.filename.as_ref().map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
            let kind = part.content_type.as_ref().map(|kind| format!("content-type: {kind}\r\n")).unwrap_or_default();
            let head =
                format!("--oracle\r\ncontent-disposition: form-data; name=\"{}\"{filename}\r\n{kind}\r\n", part.name);
            body.extend(head.into_bytes());
            match part.content {
                Some(content) => content.seeded().pieces().for_each(|piece| body.extend_from_slice(&piece)),
                None => body.extend_from_slice(part.text.as_deref().unwrap_or_default().as_bytes()),
            }
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--oracle--\r\n");
    }
    if let Some(form) = &request.form {
        headers.push_str("content-type: application/x-www-form-urlencoded\r\n");
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs(form)).finish();
        body = text.into_bytes();
    }
    if !body.is_empty() {
        headers.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs(&request.query)).finish();
    let query = if query.is_empty() { query } else { format!("?{query}") };
    let method = if request.method.is_empty() { "POST" } else { &request.method };
    let head = format!("{method} /{path}{}{query} HTTP/1.1\r\nhost: {host}\r\n{headers}\r\n", request.path);
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    let mut answer = Vec::new();
    let patience = if held { HELD } else { Duration::MAX };
    // Cut and held answers end in an error or not at all; the oracle knows what it has to see without them.
    let _ = tokio::time::timeout(patience, stream.read_to_end(&mut answer)).await;
}

fn reply(role: &Case, name: &str) -> Value {
    let sees = &role.sees;
    let mut reply = json!({"case": name, "outcome": "value", "debug": ["a result", "a client"]});
    if let Some(error) = &sees.error {
        reply["outcome"] = json!("error");
        reply["error"] = error_record(role, error);
        reply["debug"] = json!("an error");
    } else {
        let expected = sees.result.clone().or_else(|| sees.items.clone().map(Value::Array)).unwrap_or_default();
        reply["observation"] = observed(&expected);
    }
    if let Some(progress) = &sees.progress {
        reply["progress"] = json!(vec![json!({"done": progress.last, "total": progress.last}); progress.at_least]);
    }
    if let Some(response) = &sees.response {
        reply["responses"] = json!([[response.status, response.headers]]);
    }
    reply
}

fn observed(expected: &Value) -> Value {
    let leaf = |kind: &str, value: &Value| json!({"type": kind, "value": value});
    match expected {
        Value::Null => leaf("null", expected),
        Value::Bool(_) => leaf("bool", expected),
        Value::Number(_) => leaf("int", expected),
        Value::String(_) => leaf("text", expected),
        Value::Array(items) => items.iter().map(observed).collect(),
        Value::Object(members) => {
            let (name, value) = members.iter().next().map_or(("", &Value::Null), |(name, value)| (name, value));
            match name.strip_prefix('$') {
                Some("any" | "plain") => leaf("json", value),
                Some("bytes") => leaf("bytes", &bytes(value)),
                // The case tells only how many there are.
                Some("length") => (0..value.as_u64().unwrap()).map(|_| leaf("null", &Value::Null)).collect(),
                // It is an integer like any other where numbers hold it.
                Some("big") => leaf("int", value),
                Some(kind) if kind != "extra" && kind != "variant" => leaf(kind, value),
                _ => {
                    let each = members.iter().map(|(name, value)| match name.as_str() {
                        "$extra" => (name.clone(), leaf("json", value)),
                        _ => (name.clone(), observed(value)),
                    });
                    Value::Object(each.collect())
                }
            }
        }
    }
}

fn bytes(value: &Value) -> Value {
    let png = value["png"].as_bool().unwrap_or(false);
    let seeded = Seeded { png, ..Seeded::new(value["seed"].as_u64().unwrap(), value["length"].as_u64().unwrap()) };
    json!({"length": seeded.length, "sha256": seeded.sha256()})
}

fn error_record(role: &Case, expected: &Map<String, Value>) -> Value {
    let mut record = json!({
        "kind": "internal", "service": role.service, "operation": role.operation, "service_code": null,
        "name": null, "http_status": null, "message": "something", "retryable": false, "retry_after_ms": null,
        "attempts": 1, "details": {}, "causes": [], "class": null,
    });
    for (member, value) in expected {
        match member.as_str() {
            "message_has" => record["message"] = value.clone(),
            "service_code" if value.is_number() => record["service_code"] = json!(value.to_string()),
            _ => record[member] = plain(value),
        }
    }
    if let Some(kind) = record["kind"].as_str() {
        record["class"] = json!(format!("{kind}_error"));
    }
    record
}

/// A member of the error record that fits what the case wants of it.
fn plain(expected: &Value) -> Value {
    match expected {
        Value::Object(members) => match members.iter().next() {
            Some((name, _)) if name == "$ignore" => Value::Null,
            Some((name, _)) if name == "$any" => json!("any"),
            Some((name, bounds)) if name == "$between" => bounds[0].clone(),
            Some((name, items)) if name == "$at" => {
                let items = items.as_object().unwrap();
                let last = items.keys().map(|index| index.parse::<usize>().unwrap()).max().unwrap();
                (0..=last).map(|index| items.get(&index.to_string()).cloned().unwrap_or_default()).collect()
            }
            _ => Value::Object(members.iter().map(|(name, value)| (name.clone(), plain(value))).collect()),
        },
        Value::Array(items) => items.iter().map(plain).collect(),
        single => single.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_passes_and_every_twin_is_noticed() {
    let cases =
        load_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")).unwrap_or_else(|error| panic!("{error}"));
    let player = Arc::new(Player::start().await.unwrap());
    let by_name = cases.iter().map(|case| (case.name.clone(), case.clone())).collect();
    let mut oracle = Oracle { player: Arc::clone(&player), cases: by_name };
    let mut wrong = Vec::new();
    for case in &cases {
        match play(&player, case, LANGUAGE, &mut oracle).await {
            Ok(played) => {
                wrong.extend(failure(case, &played.mismatches).map(|detail| format!("{}: {detail}", case.name)));
            }
            Err(reason) => wrong.push(format!("{}: {reason}", case.name)),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
