//! The way to a link for who has no premium: captchas, waits, tickets, turns, and signing in on the way.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Answer, Asked, Server};
use fileferry_core::border::{Answer as Given, CancelHandle, Client, Destination, Kind, Needed, Phase, Progress, Step};
use serde_json::{Value, json};

use super::{
    CONTENT, FILE, address, client, cut, download, entry, error, etag, header, is_file, left_in, md5, named, nobody,
    premium, range, refusal, served, success, url, whole,
};

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

/// The options of a call that began so many seconds ago.
fn begun_ago(seconds: f64, deadline: f64) -> Vec<u8> {
    let begun = fileferry_core::border::clock_ms() - seconds * 1000.0;
    json!({"begun_ms": begun, "deadline_ms": deadline * 1000.0}).to_string().into_bytes()
}

fn needed() -> Needed {
    Needed::FreeDownload { target: FILE.into() }
}

#[tokio::test]
async fn a_wait_that_nobody_sees_is_no_longer_than_the_cap_or_the_call() {
    let server = Server::start(|_, asked| free(asked)).await;
    let cancel = CancelHandle::new();
    let capped = client(&server.base_url, json!({"retry_after_cap_ms": 29_999, "free_wait_margin_ms": 0}));
    let [plain, limited] = [json!({}), json!({"deadline_ms": 20_000})].map(|options| client(&server.base_url, options));
    // Beyond the cap; beyond the call's own deadline; beyond the client's, as the call has none.
    let own = json!({"begun_ms": fileferry_core::border::clock_ms()}).to_string().into_bytes();
    for (client, options) in [(capped, begun_ago(0.0, 600.0)), (plain, begun_ago(0.0, 25.0)), (limited, own)] {
        let flow = client.flow(needed(), &options).expect("a flow");
        flow.start(&cancel).await.expect("a captcha");
        let wait = wait_of(&flow.answer("right", &cancel).await.expect("a wait"));
        let asked = server.asked().len();
        let failed = flow.wait_unseen(&cancel).await.expect_err("too long");
        assert_eq!(named(&failed), (Kind::WaitRequired, "free_download_too_early"));
        assert_eq!((failed.record().retry_after_ms, failed.record().retryable), (Some(wait), true));
        assert_eq!(server.asked().len(), asked);
        assert_eq!(wait_of(&flow.step().await.expect("the wait still")), wait);
        assert!(is_done(&flow.proceed(&cancel).await.expect("the end")), "a program may wait as long as it likes");
    }
}

#[tokio::test]
async fn a_deadline_is_one_for_a_call_and_the_flow_that_it_needs() {
    let server = Server::start(|_, asked| free(asked)).await;
    let (cancel, folder) = (CancelHandle::new(), tempfile::tempdir().expect("a folder"));
    let client = nobody(&server);
    let flow = client.flow(needed(), &begun_ago(600.0, 602.0)).expect("a flow");
    flow.start(&cancel).await.expect("a captcha");
    wait_of(&flow.answer("right", &cancel).await.expect("a wait"));
    let asked = server.asked().len();
    assert_eq!(flow.wait_out(&cancel).await.expect_err("the end of the call").kind(), Kind::Timeout);
    let late = flow.proceed(&cancel).await.expect_err("nothing is left");
    assert_eq!((late.kind(), late.record().retryable), (Kind::Timeout, true));
    assert_eq!(flow.wait_unseen(&cancel).await.expect_err("nothing is left").kind(), Kind::Timeout);

    // So does the call when it is made again, be the deadline its own or the client's.
    let limited = super::client(&server.base_url, json!({"deadline_ms": 600_000}));
    let began = fileferry_core::border::clock_ms() - 600_000.0;
    for (client, options) in
        [(&client, begun_ago(600.0, 600.0)), (&limited, json!({"begun_ms": began}).to_string().into_bytes())]
    {
        let to = Destination::File { path: folder.path().to_owned(), overwrite: false };
        let arguments = json!({"target": FILE}).to_string();
        let reply = client.download(to, arguments.as_bytes(), &options, None, &cancel).await;
        assert_eq!(error(reply).kind(), Kind::Timeout);
    }
    assert_eq!(server.asked().len(), asked, "nothing is sent when the time is over");
}

#[tokio::test]
async fn an_answer_to_a_captcha_that_is_over_is_not_sent() {
    let challenges = AtomicUsize::new(0);
    let server = Server::start(move |_, asked| match asked.is("requestCaptcha") {
        true => {
            let challenge = format!("c{}", challenges.fetch_add(1, Ordering::Relaxed));
            success(json!({"challenge": challenge, "captcha_url": address(asked, "captcha")}))
        }
        false => free(asked),
    })
    .await;
    let (client, cancel) = (nobody(&server), CancelHandle::new());
    let flow = client.free_download(FILE);
    let (_, first) = captcha_of(&flow.start(&cancel).await.expect("a captcha"));
    let wrong = flow.answer_to(Some(&first), "wrong", &cancel).await.expect_err("a wrong answer");
    assert_eq!(wrong.kind(), Kind::CaptchaInvalid);
    let (_, second) = captcha_of(&flow.step().await.expect("a step"));

    let asked = server.asked().len();
    let over = flow.answer_to(Some(&first), "right", &cancel).await.expect_err("it is over");
    assert_eq!(named(&over), (Kind::InvalidArgument, "step_is_over"));
    assert_eq!(captcha_of(&flow.step().await.expect("a step")).1, second);
    assert_eq!(server.asked().len(), asked);

    wait_of(&flow.answer_to(Some(&second), "right", &cancel).await.expect("a wait"));
    let over = flow.answer_to(Some(&second), "right", &cancel).await.expect_err("it is over");
    assert_eq!(named(&over), (Kind::InvalidArgument, "step_is_over"));
    assert_eq!(server.asked().len(), asked + 1);
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
        let session =
            json!({"service": "keep2share", "base_url": server.base_url, "tokens": {"auth_token": "old-token"}});
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
