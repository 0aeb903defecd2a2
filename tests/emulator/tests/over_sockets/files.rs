//! Folders, listings, deleting, and who may have which file.

use serde_json::{Value, json};

use crate::client::{Emulator, Upload, World, text};

fn names(world: &World, body: Value) -> Vec<String> {
    let reply = world.call_as("premium", "getFilesList", body);
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["files"].as_array().expect("a list").iter().map(|file| text(&file["name"])).collect()
}

#[test]
fn what_is_made_is_listed_and_what_is_deleted_is_not() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let made = world.call_as("premium", "createFolder", json!({"name": "box", "parent": "/", "access": "private"}));
    assert_eq!((made.status, &made.json()["code"]), (201, &json!(201)));
    let folder = text(&made.json()["id"]);
    let inner = json!({"name": "inner", "parent": folder, "access": "public", "is_public": true});
    assert_eq!(world.call_as("premium", "createFolder", inner.clone()).status, 201);
    assert_eq!(world.call_as("premium", "createFolder", inner).refusal(), (406, json!(60)), "the name is taken");
    assert_eq!(Upload::prepare(&world, &folder, "a.txt", "abc").send().status, 200);

    let listed = world.call_as("premium", "getFilesList", json!({"parent": folder, "extended_info": true})).json();
    let file = &listed["files"][1];
    assert_eq!(file["md5"], json!("900150983cd24fb0d6963f7d28e17f72"));
    assert_eq!((&file["size"], &file["is_folder"], &file["is_available"]), (&json!(3), &json!(false), &json!(true)));
    assert_eq!(file["extended_info"]["content_type"], json!("text/plain"));
    assert_eq!(file["extended_info"]["access"], json!("public"));
    assert_eq!(listed["files"][0]["extended_info"]["access"], json!("public"));
    assert_eq!(text(&file["date_created"]).len(), "2019-01-01 00:00:01".len());

    let foreign = world.call_as("free", "deleteFiles", json!({"ids": [folder]})).json();
    assert_eq!(foreign["deleted"], json!(0));
    let deleted = world.call_as("premium", "deleteFiles", json!({"ids": [folder, "0000000000000"]})).json();
    assert_eq!(deleted["deleted"], json!(1));
    assert_eq!(names(&world, json!({})), [""; 0]);
    assert_eq!(world.call_as("premium", "getFilesList", json!({"parent": folder})).refusal(), (400, json!(2)));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn pages_sorting_and_filters() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.seed(json!({"name": "b{n}.bin", "count": 120}));
    world.order("clock", json!({"advance_s": 5}));
    world.seed(json!({"name": "aaa", "folder": true}));
    world.seed(json!({"name": "zzz.bin", "storage_object": "corrupted"}));
    assert_eq!(names(&world, json!({})).len(), 100, "the usual limit");
    let page = names(&world, json!({"limit": 50, "offset": 100, "parent": null}));
    assert_eq!((page.len(), page[0].as_str(), page[21].as_str()), (22, "b101.bin", "zzz.bin"));
    assert_eq!(names(&world, json!({"limit": 1, "sort": {"name": 1}})), ["aaa"]);
    assert_eq!(names(&world, json!({"limit": 1, "sort": {"name": -1}})), ["zzz.bin"]);
    assert_eq!(names(&world, json!({"limit": 1, "sort": {"date_created": -1}})), ["aaa"]);
    assert_eq!(names(&world, json!({"limit": 1, "sort": []})), ["b1.bin"]);
    assert_eq!(names(&world, json!({"type": "folder"})), ["aaa"]);
    assert_eq!(names(&world, json!({"type": "file", "limit": 10_000})).len(), 121);
    assert_eq!(names(&world, json!({"only_available": true, "limit": 10_000})).len(), 121);
    assert_eq!(names(&world, json!({"offset": 500})), [""; 0]);
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn a_full_folder_takes_nothing_more() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let account = world.order("accounts", json!({"service": "keep2share", "kind": "premium", "folder_limit": 1}));
    let key = &account["access_token"];
    let folder = json!({"access_token": key, "name": "one", "parent": "/", "access": "public"});
    assert_eq!(world.call("createFolder", folder.clone()).status, 201);
    assert_eq!(world.call("getUploadFormData", json!({"access_token": key})).refusal(), (406, json!(61)));
    let mut second = folder;
    second["name"] = json!("two");
    assert_eq!(world.call("createFolder", second).refusal(), (406, json!(60)));
}

#[test]
fn who_may_have_which_file() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let get_url = |kind: &str, id: &str| world.call_as(kind, "getUrl", json!({"file_id": id}));
    let reason = |kind: &str, id: &str| {
        let reply = get_url(kind, id);
        assert_eq!(reply.refusal(), (406, json!(21)));
        reply.json()["errors"][0]["code"].clone()
    };
    let private = world.seed(json!({"access": "private"}));
    let premium = world.seed(json!({"access": "premium"}));
    let large = world.seed(json!({"size": 9}));
    assert_eq!(get_url("premium", &private).status, 200);
    assert_eq!(reason("partner", &private), json!(8));
    assert_eq!(reason("free", &premium), json!(7));
    assert_eq!(reason("expired", &premium), json!(7));
    assert_eq!(get_url("partner", &premium).status, 200);
    let poor = world.order("accounts", json!({"service": "keep2share", "kind": "premium", "available_traffic": 8}));
    let reply = world.call("getUrl", json!({"access_token": poor["access_token"], "file_id": large}));
    assert_eq!(reply.json()["errors"][0]["code"], json!(2));
    assert_eq!(get_url("free", "0000000000000").refusal(), (406, json!(20)));
    assert_eq!(get_url("free", &world.seed(json!({"folder": true}))).refusal(), (406, json!(23)));
    assert_eq!(get_url("free", &world.seed(json!({"blocked": true}))).refusal(), (406, json!(22)));
    let lost = get_url("free", &world.seed(json!({"storage_object": "deleted"})));
    assert_eq!((lost.refusal(), &lost.json()["errors"]), ((406, json!(21)), &json!(null)));
    assert_eq!(world.call("getUrl", json!({"auth_token": "bad", "file_id": large})).refusal(), (403, json!(10)));
    world.odd("bad_token_anonymous");
    assert_eq!(world.call("getUrl", json!({"auth_token": "bad", "file_id": large})).refusal(), (406, json!(30)));
}
