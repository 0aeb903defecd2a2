//! Odd forms: each shows when it is on, and only then.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Member, Site};
use crate::client::{Emulator, Reply, Request, text};

type Show = fn(&Site) -> Reply;
type Check = fn(&Reply) -> bool;

fn by(site: &Site) -> Member<'_> {
    site.sign_in("keys")
}

fn bad_token(site: &Site) -> Reply {
    site.post("folder/listing", &[("access_token", "x"), ("account_id", "1")])
}

fn bad_token_alone(site: &Site) -> Reply {
    site.post("account/info", &[("access_token", "x"), ("account_id", "1")])
}

fn unset_date(site: &Site) -> Reply {
    by(site).post("folder/create", &[("folder_name", "a")])
}

fn package(site: &Site) -> Reply {
    by(site).post("account/package", &[])
}

fn info(site: &Site) -> Reply {
    let id = site.seed("keys", json!({"name": "ü.bin"}));
    by(site).post("file/info", &[("file_id", &id)])
}

fn listing(site: &Site) -> Reply {
    site.seed("keys", json!({"name": "trashed", "folder": true, "status": "trash"}));
    site.seed("keys", json!({"name": "folder", "folder": true}));
    by(site).post("folder/listing", &[])
}

fn empty_listing(site: &Site) -> Reply {
    by(site).post("folder/listing", &[])
}

fn info_by_parent(site: &Site) -> Reply {
    let id = site.seed("keys", json!({"name": "folder", "folder": true}));
    by(site).post("folder/info", &[("parent_folder_id", &id)])
}

fn unknown_folder(site: &Site) -> Reply {
    by(site).post("folder/delete", &[("folder_id", "9999")])
}

fn copy(site: &Site) -> Reply {
    let id = site.seed("keys", json!({}));
    by(site).post("file/copy", &[("file_id", &id), ("copy_to_folder_id", "null")])
}

fn upload(site: &Site) -> Reply {
    by(site).upload("a.bin", "abc", &[])
}

fn upload_without_curl(site: &Site) -> Reply {
    site.set(json!({"curl": false}));
    upload(site)
}

fn deleted_account(site: &Site) -> Reply {
    let id = text(&site.account("free")["account_id"]);
    site.post("account/delete", &[("access_token", &site.sign_in("admin").token), ("account_id", &id)])
}

fn download_url(site: &Site) -> Reply {
    let id = site.seed("keys", json!({"name": "a b.bin", "size": 100}));
    by(site).post("file/download", &[("file_id", &id)])
}

fn download(site: &Site) -> Reply {
    let url = text(&download_url(site).json()["data"]["download_url"]);
    Request::get(&url).header("range", "bytes=10-19").send()
}

fn lost_download(site: &Site) -> Reply {
    let url = text(&download_url(site).json()["data"]["download_url"]);
    site.order("expire", json!({"what": "links"}));
    Request::get(&url).send()
}

/// Adds an address that nobody answers, twice, and asks for the first.
fn remote(site: &Site) -> Reply {
    let (member, url) = (by(site), STANDARD.encode("http://192.0.2.1/"));
    let id = member.ok("file/url_upload_add", &[("file_url_base64", &url)])["data"]["scheduled_item_id"].to_string();
    member.post("file/url_upload_status", &[("scheduled_item_id", &id)])
}

fn remote_again(site: &Site) -> Reply {
    let (member, url) = (by(site), STANDARD.encode("http://192.0.2.1/"));
    member.ok("file/url_upload_add", &[("file_url_base64", &url)]);
    member.post("file/url_upload_add", &[("file_url_base64", &url)])
}

fn no_route(site: &Site) -> Reply {
    site.post("nope", &[])
}

fn data(reply: &Reply) -> Value {
    reply.json()["data"].clone()
}

fn has(value: &Value, name: &str) -> bool {
    value.get(name).is_some()
}

fn file(reply: &Reply) -> Value {
    data(reply)[0].clone()
}

