//! Uploads and downloads: real bytes, ranges, signatures and their end.

use serde_json::json;

use crate::client::{Emulator, End, Request, Upload, text};

#[test]
fn bytes_come_back_as_they_went() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    let reply = Upload::prepare(&world, "/", "größe 1.bin", bytes.clone()).send();
    assert_eq!((reply.status, &reply.json()["success"]), (200, &json!(true)), "{}", reply.text());
    let id = text(&reply.json()["user_file_id"]);
    assert_eq!(reply.json()["link"], json!(format!("https://k2s.cc/file/{id}")));
    let listed = world.call_as("premium", "getFilesList", json!({})).json();
    assert_eq!(listed["files"][0]["name"], json!("größe 1.bin"));

    let link = world.link(&id);
    let got = Request::get(&link).send();
    assert_eq!((got.status, got.end, got.body == bytes), (200, End::Complete, true));
    assert_eq!(got.header("etag"), Some(format!("\"{}\"", text(&listed["files"][0]["md5"])).as_str()));
    assert_eq!(got.header("accept-ranges"), Some("bytes"));
    assert!(got.header("content-disposition").is_some_and(|value| value.contains("UTF-8''gr%C3%B6%C3%9Fe")));
    let head = Request::new("HEAD", &link).send();
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("3000000"), 0));
    assert_eq!(world.violations(), [""; 0]);
    assert_eq!(world.outcomes("download"), ["answered", "answered"]);
}

#[test]
fn an_empty_file_is_a_file() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let reply = Upload::prepare(&world, "/", "empty.bin", "").send();
    let link = world.link(&text(&reply.json()["user_file_id"]));
    let got = Request::get(&link).send();
    assert_eq!((got.status, got.header("content-length"), got.body.len()), (200, Some("0"), 0));
    assert_eq!(Request::get(&link).header("range", "bytes=0-").send().status, 416);
}

#[test]
fn ranges() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let link = world.link(&world.seed(json!({"size": 1000})));
    let whole = Request::get(&link).send();
    let etag = whole.header("etag").expect("an ETag").to_owned();
    let part = |range: &str, condition: &str| {
        let request = Request::get(&link).header("range", range);
        if condition.is_empty() { request.send() } else { request.header("if-range", condition).send() }
    };
    for (range, start, end) in
        [("bytes=0-0", 0, 0), ("bytes=990-", 990, 999), ("bytes=-10", 990, 999), ("bytes=5-2000", 5, 999)]
    {
        let got = part(range, &etag);
        assert_eq!((got.status, got.end), (206, End::Complete), "{range}");
        assert_eq!(got.header("content-range"), Some(format!("bytes {start}-{end}/1000").as_str()));
        assert_eq!(got.body, whole.body[start..=end]);
    }
    let outside = part("bytes=1000-", "");
    assert_eq!((outside.status, outside.header("content-range")), (416, Some("bytes */1000")));
    assert_eq!(part("bytes=5-9", "\"another\"").status, 200);
    assert_eq!(part("bytes=5-9,20-29", "").status, 200);
    world.odd("ranges_ignored");
    assert_eq!(part("bytes=5-9", "").status, 200);
}

#[test]
fn links_end_and_cannot_be_changed() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let file = world.seed(json!({"size": 10}));
    let link = world.link(&file);
    world.order("expire", json!({"what": "links"}));
    let ended = Request::get(&link).send();
    assert_eq!((ended.status, ended.header("content-type")), (401, Some("text/html; charset=UTF-8")));
    assert!(ended.header("www-authenticate").is_some());
    let link = world.link(&file);
    world.order("clock", json!({"advance_s": 12 * 60 * 60}));
    assert_eq!(Request::get(&link).send().status, 401);
    assert_eq!(world.violations(), [""; 0]);
    let link = world.link(&file);
    assert_eq!(Request::get(&link.replace("rate", "x").replace("name=", "name=x")).send().status, 403);
    assert_eq!(world.violations(), ["the link was never given out, or it was changed"]);
    world.call_as("premium", "deleteFiles", json!({"ids": [file]}));
    assert_eq!(Request::get(&link).send().status, 404);
}

#[test]
fn downloads_use_traffic_up() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let left = || world.call_as("premium", "accountInfo", json!({})).json()["available_traffic"].as_u64();
    let file = world.seed(json!({"size": 1000}));
    let link = world.link(&file);
    let before = left().expect("a number");
    Request::new("HEAD", &link).send();
    Request::get(&link).header("range", "bytes=0-99").send();
    Request::get(&link).send();
    assert_eq!(left(), Some(before - 1100));
    let listed = world.call_as("premium", "getFilesList", json!({"extended_info": true})).json();
    assert_eq!(listed["files"][0]["extended_info"]["downloads"], json!(2));
    assert!(listed["files"][0]["extended_info"]["date_download_last"].is_string());

    let poor = world.order("accounts", json!({"service": "keep2share", "kind": "premium", "available_traffic": 1000}));
    let url = world.call("getUrl", json!({"access_token": poor["access_token"], "file_id": file})).json();
    let url = text(&url["url"]);
    assert_eq!(Request::get(&url).send().status, 200);
    assert_eq!(Request::get(&url).send().status, 504);
}

#[test]
fn forms_end() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let upload = Upload::prepare(&world, "/", "a.bin", "abc");
    world.order("expire", json!({"what": "forms"}));
    let refused = upload.send();
    assert_eq!((refused.status, &refused.json()["status"]), (400, &json!(400)));
    assert_eq!(refused.json()["message"], json!("Wrong signature. IP 127.0.0.1"));
    assert_eq!(world.violations(), [""; 0], "a form that ended is no fault of the client's form");
}

#[test]
fn names_and_quota() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let short = Upload::prepare(&world, "/", "ab", "abc").send();
    assert_eq!((short.status, &short.json()["success"]), (406, &json!(false)));
    // What others store takes nothing from the quota.
    world.seed(json!({"size": 100}));
    let order = json!({"service": "keep2share", "kind": "premium", "storage_quota": 5});
    let key = world.order("accounts", order)["access_token"].clone();
    let form = || world.call("getUploadFormData", json!({"access_token": key, "parent_id": null}));
    let mut upload = Upload::prepare(&world, "/", "abc.bin", "123456");
    let fill = |upload: &mut Upload| {
        let given = form().json();
        upload.set("params", &text(&given["form_data"]["params"]));
        upload.set("signature", &text(&given["form_data"]["signature"]));
    };
    fill(&mut upload);
    let refused = upload.send();
    assert_eq!((refused.status, &refused.json()["message"]), (403, &json!("Storage limit exceeded")));
    fill(&mut upload);
    upload.bytes.truncate(5);
    assert_eq!(upload.send().status, 200);
    assert_eq!(form().refusal(), (406, json!(64)));
    assert_eq!(world.violations(), [""; 0]);
}
