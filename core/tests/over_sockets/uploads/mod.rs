//! Uploads over real sockets: what the upload host says, and access.

mod by_hash;
mod lost;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::{Answer, Asked, CUT, Server};
use fileferry_core::border::{
    Answer as Given, CancelHandle, Client, Error, Hooks, Kind, Phase, Progress, ProgressSink, Reply, Source, shared,
    to_plain,
};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha1::Sha1;

const CONTENT: &[u8] = b"what is uploaded in most of these tests";

const BY_HASH: [&str; 3] = ["findByFirst5MbSha1Hash", "findByFullMd5Hash", "createFileByHash"];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn md5(content: &[u8]) -> String {
    hex(&Md5::digest(content))
}

fn client(server: &Server, mut options: Value) -> Client {
    options["base_url"] = server.base_url.as_str().into();
    for (name, value) in [("access_token", json!("planted-key")), ("rate", json!(0)), ("backoff_ms", json!(0))] {
        options.as_object_mut().expect("options").entry(name).or_insert(value);
    }
    Client::from_json("keep2share", options.to_string().as_bytes(), Hooks::default()).expect("a client")
}

async fn upload(client: &Client, source: Source, arguments: Value) -> Reply {
    client.upload(source, arguments.to_string().as_bytes(), b"", None, &CancelHandle::new()).await
}

/// Uploads [`CONTENT`] from memory with the default options.
async fn upload_content(server: &Server) -> Reply {
    upload(&client(server, json!({})), content(), json!({"folder": "f1", "name": "tape.bin"})).await
}

fn content() -> Source {
    Source::Bytes(CONTENT.into())
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

fn asked(server: &Server) -> Vec<String> {
    server.asked().iter().map(|asked| asked.method().to_owned()).collect()
}

fn posts(server: &Server) -> usize {
    server.asked().iter().filter(|asked| asked.is("form")).count()
}

fn success(mut more: Value) -> Answer {
    more["status"] = "success".into();
    more["code"] = 200.into();
    Answer::json(200, more)
}

fn refusal(http: u16, code: u32) -> Answer {
    Answer::json(http, json!({"status": "error", "code": http, "errorCode": code, "message": "No", "errors": ["No"]}))
}

/// A form whose signature tells which request asked for it.
fn form(number: usize, asked: &Asked) -> Answer {
    form_at(number, asked, "/form")
}

fn form_at(number: usize, asked: &Asked, path: &str) -> Answer {
    let host = asked.headers.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    success(json!({"form_action": format!("http://{host}{path}"), "file_field": "file",
        "form_data": {"ajax": true, "params": "planted-params", "signature": format!("planted-signature-{number}")}}))
}

fn stored() -> Answer {
    let body = json!({"status": "success", "success": true, "status_code": 200, "user_file_id": "id-by-form",
        "link": "https://k2s.cc/file/id-by-form"});
    Answer::json(200, body)
}

fn created() -> Answer {
    success(json!({"id": "id-by-hash", "link": "https://k2s.cc/file/id-by-hash"}))
}

fn listed(files: &[Value]) -> Answer {
    success(json!({"files": files}))
}

fn file(id: &str, md5: Option<String>) -> Value {
    json!({"id": id, "name": "tape.bin", "is_folder": false, "size": CONTENT.len().to_string(), "md5": md5,
        "date_created": "2026-01-01 10:00:00"})
}

/// A service that has nothing and takes everything; `special` answers what a test is about.
async fn service(special: impl Fn(usize, &Asked) -> Option<Answer> + Send + Sync + 'static) -> Server {
    Server::start(move |number, asked| {
        special(number, asked).unwrap_or_else(|| match asked.method() {
            "findByFirst5MbSha1Hash" | "findByFullMd5Hash" => success(json!({"exists": false})),
            "getUploadFormData" => form(number, asked),
            "form" => stored(),
            "createFileByHash" => created(),
            "getFilesList" => listed(&[]),
            "updateFile" => Answer::json(202, json!({"status": "success", "code": 202})),
            other => panic!("nobody answers {other}"),
        })
    })
    .await
}

/// A service that has the content.
async fn knowing(special: impl Fn(usize, &Asked) -> Option<Answer> + Send + Sync + 'static) -> Server {
    service(move |number, asked| {
        special(number, asked).or_else(|| match asked.method() {
            "findByFirst5MbSha1Hash" | "findByFullMd5Hash" => Some(success(json!({"exists": true}))),
            _ => None,
        })
    })
    .await
}

/// A service whose answer to the first form is `lost`.
async fn losing(
    lost: impl Fn() -> Answer + Send + Sync + 'static,
    special: impl Fn(usize, &Asked) -> Option<Answer> + Send + Sync + 'static,
) -> Server {
    let posted = AtomicUsize::new(0);
    service(move |number, asked| {
        if asked.is("form") && posted.fetch_add(1, Ordering::Relaxed) == 0 {
            return Some(lost());
        }
        special(number, asked)
    })
    .await
}

fn recorded() -> (Arc<Mutex<Vec<Progress>>>, ProgressSink) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&events);
    (events, Arc::new(move |progress| seen.lock().expect("no panic").push(progress)))
}

