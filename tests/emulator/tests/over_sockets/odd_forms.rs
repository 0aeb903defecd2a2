//! Every odd form changes what it says, and nothing before it is switched on.

use serde_json::{Value, json};

use crate::client::{Emulator, Reply, Request, Upload, World, text};
use crate::odd_answers;

/// A way to an answer in which an odd form shows.
pub type Show = fn(&World) -> Reply;
/// Whether the odd form shows.
pub type Check = fn(&Reply) -> bool;

fn info(world: &World) -> Reply {
    world.call_as("premium", "accountInfo", json!({}))
}

fn list(world: &World) -> Reply {
    world.seed(json!({"size": 2857}));
    world.call_as("premium", "getFilesList", json!({"extended_info": true}))
}

fn folder(world: &World) -> Reply {
    world.call_as("premium", "createFolder", json!({"name": "box", "parent": "/", "access": "public"}))
}

fn url(world: &World) -> Reply {
    let id = world.seed(json!({}));
    world.call_as("premium", "getUrl", json!({"file_id": id}))
}

fn ticket(world: &World) -> Reply {
    let id = world.seed(json!({}));
    let challenge = text(&world.call("requestCaptcha", json!({})).json()["challenge"]);
    let answer = world.ask(&format!("captchas/{challenge}"))["answer"].clone();
    world.call("getUrl", json!({"file_id": id, "captcha_challenge": challenge, "captcha_response": answer}))
}

fn early(world: &World) -> Reply {
    let id = world.seed(json!({}));
    let challenge = text(&world.call("requestCaptcha", json!({})).json()["challenge"]);
    let answer = world.ask(&format!("captchas/{challenge}"))["answer"].clone();
    let body = json!({"file_id": id, "captcha_challenge": challenge, "captcha_response": answer});
    let key = world.call("getUrl", body).json()["free_download_key"].clone();
    world.call("getUrl", json!({"file_id": id, "free_download_key": key}))
}

fn private(world: &World) -> Reply {
    let id = world.seed(json!({"access": "private"}));
    world.call("getUrl", json!({"file_id": id}))
}

fn refused_login(world: &World) -> Reply {
    world.call("login", json!({"username": "nobody@example.com", "password": "p"}))
}

fn locked_login(world: &World) -> Reply {
    let body = json!({"username": world.account("free")["username"], "password": "p"});
    for _ in 0..5 {
        world.call("login", body.clone());
    }
    world.call("login", body)
}

fn bad_token(world: &World) -> Reply {
    world.call("accountInfo", json!({"auth_token": "bad"}))
}

fn bad_token_for_url(world: &World) -> Reply {
    let id = world.seed(json!({}));
    world.call("getUrl", json!({"file_id": id, "auth_token": "bad"}))
}

fn bad_params(world: &World) -> Reply {
    world.call("accountInfo", json!({"unknown": 1}))
}

fn captcha(world: &World) -> Reply {
    world.call("requestCaptcha", json!({}))
}

fn picture(world: &World) -> Reply {
    Request::get(&text(&captcha(world).json()["captcha_url"])).send()
}

fn form(world: &World) -> Reply {
    world.call_as("premium", "getUploadFormData", json!({"parent_id": "/"}))
}

fn upload(world: &World) -> Reply {
    Upload::prepare(world, "/", "abc.bin", "abc").send()
}

fn download(world: &World) -> Reply {
    let link = world.link(&world.seed(json!({"size": 100})));
    Request::get(&link).header("range", "bytes=0-9").send()
}

pub fn file(reply: &Reply) -> Value {
    reply.json()["files"][0].clone()
}

pub fn keys(value: &Value) -> Vec<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

