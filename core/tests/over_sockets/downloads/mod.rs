//! Downloads of Keep2Share over real sockets.

mod free;
mod links;

use std::path::Path;

use crate::support::{Answer, Asked, Server};
use fileferry_core::border::{Answer as Given, CancelHandle, Client, Destination, Error, Hooks, Kind, Reply, shared};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

const FILE: &str = "5f0c2b7e41a3d";
const CONTENT: &[u8] = b"what is in the file, long enough to be cut in the middle";

fn client(base_url: &str, mut options: Value) -> Client {
    options["base_url"] = base_url.into();
    for (name, value) in [("backoff_ms", 0), ("free_wait_margin_ms", 0), ("rate", 0)] {
        options.as_object_mut().expect("an object").entry(name).or_insert(value.into());
    }
    Client::from_json("keep2share", options.to_string().as_bytes(), Hooks::default()).expect("a client")
}

fn premium(server: &Server) -> Client {
    client(&server.base_url, json!({"access_token": "some-key"}))
}

/// Nobody: whoever is not signed in downloads for free.
fn nobody(server: &Server) -> Client {
    client(&server.base_url, json!({}))
}

async fn download(client: &Client, target: &str, to: &Path) -> Reply {
    let to = Destination::File { path: to.to_owned(), overwrite: false };
    let arguments = json!({"target": target}).to_string();
    client.download(to, arguments.as_bytes(), b"", None, &CancelHandle::new()).await
}

/// The entry of a download that went well, as plain data.
fn entry(reply: Reply) -> Value {
    match reply.outcome.expect("an entry") {
        Given::Value(tape, ty) => {
            serde_json::from_str(&fileferry_core::border::to_plain(shared(), &ty, &tape)).expect("JSON")
        }
        other => panic!("an entry, not {other:?}"),
    }
}

fn error(reply: Reply) -> Error {
    reply.outcome.expect_err("an error")
}

fn named(error: &Error) -> (Kind, &str) {
    (error.kind(), error.record().name.as_deref().unwrap_or_default())
}

fn left_in(folder: &Path) -> usize {
    std::fs::read_dir(folder).expect("a folder").count()
}

fn success(mut members: Value) -> Answer {
    members["status"] = "success".into();
    members["code"] = 200.into();
    Answer::json(200, members)
}

fn refusal(code: impl Into<Value>, more: Value) -> Answer {
    let mut body = json!({"status": "error", "code": 406, "errorCode": code.into(), "message": "no"});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    Answer::json(406, body)
}

fn url(asked: &Asked) -> Answer {
    success(json!({"url": address(asked, "file")}))
}

/// An address on the same server.
fn address(asked: &Asked, path: &str) -> String {
    let host = asked.headers.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    format!("http://{host}/{path}?name=from%20the%20link.bin")
}

fn is_file(asked: &Asked) -> bool {
    asked.line.starts_with("GET /file?")
}

fn header<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.headers.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// Where an asked range begins.
fn range(asked: &Asked) -> Option<usize> {
    header(asked, "range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

fn md5(content: &[u8]) -> String {
    Md5::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn etag() -> String {
    format!("etag: \"{}\"\r\n", md5(CONTENT))
}

/// An answer with the whole file, or with what is left of it from a place on.
fn served(headers: &str, from: Option<usize>) -> Vec<u8> {
    let (status, range) = match from {
        None => (200, String::new()),
        Some(from) => (206, format!("content-range: bytes {from}-{}/{}\r\n", CONTENT.len() - 1, CONTENT.len())),
    };
    let content = &CONTENT[from.unwrap_or_default()..];
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{range}{headers}\r\n", content.len());
    [head.as_bytes(), content].concat()
}

/// The same, ended `left` bytes too early.
fn cut(headers: &str, left: usize) -> Answer {
    let whole = served(headers, None);
    Answer::Cut(whole[..whole.len() - left].to_vec())
}

fn whole() -> Answer {
    Answer::Raw(served(&etag(), None))
}
