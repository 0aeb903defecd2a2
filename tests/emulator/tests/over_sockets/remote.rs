//! Remote upload: the emulator fetches for itself, from this machine alone.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use serde_json::{Value, json};

use crate::client::{Emulator, Request, World, text, until};

/// A host that a remote upload fetches from, one connection at a time.
pub struct Source(TcpListener);

impl Source {
    pub fn open() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").expect("a free port"))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.local_addr().expect("an address"))
    }

    /// The next request's head, and the connection that waits for its answer.
    pub fn accept(&self) -> (String, TcpStream) {
        let (mut connection, _) = self.0.accept().expect("a connection");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            connection.read_exact(&mut byte).expect("a request");
            head.push(byte[0]);
        }
        (String::from_utf8(head).expect("text"), connection)
    }

    pub fn answer(&self, answer: &str) -> String {
        let (head, mut connection) = self.accept();
        connection.write_all(answer.as_bytes()).expect("an answer");
        connection.shutdown(Shutdown::Both).expect("an end");
        head
    }
}

fn add(world: &World, url: &str) -> String {
    let reply = world.call_as("premium", "remoteUploadAdd", json!({"urls": [url]})).json();
    assert_eq!((&reply["acceptedUrls"][0]["url"], &reply["rejectedUrls"]), (&json!(url), &json!([])), "{reply}");
    text(&reply["acceptedUrls"][0]["id"])
}

fn status(world: &World, id: &str) -> Value {
    let reply = world.call_as("premium", "remoteUploadStatus", json!({"ids": [id]}));
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["uploads"][0].clone()
}

/// Asks until the upload has come to an end.
fn end(world: &World, id: &str) -> Value {
    until(|| Some(status(world, id)).filter(is_over))
}

fn is_over(upload: &Value) -> bool {
    upload["status"] == 3 || upload["status"] == 4
}

pub const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabcdef";

#[test]
fn an_address_becomes_a_file() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let source = Source::open();
    let url = source.url("/films/a%20film.mp4?key=1");
    let id = add(&world, &url);
    assert_eq!(status(&world, &id), json!({"status": 1, "progress": 0}));
    let head = source.answer(OK);
    assert!(head.starts_with("GET /films/a%20film.mp4?key=1 HTTP/1.1\r\n"), "{head}");
    assert_eq!(status(&world, &id), json!({"status": 5, "progress": 0}));
    assert_eq!(status(&world, &id)["status"], json!(2));
    let done = end(&world, &id);
    assert_eq!((&done["status"], &done["progress"]), (&json!(3), &json!(100)));
    let listed = world.call_as("premium", "getFilesList", json!({})).json();
    assert_eq!((&listed["files"][0]["id"], &listed["files"][0]["name"]), (&done["file_id"], &json!("a film.mp4")));
    assert_eq!(Request::get(&world.link(&text(&done["file_id"]))).send().body, b"abcdef");
    assert_eq!(end(&world, &id), done, "asked again, it is the same file");
    assert_eq!(world.call_as("premium", "getFilesList", json!({})).json()["files"].as_array().map(Vec::len), Some(1));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn from_one_account_to_another() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let file = world.seed(json!({"name": "größe.bin", "size": 300_000}));
    world.set(json!({"remote_pace": {"polls": 0}}));
    let done = end(&world, &add(&world, &world.link(&file)));
    let info = world.call_as("premium", "getFilesInfo", json!({"ids": [file, done["file_id"]]})).json();
    assert_eq!(info["files"][0]["md5"], info["files"][1]["md5"]);
    assert_eq!(info["files"][1]["name"], json!("größe.bin"));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn only_loopback_is_fetched() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let source = Source::open();
    let urls =
        ["http://192.0.2.1/a.bin", "ftp://127.0.0.1/a.bin", "no address", "http://k2s.cc/a.bin", &source.url("/a")];
    let reply = world.call_as("premium", "remoteUploadAdd", json!({"urls": urls}));
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["acceptedUrls"].as_array().map(Vec::len), Some(1));
    let rejected = reply.json()["rejectedUrls"].clone();
    assert_eq!(rejected.as_array().map(Vec::len), Some(4));
    assert_eq!(rejected[0], json!({"url": urls[0], "message": "Only loopback addresses are fetched"}));
    // Nor does a redirect lead off this machine, or anywhere.
    source.answer("HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(end(&world, &text(&reply.json()["acceptedUrls"][0]["id"]))["status"], json!(4));
    let all = world.call_as("premium", "remoteUploadAdd", json!({"urls": ["http://192.0.2.1/"]}));
    assert_eq!((all.status, &all.json()["acceptedUrls"]), (200, &json!([])));
}