// ---- what the upload host says

#[tokio::test]
async fn the_upload_hosts_own_failures_are_typed() {
    let json = |status, body: Value| move || Answer::json(status, body.clone());
    let failed =
        |message: &str, status: u16| json(status, json!({"success": false, "message": message, "status_code": status}));
    type Host = Box<dyn Fn() -> Answer + Send + Sync>;
    let table: Vec<(Host, Kind, &str, usize)> = vec![
        // Never stored, so a fresh form is worth one more attempt, and only one.
        (
            Box::new(json(
                400,
                json!({"name": "Bad Request", "message": "Wrong signature. IP 192.0.2.7", "code": 0, "status": 400}),
            )),
            Kind::Rejected,
            "wrong_signature",
            2,
        ),
        (Box::new(failed("Cannot store it", 200)), Kind::Rejected, "upload_refused", 1),
        (
            Box::new(json(200, json!({"status": 400, "message": "No", "user_file_id": "x"}))),
            Kind::Rejected,
            "upload_refused",
            1,
        ),
        (Box::new(failed("Storage limit exceeded", 403)), Kind::QuotaExceeded, "storage_limit_exceeded", 1),
        (Box::new(failed("Disk quota exceeded", 406)), Kind::QuotaExceeded, "disk_space_exceeded", 1),
        (Box::new(failed("Limit files in specified folder reached", 406)), Kind::QuotaExceeded, "folder_item_limit", 1),
        (Box::new(|| Answer::with_headers(413, "", "<h1>413</h1>")), Kind::TooLarge, "too_large", 1),
        // These may have arrived: they are looked for each time, and sent while attempts are left.
        (Box::new(|| Answer::with_headers(503, "", "<h1>503</h1>")), Kind::Unavailable, "service_unavailable", 3),
        (Box::new(|| Answer::with_headers(500, "", "<h1>500</h1>")), Kind::ServerError, "server_error", 3),
        (Box::new(|| Answer::with_headers(200, "", "")), Kind::ServerError, "empty_answer", 3),
        (Box::new(|| Answer::with_headers(200, "", "<p>ok</p>")), Kind::ServerError, "not_json", 3),
    ];
    for (host, kind, name, sent) in table {
        let server = service(move |_, asked| asked.is("form").then(&host)).await;
        let error = error(upload_content(&server).await);
        assert_eq!((error.kind(), error.record().name.as_deref()), (kind, Some(name)), "{error}");
        assert_eq!((posts(&server), error.record().attempts as usize), (sent, sent), "{name}");
        let looks = asked(&server).iter().filter(|method| *method == "getFilesList").count();
        assert_eq!(looks, if sent == 3 { 3 } else { 0 }, "{name}");
    }
}

#[tokio::test]
async fn a_wrong_signature_is_mended_by_a_fresh_form() {
    let wrong = json!({"name": "Bad Request", "message": "Wrong signature. IP 192.0.2.7", "code": 0, "status": 400});
    let server = losing(move || Answer::json(400, wrong.clone()), |_, _| None).await;
    assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form");
    assert_eq!(asked(&server)[1..], ["getUploadFormData", "form", "getUploadFormData", "form"]);
}

