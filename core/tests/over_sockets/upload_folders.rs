//! A local folder into a folder of the service, over real sockets.

use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::support::{Answer, Asked, Server};
use fileferry_core::border::{
    Answer as Given, CancelHandle, Client, FolderProgress, Hooks, Kind, Reply, shared, to_plain,
};
use serde_json::{Value, json};

fn client(server: &Server) -> Client {
    let options = json!({"base_url": server.base_url, "access_token": "some-key", "rate": 0, "backoff_ms": 0});
    Client::from_json("keep2share", options.to_string().as_bytes(), Hooks::default()).expect("a client")
}

async fn upload(client: &Client, path: &Path, arguments: Value) -> Reply {
    client.upload_folder(path.to_owned(), arguments.to_string().as_bytes(), b"", None, &CancelHandle::new()).await
}

fn report(reply: Reply) -> Value {
    match reply.outcome.expect("a report") {
        Given::Value(tape, ty) => serde_json::from_str(&to_plain(shared(), &ty, &tape)).expect("JSON"),
        other => panic!("a report, not {other:?}"),
    }
}

/// Path, and the id or the error's kind and name.
fn outcomes(report: &Value) -> Vec<(String, String)> {
    let items = report["items"].as_array().expect("items");
    let one = |item: &Value| {
        let what = match (item.get("entry"), item.get("error")) {
            (Some(entry), None) => entry["id"].as_str().expect("an id").to_owned(),
            (None, Some(error)) => {
                let name = error.get("name").and_then(Value::as_str).unwrap_or_default();
                format!("{} {name}", error["kind"].as_str().expect("a kind")).trim().to_owned()
            }
            _ => panic!("an entry or an error: {item}"),
        };
        (item["path"].as_str().expect("a path").to_owned(), what)
    };
    items.iter().map(one).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(path, what)| ((*path).to_owned(), (*what).to_owned())).collect()
}

fn success(mut more: Value) -> Answer {
    more["status"] = "success".into();
    Answer::json(200, more)
}

fn refusal(code: u32) -> Answer {
    Answer::json(406, json!({"status": "error", "code": 406, "errorCode": code, "message": "No"}))
}

/// What a form says of the file in it.
fn posted_name(asked: &Asked) -> String {
    let body = String::from_utf8_lossy(&asked.body).into_owned();
    let name = body.split("filename=\"").nth(1).and_then(|rest| rest.split('"').next());
    name.expect("a file name").to_owned()
}

/// A service with some folders in each folder; new ones get `new-<name>`, files `file-<name>`.
async fn service(
    folders: fn(&str) -> &'static [(&'static str, &'static str)],
    special: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
) -> Server {
    Server::start(move |_, asked| {
        special(asked).unwrap_or_else(|| match asked.method() {
            "getFilesList" => {
                let body = asked.json();
                let there = folders(body["parent"].as_str().unwrap_or("/"));
                let file = |(id, name): &(&str, &str)| json!({"id": id, "name": name, "is_folder": true});
                success(json!({"files": there.iter().map(file).collect::<Vec<_>>()}))
            }
            "createFolder" => {
                let body = asked.json();
                let name = body["name"].as_str().expect("a name");
                success(json!({"id": format!("new-{name}")}))
            }
            "findByFirst5MbSha1Hash" => success(json!({"exists": false})),
            "getUploadFormData" => {
                let host = asked.headers.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
                success(json!({"form_action": format!("http://{host}/form"), "file_field": "file",
                    "form_data": {"params": "p", "signature": "s"}}))
            }
            "form" => success(json!({"status_code": 200, "user_file_id": format!("file-{}", posted_name(asked))})),
            other => panic!("nobody answers {other}"),
        })
    })
    .await
}

fn asked(server: &Server, method: &str) -> Vec<Value> {
    server.asked().iter().filter(|asked| asked.is(method)).map(Asked::json).collect()
}

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, content).expect("a file");
}

