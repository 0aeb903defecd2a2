//! Uploads of content that the service may have already.

use super::*;

#[tokio::test]
async fn content_that_is_stored_already_is_not_sent() {
    // Longer than what the first look wants.
    let content: Vec<u8> = (0..5_242_880 + 1000).map(|at| (at % 253) as u8).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tape.bin");
    std::fs::write(&path, &content).expect("a file");
    for source in [Source::Path(path.clone()), Source::Bytes(content.clone().into())] {
        let server = knowing(|_, _| None).await;
        let client = client(&server, json!({}));
        let (events, sink) = recorded();
        let arguments = json!({"folder": "f1", "name": "tape.bin", "access": "premium"}).to_string();
        let reply = client.upload(source, arguments.as_bytes(), b"", Some(sink), &CancelHandle::new()).await;
        let entry = entry(reply);
        assert_eq!(asked(&server), BY_HASH);
        let bodies: Vec<Value> = server.asked().iter().map(Asked::json).collect();
        let key = "planted-key";
        assert_eq!(
            bodies,
            [
                json!({"sha1": hex(&Sha1::digest(&content[..5_242_880])), "access_token": key}),
                json!({"md5": md5(&content), "access_token": key}),
                json!({"hash": md5(&content), "name": "tape.bin", "parent": "f1", "access": "premium",
                    "access_token": key}),
            ]
        );
        assert_eq!(
            entry,
            json!({"id": "id-by-hash", "name": "tape.bin", "is_folder": false, "size": content.len(),
                "hash": {"algorithm": "md5", "hex": md5(&content)}, "link": "https://k2s.cc/file/id-by-hash",
                "service": "keep2share"})
        );
        let last = *events.lock().expect("no panic").last().expect("events");
        assert_eq!((last.phase, last.bytes_done, last.bytes_on_wire), (Phase::Done, content.len() as u64, 0));
    }
}

#[tokio::test]
async fn the_hash_of_the_answer_is_used_and_a_missing_link_is_built() {
    let theirs = md5(b"as the service writes it");
    let answered = theirs.clone();
    let server = knowing(move |_, asked| match asked.method() {
        "findByFullMd5Hash" => Some(success(json!({"exists": 1, "md5": answered}))),
        "createFileByHash" => Some(success(json!({"id": 77}))),
        _ => None,
    })
    .await;
    let entry = entry(upload_content(&server).await);
    assert_eq!(server.asked()[2].json()["hash"], theirs);
    assert_eq!((&entry["id"], &entry["link"]), (&json!("77"), &json!("https://127.0.0.1/file/77")));
}

#[tokio::test]
async fn unknown_content_is_sent_after_as_few_questions_as_possible() {
    let server = service(|_, _| None).await;
    assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form");
    assert_eq!(asked(&server), ["findByFirst5MbSha1Hash", "getUploadFormData", "form"]);

    let server = service(|_, asked| asked.is("findByFirst5MbSha1Hash").then(|| success(json!({"found": "1"})))).await;
    assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form");
    assert_eq!(asked(&server), ["findByFirst5MbSha1Hash", "findByFullMd5Hash", "getUploadFormData", "form"]);
}

#[tokio::test]
async fn nothing_is_asked_where_nothing_can_be_found_or_shall_be() {
    let server = service(|_, _| None).await;
    let client = client(&server, json!({}));
    entry(upload(&client, Source::Bytes(Vec::new().into()), json!({"name": "empty.bin"})).await);
    entry(upload(&client, content(), json!({"name": "tape.bin", "by_hash": false})).await);
    let (feeder, source) = Source::stream(CONTENT.len() as u64);
    let arguments = json!({"name": "tape.bin"});
    let feeding = async move { feeder.push(CONTENT.into()).await };
    let (reply, _) = tokio::join!(upload(&client, source, arguments), feeding);
    entry(reply);
    assert_eq!(asked(&server), ["getUploadFormData", "form"].repeat(3));
}

#[tokio::test]
async fn a_file_that_cannot_be_made_of_the_content_is_sent() {
    for code in [20, 62] {
        let server = knowing(move |_, asked| asked.is("createFileByHash").then(|| refusal(406, code))).await;
        assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form", "{code}");
        assert_eq!(asked(&server)[3..], ["getUploadFormData", "form"]);
    }
}

#[tokio::test]
async fn what_a_form_could_not_mend_either_is_final() {
    for (http, code, kind) in [
        (406, 61, Kind::Rejected),
        (406, 64, Kind::QuotaExceeded),
        (400, 2, Kind::InvalidArgument),
        (406, 99, Kind::Rejected),
    ] {
        let server = knowing(move |_, asked| asked.is("createFileByHash").then(|| refusal(http, code))).await;
        let error = error(upload_content(&server).await);
        assert_eq!((error.kind(), error.record().service_code.clone()), (kind, Some(code.to_string())), "{error}");
        assert_eq!(asked(&server), BY_HASH, "{code}");
    }
}

