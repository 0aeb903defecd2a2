//! Uploads whose answers get lost: what arrived is found, and nothing is sent twice.

use super::*;

type Lost = fn() -> Answer;

/// Every form in which no answer comes that tells anything.
fn losses() -> [(&'static str, Lost); 7] {
    [
        ("broken", || Answer::Drop),
        ("silent", || Answer::Hold),
        ("empty", || Answer::with_headers(200, "", "")),
        ("html", || Answer::with_headers(200, "content-type: text/html\r\n", "<h1>Oops</h1>")),
        ("unavailable", || Answer::with_headers(503, "content-type: text/html\r\n", "<h1>Oops</h1>")),
        ("damaged", || Answer::with_headers(200, "", "{\"status\":\"success\",\"user_file_id\":\"a4")),
        ("cut_off", || Answer::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\nconnection: close\r\n\r\n{".to_vec())),
    ]
}

fn impatient(server: &Server) -> Client {
    client(server, json!({"upload_idle_timeout_ms": 200, "idle_timeout_ms": 200}))
}

#[tokio::test]
async fn a_lost_upload_that_arrived_is_found_and_not_sent_again() {
    for (name, lost) in losses() {
        let server = losing(lost, |_, asked| match asked.method() {
            "getFilesList" => Some(listed(&[file("stranger", Some(md5(b"other"))), file("ours", None)])),
            "getFilesInfo" => Some(listed(&[json!({"id": "ours", "name": "tape.bin", "md5": md5(CONTENT)})])),
            _ => None,
        })
        .await;
        let arguments = json!({"folder": "f1", "name": "tape.bin"});
        let entry = entry(upload(&impatient(&server), content(), arguments).await);
        assert_eq!((&entry["id"], &entry["link"]), (&json!("ours"), &json!("https://127.0.0.1/file/ours")), "{name}");
        assert_eq!(
            asked(&server),
            ["findByFirst5MbSha1Hash", "getUploadFormData", "form", "getFilesList", "getFilesInfo"],
            "{name}"
        );
        let look = server.asked()[3].json();
        assert_eq!(
            (&look["parent"], &look["sort"], &look["type"]),
            (&json!("f1"), &json!({"date_created": -1}), &json!("file"))
        );
        assert_eq!(server.asked()[4].json()["ids"], json!(["ours"]), "what the listing told need not be asked");
    }
}

#[tokio::test]
async fn a_lost_upload_that_did_not_arrive_is_sent_again_with_a_fresh_form() {
    for (name, lost) in losses() {
        let server = losing(lost, |_, _| None).await;
        let arguments = json!({"folder": "f1", "name": "tape.bin"});
        assert_eq!(entry(upload(&impatient(&server), content(), arguments).await)["id"], "id-by-form", "{name}");
        assert_eq!(
            asked(&server)[1..],
            ["getUploadFormData", "form", "getFilesList", "findByFullMd5Hash", "getUploadFormData", "form"],
            "{name}"
        );
        let body = |number: usize| String::from_utf8_lossy(&server.asked()[number].body).into_owned();
        assert!(body(2).contains("planted-signature-1") && body(6).contains("planted-signature-5"), "{name}");
    }
}

#[tokio::test]
async fn a_lost_upload_whose_content_arrived_becomes_a_file_without_sending() {
    let server =
        losing(|| Answer::Drop, |_, asked| asked.is("findByFullMd5Hash").then(|| success(json!({"exists": true}))))
            .await;
    // The caller's wish holds for what is asked before bytes are sent.
    let arguments = json!({"folder": "f1", "name": "tape.bin", "by_hash": false});
    assert_eq!(entry(upload(&client(&server, json!({})), content(), arguments).await)["id"], "id-by-hash");
    assert_eq!(asked(&server), ["getUploadFormData", "form", "getFilesList", "findByFullMd5Hash", "createFileByHash"]);
}

#[tokio::test]
async fn a_stranger_of_the_same_name_and_size_is_not_mistaken_for_the_lost_file() {
    let server = losing(
        || Answer::Drop,
        |_, asked| asked.is("getFilesList").then(|| listed(&[file("stranger", Some(md5(b"other")))])),
    )
    .await;
    assert_eq!(entry(upload_content(&server).await)["id"], "id-by-form");
    assert_eq!(posts(&server), 2);
}

#[tokio::test]
async fn where_the_service_does_not_tell_what_is_in_a_file_nothing_is_sent_again() {
    let server = losing(
        || Answer::Drop,
        |_, asked| match asked.method() {
            "getFilesList" => Some(listed(&[file("ours-or-not", None)])),
            "getFilesInfo" => Some(listed(&[json!({"id": "ours-or-not", "md5": null})])),
            _ => None,
        },
    )
    .await;
    let error = error(upload_content(&server).await);
    let record = error.record();
    assert_eq!((record.kind, record.name.as_deref()), (Kind::Network, Some("upload_outcome_unknown")));
    assert!(!record.retryable && record.message.contains("not known whether the file arrived"), "{error}");
    assert_eq!(record.details.items[0].id.as_deref(), Some("ours-or-not"));
    assert_eq!(posts(&server), 1);
    assert_eq!(asked(&server).iter().filter(|method| *method == "getFilesList").count(), 2, "its hash may come late");
}

#[tokio::test]
async fn a_lost_upload_is_found_on_a_later_page() {
    let server = losing(
        || Answer::Drop,
        |_, asked| {
            asked.is("getFilesList").then(|| match asked.json()["offset"].as_u64() {
                Some(1000) => listed(&[file("ours", Some(md5(CONTENT).to_uppercase()))]),
                _ => {
                    let other = |number| json!({"id": format!("o{number}"), "name": "other.bin", "size": 5});
                    listed(&(0..1000).map(other).collect::<Vec<_>>())
                }
            })
        },
    )
    .await;
    assert_eq!(entry(upload_content(&server).await)["id"], "ours");
    assert_eq!(asked(&server).iter().filter(|method| *method == "getFilesList").count(), 2);
}

#[tokio::test]
async fn the_last_attempt_is_looked_for_too() {
    let there = losing(
        || Answer::Drop,
        |_, asked| asked.is("getFilesList").then(|| listed(&[file("ours", Some(md5(CONTENT)))])),
    )
    .await;
    let arguments = json!({"folder": "f1", "name": "tape.bin"});
    let once = client(&there, json!({"max_attempts": 1}));
    assert_eq!(entry(upload(&once, content(), arguments.clone()).await)["id"], "ours");

    let absent = service(|_, asked| asked.is("form").then_some(Answer::Drop)).await;
    let error = error(upload(&client(&absent, json!({"max_attempts": 2})), content(), arguments).await);
    assert_eq!((error.kind(), error.record().attempts, error.record().retryable), (Kind::Network, 2, true), "{error}");
    assert_eq!(posts(&absent), 2);
    assert_eq!(asked(&absent).last().map(String::as_str), Some("getFilesList"));
}

#[tokio::test]
async fn where_looking_fails_nothing_is_sent_again() {
    let server = losing(
        || Answer::Drop,
        |_, asked| match asked.method() {
            "getFilesList" => Some(refusal(403, 10)),
            "login" => Some(refusal(406, 30)),
            _ => None,
        },
    )
    .await;
    let session =
        json!({"service": "keep2share", "base_url": server.base_url, "tokens": {"auth_token": "stale-token"}})
            .to_string();
    let options = json!({"access_token": null, "username": "me", "password": "secret", "session": session});
    let reply = upload(&client(&server, options), content(), json!({"name": "tape.bin"})).await;
    assert!(reply.needs.is_none(), "the program would sign in and make the call again");
    let error = error(reply);
    assert_eq!(error.record().name.as_deref(), Some("upload_outcome_unknown"));
    assert!(!error.record().retryable && error.to_string().contains("looking for it failed"), "{error}");
    assert_eq!(posts(&server), 1);
}

#[tokio::test]
async fn an_upload_that_broke_in_the_middle_cannot_have_arrived() {
    let forms = AtomicUsize::new(0);
    let server = service(move |number, asked| {
        let is_first = asked.is("getUploadFormData") && forms.fetch_add(1, Ordering::Relaxed) == 0;
        is_first.then(|| form_at(number, asked, CUT))
    })
    .await;
    // More than the buffers of a socket hold.
    let source = Source::Bytes(vec![7; 32 << 20].into());
    let arguments = json!({"name": "tape.bin", "by_hash": false});
    assert_eq!(entry(upload(&client(&server, json!({})), source, arguments).await)["id"], "id-by-form");
    assert_eq!(asked(&server), ["getUploadFormData", "getUploadFormData", "form"]);
}

#[tokio::test]
async fn a_file_made_by_hash_whose_answer_is_lost_is_looked_for() {
    for lost in [|| Answer::Drop, || Answer::with_headers(502, "", "<p>bad gateway</p>"), || success(json!({}))] {
        let lost: Lost = lost;
        let there = knowing(move |_, asked| match asked.method() {
            "createFileByHash" => Some(lost()),
            "getFilesList" => Some(listed(&[file("ours", Some(md5(CONTENT)))])),
            _ => None,
        })
        .await;
        assert_eq!(entry(upload_content(&there).await)["id"], "ours");
        assert_eq!(asked(&there), [&BY_HASH[..], &["getFilesList"]].concat());
    }
    let tried = AtomicUsize::new(0);
    let absent = knowing(move |_, asked| {
        (asked.is("createFileByHash") && tried.fetch_add(1, Ordering::Relaxed) == 0).then_some(Answer::Drop)
    })
    .await;
    assert_eq!(entry(upload_content(&absent).await)["id"], "id-by-hash");
    assert_eq!(asked(&absent), [&BY_HASH[..], &["getFilesList", "findByFullMd5Hash", "createFileByHash"]].concat());
}

async fn upload_stream(server: &Server) -> Reply {
    let client = client(server, json!({}));
    let (feeder, source) = Source::stream(CONTENT.len() as u64);
    let feeding = async move {
        feeder.push(CONTENT[..7].into()).await;
        feeder.push(CONTENT[7..].into()).await;
    };
    let (reply, ()) = tokio::join!(upload(&client, source, json!({"folder": "f1", "name": "tape.bin"})), feeding);
    reply
}

#[tokio::test]
async fn a_lost_stream_is_found_by_the_hash_of_what_was_sent() {
    let there = losing(
        || Answer::Drop,
        |_, asked| asked.is("getFilesList").then(|| listed(&[file("ours", Some(md5(CONTENT)))])),
    )
    .await;
    assert_eq!(entry(upload_stream(&there).await)["id"], "ours");

    let stored = losing(
        || Answer::Drop,
        |_, asked| {
            (asked.is("findByFullMd5Hash") && asked.json()["md5"] == md5(CONTENT))
                .then(|| success(json!({"exists": true})))
        },
    )
    .await;
    assert_eq!(entry(upload_stream(&stored).await)["id"], "id-by-hash");

    let absent = losing(|| Answer::Drop, |_, _| None).await;
    let error = error(upload_stream(&absent).await);
    assert_eq!((error.kind(), error.record().name.as_deref()), (Kind::Network, Some("upload_outcome_unknown")));
    assert!(!error.record().retryable && error.to_string().contains("not known whether the file arrived"), "{error}");
    assert_eq!((posts(&there), posts(&stored), posts(&absent)), (1, 1, 1));
}
