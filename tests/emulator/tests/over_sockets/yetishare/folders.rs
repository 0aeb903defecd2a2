//! What is told of folders and done with them.

use serde_json::{Value, json};

use super::{Member, Site};
use crate::client::{Emulator, text};

const PASSWORD: &str = "d9729feb74992cc3482b350163a1a010";

fn create(member: &Member<'_>, fields: &[(&str, &str)]) -> Value {
    let done = member.ok("folder/create", fields);
    assert_eq!(done["response"], json!("Folder successfully created."));
    done["data"].clone()
}

#[test]
fn making_folders() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let top = create(&member, &[("folder_name", "My New/Folder")]);
    let id = text(&top["id"]);
    for (name, value) in [
        ("parentId", Value::Null),
        ("folderName", json!("My New/Folder")),
        ("totalSize", json!("0")),
        ("isPublic", json!("0")),
        ("accessPassword", Value::Null),
        ("date_updated", Value::Null),
        ("status", json!("active")),
        ("total_downloads", json!(0)),
        ("child_folder_count", json!(0)),
        ("file_count", json!(0)),
    ] {
        assert_eq!(top[name], value, "{name}");
    }
    assert!(text(&top["url_folder"]).ends_with(&format!("/yetishare/folder/{id}/My_New_Folder")));
    let again = create(&member, &[("folder_name", "My New/Folder"), ("parent_id", "0")]);
    assert!(again["id"] != top["id"], "the same name is no matter");
    let below = create(
        &member,
        &[("folder_name", "below"), ("parent_id", &id), ("is_public", "2"), ("access_password", PASSWORD)],
    );
    assert_eq!((&below["parentId"], &below["isPublic"]), (&json!(id), &json!("2")));
    assert_eq!(below["accessPassword"], json!(PASSWORD));
    assert_eq!(site.violations(), [""; 0]);
    let dropped = create(&member, &[("folder_name", "open"), ("access_password", "plain"), ("is_public", "7")]);
    assert_eq!((&dropped["accessPassword"], &dropped["isPublic"]), (&Value::Null, &json!("0")));
    assert_eq!(
        site.violations(),
        [
            "parameter \"access_password\" must be 32 lower-case hex digits",
            "parameter \"is_public\" must be one of [\"0\", \"1\", \"2\"]"
        ]
    );
}

