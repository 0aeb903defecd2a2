//! Renaming, moving, and changing access: what one call writes, the others read.

use serde_json::{Value, json};

use crate::client::{Emulator, World, text};

fn update(world: &World, body: Value) -> crate::client::Reply {
    world.call_as("premium", "updateFile", body)
}

fn names(world: &World, parent: &str) -> Vec<String> {
    let reply = world.call_as("premium", "getFilesList", json!({"parent": parent})).json();
    reply["files"].as_array().expect("a list").iter().map(|file| text(&file["name"])).collect()
}

#[test]
fn a_change_is_seen_everywhere() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let folder = world.seed(json!({"name": "box", "folder": true}));
    let file = world.seed(json!({"name": "old.bin", "size": 10}));
    let renamed = update(&world, json!({"id": file, "new_name": "new.bin", "new_parent": null, "new_access": null}));
    assert_eq!((renamed.status, &renamed.json()["code"]), (202, &json!(202)));
    assert_eq!(names(&world, "/"), ["box", "new.bin"]);
    assert_eq!(update(&world, json!({"id": file, "new_parent": folder})).status, 202);
    assert_eq!((names(&world, "/"), names(&world, &folder)), (vec!["box".to_owned()], vec!["new.bin".to_owned()]));
    assert!(world.link(&file).contains("name=new.bin"));
    let stranger = || world.call_as("partner", "getUrl", json!({"file_id": file}));
    assert_eq!(stranger().status, 200);
    assert_eq!(update(&world, json!({"id": file, "new_access": "private"})).status, 202);
    assert_eq!(stranger().json()["errors"][0]["code"], json!(8));
    assert_eq!(update(&world, json!({"id": file, "new_parent": "/"})).status, 202);
    assert_eq!(names(&world, "/"), ["box", "new.bin"]);
    assert_eq!(update(&world, json!({"id": folder, "new_is_public": true})).status, 202);
    assert_eq!(world.call("getFileStatus", json!({"id": folder})).status, 200);
    assert_eq!(update(&world, json!({"id": folder, "new_name": "chest", "new_is_public": null})).status, 202);
    assert_eq!(world.call("getFileStatus", json!({"id": folder})).status, 200, "it stays public");
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn refused_changes_change_nothing() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let outer = world.seed(json!({"name": "outer", "folder": true}));
    let inner = world.seed(json!({"name": "inner", "folder": true, "parent": outer}));
    let file = world.seed(json!({"name": "file.bin"}));
    let twin = world.seed(json!({"name": "inner", "folder": true}));
    for body in [
        json!({"id": "0000000000000", "new_name": "new.bin"}),
        json!({"id": file, "new_name": "ab"}),
        json!({"id": file, "new_parent": "0000000000000", "new_name": "new.bin"}),
        json!({"id": file, "new_parent": file}),
        json!({"id": outer, "new_parent": inner}),
        json!({"id": outer, "new_parent": outer}),
        json!({"id": outer, "new_name": ""}),
        json!({"id": twin, "new_parent": outer}),
        json!({"id": twin, "new_name": "outer"}),
    ] {
        let refused = update(&world, body.clone());
        assert_eq!(refused.refusal(), (406, json!(63)), "{body}");
        assert_eq!(refused.json()["message"], json!("Error update file"));
    }
    let foreign = world.call_as("free", "updateFile", json!({"id": file, "new_name": "mine.bin"}));
    assert_eq!(foreign.refusal(), (406, json!(63)));
    assert_eq!(names(&world, "/"), ["outer", "file.bin", "inner"]);
    assert_eq!(update(&world, json!({"id": file, "new_access": "open"})).refusal(), (400, json!(2)));
}

