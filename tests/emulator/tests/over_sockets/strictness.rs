//! What no document allows is refused and recorded.

use serde_json::{Value, json};

use crate::client::{Emulator, Request, Upload, text};

/// Each row: method, body, and a part of the violation.
#[test]
fn parameters() {
    let emulator = Emulator::start();
    let table: &[(&str, Value, &str)] = &[
        ("login", json!({"username": "u"}), "\"password\" is missing"),
        ("login", json!({"username": "u", "password": null}), "\"password\" must not be null"),
        ("login", json!({"username": "u", "password": 7}), "\"password\" must be a string"),
        ("login", json!({"username": "u", "password": "p", "auth_token": "t"}), "unknown parameter \"auth_token\""),
        ("accountInfo", json!({"token": "t"}), "unknown parameter \"token\""),
        ("accountInfo", json!({"auth_token": "t", "access_token": "k"}), "auth_token and access_token"),
        ("accountInfo", json!([]), "not a JSON object"),
        ("getFilesList", json!({"limit": "10"}), "\"limit\" must be an integer"),
        ("getFilesList", json!({"limit": 1.5}), "\"limit\" must be an integer"),
        ("getFilesList", json!({"limit": 10_001}), "at most 10000"),
        ("getFilesList", json!({"offset": -1}), "\"offset\" must be"),
        ("getFilesList", json!({"sort": {"name": 2}}), "\"sort\" must be"),
        ("getFilesList", json!({"sort": {"size": 1}}), "\"sort\" must be"),
        ("getFilesList", json!({"sort": {"name": 1, "id": 1}}), "\"sort\" must be"),
        ("getFilesList", json!({"type": "movie"}), "\"type\" must be one of"),
        ("getFilesList", json!({"only_available": "true"}), "\"only_available\" must be true or false"),
        ("getFilesList", json!({"extended_info": 1}), "\"extended_info\" must be true or false"),
        ("createFolder", json!({"name": "n", "access": "public"}), "\"parent\" is missing"),
        ("createFolder", json!({"name": "n", "parent": "/"}), "\"access\" is missing"),
        ("createFolder", json!({"name": "n", "parent": "/", "access": "open"}), "\"access\" must be one of"),
        ("deleteFiles", json!({"ids": "one"}), "\"ids\" must be a list of strings"),
        ("deleteFiles", json!({"ids": [1]}), "\"ids\" must be a list of strings"),
        ("deleteFiles", json!({}), "\"ids\" is missing"),
        ("getUploadFormData", json!({"parent": "/"}), "unknown parameter \"parent\""),
        ("getUrl", json!({"id": "x"}), "unknown parameter \"id\""),
        ("getUrl", json!({"file_id": ["x"]}), "\"file_id\" must be a string"),
        ("requestCaptcha", json!({"id": "x"}), "unknown parameter \"id\""),
        ("getBalance", json!({"currency": "x"}), "unknown parameter \"currency\""),
        ("getDomainsList", json!({"limit": 1}), "unknown parameter \"limit\""),
        ("resellerGetCode", json!({}), "\"days\" is missing"),
        ("resellerGetCode", json!({"days": 0}), "\"days\" must be an integer"),
        ("resellerGetCode", json!({"days": 7, "useExist": 1}), "\"useExist\" must be true or false"),
        ("resellerGetCode", json!({"days": 7, "autoBuy": "true"}), "\"autoBuy\" must be true or false"),
        ("resellerGetCode", json!({"days": 7, "auto_buy": true}), "unknown parameter \"auto_buy\""),
        ("getSubscriptions", json!({}), "\"domainName\" is missing"),
        ("getSubscriptions", json!({"domainName": "d", "limit": 0}), "\"limit\" must be"),
        ("getFoldersList", json!({"parent": "/"}), "unknown parameter \"parent\""),
        ("getFilesInfo", json!({"ids": "x"}), "\"ids\" must be a list of strings"),
        ("getFilesInfo", json!({}), "\"ids\" is missing"),
        ("getFileStatus", json!({"id": ["x"]}), "\"id\" must be a string"),
        ("getFileStatus", json!({"id": "x", "limit": "50"}), "\"limit\" must be"),
        ("updateFile", json!({"new_name": "x"}), "\"id\" is missing"),
        ("updateFile", json!({"id": "x", "new_parent": 7}), "\"new_parent\" must be a string"),
        ("updateFile", json!({"id": "x", "new_is_public": 1}), "\"new_is_public\" must be true or false"),
        ("updateFile", json!({"id": "x", "name": "y"}), "unknown parameter \"name\""),
        ("updateFiles", json!({"ids": ["x"], "new_access": "open"}), "\"new_access\" must be one of"),
        ("updateFiles", json!({"id": "x"}), "\"ids\" is missing"),
        ("search", json!({"keywords": ["x"]}), "\"keywords\" must be a string"),
        ("findByFirst5MbSha1Hash", json!({"sha1": "abc"}), "\"sha1\" must be a string of 40 hex digits"),
        ("findByFullMd5Hash", json!({"hash": "x"}), "\"md5\" is missing"),
        ("findFile", json!({"md5": "g".repeat(32)}), "\"md5\" must be a string of 32 hex digits"),
        ("createFileByHash", json!({"md5": "x", "name": "y"}), "\"hash\" is missing"),
        ("createFileByHash", json!({"hash": "0".repeat(32)}), "\"name\" is missing"),
        ("remoteUploadAdd", json!({"urls": "http://127.0.0.1/"}), "\"urls\" must be a list of strings"),
        ("remoteUploadStatus", json!({"ids": [1]}), "\"ids\" must be a list of strings"),
        ("getFilesMeta", json!({"page": -1}), "\"page\" must be an integer"),
        ("getFilesMeta", json!({"tags": ["x"]}), "unknown parameter \"tags\""),
        ("createFileMeta", json!({"file_id": "x", "title": "t".repeat(256)}), "at most 255 characters"),
        ("createFileMeta", json!({"file_id": "x", "tags": vec!["t"; 51]}), "a list of strings, at most 50"),
        ("updateFileMeta", json!({"file_id": "x", "categories": "y"}), "\"categories\" must be a list of strings"),
        ("updateFileMeta", json!({"file_id": "x", "actresses": vec!["t"; 51]}), "at most 50"),
        ("copyFileMeta", json!({"from_file_id": "x"}), "\"to_file_id\" is missing"),
        ("deleteFileMeta", json!({"id": "x"}), "\"file_id\" is missing"),
    ];
    for (method, body, violation) in table {
        let world = emulator.new_world();
        assert_eq!(world.call(method, body.clone()).refusal(), (400, json!(2)), "{method} {body}");
        let seen = world.violations();
        assert!(seen.iter().any(|message| message.contains(violation)), "{method} {body}: {seen:?}");
    }
}