const FORMS: &[(&str, Show, Check)] = &[
    ("ids_as_integers", list, |reply| file(reply)["id"].is_u64()),
    ("ids_long", list, |reply| text(&file(reply)["id"]).contains('-')),
    ("size_as_text", list, |reply| file(reply)["size"] == "2857"),
    ("size_as_float", list, |reply| file(reply)["size"].is_f64()),
    ("size_null", list, |reply| file(reply)["size"].is_null()),
    ("flags_as_numbers", list, |reply| file(reply)["is_folder"] == 0 && file(reply)["is_available"] == 1),
    ("is_available_null", list, |reply| file(reply)["is_available"].is_null()),
    ("name_null", list, |reply| file(reply)["name"].is_null()),
    ("md5_null", list, |reply| file(reply)["md5"].is_null() && keys(&file(reply)).contains(&"md5".into())),
    ("md5_missing", list, |reply| !keys(&file(reply)).contains(&"md5".into())),
    ("dates_iso", list, |reply| text(&file(reply)["date_created"]).ends_with(".000Z")),
    ("extended_info_missing", list, |reply| !keys(&file(reply)).contains(&"extended_info".into())),
    ("extended_info_null", list, |reply| file(reply)["extended_info"].is_null() && keys(&file(reply)).len() == 8),
    ("extended_info_empty_array", list, |reply| file(reply)["extended_info"] == json!([])),
    ("account_expires_text", info, |reply| reply.json()["account_expires"].is_string()),
    ("account_expires_iso", info, |reply| text_or(&reply.json()["account_expires"]).ends_with('Z')),
    ("account_expires_false", info, |reply| reply.json()["account_expires"] == json!(false)),
    ("account_expires_null", info, |reply| reply.json()["account_expires"].is_null()),
    ("available_traffic_text", info, |reply| reply.json()["available_traffic"] == "53687091200"),
    ("time_wait_text", ticket, |reply| reply.json()["time_wait"] == "30"),
    ("time_wait_zero", ticket, |reply| reply.json()["time_wait"] == 0),
    ("null_keys", url, |reply| keys(&reply.json()).contains(&"time_wait".into())),
    ("need_wait_without_time", early, |reply| reply.json()["time_wait"].is_null()),
    ("ticket_again", early, |reply| reply.status == 200),
    ("errors_without_message", private, |reply| reply.json()["errors"] == json!([{"code": 8}])),
    ("create_folder_200", folder, |reply| reply.status == 200 && reply.json()["code"] == 200),
    ("create_folder_201_code_200", folder, |reply| reply.status == 201 && reply.json()["code"] == 200),
    ("code_missing", info, |reply| !keys(&reply.json()).contains(&"code".into())),
    ("escaped_slashes", captcha, |reply| reply.text().contains("http:\\/\\/")),
    ("extra_keys", list, |reply| keys(&reply.json()).len() == 5 && file(reply)["is_starred"] == json!(false)),
    ("message_on_success", info, |reply| reply.json()["message"] == "success"),
    ("glued_json", info, |reply| reply.text().contains("}{")),
    ("glued_login_406", refused_login, |reply| reply.status == 406 && reply.text().contains("}{")),
    ("error_code_text", bad_token, |reply| reply.json()["errorCode"] == "10"),
    ("error_code_missing", bad_token, |reply| !keys(&reply.json()).contains(&"errorCode".into())),
    ("session_expired_without_code", bad_token, |reply| reply.refusal() == (403, json!(null))),
    ("param_error_3", bad_params, |reply| reply.refusal() == (400, json!(3))),
    ("login_71_as_406", locked_login, |reply| reply.refusal() == (406, json!(71))),
    ("bad_token_anonymous", bad_token_for_url, |reply| reply.refusal() == (406, json!(30))),
    ("captcha_url_relative", captcha, |reply| text(&reply.json()["captcha_url"]).starts_with('/')),
    ("captcha_image_jpg", picture, |reply| reply.header("content-type") == Some("image/jpg")),
    ("ajax_as_number", form, |reply| reply.json()["form_data"]["ajax"] == 1),
    ("ajax_as_text", form, |reply| reply.json()["form_data"]["ajax"] == "true"),
    ("form_data_extra_field", form, |reply| keys(&reply.json()["form_data"]).len() == 4),
    ("file_field_other", form, |reply| reply.json()["file_field"] == "Filedata"),
    ("upload_without_link", upload, |reply| keys(&reply.json()) == ["user_file_id", "status", "status_code"]),
    ("upload_empty_answer", upload, |reply| reply.status == 200 && reply.body.is_empty()),
    ("etag_unquoted", download, |reply| reply.header("etag").is_some_and(|tag| tag.len() == 32)),
    ("etag_missing", download, |reply| reply.header("etag").is_none()),
    ("ranges_ignored", download, |reply| reply.status == 200 && reply.body.len() == 100),
    ("disposition_missing", download, |reply| reply.header("content-disposition").is_none()),
];

fn all_forms() -> impl Iterator<Item = &'static (&'static str, Show, Check)> {
    FORMS.iter().chain(odd_answers::FORMS)
}

fn text_or(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Shown with TLS instead, where it makes a difference.
const ELSEWHERE: &[&str] = &["captcha_url_http"];

#[test]
fn each_shows_only_when_it_is_on() {
    let emulator = Emulator::start();
    for (name, show, check) in all_forms() {
        let world = emulator.new_world();
        assert!(!is_shown(&show(&world), *check), "{name} shows before it is on");
        let world = emulator.new_world();
        world.odd(name);
        let reply = show(&world);
        assert!(check(&reply), "{name} does not show: {reply:?}");
    }
}

/// A check that meets a body without what it looks for counts as «not shown».
fn is_shown(reply: &Reply, check: Check) -> bool {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(reply))).unwrap_or(false)
}

#[test]
fn all_that_are_offered_are_tested() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let offered = world.ask("odd")["keep2share"].clone();
    let offered: Vec<String> = offered.as_array().expect("a list").iter().map(|form| text(&form["name"])).collect();
    let mut tested: Vec<&str> = all_forms().map(|(name, ..)| *name).chain(ELSEWHERE.iter().copied()).collect();
    let mut missing = offered.clone();
    missing.retain(|name| !tested.contains(&name.as_str()));
    tested.retain(|name| !offered.contains(&(*name).to_owned()));
    assert_eq!((missing, tested), (Vec::<String>::new(), Vec::new()));
}

#[test]
fn they_can_be_switched_off() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.odd("message_on_success");
    world.order("odd", json!({"service": "keep2share", "name": "message_on_success", "on": false}));
    assert!(info(&world).json()["message"].is_null());
    let unknown = json!({"service": "keep2share", "name": "very_odd"});
    assert_eq!(Request::post(&format!("{}/odd", world.control), &unknown).send().status, 400);
}

#[test]
fn odd_ids_are_good_for_asking() {
    let emulator = Emulator::start();
    for odd in ["ids_as_integers", "ids_long"] {
        let world = emulator.new_world();
        world.odd(odd);
        let id = file(&list(&world))["id"].clone();
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        assert_eq!(world.call_as("premium", "getUrl", json!({"file_id": id})).status, 200, "{odd}");
        assert_eq!(world.call_as("premium", "deleteFiles", json!({"ids": [id]})).json()["deleted"], 1, "{odd}");
    }
}

#[test]
fn odd_forms_of_the_upload_must_be_followed() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.odd("form_data_extra_field");
    world.odd("file_field_other");
    assert_eq!(upload(&world).status, 200);
    let mut without = Upload::prepare(&world, "/", "abc.bin", "abc");
    without.fields.retain(|(name, _)| name != "node_name");
    assert_eq!(without.send().status, 400);
    assert_eq!(world.violations(), ["the field \"node_name\" is not as it was given"]);
}
