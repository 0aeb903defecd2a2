//! Remote upload: the emulator fetches for itself, from this machine alone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Member, Site};
use crate::client::{Emulator, Request, text, until};
use crate::remote::{OK, Source};

fn add(member: &Member<'_>, url: &str, fields: &[(&str, &str)]) -> String {
    let encoded = STANDARD.encode(url);
    let fields: Vec<(&str, &str)> = [("file_url_base64", encoded.as_str())].iter().chain(fields).copied().collect();
    let told = member.ok("file/url_upload_add", &fields);
    assert_eq!((&told["response"], &told["data"]["url"]), (&json!("File download from URL scheduled"), &json!(url)));
    assert!(told["data"]["scheduled_item_id"].is_u64(), "{told}");
    told["data"]["scheduled_item_id"].to_string()
}

fn status(member: &Member<'_>, id: &str) -> Value {
    let told = member.ok("file/url_upload_status", &[("scheduled_item_id", id)]);
    assert_eq!(told["response"], json!("Scheduled URL file download found"));
    told["data"].clone()
}

fn end(member: &Member<'_>, id: &str) -> Value {
    let open = ["pending", "downloading", "processing"];
    until(|| Some(status(member, id)).filter(|told| !open.contains(&text(&told["status"]).as_str())))
}

#[test]
fn an_address_becomes_a_file() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let folder = site.seed("keys", json!({"name": "f", "folder": true}));
    let source = Source::open();
    let id = add(&member, &source.url("/films/a%20film.mp4?key=1"), &[("folder_id", &folder)]);
    let pending = status(&member, &id);
    assert_eq!((&pending["status"], pending["scheduled_item_id"].to_string()), (&json!("pending"), id.clone()));
    for name in ["started", "finished", "total_size", "downloaded_file"] {
        assert_eq!(pending.get(name), Some(&Value::Null), "{name}");
    }
    source.answer(OK);
    assert_eq!(status(&member, &id)["status"], json!("downloading"));
    let told = status(&member, &id);
    assert_eq!((&told["status"], told["started"].is_string()), (&json!("processing"), true));
    let done = end(&member, &id);
    assert_eq!(
        (&done["status"], &done["total_size"], done["finished"].is_string()),
        (&json!("complete"), &json!(6), true)
    );
    let file = &done["downloaded_file"];
    assert_eq!((&file["name"], &file["size"]), (&json!("a film.mp4"), &json!(6)));
    assert!(text(&file["url"]).ends_with("/a%20film.mp4") && Request::get(&text(&file["url"])).send().status == 200);
    let info = member.ok("file/info", &[("file_id", &file["file_id"].to_string())])["data"].clone();
    assert_eq!((&info["folderId"], &info["uploadSource"]), (&json!(folder), &json!("remote")));
    assert_eq!(Request::get(&member.download_url(&file["file_id"].to_string())).send().body, b"abcdef");
    assert_eq!(end(&member, &id), done, "asked again, it is the same file");
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn redirects_and_logins() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    site.set(json!({"remote_pace": {"polls": 0}}));
    let member = site.sign_in("keys");
    let source = Source::open();
    let id = add(&member, &source.url("/start").replace("http://", "http://me:se%20cret@"), &[]);
    let head = source.answer("HTTP/1.1 302 Found\r\nlocation: /the%20end.bin\r\ncontent-length: 0\r\n\r\n");
    assert!(
        head.to_lowercase().contains(&format!("authorization: basic {}", STANDARD.encode("me:se cret")).to_lowercase()),
        "{head}"
    );
    assert!(source.answer(OK).starts_with("GET /the%20end.bin "));
    assert_eq!(end(&member, &id)["downloaded_file"]["name"], json!("the end.bin"));
    let id = add(&member, &source.url("/away"), &[]);
    source.answer("HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(end(&member, &id)["status"], json!("failed"), "nothing leads off this machine");
}

#[test]
fn failures_leave_nothing() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    site.set(json!({"remote_pace": {"polls": 0}}));
    let member = site.sign_in("keys");
    for url in ["http://192.0.2.1/a.bin", "ftp://127.0.0.1/a.bin", "no address"] {
        let told = end(&member, &add(&member, url, &[]));
        assert_eq!((&told["status"], &told["downloaded_file"]), (&json!("failed"), &Value::Null), "{url}");
    }
    let source = Source::open();
    for answer in [
        "HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    ] {
        let id = add(&member, &source.url("/file.bin"), &[]);
        source.answer(answer);
        assert_eq!(end(&member, &id)["status"], json!("failed"), "{answer}");
    }
    for word in ["cancelled", "paused by the moon"] {
        site.set(json!({"remote_end": word}));
        let id = add(&member, &source.url("/file.bin"), &[]);
        source.answer(OK);
        until(|| Some(status(&member, &id)).filter(|told| told["status"] == json!(word)));
    }
    assert_eq!(member.names("").1, [""; 0]);
}

#[test]
fn what_is_refused() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let refused = |fields: &[(&str, &str)]| member.refused("file/url_upload_add", fields);
    assert_eq!(refused(&[]), "Please provide the file_url_base64 param.");
    for wrong in ["http://x", "%%%", "/w=="] {
        let text = refused(&[("file_url_base64", wrong)]);
        assert_eq!(text, "Could not parse the file_url_base64 parameter. Ensure it's base64 encoded.", "{wrong}");
    }
    site.set(json!({"curl": false}));
    assert!(refused(&[("file_url_base64", "aHR0cDovL3g")]).starts_with("PHP Curl module does not exist"));
    site.set(json!({"curl": true, "background_downloads": false}));
    let reply = member.post("file/url_upload_add", &[("file_url_base64", "aHR0cDovL3g")]);
    assert_eq!(
        (reply.status, &reply.json()["0"]),
        (404, &json!("No method found within endpoint (file): url_upload_add"))
    );
    site.set(json!({"background_downloads": true}));
    assert_eq!(member.refused("file/url_upload_status", &[]), "Please provide the scheduled_item_id param.");
    let source = Source::open();
    let id = add(&member, &source.url("/x"), &[]);
    let other = site.sign_in("free");
    for id in [id.as_str(), "9999"] {
        assert!(other.refused("file/url_upload_status", &[("scheduled_item_id", id)]).starts_with("Could not find"));
    }
    let few = site.new_account("keys", json!({"max_remote_download_urls": 1}));
    let few = site.sign_in_as(&few);
    add(&few, &source.url("/x"), &[]);
    few.refused("file/url_upload_add", &[("file_url_base64", "aHR0cDovL3g")]);
}

#[test]
fn the_clock_may_set_the_pace() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    site.set(json!({"remote_pace": {"seconds": 100}}));
    let member = site.sign_in("keys");
    let source = Source::open();
    let id = add(&member, &source.url("/file.bin"), &[]);
    source.answer(OK);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.extend([status(&member, &id)["status"].clone(), status(&member, &id)["status"].clone()]);
        site.advance(100);
    }
    assert_eq!(json!(seen), json!(["pending", "pending", "downloading", "downloading", "processing", "processing"]));
    until(|| Some(member.names("").1).filter(|names| !names.is_empty()));
    assert_eq!(status(&member, &id)["status"], json!("complete"));
}
