//! Information about single items, for owners and for strangers.

use serde_json::{Value, json};

use crate::client::{Emulator, World, text};

fn info(world: &World, kind: &str, id: &str, extended: bool) -> Value {
    let reply = world.call_as(kind, "getFilesInfo", json!({"ids": [id], "extended_info": extended}));
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["files"][0].clone()
}

#[test]
fn owners_see_more_than_strangers() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let folder = world.seed(json!({"name": "box", "folder": true}));
    let video = json!({"duration": 1.5, "width": 4, "height": 3, "format": "MPEG-4", "is_streamable": true});
    let file = world.seed(json!({"name": "a.mp4", "content": "abc", "parent": folder, "video_info": video}));
    let md5 = json!("900150983cd24fb0d6963f7d28e17f72");
    let own = info(&world, "premium", &file, true);
    assert_eq!((&own["id"], &own["name"], &own["size"]), (&json!(file), &json!("a.mp4"), &json!(3)));
    assert_eq!((&own["md5"], &own["parent_id"]), (&md5, &json!(folder)));
    assert_eq!((&own["isAvailableForFree"], &own["extended_info"]["video_info"]), (&json!(true), &video));
    assert_eq!(own["extended_info"]["content_type"], json!("video/mp4"));
    assert!(text(&own["created_at"]).ends_with(".000Z") && own.get("requested_id").is_none());
    let strange = info(&world, "free", &file, true);
    assert_eq!((&strange["md5"], strange.get("parent_id")), (&json!(null), None));
    let plain = info(&world, "premium", &file, false);
    assert_eq!(plain.as_object().map(serde_json::Map::len), Some(7), "{plain}");
    let nobody = world.call("getFilesInfo", json!({"ids": [file]}));
    assert_eq!((nobody.status, &nobody.json()["files"][0]["name"]), (200, &json!("a.mp4")));
    assert_eq!(world.call("getFilesInfo", json!({"ids": [file], "auth_token": "bad"})).refusal(), (403, json!(10)));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn what_is_gone_is_null() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let file = world.seed(json!({}));
    let blocked = world.seed(json!({"blocked": true}));
    let lost = world.seed(json!({"storage_object": "deleted"}));
    world.call_as("premium", "deleteFiles", json!({"ids": [file]}));
    let reply = world.call("getFilesInfo", json!({"ids": [file, blocked, "0000000000000", lost]})).json();
    let files = reply["files"].as_array().expect("a list");
    let seen: Vec<(&Value, &Value)> = files.iter().map(|file| (&file["id"], &file["is_available"])).collect();
    let (null, no) = (json!(null), json!(false));
    assert_eq!(
        seen,
        [(&json!(file), &null), (&json!(blocked), &no), (&json!("0000000000000"), &null), (&json!(lost), &no)]
    );
    for key in ["access", "is_folder", "md5", "name", "size"] {
        assert!(files.iter().all(|file| file.get(key) == Some(&null)), "{key}");
    }
}

#[test]
fn malformed_and_long_ids() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let file = world.seed(json!({}));
    assert_eq!(world.call("getFilesInfo", json!({"ids": ["x", "y/z"]})).refusal(), (400, json!(2)));
    let mixed = world.call("getFilesInfo", json!({"ids": ["x", file]})).json();
    assert_eq!(mixed["files"][0]["is_available"], json!(null));
    assert_eq!(mixed["files"][1]["is_available"], json!(true));
    assert_eq!(world.call("getFilesInfo", json!({"ids": []})).json()["files"], json!([]));
    let long = format!("{file}-more_of_it");
    let found = info(&world, "free", &long, false);
    assert_eq!((&found["id"], &found["requested_id"]), (&json!(file), &json!(long)));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn folders_are_shown_when_they_are_public() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let make = |name: &str, public: bool| {
        let body = json!({"name": name, "parent": "/", "access": "public", "is_public": public});
        text(&world.call_as("premium", "createFolder", body).json()["id"])
    };
    let (open, closed) = (make("open", true), make("closed", false));
    assert_eq!(info(&world, "free", &open, false)["is_folder"], json!(true));
    assert_eq!(info(&world, "free", &closed, false)["is_folder"], json!(null));
    assert_eq!(info(&world, "premium", &closed, false)["name"], json!("closed"));
    world.seed(json!({"name": "f{n}.bin", "count": 120, "parent": open}));
    let status = |body: Value| world.call("getFileStatus", body);
    let files = |body: Value| status(body).json()["files"].as_array().map(Vec::len);
    assert_eq!(files(json!({"id": open})), Some(100));
    assert_eq!(files(json!({"id": open, "limit": 50, "offset": 100})), Some(20));
    assert_eq!(status(json!({"id": open, "limit": 1, "offset": 2})).json()["files"][0]["name"], json!("f3.bin"));
    assert_eq!(status(json!({"id": closed})).refusal(), (406, json!(20)));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn the_status_of_a_file_lies_at_the_root() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let file = world.seed(json!({"name": "a.bin", "content": "abc", "access": "premium"}));
    let status = world.call("GetFileStatus", json!({"id": file})).json();
    assert_eq!((&status["name"], &status["size"], &status["access"]), (&json!("a.bin"), &json!(3), &json!("premium")));
    assert_eq!((&status["isAvailableForFree"], status.get("id")), (&json!(false), None));
    assert!(status.get("date_created").is_none() && status.get("files").is_none());
    let own = world.call_as("premium", "getFileStatus", json!({"id": file})).json();
    assert_eq!(text(&own["date_created"]).len(), "2019-01-01 00:00:01".len());
    let refused = world.call("getFileStatus", json!({"id": "0000000000000"}));
    assert_eq!((refused.refusal(), &refused.json()["message"]), ((406, json!(20)), &json!("File not available")));
    let blocked = world.seed(json!({"blocked": true}));
    assert_eq!(world.call("getFileStatus", json!({"id": blocked})).refusal(), (406, json!(20)));
}

#[test]
fn words_instead_of_codes() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.odd("status_error_words");
    let word = |id: &str| world.call("getFileStatus", json!({"id": id})).refusal().1;
    let gone = world.seed(json!({}));
    world.call_as("premium", "deleteFiles", json!({"ids": [gone]}));
    let abuse = json!([{"type": "hash", "projects": ["k2s"], "blocked_to": null}]);
    assert_eq!(word("0000000000000"), json!("not_found"));
    assert_eq!(word(&gone), json!("deleted"));
    assert_eq!(word(&world.seed(json!({"storage_object": "deleted"}))), json!("deleted"));
    assert_eq!(word(&world.seed(json!({"blocked": true}))), json!("blocked"));
    assert_eq!(word(&world.seed(json!({"blocked": true, "abuses": abuse}))), json!("abused"));
}
