//! The list of folders.

use serde_json::{Value, json};

use crate::client::{Emulator, World, text};

fn make(world: &World, name: &str, parent: &str) -> String {
    let made = world.call_as("premium", "createFolder", json!({"name": name, "parent": parent, "access": "public"}));
    text(&made.json()["id"])
}

fn list(world: &World, body: Value) -> Value {
    world.call_as("premium", "getFoldersList", body).json()
}

#[test]
fn names_and_ids_lie_side_by_side() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let music = make(&world, "music", "/");
    let jazz = make(&world, "jazz", &music);
    let bebop = make(&world, "bebop", &jazz);
    let films = make(&world, "films", "/");
    world.seed(json!({"name": "file.bin", "parent": music}));
    let all = list(&world, json!({}));
    assert_eq!(all["foldersList"], json!(["music", "jazz", "bebop", "films"]));
    assert_eq!(all["foldersIds"], json!([music, jazz, bebop, films]));
    assert!(all.get("parentFoldersList").is_none());
    let within = list(&world, json!({"parent_id": jazz}));
    assert_eq!((&within["foldersList"], &within["foldersIds"]), (&json!(["bebop"]), &json!([bebop])));
    assert_eq!(within["parentFoldersList"], json!(["music", "jazz"]));
    assert_eq!(within["parentFoldersIds"], json!([music, jazz]));
    let root = list(&world, json!({"parent_id": "/"}));
    assert_eq!((&root["foldersList"], &root["parentFoldersIds"]), (&json!(["music", "films"]), &json!([])));
    assert_eq!(list(&world, json!({"parent_id": bebop}))["foldersIds"], json!([]));
    let foreign = world.call_as("free", "getFoldersList", json!({"parent_id": jazz}));
    assert_eq!(foreign.refusal(), (400, json!(2)));
    assert_eq!(world.call_as("free", "getFoldersList", json!({})).json()["foldersIds"], json!([]));
    world.call_as("premium", "deleteFiles", json!({"ids": [music]}));
    assert_eq!(list(&world, json!({}))["foldersList"], json!(["films"]));
    assert_eq!(world.violations(), [""; 0]);
}
