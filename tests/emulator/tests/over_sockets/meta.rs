//! Metadata of files.

use serde_json::{Value, json};

use crate::client::{Emulator, Reply, World};

fn call(world: &World, method: &str, body: Value) -> Reply {
    world.call_as("premium", method, body)
}

fn listed(world: &World, body: Value) -> (Vec<Value>, Value) {
    let reply = call(world, "getFilesMeta", body).json();
    (reply["items"].as_array().expect("a list").clone(), reply["total"].clone())
}

#[test]
fn three_states_of_a_member() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let file = world.seed(json!({}));
    let made = call(
        &world,
        "createFileMeta",
        json!({
            "file_id": file, "title": "Title", "studio": "Studio", "tags": ["one", "two"], "actresses": ["Ann"],
        }),
    );
    let mut expected = json!({
        "status": "success", "code": 200, "file_id": file, "title": "Title", "studio": "Studio", "categories": [],
        "actresses": ["Ann"], "description": null, "tags": ["one", "two"],
    });
    assert_eq!((made.status, made.json()), (200, expected.clone()));
    let update = |body: Value| call(&world, "updateFileMeta", body).json();
    assert_eq!(update(json!({"file_id": file})), expected, "nothing named, nothing changed");
    assert_eq!(update(json!({"file_id": file, "tags": null, "title": null})), expected, "null is nothing named");
    expected["tags"] = json!([]);
    expected["title"] = json!("");
    expected["description"] = json!("About it");
    let cleared = update(json!({"file_id": file, "tags": [], "title": "", "description": "About it"}));
    assert_eq!(cleared, expected);
    let (items, total) = listed(&world, json!({}));
    assert_eq!((&items[0]["tags"], &items[0]["actresses"], total), (&json!([]), &json!(["Ann"]), json!(1)));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn it_goes_where_the_file_goes() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let (first, second) = (world.seed(json!({"name": "a.bin"})), world.seed(json!({"name": "b.bin"})));
    call(&world, "createFileMeta", json!({"file_id": first, "title": "Title", "tags": ["one"]}));
    call(&world, "updateFile", json!({"id": first, "new_name": "c.bin"}));
    assert_eq!(listed(&world, json!({"file_ids": [first]})).0[0]["title"], json!("Title"));
    let copied = call(&world, "copyFileMeta", json!({"from_file_id": first, "to_file_id": second})).json();
    assert_eq!((&copied["file_id"], &copied["title"]), (&json!(second), &json!("Title")));
    call(&world, "updateFileMeta", json!({"file_id": second, "title": "Copy"}));
    call(&world, "deleteFiles", json!({"ids": [first]}));
    let (items, total) = listed(&world, json!({}));
    assert_eq!((&items[0]["title"], &items[0]["tags"], total), (&json!("Copy"), &json!(["one"]), json!(1)));
    assert_eq!(
        call(&world, "deleteFileMeta", json!({"file_id": second})).json(),
        json!({"status": "success", "code": 200})
    );
    assert_eq!(listed(&world, json!({})), (Vec::new(), json!(0)));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn pages_and_filters() {
    let emulator = Emulator::start();
    let world = emulator.world();
    for number in 0..5 {
        let file = world.seed(json!({"name": "file{n}.bin"}));
        let (tag, category) = (format!("tag{}", number % 2), format!("category{}", number % 3));
        let body = json!({"file_id": file, "title": number.to_string(), "tags": [tag], "categories": [category],
                          "actresses": ["Ann", "Jo"]});
        call(&world, "createFileMeta", body);
    }
    let titles = |body: Value| {
        let (items, total) = listed(&world, body);
        (items.iter().map(|item| item["title"].as_str().unwrap_or_default().to_owned()).collect::<String>(), total)
    };
    assert_eq!(titles(json!({"size": 2})), ("01".into(), json!(5)));
    assert_eq!(titles(json!({"size": 2, "page": 2})), ("4".into(), json!(5)));
    assert_eq!(titles(json!({"size": 2, "page": 3})), (String::new(), json!(5)));
    assert_eq!(titles(json!({"tag": "tag1"})), ("13".into(), json!(2)));
    assert_eq!(titles(json!({"tag": "tag1", "category": "category0"})), ("3".into(), json!(1)));
    assert_eq!(titles(json!({"actress": "Jo", "page": 0})), ("01234".into(), json!(5)));
    assert_eq!(titles(json!({"actress": "Nobody"})), (String::new(), json!(0)));
    assert_eq!(world.call_as("partner", "getFilesMeta", json!({})).json()["total"], json!(0), "only one's own");
    assert_eq!(world.call("getFilesMeta", json!({})).refusal(), (403, json!(10)));
}

#[test]
fn refusals() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let file = world.seed(json!({}));
    let folder = world.seed(json!({"folder": true}));
    let bare = world.seed(json!({}));
    call(&world, "createFileMeta", json!({"file_id": file}));
    let foreign = world.call_as("partner", "createFileMeta", json!({"file_id": bare}));
    assert_eq!(foreign.refusal(), (406, json!(60)));
    for (method, body, refusal, message) in [
        ("createFileMeta", json!({"file_id": file}), (406, 60), "Error create file meta"),
        ("createFileMeta", json!({"file_id": folder}), (406, 60), "Error create file meta"),
        ("createFileMeta", json!({"file_id": "0000000000000"}), (406, 60), "Error create file meta"),
        ("updateFileMeta", json!({"file_id": bare}), (404, 60), "File meta not found"),
        ("deleteFileMeta", json!({"file_id": bare}), (404, 60), "File meta not found"),
        ("copyFileMeta", json!({"from_file_id": bare, "to_file_id": file}), (404, 3), "from_file_id not found"),
        ("copyFileMeta", json!({"from_file_id": file, "to_file_id": folder}), (406, 60), "Error copy file meta"),
    ] {
        let refused = call(&world, method, body);
        assert_eq!(refused.refusal(), (refusal.0, json!(refusal.1)), "{method}");
        assert_eq!(refused.json()["message"], json!(message));
    }
    assert_eq!(world.violations(), [""; 0]);
}