#[tokio::test]
async fn a_folder_goes_into_folders_that_are_reused_or_made() {
    let local = tempfile::tempdir().expect("a folder");
    let root = local.path().join("photos");
    for (name, content) in [("b.bin", "22"), ("a/one.bin", "1"), ("a/deep/two.bin", "333"), ("c/three.bin", "")] {
        write(&root, name, content);
    }
    std::fs::create_dir(root.join("empty")).expect("a folder");
    let server = service(
        |parent| match parent {
            "f1" => &[("old-photos", "photos"), ("newer-photos", "photos"), ("x", "other")],
            "old-photos" => &[("old-a", "a")],
            _ => &[],
        },
        |_| None,
    )
    .await;
    let events = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&events);
    let sink = Arc::new(move |progress: FolderProgress| seen.lock().expect("no panic").push(progress));
    let arguments = json!({"folder": "f1"}).to_string();
    let client = client(&server);
    let reply = client.upload_folder(root, arguments.as_bytes(), b"", Some(sink), &CancelHandle::new()).await;
    let report = report(reply);
    assert_eq!(
        outcomes(&report),
        pairs(&[
            ("a", "old-a"),
            ("a/deep", "new-deep"),
            ("a/deep/two.bin", "file-two.bin"),
            ("a/one.bin", "file-one.bin"),
            ("b.bin", "file-b.bin"),
            ("c", "new-c"),
            ("c/three.bin", "file-three.bin"),
            ("empty", "new-empty"),
        ])
    );
    assert_eq!(
        report["folder"],
        json!({"id": "old-photos", "name": "photos", "is_folder": true, "service": "keep2share"})
    );
    assert_eq!((&report["uploaded"], &report["failed"], &report["bytes"]), (&json!(4), &json!(0), &json!(6)));
    let into = |method: &str, key: &str| {
        let mut of: Vec<String> =
            asked(&server, method).iter().map(|body| body[key].as_str().expect("a text").to_owned()).collect();
        of.sort();
        of
    };
    assert_eq!(into("getUploadFormData", "parent_id"), ["new-c", "new-deep", "old-a", "old-photos"]);
    assert_eq!(into("createFolder", "parent"), ["old-a", "old-photos", "old-photos"]);
    // What was made just now is empty, so nobody looks into it; nothing is listed twice.
    assert_eq!(into("getFilesList", "parent"), ["f1", "old-a", "old-photos"]);
    let last = *events.lock().expect("no panic").last().expect("events");
    assert_eq!(
        (last.files_done, last.files_failed, last.files_total, last.bytes_done, last.bytes_total),
        (4, 0, 4, 6, 6)
    );
}

#[cfg(unix)]
#[tokio::test]
async fn what_fails_is_reported_and_the_rest_goes_on() {
    use std::os::unix::ffi::OsStrExt;
    let local = tempfile::tempdir().expect("a folder");
    let root = local.path().join("mixed");
    for name in ["fine.bin", "refused.bin", "bad/inside.bin", "bad/below/too.bin", "late.bin", "back\\slash.bin"] {
        write(&root, name, "12345");
    }
    std::os::unix::fs::symlink(root.join("fine.bin"), root.join("link.bin")).expect("a link");
    std::os::unix::fs::symlink(&root, root.join("loop")).expect("a link");
    let _socket = std::os::unix::net::UnixListener::bind(root.join("special")).expect("a socket");
    std::fs::write(root.join(std::ffi::OsStr::from_bytes(b"not-\xff.bin")), "x").expect("a file");
    let gone = root.join("late.bin");
    let server = service(
        |_| &[],
        move |asked| match asked.method() {
            // It vanishes after it was counted: folders are made first.
            "createFolder" if asked.json()["name"] == "mixed" => {
                std::fs::remove_file(&gone).expect("to remove it");
                None
            }
            "createFolder" if asked.json()["name"] == "bad" => Some(refusal(60)),
            "form" if posted_name(asked) == "refused.bin" => {
                Some(Answer::json(200, json!({"success": false, "message": "No", "status_code": 500})))
            }
            _ => None,
        },
    )
    .await;
    let report = report(upload(&client(&server), &root, json!({})).await);
    assert_eq!(
        outcomes(&report),
        pairs(&[
            ("back\\slash.bin", "invalid_argument"),
            ("bad", "rejected create_folder_failed"),
            ("bad/below", "rejected create_folder_failed"),
            ("bad/below/too.bin", "rejected create_folder_failed"),
            ("bad/inside.bin", "rejected create_folder_failed"),
            ("fine.bin", "file-fine.bin"),
            ("late.bin", "io"),
            ("link.bin", "not_supported symbolic_link"),
            ("loop", "not_supported symbolic_link"),
            ("not-\u{fffd}.bin", "invalid_argument name_not_unicode"),
            ("refused.bin", "rejected upload_refused"),
            ("special", "not_supported special_file"),
        ])
    );
    assert_eq!((&report["uploaded"], &report["failed"], &report["bytes"]), (&json!(1), &json!(11), &json!(5)));
    let below = &report["items"][3]["error"];
    assert_eq!(below["service_code"], "60");
    assert!(below["message"].as_str().expect("a text").starts_with("its folder is not there: "), "{below}");
}

