//! The verbs that all services share, over Keep2Share: paths by walking folders, looking before acting.

use fileferry_core::border::{Answer as Given, CancelHandle, Client, Error, Hooks, Kind, parse_link, shared, to_plain};
use serde_json::{Value, json};

use crate::support::{Answer, Server};

/// A tree of folders: `/docs` twice over, with what the tests look for.
async fn serving() -> Server {
    Server::start(|_, asked| {
        let given = asked.json();
        let id = given["ids"][0].as_str().unwrap_or_default();
        let file = |id: &str, name: &str, is_folder: bool| {
            json!({"id": id, "name": name, "is_folder": is_folder, "is_available": true, "size": (!is_folder).then_some(7),
                "date_created": "2020-01-02 03:04:05", "access": "public"})
        };
        let answer = match asked.line.split([' ', '/']).nth(3).unwrap_or_default() {
            "getFilesList" => {
                let files = match given["parent"].as_str() {
                    Some("/") => vec![
                        file("d1", "docs", true),
                        file("t1", "twice", true),
                        file("t2", "twice", true),
                        file("x1", "docs", false),
                        json!({"id": "dead", "name": "gone", "is_folder": false, "is_available": false}),
                    ],
                    Some("d1") => vec![file("f1", "50% #1 ü🎬.txt", false)],
                    _ => vec![],
                };
                json!({"files": files})
            }
            "getFilesInfo" => match id {
                "unknown" => json!({"files": [{"id": id, "name": null, "is_available": null}]}),
                "secret-one" => {
                    let mut info = file(id, "diary.txt", false);
                    info["access"] = "private".into();
                    json!({"files": [info]})
                }
                "d1" => json!({"files": [file(id, "docs", true)]}),
                // A small folder is answered with what is in it.
                "s1" => json!({"files": [file("f1", "inside.txt", false)]}),
                "left-out" => json!({"files": []}),
                "e1" => json!({"files": [file(id, "=?UTF-8?Q?=C3=9Cbung?=", false)]}),
                _ => json!({"files": [file(id, "moved.txt", false)]}),
            },
            "getFoldersList" => json!({"foldersList": ["docs", "/docs/small"], "foldersIds": ["d1", "s1"]}),
            "createFolder" => json!({"id": "n1"}),
            "updateFile" => json!({}),
            "deleteFiles" => json!({"deleted": i32::from(id != "unknown")}),
            "accountInfo" => json!({"available_traffic": 5, "account_expires": false}),
            "remoteUploadAdd" if given["urls"][0] == "http://refused.example/x" => {
                json!({"acceptedUrls": [], "rejectedUrls": [{"url": "http://refused.example/x", "message": "no such host"}]})
            }
            "remoteUploadAdd" if given["urls"][0] == "http://untracked.example/x" => {
                json!({"acceptedUrls": ["http://untracked.example/x"], "rejectedUrls": []})
            }
            "remoteUploadAdd" if given["urls"][0] == "http://forgotten.example/x" => {
                json!({"acceptedUrls": [{"url": "http://forgotten.example/x", "id": 18}], "rejectedUrls": []})
            }
            "remoteUploadStatus" if given["ids"][0] == "18" => json!({"uploads": []}),
            "remoteUploadAdd" if given["urls"][0] == "http://failing.example/x" => {
                json!({"acceptedUrls": [{"url": "http://failing.example/x", "id": 19}], "rejectedUrls": []})
            }
            "remoteUploadStatus" if given["ids"][0] == "19" => {
                return Answer::json(406, json!({"status": "error", "code": 406, "errorCode": 2, "message": "No"}));
            }
            "remoteUploadAdd" => json!({"acceptedUrls": [{"url": "http://films.example/x", "id": 17}], "rejectedUrls": []}),
            "remoteUploadStatus" => json!({"uploads": {"17": {"status": "3", "progress": "100", "file_id": "r1"}}}),
            other => panic!("nobody asks for {other}"),
        };
        let mut members = json!({"status": "success", "code": 200});
        members.as_object_mut().expect("an object").extend(answer.as_object().expect("an object").clone());
        Answer::json(200, members)
    })
    .await
}

fn client(server: &Server) -> Client {
    let options = json!({"base_url": server.base_url, "access_token": "some-key", "rate": 0, "poll_interval_ms": 1});
    Client::from_json("keep2share", options.to_string().as_bytes(), Hooks::default()).expect("a client")
}

fn plain(answer: Given) -> Value {
    match answer {
        Given::Value(tape, ty) => serde_json::from_str(&to_plain(shared(), &ty, &tape)).expect("JSON"),
        Given::Link(link) => link.into(),
        Given::None => Value::Null,
        Given::Bytes(_) => panic!("no verb gives bytes"),
    }
}

async fn verb(server: &Server, name: &str, arguments: Value) -> Result<Value, Error> {
    let reply = client(server).verb(name, arguments.to_string().as_bytes(), b"", None, &CancelHandle::new()).await;
    reply.outcome.map(plain)
}

