//! Uploads over real sockets: by hash, by form, with answers that get lost.

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

// ---- by hash

#[tokio::test]
async fn content_that_is_stored_already_is_not_sent() {
    // Longer than what the first look wants.
    let content: Vec<u8> = (0..5_242_880 + 1000).map(|at| (at % 253) as u8).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tape.bin");
    std::fs::write(&path, &content).expect("a file");
    for source in [Source::Path(path.clone()), Source::Bytes(content.clone().into())] {
        let server = knowing(|_, _| None).await;
        let client = client(&server, json!({}));
        let (events, sink) = recorded();
        let arguments = json!({"folder": "f1", "name": "tape.bin", "access": "premium"}).to_string();
        let reply = client.upload(source, arguments.as_bytes(), b"", Some(sink), &CancelHandle::new()).await;
        let entry = entry(reply);
        assert_eq!(asked(&server), BY_HASH);
        let bodies: Vec<Value> = server.asked().iter().map(Asked::json).collect();
        let key = "planted-key";
        assert_eq!(
            bodies,
            [
                json!({"sha1": hex(&Sha1::digest(&content[..5_242_880])), "access_token": key}),
                json!({"md5": md5(&content), "access_token": key}),
                json!({"hash": md5(&content), "name": "tape.bin", "parent": "f1", "access": "premium",
                    "access_token": key}),
            ]
        );
        assert_eq!(
            entry,
            json!({"id": "id-by-hash", "name": "tape.bin", "is_folder": false, "size": content.len(),
                "hash": {"algorithm": "md5", "hex": md5(&content)}, "link": "https://k2s.cc/file/id-by-hash",
                "service": "keep2share"})
        );
        let last = *events.lock().expect("no panic").last().expect("events");
        assert_eq!((last.phase, last.bytes_done, last.bytes_on_wire), (Phase::Done, content.len() as u64, 0));
    }
}

#[tokio::test]
async fn the_hash_of_the_answer_is_used_and_a_missing_link_is_built() {
    let theirs = md5(b"as the service writes it");
    let answered = theirs.clone();
    let server = knowing(move |_, asked| match asked.method() {
        "findByFullMd5Hash" => Some(success(json!({"exists": 1, "md5": answered}))),
        "createFileByHash" => Some(success(json!({"id": 77}))),
        _ => None,
    })
    .await;
    let entry = entry(upload_content(&server).await);
    assert_eq!(server.asked()[2].json()["hash"], theirs);
    assert_eq!((&entry["id"], &entry["link"]), (&json!("77"), &json!("https://127.0.0.1/file/77")));
}

#[tokio::test]
async fn unknown_content_is_sent_after_as_few_questions_as_possible() {
    let server = service(|_, _| None).await;
    assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form");
    assert_eq!(asked(&server), ["findByFirst5MbSha1Hash", "getUploadFormData", "form"]);

    let server = service(|_, asked| asked.is("findByFirst5MbSha1Hash").then(|| success(json!({"found": "1"})))).await;
    assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form");
    assert_eq!(asked(&server), ["findByFirst5MbSha1Hash", "findByFullMd5Hash", "getUploadFormData", "form"]);
}

#[tokio::test]
async fn nothing_is_asked_where_nothing_can_be_found_or_shall_be() {
    let server = service(|_, _| None).await;
    let client = client(&server, json!({}));
    entry(upload(&client, Source::Bytes(Vec::new().into()), json!({"name": "empty.bin"})).await);
    entry(upload(&client, content(), json!({"name": "tape.bin", "by_hash": false})).await);
    let (feeder, source) = Source::stream(CONTENT.len() as u64);
    let arguments = json!({"name": "tape.bin"});
    let feeding = async move { feeder.push(CONTENT.into()).await };
    let (reply, _) = tokio::join!(upload(&client, source, arguments), feeding);
    entry(reply);
    assert_eq!(asked(&server), ["getUploadFormData", "form"].repeat(3));
}

#[tokio::test]
async fn a_file_that_cannot_be_made_of_the_content_is_sent() {
    for code in [20, 62] {
        let server = knowing(move |_, asked| asked.is("createFileByHash").then(|| refusal(406, code))).await;
        assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form", "{code}");
        assert_eq!(asked(&server)[3..], ["getUploadFormData", "form"]);
    }
}

