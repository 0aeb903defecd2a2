//! Uploads: what is refused before a byte, what is stored elsewhere or otherwise, and what is lost.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

async fn upload_to(server: &Server, source: Source, folder: &str) -> Reply {
    let arguments = json!({"folder": folder, "name": "tape.bin"}).to_string();
    client(server).upload(source, arguments.as_bytes(), b"", None, &CancelHandle::new()).await
}

async fn upload(server: &Server) -> Reply {
    upload_to(server, Source::Bytes(CONTENT.into()), "5").await
}

fn posts(server: &Server) -> usize {
    asked(server).iter().filter(|path| *path == "file/upload").count()
}

/// A site whose answer to the first form is `lost`.
async fn losing(
    lost: impl Fn() -> Answer + Send + Sync + 'static,
    special: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
) -> Server {
    let posted = AtomicUsize::new(0);
    site(move |_, asked| {
        if asked.is("file/upload") && posted.fetch_add(1, Ordering::Relaxed) == 0 {
            return Some(lost());
        }
        special(asked)
    })
    .await
}

#[tokio::test]
async fn a_form_carries_who_sends_it_and_the_file() {
    let server = site(|_, asked| asked.is("file/upload").then(|| stored(json!({"name": "tape (2).bin"})))).await;
    assert_eq!(
        entry(upload(&server).await),
        json!({"id": "77", "name": "tape (2).bin", "is_folder": false, "size": CONTENT.len(), "service": "yetishare",
            "hash": {"algorithm": "md5", "hex": md5(CONTENT)}, "link": "https://site.example/AbC/tape.bin"})
    );
    assert_eq!(asked(&server), ["account/package", "file/upload", "file/info"]);
    let body = String::from_utf8(server.asked()[1].body.clone()).expect("text");
    let part = |name: &str, value: &str| format!("name=\"{name}\"\r\n\r\n{value}\r\n");
    for (name, value) in [("access_token", "planted-token"), ("account_id", "158642"), ("folder_id", "5")] {
        assert!(body.contains(&part(name, value)), "{body}");
    }
    let file = body.find("name=\"upload_file\"; filename=\"tape.bin\"").expect("the file");
    assert!(["access_token", "folder_id"].iter().all(|name| body.find(name).is_some_and(|at| at < file)), "{body}");
}

#[tokio::test]
async fn into_the_root_no_folder_is_named() {
    let server = site(|_, _| None).await;
    entry(upload_to(&server, Source::Bytes(CONTENT.into()), "/").await);
    assert_eq!(asked(&server), ["account/package", "file/upload"]);
    assert!(!String::from_utf8_lossy(&server.asked()[1].body).contains("folder_id"));
}

#[tokio::test]
async fn what_cannot_be_stored_is_refused_before_a_byte() {
    let server = site(|_, _| None).await;
    let error = error(upload_to(&server, Source::Bytes(b"".as_slice().into()), "5").await);
    assert_eq!((named(&error), asked(&server).len()), ((Kind::NotSupported, "empty_file"), 0));
    for (package, refused) in [
        (json!({"id": 1, "can_upload": 0, "max_upload_size": 0}), (Kind::PermissionDenied, "upload_not_allowed")),
        (json!({"id": 1, "can_upload": 1, "max_upload_size": 9}), (Kind::TooLarge, "over_max_upload_size")),
    ] {
        let server = site(move |_, asked| asked.is("account/package").then(|| success(package.clone()))).await;
        assert_eq!(named(&super::error(upload(&server).await)), refused);
        assert_eq!(asked(&server), ["account/package"]);
    }
}

#[tokio::test]
async fn a_folder_that_was_not_used_is_told() {
    let server = site(|_, asked| {
        asked.is("file/info").then(|| success(json!({"id": "77", "filename": "tape.bin", "folderId": null})))
    })
    .await;
    let error = error(upload(&server).await);
    assert_eq!(named(&error), (Kind::Conflict, "stored_elsewhere"));
    let item = &error.record().details.items[0];
    assert_eq!((item.id.as_deref(), item.ok, error.record().retryable), (Some("77"), true, false), "{error}");
    assert!(error.to_string().contains("id 77") && error.to_string().contains("the root folder"), "{error}");

    // Whether it was used could not be seen: the file is there all the same.
    let server = site(|_, asked| asked.is("file/info").then(|| refusal("Could not find file based on file_id."))).await;
    let error = super::error(upload(&server).await);
    assert_eq!((error.kind(), error.record().details.items[0].id.as_deref()), (Kind::NotFound, Some("77")), "{error}");
}

#[tokio::test]
async fn a_file_that_is_stored_otherwise_is_told() {
    for (file, what) in [(json!({"hash": md5(b"other")}), "MD5"), (json!({"size": 5}), "size")] {
        let server = site(move |_, asked| asked.is("file/upload").then(|| stored(file.clone()))).await;
        let error = error(upload(&server).await);
        assert_eq!(named(&error), (Kind::Integrity, "stored_differently"));
        assert!(error.to_string().contains(what) && !error.record().retryable, "{error}");
        assert_eq!(posts(&server), 1);
    }
    // Some tell no hash.
    let server = site(|_, asked| asked.is("file/upload").then(|| stored(json!({"hash": null})))).await;
    assert_eq!(entry(upload(&server).await)["hash"]["hex"], md5(CONTENT));
}

