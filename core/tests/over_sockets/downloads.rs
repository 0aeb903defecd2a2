//! Downloads of Keep2Share over real sockets: the way to a link for everybody, and the file behind it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Answer, Asked, Server};
use fileferry_core::border::{
    Answer as Given, CancelHandle, Client, Destination, Error, Hooks, Kind, Needed, Phase, Progress, Reply, Step,
    shared,
};
use md5::{Digest, Md5};
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

fn challenge(asked: &Asked) -> Answer {
    success(json!({"challenge": "c1", "captcha_url": address(asked, "captcha")}))
}

/// A service that wants a captcha, then a wait, and then gives the link.
fn free(asked: &Asked) -> Answer {
    if is_file(asked) {
        return whole();
    }
    if asked.is("requestCaptcha") {
        return challenge(asked);
    }
    let body = asked.json();
    match (body["free_download_key"].as_str(), body["captcha_response"].as_str()) {
        (Some(_), _) => url(asked),
        (None, Some("right")) => success(
            json!({"free_download_key": format!("ticket-of-{}", body["file_id"].as_str().expect("an id")), "time_wait": 30}),
        ),
        (None, Some(_)) => refusal(31, json!({})),
        (None, None) => refusal(30, json!({})),
    }
}

fn wait_of(step: &Step) -> u64 {
    match step {
        Step::Wait { wait_ms } => *wait_ms,
        other => panic!("a wait, not {other:?}"),
    }
}

fn captcha_of(step: &Step) -> (String, String) {
    match step {
        Step::Captcha(captcha) => {
            (captcha.kind.clone().unwrap_or_default(), captcha.challenge.clone().unwrap_or_default())
        }
        other => panic!("a captcha, not {other:?}"),
    }
}

fn is_done(step: &Step) -> bool {
    matches!(step, Step::Done { .. })
}

/// Takes a flow of the service above to its end.
async fn earn(client: &Client, target: &str) {
    let (flow, cancel) = (client.free_download(target), CancelHandle::new());
    flow.start(&cancel).await.expect("a captcha");
    flow.answer("right", &cancel).await.expect("a wait");
    assert!(is_done(&flow.proceed(&cancel).await.expect("the end")));
}

#[tokio::test]
async fn with_premium_a_link_comes_at_once() {
    let server = Server::start(|_, asked| if is_file(asked) { whole() } else { url(asked) }).await;
    let folder = tempfile::tempdir().expect("a folder");
    let reply = download(&premium(&server), FILE, folder.path()).await;
    assert_eq!(reply.needs, None);
    let entry = entry(reply);
    let path = folder.path().join("from the link.bin");
    assert_eq!(std::fs::read(&path).expect("the file"), CONTENT);
    let hash = json!({"algorithm": "md5", "hex": md5(CONTENT)});
    assert_eq!((&entry["id"], &entry["hash"], &entry["size"]), (&json!(FILE), &hash, &json!(CONTENT.len())));
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].json(), json!({"access_token": "some-key", "file_id": FILE}));
    assert_eq!(header(&asked[1], "accept-encoding"), Some("identity"));
    assert!(!asked[1].headers.contains("some-key") && !asked[1].line.contains("some-key"));
}

