//! Every text, in every shape; the order of checks; addresses that nothing answers.

use serde_json::{Value, json};

use super::{Site, refusal};
use crate::client::{Emulator, Reply, Request};

/// All calls by their names on the control address, and their addresses.
pub const CALLS: &[(&str, &str)] = &[
    ("auth.authorize", "authorize"),
    ("auth.disable_access_token", "disable_access_token"),
    ("account.info", "account/info"),
    ("account.package", "account/package"),
    ("account.create", "account/create"),
    ("account.edit", "account/edit"),
    ("account.delete", "account/delete"),
    ("package.listing", "package/listing"),
    ("file.upload", "file/upload"),
    ("file.download", "file/download"),
    ("file.url_upload_add", "file/url_upload_add"),
    ("file.url_upload_status", "file/url_upload_status"),
    ("file.info", "file/info"),
    ("file.edit", "file/edit"),
    ("file.delete", "file/delete"),
    ("file.move", "file/move"),
    ("file.copy", "file/copy"),
    ("folder.create", "folder/create"),
    ("folder.listing", "folder/listing"),
    ("folder.info", "folder/info"),
    ("folder.edit", "folder/edit"),
    ("folder.delete", "folder/delete"),
    ("folder.move", "folder/move"),
];

/// What documents and copies of the service know, by the first words that tell them apart.
const TEXTS: &[&str] = &[
    "Please provide key1. It must be 64 characters in length.",
    "Please provide key2. It must be 64 characters in length.",
    "Please provide a username.",
    "Please provide a password.",
    "Could not authenticate user. The key pair may be invalid",
    "Could not authenticate user. The username and password may be invalid",
    "Your account level does not have access to the file upload API.",
    "Failed issuing access token.",
    "Please provide the access_token param.",
    "Please provide the account_id param.",
    "Could not validate access_token and account_id, please reauthenticate or try again.",
    "Could not validate access_token, please reauthenticate or try again.",
    "This API feature is not available in demo mode.",
    "Did not receive uploaded file.",
    "Filesize received was zero.",
    "PHP Curl module does not exist on your server/web hosting. It will need to be enabled to use this upload feature.",
    "PHP Curl module does not exist on your server/web hosting. It will need to be enable to use this upload feature.",
    "Error uploading file. No response received from: ",
    "Error uploading file to ",
    "Error on: ",
    "Failed reading response from: ",
    "No available upload servers, exiting.",
    "Please provide the file_id param.",
    "Could not find file based on file_id.",
    "Could not generate download url.",
    "Please provide the file_url_base64 param.",
    "Could not parse the file_url_base64 parameter. Ensure it's base64 encoded.",
    "PHP Curl module does not exist on your server/web hosting. It will need to be enabled to use this feature.",
    "Please provide the scheduled_item_id param.",
    "Failed deleting the file.",
    "Please provide the new_parent_folder_id param.",
    "Could not find the destination folder id defined by new_parent_folder_id.",
    "Failed moving the file.",
    "Please provide the copy_to_folder_id param.",
    "Could not find the destination folder id defined by copy_to_folder_id.",
    "Failed copying the file.",
    "Please provide the folder_name param.",
    "Failed creating the folder.",
    "Could not find folder based on folder_id.",
    "Please provide the folder_id param.",
    "Failed deleting the folder.",
    "Param folder_id can not match new_parent_folder_id.",
    "Failed moving the folder.",
    "API user must be an admin user for this endpoint.",
    "Please provide the username param.",
    "Please provide the password param.",
    "Please provide the email param.",
    "Email address already exists on another account",
    "Username already exists on another account",
    "API can not be used to create admin or moderator accounts.",
    "Can not have package ids greater or equal to 10 or less than 0 via the API.",
    "Failed creating the user.",
    "Please provide the account_id param of the account to edit.",
    "Failed loading a user account with the supplied account_id.",
    "You can not edit admin accounts via the API.",
    "API can not be used to administer admin or moderator accounts.",
    "Please provide the account_id param of the account to delete.",
    "You can not delete admin accounts via the API.",
    "You can not delete the current API user.",
    "There was a general issue removing the account, please try again later.",
    "Unexpected Header",
    "Invalid Method",
    "404 - Route not found.",
    "405 - Route not found.",
    "User not found.",
    "Username could not be found.",
];

fn faulty(site: &Site, members: Value) -> Reply {
    site.fault("file.info", "error", members);
    site.post("file/info", &[])
}

#[test]
fn every_text_in_every_shape() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    for text in TEXTS {
        let told = refusal(&faulty(&site, json!({"code": text})));
        assert!(told.starts_with(text), "{text}: {told}");
        for (shape, member, mark, value) in [
            ("new", "response", "_status", json!("error")),
            ("old", "response", "status", json!("error")),
            ("result", "message", "result", json!(false)),
            ("success", "message", "success", json!(false)),
            ("zero", "0", "_status", json!("error")),
        ] {
            let body = faulty(&site, json!({"code": text, "shape": shape})).json();
            assert_eq!((&body[member], &body[mark]), (&json!(told), &value), "{shape}");
            assert_eq!(body.as_object().map(serde_json::Map::len), Some(3), "{shape}: {body}");
        }
    }
    let unknown = json!({"service": "yetishare", "fault": "error", "shape": "round"});
    assert_eq!(Request::post(&format!("{}/faults", site.control), &unknown).send().status, 400);
    let own = faulty(&site, json!({"message": "Something new", "http_status": 401}));
    assert_eq!((own.status, &own.json()["response"]), (401, &json!("Something new")));
}

