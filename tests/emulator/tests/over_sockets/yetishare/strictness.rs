//! What no document allows is recorded.

use serde_json::json;

use super::{Form, Site, encoded};
use crate::client::{Emulator, Request};

/// Address, fields beyond those that say who calls, and a part of the violation.
type Row = (&'static str, &'static [(&'static str, &'static str)], &'static str);

#[test]
fn parameters() {
    let emulator = Emulator::start();
    let table: &[Row] = &[
        ("authorize", &[("login", "x")], "unknown parameter \"login\""),
        ("disable_access_token", &[("all", "1")], "unknown parameter \"all\""),
        ("account/info", &[("file_id", "1")], "unknown parameter \"file_id\""),
        ("account/package", &[("id", "1")], "unknown parameter \"id\""),
        ("file/info", &[], "\"file_id\" is missing"),
        ("file/info", &[("file_id", "abc")], "\"file_id\" must be a number"),
        ("file/info", &[("file_id", "1"), ("file_id", "1")], "\"file_id\" comes twice"),
        ("file/info", &[("id", "1")], "unknown parameter \"id\""),
        ("file/download", &[("file", "1")], "unknown parameter \"file\""),
        (
            "file/edit",
            &[("file_id", "1"), ("folder_id", "0")],
            "\"folder_id\" must be a folder's number or the word null",
        ),
        ("file/edit", &[("file_id", "1"), ("name", "x")], "unknown parameter \"name\""),
        ("file/delete", &[("file_id", "")], "\"file_id\" is missing"),
        ("file/move", &[("file_id", "1")], "\"new_parent_folder_id\" is missing"),
        ("file/move", &[("file_id", "1"), ("new_parent_folder_id", "/")], "\"new_parent_folder_id\" must be"),
        ("file/copy", &[("file_id", "1"), ("copy_to_folder_id", "0")], "\"copy_to_folder_id\" must be"),
        ("file/url_upload_add", &[("url", "x")], "unknown parameter \"url\""),
        (
            "file/url_upload_add",
            &[("file_url_base64", "YQ"), ("folder_id", "null")],
            "\"folder_id\" must be a folder's number, blank or 0",
        ),
        ("file/url_upload_status", &[("scheduled_item_id", "x")], "\"scheduled_item_id\" must be a number"),
        ("folder/create", &[("name", "x")], "unknown parameter \"name\""),
        ("folder/create", &[("folder_name", "x"), ("parent_id", "null")], "\"parent_id\" must be"),
        ("folder/create", &[("folder_name", "x"), ("is_public", "true")], "\"is_public\" must be one of"),
        (
            "folder/create",
            &[("folder_name", "x"), ("access_password", "null")],
            "\"access_password\" must be 32 lower-case hex digits",
        ),
        ("folder/listing", &[("folder_id", "1")], "unknown parameter \"folder_id\""),
        ("folder/listing", &[("parent_folder_id", "/")], "\"parent_folder_id\" must be"),
        ("folder/info", &[("parent_folder_id", "1")], "\"folder_id\" is missing"),
        ("folder/edit", &[("folder_id", "1"), ("parent_id", "0")], "\"parent_id\" must be"),
        ("folder/edit", &[("folder_id", "1"), ("access_password", "x")], "\"access_password\" must be"),
        ("folder/delete", &[("id", "1")], "unknown parameter \"id\""),
        ("folder/move", &[("folder_id", "1"), ("new_parent_folder_id", "0")], "\"new_parent_folder_id\" must be"),
        ("account/create", &[("status", "open")], "\"status\" must be one of"),
        ("account/create", &[("package_id", "20")], "\"package_id\" must be one of"),
        ("account/edit", &[("title", "Sir")], "\"title\" must be one of"),
        ("account/edit", &[("paid_expiry_date", "tomorrow")], "\"paid_expiry_date\" must be a date"),
        ("account/delete", &[("username", "x")], "unknown parameter \"username\""),
        ("package/listing", &[("package_id", "1")], "unknown parameter \"package_id\""),
    ];
    for (path, fields, violation) in table {
        let site = Site::new(&emulator);
        let member = site.sign_in("keys");
        member.post(path, fields);
        let seen = site.violations();
        assert!(seen.iter().any(|message| message.contains(violation)), "{path} {fields:?}: {seen:?}");
    }
}

#[test]
fn only_forms_are_read() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let (address, fields) = (site.address("account/info"), member.fields(&[]));
    let refused = |request: Request| super::refusal(&request.send());
    let none = "Please provide the access_token param.";
    assert_eq!(refused(Request::post(&address, &json!({"access_token": member.token, "account_id": member.id}))), none);
    let query = encoded(&fields);
    assert_eq!(refused(Request::new("POST", &format!("{address}?{query}"))), none);
    Form::new(&fields).file("upload_file", "a.bin", "abc").post(&address);
    let missing = "parameter \"access_token\" is missing";
    assert_eq!(
        site.violations(),
        [
            "a body of the type \"application/json\" is not read",
            missing,
            "parameters in the query of a POST",
            missing,
            "a file came with a call that takes none",
        ]
    );
}
