//! The odd forms of answers about files, partners, hashes and free downloads.

use serde_json::{Value, json};

use crate::client::{Reply, Upload, World, text};
use crate::odd_forms::{Check, Show, file, keys};

const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";

fn balance(world: &World) -> Reply {
    world.call_as("partner", "getBalance", json!({}))
}

fn code(world: &World) -> Reply {
    world.call_as("partner", "resellerGetCode", json!({"days": 7}))
}

fn subscriptions(world: &World) -> Reply {
    world.call_as("partner", "getSubscriptions", json!({"domainName": "partner.example"}))
}

fn no_domain(world: &World) -> Reply {
    world.call_as("partner", "getSubscriptions", json!({"domainName": "nobody.example"}))
}

fn folders(world: &World) -> Reply {
    let outer = world.seed(json!({"name": "outer", "folder": true}));
    world.seed(json!({"name": "inner", "folder": true, "parent": outer}));
    world.call_as("premium", "getFoldersList", json!({}))
}

/// A file, as its owner sees it without extended_info.
fn info(world: &World) -> Reply {
    let id = world.seed(json!({"name": "a ü.bin", "content": "abc"}));
    world.call_as("premium", "getFilesInfo", json!({"ids": [id]}))
}

fn extended(world: &World) -> Reply {
    let id = world.seed(json!({"name": "a ü.bin", "content": "abc"}));
    world.call_as("free", "getFilesInfo", json!({"ids": [id], "extended_info": true}))
}

fn unknown(world: &World) -> Reply {
    world.call("getFilesInfo", json!({"ids": ["0000000000000"]}))
}

/// A public folder with two files.
fn folder(world: &World) -> String {
    let folder = world.seed(json!({"name": "box", "folder": true, "is_public": true}));
    world.seed(json!({"name": "file{n}.bin", "count": 2, "parent": folder}));
    folder
}

fn folder_info(world: &World) -> Reply {
    world.call("getFilesInfo", json!({"ids": [folder(world)]}))
}

fn folder_status(world: &World) -> Reply {
    world.call("getFileStatus", json!({"id": folder(world)}))
}

fn status(world: &World) -> Reply {
    let id = world.seed(json!({"content": "abc"}));
    world.call("getFileStatus", json!({"id": id}))
}

fn no_status(world: &World) -> Reply {
    world.call("getFileStatus", json!({"id": "0000000000000"}))
}

fn update(world: &World) -> Reply {
    let id = world.seed(json!({}));
    world.call_as("premium", "updateFile", json!({"id": id, "new_name": "new.bin"}))
}

fn bad_update(world: &World) -> Reply {
    world.call_as("premium", "updateFile", json!({"id": "0000000000000", "new_name": "new.bin"}))
}

fn updates(world: &World) -> Reply {
    let id = world.seed(json!({}));
    world.call_as("premium", "updateFiles", json!({"ids": ["0000000000000", id], "new_access": "premium"}))
}

fn renamed_folder(world: &World) -> Reply {
    let id = folder(world);
    world.call_as("premium", "updateFile", json!({"id": id, "new_name": "other"}));
    world.call("getFileStatus", json!({"id": id}))
}

fn find(world: &World) -> Reply {
    world.call_as("free", "findByFullMd5Hash", json!({"md5": MD5}))
}

fn by_hash(world: &World) -> Reply {
    world.seed(json!({"content": "abc"}));
    world.call_as("free", "createFileByHash", json!({"hash": MD5, "name": "abc.txt"}))
}

/// Nobody listens there, so nothing comes of it.
fn remote_add(world: &World) -> Reply {
    let urls = ["http://127.0.0.1:9/file.bin", "http://192.0.2.1/"];
    world.call_as("premium", "remoteUploadAdd", json!({"urls": urls}))
}

fn remote_status(world: &World) -> Reply {
    let id = remote_add(world).json()["acceptedUrls"][0]["id"].clone();
    world.call_as("premium", "remoteUploadStatus", json!({"ids": [id]}))
}

fn upload_of(reply: &Reply) -> Value {
    reply.json()["uploads"][0].clone()
}

fn meta(world: &World) -> Reply {
    let id = world.seed(json!({}));
    world.call_as("premium", "createFileMeta", json!({"file_id": id}))
}

fn poor(world: &World) -> Reply {
    let key = world.new_key("premium", json!({"available_traffic": 4}));
    let id = world.seed(json!({"size": 5}));
    world.call("getUrl", json!({"access_token": key, "file_id": id}))
}

fn premium_only(world: &World) -> Reply {
    let id = world.seed(json!({"access": "premium"}));
    world.call("getUrl", json!({"file_id": id}))
}

/// Right after a free download.
fn paused(world: &World) -> Reply {
    world.set(json!({"free_pause_s": 600, "free_wait_s": 0, "free_margin_s": 0}));
    let id = world.seed(json!({"size": 5}));
    let mut body = world.solved_captcha();
    body["file_id"] = json!(id);
    let key = world.call("getUrl", body).json()["free_download_key"].clone();
    let url = text(&world.call("getUrl", json!({"file_id": id, "free_download_key": key})).json()["url"]);
    crate::client::Request::get(&url).send();
    world.call("getUrl", json!({"file_id": id}))
}

fn upload(world: &World) -> Reply {
    Upload::prepare(world, "/", "abc.bin", "abc").send()
}

fn link(world: &World) -> Reply {
    let id = world.seed(json!({}));
    world.call_as("premium", "getUrl", json!({"file_id": id}))
}