const FORMS: &[(&str, Show, Check)] = &[
    ("errors_old", bad_token, |reply| reply.json()["status"] == "error" && !has(&reply.json(), "_status")),
    ("errors_result", bad_token, |reply| reply.json()["result"] == json!(false)),
    ("errors_success", bad_token, |reply| reply.json()["success"] == json!(false)),
    ("errors_by_status", bad_token, |reply| reply.status == 401),
    ("token_as_username", bad_token, |reply| reply.json()["message"] == "Username could not be found."),
    ("token_as_user", bad_token, |reply| reply.json()["response"] == "User not found."),
    ("account_checks_long", bad_token_alone, |reply| text(&reply.json()["response"]).contains("and account_id")),
    ("numbers_as_ints", info, |reply| data(reply)["id"].is_u64() && data(reply)["isPublic"] == 1),
    ("dates_zero", unset_date, |reply| data(reply)["date_updated"] == "0000-00-00 00:00:00"),
    ("database_clock_ahead", unset_date, |reply| {
        text(&data(reply)["date_added"])[..13] != text(&reply.json()["_datetime"])[..13]
            && text(&data(reply)["date_added"]) > text(&reply.json()["_datetime"])
    }),
    ("slashes_plain", info, |reply| reply.text().contains("http://") && reply.text().contains('ü')),
    ("extra_keys", info, |reply| has(&reply.json(), "_plugin") && has(&data(reply), "plugin_data")),
    ("level_type_paid", package, |reply| data(reply)["level_type"] == "paid"),
    ("package_without_daily_size", package, |reply| !has(&data(reply), "download_size_per_24_hours")),
    ("file_status_as_status", info, |reply| data(reply)["status"] == "active" && !has(&data(reply), "file_status")),
    ("file_description", info, |reply| data(reply)["description"].is_string()),
    ("file_visibility_null", info, |reply| data(reply)["isPublic"].is_null()),
    ("listing_active_only", listing, |reply| {
        let folders = data(reply)["folders"].clone();
        folders.as_array().map(Vec::len) == Some(1) && !has(&folders[0], "status") && !has(&folders[0], "urlHash")
    }),
    ("empty_lists_false", empty_listing, |reply| data(reply)["files"] == json!(false)),
    ("empty_lists_null", empty_listing, |reply| data(reply)["folders"].is_null()),
    ("folder_url_with_hash", unset_date, |reply| {
        text(&data(reply)["url_folder"]).rsplit('/').nth(1).map(str::len) == Some(32)
    }),
    ("folder_info_by_parent", info_by_parent, |reply| reply.json()["_status"] == "success"),
    ("folder_not_found_text", unknown_folder, |reply| text(&reply.json()["response"]).starts_with("Could not find")),
    ("copy_not_found", copy, |reply| reply.json()["response"] == "Could not find file based on file_id."),
    ("upload_numbers", upload, |reply| file(reply)["size"] == 3 && file(reply)["file_id"].is_u64()),
    ("upload_nulls", upload, |reply| file(reply)["hash"].is_null() && file(reply)["url_html"].is_null()),
    ("upload_html_raw", upload, |reply| {
        reply.text().contains("<a href=\"http") && serde_json::from_slice::<Value>(&reply.body).is_err()
    }),
    ("upload_html_entities", upload, |reply| text(&file(reply)["url_html"]).starts_with("&lt;a href=&quot;")),
    ("upload_result_html", upload, |reply| file(reply)["success_result_html"].is_string()),
    ("upload_hash_wrong", upload, |reply| {
        let hash = file(reply)["hash"].clone();
        hash.is_string() && hash != "900150983cd24fb0d6963f7d28e17f72"
    }),
    ("info_url_with_hash", upload, |reply| text(&file(reply)["info_url"]).contains("~i?")),
    ("curl_text_as_coded", upload_without_curl, |reply| {
        text(&reply.json()["response"]).contains("to be enable to use")
    }),
    ("deleted_text_old", deleted_account, |reply| reply.json()["response"] == "Account successfully set as deleted."),
    ("download_url_with_name", download_url, |reply| text(&data(reply)["download_url"]).contains("/a%20b.bin?")),
    ("error_page_old", lost_download, |reply| reply.header("location").is_some_and(|at| at.contains("/error.html?e="))),
    ("ranges_proper", download, |reply| reply.status == 206 && reply.body.len() == 10),
    ("ranges_ignored", download, |reply| reply.status == 200 && reply.body.len() == 100),
    ("download_html", download, |reply| reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))),
    ("remote_keys_missing", remote, |reply| !has(&data(reply), "downloaded_file") && !has(&data(reply), "started")),
    ("remote_size_zero", remote, |reply| data(reply)["total_size"] == 0),
    ("remote_once", remote_again, |reply| data(reply)["scheduled_item_id"] == 51),
    ("routes_as_text", no_route, |reply| reply.status == 200 && reply.text() == "404 - Route not found."),
];

/// A check that meets a body without what it looks for counts as «not shown».
fn is_shown(reply: &Reply, check: Check) -> bool {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(reply))).unwrap_or(false)
}

#[test]
fn each_shows_only_when_it_is_on() {
    let emulator = Emulator::start();
    for (name, show, check) in FORMS {
        assert!(!is_shown(&show(&Site::new(&emulator)), *check), "{name} shows before it is on");
        let site = Site::new(&emulator);
        site.odd(name);
        let reply = show(&site);
        assert!(is_shown(&reply, *check), "{name} does not show: {reply:?}");
    }
}

#[test]
fn all_that_are_offered_are_tested() {
    let emulator = Emulator::start();
    let offered = Site::new(&emulator).ask("odd")["yetishare"].clone();
    let offered: Vec<String> = offered.as_array().expect("a list").iter().map(|form| text(&form["name"])).collect();
    let tested: Vec<&str> = FORMS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(offered, tested);
}