#[tokio::test]
async fn a_stream_is_hashed_as_it_goes() {
    let server = site(|_, _| None).await;
    let (feeder, source) = Source::stream(CONTENT.len() as u64);
    tokio::spawn(async move {
        for chunk in CONTENT.chunks(7) {
            feeder.push(chunk.into()).await;
        }
    });
    assert_eq!(entry(upload_to(&server, source, "5").await)["hash"]["hex"], md5(CONTENT));
}

#[tokio::test]
async fn refusals_are_typed_and_show_no_address_of_upload_servers() {
    for (text, refused) in [
        ("Error on: https://fs7.internal.example/up?x=1. maxFileSize", (Kind::TooLarge, "file_too_large")),
        ("Error on: https://fs7.internal.example/up. No.", (Kind::Rejected, "upload_refused")),
        (
            "Error on: https://fs7.internal.example/up. Uploading is currently disabled on the site, please try again later.",
            (Kind::Unavailable, "uploads_disabled"),
        ),
    ] {
        let server = site(move |_, asked| asked.is("file/upload").then(|| refusal(text))).await;
        let error = error(upload(&server).await);
        assert_eq!((named(&error), posts(&server)), (refused, 1), "{error}");
        assert!(!error.to_json().contains("internal"), "{error}");
    }
    // Its upload server may have the file: it is looked for each time, and sent while attempts are left.
    let text = "Failed reading response from: https://fs7.internal.example/up. Response: oops";
    let server = site(move |_, asked| asked.is("file/upload").then(|| refusal(text))).await;
    let error = error(upload(&server).await);
    assert_eq!((named(&error), posts(&server)), ((Kind::ServerError, "upload_server_failed"), 3), "{error}");
    assert!(!error.to_json().contains("internal"), "{error}");
}

#[tokio::test]
async fn a_lost_upload_is_sent_again_only_where_nothing_like_it_is_there() {
    let losses: [fn() -> Answer; 3] = [
        || Answer::Drop,
        || Answer::Hold,
        || Answer::with_headers(200, "content-type: text/html\r\n", "<h1>Oops</h1>"),
    ];
    for lost in losses {
        let server = losing(lost, |_| None).await;
        assert_eq!(entry(upload(&server).await)["id"], "77");
        assert_eq!(asked(&server), ["account/package", "file/upload", "folder/listing", "file/upload", "file/info"]);

        let size = CONTENT.len();
        let files = json!([{"id": "12", "filename": "tape (2).bin", "fileSize": size.to_string(), "status": "active"},
            {"id": "13", "filename": "tape.bin", "fileSize": size + 1}, {"id": "14", "filename": "other", "fileSize": size}]);
        let server = losing(lost, move |asked| {
            asked.is("folder/listing").then(|| success(json!({"folders": [], "files": files})))
        })
        .await;
        let error = error(upload(&server).await);
        assert_eq!(named(&error).1, "upload_outcome_unknown", "{error}");
        let items: Vec<_> = error.record().details.items.iter().filter_map(|item| item.id.as_deref()).collect();
        assert_eq!((items, posts(&server), error.record().retryable), (vec!["12"], 1, false));
    }
}

#[tokio::test]
async fn a_token_that_lapsed_is_renewed_and_the_form_sent_again() {
    let server = losing(lapsed, |_| None).await;
    assert_eq!(entry(upload(&server).await)["id"], "77");
    assert_eq!(asked(&server), ["account/package", "file/upload", "authorize", "file/upload", "file/info"]);
    assert!(String::from_utf8_lossy(&server.asked()[3].body).contains("renewed-token"));

    // Once.
    let server = site(|_, asked| asked.is("file/upload").then(lapsed)).await;
    assert_eq!(named(&error(upload(&server).await)), (Kind::AuthenticationRequired, "token_not_valid"));
    assert_eq!(posts(&server), 2);
}

#[tokio::test]
async fn a_folder_whose_answer_is_lost_is_looked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("tape.bin"), CONTENT).expect("a file");
    let made = AtomicUsize::new(0);
    let server = site(move |_, asked| match asked.method() {
        "create" => {
            made.store(1, Ordering::Relaxed);
            Some(Answer::Drop)
        }
        "listing" if made.load(Ordering::Relaxed) == 1 => {
            let folder = |id: u32| json!({"id": id, "folderName": "tapes", "parentId": "5", "isPublic": "0"});
            Some(success(json!({"folders": [folder(9), folder(5)], "files": []})))
        }
        _ => None,
    })
    .await;
    let arguments = json!({"folder": "/", "name": "tapes", "parallel": 1}).to_string();
    let path = folder.path().to_owned();
    let reply = client(&server).upload_folder(path, arguments.as_bytes(), b"", None, &CancelHandle::new()).await;
    let report = entry(reply);
    assert_eq!((&report["folder"]["id"], &report["uploaded"]), (&json!("5"), &json!(1)), "{report}");
    assert_eq!(
        asked(&server),
        ["folder/listing", "folder/create", "folder/listing", "account/package", "file/upload", "file/info"]
    );
}
