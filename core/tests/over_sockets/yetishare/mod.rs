//! Transfers of YetiShare over real sockets.

mod downloads;
mod uploads;

use crate::support::{Answer, Asked, Server};
use fileferry_core::border::{
    Answer as Given, CancelHandle, Client, Error, Hooks, Kind, Reply, Source, shared, to_plain,
};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

const CONTENT: &[u8] = b"what is moved in most of these tests, long enough to be cut";

fn md5(content: &[u8]) -> String {
    Md5::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A client that has a session and could sign in anew.
fn client(server: &Server) -> Client {
    let tokens = json!({"access_token": "planted-token", "account_id": "158642"});
    let session = json!({"service": "yetishare", "base_url": server.base_url, "tokens": tokens}).to_string();
    let key = "k".repeat(64);
    let options = json!({"base_url": server.base_url, "session": session, "key1": key, "key2": key, "backoff_ms": 0,
        "upload_idle_timeout_ms": 300, "idle_timeout_ms": 300});
    Client::from_json("yetishare", options.to_string().as_bytes(), Hooks::default()).expect("a client")
}

fn entry(reply: Reply) -> Value {
    match reply.outcome.expect("an entry") {
        Given::Value(tape, ty) => serde_json::from_str(&to_plain(shared(), &ty, &tape)).expect("JSON"),
        other => panic!("an entry, not {other:?}"),
    }
}

fn error(reply: Reply) -> Error {
    reply.outcome.expect_err("an error")
}

fn named(error: &Error) -> (Kind, &str) {
    (error.kind(), error.record().name.as_deref().unwrap_or_default())
}

/// What was asked for, without the base address and without queries.
fn asked(server: &Server) -> Vec<String> {
    let path = |asked: &Asked| {
        let path = asked.line.split([' ', '?']).nth(1).unwrap_or_default();
        path.strip_prefix("/api/").unwrap_or(path).to_owned()
    };
    server.asked().iter().map(path).collect()
}

fn success(data: Value) -> Answer {
    Answer::json(200, json!({"data": data, "_status": "success", "_datetime": "2026-01-01 10:00:00"}))
}

fn refusal(text: &str) -> Answer {
    Answer::json(200, json!({"response": text, "_status": "error", "_datetime": "2026-01-01 10:00:00"}))
}

/// The session was renewed, or another process signed in.
fn lapsed() -> Answer {
    refusal("Could not validate access_token and account_id, please reauthenticate or try again.")
}

/// A site; `special` answers what a test is about.
async fn site(special: impl Fn(usize, &Asked) -> Option<Answer> + Send + Sync + 'static) -> Server {
    Server::start(move |number, asked| {
        special(number, asked).unwrap_or_else(|| {
            let path = asked.line.split(' ').nth(1).unwrap_or_default();
            match path.strip_prefix("/api/").unwrap_or(path) {
                "authorize" => success(json!({"access_token": "renewed-token", "account_id": "158642"})),
                "account/package" => success(json!({"id": "20", "can_upload": "1", "max_upload_size": "1000"})),
                "file/upload" => stored(json!({})),
                "file/info" => success(json!({"id": "77", "filename": "tape.bin", "folderId": "5"})),
                "folder/listing" => success(json!({"folders": [], "files": []})),
                other => panic!("nobody answers {other}"),
            }
        })
    })
    .await
}

/// The answer to a form, with what a test has to say of the file.
fn stored(other: Value) -> Answer {
    let mut file = json!({"name": "tape.bin", "size": CONTENT.len().to_string(), "error": null, "file_id": "77",
        "url": "https://site.example/AbC/tape.bin", "hash": md5(CONTENT)});
    file.as_object_mut().expect("an object").extend(other.as_object().expect("an object").clone());
    success(json!([file]))
}
