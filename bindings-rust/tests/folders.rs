//! Whole folders, against the emulator.

#![allow(clippy::unwrap_used, reason = "the lint spares only functions that are marked as tests")]

mod emulator;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fileferry::keep2share::Access;
use fileferry::{CancelHandle, Client, FolderItem, FolderProgress, FolderReport, Keep2Share, Kind};
use serde_json::json;
use tempfile::TempDir;

use crate::emulator::{World, heard, soon};

const FILES: [(&str, usize); 4] =
    [("b.bin", 2000), ("a/one.bin", 0), ("a/deep ü/two.bin", 300_000), ("c/three.bin", 1)];

/// A folder `photos` with files in folders, and one with nothing in it.
fn photos() -> (TempDir, PathBuf) {
    let local = tempfile::tempdir().unwrap();
    let photos = local.path().join("photos");
    for (name, size) in FILES {
        write(&photos.join(name), size);
    }
    std::fs::create_dir(photos.join("empty")).unwrap();
    (local, photos)
}

fn write(path: &Path, size: usize) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, vec![7; size]).unwrap();
}

/// All that lies below a folder of the service, by path.
async fn below(client: &Client, folder: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let mut entries = client.list(&folder);
        while let Some(entry) = entries.next().await {
            let entry = entry.unwrap();
            let path = entry.path.unwrap();
            if entry.is_folder {
                waiting.push(path.clone());
            }
            found.insert(path);
        }
    }
    found
}

fn set(paths: &[&str]) -> BTreeSet<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

fn item<'a>(report: &'a FolderReport, path: &str) -> &'a FolderItem {
    report.items.iter().find(|item| item.path == path).unwrap()
}

#[tokio::test]
async fn a_folder_arrives_with_all_that_is_in_it() {
    let world = World::new();
    let k2s = world.premium();
    let (_local, photos) = photos();
    let albums = k2s.make_folder("albums").await.unwrap();
    let report = k2s.upload_folder(&photos).into_folder(&albums).await.unwrap();
    assert_eq!((report.folder.name.as_str(), report.folder.is_folder), ("photos", true));
    assert_eq!((report.uploaded, report.failed, report.bytes), (4, 0, 302_001));
    let paths: Vec<_> = report.items.iter().map(|item| item.path.as_str()).collect();
    assert_eq!(
        paths,
        ["a", "a/deep ü", "a/deep ü/two.bin", "a/one.bin", "b.bin", "c", "c/three.bin", "empty"],
        "each folder before what lies in it"
    );
    assert!(report.items.iter().all(|item| item.entry.is_some() && item.error.is_none()));
    let two = item(&report, "a/deep ü/two.bin");
    let entry = two.entry.as_ref().unwrap();
    assert_eq!((two.is_folder, entry.name.as_str(), entry.size), (false, "two.bin", Some(300_000)));
    assert_eq!(k2s.open(entry).await.unwrap().read_all(1 << 20).await.unwrap(), [7; 300_000]);
    assert!(item(&report, "empty").is_folder);

    let arrived = [
        "/albums/photos",
        "/albums/photos/a",
        "/albums/photos/a/deep ü",
        "/albums/photos/a/deep ü/two.bin",
        "/albums/photos/a/one.bin",
        "/albums/photos/b.bin",
        "/albums/photos/c",
        "/albums/photos/c/three.bin",
        "/albums/photos/empty",
    ];
    assert_eq!(below(&k2s, "/albums").await, set(&arrived));

    let plain = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<FolderReport>(&plain).unwrap(), report);
    world.assert_no_violations();
}

#[cfg(unix)]
#[tokio::test]
async fn what_fails_is_reported_while_the_others_go_on() {
    let world = World::new();
    let k2s = world.premium();
    let (_local, photos) = photos();
    std::os::unix::fs::symlink(photos.join("b.bin"), photos.join("link.bin")).unwrap();
    world.fault("upload", json!({"fault": "error", "message": "No", "code": 500}));
    let report = k2s.upload_folder(&photos).parallel(1).await.unwrap();
    assert_eq!((report.uploaded, report.failed), (3, 2));

    let link = item(&report, "link.bin");
    assert_eq!((link.is_folder, &link.entry), (false, &None));
    let error = link.error.as_ref().unwrap();
    assert_eq!((error.kind.as_str(), error.name.as_deref()), ("not_supported", Some("symbolic_link")));
    assert_eq!((error.http_status, error.retryable), (None, false));
    assert!(error.message.contains("link"), "{error:?}");

    let refused = report.items.iter().find(|item| item.path != "link.bin" && item.error.is_some()).unwrap();
    let error = refused.error.as_ref().unwrap();
    assert_eq!((error.kind.as_str(), error.name.as_deref()), ("rejected", Some("upload_refused")));
    assert!(!below(&k2s, "/photos").await.contains(&format!("/photos/{}", refused.path)));
}

#[tokio::test]
async fn folders_that_are_there_are_used_again() {
    let world = World::new();
    let k2s = world.premium();
    let (_local, photos) = photos();
    let first = k2s.upload_folder(&photos).named("backup").await.unwrap();
    let there = below(&k2s, "/").await;
    std::fs::remove_file(photos.join("b.bin")).unwrap();
    write(&photos.join("a/new/four.bin"), 4);
    let second = k2s.upload_folder(&photos).named("backup").await.unwrap();
    for folder in ["a", "a/deep ü", "c", "empty"] {
        let id = |report| item(report, folder).entry.as_ref().unwrap().id.clone();
        assert_eq!(id(&first), id(&second), "{folder}");
    }
    assert_eq!(first.folder.id, second.folder.id);
    let new = set(&["/backup/a/new", "/backup/a/new/four.bin"]);
    assert_eq!(below(&k2s, "/").await, &there | &new);
}

