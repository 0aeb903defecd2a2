//! The upload and everything that it is refused for.

use serde_json::{Value, json};

use super::{Form, Member, Site, refusal};
use crate::client::{Emulator, Request, text};

#[test]
fn a_file_is_stored_and_told_about() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let folder = site.seed("keys", json!({"name": "f", "folder": true}));
    let told = member.uploaded("a b.TXT", "abc", &[("folder_id", &folder)]);
    let (url, short, hash) = (text(&told["url"]), text(&told["short_url"]), text(&told["delete_hash"]));
    for (name, value) in [
        ("name", json!("a b.TXT")),
        ("size", json!("3")),
        ("type", json!("application/octet-stream")),
        ("error", Value::Null),
        ("delete_url", json!(format!("{url}~d?{hash}"))),
        ("info_url", json!(format!("{url}~i"))),
        ("delete_type", json!("DELETE")),
        ("hash", json!("900150983cd24fb0d6963f7d28e17f72")),
        ("stats_url", json!(format!("{url}~s"))),
        ("url_bbcode", json!(format!("[url]{url}[/url]"))),
    ] {
        assert_eq!(told[name], value, "{name}");
    }
    assert!(url.ends_with(&format!("/yetishare/{short}")) && text(&told["url_html"]).contains("target=\"_blank\""));
    assert_eq!((hash.len(), told["unique_hash"].as_str().map(str::len)), (32, Some(64)));
    let id = text(&told["file_id"]);
    let info = member.ok("file/info", &[("file_id", &id)])["data"].clone();
    assert_eq!((&info["folderId"], &info["uploadSource"]), (&json!(folder), &json!("api")));
    assert_eq!(Request::get(&member.download_url(&id)).send().body, b"abc");
    assert_eq!(site.violations(), [""; 0]);
    let form = site.ask("requests?operation=file.upload")["requests"][0]["form"].clone();
    assert_eq!((&form[3]["name"], &form[3]["size"]), (&json!("upload_file"), &json!(3)));
}

#[test]
fn equal_names_get_numbers() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let folder = site.seed("keys", json!({"name": "f", "folder": true}));
    let name = |name: &str, fields: &[(&str, &str)]| text(&member.uploaded(name, "x", fields)["name"]);
    let named = ["a.tar.gz", "a.tar.gz", "a.tar.gz", "README", "README"].map(|given| name(given, &[]));
    assert_eq!(named, ["a.tar.gz", "a.tar (2).gz", "a.tar (3).gz", "README", "README (2)"]);
    assert_eq!(name("a.tar.gz", &[("folder_id", &folder)]), "a.tar.gz", "another folder, another name");
    assert_eq!(name(" <b>x</b>.bin ", &[]), "x.bin", "names are cleaned too");
}

#[test]
fn unknown_folders_are_the_root() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let foreign = site.seed("free", json!({"name": "f", "folder": true}));
    let trashed = site.seed("keys", json!({"name": "f", "folder": true, "status": "trash"}));
    for folder in ["", "0", "9999", &foreign, &trashed] {
        let id = text(&member.uploaded("a.bin", "abc", &[("folder_id", folder)])["file_id"]);
        assert_eq!(member.ok("file/info", &[("file_id", &id)])["data"]["folderId"], Value::Null, "{folder:?}");
    }
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn what_php_does_to_files() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let zero = "Filesize received was zero.";
    assert_eq!(refusal(&member.upload("a.bin", "", &[])), zero);
    site.set(json!({"upload_max_filesize": 5}));
    assert_eq!(refusal(&member.upload("a.bin", "123456", &[])), zero);
    member.uploaded("a.bin", "12345", &[]);
    site.set(json!({"upload_max_filesize": 0, "post_max_size": 2000}));
    assert_eq!(refusal(&member.upload("a.bin", vec![b'x'; 4000], &[])), "Please provide the access_token param.");
    member.uploaded("a.bin", "12345", &[]);
    assert_eq!(site.violations(), [""; 0]);
}

