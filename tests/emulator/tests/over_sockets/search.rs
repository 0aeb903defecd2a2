//! Search, whose answer is a guess.

use serde_json::{Value, json};

use crate::client::{Emulator, World, text};

fn found(world: &World, kind: Option<&str>, body: Value) -> Vec<String> {
    let reply = match kind {
        Some(kind) => world.call_as(kind, "search", body),
        None => world.call("search", body),
    };
    reply.json()["files"].as_array().expect("a list").iter().map(|file| text(&file["name"])).collect()
}

#[test]
fn words_are_looked_for_in_names() {
    let emulator = Emulator::start();
    let world = emulator.world();
    for (name, access) in
        [("blue whale.mp4", "public"), ("Blue sky.png", "premium"), ("whale.txt", "private"), ("other.bin", "public")]
    {
        world.seed(json!({"name": name, "access": access}));
    }
    world.seed(json!({"name": "blue folder", "folder": true, "is_public": true}));
    world.seed(json!({"name": "blue but blocked.bin", "blocked": true}));
    assert_eq!(found(&world, None, json!({"keywords": "BLUE whale"})), ["blue whale.mp4", "Blue sky.png"]);
    assert_eq!(found(&world, None, json!({"keywords": "blue whale", "operator": "and"})), ["blue whale.mp4"]);
    let own = json!({"keywords": "whale", "sort": "name"});
    assert_eq!(found(&world, Some("premium"), own), ["blue whale.mp4", "whale.txt"]);
    let page = json!({"keywords": "blue", "limit": 1, "offset": 1, "ip_client": null});
    assert_eq!(found(&world, Some("free"), page.clone()), ["Blue sky.png"]);
    assert_eq!(world.call("search", page).json()["total"], json!(2));
    assert_eq!(found(&world, None, json!({"keywords": " "})), [""; 0]);
    assert_eq!(world.violations(), [""; 0]);
    assert_eq!(world.call("search", json!({"keywords": "a", "operator": "xor"})).refusal(), (400, json!(2)));
    assert_eq!(world.call("search", json!({})).refusal(), (400, json!(2)));
}
