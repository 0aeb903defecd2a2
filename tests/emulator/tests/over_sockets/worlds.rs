//! Starting, stopping, worlds apart from each other, TLS.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;

use crate::client::{Emulator, Reply, Request, text};

#[test]
fn the_ready_line_tells_everything() {
    let emulator = Emulator::start();
    let ready = &emulator.ready;
    assert!(text(&ready["control"]).starts_with("http://127.0.0.1:"));
    assert!(ready.get("ca_file").is_none());
    let service = &ready["services"]["keep2share"];
    assert!(text(&service["base_url"]).starts_with(&text(&ready["control"])));
    let kinds =
        ["free", "premium", "partner", "expired", "blocked", "captcha", "recaptcha", "ip_bound", "restricted_ip"];
    for kind in kinds {
        for member in ["username", "password", "access_token"] {
            assert!(service["accounts"][kind][member].is_string(), "{kind} {member}");
        }
    }
    assert_eq!(Request::get(&text(&ready["control"])).send().json()["services"], ready["services"]);
}

#[test]
fn equal_seeds_give_equal_worlds() {
    let accounts = |seed| Emulator::with_flags(&["--seed", seed]).ready["services"]["keep2share"]["accounts"].clone();
    assert_eq!(accounts("7"), accounts("7"));
    assert_ne!(accounts("7"), accounts("8"));
}

#[test]
fn a_port_is_kept() {
    let port = text(&Emulator::start().ready["control"]).rsplit(':').next().map(str::to_owned).expect("a port");
    let emulator = Emulator::with_flags(&["--port", &port]);
    assert_eq!(emulator.ready["control"], json!(format!("http://127.0.0.1:{port}")));
}

#[test]
fn worlds_know_nothing_of_each_other() {
    let emulator = Emulator::start();
    let (one, other) = (emulator.new_world(), emulator.new_world());
    let session = one.login("premium");
    assert_eq!(other.call("accountInfo", json!({"auth_token": session})).status, 403);
    assert_eq!(other.call("accountInfo", json!({"access_token": one.account("premium")["access_token"]})).status, 403);
    let file = one.seed(json!({"size": 10}));
    assert_eq!(other.call_as("premium", "getUrl", json!({"file_id": file})).refusal(), (406, json!(20)));
    one.fault("*", "status", json!({"times": null}));
    one.odd("message_on_success");
    one.order("clock", json!({"advance_s": 100_000}));
    let seen = other.call_as("premium", "accountInfo", json!({}));
    assert_eq!((seen.status, &seen.json()["message"]), (200, &json!(null)));
    other.call_as("premium", "accountInfo", json!({"wrong": 1}));
    assert_eq!((one.violations().len(), other.violations().len()), (0, 1));
    assert_eq!((one.outcomes("accountInfo").len(), other.outcomes("accountInfo").len()), (0, 4));
    assert!(one.ask("clock")["now"].as_i64() > other.ask("clock")["now"].as_i64().map(|now| now + 90_000));
}

#[test]
fn a_removed_world_is_gone() {
    let emulator = Emulator::start();
    let world = emulator.new_world();
    assert_eq!(Request::new("DELETE", &world.control).send().status, 200);
    assert_eq!(Request::get(&world.control).send().status, 404);
    assert_eq!(world.call("login", json!({})).status, 404);
    let control = text(&emulator.ready["control"]);
    assert_eq!(Request::new("DELETE", &format!("{control}/worlds/default")).send().status, 404);
}

#[test]
fn requests_are_shown_whole_and_forgotten_on_demand() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let body = json!({"username": "u", "password": "p"});
    Request::post(&format!("{}/LOGIN?a=b", world.base_url()), &body).header("x-note", "n").send();
    let seen = world.ask("requests")["requests"][0].clone();
    assert_eq!((&seen["operation"], &seen["method"], &seen["body"]), (&json!("login"), &json!("POST"), &body));
    assert_eq!((&seen["query"], &seen["headers"]["x-note"]), (&json!({"a": "b"}), &json!("n")));
    assert_eq!((&seen["status"], &seen["outcome"]), (&json!(406), &json!("answered")));
    assert_eq!(Request::new("DELETE", &format!("{}/requests", world.control)).send().status, 200);
    assert_eq!((world.ask("requests")["requests"].clone(), world.violations().len()), (json!([]), 0));
}

#[test]
fn the_folder_is_left_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_string_lossy().into_owned();
    let count = || std::fs::read_dir(folder.path()).expect("readable").count();
    let mut emulator = Emulator::with_flags(&["--dir", &path]);
    emulator.world().seed(json!({"size": 100}));
    assert_eq!(count(), 1);
    let pid = emulator.process.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
    assert!(emulator.process.wait().expect("an exit").success());
    assert_eq!(count(), 0);
}

fn over_tls(ca_file: &str, request: Request) -> Reply {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca_file).expect("a certificate")).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = request.host().split(':').next().expect("a host").to_owned();
    let name = ServerName::try_from(name).expect("a name");
    let client = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let socket = request.connect();
    request.send_over(&mut StreamOwned::new(client, socket))
}

#[test]
fn tls_for_services_and_plain_control() {
    let emulator = Emulator::with_flags(&["--tls"]);
    let world = emulator.world();
    let ca_file = text(&emulator.ready["ca_file"]);
    assert!(world.base_url().starts_with("https://127.0.0.1:"));
    let body = json!({"access_token": world.account("premium")["access_token"]});
    let asked = |host: &str, method: &str| {
        let address = format!("{}/{method}", world.base_url().replace("127.0.0.1", host));
        over_tls(&ca_file, Request::post(&address, &body))
    };
    assert_eq!(asked("127.0.0.1", "accountInfo").status, 200);
    assert_eq!(asked("localhost", "accountInfo").status, 200);
    world.odd("captcha_url_http");
    let address = text(&asked("127.0.0.1", "requestCaptcha").json()["captcha_url"]);
    assert!(address.starts_with("http://127.0.0.1:"));
    assert_eq!(world.violations(), [""; 0]);
    assert_eq!(Request::get(&address).send().status, 400);
    assert_eq!(world.violations(), ["sent over plain http although the service is served over https"]);
    world.fault("accountInfo", "truncate", json!({"at_byte": 10}));
    assert_eq!(asked("127.0.0.1", "accountInfo").body.len(), 10);
}
