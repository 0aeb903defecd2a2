//! Folders, files, links and archives.

use serde_json::{Value, json};

use super::{address, ask_as, good, key, origin, refused, seed, world};
use crate::client::{Emulator, End, Request, text};

#[test]
fn folders_are_made_named_moved_and_deleted() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let outer = text(&good(&world, "folder/create", &[("name", "outer")])["id"]);
    let inner = text(&good(&world, "folder/create", &[("name", "größe"), ("parent_id", &outer)])["id"]);
    let root = good(&world, "folder/list", &[]);
    assert_eq!((&root["name"], &root["parent_id"]), (&json!("root"), &Value::Null));
    let root_id = text(&root["folder_id"]);
    assert_eq!(root["content"][0]["type"], json!("folder"));
    for id in ["0", "", root_id.as_str()] {
        assert_eq!(good(&world, "folder/list", &[("id", id)])["content"], root["content"], "{id}");
    }
    let listed = good(&world, "folder/list", &[("path", "/OUTER/größe"), ("includebreadcrumbs", "true")]);
    assert_eq!((&listed["folder_id"], &listed["parent_id"]), (&json!(inner), &json!(outer)));
    let crumbs = json!([
        {"id": root_id, "name": "root", "parent_id": null},
        {"id": outer, "name": "outer", "parent_id": root_id},
        {"id": inner, "name": "größe", "parent_id": outer},
    ]);
    assert_eq!(listed["breadcrumbs"], crumbs);
    good(&world, "folder/rename", &[("id", &inner), ("name", "Inner")]);
    let taken = refused(&world, "premium", "folder/create", &[("name", "INNER"), ("parent_id", &outer)]);
    assert_eq!(taken.0, json!("invalid_request"));
    let file = seed(&world, json!({"content": "abc", "parent": inner}));
    good(
        &world,
        "folder/paste",
        &[("id", &inner), ("folders[]", &seed(&world, json!({"folder": true, "name": "box"})))],
    );
    let within = [("id", inner.as_str()), ("folders[]", outer.as_str())];
    assert_eq!(refused(&world, "premium", "folder/paste", &within).0, json!("invalid_request"));
    good(
        &world,
        "folder/paste",
        &[("id", "0"), ("items[0][id]", &inner), ("items[0][type]", "folder"), ("files[0]", &file)],
    );
    assert_eq!(good(&world, "folder/list", &[])["content"].as_array().map(Vec::len), Some(3));
    good(&world, "folder/delete", &[("id", &inner)]);
    let gone = (json!("not_found"), json!("item not found"));
    assert_eq!(refused(&world, "premium", "folder/list", &[("id", &inner)]), gone);
    assert_eq!(refused(&world, "premium", "folder/delete", &[("id", &file)]), gone);
    assert_eq!(refused(&world, "free", "folder/list", &[("id", &outer)]), gone, "another's folder");
    assert_eq!(
        refused(&world, "premium", "folder/list", &[("id", "a/b")]),
        (Value::Null, json!("Could not decode folder id"))
    );
    world.odd("unknown_id_as_transient");
    assert_eq!(refused(&world, "premium", "folder/list", &[("id", &inner)]).0, json!("transient_error"));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn names() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let long = "x".repeat(256);
    for name in ["a/b", "a\\b", "a\"b", "a\nb", "a\0b", long.as_str()] {
        let refused = refused(&world, "premium", "folder/create", &[("name", name)]);
        assert_eq!(refused.0, json!("invalid_request"), "{name}");
    }
    good(&world, "folder/create", &[("name", &long[1..])]);
}