#[tokio::test]
async fn what_a_form_could_not_mend_either_is_final() {
    for (http, code, kind) in [
        (406, 61, Kind::Rejected),
        (406, 64, Kind::QuotaExceeded),
        (400, 2, Kind::InvalidArgument),
        (406, 99, Kind::Rejected),
    ] {
        let server = knowing(move |_, asked| asked.is("createFileByHash").then(|| refusal(http, code))).await;
        let error = error(upload_content(&server).await);
        assert_eq!((error.kind(), error.record().service_code.clone()), (kind, Some(code.to_string())), "{error}");
        assert_eq!(asked(&server), BY_HASH, "{code}");
    }
}

#[tokio::test]
async fn a_look_by_hash_that_fails_does_not_prevent_the_upload() {
    type Failing = fn() -> Answer;
    let failing: [Failing; 5] = [
        || Answer::with_headers(404, "content-type: text/html\r\n", "<h1>404</h1>"),
        || refusal(400, 2),
        || success(json!({"nothing": "useful"})),
        || Answer::with_headers(200, "", "<p>hello</p>"),
        || Answer::Drop,
    ];
    for (number, failing) in failing.into_iter().enumerate() {
        for method in ["findByFirst5MbSha1Hash", "findByFullMd5Hash"] {
            let server = knowing(move |_, asked| asked.is(method).then(failing)).await;
            assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form", "{number} {method}");
            assert!(!asked(&server).contains(&"createFileByHash".to_owned()));
        }
    }
}

#[tokio::test]
async fn a_refused_sign_in_or_too_many_calls_end_the_upload() {
    for (http, code, kind) in [(403, 10, Kind::AuthenticationRequired), (429, 0, Kind::RateLimited)] {
        let server = service(move |_, asked| asked.is("findByFirst5MbSha1Hash").then(|| refusal(http, code))).await;
        let client = client(&server, json!({"max_attempts": 1}));
        let error = error(upload(&client, content(), json!({"name": "tape.bin"})).await);
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(asked(&server), ["findByFirst5MbSha1Hash"]);
    }
}

