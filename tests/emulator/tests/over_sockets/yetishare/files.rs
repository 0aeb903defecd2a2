//! What is told of files and done with them.

use serde_json::{Value, json};

use super::Site;
use crate::client::{Emulator, Request, text};

const NO_FILE: &str = "Could not find file based on file_id.";

#[test]
fn a_file_is_told_about() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let folder = site.seed("keys", json!({"name": "in", "folder": true}));
    let wish = json!({"name": "Photo.JPG", "size": 5, "parent": folder, "type": "image/jpeg", "keywords": "a,b", "downloads": 3});
    let id = site.seed("keys", wish);
    let told = member.ok("file/info", &[("file_id", &id)])["data"].clone();
    let short = text(&told["shortUrl"]);
    for (name, value) in [
        ("id", json!(id)),
        ("filename", json!("Photo.JPG")),
        ("fileType", json!("image/jpeg")),
        ("extension", json!("jpg")),
        ("fileSize", json!("5")),
        ("file_status", json!("active")),
        ("downloads", json!("3")),
        ("lastAccessed", Value::Null),
        ("folderId", json!(folder)),
        ("keywords", json!("a,b")),
        ("isPublic", json!("1")),
        ("uploadSource", json!("direct")),
    ] {
        assert_eq!(told[name], value, "{name}");
    }
    assert!(text(&told["url_file"]).ends_with(&format!("/yetishare/{short}")));
    assert!(text(&told["url_file_delete"]).contains(&format!("/{short}~d?")));
    assert_eq!(Request::get(&text(&told["url_file"])).send().status, 200);
    assert_eq!(Request::get(&text(&told["url_file_info"])).send().status, 200);
    assert_eq!(site.sign_in("free").refused("file/info", &[("file_id", &id)]), NO_FILE, "it is somebody else's");
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn editing() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let (id, folder) = (site.seed("keys", json!({})), site.seed("keys", json!({"name": "f", "folder": true})));
    let foreign = site.seed("free", json!({"name": "f", "folder": true}));
    let edit = |fields: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = [("file_id", id.as_str())].iter().chain(fields).copied().collect();
        let done = member.ok("file/edit", &fields);
        assert_eq!(done["response"], json!("File successfully updated."));
        done["data"].clone()
    };
    let named = edit(&[("filename", "New Name.TXT"), ("fileType", "text/plain"), ("folder_id", &folder)]);
    assert_eq!((&named["filename"], &named["extension"]), (&json!("New Name.TXT"), &json!("txt")));
    assert_eq!((&named["fileType"], &named["folderId"]), (&json!("text/plain"), &json!(folder)));
    assert_eq!(edit(&[("filename", ""), ("fileType", " "), ("folder_id", "")]), named, "blank keeps");
    assert_eq!(edit(&[("folder_id", "999999")]), named, "an unknown folder is not heard of");
    assert_eq!(edit(&[("folder_id", &foreign)]), named);
    assert_eq!(edit(&[("folder_id", "null")])["folderId"], Value::Null);
    assert_eq!(edit(&[("filename", "README")])["extension"], json!("readme"));
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn the_trash() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let folder = site.seed("keys", json!({"name": "f", "folder": true}));
    let id = site.seed("keys", json!({"parent": folder, "size": 3}));
    let address = member.download_url(&id);
    let done = member.ok("file/delete", &[("file_id", &id)]);
    assert_eq!(done["response"], json!("File successfully set as deleted."));
    assert_eq!((&done["data"]["file_status"], &done["data"]["folderId"]), (&json!("trash"), &Value::Null));
    assert_eq!(member.names(&folder).1, [""; 0]);
    let listed = member.ok("folder/listing", &[])["data"]["files"][0].clone();
    assert_eq!((&listed["id"], &listed["status"]), (&json!(id), &json!("trash")), "it lies in the root now");
    member.ok("file/info", &[("file_id", &id)]);
    let gone = Request::get(&address).send();
    assert_eq!(gone.status, 302);
    let deleted = site.seed("keys", json!({"status": "deleted"}));
    assert_eq!(member.refused("file/info", &[("file_id", &deleted)]), NO_FILE);
}

#[test]
fn moving_and_copying() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let (id, folder) = (site.seed("keys", json!({"size": 9})), site.seed("keys", json!({"name": "f", "folder": true})));
    let trashed = site.seed("keys", json!({"name": "t", "folder": true, "status": "trash"}));
    let moved = member.ok("file/move", &[("file_id", &id), ("new_parent_folder_id", &folder)]);
    assert_eq!((&moved["response"], &moved["data"]["folderId"]), (&json!("File successfully moved."), &json!(folder)));
    let moved = member.ok("file/move", &[("file_id", &id), ("new_parent_folder_id", "null")]);
    assert_eq!(moved["data"]["folderId"], Value::Null);
    for wrong in ["0", "999999", &trashed] {
        let text = member.refused("file/move", &[("file_id", &id), ("new_parent_folder_id", wrong)]);
        assert_eq!(text, "Could not find the destination folder id defined by new_parent_folder_id.");
        let text = member.refused("file/copy", &[("file_id", &id), ("copy_to_folder_id", wrong)]);
        assert_eq!(text, "Could not find the destination folder id defined by copy_to_folder_id.");
    }
    let copied = member.ok("file/copy", &[("file_id", &id), ("copy_to_folder_id", &folder)]);
    assert_eq!((&copied["response"], copied.get("data")), (&json!("File successfully copyied."), None));
    let (old, new) = (&copied["original_file"]["data"], &copied["new_file"]["data"]);
    assert_eq!((&old["id"], &old["folderId"], &new["folderId"]), (&json!(id), &Value::Null, &json!(folder)));
    assert_eq!((&new["filename"], &new["fileSize"]), (&old["filename"], &json!("9")));
    assert!(new["id"] != old["id"] && new["shortUrl"] != old["shortUrl"]);
    let bytes = |id: &Value| Request::get(&member.download_url(&text(id))).send().body;
    assert_eq!(bytes(&old["id"]), bytes(&new["id"]));
}

#[test]
fn destinations_are_looked_for_among_a_thousand() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let id = site.seed("keys", json!({}));
    let username = &site.account("keys")["username"];
    let wish = json!({"service": "yetishare", "username": username, "name": "f{n}", "folder": true, "count": 1001});
    let folders = site.order("files", wish)["ids"].clone();
    let to =
        |place: usize| member.post("file/move", &[("file_id", &id), ("new_parent_folder_id", &text(&folders[place]))]);
    assert_eq!(to(999).json()["data"]["folderId"], folders[999]);
    assert!(text(&to(1000).json()["response"]).starts_with("Could not find the destination folder id"));
}