fn has(value: &Value, key: &str) -> bool {
    keys(value).iter().any(|known| known == key)
}

fn both(reply: &Reply) -> (u16, Value) {
    (reply.status, reply.json()["code"].clone())
}

pub const FORMS: &[(&str, Show, Check)] = &[
    ("balance_text", balance, |reply| reply.json()["balance"] == "100.00"),
    ("code_id_twice", code, |reply| reply.text().matches("\"code_id\":").count() == 2),
    ("subscriptions_with_files", subscriptions, |reply| reply.json()["files"] == json!([])),
    ("domain_not_found_404", no_domain, |reply| both(reply) == (404, json!(404))),
    ("folder_names_with_slash", folders, |reply| reply.json()["foldersList"] == json!(["/outer", "/inner"])),
    ("folder_names_as_paths", folders, |reply| reply.json()["foldersList"] == json!(["/outer", "/outer/inner"])),
    ("parent_folders_always", folders, |reply| reply.json()["parentFoldersIds"] == json!([])),
    ("unknown_ids_left_out", unknown, |reply| reply.json()["files"] == json!([])),
    ("small_folder_as_files", folder_info, |reply| reply.json()["files"].as_array().map(Vec::len) == Some(2)),
    ("info_keys_always", info, |reply| has(&file(reply), "isAvailableForFree") && has(&file(reply), "parent_id")),
    ("free_key_missing", extended, |reply| !has(&file(reply), "isAvailableForFree")),
    ("is_deleted_key", unknown, |reply| file(reply)["isDeleted"] == json!(true)),
    ("md5_for_everyone", extended, |reply| file(reply)["md5"] == MD5),
    ("extended_info_old", extended, |reply| file(reply)["extended_info"]["downloads"] == 0),
    ("content_type_family", extended, |reply| file(reply)["extended_info"]["content_type"] == "application"),
    ("names_encoded", info, |reply| text(&file(reply)["name"]).starts_with("=?UTF-8?Q?=61=20=C3=BC=2E")),
    ("status_files_object", folder_status, |reply| reply.json()["files"]["name"] == "file1.bin"),
    ("status_file_in_list", status, |reply| has(&file(reply), "id")),
    ("status_folder_name", folder_status, |reply| reply.json()["name"] == "box"),
    ("status_md5", status, |reply| reply.json()["md5"] == MD5),
    ("status_error_words", no_status, |reply| reply.json()["errorCode"] == "not_found"),
    ("status_error_code_403", no_status, |reply| both(reply) == (406, json!(403))),
    ("update_file_200", update, |reply| both(reply) == (200, json!(200))),
    ("update_file_202_code_200", update, |reply| both(reply) == (202, json!(200))),
    ("update_file_with_files", update, |reply| reply.json()["files"] == json!([])),
    ("update_error_61", bad_update, |reply| reply.json()["errorCode"] == 61),
    ("update_files_error_as_success", updates, |reply| {
        file(reply)["status"] == "success" && file(reply)["errors"] == json!(["File not found"])
    }),
    ("update_files_errors_missing", updates, |reply| {
        has(&file(reply), "errors") && !has(&reply.json()["files"][1], "errors")
    }),
    ("is_public_reset", renamed_folder, |reply| reply.status == 406),
    ("exists_as_found", find, |reply| reply.json()["found"] == json!(false)),
    ("by_hash_200", by_hash, |reply| both(reply) == (200, json!(200))),
    ("by_hash_201_code_200", by_hash, |reply| both(reply) == (201, json!(200))),
    ("by_hash_without_link", by_hash, |reply| !has(&reply.json(), "link")),
    ("uploads_as_map", remote_status, |reply| reply.json()["uploads"].is_object()),
    ("upload_numbers_as_text", remote_status, |reply| upload_of(reply) == json!({"status": "1", "progress": "0"})),
    ("remote_file_id_null", remote_status, |reply| has(&upload_of(reply), "file_id")),
    ("remote_ids_as_integers", remote_add, |reply| reply.json()["acceptedUrls"][0]["id"].is_u64()),
    ("accepted_as_text", remote_add, |reply| reply.json()["acceptedUrls"][0].is_string()),
    ("rejected_as_text", remote_add, |reply| reply.json()["rejectedUrls"] == json!(["http://192.0.2.1/"])),
    ("meta_lists_null", meta, |reply| has(&reply.json(), "tags") && reply.json()["tags"].is_null()),
    ("reason_as_code", poor, |reply| reply.refusal() == (406, json!(2))),
    ("reason_under_42", premium_only, |reply| reply.refusal() == (406, json!(42))),
    ("premium_only_43", premium_only, |reply| reply.refusal() == (406, json!(43))),
    ("file_not_available_text", premium_only, |reply| reply.json()["message"] == "File is not available"),
    ("refused_without_reason", paused, |reply| both(reply) == (406, json!(406)) && !has(&reply.json(), "errors")),
    ("time_remaining_number", paused, |reply| reply.json()["errors"][0]["timeRemaining"].is_u64()),
    ("time_remaining_missing", paused, |reply| !has(&reply.json()["errors"][0], "timeRemaining")),
    ("wait_told_after_captcha", paused, |reply| reply.json()["errorCode"] == 30),
    ("upload_file_id", upload, |reply| has(&reply.json(), "file_id") && !has(&reply.json(), "user_file_id")),
    ("link_query_other", link, |reply| text(&reply.json()["url"]).contains("&rate_limit=0&filename=")),
];