#[tokio::test]
async fn bad_arguments_are_told_before_anything_is_sent() {
    let server = service(|_, _| None).await;
    let client = client(&server, json!({}));
    for (arguments, says) in [
        (json!({"name": "tape.bin", "acess": "public"}), "acess"),
        (json!({"name": "tape.bin", "by_hash": "yes"}), "by_hash"),
        (json!({"name": "tape.bin", "access": 5}), "`access`"),
    ] {
        let error = error(upload(&client, content(), arguments).await);
        assert_eq!(error.kind(), Kind::InvalidArgument);
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn cancelling_stops_hashing() {
    let server = knowing(|_, _| None).await;
    let client = client(&server, json!({}));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("huge.bin");
    // Takes much longer to hash than this test may take.
    std::fs::File::create(&path).expect("a file").set_len(1 << 40).expect("a length");
    let (told, mut hashing) = tokio::sync::mpsc::unbounded_channel();
    let sink: ProgressSink = Arc::new(move |progress: Progress| {
        // Past what the first look wants.
        if progress.phase == Phase::Hashing && progress.bytes_done > 5_242_880 {
            let _ = told.send(progress);
        }
    });
    let cancel = CancelHandle::new();
    let uploading = client.upload(Source::Path(path), b"", b"", Some(sink), &cancel);
    let stopping = async {
        let progress = hashing.recv().await.expect("the file is being hashed");
        assert_eq!((progress.bytes_total, progress.bytes_on_wire), (Some(1 << 40), 0));
        cancel.cancel();
    };
    let (reply, ()) = tokio::join!(uploading, stopping);
    assert_eq!(error(reply).kind(), Kind::Cancelled);
    assert_eq!(asked(&server), ["findByFirst5MbSha1Hash"]);
    // Whoever hashed has let go of the listener with everything else.
    while hashing.recv().await.is_some() {}
}

#[tokio::test]
async fn a_file_that_changes_between_hashing_and_sending_is_changed() {
    for method in ["findByFirst5MbSha1Hash", "findByFullMd5Hash", "getUploadFormData"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tape.bin");
        std::fs::write(&path, CONTENT).expect("a file");
        let touched = path.clone();
        let server = knowing(move |number, asked| {
            if asked.is(method) {
                // The same length, other content.
                std::fs::write(&touched, CONTENT.to_ascii_uppercase()).expect("to write");
                let file = std::fs::File::options().write(true).open(&touched).expect("the file");
                file.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("another time");
            }
            match asked.method() {
                "findByFullMd5Hash" if method == "getUploadFormData" => Some(success(json!({"exists": false}))),
                "getUploadFormData" => Some(form(number, asked)),
                _ => None,
            }
        })
        .await;
        let (events, sink) = recorded();
        let client = client(&server, json!({}));
        let error = error(client.upload(Source::Path(path), b"", b"", Some(sink), &CancelHandle::new()).await);
        assert_eq!(error.kind(), Kind::Changed, "{method}: {error}");
        assert!(events.lock().expect("no panic").iter().all(|event| event.bytes_on_wire == 0), "{method}");
        assert_eq!(asked(&server).last().map(String::as_str), Some(method), "nothing is sent after that");
    }
}

// ---- answers that are lost

type Lost = fn() -> Answer;

/// Every form in which no answer comes that tells anything.
fn losses() -> [(&'static str, Lost); 7] {
    [
        ("broken", || Answer::Drop),
        ("silent", || Answer::Hold),
        ("empty", || Answer::with_headers(200, "", "")),
        ("html", || Answer::with_headers(200, "content-type: text/html\r\n", "<h1>Oops</h1>")),
        ("unavailable", || Answer::with_headers(503, "content-type: text/html\r\n", "<h1>Oops</h1>")),
        ("damaged", || Answer::with_headers(200, "", "{\"status\":\"success\",\"user_file_id\":\"a4")),
        ("cut_off", || Answer::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\nconnection: close\r\n\r\n{".to_vec())),
    ]
}

fn impatient(server: &Server) -> Client {
    client(server, json!({"upload_idle_timeout_ms": 200, "idle_timeout_ms": 200}))
}

#[tokio::test]
async fn a_lost_upload_that_arrived_is_found_and_not_sent_again() {
    for (name, lost) in losses() {
        let server = losing(lost, |_, asked| match asked.method() {
            "getFilesList" => Some(listed(&[file("stranger", Some(md5(b"other"))), file("ours", None)])),
            "getFilesInfo" => Some(listed(&[json!({"id": "ours", "name": "tape.bin", "md5": md5(CONTENT)})])),
            _ => None,
        })
        .await;
        let arguments = json!({"folder": "f1", "name": "tape.bin"});
        let entry = entry(upload(&impatient(&server), content(), arguments).await);
        assert_eq!((&entry["id"], &entry["link"]), (&json!("ours"), &json!("https://127.0.0.1/file/ours")), "{name}");
        assert_eq!(
            asked(&server),
            ["findByFirst5MbSha1Hash", "getUploadFormData", "form", "getFilesList", "getFilesInfo"],
            "{name}"
        );
        let look = server.asked()[3].json();
        assert_eq!(
            (&look["parent"], &look["sort"], &look["type"]),
            (&json!("f1"), &json!({"date_created": -1}), &json!("file"))
        );
        assert_eq!(server.asked()[4].json()["ids"], json!(["ours"]), "what the listing told need not be asked");
    }
}

#[tokio::test]
async fn a_lost_upload_that_did_not_arrive_is_sent_again_with_a_fresh_form() {
    for (name, lost) in losses() {
        let server = losing(lost, |_, _| None).await;
        let arguments = json!({"folder": "f1", "name": "tape.bin"});
        assert_eq!(entry(upload(&impatient(&server), content(), arguments).await)["id"], "id-by-form", "{name}");
        assert_eq!(
            asked(&server)[1..],
            ["getUploadFormData", "form", "getFilesList", "findByFullMd5Hash", "getUploadFormData", "form"],
            "{name}"
        );
        let body = |number: usize| String::from_utf8_lossy(&server.asked()[number].body).into_owned();
        assert!(body(2).contains("planted-signature-1") && body(6).contains("planted-signature-5"), "{name}");
    }
}

#[tokio::test]
async fn a_lost_upload_whose_content_arrived_becomes_a_file_without_sending() {
    let server =
        losing(|| Answer::Drop, |_, asked| asked.is("findByFullMd5Hash").then(|| success(json!({"exists": true}))))
            .await;
    // The caller's wish holds for what is asked before bytes are sent.
    let arguments = json!({"folder": "f1", "name": "tape.bin", "by_hash": false});
    assert_eq!(entry(upload(&client(&server, json!({})), content(), arguments).await)["id"], "id-by-hash");
    assert_eq!(asked(&server), ["getUploadFormData", "form", "getFilesList", "findByFullMd5Hash", "createFileByHash"]);
}

#[tokio::test]
async fn a_stranger_of_the_same_name_and_size_is_not_mistaken_for_the_lost_file() {
    let server = losing(
        || Answer::Drop,
        |_, asked| asked.is("getFilesList").then(|| listed(&[file("stranger", Some(md5(b"other")))])),
    )
    .await;
    assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form");
    assert_eq!(posts(&server), 2);
}

#[tokio::test]
async fn where_the_service_does_not_tell_what_is_in_a_file_nothing_is_sent_again() {
    let server = losing(
        || Answer::Drop,
        |_, asked| match asked.method() {
            "getFilesList" => Some(listed(&[file("ours-or-not", None)])),
            "getFilesInfo" => Some(listed(&[json!({"id": "ours-or-not", "md5": null})])),
            _ => None,
        },
    )
    .await;
    let error = error(upload_content(&server).await);
    let record = error.record();
    assert_eq!((record.kind, record.name.as_deref()), (Kind::Network, Some("upload_outcome_unknown")));
    assert!(!record.retryable && record.message.contains("not known whether the file arrived"), "{error}");
    assert_eq!(record.details.items[0].id.as_deref(), Some("ours-or-not"));
    assert_eq!(posts(&server), 1);
    assert_eq!(asked(&server).iter().filter(|method| *method == "getFilesList").count(), 2, "its hash may come late");
}

#[tokio::test]
async fn a_lost_upload_is_found_on_a_later_page() {
    let server = losing(
        || Answer::Drop,
        |_, asked| {
            asked.is("getFilesList").then(|| match asked.json()["offset"].as_u64() {
                Some(1000) => listed(&[file("ours", Some(md5(CONTENT).to_uppercase()))]),
                _ => {
                    let other = |number| json!({"id": format!("o{number}"), "name": "other.bin", "size": 5});
                    listed(&(0..1000).map(other).collect::<Vec<_>>())
                }
            })
        },
    )
    .await;
    assert_eq!(entry(upload_content(&server).await)["id"], "ours");
    assert_eq!(asked(&server).iter().filter(|method| *method == "getFilesList").count(), 2);
}

#[tokio::test]
async fn the_last_attempt_is_looked_for_too() {
    let there = losing(
        || Answer::Drop,
        |_, asked| asked.is("getFilesList").then(|| listed(&[file("ours", Some(md5(CONTENT)))])),
    )
    .await;
    let arguments = json!({"folder": "f1", "name": "tape.bin"});
    let once = client(&there, json!({"max_attempts": 1}));
    assert_eq!(entry(upload(&once, content(), arguments.clone()).await)["id"], "ours");

    let absent = service(|_, asked| asked.is("form").then_some(Answer::Drop)).await;
    let error = error(upload(&client(&absent, json!({"max_attempts": 2})), content(), arguments).await);
    assert_eq!((error.kind(), error.record().attempts, error.record().retryable), (Kind::Network, 2, true), "{error}");
    assert_eq!(posts(&absent), 2);
    assert_eq!(asked(&absent).last().map(String::as_str), Some("getFilesList"));
}

#[tokio::test]
async fn where_looking_fails_nothing_is_sent_again() {
    let server = losing(
        || Answer::Drop,
        |_, asked| match asked.method() {
            "getFilesList" => Some(refusal(403, 10)),
            "login" => Some(refusal(406, 30)),
            _ => None,
        },
    )
    .await;
    let session = json!({"service": "keep2share", "base_url": server.base_url, "token": "stale-token"}).to_string();
    let options = json!({"access_token": null, "username": "me", "password": "secret", "session": session});
    let reply = upload(&client(&server, options), content(), json!({"name": "tape.bin"})).await;
    assert!(reply.needs.is_none(), "the program would sign in and make the call again");
    let error = error(reply);
    assert_eq!(error.record().name.as_deref(), Some("upload_outcome_unknown"));
    assert!(!error.record().retryable && error.to_string().contains("looking for it failed"), "{error}");
    assert_eq!(posts(&server), 1);
}

#[tokio::test]
async fn an_upload_that_broke_in_the_middle_cannot_have_arrived() {
    let forms = AtomicUsize::new(0);
    let server = service(move |number, asked| {
        let is_first = asked.is("getUploadFormData") && forms.fetch_add(1, Ordering::Relaxed) == 0;
        is_first.then(|| form_at(number, asked, CUT))
    })
    .await;
    // More than the buffers of a socket hold.
    let source = Source::Bytes(vec![7; 32 << 20].into());
    let arguments = json!({"name": "tape.bin", "by_hash": false});
    assert_eq!(entry(upload(&client(&server, json!({})), source, arguments).await)["id"], "id-by-form");
    assert_eq!(asked(&server), ["getUploadFormData", "getUploadFormData", "form"]);
}

#[tokio::test]
async fn a_file_made_by_hash_whose_answer_is_lost_is_looked_for() {
    for lost in [|| Answer::Drop, || Answer::with_headers(502, "", "<p>bad gateway</p>"), || success(json!({}))] {
        let lost: Lost = lost;
        let there = knowing(move |_, asked| match asked.method() {
            "createFileByHash" => Some(lost()),
            "getFilesList" => Some(listed(&[file("ours", Some(md5(CONTENT)))])),
            _ => None,
        })
        .await;
        assert_eq!(entry(upload_content(&there).await)["id"], "ours");
        assert_eq!(asked(&there), [&BY_HASH[..], &["getFilesList"]].concat());
    }
    let tried = AtomicUsize::new(0);
    let absent = knowing(move |_, asked| {
        (asked.is("createFileByHash") && tried.fetch_add(1, Ordering::Relaxed) == 0).then_some(Answer::Drop)
    })
    .await;
    assert_eq!(entry(upload_content(&absent).await)["id"], "id-by-hash");
    assert_eq!(asked(&absent), [&BY_HASH[..], &["getFilesList", "findByFullMd5Hash", "createFileByHash"]].concat());
}

async fn upload_stream(server: &Server) -> Reply {
    let client = client(server, json!({}));
    let (feeder, source) = Source::stream(CONTENT.len() as u64);
    let feeding = async move {
        feeder.push(CONTENT[..7].into()).await;
        feeder.push(CONTENT[7..].into()).await;
    };
    let (reply, ()) = tokio::join!(upload(&client, source, json!({"folder": "f1", "name": "tape.bin"})), feeding);
    reply
}

#[tokio::test]
async fn a_lost_stream_is_found_by_the_hash_of_what_was_sent() {
    let there = losing(
        || Answer::Drop,
        |_, asked| asked.is("getFilesList").then(|| listed(&[file("ours", Some(md5(CONTENT)))])),
    )
    .await;
    assert_eq!(entry(upload_stream(&there).await)["id"], "ours");

    let stored = losing(
        || Answer::Drop,
        |_, asked| {
            (asked.is("findByFullMd5Hash") && asked.json()["md5"] == md5(CONTENT))
                .then(|| success(json!({"exists": true})))
        },
    )
    .await;
    assert_eq!(entry(upload_stream(&stored).await)["id"], "id-by-hash");

    let absent = losing(|| Answer::Drop, |_, _| None).await;
    let error = error(upload_stream(&absent).await);
    assert_eq!((error.kind(), error.record().name.as_deref()), (Kind::Network, Some("upload_outcome_unknown")));
    assert!(!error.record().retryable && error.to_string().contains("not known whether the file arrived"), "{error}");
    assert_eq!((posts(&there), posts(&stored), posts(&absent)), (1, 1, 1));
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
    let session = json!({"service": "keep2share", "base_url": server.base_url, "token": "stale-token"}).to_string();
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