#[test]
fn a_file_and_its_links() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let box_id = seed(&world, json!({"name": "box", "folder": true}));
    let id = seed(&world, json!({"name": "größe 1.MKV", "content": "0123456789", "parent": box_id}));
    let listed = good(&world, "folder/list", &[("id", &box_id)])["content"][0].clone();
    assert_eq!((&listed["id"], &listed["type"], &listed["size"]), (&json!(id), &json!("file"), &json!(10)));
    assert_eq!((&listed["mime_type"], &listed["virus_scan"]), (&json!("video/x-matroska"), &json!("ok")));
    assert_eq!((&listed["directlink"], &listed["stream_link"]), (&listed["link"], &listed["link"]));
    let link = text(&listed["link"]);
    assert_ne!(origin(&link), origin(&world.base_url()));
    let got = Request::get(&link).send();
    assert_eq!((got.status, got.end, got.text().as_str()), (200, End::Complete, "0123456789"));
    assert!(got.header("content-disposition").is_some_and(|value| value.contains("gr%C3%B6%C3%9Fe")));
    let part = Request::get(&link).header("range", "bytes=7-").send();
    assert_eq!((part.status, part.text().as_str(), part.header("content-range")), (206, "789", Some("bytes 7-9/10")));
    assert_eq!(Request::get(&link).header("range", "bytes=10-").send().status, 416);
    let all = good(&world, "item/listall", &[]);
    assert_eq!((&all["files"][0]["path"], &all["files"][0]["size"]), (&json!("box/größe 1.MKV"), &json!(10)));
    let details = ask_as(&world, "premium", "item/details", &[("id", &id)]).json();
    assert_eq!(
        (details.get("status"), &details["folder_id"], &details["resx"]),
        (None, &json!(box_id), &json!("1280"))
    );
    assert_eq!(Request::get(&text(&details["link"])).send().body, got.body);
    assert_eq!(refused(&world, "premium", "item/details", &[("id", &box_id)]).0, json!("not_found"));
    good(&world, "item/rename", &[("id", &id), ("name", "other.mkv")]);
    let found = good(&world, "folder/search", &[("q", "OTHER mkv")]);
    assert_eq!(found["content"].as_array().map(Vec::len), Some(1));
    assert_eq!(good(&world, "folder/search", &[("q", "other txt")])["content"], json!([]));
    world.order("expire", json!({"what": "links"}));
    assert_eq!(Request::get(&link).send().status, 403);
    good(&world, "item/delete", &[("id", &id)]);
    assert_eq!(good(&world, "item/listall", &[])["files"], json!([]));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn archives() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let folder = seed(&world, json!({"name": "box", "folder": true}));
    let inner = seed(&world, json!({"name": "in", "folder": true, "parent": folder}));
    seed(&world, json!({"name": "a.txt", "content": "abc", "parent": folder}));
    seed(&world, json!({"name": "ü.txt", "content": "", "parent": inner}));
    let single = seed(&world, json!({"name": "b.bin", "size": 100_000}));
    let location = |pairs: super::Pairs<'_>| text(&good(&world, "zip/generate", pairs)["location"]);
    let one = location(&[("files[]", &single)]);
    assert!(one.ends_with("/b.bin.zip"), "{one}");
    let packed = Request::get(&one).send();
    assert_eq!((packed.status, packed.header("content-disposition")), (200, None));
    assert!(packed.body.starts_with(b"PK\x03\x04") && packed.body.len() > 100_000);
    let whole = location(&[("folders[]", &folder)]);
    assert!(whole.ends_with("/box.zip"), "{whole}");
    let packed = Request::get(&whole).send().body;
    for name in ["box/a.txt", "box/in/ü.txt"] {
        let count = packed.windows(name.len()).filter(|window| *window == name.as_bytes()).count();
        assert_eq!(count, 2, "{name} stands before its content and in the directory");
    }
    let half = Request::get(&whole).header("range", "bytes=10-").send();
    assert_eq!((half.status, half.body == packed[10..]), (206, true));
    let both = location(&[("files[]", &single), ("folders[]", &folder)]);
    assert!(both.ends_with(".zip") && !both.contains("box") && !both.contains("b.bin"), "{both}");
    assert_eq!(refused(&world, "premium", "zip/generate", &[]).0, json!("invalid_request"));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn odd_links() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    seed(&world, json!({"content": "abc"}));
    for odd in ["link_redirects", "ranges_ignored", "disposition_missing"] {
        world.odd(odd);
    }
    let link = text(&good(&world, "folder/list", &[])["content"][0]["link"]);
    let redirect = Request::get(&link).send();
    let target = redirect.header("location").expect("a location").to_owned();
    assert_eq!((redirect.status, origin(&target)), (302, origin(&world.base_url())));
    let got = Request::get(&target).header("range", "bytes=1-").send();
    assert_eq!((got.status, got.text().as_str(), got.header("content-disposition")), (200, "abc", None));
    let told = Request::get(&link).header("authorization", &format!("Bearer {}", key(&world, "premium"))).send();
    assert_eq!(told.status, 302);
    let noted = ["a key or token went to a storage host", "an Authorization header went to a storage host"];
    assert_eq!(world.violations(), noted);
    assert_eq!(Request::get(&address(&world, "folder/nothing")).send().status, 404);
}
