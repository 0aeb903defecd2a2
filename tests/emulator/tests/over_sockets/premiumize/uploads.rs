//! Uploads in two steps.

use serde_json::{Value, json};

use super::{forget, good, key, origin, refusal, seed, world};
use crate::client::{Emulator, Reply, Request, World, text};

/// An upload's form, sent to where it belongs.
fn send(url: &str, fields: &[(&str, &str)], file_field: &str, name: &str, bytes: &[u8]) -> Request {
    const BOUNDARY: &str = "a-boundary-of-the-test";
    let mut body = Vec::new();
    for (field, value) in fields {
        let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head =
        format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{file_field}\"; filename=\"{name}\"\r\n\r\n");
    body.extend(head.into_bytes());
    body.extend_from_slice(bytes);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    Request::new("POST", url).header("content-type", &format!("multipart/form-data; boundary={BOUNDARY}")).body(body)
}

fn upload(world: &World, pairs: super::Pairs<'_>, name: &str, bytes: &[u8]) -> Reply {
    let info = good(world, "folder/uploadinfo", pairs);
    send(&text(&info["url"]), &[("token", &text(&info["token"]))], "file", name, bytes).send()
}

#[test]
fn bytes_come_back_as_they_went() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let folder = seed(&world, json!({"name": "box", "folder": true}));
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|number| (number % 251) as u8).collect();
    let info = good(&world, "folder/uploadinfo", &[("id", &folder)]);
    assert_ne!(origin(&text(&info["url"])), origin(&world.base_url()));
    let reply = upload(&world, &[("id", &folder)], "größe.bin", &bytes);
    assert_eq!((reply.status, reply.json()), (200, json!({"status": "success"})));
    let listed = good(&world, "folder/list", &[("id", &folder)])["content"][0].clone();
    assert_eq!((&listed["name"], &listed["size"]), (&json!("größe.bin"), &json!(1_000_000)));
    assert!(Request::get(&text(&listed["link"])).send().body == bytes);
    assert_eq!(good(&world, "account/info", &[])["space_used"], json!(1_000_000));
    assert_eq!(upload(&world, &[], "empty", b"").json()["status"], json!("success"));
    assert_eq!(world.violations(), [""; 0]);
    assert_eq!(world.outcomes("upload"), ["answered", "answered"]);
}

#[test]
fn a_token_is_good_once() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let info = good(&world, "folder/uploadinfo", &[]);
    let (url, token) = (text(&info["url"]), text(&info["token"]));
    assert_eq!(send(&url, &[("token", &token)], "file", "a.bin", b"1").send().json()["status"], json!("success"));
    assert_eq!(refusal(&send(&url, &[("token", &token)], "file", "b.bin", b"1").send()).0, json!("permission_denied"));
    assert_eq!(world.violations(), ["an upload token is good for one upload"]);
    forget(&world);
    let info = good(&world, "folder/uploadinfo", &[]);
    world.order("expire", json!({"what": "forms"}));
    let late = send(&text(&info["url"]), &[("token", &text(&info["token"]))], "file", "b.bin", b"1").send();
    assert_eq!(refusal(&late).0, json!("permission_denied"));
    assert_eq!(world.violations(), [""; 0], "a token that lapsed is no fault of the client");
}

#[test]
fn names_that_are_taken() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let names = || -> Vec<Value> {
        let listed = good(&world, "folder/list", &[])["content"].clone();
        listed.as_array().expect("a list").iter().map(|item| item["name"].clone()).collect()
    };
    upload(&world, &[], "a.b.txt", b"1");
    assert_eq!(refusal(&upload(&world, &[], "A.B.TXT", b"2")).0, Value::Null);
    world.odd("upload_name_again");
    upload(&world, &[], "a.b.txt", b"2");
    world.odd("upload_renames");
    world.odd("upload_message");
    assert!(upload(&world, &[], "a.b.txt", b"3").json()["message"].is_string());
    assert_eq!(names(), ["a.b.txt", "a.b.txt", "a.b (1).txt"]);
    assert_eq!(refusal(&upload(&world, &[], "a\\b", b"3")).0, json!("invalid_request"));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn an_address_that_leads_nowhere() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let url = || text(&good(&world, "folder/uploadinfo", &[])["url"]);
    world.odd("upload_host_unknown_at_first");
    let urls = [url(), url(), url()];
    let unknown = |url: &String| url.starts_with("https://node-") && url.contains(".invalid/");
    assert_eq!(urls.each_ref().map(unknown), [true, false, true]);
    world.odd("upload_host_unknown");
    assert!(unknown(&url()) && unknown(&url()));
}

#[test]
fn forms_that_no_document_allows() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let info = || {
        let info = good(&world, "folder/uploadinfo", &[]);
        (text(&info["url"]), text(&info["token"]))
    };
    let key = key(&world, "premium");
    let noted = |request: Request| {
        forget(&world);
        let reply = request.send();
        (reply.status, world.violations())
    };
    let (url, token) = info();
    let told = ["an upload has one file in the field \"file\"".to_owned()];
    assert_eq!(noted(send(&url, &[("token", &token)], "upload", "a", b"1")).1[1..], told[..]);
    assert_eq!(noted(send(&url, &[], "file", "a", b"1")), (200, vec!["an upload has one token".to_owned()]));
    let unknown = vec!["the upload token was never given out".to_owned()];
    assert_eq!(noted(send(&url, &[("token", "x")], "file", "a", b"1")), (200, unknown));
    let (url, token) = info();
    let fields = [("token", token.as_str()), ("apikey", key.as_str())];
    let told = vec!["a key or token went to a storage host".to_owned(), "unknown field \"apikey\"".to_owned()];
    assert_eq!(noted(send(&url, &fields, "file", "a", b"1")), (200, told));
    let told = vec!["an upload is multipart/form-data".to_owned()];
    assert_eq!(noted(super::post(&url, &[("token", &token)])), (400, told));
    world.fault("upload", "error", json!({"message": "no"}));
    let (url, token) = info();
    let refused = refusal(&send(&url, &[("token", &token)], "file", "b", b"1").send());
    assert_eq!(refused, (Value::Null, json!("no")));
    assert_eq!(send(&url, &[("token", &token)], "file", "b", b"1").send().json()["status"], json!("success"));
}

#[test]
fn space_ends() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let account = world.order("accounts", json!({"service": super::NAME, "kind": "premium", "space": 5}));
    let bearer = format!("Bearer {}", text(&account["api_key"]));
    let put = |name: &str| {
        let info = super::post(&super::address(&world, "folder/uploadinfo"), &[]);
        let info = info.header("authorization", &bearer).send().json();
        send(&text(&info["url"]), &[("token", &text(&info["token"]))], "file", name, b"123").send()
    };
    assert_eq!(put("a").json()["status"], json!("success"));
    assert_eq!(refusal(&put("b")), (Value::Null, json!("Your space is full! Please delete old files first!")));
}