#[tokio::test]
async fn a_full_account_stops_the_rest() {
    let local = tempfile::tempdir().expect("a folder");
    for name in ["a.bin", "b.bin", "c.bin", "d/e.bin"] {
        write(local.path(), name, "1");
    }
    let server = service(
        |_| &[],
        |asked| {
            let full = json!({"success": false, "message": "Disk quota exceeded", "status_code": 406});
            asked.is("form").then(|| Answer::json(406, full))
        },
    )
    .await;
    let report = report(upload(&client(&server), local.path(), json!({"name": "backup", "parallel": 1})).await);
    assert_eq!(report["uploaded"], 0);
    let errors: Vec<&str> = report["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|item| item["is_folder"] == false)
        .map(|item| item["error"]["message"].as_str().expect("a text"))
        .collect();
    assert_eq!(errors.len(), 4);
    assert!(errors[1..].iter().all(|error| error.starts_with("not tried any more: ")), "{errors:?}");
    assert_eq!(server.asked().iter().filter(|asked| asked.is("form")).count(), 1);
}

#[tokio::test]
async fn only_so_many_files_are_uploaded_at_once_and_cancelling_stops_all() {
    let local = tempfile::tempdir().expect("a folder");
    for number in 0..9 {
        write(local.path(), &format!("{number}.bin"), "1");
    }
    let mut server = service(|_| &[], |asked| asked.is("form").then_some(Answer::Hold)).await;
    let client = client(&server);
    let cancel = CancelHandle::new();
    let arguments = json!({"name": "backup", "parallel": 2, "by_hash": false}).to_string();
    let uploading = client.upload_folder(local.path().to_owned(), arguments.as_bytes(), b"", None, &cancel);
    let stopping = async {
        for _ in 0..2 {
            server.held.recv().await.expect("an upload");
        }
        cancel.cancel();
        for _ in 0..2 {
            server.left.recv().await.expect("its socket is closed");
        }
    };
    let (reply, ()) = tokio::join!(uploading, stopping);
    assert_eq!(reply.outcome.expect_err("an error").kind(), Kind::Cancelled);
    assert_eq!(server.asked().iter().filter(|asked| asked.is("form")).count(), 2);
}

#[tokio::test]
async fn a_folder_whose_answer_is_lost_is_not_made_twice() {
    let local = tempfile::tempdir().expect("a folder");
    write(local.path(), "a.bin", "1");
    let listings = std::sync::atomic::AtomicUsize::new(0);
    let server = service(
        |_| &[],
        move |asked| match asked.method() {
            "createFolder" => Some(Answer::Drop),
            "getFilesList" => match listings.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => None,
                _ => Some(success(json!({"files": [{"id": "arrived", "name": "backup", "is_folder": true}]}))),
            },
            _ => None,
        },
    )
    .await;
    let report = report(upload(&client(&server), local.path(), json!({"name": "backup", "access": "private"})).await);
    assert_eq!(report["folder"]["id"], "arrived");
    let made = asked(&server, "createFolder");
    assert_eq!(made.len(), 1);
    assert_eq!((&made[0]["access"], &made[0]["parent"]), (&json!("private"), &json!("/")));
}

#[tokio::test]
async fn where_there_is_nothing_to_report_the_call_fails() {
    let local = tempfile::tempdir().expect("a folder");
    let refusing = service(|_| &[], |asked| asked.is("createFolder").then(|| refusal(60))).await;
    let client = client(&refusing);
    let error = upload(&client, local.path(), json!({"name": "backup"})).await.outcome.expect_err("an error");
    assert_eq!((error.kind(), error.record().operation.as_deref()), (Kind::Rejected, Some("files.createFolder")));

    let before = refusing.asked().len();
    let nowhere = local.path().join("nowhere");
    for (path, arguments, kind) in [
        (nowhere.as_path(), json!({}), Kind::Io),
        (local.path(), json!({"name": "a/b"}), Kind::InvalidArgument),
        (local.path(), json!({"parallel": 0}), Kind::InvalidArgument),
        (local.path(), json!({"paralell": 2}), Kind::InvalidArgument),
    ] {
        let error = upload(&client, path, arguments).await.outcome.expect_err("an error");
        assert_eq!(error.kind(), kind, "{error}");
    }
    assert_eq!(refusing.asked().len(), before);
}