async fn failed(server: &Server, name: &str, arguments: Value) -> Error {
    verb(server, name, arguments).await.expect_err("an error")
}

#[tokio::test]
async fn a_path_is_walked_and_two_of_a_name_are_a_conflict() {
    let server = serving().await;
    let found = verb(&server, "stat", json!({"target": "/docs/50% #1 ü🎬.txt"})).await.expect("an entry");
    assert_eq!(found["id"], "f1");
    assert_eq!(found["path"], "/docs/50% #1 ü🎬.txt");
    assert_eq!(
        (&found["size"], &found["modified_text"], &found["service"]),
        (&json!(7), &json!("2020-01-02 03:04:05"), &json!("keep2share"))
    );
    // A folder is meant on the way and where the path ends with a slash; the file of the same name is not.
    assert_eq!(verb(&server, "stat", json!({"target": "/docs/"})).await.expect("a folder")["id"], "d1");
    let error = failed(&server, "stat", json!({"target": "/twice"})).await;
    let ids: Vec<_> = error.record().details.items.iter().map(|item| item.id.clone()).collect();
    assert_eq!((error.kind(), ids), (Kind::Conflict, vec![Some("t1".to_owned()), Some("t2".to_owned())]));
    assert_eq!(failed(&server, "stat", json!({"target": "/docs/none"})).await.kind(), Kind::NotFound);
    assert_eq!(failed(&server, "stat", json!({"target": "/gone"})).await.kind(), Kind::NotFound);
    assert_eq!(verb(&server, "stat", json!({"target": "/"})).await.expect("the root")["is_folder"], true);
}