#[tokio::test]
async fn a_look_by_hash_that_fails_does_not_prevent_the_upload() {
    type Failing = fn() -> Answer;
    let failing: [Failing; 5] = [
        || Answer::with_headers(404, "content-type: text/html\r\n", "<h1>404</h1>"),
        || refusal(400, 2),
        || success(json!({"nothing": "useful"})),
        || Answer::with_headers(200, "", "<p>hello</p>"),
        || Answer::Drop,
    ];
    for (number, failing) in failing.into_iter().enumerate() {
        for method in ["findByFirst5MbSha1Hash", "findByFullMd5Hash"] {
            let server = knowing(move |_, asked| asked.is(method).then(failing)).await;
            assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form", "{number} {method}");
            assert!(!asked(&server).contains(&"createFileByHash".to_owned()));
        }
    }
}

#[tokio::test]
async fn a_refused_sign_in_or_too_many_calls_end_the_upload() {
    for (http, code, kind) in [(403, 10, Kind::AuthenticationRequired), (429, 0, Kind::RateLimited)] {
        let server = service(move |_, asked| asked.is("findByFirst5MbSha1Hash").then(|| refusal(http, code))).await;
        let client = client(&server, json!({"max_attempts": 1}));
        let error = error(upload(&client, content(), json!({"name": "tape.bin"})).await);
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(asked(&server), ["findByFirst5MbSha1Hash"]);
    }
}

#[tokio::test]
async fn bad_arguments_are_told_before_anything_is_sent() {
    let server = service(|_, _| None).await;
    let client = client(&server, json!({}));
    for (arguments, says) in [
        (json!({"name": "tape.bin", "acess": "public"}), "acess"),
        (json!({"name": "tape.bin", "by_hash": "yes"}), "by_hash"),
        (json!({"name": "tape.bin", "access": 5}), "`access`"),
    ] {
        let error = error(upload(&client, content(), arguments).await);
        assert_eq!(error.kind(), Kind::InvalidArgument);
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn cancelling_stops_hashing() {
    let server = knowing(|_, _| None).await;
    let client = client(&server, json!({}));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("huge.bin");
    // Takes much longer to hash than this test may take.
    std::fs::File::create(&path).expect("a file").set_len(1 << 40).expect("a length");
    let (told, mut hashing) = tokio::sync::mpsc::unbounded_channel();
    let sink: ProgressSink = Arc::new(move |progress: Progress| {
        // Past what the first look wants.
        if progress.phase == Phase::Hashing && progress.bytes_done > 5_242_880 {
            let _ = told.send(progress);
        }
    });
    let cancel = CancelHandle::new();
    let uploading = client.upload(Source::Path(path), b"", b"", Some(sink), &cancel);
    let stopping = async {
        let progress = hashing.recv().await.expect("the file is being hashed");
        assert_eq!((progress.bytes_total, progress.bytes_on_wire), (Some(1 << 40), 0));
        cancel.cancel();
    };
    let (reply, ()) = tokio::join!(uploading, stopping);
    assert_eq!(error(reply).kind(), Kind::Cancelled);
    assert_eq!(asked(&server), ["findByFirst5MbSha1Hash"]);
    // Whoever hashed has let go of the listener with everything else.
    while hashing.recv().await.is_some() {}
}

#[tokio::test]
async fn a_file_that_changes_between_hashing_and_sending_is_changed() {
    for method in ["findByFirst5MbSha1Hash", "findByFullMd5Hash", "getUploadFormData"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tape.bin");
        std::fs::write(&path, CONTENT).expect("a file");
        let touched = path.clone();
        let server = knowing(move |number, asked| {
            if asked.is(method) {
                // The same length, other content.
                std::fs::write(&touched, CONTENT.to_ascii_uppercase()).expect("to write");
                let file = std::fs::File::options().write(true).open(&touched).expect("the file");
                file.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("another time");
            }
            match asked.method() {
                "findByFullMd5Hash" if method == "getUploadFormData" => Some(success(json!({"exists": false}))),
                "getUploadFormData" => Some(form(number, asked)),
                _ => None,
            }
        })
        .await;
        let (events, sink) = recorded();
        let client = client(&server, json!({}));
        let error = error(client.upload(Source::Path(path), b"", b"", Some(sink), &CancelHandle::new()).await);
        assert_eq!(error.kind(), Kind::Changed, "{method}: {error}");
        assert!(events.lock().expect("no panic").iter().all(|event| event.bytes_on_wire == 0), "{method}");
        assert_eq!(asked(&server).last().map(String::as_str), Some(method), "nothing is sent after that");
    }
}