#[tokio::test]
async fn a_link_of_the_service_is_a_target() {
    let server = Server::start(|_, asked| if is_file(asked) { whole() } else { url(asked) }).await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = premium(&server);
    let target = format!("https://www.k2s.cc/file/{}/a-name.bin?site=x", FILE.to_uppercase());
    assert_eq!(entry(download(&client, &target, folder.path()).await)["id"], FILE);
    assert_eq!(server.asked()[0].json()["file_id"], FILE);

    let sister = Client::from_json("keep2share", br#"{"host": "fileboom"}"#, Hooks::default()).expect("a client");
    for (client, target) in [
        (&client, "https://k2s.cc/folder/5f0c2b7e41a3d"),
        (&client, "https://files.example/file/5f0c2b7e41a3d"),
        (&sister, "https://k2s.cc/file/5f0c2b7e41a3d"),
    ] {
        let failed = error(download(client, target, folder.path()).await);
        assert_eq!(failed.kind(), Kind::InvalidArgument, "{target}: {failed}");
        let failed = client.free_download(target).start(&CancelHandle::new()).await.expect_err("an error");
        assert_eq!(failed.kind(), Kind::InvalidArgument, "{target}: {failed}");
    }
    assert_eq!(server.asked().len(), 2, "nothing is sent for what is no file");
}

#[tokio::test]
async fn a_free_download_goes_by_steps() {
    let server = Server::start(|_, asked| free(asked)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = client(&server.base_url, json!({"free_wait_margin_ms": 2000}));
    let reply = download(&client, FILE, folder.path()).await;
    assert_eq!(reply.needs, Some(Needed::FreeDownload { target: FILE.into() }));
    assert_eq!(named(&error(reply)), (Kind::CaptchaRequired, "captcha_required"));
    assert_eq!(left_in(folder.path()), 0);

    let (flow, cancel) = (client.free_download(format!("https://k2s.cc/file/{FILE}")), CancelHandle::new());
    assert_eq!(captcha_of(&flow.start(&cancel).await.expect("a captcha")), ("image".into(), "c1".into()));
    let early = flow.wait_out(&cancel).await.expect_err("no wait is asked for yet");
    assert_eq!(early.kind(), Kind::InvalidArgument);
    assert_eq!(wait_of(&flow.answer("right", &cancel).await.expect("a wait")), 32_000);
    let failed = flow.answer("again", &cancel).await.expect_err("nothing to answer");
    assert_eq!(failed.kind(), Kind::InvalidArgument);

    let reply = download(&client, FILE, folder.path()).await;
    assert!(reply.outcome.is_ok(), "the ticket is the client's");
    assert!(is_done(&flow.proceed(&cancel).await.expect("the end")));

    let asked: Vec<Asked> = server.asked().into_iter().filter(|asked| asked.is("getUrl")).collect();
    let bodies: Vec<Value> = asked.iter().map(Asked::json).collect();
    let ticket = json!({"file_id": FILE, "free_download_key": format!("ticket-of-{FILE}")});
    assert_eq!(
        bodies,
        [
            json!({"file_id": FILE}),
            json!({"file_id": FILE}),
            json!({"file_id": FILE, "captcha_challenge": "c1", "captcha_response": "right"}),
            ticket.clone(),
            ticket,
        ]
    );
}

#[tokio::test]
async fn a_wrong_answer_leads_to_a_new_captcha() {
    let server = Server::start(|_, asked| free(asked)).await;
    let (client, cancel) = (nobody(&server), CancelHandle::new());
    let flow = client.free_download(FILE);
    flow.start(&cancel).await.expect("a captcha");
    // As often as a person likes: only the service counts them.
    for _ in 0..7 {
        let wrong = flow.answer("wrong", &cancel).await.expect_err("an error");
        assert_eq!(wrong.kind(), Kind::CaptchaInvalid);
        captcha_of(&flow.step().await.expect("a step"));
    }
    wait_of(&flow.answer("right", &cancel).await.expect("a wait"));
    assert_eq!(server.asked().iter().filter(|asked| asked.is("requestCaptcha")).count(), 8);
}

#[tokio::test]
async fn a_right_answer_from_another_address_leads_to_a_new_captcha_but_not_for_ever() {
    let server = Server::start(|_, asked| match asked.is("requestCaptcha") {
        true => challenge(asked),
        false => refusal(30, json!({})),
    })
    .await;
    let (client, cancel) = (nobody(&server), CancelHandle::new());
    let flow = client.free_download(FILE);
    flow.start(&cancel).await.expect("a captcha");
    for _ in 0..5 {
        captcha_of(&flow.answer("right", &cancel).await.expect("another captcha"));
    }
    assert_eq!(flow.answer("right", &cancel).await.expect_err("an error").kind(), Kind::CaptchaRequired);
}

#[tokio::test]
async fn a_page_captcha_is_asked_for_and_answered_as_such() {
    let server = Server::start(|_, asked| {
        if asked.is("requestReCaptcha") {
            return challenge(asked);
        }
        match asked.json()["re_captcha_response"] == "the code" {
            true => success(json!({"free_download_key": "a-ticket", "time_wait": "7"})),
            false => refusal(33, json!({})),
        }
    })
    .await;
    let (client, cancel) = (nobody(&server), CancelHandle::new());
    let flow = client.free_download(FILE);
    assert_eq!(captcha_of(&flow.start(&cancel).await.expect("a captcha")), ("page".into(), "c1".into()));
    assert_eq!(flow.image(&cancel).await.expect_err("no picture").kind(), Kind::InvalidArgument);
    assert_eq!(wait_of(&flow.answer("the code", &cancel).await.expect("a wait")), 7_000);
    let sent = server.asked().last().expect("a request").json();
    let right = json!({"file_id": FILE, "re_captcha_challenge": "c1", "re_captcha_response": "the code"});
    assert_eq!(sent, right);
}

#[tokio::test]
async fn who_comes_too_early_waits_again_but_not_for_ever() {
    let early: [fn() -> Answer; 3] = [
        || refusal(41, json!({"time_wait": 1})),
        || refusal(41, json!({})),
        || success(json!({"free_download_key": "another-ticket", "time_wait": 1, "url": null})),
    ];
    for (early, wait) in early.into_iter().zip([3_000, 30_000, 1_000]) {
        let tickets = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tickets);
        let server = Server::start(move |_, asked| {
            if !asked.is("getUrl") || asked.json()["free_download_key"].is_null() {
                return free(asked);
            }
            if counted.fetch_add(1, Ordering::Relaxed) < 6 { early() } else { url(asked) }
        })
        .await;
        let (client, cancel) = (nobody(&server), CancelHandle::new());
        let flow = client.free_download(FILE);
        flow.start(&cancel).await.expect("a captcha");
        assert_eq!(wait_of(&flow.answer("right", &cancel).await.expect("a wait")), 30_000);
        for _ in 0..5 {
            assert_eq!(wait_of(&flow.proceed(&cancel).await.expect("another wait")), wait);
        }
        let failed = flow.proceed(&cancel).await.expect_err("enough of it");
        assert_eq!(named(&failed), (Kind::WaitRequired, "free_download_too_early"));
        assert_eq!(failed.record().retry_after_ms, Some(wait));
        // Nothing is lost by it.
        wait_of(&flow.step().await.expect("a step"));
        assert!(is_done(&flow.proceed(&cancel).await.expect("the end")));
        assert_eq!(tickets.load(Ordering::Relaxed), 7);
    }
}

#[tokio::test]
async fn a_ticket_that_lapsed_is_earned_anew() {
    let server = Server::start(|_, asked| {
        let lapsed = asked.is("getUrl") && asked.json()["free_download_key"].is_string();
        if lapsed { refusal(40, json!({})) } else { free(asked) }
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let (client, cancel) = (nobody(&server), CancelHandle::new());
    let flow = client.free_download(FILE);
    flow.start(&cancel).await.expect("a captcha");
    flow.answer("right", &cancel).await.expect("a wait");
    captcha_of(&flow.proceed(&cancel).await.expect("a captcha again"));
    flow.answer("right", &cancel).await.expect("a wait");
    let reply = download(&client, FILE, folder.path()).await;
    assert!(reply.needs.is_some());
    assert_eq!(named(&error(reply)), (Kind::CaptchaRequired, "wrong_free_download_key"));
    // The ticket is forgotten.
    download(&client, FILE, folder.path()).await;
    assert_eq!(server.asked().last().expect("a request").json(), json!({"file_id": FILE}));
}

#[tokio::test]
async fn what_is_final_ends_a_free_download() {
    for (code, sub, kind, name, wait) in [
        (21, json!(1), Kind::TrafficExceeded, "download_count_exceeded", Some(3_600_000)),
        (42, json!(2), Kind::TrafficExceeded, "download_traffic_exceeded", Some(3_600_000)),
        (21, json!(3), Kind::PaymentRequired, "download_file_size_exceeded", None),
        (22, json!("4"), Kind::PermissionDenied, "download_no_access", None),
        (42, json!(5), Kind::WaitRequired, "download_waiting", Some(40_000)),
        (42, json!(6), Kind::WaitRequired, "free_download_running", Some(900_000)),
        (42, json!(7), Kind::PaymentRequired, "premium_only", None),
        (42, json!(8), Kind::PermissionDenied, "private_only", None),
        (21, json!(9), Kind::PaymentRequired, "store_subscribers_only", None),
        (42, Value::Null, Kind::Unavailable, "download_not_available", None),
        (20, Value::Null, Kind::NotFound, "file_not_found", None),
        (22, Value::Null, Kind::PermissionDenied, "file_blocked", None),
        (23, Value::Null, Kind::InvalidArgument, "folder_not_supported", None),
        (43, Value::Null, Kind::PaymentRequired, "premium_only", None),
    ] {
        let more = match &sub {
            Value::Null => json!({}),
            sub => json!({"errors": [{"code": sub, "timeRemaining": "39.200000"}]}),
        };
        let server = Server::start(move |_, _| refusal(code, more.clone())).await;
        let folder = tempfile::tempdir().expect("a folder");
        let client = nobody(&server);
        let reply = download(&client, FILE, folder.path()).await;
        assert_eq!(reply.needs, None, "{code} {sub}");
        let failed = error(reply);
        assert_eq!((named(&failed), failed.record().retry_after_ms), ((kind, name), wait), "{code} {sub}");
        let flow = client.free_download(FILE);
        let failed = flow.start(&CancelHandle::new()).await.expect_err("an error");
        assert_eq!(named(&failed), (kind, name), "{code} {sub}");
        // Each was told at once, also a wait that is short.
        assert_eq!(server.asked().len(), 2, "{code} {sub}");
    }
}

#[tokio::test]
async fn an_answer_is_judged_by_what_it_holds() {
    let server = Server::start(|number, asked| match number {
        0 => success(json!({"url": null, "free_download_key": null, "message": "success"})),
        1 => success(json!({"url": address(asked, "file"), "free_download_key": "a-ticket", "time_wait": 30})),
        _ => whole(),
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = premium(&server);
    assert_eq!(error(download(&client, FILE, folder.path()).await).kind(), Kind::InvalidAnswer);
    assert!(download(&client, FILE, folder.path()).await.outcome.is_ok());
}

#[tokio::test]
async fn a_ticket_without_a_captcha_is_a_wait() {
    let server = Server::start(|_, asked| match asked.json()["free_download_key"].is_string() {
        true => refusal(41, json!({"time_wait": 9})),
        false => success(json!({"free_download_key": "a-ticket"})),
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = nobody(&server);
    // Where no time is told it is the usual one.
    for wait in [30_000, 11_000] {
        let reply = download(&client, FILE, folder.path()).await;
        assert_eq!(reply.needs, Some(Needed::FreeDownload { target: FILE.into() }));
        let failed = error(reply);
        assert_eq!(named(&failed), (Kind::WaitRequired, "free_download_too_early"));
        assert_eq!(failed.record().retry_after_ms, Some(wait));
    }
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_wait_passes_by_itself_and_ends_early_with_the_call_or_the_client() {
    let waits = Arc::new(AtomicUsize::new(0));
    let told = Arc::clone(&waits);
    let server = Server::start(move |_, asked| {
        let wait = if told.load(Ordering::Relaxed) == 0 { 0 } else { 3600 };
        match asked.is("getUrl") && asked.json()["captcha_response"].is_string() {
            true => success(json!({"free_download_key": "a-ticket", "time_wait": wait})),
            false => free(asked),
        }
    })
    .await;
    let (client, cancel) = (nobody(&server), CancelHandle::new());
    let flow = client.free_download(FILE);
    flow.start(&cancel).await.expect("a captcha");
    assert_eq!(wait_of(&flow.answer("right", &cancel).await.expect("a wait")), 0);
    assert!(is_done(&flow.wait_out(&cancel).await.expect("the end")));

    waits.store(1, Ordering::Relaxed);
    let long = client.free_download("another-file");
    long.start(&cancel).await.expect("a captcha");
    long.answer("right", &cancel).await.expect("a wait");
    let stop = CancelHandle::new();
    let (ended, ()) = tokio::join!(long.wait_out(&stop), async { stop.cancel() });
    assert_eq!(ended.expect_err("an error").kind(), Kind::Cancelled);
    assert_eq!(wait_of(&long.step().await.expect("a step")), 3_600_000);
    let (ended, ()) = tokio::join!(long.wait_out(&cancel), async { client.close() });
    assert_eq!(ended.expect_err("an error").kind(), Kind::Closed);
}

#[tokio::test]
async fn a_free_link_that_lapses_is_renewed_with_the_same_ticket() {
    let files = AtomicUsize::new(0);
    let server = Server::start(move |_, asked| {
        if !is_file(asked) {
            return free(asked);
        }
        match files.fetch_add(1, Ordering::Relaxed) {
            0 => cut(&etag(), 10),
            // The rest is asked for with a link that has lapsed.
            1 => Answer::with_headers(
                401,
                "www-authenticate: Basic realm=\"x\"\r\ncontent-type: text/html\r\n",
                "<p>gone",
            ),
            _ => Answer::Raw(served(&etag(), range(asked))),
        }
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = nobody(&server);
    earn(&client, FILE).await;
    let path = folder.path().join("x.bin");
    entry(download(&client, FILE, &path).await);
    assert_eq!(std::fs::read(&path).expect("the file"), CONTENT);
    let asked = server.asked();
    let ranges: Vec<_> = asked.iter().filter(|asked| is_file(asked)).map(range).collect();
    let from = Some(CONTENT.len() - 10);
    assert_eq!(ranges, [None, from, from]);
    assert_eq!(header(asked.last().expect("a request"), "if-range"), Some(format!("\"{}\"", md5(CONTENT)).as_str()));
    let tickets = asked.iter().filter(|asked| asked.is("getUrl") && asked.json()["free_download_key"].is_string());
    assert_eq!(tickets.count(), 1 + ranges.len(), "each link for the one ticket");
    assert_eq!(asked.iter().filter(|asked| asked.is("requestCaptcha")).count(), 1);
}

#[tokio::test]
async fn free_downloads_come_one_after_the_other_and_premium_ones_pass() {
    let running = Arc::new(Mutex::new((0_i32, Vec::new())));
    let seen = Arc::clone(&running);
    let mut server = Server::start(move |_, asked| {
        if asked.is("getUrl") && asked.json()["file_id"] == "premium-file" {
            return success(json!({"url": address(asked, "file")}));
        }
        if asked.is("getUrl") && asked.json()["free_download_key"].is_string() {
            let file = asked.json()["file_id"].as_str().expect("an id").to_owned();
            seen.lock().expect("no panic").1.push(file.clone());
            return success(json!({"url": address(asked, &file)}));
        }
        if asked.line.starts_with("GET /first?") && range(asked).is_none() && seen.lock().expect("no panic").0 == 0 {
            seen.lock().expect("no panic").0 = 1;
            return Answer::Hold;
        }
        if asked.line.starts_with("GET ") { whole() } else { free(asked) }
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = client(&server.base_url, json!({"max_attempts": 1}));
    for file in ["first", "second", "third", "fourth"] {
        let (flow, cancel) = (client.free_download(file), CancelHandle::new());
        flow.start(&cancel).await.expect("a captcha");
        flow.answer("right", &cancel).await.expect("a wait");
    }
    let start = |file: &'static str, cancel: CancelHandle| {
        let (client, path) = (client.clone(), folder.path().join(file));
        let phases = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&phases);
        let sink = Arc::new(move |progress: Progress| told.lock().expect("no panic").push(progress.phase));
        let call = tokio::spawn(async move {
            let to = Destination::File { path, overwrite: false };
            let arguments = json!({"target": file}).to_string();
            client.download(to, arguments.as_bytes(), b"", Some(sink), &cancel).await
        });
        (call, phases)
    };
    let stop_first = CancelHandle::new();
    let (first, _) = start("first", stop_first.clone());
    server.held.recv().await.expect("the first one is on its way");
    let stop_second = CancelHandle::new();
    let (second, phases) = start("second", stop_second.clone());
    // Each is asked once it stands in the queue: the one behind it has to see it there.
    while phases.lock().expect("no panic").is_empty() {
        tokio::task::yield_now().await;
    }
    let (third, phases) = start("third", CancelHandle::new());
    while phases.lock().expect("no panic").is_empty() {
        tokio::task::yield_now().await;
    }
    let (fourth, _) = start("fourth", CancelHandle::new());
    let premium = download(&client, "premium-file", &folder.path().join("premium")).await;
    assert!(premium.outcome.is_ok(), "premium does not wait");
    assert_eq!(phases.lock().expect("no panic").as_slice(), [Phase::Preparing]);
    stop_second.cancel();
    assert_eq!(error(second.await.expect("no panic")).kind(), Kind::Cancelled);
    stop_first.cancel();
    assert_eq!(error(first.await.expect("no panic")).kind(), Kind::Cancelled);
    assert!(third.await.expect("no panic").outcome.is_ok());
    assert!(fourth.await.expect("no panic").outcome.is_ok());
    assert_eq!(running.lock().expect("no panic").1, ["first", "third", "fourth"]);
}

#[tokio::test]
async fn a_free_stream_keeps_its_turn_to_its_end() {
    let server = Server::start(|_, asked| free(asked)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (client, cancel) = (nobody(&server), CancelHandle::new());
    let refused = client.download_stream(br#"{"target": "a-file"}"#, b"", &cancel).await;
    assert_eq!(refused.needs, Some(Needed::FreeDownload { target: "a-file".into() }));
    earn(&client, "a-file").await;
    earn(&client, FILE).await;
    let stream = match client.download_stream(br#"{"target": "a-file"}"#, b"", &CancelHandle::new()).await.outcome {
        Ok(Given::Bytes(stream)) => stream,
        other => panic!("a stream, not {other:?}"),
    };
    let before = server.asked().len();
    let to = Destination::File { path: folder.path().join("x"), overwrite: false };
    let arguments = json!({"target": FILE}).to_string();
    let waiting = client.download(to, arguments.as_bytes(), br#"{"deadline_ms": 50}"#, None, &cancel).await;
    assert_eq!(error(waiting).kind(), Kind::Timeout);
    assert_eq!(server.asked().len(), before, "nothing is asked for before its turn");
    assert_eq!(stream.read_all(1000, &CancelHandle::new()).await.expect("the bytes"), CONTENT);
    assert!(download(&client, FILE, &folder.path().join("x")).await.outcome.is_ok());
}

#[tokio::test]
async fn pages_of_errors_are_errors() {
    let html = "content-type: text/html\r\n";
    let tariff = "<html><body><p>Your tariff doesn't allow to download more files</p></body></html>";
    let exceeded = "<html>You exceeded your Premium 50 GB daily limit, try to download file later</html>";
    for (status, headers, body, kind, name, asked) in [
        (200, html, tariff, Kind::TrafficExceeded, "download_count_exceeded", 1),
        (504, html, tariff, Kind::TrafficExceeded, "download_count_exceeded", 1),
        (200, html, exceeded, Kind::TrafficExceeded, "download_traffic_exceeded", 1),
        (200, html, "<html>Something else</html>", Kind::Unavailable, "html_instead_of_file", 1),
        (401, html, "<html>Authorization required</html>", Kind::Unavailable, "link_expired", 3),
        (403, html, "<html>Access denied</html>", Kind::Unavailable, "link_expired", 3),
        (410, "", "", Kind::Unavailable, "link_expired", 3),
        (440, html, "<html>Login Time-out</html>", Kind::Unavailable, "link_expired", 3),
        (404, html, "<html>Not found</html>", Kind::NotFound, "file_not_found", 1),
        (409, html, "<html>Conflict</html>", Kind::Unavailable, "download_conflict", 1),
        (429, "retry-after: 0\r\n", "", Kind::RateLimited, "too_many_requests", 3),
        (429, "retry-after: 7200\r\n", "", Kind::RateLimited, "too_many_requests", 1),
        (500, html, "<html>Oops</html>", Kind::ServerError, "server_error", 3),
        (503, html, "<html>Busy</html>", Kind::Unavailable, "service_unavailable", 3),
        (504, "", "", Kind::Unavailable, "service_unavailable", 3),
        (418, html, "<html>?</html>", Kind::Rejected, "unknown_error", 1),
    ] {
        let answer = move || Answer::with_headers(status, headers, body);
        let server = Server::start(move |_, asked| if is_file(asked) { answer() } else { url(asked) }).await;
        let folder = tempfile::tempdir().expect("a folder");
        let failed = error(download(&premium(&server), FILE, folder.path()).await);
        assert_eq!(named(&failed), (kind, name), "{status} {body}");
        assert_eq!(failed.record().http_status, Some(status));
        assert_eq!(failed.record().operation.as_deref(), Some("downloads.getUrl"));
        // Every attempt has a link of its own.
        assert_eq!(server.asked().len(), 2 * asked, "{status} {body}");
        assert_eq!(left_in(folder.path()), 0);
    }
}

#[tokio::test]
async fn whatever_a_host_says_to_a_link_that_has_lapsed_the_next_one_is_asked_for() {
    for (expires, requests) in [(1_500_000_000_i64, 4), (4_000_000_000, 2)] {
        let server = Server::start(move |number, asked| match (is_file(asked), number) {
            (false, _) => success(json!({"url": format!("{}&temp_url_expires={expires}", address(asked, "file"))})),
            (true, 1) => {
                Answer::with_headers(200, "content-type: text/html\r\n", "<html>Where do you come from?</html>")
            }
            (true, _) => whole(),
        })
        .await;
        let folder = tempfile::tempdir().expect("a folder");
        let reply = download(&premium(&server), FILE, folder.path()).await;
        assert_eq!(reply.outcome.is_ok(), requests == 4);
        assert_eq!(server.asked().len(), requests);
    }
}

/// Downloads a file whose first answer breaks off, and gives what came of it and the places asked for.
async fn resumed(
    first: impl Fn() -> Answer + Send + Sync + 'static,
    then: impl Fn(usize, &Asked) -> Answer + Send + Sync + 'static,
) -> (Result<Vec<u8>, Error>, Vec<Option<usize>>) {
    let files = AtomicUsize::new(0);
    let server = Server::start(move |_, asked| match is_file(asked) {
        false => url(asked),
        true => match files.fetch_add(1, Ordering::Relaxed) {
            0 => first(),
            number => then(number, asked),
        },
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.bin");
    let client = client(&server.base_url, json!({"access_token": "some-key", "idle_timeout_ms": 200}));
    let outcome = download(&client, FILE, &path).await.outcome;
    let ranges = server.asked().iter().filter(|asked| is_file(asked)).map(range).collect();
    assert_eq!(left_in(folder.path()), usize::from(outcome.is_ok()), "no part is left behind");
    (outcome.map(|_| std::fs::read(&path).expect("the file")), ranges)
}

#[tokio::test]
async fn a_body_that_breaks_off_goes_on_where_it_stopped() {
    let from = CONTENT.len() - 10;
    let quiet = || {
        let all = served(&etag(), None);
        Answer::Raw(all[..all.len() - 10].to_vec())
    };
    let unquoted = || cut(&format!("etag: {}\r\n", md5(CONTENT)), 10);
    let firsts: [fn() -> Answer; 3] = [|| cut(&etag(), 10), quiet, unquoted];
    for first in firsts {
        let rest = |_, asked: &Asked| {
            let etag = header(asked, "if-range").expect("a validator");
            Answer::Raw(served(&format!("etag: {etag}\r\n"), range(asked)))
        };
        let (outcome, ranges) = resumed(first, rest).await;
        assert_eq!(outcome.expect("the file"), CONTENT);
        assert_eq!(ranges, [None, Some(from)]);
    }
}

#[tokio::test]
async fn what_does_not_fit_the_bytes_at_hand_starts_over() {
    let length = CONTENT.len();
    let from = length - 10;
    let partial = move |etag: &str, range: &str| {
        let head = format!("HTTP/1.1 206 X\r\ncontent-length: 10\r\n{range}{etag}\r\n");
        Answer::Raw([head.as_bytes(), &CONTENT[from..]].concat())
    };
    let proper = format!("content-range: bytes {from}-{}/{length}\r\n", length - 1);
    let other_place = format!("content-range: bytes {}-{}/{length}\r\n", from - 1, length - 2);
    let other_size = format!("content-range: bytes {from}-{length}/{}\r\n", length + 1);
    for (answer, ranges) in [
        // The server knows no ranges, or the file is another one by now: it sends all of it.
        (None, vec![None, Some(from)]),
        (Some(partial("etag: \"another\"\r\n", &proper)), vec![None, Some(from), None]),
        (Some(partial(&etag(), &other_place)), vec![None, Some(from), None]),
        (Some(partial(&etag(), &other_size)), vec![None, Some(from), None]),
        (Some(partial(&etag(), "")), vec![None, Some(from), None]),
        (Some(Answer::with_headers(416, "content-range: bytes */5\r\n", "")), vec![None, Some(from), None]),
    ] {
        let answer = Mutex::new(answer);
        let (outcome, seen) =
            resumed(|| cut(&etag(), 10), move |_, _| answer.lock().expect("no panic").take().unwrap_or_else(whole))
                .await;
        assert_eq!(outcome.expect("the file"), CONTENT);
        assert_eq!(seen, ranges);
    }
    // Without a validator, or with a weak one, nobody knows whether the rest belongs to what is here.
    for etag in ["", "etag: W/\"x\"\r\n"] {
        let (outcome, ranges) = resumed(move || cut(etag, 10), move |_, _| Answer::Raw(served(etag, None))).await;
        assert_eq!((outcome.expect("the file").as_slice(), ranges), (CONTENT, vec![None, None]));
    }
    // A part that nobody asked for is never taken for the whole.
    let (outcome, ranges) =
        resumed(|| Answer::Raw(served(&etag(), Some(5))), |_, _| Answer::Raw(served(&etag(), Some(5)))).await;
    assert_eq!(outcome.expect_err("an error").kind(), Kind::Integrity);
    assert_eq!(ranges, [None, None, None]);
}

#[tokio::test]
async fn a_download_that_never_gets_on_ends() {
    let (outcome, ranges) = resumed(|| cut(&etag(), 10), |_, _| Answer::Cut(Vec::new())).await;
    let failed = outcome.expect_err("an error");
    assert_eq!((failed.kind(), failed.record().attempts), (Kind::Network, 3));
    assert_eq!(ranges.len(), 3);
}

#[tokio::test]
async fn wrong_bytes_are_told_and_removed() {
    let wrong = "0123456789abcdef0123456789ABCDEF";
    for etag in [format!("etag: \"{wrong}\"\r\n"), format!("etag: {wrong}\r\n")] {
        let (outcome, ranges) = resumed(move || Answer::Raw(served(&etag, None)), |_, _| whole()).await;
        let failed = outcome.expect_err("an error");
        assert_eq!(named(&failed), (Kind::Integrity, "wrong_hash"));
        assert_eq!(ranges, [None], "they are not fetched again unasked");
    }
    // The second half comes from other bytes of the same length.
    let second = |_, asked: &Asked| {
        let mut answer = served(&etag(), range(asked));
        *answer.last_mut().expect("a byte") ^= 1;
        Answer::Raw(answer)
    };
    let (outcome, _) = resumed(|| cut(&etag(), 10), second).await;
    assert_eq!(outcome.expect_err("an error").kind(), Kind::Integrity);
    // What is no MD5 says nothing of the bytes.
    let (outcome, _) = resumed(|| Answer::Raw(served("etag: \"5f-1a\"\r\n", None)), |_, _| whole()).await;
    assert_eq!(outcome.expect("the file"), CONTENT);
}

/// Answers an old token as if none had been sent.
fn ignores_old_tokens(asked: &Asked, premium: bool) -> Answer {
    if asked.is("login") {
        return success(json!({"auth_token": "fresh-token"}));
    }
    if is_file(asked) {
        return whole();
    }
    let fresh = asked.json()["auth_token"] == "fresh-token";
    if fresh && premium { url(asked) } else { free(asked) }
}

fn logins(server: &Server) -> usize {
    server.asked().iter().filter(|asked| asked.is("login")).count()
}

#[tokio::test]
async fn a_session_that_is_treated_as_nobodys_is_renewed_once() {
    let account = |server: &Server, old: bool| {
        let session = json!({"service": "keep2share", "base_url": server.base_url, "token": "old-token"});
        let session = old.then(|| session.to_string());
        client(&server.base_url, json!({"username": "me", "password": "secret", "session": session}))
    };
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(|_, asked| ignores_old_tokens(asked, true)).await;
    let reply = download(&account(&server, true), FILE, &folder.path().join("x")).await;
    assert!(reply.session.is_some(), "the program hears of the new session");
    assert!(reply.outcome.is_ok());
    assert_eq!(logins(&server), 1);

    // An account without premium: now it is true, and stays so for this session.
    let server = Server::start(|_, asked| ignores_old_tokens(asked, false)).await;
    for (old, sent) in [(true, 3), (false, 2)] {
        let (client, before) = (account(&server, old), server.asked().len());
        for more in [sent, 1] {
            let before = server.asked().len();
            let reply = download(&client, FILE, folder.path()).await;
            assert_eq!(reply.needs, Some(Needed::FreeDownload { target: FILE.into() }));
            assert_eq!(server.asked().len() - before, more);
        }
        assert_eq!(server.asked()[before..].iter().filter(|asked| asked.is("login")).count(), 1);
        // However old the session grows: it was good when the service said the same.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(3600)).await;
        tokio::time::resume();
        let before = server.asked().len();
        assert!(download(&client, FILE, folder.path()).await.needs.is_some());
        assert_eq!(server.asked().len() - before, 1);
    }
    // A key is no session.
    let before = logins(&server);
    let reply = download(&client(&server.base_url, json!({"access_token": "some-key"})), FILE, folder.path()).await;
    assert!(reply.needs.is_some());
    assert_eq!(logins(&server), before);
}

#[tokio::test]
async fn a_flow_signs_in_on_its_way_and_asks_for_that_too() {
    let server = Server::start(|_, asked| {
        if asked.is("requestReCaptcha") {
            return success(json!({"challenge": "of-the-login", "captcha_url": address(asked, "page")}));
        }
        if asked.is("login") {
            return match asked.json()["re_captcha_response"].as_str() {
                Some("the code") => success(json!({"auth_token": "fresh-token"})),
                _ => refusal(33, json!({})),
            };
        }
        assert!(is_file(asked) || asked.is("requestCaptcha") || asked.json()["auth_token"] == "fresh-token");
        free(asked)
    })
    .await;
    let (client, cancel) =
        (client(&server.base_url, json!({"username": "me", "password": "secret"})), CancelHandle::new());
    let folder = tempfile::tempdir().expect("a folder");
    let reply = download(&client, FILE, folder.path()).await;
    assert_eq!(reply.needs, Some(Needed::SignIn));

    let flow = client.free_download(FILE);
    let step = flow.start(&cancel).await.expect("a captcha");
    assert_eq!(captcha_of(&step), ("page".into(), "of-the-login".into()));
    assert_eq!(flow.answer("wrong", &cancel).await.expect_err("an error").kind(), Kind::CaptchaRequired);
    let step = flow.answer("the code", &cancel).await.expect("the next captcha");
    assert_eq!(captcha_of(&step), ("image".into(), "c1".into()));
    flow.answer("right", &cancel).await.expect("a wait");
    match flow.proceed(&cancel).await.expect("the end") {
        Step::Done { session } => assert!(session.expect("the session").contains("fresh-token")),
        other => panic!("the end, not {other:?}"),
    }
    assert!(download(&client, FILE, folder.path()).await.outcome.is_ok());
}

#[tokio::test]
async fn tickets_and_answers_are_shown_nowhere() {
    let server = Server::start(|_, asked| {
        if asked.is("requestCaptcha") {
            return challenge(asked);
        }
        let body = asked.json();
        match (body["free_download_key"].as_str(), body["captcha_response"].as_str()) {
            (None, None) => refusal(30, json!({})),
            (None, Some("planted-answer")) => success(json!({"free_download_key": "planted-ticket", "time_wait": 0})),
            _ => refusal(42, json!({"message": format!("you sent {body}")})),
        }
    })
    .await;
    let (client, cancel) = (nobody(&server), CancelHandle::new());
    let flow = client.free_download(FILE);
    flow.start(&cancel).await.expect("a captcha");
    flow.answer("planted-answer", &cancel).await.expect("a wait");
    let failed = flow.proceed(&cancel).await.expect_err("an error");
    let shown = format!("{failed} {failed:?} {} {flow:?} {client:?}", failed.to_json());
    assert!(shown.contains("you sent") && !shown.contains("planted"), "{shown}");
}
