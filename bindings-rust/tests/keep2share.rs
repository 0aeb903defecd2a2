//! The crate against the emulator, over real sockets.

mod emulator;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use fileferry::keep2share::{Access, FileSort, ItemType, SortOrder};
use fileferry::{CallOptions, CancelHandle, Entry, Keep2Share, Kind, Null, Phase, Progress, Source, jiff};
use serde_json::json;

use crate::emulator::{World, heard};

/// Bytes that tell their place.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 % 251) as u8).collect()
}

#[tokio::test]
async fn the_account() {
    let world = World::new();
    let info = world.premium().account().account_info().await.unwrap();
    assert!(info.available_traffic.unwrap() > 0);
    assert!(info.account_expires.unwrap() > jiff::Timestamp::now());
    world.assert_no_violations();
}

#[tokio::test]
async fn folders_files_and_pages() {
    let world = World::new();
    let k2s = world.premium();
    let folder = k2s.files().create_folder("Holidays").parent("/").access(Access::Private).await.unwrap();
    for number in 0..5 {
        let name = format!("file {number}.bin");
        k2s.upload(content(10 + number)).named(name).into_folder(&folder.id).await.unwrap();
    }

    let page = k2s
        .files()
        .get_files_list()
        .parent(&*folder.id)
        .limit(2)
        .offset(1)
        .r#type(ItemType::File)
        .sort(FileSort::new().name(SortOrder::Ascending))
        .extended_info(true)
        .await
        .unwrap();
    let names: Vec<_> = page.files.iter().map(|file| file.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["file 1.bin", "file 2.bin"]);
    assert_eq!(page.files[0].size, Some(11));
    assert!(page.files[0].extended_info.is_some());

    let mut items = k2s.files().iter_files_list().parent(&*folder.id).limit(2);
    let mut count = 0;
    while let Some(item) = items.next().await {
        assert!(item.unwrap().date_created.is_some());
        count += 1;
    }
    assert_eq!(count, 5);

    let root = k2s.files().get_files_list().parent(Null).await.unwrap();
    assert_eq!(root.files[0].id, folder.id);
    assert_eq!(root.files[0].is_folder, Some(true));

    let ids = page.files.iter().map(|file| &file.id).chain([&folder.id]);
    assert_eq!(k2s.files().delete_files(ids).await.unwrap().deleted, 3);
    world.assert_no_violations();
}

