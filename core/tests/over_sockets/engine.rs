//! The life of a request.

use std::sync::{Arc, Mutex};

use crate::support::{Answer, Server};
use fileferry_core::border::{Answer as Given, CancelHandle, Client, Hooks, Kind, Needed, Reply, Source};
use serde_json::{Value, json};

fn client(base_url: &str, mut options: Value) -> Client {
    options["base_url"] = base_url.into();
    Client::from_json("keep2share", options.to_string().as_bytes(), Hooks::default()).expect("a client")
}

async fn info(client: &Client) -> Reply {
    client.call("account.accountInfo", b"", b"", &CancelHandle::new()).await
}

fn kind(reply: Reply) -> Kind {
    reply.outcome.expect_err("an error").kind()
}

fn fine() -> Answer {
    Answer::json(200, json!({"status": "success", "code": 200, "available_traffic": 5}))
}

fn refused() -> Answer {
    Answer::json(403, json!({"status": "error", "code": 403, "errorCode": 10, "message": "You are not authorized"}))
}

#[tokio::test]
async fn one_caller_renews_a_session_while_the_others_wait() {
    let server = Server::start(|_, asked| {
        if asked.is("login") {
            return Answer::json(200, json!({"status": "success", "code": 200, "auth_token": "fresh-token"}));
        }
        if asked.json()["auth_token"] == "fresh-token" { fine() } else { refused() }
    })
    .await;
    let session =
        json!({"service": "keep2share", "base_url": server.base_url, "tokens": {"auth_token": "stale-token"}})
            .to_string();
    let client =
        client(&server.base_url, json!({"username": "me", "password": "secret", "session": session, "rate": 0}));
    let replies = futures_util::future::join_all((0..20).map(|_| info(&client))).await;
    assert!(replies.iter().all(|reply| reply.outcome.is_ok()));
    assert_eq!(server.asked().iter().filter(|asked| asked.is("login")).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.session.is_some()).count(), 1, "one call tells of the new session");
    assert!(client.export_session().expect("a session").contains("fresh-token"));
}