#[tokio::test]
async fn progress_goes_up_to_the_total() {
    let world = World::new();
    let k2s = world.premium();
    let (_local, photos) = photos();
    let (events, hear) = heard::<FolderProgress>();
    k2s.upload_folder(&photos).on_progress(hear).await.unwrap();
    let first = events.lock().unwrap().clone();
    assert!(first.len() >= 2, "{first:?}");
    assert!(first.iter().all(|at| at.bytes_done <= at.bytes_total && at.files_done <= at.files_total), "{first:?}");
    let last = first.last().unwrap();
    assert_eq!((last.files_done, last.files_failed, last.files_total), (4, 0, 4));
    assert_eq!((last.bytes_done, last.bytes_total), (302_001, 302_001));
    assert_eq!(last.bytes_on_wire, 302_001);

    // What is stored already is found by its hash.
    let (events, hear) = heard::<FolderProgress>();
    k2s.upload_folder(&photos).named("again").on_progress(hear).await.unwrap();
    let last = *events.lock().unwrap().last().unwrap();
    assert_eq!((last.files_done, last.bytes_done, last.bytes_on_wire), (4, 302_001, 0));
}

#[tokio::test]
async fn the_services_own_arguments_reach_it() {
    let world = World::new();
    let k2s = world.premium();
    let (_local, photos) = photos();
    let report = k2s.upload_folder(&photos).access(Access::Private).by_hash(false).await.unwrap();
    for folder in [&report.folder, item(&report, "a").entry.as_ref().unwrap()] {
        let page = k2s.files().get_files_list().parent(folder.id.clone().unwrap()).extended_info(true).await.unwrap();
        assert!(!page.files.is_empty());
        for file in page.files {
            assert_eq!(file.extended_info.unwrap().access, Some(Access::Private), "{:?}", file.name);
        }
    }
    assert!(world.operations().iter().all(|operation| !operation.contains("Hash")), "{:?}", world.operations());
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_closes_all_sockets() {
    for is_dropped in [false, true] {
        let world = World::new();
        let k2s = world.premium();
        let (_local, photos) = photos();
        world.fault("upload", json!({"fault": "hold", "times": null}));
        let cancel = CancelHandle::new();
        let upload = k2s.upload_folder(&photos).parallel(2).by_hash(false).with_cancel(cancel.clone());
        let upload = tokio::spawn(upload.into_future());
        world.wait_for("held&count=2");
        if is_dropped {
            upload.abort();
            assert!(soon(upload).await.unwrap_err().is_cancelled());
        } else {
            cancel.cancel();
            assert_eq!(soon(upload).await.unwrap().unwrap_err().kind(), Kind::Cancelled);
        }
        world.wait_for("client_closed&count=2");
        assert_eq!(world.operations().iter().filter(|operation| *operation == "upload").count(), 2);
    }
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent() {
    let world = World::new();
    let k2s = world.premium();
    let (local, photos) = photos();
    let refused = [
        (k2s.upload_folder(photos.join("b.bin")).await, Kind::Io),
        (k2s.upload_folder(local.path().join("nowhere")).await, Kind::Io),
        (k2s.upload_folder("").await, Kind::InvalidArgument),
        (k2s.upload_folder(&photos).parallel(0).await, Kind::InvalidArgument),
        (k2s.upload_folder(&photos).parallel(11).await, Kind::InvalidArgument),
        (k2s.upload_folder(&photos).named("a/b").await, Kind::InvalidArgument),
        (k2s.upload_folder(&photos).with_argument("paralell", 2.into()).await, Kind::InvalidArgument),
    ];
    for (outcome, kind) in refused {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!error.to_string().is_empty());
    }
    assert_eq!(world.operations(), [""; 0]);

    let error = k2s.upload_folder(&photos).into_folder("/nowhere").await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound, "{error}");
    k2s.close();
    assert_eq!(k2s.upload_folder(&photos).await.unwrap_err().kind(), Kind::Closed);
}

#[tokio::test]
async fn a_handler_is_asked_once_and_then_all_goes_on() {
    let world = Arc::new(World::new());
    let (_local, photos) = photos();
    let (control, asked) = (Arc::clone(&world), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&asked);
    let builder = world.signing_in("captcha").on_captcha(move |captcha, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        let answer = control.solution(&captcha);
        async move { Some(answer) }
    });
    let report = builder.build().unwrap().upload_folder(&photos).await.unwrap();
    assert_eq!((report.uploaded, report.failed), (4, 0));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_client_of_any_service_does_it_too() {
    fn assert_send<T: Send>(_: &T) {}
    let world = World::new();
    let k2s: Keep2Share = world.premium();
    let by_all: &Client = &k2s;
    let (_local, photos) = photos();
    let upload = by_all.upload_folder(&photos);
    assert_eq!(format!("{upload:?}"), format!("UploadFolder {{ path: {photos:?}, .. }}"));
    let upload = upload.into_future();
    assert_send(&upload);
    assert_eq!(upload.await.unwrap().uploaded, 4);
}