#[test]
fn listings() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    for name in ["b", "C", "a"] {
        site.seed("keys", json!({"name": name, "folder": true}));
    }
    let folder = site.seed("keys", json!({"name": "d", "folder": true, "access_password": PASSWORD}));
    let inner = site.seed("keys", json!({"name": "inner", "folder": true, "parent": folder}));
    site.seed("keys", json!({"name": "x.bin", "size": 10, "parent": folder, "downloads": 2}));
    site.seed("keys", json!({"name": "y.bin", "size": 30, "parent": inner, "downloads": 5}));
    site.seed("keys", json!({"name": "Z.bin"}));
    site.seed("free", json!({"name": "foreign.bin"}));
    let (folders, files) = member.names("");
    assert_eq!((folders, files), (["a", "b", "C", "d"].map(str::to_owned).to_vec(), vec!["Z.bin".to_owned()]));
    assert_eq!(member.names("0"), member.names(""));
    let all = member.ok("folder/listing", &[])["data"].clone();
    let told = &all["folders"][3];
    assert_eq!((&told["totalSize"], &told["total_downloads"]), (&json!("40"), &json!(7)));
    assert_eq!((&told["child_folder_count"], &told["file_count"]), (&json!(1), &json!(1)));
    assert!(told.get("accessPassword").is_none() && told["urlHash"].is_string());
    assert_eq!(all["files"][0]["status"], json!("active"));
    assert_eq!(member.names(&folder), (vec!["inner".into()], vec!["x.bin".into()]));
    assert_eq!(
        member.refused("folder/listing", &[("parent_folder_id", "9999")]),
        "Could not find folder based on folder_id."
    );
    let info = member.ok("folder/info", &[("folder_id", &folder)])["data"].clone();
    assert_eq!((&info["accessPassword"], &info["totalSize"]), (&json!(PASSWORD), &json!("40")));
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn editing() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let (id, other) = (
        text(&create(&member, &[("folder_name", "a"), ("access_password", PASSWORD)])["id"]),
        text(&create(&member, &[("folder_name", "b")])["id"]),
    );
    let edit = |fields: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = [("folder_id", id.as_str())].iter().chain(fields).copied().collect();
        let done = member.ok("folder/edit", &fields);
        assert_eq!(done["response"], json!("Folder successfully updated."));
        done["data"].clone()
    };
    let same = edit(&[("folder_name", ""), ("parent_id", ""), ("is_public", ""), ("access_password", "")]);
    assert_eq!((&same["folderName"], &same["date_updated"]), (&json!("a"), &Value::Null));
    let changed = edit(&[("folder_name", "c"), ("parent_id", &other), ("is_public", "1")]);
    assert_eq!(
        (&changed["folderName"], &changed["parentId"], &changed["isPublic"]),
        (&json!("c"), &json!(other), &json!("1"))
    );
    assert!(changed["date_updated"].is_string());
    assert_eq!(edit(&[("parent_id", "9999")])["parentId"], json!(other), "an unknown folder is not heard of");
    assert_eq!(edit(&[("parent_id", "null")])["parentId"], Value::Null);
    assert_eq!(edit(&[("access_password", "null")])["accessPassword"], json!(PASSWORD), "alone it has no effect");
    assert_eq!(edit(&[("access_password", "null"), ("folder_name", "c")])["accessPassword"], Value::Null);
    assert_eq!(site.violations(), [""; 0]);
    assert_eq!(edit(&[("access_password", "plain")])["accessPassword"], json!("plain"), "nobody looks at its length");
    assert_eq!(site.violations().len(), 1);
    let text = site.sign_in("free").refused("folder/edit", &[("folder_id", &id)]);
    assert_eq!(text, "Could not find folder based on folder_id.");
}

#[test]
fn moving() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let (a, b) = (
        site.seed("keys", json!({"name": "a", "folder": true})),
        site.seed("keys", json!({"name": "b", "folder": true})),
    );
    let to = |id: &str, parent: &str| {
        member.post("folder/move", &[("folder_id", id), ("new_parent_folder_id", parent)]).json()
    };
    let moved = to(&b, &a);
    assert_eq!((&moved["response"], &moved["data"]["parentId"]), (&json!("Folder successfully moved."), &json!(a)));
    assert_eq!(to(&b, "null")["data"]["parentId"], Value::Null);
    assert_eq!(to(&b, &b)["response"], json!("Param folder_id can not match new_parent_folder_id."));
    assert_eq!(
        to(&b, "0")["response"],
        json!("Could not find the destination folder id defined by new_parent_folder_id.")
    );
    assert_eq!(to("9999", &a)["response"], json!("Failed moving the folder."));
    // A circle is not noticed, and does not hang the emulator.
    to(&b, &a);
    assert_eq!(to(&a, &b)["data"]["totalSize"], json!("0"));
}

#[test]
fn deleting_takes_all_along() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let folder = site.seed("keys", json!({"name": "a", "folder": true}));
    let inner = site.seed("keys", json!({"name": "b", "folder": true, "parent": folder}));
    let file = site.seed("keys", json!({"parent": inner}));
    let done = member.ok("folder/delete", &[("folder_id", &folder)]);
    assert_eq!((&done["response"], done.get("data")), (&json!("Folder successfully set as deleted."), None));
    let file = member.ok("file/info", &[("file_id", &file)])["data"].clone();
    assert_eq!((&file["file_status"], &file["folderId"]), (&json!("trash"), &Value::Null));
    let listed = member.ok("folder/listing", &[])["data"]["folders"].clone();
    let states: Vec<&Value> = listed.as_array().expect("a list").iter().map(|folder| &folder["status"]).collect();
    assert_eq!(states, ["trash", "trash"]);
    assert_eq!(member.refused("folder/delete", &[("folder_id", "9999")]), "Failed deleting the folder.");
}