fn refused_upload(member: &Member<'_>, name: &str, bytes: &str) -> String {
    let text = refusal(&member.upload(name, bytes, &[]));
    match text.strip_prefix("Error on: http://").and_then(|rest| rest.split_once(". ")) {
        Some((_, reason)) => reason.to_owned(),
        None => text,
    }
}

#[test]
fn what_the_uploader_refuses() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let md5 = "900150983cd24fb0d6963f7d28e17f72";
    for (settings, name, reason) in [
        (json!({"accepted_types": ["jpg"]}), "a.bin", "acceptFileTypes"),
        (
            json!({"banned_types": [".EXE"]}),
            "a.exe",
            "File could not be uploaded due to that file type being banned by the site admin",
        ),
        (json!({"min_upload_size": 4}), "a.bin", "minFileSize"),
        (json!({"blocked_hashes": [md5]}), "a.bin", "File content has been blocked from being uploaded."),
        (
            json!({"uploads_enabled": false}),
            "a.bin",
            "Uploading is currently disabled on the site, please try again later.",
        ),
        (json!({"upload_servers": 0}), "a.bin", "No available upload servers, exiting."),
        (
            json!({"curl": false}),
            "a.bin",
            "PHP Curl module does not exist on your server/web hosting. It will need to be enabled to use this upload feature.",
        ),
    ] {
        let usual = site.ask("settings")["yetishare"].clone();
        site.set(settings.clone());
        assert_eq!(refused_upload(&member, name, "abc"), reason, "{settings}");
        site.set(usual);
    }
    let small = site.new_account("keys", json!({"max_upload_size": 2}));
    assert_eq!(refused_upload(&site.sign_in_as(&small), "a.bin", "abc"), "maxFileSize");
    for kind in ["no_upload", "full"] {
        refused_upload(&site.sign_in(kind), "a.bin", "abc");
    }
    assert_eq!(member.names("").1, [""; 0], "nothing was stored");
    let little = site.new_account("keys", json!({"max_storage_bytes": 5}));
    let little = site.sign_in_as(&little);
    little.uploaded("a.bin", "abc", &[]);
    refused_upload(&little, "b.bin", "abc");
    little.uploaded("b.bin", "ab", &[]);
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn forms_that_are_none() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let (address, none) = (site.address("file/upload"), "Did not receive uploaded file.");
    let wrong_part = Form::new(&member.fields(&[])).file("file", "a.bin", "abc").post(&address);
    assert_eq!(refusal(&wrong_part), none);
    assert_eq!(refusal(&member.post("file/upload", &[])), none);
    let query = super::encoded(&member.fields(&[]));
    assert_eq!(refusal(&Request::get(&format!("{address}?{query}")).send()), none);
    let two = Form::new(&member.fields(&[])).file("upload_file", "a.bin", "abc").file("upload_file", "b.bin", "de");
    assert_eq!(two.post(&address).json()["data"][0]["name"], json!("b.bin"));
    let before = Form::new(&[]).file("upload_file", "a.bin", "abc").post(&address);
    assert_eq!(refusal(&before), "Please provide the access_token param.");
    let part = "no file in the part \"upload_file\"";
    assert_eq!(
        site.violations(),
        [
            part,
            "an upload is multipart/form-data",
            part,
            "an upload is posted",
            "more than one file in a form",
            "parameter \"access_token\" is missing",
            "parameter \"account_id\" is missing",
        ]
    );
}

#[test]
fn the_order_of_checks() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    site.set(json!({"demo_mode": true}));
    assert_eq!(refusal(&member.upload("a.bin", "", &[])), "This API feature is not available in demo mode.");
    site.sign_in("keys");
    let text = refusal(&member.upload("a.bin", "abc", &[]));
    assert_eq!(text, "Could not validate access_token and account_id, please reauthenticate or try again.");
}
