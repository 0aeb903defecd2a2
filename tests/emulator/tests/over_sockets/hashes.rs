//! Files made by the hash of their content.

use serde_json::{Value, json};

use crate::client::{Emulator, Request, Upload, World, text};

const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";
const SHA1: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";

fn by_hash(world: &World, kind: &str, mut body: Value) -> crate::client::Reply {
    body["hash"] = json!(MD5);
    world.call_as(kind, "createFileByHash", body)
}

#[test]
fn what_anybody_has_stored_is_found() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let ask = |method: &str, body: Value| world.call_as("free", method, body).json();
    assert_eq!(ask("findFile", json!({"md5": MD5}))["found"], json!(false));
    assert_eq!(ask("findByFirst5MbSha1Hash", json!({"sha1": SHA1}))["exists"], json!(false));
    let unknown = ask("findByFullMd5Hash", json!({"md5": MD5}));
    assert_eq!((&unknown["exists"], &unknown["md5"]), (&json!(false), &json!(null)));
    assert_eq!(by_hash(&world, "free", json!({"name": "abc.txt"})).refusal(), (406, json!(20)));

    let uploaded = Upload::prepare(&world, "/", "first.txt", "abc").send().json();
    assert_eq!(ask("findFile", json!({"md5": MD5}))["found"], json!(true));
    assert_eq!(ask("findByFirst5MbSha1Hash", json!({"sha1": SHA1}))["exists"], json!(true));
    let known = ask("findByFullMd5Hash", json!({"md5": MD5.to_uppercase()}));
    assert_eq!((&known["exists"], &known["md5"]), (&json!(true), &json!(MD5)));
    let made = by_hash(&world, "free", json!({"name": "again.txt", "parent": "/", "access": "premium"}));
    assert_eq!((made.status, &made.json()["code"]), (201, &json!(201)));
    let id = text(&made.json()["id"]);
    assert_eq!(made.json()["link"], json!(format!("https://k2s.cc/file/{id}")));
    assert_ne!(json!(id), uploaded["user_file_id"]);
    assert_eq!(Request::get(&world.link(&id)).send().body, b"abc");
    let listed = world.call_as("free", "getFilesList", json!({"extended_info": true})).json();
    assert_eq!(listed["files"][0]["extended_info"]["access"], json!("premium"));

    // The content is there as long as some file has it.
    world.call_as("premium", "deleteFiles", json!({"ids": [uploaded["user_file_id"]]}));
    assert_eq!(ask("findFile", json!({"md5": MD5}))["found"], json!(true));
    world.call_as("free", "deleteFiles", json!({"ids": [id]}));
    assert_eq!(ask("findFile", json!({"md5": MD5}))["found"], json!(false));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn the_start_of_a_file_is_five_mebibytes() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let bytes: Vec<u8> = (0..5 * 1024 * 1024 + 7_u32).map(|number| (number % 253) as u8).collect();
    let put = |name: &str, bytes: Vec<u8>| Upload::prepare(&world, "/", name, bytes).send().status;
    // The hash of the first five MiB of these bytes, computed elsewhere.
    let sha1 = "4c9b3f6738b9a69447a43d7b4bdde8ee13d5658f";
    let exists = || world.call_as("free", "findByFirst5MbSha1Hash", json!({"sha1": sha1})).json()["exists"].clone();
    assert_eq!((exists(), put("long.bin", bytes.clone()), exists()), (json!(false), 200, json!(true)));
    let world = emulator.new_world();
    let put = |name: &str, bytes: Vec<u8>| Upload::prepare(&world, "/", name, bytes).send().status;
    let exists = || world.call_as("free", "findByFirst5MbSha1Hash", json!({"sha1": sha1})).json()["exists"].clone();
    assert_eq!((put("start.bin", bytes[..5 * 1024 * 1024].to_vec()), exists()), (200, json!(true)));
}

#[test]
fn refusals_with_their_reasons() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.seed(json!({"content": "abc"}));
    let refused = by_hash(&world, "premium", json!({"name": "ab", "parent": "0000000000000", "access": "open"}));
    assert_eq!(refused.refusal(), (406, json!(62)));
    assert_eq!(
        refused.json()["errors"],
        json!([
            "Destination directory was not found",
            "Name is too short (minimum is 3 characters).",
            "Access is not in the list.",
        ])
    );
    assert_eq!(world.violations().len(), 1, "only the access is nothing that a careful client could send");
    let call = |key: &str| world.call("createFileByHash", json!({"access_token": key, "hash": MD5, "name": "abc.txt"}));
    let poor = world.new_key("premium", json!({"storage_quota": 5}));
    assert_eq!(call(&poor).status, 201);
    let refused = call(&poor);
    assert_eq!((refused.refusal(), &refused.json()["message"]), ((406, json!(64)), &json!("Disk quota exceeded")));
    let full = world.new_key("premium", json!({"folder_limit": 0}));
    let refused = call(&full);
    assert_eq!((refused.refusal(), &refused.json()["message"]), ((406, json!(61)), &json!("Error create file")));
    assert_eq!(refused.json()["errors"], json!(["Limit files in specified folder reached"]));
    let world = emulator.new_world();
    world.seed(json!({"content": "abc", "blocked": true}));
    assert_eq!(by_hash(&world, "premium", json!({"name": "abc.txt"})).refusal(), (406, json!(20)));
}

#[test]
fn equal_bytes_are_stored_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let emulator = Emulator::with_flags(&["--dir", &folder.path().to_string_lossy()]);
    let world = emulator.world();
    let stored = || {
        let run = std::fs::read_dir(folder.path()).expect("readable").next().expect("a run").expect("an entry").path();
        std::fs::read_dir(run.join("default")).expect("readable").count()
    };
    let put =
        |name: &str, content: &str| text(&Upload::prepare(&world, "/", name, content).send().json()["user_file_id"]);
    let (first, second) = (put("one.txt", "abc"), put("two.txt", "abc"));
    assert_eq!(stored(), 1);
    let other = put("other.txt", "abd");
    assert_eq!(stored(), 2);
    world.call_as("premium", "deleteFiles", json!({"ids": [first, other]}));
    assert_eq!(stored(), 1);
    assert_eq!(Request::get(&world.link(&second)).send().body, b"abc");
    world.call_as("premium", "deleteFiles", json!({"ids": [second]}));
    assert_eq!(stored(), 0);
}