#[tokio::test]
async fn no_secret_of_an_upload_is_shown() {
    let server = service(|_, asked| {
        asked.is("form").then(|| {
            let body = String::from_utf8_lossy(&asked.body).into_owned();
            Answer::json(
                200,
                json!({"success": false, "message": format!("you sent {body} of planted-key"), "status_code": 500}),
            )
        })
    })
    .await;
    let error = error(upload_content(&server).await);
    let shown = format!("{error} {error:?} {}", error.to_json());
    assert!(shown.contains("you sent") && !shown.contains("planted"), "{shown}");
}

// ---- access

#[tokio::test]
async fn the_access_of_a_file_sent_by_form_is_set_after_it() {
    let server = service(|_, _| None).await;
    let client = client(&server, json!({}));
    entry(upload(&client, content(), json!({"name": "tape.bin", "by_hash": false, "access": "private"})).await);
    assert_eq!(asked(&server), ["getUploadFormData", "form", "updateFile"]);
    assert_eq!(
        server.asked()[2].json(),
        json!({"id": "id-by-form", "new_access": "private", "access_token": "planted-key"})
    );
    // What is the default already need not be set.
    entry(upload(&client, content(), json!({"name": "tape.bin", "by_hash": false, "access": "public"})).await);
    assert_eq!(asked(&server)[3..], ["getUploadFormData", "form"]);
}

#[tokio::test]
async fn an_access_that_cannot_be_set_does_not_lose_the_file() {
    let server = service(|_, asked| asked.is("updateFile").then(|| refusal(406, 63))).await;
    let arguments = json!({"name": "tape.bin", "access": "premium"});
    let error = error(upload(&client(&server, json!({})), content(), arguments).await);
    let record = error.record();
    assert_eq!((record.operation.as_deref(), record.service_code.as_deref()), (Some("files.updateFile"), Some("63")));
    assert!(record.message.contains("the file is uploaded (id id-by-form)") && !record.retryable, "{error}");
    let item = &record.details.items[0];
    assert_eq!((item.id.as_deref(), item.ok), (Some("id-by-form"), true));

    // A lost answer to it is no reason to give up: to set it twice is to set it once.
    let lost = AtomicUsize::new(0);
    let server = service(move |_, asked| {
        (asked.is("updateFile") && lost.fetch_add(1, Ordering::Relaxed) == 0).then_some(Answer::Drop)
    })
    .await;
    let arguments = json!({"name": "tape.bin", "access": "premium"});
    entry(upload(&client(&server, json!({})), content(), arguments).await);
    assert_eq!(asked(&server).iter().filter(|method| *method == "updateFile").count(), 2);
}

#[tokio::test]
async fn a_sign_in_for_the_access_alone_does_not_upload_again() {
    let server = service(|_, asked| match asked.method() {
        "updateFile" => Some(refusal(403, 10)),
        "login" => Some(refusal(406, 30)),
        _ => None,
    })
    .await;
    let session =
        json!({"service": "keep2share", "base_url": server.base_url, "tokens": {"auth_token": "stale-token"}})
            .to_string();
    let options = json!({"access_token": null, "username": "me", "password": "secret", "session": session});
    let arguments = json!({"name": "tape.bin", "access": "premium"});
    let reply = upload(&client(&server, options), content(), arguments).await;
    assert!(reply.needs.is_none(), "the program would sign in and make the call again");
    assert!(error(reply).to_string().contains("id-by-form"));
}

#[tokio::test]
async fn a_transfer_is_a_small_future() {
    let server = service(|_, _| None).await;
    let (client, cancel) = (client(&server, json!({})), CancelHandle::new());
    let file = client.upload(content(), b"", b"", None, &cancel);
    let folder = client.upload_folder("/".into(), b"", b"", None, &cancel);
    // Bindings move it over stacks that are small.
    let sizes = [size_of_val(&file), size_of_val(&folder)];
    assert!(sizes.iter().all(|size| *size < 8 << 10), "{sizes:?}");
}
