//! The way to the server: TLS that holds, and proxies. Against the emulator, which is a program of its own.

mod emulator;
mod proxy;

use bytes::Bytes;
use emulator::Emulator;
use fileferry_core::border::{Answer, CancelHandle, Client, Destination, Error, Hooks, Kind, Reply, Source, to_plain};
use proxy::Proxy;
use serde_json::{Value, json};
use tokio::process::Command;

/// Enough for several reads and writes.
const SIZE: usize = 300_000;

fn client(emulator: &Emulator, mut options: Value) -> Client {
    options["base_url"] = emulator.base_url().into();
    options["rate"] = 0.into();
    Client::from_json("keep2share", options.to_string().as_bytes(), Hooks::default()).expect("a client")
}

/// Options that sign in with name and password and trust the emulator's authority.
fn signing_in(emulator: &Emulator) -> Value {
    let ca_bundle = &emulator.ready["ca_file"];
    json!({"username": emulator.premium("username"), "password": emulator.premium("password"), "ca_bundle": ca_bundle})
}

async fn list(client: &Client) -> Reply {
    client.call("files.getFilesList", br#"{"parent": "/"}"#, b"", &CancelHandle::new()).await
}

fn failure(reply: Reply) -> Error {
    reply.outcome.expect_err("an error")
}

fn id_of(reply: Reply) -> String {
    let Ok(Answer::Value(tape, ty)) = reply.outcome else { panic!("no entry") };
    let plain = to_plain(fileferry_core::border::shared(), &ty, &tape);
    let entry: Value = serde_json::from_str(&plain).expect("JSON");
    entry["id"].as_str().expect("an id").to_owned()
}

/// Lists, uploads, downloads, and looks at what came back.
async fn use_everything(client: &Client) {
    let cancel = CancelHandle::new();
    list(client).await.outcome.expect("a list");
    let bytes: Vec<u8> = (0..SIZE).map(|at| (at * 7 / 5) as u8).collect();
    let arguments = br#"{"folder": "/", "name": "sent.bin"}"#;
    let source = Source::Bytes(Bytes::from(bytes.clone()));
    let id = id_of(client.upload(source, arguments, b"", None, &cancel).await);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("came.bin");
    let to = Destination::File { path: path.clone(), overwrite: false };
    let target = json!({"target": id}).to_string();
    client.download(to, target.as_bytes(), b"", None, &cancel).await.outcome.expect("a download");
    assert!(std::fs::read(path).expect("a file") == bytes, "other bytes came back");
}

#[tokio::test]
async fn signs_in_lists_uploads_and_downloads_over_tls() {
    let emulator = Emulator::start(&["--tls"]);
    assert!(emulator.base_url().starts_with("https://"));
    use_everything(&client(&emulator, signing_in(&emulator))).await;
}

#[tokio::test]
async fn an_authority_that_is_not_trusted_is_an_error_of_tls() {
    let emulator = Emulator::start(&["--tls"]);
    let mut options = signing_in(&emulator);
    options["ca_bundle"] = Value::Null;
    let error = failure(list(&client(&emulator, options.clone())).await);
    assert_eq!(error.kind(), Kind::Tls, "{error}");
    assert!(error.to_string().contains("ca_bundle"), "{error}");
    // The authority of another run is no better.
    let other = Emulator::start(&["--tls"]);
    options["ca_bundle"] = other.ready["ca_file"].clone();
    assert_eq!(failure(list(&client(&emulator, options)).await).kind(), Kind::Tls);
}

#[tokio::test]
async fn calls_and_transfers_go_through_a_proxy_in_tunnels() {
    let (emulator, proxy) = (Emulator::start(&["--tls"]), Proxy::start().await);
    let mut options = signing_in(&emulator);
    options["proxy"] = format!("http://{}", proxy.address).into();
    use_everything(&client(&emulator, options)).await;
    let tunnel = format!("CONNECT {} HTTP/1.1", emulator.host());
    let lines = proxy.lines();
    // One pool is for calls, one for bodies.
    assert!(lines.len() >= 2 && lines.iter().all(|line| *line == tunnel), "{lines:?}");
    assert!(!proxy.heard().concat().contains(emulator.premium("password")));
}

#[tokio::test]
async fn plain_requests_go_through_a_proxy_in_the_absolute_form() {
    let (emulator, proxy) = (Emulator::start(&[]), Proxy::start().await);
    let mut options = signing_in(&emulator);
    options["proxy"] = format!("http://somebody:known@{}", proxy.address).into();
    use_everything(&client(&emulator, options)).await;
    let lines = proxy.lines();
    for method in ["login", "getFilesList", "getUploadFormData", "getUrl"] {
        let line = format!("POST {}/{method} HTTP/1.1", emulator.base_url());
        assert!(lines.contains(&line), "{line} is not among {lines:?}");
    }
    let elsewhere = |line: &&String| !line.contains("/api/");
    let bodies: Vec<&str> = lines.iter().filter(elsewhere).filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(bodies, ["POST", "GET"], "an upload and a download: {lines:?}");
    let knows_us = |head: &String| head.to_lowercase().contains("proxy-authorization: basic c29tzwjvzhk6a25vd24=");
    assert!(proxy.heard().iter().all(knows_us), "{:?}", proxy.heard());
}

/// Told to the copy of this program that runs with a proxy in its environment: where the emulator is.
const INNER: &str = "FILEFERRY_TEST_BEHIND_A_PROXY";

/// The variables are read when a client is made, and no program may set its own while others of its threads run.
#[tokio::test]
async fn an_empty_proxy_goes_around_the_one_of_the_environment() {
    if let Ok(base_url) = std::env::var(INNER) {
        let ask = async |mut options: Value| {
            options["base_url"] = base_url.clone().into();
            let text = options.to_string();
            let client = Client::from_json("keep2share", text.as_bytes(), Hooks::default()).expect("a client");
            let reply = client.call("auth.requestCaptcha", b"", b"", &CancelHandle::new()).await;
            reply.outcome.expect("an answer");
        };
        ask(json!({"user_agent": "through"})).await;
        ask(json!({"user_agent": "around", "proxy": ""})).await;
        return;
    }
    let (emulator, proxy) = (Emulator::start(&[]), Proxy::start().await);
    let mut inner = Command::new(std::env::current_exe().expect("a path"));
    inner.args(["--exact", "an_empty_proxy_goes_around_the_one_of_the_environment", "--nocapture"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "https_proxy", "all_proxy", "no_proxy"] {
        inner.env_remove(name);
    }
    inner.env("http_proxy", format!("http://{}", proxy.address)).env(INNER, emulator.base_url());
    let output = inner.output().await.expect("a program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let heads = proxy.heard();
    assert_eq!(heads.len(), 1, "{heads:?}");
    assert!(heads[0].contains("through") && !heads[0].contains("around"), "{heads:?}");
}