#[test]
fn failed_fetches_leave_nothing() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let source = Source::open();
    for answer in
        ["HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nabc", "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nabc"]
    {
        let id = add(&world, &source.url("/file.bin"));
        source.answer(answer);
        let seen = end(&world, &id);
        assert_eq!((&seen["status"], seen.get("file_id")), (&json!(4), None), "{answer}");
    }
    let id = add(&world, &source.url("/ab"));
    source.answer(OK);
    assert_eq!(end(&world, &id)["status"], json!(4), "the name is too short");
    let closed = Source::open();
    let url = closed.url("/file.bin");
    drop(closed);
    assert_eq!(end(&world, &add(&world, &url))["status"], json!(4));
    assert_eq!(world.call_as("premium", "getFilesList", json!({})).json()["files"], json!([]));
    let poor = world.new_key("premium", json!({"storage_quota": 5}));
    let body = json!({"access_token": poor, "urls": [source.url("/file.bin")]});
    let id = text(&world.call("remoteUploadAdd", body).json()["acceptedUrls"][0]["id"]);
    source.answer(OK);
    let ended = until(|| {
        let body = json!({"access_token": poor, "ids": [id]});
        Some(world.call("remoteUploadStatus", body).json()["uploads"][0].clone()).filter(is_over)
    });
    assert_eq!(ended["status"], json!(4), "the quota is used up");
}

#[test]
fn the_clock_may_set_the_pace() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.set(json!({"remote_pace": {"seconds": 10_000}}));
    let source = Source::open();
    let id = add(&world, &source.url("/file.bin"));
    source.answer(OK);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.extend([status(&world, &id)["status"].clone(), status(&world, &id)["status"].clone()]);
        world.advance(10_000);
    }
    assert_eq!(json!(seen), json!([1, 1, 5, 5, 2, 2]), "asking moves nothing");
    // The time is over: the file is there without anybody asking for the upload, as soon as the bytes are.
    let listed = || world.call_as("premium", "getFilesList", json!({})).json()["files"].clone();
    let files = until(|| Some(listed()).filter(|files| *files != json!([])));
    let done = status(&world, &id);
    assert_eq!((&done["status"], done.get("file_id")), (&json!(3), Some(&files[0]["id"])));
}

#[test]
fn progress_is_real() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.set(json!({"remote_pace": {"polls": 0}}));
    let source = Source::open();
    let id = add(&world, &source.url("/file.bin"));
    let (_, mut connection) = source.accept();
    connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nab").expect("a part");
    let moved = until(|| Some(status(&world, &id)).filter(|seen| seen["progress"] != 0));
    assert_eq!(moved, json!({"status": 2, "progress": 25}));
    connection.write_all(b"cdefgh").expect("the rest");
    assert_eq!(end(&world, &id)["status"], json!(3));
}

#[test]
fn status_is_told_to_who_added() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let source = Source::open();
    let id = add(&world, &source.url("/file.bin"));
    let foreign = world.call_as("free", "remoteUploadStatus", json!({"ids": [id]}));
    assert_eq!(foreign.refusal(), (400, json!(2)));
    assert_eq!(world.call_as("premium", "remoteUploadStatus", json!({"ids": [id, "1"]})).refusal(), (400, json!(2)));
    let two = world.call_as("premium", "remoteUploadStatus", json!({"ids": [id, id]})).json();
    assert_eq!(two["uploads"].as_array().map(Vec::len), Some(2));
    assert_eq!(world.violations(), [""; 0]);
}