#[tokio::test]
async fn a_session_is_renewed_once_a_call_and_never_after_a_refused_login() {
    let server = Server::start(|_, asked| match asked.is("login") {
        true => Answer::json(200, json!({"status": "success", "code": 200, "auth_token": "useless-token"})),
        false => refused(),
    })
    .await;
    let all = client(&server.base_url, json!({"username": "me", "password": "secret"}));
    assert_eq!(kind(info(&all).await), Kind::AuthenticationRequired);
    // Signed in, refused, signed in anew, refused: the end.
    assert_eq!(server.asked().len(), 4);

    let server = Server::start(|_, _| {
        Answer::json(
            406,
            json!({"status": "error", "code": 406, "errorCode": 70, "message": "Invalid login or password"}),
        )
    })
    .await;
    let wrong = client(&server.base_url, json!({"username": "me", "password": "secret"}));
    assert_eq!(kind(info(&wrong).await), Kind::InvalidCredentials);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn signing_in_on_the_way_goes_its_own_way() {
    let server = Server::start(|_, asked| match asked.is("login") {
        true => Answer::json(200, json!({"status": "success", "code": 200, "auth_token": "fresh-token"})),
        false => fine(),
    })
    .await;
    let all = client(&server.base_url, json!({"username": "me", "password": "secret"}));
    let reply = all.request("POST", "some/path", b"", br#"{"extra": {"more": 1}}"#, &CancelHandle::new()).await;
    assert!(reply.outcome.is_ok());
    let asked = server.asked();
    assert!(asked[0].is("login"), "{}", asked[0].line);
    assert_eq!(asked[0].json(), json!({"username": "me", "password": "secret"}));
    assert!(asked[1].is("some/path"), "{}", asked[1].line);
    assert_eq!(asked[1].json(), json!({"auth_token": "fresh-token", "more": 1}));
}

#[tokio::test]
async fn cancelling_closes_the_socket() {
    let mut server = Server::start(|_, _| Answer::Hold).await;
    let client = client(&server.base_url, json!({"access_token": "some-key"}));
    let cancel = CancelHandle::new();
    let call = tokio::spawn({
        let cancel = cancel.clone();
        async move { client.call("account.accountInfo", b"", b"", &cancel).await }
    });
    server.held.recv().await.expect("the server holds the answer");
    cancel.cancel();
    server.left.recv().await.expect("the client left");
    assert_eq!(kind(call.await.expect("no panic")), Kind::Cancelled);
}

#[tokio::test]
async fn closing_ends_calls_and_frees_their_sockets() {
    let mut server = Server::start(|_, _| Answer::Hold).await;
    let client = client(&server.base_url, json!({"access_token": "some-key"}));
    let call = tokio::spawn({
        let client = client.clone();
        async move { info(&client).await }
    });
    server.held.recv().await.expect("the server holds the answer");
    client.close();
    client.close();
    server.left.recv().await.expect("the client left");
    assert_eq!(kind(call.await.expect("no panic")), Kind::Closed);
    assert_eq!(kind(info(&client).await), Kind::Closed);
}

#[tokio::test]
async fn dropping_the_future_closes_the_socket() {
    let mut server = Server::start(|_, _| Answer::Hold).await;
    let client = client(&server.base_url, json!({"access_token": "some-key"}));
    let call = tokio::spawn(async move { info(&client).await });
    server.held.recv().await.expect("the server holds the answer");
    call.abort();
    server.left.recv().await.expect("the client left");
}

#[tokio::test]
async fn waits_end_at_the_idle_timeout_and_the_deadline() {
    let server = Server::start(|_, _| Answer::Hold).await;
    let idle = client(
        &server.base_url,
        json!({"access_token": "some-key", "idle_timeout_ms": 30, "max_attempts": 2, "backoff_ms": 0}),
    );
    let error = info(&idle).await.outcome.expect_err("an error");
    assert_eq!((error.kind(), error.record().attempts), (Kind::Timeout, 2));
    let deadline = client(&server.base_url, json!({"access_token": "some-key", "deadline_ms": 30}));
    let error = info(&deadline).await.outcome.expect_err("an error");
    assert_eq!(error.kind(), Kind::Timeout);
    assert!(error.to_string().contains("deadline"), "{error}");
}

#[tokio::test]
async fn an_unreachable_server_is_tried_again_whatever_the_operation() {
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}/api", listener.local_addr().expect("an address"))
    };
    let client = client(&nobody, json!({"access_token": "some-key", "backoff_ms": 0}));
    let reply = client.call("files.createFolder", br#"{"name": "photos"}"#, b"", &CancelHandle::new()).await;
    let error = reply.outcome.expect_err("an error");
    assert_eq!((error.kind(), error.record().attempts, error.record().retryable), (Kind::Network, 3, true));
    assert!(!error.record().causes.is_empty(), "the chain of causes is kept");
}

#[tokio::test]
async fn a_token_never_follows_a_redirect_to_another_origin() {
    let other = Server::start(|_, _| fine()).await;
    let target = other.base_url.clone();
    let server =
        Server::start(move |_, _| Answer::with_headers(307, &format!("location: {target}/accountInfo\r\n"), "")).await;
    let client = client(&server.base_url, json!({"access_token": "some-key"}));
    assert!(info(&client).await.outcome.is_err());
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn an_answer_past_the_limit_is_refused() {
    let server =
        Server::start(|_, _| Answer::json(200, json!({"status": "success", "padding": "x".repeat(5000)}))).await;
    let client = client(&server.base_url, json!({"access_token": "some-key", "max_json": 4096}));
    assert_eq!(kind(info(&client).await), Kind::TooLarge);
}

#[tokio::test]
async fn a_plain_http_address_in_an_answer_is_refused() {
    let server = Server::start(|_, asked| match asked.is("getUrl") {
        true => Answer::json(200, json!({"status": "success", "code": 200, "url": "http://stranger.example/file"})),
        false => fine(),
    })
    .await;
    let client = client(&server.base_url, json!({"access_token": "some-key"}));
    let folder = tempfile::tempdir().expect("a folder");
    let to = fileferry_core::border::Destination::File { path: folder.path().join("x"), overwrite: false };
    let reply = client.download(to, br#"{"target": "some-file"}"#, b"", None, &CancelHandle::new()).await;
    assert_eq!(kind(reply), Kind::InvalidAnswer);
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is left behind");
}

#[tokio::test]
async fn a_file_that_grows_while_it_is_sent_never_arrives_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("growing.bin");
    std::fs::write(&path, vec![7; 3 << 20]).expect("a file");
    let grown = path.clone();
    let server = Server::start(move |_, asked| {
        assert!(asked.is("getUploadFormData"), "the form must not arrive whole");
        // Between looking at the file and sending it.
        let mut file = std::fs::OpenOptions::new().append(true).open(&grown).expect("the file");
        std::io::Write::write_all(&mut file, b"more").expect("to grow");
        let address = asked.headers.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host").to_owned();
        let form = json!({"status": "success", "code": 200, "form_action": format!("http://{address}/form"),
            "file_field": "file", "form_data": {"params": "p", "signature": "s"}});
        Answer::json(200, form)
    })
    .await;
    let client = client(&server.base_url, json!({"access_token": "some-key"}));
    let reply = client.upload(Source::Path(path), b"", b"", None, &CancelHandle::new()).await;
    assert_eq!(kind(reply), Kind::Changed);
}

#[tokio::test]
async fn calls_of_two_clients_do_not_mix() {
    let server = Server::start(|_, asked| {
        let traffic = if asked.json()["access_token"] == "first-key" { 1 } else { 2 };
        Answer::json(200, json!({"status": "success", "code": 200, "available_traffic": traffic}))
    })
    .await;
    let (first, second) = (
        client(&server.base_url, json!({"access_token": "first-key", "rate": 0})),
        client(&server.base_url, json!({"access_token": "second-key", "rate": 0})),
    );
    let replies = futures_util::future::join_all((0..40).map(|n| {
        let client = if n % 2 == 0 { first.clone() } else { second.clone() };
        async move { (n, info(&client).await) }
    }))
    .await;
    for (n, reply) in replies {
        let Ok(Given::Value(tape, _)) = reply.outcome else { panic!("an answer") };
        let reader = tape.reader();
        assert_eq!(reader.int(reader.record(reader.root()).field(0)), 1 + n % 2);
    }
}

#[test]
fn bad_options_are_told_before_anything_is_sent() {
    for (options, says) in [
        (json!({"acess_token": "x"}), "acess_token"),
        (json!({"access_token": "line\nbreak"}), "control character"),
        (json!({"access_token": 5}), "not a text"),
        (json!({"access_token": "a-key", "username": "me", "password": "pw"}), "either"),
        (json!({"username": "me"}), "belong together"),
        (json!({"base_url": "http://example.com/api"}), "http://"),
        (json!({"base_url": "ftp://example.com"}), "ftp"),
        (json!({"base_url": "https://me:pw@example.com"}), "scheme, host and path"),
        (json!({"host": "nowhere"}), "keep2share, fileboom, tezfiles"),
        (json!({"max_attempts": 0}), "max_attempts"),
        (json!({"deadline_ms": -1}), "deadline"),
        (json!({"session": "{}"}), "export_session"),
        (json!({"ca_bundle": "/nonexistent.pem"}), "ca_bundle"),
    ] {
        let error =
            Client::from_json("keep2share", options.to_string().as_bytes(), Hooks::default()).expect_err("an error");
        assert_eq!(error.kind(), Kind::InvalidArgument, "{options}");
        assert!(error.to_string().contains(says), "{options}: {error}");
    }
    let error = Client::from_json("nowhere", b"", Hooks::default()).expect_err("an error");
    assert!(error.to_string().contains("keep2share"), "{error}");
}

#[tokio::test]
async fn a_wait_past_the_cap_is_an_error_that_tells_it() {
    let server = Server::start(|_, _| Answer::with_headers(429, "retry-after: 3600\r\n", "{}")).await;
    let client = client(&server.base_url, json!({"access_token": "some-key"}));
    let error = info(&client).await.outcome.expect_err("an error");
    assert_eq!((error.kind(), error.record().retry_after_ms), (Kind::RateLimited, Some(3_600_000)));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_stream_is_not_touched_before_the_upload_reads_it() {
    let refusing = Server::start(|_, _| {
        Answer::json(406, json!({"status": "error", "code": 406, "errorCode": 30, "message": "Captcha"}))
    })
    .await;
    let client = client(&refusing.base_url, json!({"username": "me", "password": "secret"}));
    let (feeder, source) = Source::stream(3);
    let cancel = CancelHandle::new();
    let (reply, wanted) =
        tokio::join!(client.upload(source, br#"{"name": "x.bin"}"#, b"", None, &cancel), feeder.wanted());
    assert_eq!(reply.needs, Some(Needed::SignIn));
    assert!(!wanted, "the chunks are still the caller's");
}

#[tokio::test]
async fn callers_that_waited_for_a_refused_sign_in_do_not_try_again() {
    let server = Server::start(|_, _| {
        Answer::json(406, json!({"status": "error", "code": 406, "errorCode": 70, "message": "Invalid login"}))
    })
    .await;
    let client = client(&server.base_url, json!({"username": "me", "password": "wrong-one", "rate": 0}));
    let replies = futures_util::future::join_all((0..12).map(|_| info(&client))).await;
    assert!(replies.into_iter().all(|reply| kind(reply) == Kind::InvalidCredentials));
    assert_eq!(server.asked().len(), 1);
    // A call that comes later may well try: the password could have been set right meanwhile.
    assert_eq!(kind(info(&client).await), Kind::InvalidCredentials);
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_session_is_told_of_by_the_next_call_when_its_own_was_cancelled() {
    let mut server = Server::start(|number, asked| match (asked.is("login"), number) {
        (true, _) => Answer::json(200, json!({"status": "success", "code": 200, "auth_token": "fresh-token"})),
        (false, 1) => Answer::Hold,
        (false, _) => fine(),
    })
    .await;
    let client = client(&server.base_url, json!({"username": "me", "password": "secret"}));
    let cancel = CancelHandle::new();
    let call = tokio::spawn({
        let (client, cancel) = (client.clone(), cancel.clone());
        async move { client.call("account.accountInfo", b"", b"", &cancel).await }
    });
    server.held.recv().await.expect("the server holds the answer");
    cancel.cancel();
    assert!(call.await.expect("no panic").session.is_none(), "whoever cancels may not look at the reply");
    assert!(info(&client).await.session.is_some());
    assert!(info(&client).await.session.is_none());
}

#[tokio::test]
async fn what_a_server_repeats_of_a_secret_is_shown_nowhere() {
    let server = Server::start(|number, asked| {
        let body = String::from_utf8_lossy(&asked.body).into_owned();
        let echo = json!({"status": "error", "code": 406, "errorCode": 21, "message": format!("you sent {body}"),
            "errors": [{"code": 2, "message": format!("again: {body}")}]});
        match number {
            0 => Answer::with_headers(503, &format!("x-echo: {body}\r\n"), &format!("busy with {body}")),
            _ => Answer::with_headers(406, &format!("x-echo: {body}\r\n"), &echo.to_string()),
        }
    })
    .await;
    let lines = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&lines);
    let hooks =
        Hooks { on_log: Some(Arc::new(move |line| heard.lock().expect("no panic").push(line.message.clone()))) };
    let options = json!({"base_url": server.base_url, "access_token": "planted-key", "backoff_ms": 1});
    let client = Client::from_json("keep2share", options.to_string().as_bytes(), hooks).expect("a client");
    let arguments = br#"{"file_id": "a-file", "captcha_challenge": "c1", "captcha_response": "planted-answer"}"#;
    let reply = client.call("downloads.getUrl", arguments, b"", &CancelHandle::new()).await;
    let (error, lines) = (reply.outcome.expect_err("an error"), lines.lock().expect("no panic").clone());
    for shown in [format!("{error} {error:?} {}", error.to_json()), format!("{:?}", reply.response), lines.join("\n")] {
        assert!(shown.contains("a-file") && !shown.contains("planted"), "{shown}");
    }
}

#[tokio::test]
async fn an_undescribed_request_stays_below_the_base_address() {
    let server = Server::start(|_, _| fine()).await;
    let client = client(&server.base_url, json!({"access_token": "some-key"}));
    for path in ["../x", "%2e%2e/x", "..\\x", "a/%2E%2E/%2e%2e/x", "http://other.example/x", "x?y=1", ""] {
        let reply = client.request("POST", path, b"", b"", &CancelHandle::new()).await;
        assert_eq!(kind(reply), Kind::InvalidArgument, "{path}");
    }
    assert!(server.asked().is_empty());
}