#[tokio::test]
async fn bytes_there_and_back() {
    let world = World::new();
    let k2s = world.premium();
    let folder = tempfile::tempdir().unwrap();
    let bytes = content(300_000);
    let path = folder.path().join("movie ü.mp4");
    std::fs::write(&path, &bytes).unwrap();

    let by_path = k2s.upload(&path).into_folder("/").await.unwrap();
    assert_eq!((by_path.name.as_str(), by_path.size, by_path.is_folder), ("movie ü.mp4", Some(300_000), false));
    let by_bytes = k2s.upload(bytes.clone()).named("bytes.bin").await.unwrap();
    let file = tokio::fs::File::open(&path).await.unwrap();
    let by_reader = k2s.upload(Source::reader(300_000, file)).named("reader.bin").await.unwrap();

    for (entry, name) in [(&by_path, "a"), (&by_bytes, "b"), (&by_reader, "c")] {
        let to = folder.path().join(name);
        let written = k2s.download(entry, &to).await.unwrap();
        assert_eq!(written.path.as_deref(), to.to_str());
        assert_eq!(std::fs::read(&to).unwrap(), bytes, "{name}");
    }
    let stream = k2s.open(&by_path).await.unwrap();
    assert_eq!(stream.length(), Some(300_000));
    assert_eq!(stream.read_all(1 << 20).await.unwrap(), bytes);
    let mut stream = k2s.open(&by_path).await.unwrap();
    let mut read = Vec::new();
    while let Some(chunk) = stream.chunk().await.unwrap() {
        read.extend_from_slice(&chunk);
    }
    assert_eq!(read, bytes);
    world.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_goes_up_to_the_total() {
    let world = World::new();
    let k2s = world.premium();
    world.fault("upload", json!({"fault": "hold", "at_byte": 100_000}));
    let (events, hear) = heard::<Progress>();
    let upload = tokio::spawn(k2s.upload(content(3_000_000)).named("a.bin").on_progress(hear).into_future());
    world.wait_for("held");
    world.post("/release", json!({}));
    upload.await.unwrap().unwrap();
    let events = events.lock().unwrap();
    assert!(events.len() >= 3, "{events:?}");
    assert!(events.iter().all(|event| event.bytes_done <= event.bytes_total.unwrap()));
    let last = events.last().unwrap();
    assert_eq!((last.bytes_done, last.bytes_total, last.phase), (3_000_000, Some(3_000_000), Phase::Done));
}

#[tokio::test]
async fn every_field_of_an_error() {
    let world = World::new();
    let k2s = world.builder().build().unwrap();
    let free = world.post(
        "/files",
        json!({"service": "keep2share", "username": world.account("premium", "username"), "name": "a", "size": 10}),
    );
    let id = free["ids"][0].as_str().unwrap();
    let error = k2s.downloads().get_url(id).await.unwrap_err();
    let record = error.record();
    assert_eq!(record.kind, Kind::CaptchaRequired);
    assert_eq!(record.service.as_deref(), Some("keep2share"));
    assert_eq!(record.operation.as_deref(), Some("downloads.getUrl"));
    assert_eq!(record.service_code.as_deref(), Some("30"));
    assert_eq!(record.name.as_deref(), Some("captcha_required"));
    assert_eq!(record.http_status, Some(406));
    assert_eq!(record.attempts, 1);
    assert_eq!(record.details.captcha.as_ref().unwrap().kind.as_deref(), Some("image"));
    assert!(!record.retryable);
    assert!(!error.to_string().is_empty());

    world.fault(
        "getUrl",
        json!({"fault": "error", "code": 42, "http_status": 406, "message": "Download not available",
        "errors": [{"code": 5, "timeRemaining": "2521.000000"}]}),
    );
    let error = k2s.downloads().get_url(id).await.unwrap_err();
    let record = error.record();
    assert_eq!((record.kind, record.retryable, record.retry_after_ms), (Kind::WaitRequired, true, Some(2_521_000)));
    assert_eq!(record.details.sub_errors[0].code.as_deref(), Some("5"));
    assert_eq!(fileferry::Error::from_json(&error.to_json()).as_ref(), Some(&error));
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_call_closes_its_socket() {
    let world = World::new();
    let k2s = world.premium();
    world.fault("accountInfo", json!({"fault": "hold"}));
    let call = tokio::spawn(k2s.account().account_info().into_future());
    world.wait_for("held");
    call.abort();
    world.wait_for("client_closed");
    assert!(k2s.account().account_info().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_a_transfer_is_an_error_of_its_own() {
    let world = World::new();
    let k2s = world.premium();
    world.fault("upload", json!({"fault": "hold", "at_byte": 1000}));
    let cancel = CancelHandle::new();
    let upload = tokio::spawn(k2s.upload(content(100_000)).named("a.bin").with_cancel(cancel.clone()).into_future());
    world.wait_for("held");
    cancel.cancel();
    assert_eq!(upload.await.unwrap().unwrap_err().kind(), Kind::Cancelled);
    world.wait_for("client_closed");
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent() {
    let world = World::new();
    let k2s = world.premium();
    let folder = tempfile::tempdir().unwrap();
    let files = k2s.files();
    let empty: [&str; 0] = [];
    let refused = [
        files.get_files_list().limit(0).await.unwrap_err(),
        files.get_files_list().limit(10_001).await.unwrap_err(),
        files.get_files_list().offset(-1).await.unwrap_err(),
        files.create_folder("").await.unwrap_err(),
        files.delete_files(empty).await.unwrap_err(),
        k2s.downloads().get_url("").await.unwrap_err(),
        files.iter_files_list().limit(0).next().await.unwrap().unwrap_err(),
        files.get_files_list().with_options(CallOptions::new().method("BREW")).await.unwrap_err(),
        world.builder().access_token("a\nb").build().unwrap_err(),
        world.builder().access_token("").build().unwrap_err(),
        world.builder().base_url("http://example.com/api").build().unwrap_err(),
        world.builder().base_url("no address").build().unwrap_err(),
    ];
    for error in &refused {
        assert_eq!(error.kind(), Kind::InvalidArgument, "{error}");
        assert!(!error.to_string().is_empty());
    }
    assert_eq!(world.operations(), [""; 0]);
    assert_eq!(refused[0].to_string(), "files.getFilesList: `limit` must be at least 1, not 0");

    let missing = k2s.upload(folder.path().join("missing")).await.unwrap_err();
    assert_eq!(missing.kind(), Kind::Io, "{missing}");
    let a_folder = k2s.upload(folder.path()).await.unwrap_err();
    assert_eq!(a_folder.kind(), Kind::InvalidArgument, "{a_folder}");
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "mine").unwrap();
    let exists = k2s.download("5f0c2b7e41a3d", &taken).await.unwrap_err();
    assert_eq!(exists.kind(), Kind::AlreadyExists);
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "mine");
    assert_eq!(world.operations(), [""; 0]);
}

#[tokio::test]
async fn odd_answers_are_read_or_refused_with_their_place() {
    let world = World::new();
    let k2s = world.builder().access_token(world.account("premium", "access_token")).max_attempts(1).build().unwrap();
    for odd in ["size_as_text", "ids_as_integers", "flags_as_numbers", "extra_keys", "glued_json"] {
        world.post("/odd", json!({"service": "keep2share", "name": odd}));
    }
    world.post(
        "/files",
        json!({"service": "keep2share", "username": world.account("premium", "username"), "name": "a", "size": 12}),
    );
    let page = k2s.files().get_files_list().await.unwrap();
    assert_eq!((page.files[0].size, page.files[0].is_folder), (Some(12), Some(false)));
    assert!(!page.files[0].extra.is_empty());

    for (fault, kind) in
        [("html", Kind::ServerError), ("half_json", Kind::InvalidAnswer), ("empty_body", Kind::ServerError)]
    {
        world.fault("getFilesList", json!({"fault": fault}));
        let error = k2s.files().get_files_list().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{fault}: {error}");
    }
    world.fault(
        "getFilesList",
        json!({"fault": "body", "body": r#"{"status":"success","code":200,"files":[{"name":"a"}]}"#}),
    );
    let error = k2s.files().get_files_list().await.unwrap_err();
    assert_eq!(error.record().details.json_path.as_deref(), Some("$.files[0].id"));
}

#[tokio::test]
async fn a_closed_client() {
    let world = World::new();
    let k2s = world.premium();
    let other = k2s.clone();
    k2s.close();
    k2s.close();
    assert!(other.is_closed());
    assert_eq!(other.account().account_info().await.unwrap_err().kind(), Kind::Closed);
    assert_eq!(world.operations(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_ends_a_call() {
    let world = World::new();
    let k2s = world.premium();
    world.fault("accountInfo", json!({"fault": "hold"}));
    let call = tokio::spawn(k2s.account().account_info().into_future());
    world.wait_for("held");
    k2s.close();
    assert_eq!(call.await.unwrap().unwrap_err().kind(), Kind::Closed);
    world.wait_for("client_closed");
}

#[tokio::test]
async fn two_clients_at_once() {
    let world = World::new();
    let (free, premium) =
        (world.builder().access_token(world.account("free", "access_token")).build().unwrap(), world.premium());
    let (free, premium) = tokio::join!(free.account().account_info(), premium.account().account_info());
    assert_ne!(free.unwrap(), premium.unwrap());
}

#[tokio::test]
async fn sessions_go_on_in_the_next_process() {
    let world = World::new();
    let (sessions, hear) = heard::<String>();
    let password = world.account("premium", "password").to_owned();
    let k2s = world
        .builder()
        .username(world.account("premium", "username"))
        .password(&password)
        .on_session(move |session| hear(session.to_owned()))
        .build()
        .unwrap();
    assert_eq!(k2s.export_session(), None);
    k2s.account().account_info().await.unwrap();
    let session = k2s.export_session().unwrap();
    assert_eq!(*sessions.lock().unwrap(), std::slice::from_ref(&session));

    let next = world.builder().session(session).build().unwrap();
    next.account().account_info().await.unwrap();
    assert_eq!(world.operations(), ["login", "accountInfo", "accountInfo"]);
}

#[tokio::test]
async fn captchas_as_operations() {
    let world = World::new();
    let k2s = world.builder().build().unwrap();
    let captcha = k2s.auth().request_captcha().await.unwrap();
    let picture = k2s.auth().captcha(&captcha.challenge).await.unwrap();
    assert_eq!(picture.media_type(), Some("image/png"));
    assert!(picture.read_all(1 << 20).await.unwrap().starts_with(b"\x89PNG"));

    let (username, password) = (world.account("captcha", "username"), world.account("captcha", "password"));
    let answer = world.get(&format!("/captchas/{}", captcha.challenge))["answer"].clone();
    let login = k2s
        .auth()
        .login(username, password)
        .captcha_challenge(&*captcha.challenge)
        .captcha_response(answer.as_str().unwrap())
        .await
        .unwrap();
    assert!(!login.auth_token.is_empty());
    assert!(!format!("{login:?}").contains(&login.auth_token));
}

#[tokio::test]
async fn upload_forms_and_links() {
    let world = World::new();
    let k2s = world.premium();
    let form = k2s.uploads().get_upload_form_data().parent_id(Null).await.unwrap();
    assert!(!form.file_field.is_empty());
    let file = k2s.upload(content(10)).named("a.bin").await.unwrap();
    let link = k2s.downloads().get_url(file.id.unwrap()).await.unwrap();
    let url = link.url.clone().unwrap();
    assert!(!format!("{link:?}{form:?}").contains(&url));
    assert!(!format!("{form:?}").contains(&form.form_action));
    world.assert_no_violations();
}

#[tokio::test]
async fn responses_logs_and_requests_of_ones_own() {
    let world = World::new();
    let (statuses, hear) = heard::<u16>();
    let (lines, log) = heard::<String>();
    let token = world.account("premium", "access_token").to_owned();
    let k2s = world.builder().access_token(&token).on_log(move |line| log(format!("{line:?}"))).build().unwrap();
    let call = k2s.files().get_files_list().limit(7);
    call.with_on_response(move |response| hear(response.status)).await.unwrap();
    assert_eq!(*statuses.lock().unwrap(), [200]);

    world.fault("getFilesList", json!({"fault": "status", "status": 503}));
    let answer = k2s.request("POST", "getFilesList").param("limit", 3).idempotent().await.unwrap();
    assert_eq!(answer["files"], json!([]));
    let lines = lines.lock().unwrap();
    assert!(!lines.is_empty());
    assert!(lines.iter().all(|line| !line.contains(&token)));
    assert!(!format!("{k2s:?} {:?}", world.builder().access_token(&token)).contains(&token));
}

#[tokio::test]
async fn a_fault_inside_leaves_the_client_usable() {
    let world = World::new();
    let once = Arc::new(Mutex::new(true));
    let k2s = world
        .builder()
        .access_token(world.account("premium", "access_token"))
        .on_log(move |_| {
            let is_first = std::mem::take(&mut *once.lock().unwrap());
            assert!(!is_first, "a program that fails while it listens");
        })
        .build()
        .unwrap();
    let error = k2s.account().account_info().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Internal);
    assert_eq!(error.to_string(), "a defect in fileferry stopped the call");
    assert!(k2s.account().account_info().await.is_ok());
}

#[tokio::test]
async fn a_fault_that_no_call_waits_for_is_an_error_too() {
    let world = World::new();
    let error = world.builder().with_option("_panic", true).build().unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (Kind::Internal, "a defect in fileferry stopped the call"));
    let k2s = world.signing_in("premium").on_log(|_| panic!("a program that fails while it listens")).build().unwrap();
    assert_eq!(k2s.sign_in().start().await.unwrap_err().kind(), Kind::Internal);
}

#[tokio::test]
async fn results_are_plain_data_and_back() {
    let world = World::new();
    let k2s = world.premium();
    let entry = k2s.upload(content(5)).named("a.bin").await.unwrap();
    let text = serde_json::to_string(&entry).unwrap();
    assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
    world.post("/odd", json!({"service": "keep2share", "name": "extra_keys"}));
    let page = k2s.files().get_files_list().extended_info(true).await.unwrap();
    let text = serde_json::to_string(&page.files).unwrap();
    assert_eq!(serde_json::from_str::<Vec<fileferry::keep2share::File>>(&text).unwrap(), page.files);
    assert!(serde_json::from_str::<Entry>(r#"{"name":"a"}"#).is_err());
}

#[tokio::test]
async fn futures_can_be_sent_between_threads() {
    fn assert_send<T: Send>(_: &T) {}
    let k2s = Keep2Share::builder().build().unwrap();
    assert_send(&k2s.account().account_info().into_future());
    assert_send(&k2s.upload(Vec::new()).into_future());
    assert_send(&k2s.download("a", "b").into_future());
    assert_send(&k2s.open("a").into_future());
    assert_send(&k2s.request("GET", "a").into_future());
    assert_send(&k2s.files().iter_files_list());
}

#[tokio::test]
async fn answers_beyond_bounds() {
    let world = World::new();
    let token = world.account("premium", "access_token");
    let k2s = world.builder().access_token(token).max_json(100_000).max_attempts(1).build().unwrap();
    world.fault("getFilesList", json!({"fault": "long_json", "size": 200_000}));
    assert_eq!(k2s.files().get_files_list().await.unwrap_err().kind(), Kind::TooLarge);

    world.fault(
        "getFilesList",
        json!({"fault": "body", "body": r#"{"status":"success","code":200,"files":[{"id":"a","size":1.5}]}"#}),
    );
    let page = k2s.files().get_files_list().await.unwrap();
    assert_eq!(page.files[0].size, None);
    assert_eq!(page.files[0].extra.get("size"), Some(&json!(1.5)));

    let error = k2s.downloads().get_url("0000000000000").await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_while_it_is_sent() {
    let world = World::new();
    let k2s = world.premium();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growing.bin");
    std::fs::write(&path, content(20_000_000)).unwrap();
    world.fault("upload", json!({"fault": "hold", "at_byte": 1000}));
    let upload = tokio::spawn(k2s.upload(&path).into_future());
    world.wait_for("held");
    std::fs::write(&path, content(1000)).unwrap();
    world.post("/release", json!({}));
    assert_eq!(upload.await.unwrap().unwrap_err().kind(), Kind::Changed);
    assert!(k2s.files().get_files_list().await.unwrap().files.is_empty());
}

#[tokio::test]
async fn a_source_that_breaks_or_ends_early() {
    let world = World::new();
    let k2s = world.builder().access_token(world.account("premium", "access_token")).max_attempts(1).build().unwrap();
    let broken = futures_util::stream::iter([Ok(content(10).into()), Err(std::io::Error::other("the disk is gone"))]);
    let error = k2s.upload(Source::stream(1000, broken)).named("a.bin").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Io, "{error}");
    assert!(error.to_string().contains("the disk is gone"), "{error}");
    let short = futures_util::stream::iter([Ok(content(10).into())]);
    let error = k2s.upload(Source::stream(1000, short)).named("a.bin").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Changed, "{error}");
    assert!(k2s.files().get_files_list().await.unwrap().files.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_outlives_the_call_that_made_it() {
    for is_dropped in [false, true] {
        let world = World::new();
        let (sessions, hear) = heard::<String>();
        let k2s = world.signing_in("premium").on_session(move |session| hear(session.to_owned())).build().unwrap();
        world.fault("accountInfo", json!({"fault": "hold"}));
        let cancel = CancelHandle::new();
        let call = tokio::spawn(k2s.account().account_info().with_cancel(cancel.clone()).into_future());
        world.wait_for("held");
        if is_dropped {
            call.abort();
        } else {
            cancel.cancel();
        }
        assert!(!matches!(call.await, Ok(Ok(_))));
        k2s.account().account_info().await.unwrap();
        assert_eq!(*sessions.lock().unwrap(), [k2s.export_session().unwrap()]);
        assert_eq!(world.operations().iter().filter(|operation| *operation == "login").count(), 1);
    }
}

/// The folder of the full disk and of the file that nobody can read; nothing where they could not be mounted.
fn test_disks() -> Option<PathBuf> {
    let folder = std::env::var_os("FILEFERRY_TEST_DISKS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!(
            "not run: FILEFERRY_TEST_DISKS is not set; `cargo xtask test` mounts both, where it is root on Linux"
        );
    }
    folder
}

#[tokio::test]
async fn a_full_disk() {
    let Some(disks) = test_disks() else { return };
    let full = disks.join("full");
    let world = World::new();
    let k2s = world.premium();
    let entry = k2s.upload(content(3_000_000)).named("large.bin").await.unwrap();
    let error = k2s.download(&entry, full.join("large.bin")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Io, "{error}");
    assert!(error.to_string().contains("No space left"), "{error}");
    assert_eq!(std::fs::read_dir(&full).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_that_nobody_can_read() {
    let Some(disks) = test_disks() else { return };
    let world = World::new();
    let error = world.premium().upload(disks.join("unreadable")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Io, "{error}");
    assert_eq!(world.operations(), [""; 0]);
}