#[test]
fn a_full_folder_takes_nothing_in() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let order = json!({"service": "keep2share", "kind": "premium", "folder_limit": 2});
    let account = world.order("accounts", order);
    let seed = |name: &str, parent: &str, folder: bool| {
        let wish = json!({"service": "keep2share", "username": account["username"], "name": name,
                          "parent": parent, "folder": folder});
        text(&world.order("files", wish)["ids"][0])
    };
    let folder = seed("box", "/", true);
    seed("a.bin", &folder, false);
    let (first, second) = (seed("b.bin", "/", false), seed("c.bin", "/", false));
    let call = |method: &str, mut body: Value| {
        body["access_token"] = account["access_token"].clone();
        world.call(method, body)
    };
    let moved = call("updateFiles", json!({"ids": [first, second, "0000000000000"], "new_parent": folder}));
    assert_eq!(moved.status, 200);
    assert_eq!(
        moved.json()["files"],
        json!([
            {"id": first, "status": "success", "errors": []},
            {"id": second, "status": "error", "errors": ["Limit files in specified folder reached"]},
            {"id": "0000000000000", "status": "error", "errors": ["File not found"]},
        ])
    );
    let refused = call("updateFile", json!({"id": second, "new_parent": folder}));
    assert_eq!(refused.refusal(), (406, json!(61)));
    assert_eq!(refused.json()["message"], json!("Limit files in specified folder reached"));
    assert_eq!(call("updateFile", json!({"id": first, "new_parent": folder, "new_name": "b2.bin"})).status, 202);
}

#[test]
fn many_items_have_a_result_each() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let (first, second) = (world.seed(json!({"name": "a.bin"})), world.seed(json!({"name": "b.bin"})));
    let update = |body: Value| world.call_as("premium", "updateFiles", body).json()["files"].clone();
    let changed = update(json!({"ids": [first, second], "new_access": "premium"}));
    assert_eq!(changed[1], json!({"id": second, "status": "success", "errors": []}));
    let listed = world.call_as("premium", "getFilesList", json!({"extended_info": true})).json();
    assert_eq!(listed["files"][0]["extended_info"]["access"], json!("premium"));
    let short = update(json!({"ids": [first], "new_name": "ab"}));
    assert_eq!(short[0]["errors"], json!(["Name is too short (minimum is 3 characters)."]));
    let lost = update(json!({"ids": [first], "new_parent": "0000000000000"}));
    assert_eq!(lost[0]["errors"], json!(["Destination directory was not found"]));
    assert_eq!(update(json!({"ids": []})), json!([]));
    assert_eq!(world.violations(), [""; 0]);
}

/// The real limit of a folder, and as many ids at once as a careless client may send.
#[test]
fn fifty_thousand_items() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let folder = world.seed(json!({"name": "box", "folder": true}));
    let wish = json!({"service": "keep2share", "username": world.account("premium")["username"], "parent": folder,
                      "name": "file{n}.bin", "content": "abc", "count": 49_999});
    let ids = world.order("files", wish)["ids"].as_array().expect("a list").clone();
    let by_hash = || {
        let hash = "900150983cd24fb0d6963f7d28e17f72";
        let reply =
            world.call_as("premium", "createFileByHash", json!({"hash": hash, "name": "x.bin", "parent": folder}));
        (reply.status, reply.json()["errorCode"].clone())
    };
    assert_eq!((by_hash(), by_hash()), ((201, json!(null)), (406, json!(61))));
    let form = world.call_as("premium", "getUploadFormData", json!({"parent_id": folder}));
    assert_eq!(form.refusal(), (406, json!(61)));
    let outside = world.seed(json!({"name": "outside.bin"}));
    assert_eq!(update(&world, json!({"id": outside, "new_parent": folder})).refusal(), (406, json!(61)));
    let many = json!({"ids": ids[..20_000]});
    let files = world.call_as("premium", "getFilesInfo", many.clone()).json()["files"].clone();
    assert_eq!((files.as_array().map(Vec::len), &files[19_999]["id"]), (Some(20_000), &ids[19_999]));
    assert_eq!(world.call_as("premium", "deleteFiles", many).json()["deleted"], json!(20_000));
    let last = json!({"parent": folder, "limit": 10_000, "offset": 25_000});
    let listed = world.call_as("premium", "getFilesList", last).json()["files"].as_array().map(Vec::len);
    assert_eq!(listed, Some(5_000));
}
