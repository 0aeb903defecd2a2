//! Odd forms of what is listed.

use serde_json::{Value, json};

use super::{ask_as, good, seed, world};
use crate::client::Emulator;

#[test]
fn of_lists_and_details() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let id = seed(&world, json!({"name": "a.mkv", "size": 2857}));
    let listed = || good(&world, "folder/list", &[])["content"][0].clone();
    let details = || ask_as(&world, "premium", "item/details", &[("id", &id)]).json();
    let plain = listed();
    assert_eq!((&plain["size"], plain["created_at"].is_i64()), (&json!(2857), true));
    for odd in [
        "sizes_as_text",
        "created_at_null",
        "listed_more",
        "directlink_missing",
        "folder_id_missing",
        "details_with_status",
        "media_as_numbers",
        "extra_keys",
        "slashes_escaped",
        "customer_id_as_number",
        "space_used_as_float",
    ] {
        world.odd(odd);
    }
    let odd = listed();
    assert_eq!((&odd["size"], &odd["created_at"], odd.get("directlink")), (&json!("2857"), &Value::Null, None));
    assert!(odd["crc32"].is_string() && odd["unpackable"].is_boolean() && odd["is_starred"].is_boolean(), "{odd}");
    let folder = good(&world, "folder/list", &[]);
    assert_eq!((folder.get("folder_id"), folder["served_by"].is_object()), (None, true));
    let one = details();
    assert_eq!((&one["status"], &one["resx"], &one["duration"]), (&json!("success"), &json!(1280), &json!(61.5)));
    assert!(one["customer_id"].is_u64() && one["user_id"].is_u64(), "{one}");
    assert!(ask_as(&world, "premium", "folder/list", &[]).text().contains(r"http:\/\/"));
    assert_eq!(good(&world, "account/info", &[])["space_used"], json!(2857.5));
    world.odd("space_used_as_float");
    let off = json!({"service": "premiumize", "name": "space_used_as_float", "on": false});
    world.order("odd", off);
    world.odd("space_used_missing");
    assert_eq!(good(&world, "account/info", &[]).get("space_used"), None);
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn of_scans_and_tokens() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    seed(&world, json!({"name": "a.bin", "virus_scan": "infected", "transcode_status": "pending"}));
    let listed = good(&world, "folder/list", &[])["content"][0].clone();
    assert_eq!((&listed["virus_scan"], &listed["transcode_status"]), (&json!("infected"), &json!("pending")));
}