#[test]
fn methods_paths_and_queries() {
    let emulator = Emulator::start();
    let world = emulator.world();
    assert_eq!(Request::get(&format!("{}/accountInfo", world.base_url())).send().status, 400);
    assert_eq!(world.call("accountInformation", json!({})).status, 404);
    let key = text(&world.account("premium")["access_token"]);
    let body = json!({"access_token": key});
    Request::post(&format!("{}/accountInfo?access_token={key}", world.base_url()), &body).send();
    let broken = Request::new("POST", &format!("{}/accountInfo", world.base_url())).body("{\"auth_token\":").send();
    assert_eq!(broken.refusal(), (400, json!(2)));
    assert_eq!(
        world.violations(),
        [
            "accountInfo must be called with POST",
            "nothing answers POST /api/v2/accountInformation",
            "parameters in the query of a POST",
            "the body is not a JSON object",
        ]
    );
    assert_eq!(world.ask("violations")["violations"][1]["request"], json!(2));
}

#[test]
fn an_empty_body_is_an_empty_object() {
    let emulator = Emulator::start();
    let world = emulator.world();
    assert_eq!(Request::new("POST", &format!("{}/requestCaptcha", world.base_url())).send().status, 200);
    assert_eq!(world.violations(), [""; 0]);
}

type Spoil = fn(&mut Upload);

/// Each row spoils a proper upload in one way.
#[test]
fn forms() {
    let emulator = Emulator::start();
    let table: &[(&str, Spoil, u16)] = &[
        ("params or signature", |upload| upload.set("params", "{}"), 400),
        (
            "params or signature",
            |upload| {
                let params = upload.fields.iter().find(|(name, _)| name == "params").expect("params").1.clone();
                let again: Value = serde_json::from_str(&params).expect("params are JSON");
                upload.set("params", &again.to_string());
            },
            400,
        ),
        ("params or signature", |upload| upload.set("signature", "00"), 400),
        ("\"ajax\" is not true", |upload| upload.set("ajax", "false"), 400),
        ("unknown field \"auth\"", |upload| upload.fields.push(("auth".into(), "x".into())), 400),
        ("\"ajax\" is not true", |upload| upload.fields.retain(|(name, _)| name != "ajax"), 400),
        ("no file in the field \"file\"", |upload| upload.file_field = "other".into(), 400),
        ("content type", |upload| upload.content_type = "text/plain".into(), 200),
        ("comes after the file", |upload| upload.file_last = false, 200),
    ];
    for (violation, spoil, status) in table {
        let world = emulator.new_world();
        let mut upload = Upload::prepare(&world, "/", "abc.bin", "abc");
        spoil(&mut upload);
        let reply = upload.send();
        assert_eq!(reply.status, *status, "{violation}: {}", reply.text());
        let seen = world.violations();
        assert!(seen.iter().any(|message| message.contains(violation)), "{violation}: {seen:?}");
    }
}

#[test]
fn an_upload_tells_its_length() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let upload = Upload::prepare(&world, "/", "abc.bin", "abc");
    let request = upload.request().without_length().header("transfer-encoding", "chunked");
    assert_eq!(request.body("0\r\n\r\n").send().status, 411);
    assert_eq!(world.violations(), ["an upload came without a Content-Length"]);
    let not_a_form = Request::post(&upload.action, &json!({})).send();
    assert_eq!(not_a_form.status, 400);
    assert_eq!(world.violations()[1], "an upload is multipart/form-data");
}

#[test]
fn storage_hosts_are_told_no_secret() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let key = text(&world.account("premium")["access_token"]);
    let session = world.login("premium");
    let link = world.link(&world.seed(json!({"size": 3})));
    Request::get(&link).header("authorization", "Bearer x").send();
    Request::get(&link).header("x-token", &key).send();
    Request::get(&link).header("cookie", &format!("session={session}")).send();
    Request::get(&format!("{link}&access_token={key}")).send();
    let mut upload = Upload::prepare(&world, "/", "abc.bin", "abc");
    upload.fields.push(("access_token".into(), key));
    upload.send();
    let told = "a password or token went to a storage host";
    assert_eq!(
        world.violations(),
        [
            "an Authorization header went to a storage host",
            told,
            told,
            told,
            "the link was never given out, or it was changed",
            told,
            "unknown field \"access_token\"",
        ]
    );
}
