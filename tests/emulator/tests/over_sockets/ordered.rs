//! Errors ordered by their code, in the words of the host that they are ordered for.

use serde_json::{Value, json};

use crate::client::{Emulator, Reply, Request, Upload, World};

/// All that are called with POST.
pub const METHODS: &[&str] = &[
    "login",
    "test",
    "accountInfo",
    "requestCaptcha",
    "requestReCaptcha",
    "getBalance",
    "getDomainsList",
    "resellerGetCode",
    "getSubscriptions",
    "getFoldersList",
    "createFolder",
    "getFilesList",
    "getFilesInfo",
    "getFileStatus",
    "updateFile",
    "updateFiles",
    "deleteFiles",
    "search",
    "findByFirst5MbSha1Hash",
    "findByFullMd5Hash",
    "findFile",
    "createFileByHash",
    "getUploadFormData",
    "remoteUploadAdd",
    "remoteUploadStatus",
    "getUrl",
    "getFilesMeta",
    "createFileMeta",
    "updateFileMeta",
    "copyFileMeta",
    "deleteFileMeta",
];

#[test]
fn any_method_refuses_with_any_code() {
    let emulator = Emulator::start();
    let world = emulator.world();
    for method in METHODS {
        for code in [json!(10), json!(64), json!(77), json!("captcha_need_wait_daily")] {
            world.fault(method, "error", json!({"code": code}));
            let reply = world.call(&method.to_uppercase(), json!({}));
            let status = if code == 10 || code == 77 {
                403
            } else if code == 64 {
                406
            } else {
                400
            };
            assert_eq!(reply.refusal(), (status, code), "{method}");
        }
    }
    for page in ["captcha", "reCaptcha"] {
        world.fault(page, "error", json!({"code": 10}));
        assert_eq!(Request::get(&format!("{}/{page}.html?id=x", world.base_url())).send().status, 403);
    }
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn codes_come_with_their_documented_words() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let refused = |method: &str, code: Value| {
        world.fault(method, "error", json!({"code": code}));
        let reply = world.call(method, json!({}));
        (reply.status, reply.json()["code"].clone(), reply.json()["message"].as_str().unwrap_or_default().to_owned())
    };
    let (list_meta, limit) = ("Error list file meta", "Limit files in specified folder reached");
    assert_eq!(refused("getFilesMeta", json!(60)), (406, json!(406), list_meta.into()));
    assert_eq!(refused("getUploadFormData", json!(61)), (406, json!(406), limit.into()));
    assert_eq!(refused("getUploadFormData", json!(63)), (406, json!(406), "No available nodes".into()));
    assert_eq!(refused("getUrl", json!(2)), (406, json!(406), "Traffic limit exceed".into()));
    assert_eq!(refused("getUrl", json!(43)).0, 406);
    assert_eq!(refused("test", json!(null)), (403, json!(403), "Authorization session was expired".into()));
    assert_eq!(refused("getSubscriptions", json!(null)), (404, json!(400), "Domain not found".into()));
}

fn upload_under(world: &World, fault: &str, members: Value) -> Reply {
    world.fault("upload", fault, members);
    Upload::prepare(world, "/", "abc.bin", "abc").send()
}

#[test]
fn failures_of_the_upload_host() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let signature = upload_under(&world, "wrong_signature", json!({}));
    assert_eq!(
        signature.json(),
        json!({"name": "Bad Request", "message": "Wrong signature. IP 127.0.0.1",
                                        "code": 0, "status": 400})
    );
    let other = upload_under(&world, "wrong_signature", json!({"message": "Form expired"}));
    assert_eq!((&other.json()["message"], &other.json()["status"]), (&json!("Form expired"), &json!(400)));
    let failed = upload_under(&world, "error", json!({"message": "No way", "http_status": 403}));
    assert_eq!(
        (failed.status, failed.json()),
        (403, json!({"success": false, "message": "No way", "status_code": 403}))
    );
    let page = upload_under(&world, "status", json!({}));
    assert_eq!((page.status, page.text().contains("<html>")), (503, true));
    assert_eq!(upload_under(&world, "empty_body", json!({})).body.len(), 0);
    assert!(upload_under(&world, "html", json!({})).text().contains("<html>"));
    let listed = world.call_as("premium", "getFilesList", json!({})).json();
    assert_eq!(listed["files"], json!([]), "a refused upload leaves no file");
    assert_eq!(upload_under(&world, "empty_body", json!({"effect": true})).status, 200);
    let listed = world.call_as("premium", "getFilesList", json!({})).json();
    assert_eq!(listed["files"][0]["name"], json!("abc.bin"));
}

#[test]
fn failures_of_a_link() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let link = world.link(&world.seed(json!({"size": 10})));
    for status in [401, 404, 409, 429, 440, 500, 503, 504, 509] {
        world.fault("download", "status", json!({"status": status}));
        let page = Request::get(&link).send();
        assert_eq!((page.status, page.header("content-type")), (status, Some("text/html; charset=UTF-8")));
    }
    let sentence = "You exceeded your Premium 20 GB daily limit";
    world.fault("download", "error", json!({"message": sentence, "http_status": 200}));
    let page = Request::get(&link).send();
    assert!(page.status == 200 && page.text().contains(sentence) && page.text().starts_with("<!DOCTYPE html>"));
    assert_eq!(Request::get(&link).send().body.len(), 10);
    assert_eq!(world.violations(), [""; 0]);
}