#[test]
fn every_call_can_be_refused() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    for (name, path) in CALLS {
        site.fault(name, "error", json!({"code": "Could not validate access_token and"}));
        assert!(refusal(&site.post(path, &[])).starts_with("Could not validate access_token and account_id"), "{name}");
        site.fault(path, "php_warning", json!({}));
        let text = site.post(path, &[]).text();
        assert!(text.starts_with("<br />\n<b>Warning</b>:") && text.ends_with('}'), "{name}: {text}");
        site.fault(name, "html", json!({}));
        assert!(site.post(path, &[]).text().contains("<html>"), "{name}");
    }
}

#[test]
fn the_order_of_checks() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let token = ("access_token", member.token.as_str());
    let id = ("account_id", member.id.as_str());
    let bad = "Could not validate access_token";
    let own_parameter = [
        ("file/info", "Please provide the file_id param."),
        ("file/edit", "Please provide the file_id param."),
        ("file/delete", "Please provide the file_id param."),
        ("file/move", "Please provide the file_id param."),
        ("file/copy", "Please provide the file_id param."),
        ("file/download", "Please provide the file_id param."),
        ("file/url_upload_add", "Please provide the file_url_base64 param."),
        ("file/url_upload_status", "Please provide the scheduled_item_id param."),
        ("folder/create", "Please provide the folder_name param."),
        ("folder/info", "Please provide the folder_id param."),
        ("folder/edit", "Please provide the folder_id param."),
        ("folder/delete", "Please provide the folder_id param."),
        ("folder/move", "Please provide the folder_id param."),
    ];
    for (path, missing) in own_parameter {
        assert_eq!(refusal(&site.post(path, &[id])), "Please provide the access_token param.", "{path}");
        assert_eq!(refusal(&site.post(path, &[token])), "Please provide the account_id param.", "{path}");
        assert!(refusal(&site.post(path, &[("access_token", "x"), id])).starts_with(bad), "{path}");
        assert_eq!(refusal(&site.post(path, &[token, id])), missing, "{path}");
    }
    for (path, fields, missing) in [
        ("file/move", [("file_id", "9999")], "Could not find file based on file_id."),
        ("file/copy", [("file_id", "9999")], "Could not find file based on file_id."),
        ("folder/move", [("folder_id", "9999")], "Please provide the new_parent_folder_id param."),
    ] {
        assert_eq!(member.refused(path, &fields), missing, "{path}");
    }
    let file = site.seed("keys", json!({}));
    assert_eq!(member.refused("file/move", &[("file_id", &file)]), "Please provide the new_parent_folder_id param.");
    assert_eq!(member.refused("file/copy", &[("file_id", &file)]), "Please provide the copy_to_folder_id param.");
    site.set(json!({"demo_mode": true}));
    for path in [
        "file/edit",
        "file/delete",
        "file/move",
        "file/copy",
        "folder/create",
        "folder/edit",
        "folder/delete",
        "folder/move",
    ] {
        assert_eq!(member.refused(path, &[]), "This API feature is not available in demo mode.", "{path}");
        assert!(refusal(&site.post(path, &[("access_token", "x"), id])).starts_with(bad), "{path}");
    }
    member.ok("file/info", &[("file_id", &file)]);
}

#[test]
fn addresses_that_nothing_answers() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let action = member.post("file/nope", &[]);
    assert_eq!((action.status, &action.json()["0"]), (404, &json!("No method found within endpoint (file): nope")));
    assert_eq!(
        refusal(&site.post("file/nope", &[])),
        "Please provide the access_token param.",
        "only to who signed in"
    );
    let endpoint = member.post("nope/info", &[]);
    assert_eq!((endpoint.status, &endpoint.json()["response"]), (404, &json!("No endpoint found for: nope")));
    let method = Request::new("PUT", &site.address("file/info")).send();
    assert_eq!((method.status, &method.json()["response"]), (405, &json!("Invalid Method")));
    let header = |value: &str| {
        Request::new("POST", &site.address("account/info")).header("x-http-method", value).send().json()["response"]
            .clone()
    };
    assert_eq!(header("PATCH"), json!("Unexpected Header"));
    assert_eq!(header("DELETE"), json!("Please provide the access_token param."));
    assert_eq!(
        site.violations()[..4],
        [
            "nothing answers POST /api/v2/file/nope",
            "nothing answers POST /api/v2/file/nope",
            "nothing answers POST /api/v2/nope/info",
            "nothing answers PUT /api/v2/file/info",
        ]
    );
}

#[test]
fn answers_look_like_phps() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    site.seed("keys", json!({"name": "ü/x"}));
    let reply = member.post("folder/listing", &[]);
    assert!(reply.text().contains("\"\\u00fc\\/x\"") && reply.text().is_ascii());
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.json()["_datetime"].as_str().map(str::len), Some(19));
    assert_eq!(reply.json()["data"]["files"][0]["filename"], json!("ü/x"));
}