#[tokio::test]
async fn a_folder_is_listed_without_what_is_dead() {
    let server = serving().await;
    let pages = client(&server).list(br#"{"folder": "/"}"#, b"").expect("a walk");
    let cancel = CancelHandle::new();
    let page = plain(pages.next(&cancel).await.outcome.expect("a page"));
    let paths: Vec<_> = page.as_array().expect("a list").iter().map(|entry| entry["path"].clone()).collect();
    assert_eq!(paths, ["/docs", "/twice", "/twice", "/docs"]);
    assert!(matches!(pages.next(&cancel).await.outcome, Ok(Given::None)));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_folder_that_is_there_is_not_made_again() {
    let server = serving().await;
    let error = failed(&server, "make_folder", json!({"name": "docs"})).await;
    assert_eq!((error.kind(), error.record().details.items[0].id.as_deref()), (Kind::AlreadyExists, Some("d1")));
    assert_eq!(verb(&server, "make_folder", json!({"name": "docs", "exist_ok": true})).await.expect("it")["id"], "d1");
    assert!(server.asked().iter().all(|asked| !asked.is("createFolder")));
    let made = verb(&server, "make_folder", json!({"name": "new", "folder": "/docs"})).await.expect("a folder");
    assert_eq!((&made["id"], &made["path"]), (&json!("n1"), &json!("/docs/new")));
    let asked = server.asked().into_iter().find(|asked| asked.is("createFolder")).expect("a request");
    assert_eq!(asked.json()["parent"], "d1");
}

#[tokio::test]
async fn changes_are_made_by_id_and_told() {
    let server = serving().await;
    let moved = verb(&server, "move", json!({"target": "f9", "folder": "/docs"})).await.expect("an entry");
    assert_eq!(moved["path"], "/docs/moved.txt");
    let renamed =
        verb(&server, "rename", json!({"target": "/docs/50% #1 ü🎬.txt", "name": "moved.txt"})).await.expect("it");
    assert_eq!((&renamed["id"], &renamed["path"]), (&json!("f1"), &json!("/docs/moved.txt")));
    let sent: Vec<Value> =
        server.asked().iter().filter(|asked| asked.is("updateFile")).map(crate::support::Asked::json).collect();
    assert_eq!(sent[0], json!({"access_token": "some-key", "id": "f9", "new_parent": "d1"}));
    assert_eq!(sent[1], json!({"access_token": "some-key", "id": "f1", "new_name": "moved.txt"}));
    assert_eq!(verb(&server, "delete", json!({"target": "f1"})).await.expect("nothing"), Value::Null);
    assert_eq!(failed(&server, "delete", json!({"target": "unknown"})).await.kind(), Kind::NotFound);
    assert_eq!(failed(&server, "delete", json!({"target": "/"})).await.kind(), Kind::InvalidArgument);
}

#[tokio::test]
async fn a_link_is_one_that_a_stranger_can_open() {
    let server = serving().await;
    let host = server.base_url.split('/').nth(2).and_then(|host| host.split(':').next()).expect("a host").to_owned();
    let link = verb(&server, "share_link", json!({"target": "f1"})).await.expect("a link");
    assert_eq!(link, format!("https://{host}/file/f1"));
    assert_eq!(failed(&server, "share_link", json!({"target": "secret-one"})).await.kind(), Kind::NotSupported);
    let link = verb(&server, "share_link", json!({"target": "/docs/"})).await.expect("a link");
    assert_eq!(link, format!("https://{host}/folder/d1"));
    let opened = server.asked().into_iter().find(|asked| asked.is("updateFile")).expect("the folder was opened");
    assert_eq!(opened.json()["new_is_public"], true);
}

#[tokio::test]
async fn a_remote_upload_is_waited_for() {
    let server = serving().await;
    let stored = verb(&server, "remote_upload", json!({"url": "http://films.example/x", "folder": "/docs"})).await;
    assert_eq!(stored.expect("an entry")["id"], "r1");
    assert!(server.asked().iter().any(|asked| asked.is("updateFile") && asked.json()["new_parent"] == "d1"));
    let refused = failed(&server, "remote_upload", json!({"url": "http://refused.example/x"})).await;
    assert_eq!(refused.kind(), Kind::Rejected);
    assert!(refused.to_string().contains("no such host"), "{refused}");
}

#[tokio::test]
async fn a_remote_upload_that_was_accepted_is_not_asked_for_again() {
    let server = serving().await;
    let remote = async |url: &str| failed(&server, "remote_upload", json!({"url": url})).await;
    let untracked = remote("http://untracked.example/x").await;
    assert_eq!(untracked.record().name.as_deref(), Some("remote_upload_untracked"));
    let forgotten = remote("http://forgotten.example/x").await;
    assert_eq!(forgotten.record().name.as_deref(), Some("remote_upload_unknown"));
    assert!(!forgotten.record().retryable);
    let failing = remote("http://failing.example/x").await;
    let record = failing.record();
    assert_eq!((record.retryable, record.details.items[0].id.as_deref()), (false, Some("19")));
    assert!(record.message.contains("remote upload 19"), "{failing}");
}

#[tokio::test]
async fn a_small_folder_is_no_file_that_lies_in_it() {
    let server = serving().await;
    let folder = verb(&server, "stat", json!({"target": "s1"})).await.expect("the folder");
    assert_eq!((&folder["id"], &folder["name"], &folder["is_folder"]), (&json!("s1"), &json!("small"), &json!(true)));
    let link = verb(&server, "share_link", json!({"target": "s1"})).await.expect("a link");
    assert!(link.as_str().expect("a text").ends_with("/folder/s1"), "{link}");
    let opened = server.asked().into_iter().find(|asked| asked.is("updateFile")).expect("the folder was opened");
    assert_eq!(opened.json()["id"], "s1");
    assert_eq!(failed(&server, "stat", json!({"target": "left-out"})).await.kind(), Kind::NotFound);
}

#[tokio::test]
async fn an_encoded_name_is_read() {
    let server = serving().await;
    assert_eq!(verb(&server, "stat", json!({"target": "e1"})).await.expect("an entry")["name"], "Übung");
}

#[tokio::test]
async fn the_account_and_what_the_service_can_do() {
    let server = serving().await;
    let account = verb(&server, "account", json!({})).await.expect("an account");
    assert_eq!(account, json!({"plan": "free", "traffic_left": 5}));
    let can = plain(client(&server).capabilities().expect("capabilities"));
    assert!(can["verbs"].as_array().expect("a list").contains(&json!("remote_upload")));
    let link = parse_link("https://k2s.cc/file/5F0C2B7E41A3D").expect("no error").map(plain).expect("a link");
    assert_eq!(link, json!({"service": "keep2share", "kind": "file", "id": "5f0c2b7e41a3d", "host": "k2s.cc"}));
    assert!(parse_link("not an address").expect("no error").is_none());
}

#[tokio::test]
async fn mistakes_are_told_before_anything_is_sent() {
    let server = serving().await;
    for (name, arguments) in [
        ("stat", json!({})),
        ("stat", json!({"target": "/a/../b"})),
        ("stat", json!({"target": {"id": "x", "service": "yetishare"}})),
        ("stat", json!({"target": "x", "unknown": 1})),
        ("rename", json!({"target": "x", "name": "a/b"})),
        ("rename", json!({"target": "x", "name": ""})),
        ("move", json!({"target": "x"})),
        ("make_folder", json!({"name": ".."})),
        ("remote_upload", json!({"url": "no address"})),
    ] {
        assert_eq!(failed(&server, name, arguments.clone()).await.kind(), Kind::InvalidArgument, "{name} {arguments}");
    }
    assert_eq!(failed(&server, "fly", json!({})).await.kind(), Kind::NotSupported);
    assert!(server.asked().is_empty());
    let cancel = CancelHandle::new();
    cancel.cancel();
    let reply = client(&server).verb("account", b"", b"", None, &cancel).await;
    assert_eq!(reply.outcome.expect_err("an error").kind(), Kind::Cancelled);
}
