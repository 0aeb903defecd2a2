//! The verbs that all services share, against the emulator.

#![allow(clippy::unwrap_used, reason = "the lint spares only functions that are marked as tests")]

mod emulator;

use std::time::Duration;

use fileferry::{CancelHandle, Client, Entry, Keep2Share, Kind, LinkKind, Phase, Result, Target};
use serde_json::json;

use crate::emulator::World;

const ODD_NAME: &str = "50% #1 ü🎬.txt";

fn client(world: &World) -> Keep2Share {
    let builder = world.builder().access_token(world.account("premium", "access_token"));
    builder.poll_interval(Duration::from_millis(1)).build().unwrap()
}

async fn listed(client: &Client, folder: impl Into<Target>) -> Vec<Entry> {
    let mut entries = client.list(folder);
    let mut all = Vec::new();
    while let Some(entry) = entries.next().await {
        all.push(entry.unwrap());
    }
    all
}

fn kind<T: std::fmt::Debug>(outcome: Result<T>) -> Kind {
    outcome.expect_err("an error").kind()
}

/// An address on this machine that a file can be fetched from: the link of one that is there.
async fn source(k2s: &Keep2Share) -> String {
    let file = k2s.upload(vec![7; 1000]).named("source.bin").await.unwrap();
    k2s.downloads().get_url(file.id.unwrap()).await.unwrap().url.unwrap()
}

#[tokio::test]
async fn targets_are_paths_ids_and_entries() {
    let world = World::new();
    let k2s = world.premium();
    let docs = k2s.make_folder("docs").await.unwrap();
    assert_eq!((docs.path.as_deref(), docs.is_folder), (Some("/docs"), true));
    let file = k2s.upload(b"content".to_vec()).named(ODD_NAME).into_folder(&docs).await.unwrap();
    let path = format!("/docs/{ODD_NAME}");
    let id = file.id.clone().unwrap();
    for target in [Target::from(&path), Target::from(&id), Target::from(&file)] {
        let found = k2s.stat(target.clone()).await.unwrap();
        assert_eq!((found.id.as_deref(), found.name.as_str(), found.size), (Some(&*id), ODD_NAME, Some(7)));
        let stream = k2s.open(target.clone()).await.unwrap();
        assert_eq!(stream.read_all(100).await.unwrap(), b"content");
        assert!(k2s.share_link(target).await.unwrap().ends_with(&format!("/file/{id}")));
    }
    for folder in [Target::from("/docs"), Target::from(docs.id.as_ref().unwrap()), Target::from(&docs)] {
        let entries = listed(&k2s, folder.clone()).await;
        assert_eq!(entries.iter().map(|entry| entry.id.as_deref().unwrap()).collect::<Vec<_>>(), [&*id]);
        assert_eq!(k2s.make_folder("sub").in_folder(folder).exist_ok(true).await.unwrap().name, "sub");
        k2s.delete("/docs/sub").await.unwrap();
    }
    assert_eq!(listed(&k2s, "/").await[0].path.as_deref(), Some("/docs"));
    world.assert_no_violations();
}

#[tokio::test]
async fn moving_renaming_deleting() {
    let world = World::new();
    let k2s = world.premium();
    let (from, to) = (k2s.make_folder("from").await.unwrap(), k2s.make_folder("to").await.unwrap());
    for (number, folder) in
        [Target::from("/to"), Target::from(to.id.as_ref().unwrap()), Target::from(&to)].iter().enumerate()
    {
        let file = k2s.upload(vec![1; 10]).named(format!("file {number}.bin")).into_folder("/from").await.unwrap();
        let target = match number {
            0 => Target::from(format!("/from/file {number}.bin")),
            1 => Target::from(file.id.clone().unwrap()),
            _ => Target::from(&file),
        };
        assert_eq!(k2s.move_to(target, folder.clone()).await.unwrap().name, format!("file {number}.bin"));
        let renamed = k2s.rename(format!("/to/file {number}.bin"), ODD_NAME).await.unwrap();
        assert_eq!((renamed.id, renamed.path), (file.id.clone(), Some(format!("/to/{ODD_NAME}"))));
        k2s.delete(match number {
            0 => Target::from(format!("/to/{ODD_NAME}")),
            1 => Target::from(file.id.unwrap()),
            _ => Target::from(&file),
        })
        .await
        .unwrap();
    }
    assert!(listed(&k2s, &to).await.is_empty());
    k2s.delete(&from).await.unwrap();
    assert_eq!(kind(k2s.stat("/from").await), Kind::NotFound);
    assert_eq!(kind(k2s.delete(from.id.as_ref().unwrap()).await), Kind::NotFound);
    world.assert_no_violations();
}

#[tokio::test]
async fn what_goes_wrong_has_its_kind() {
    let world = World::new();
    let k2s = client(&world);
    for _ in 0..2 {
        k2s.upload(vec![1; 10]).named("twice.bin").await.unwrap();
    }
    let error = k2s.stat("/twice.bin").await.unwrap_err();
    assert_eq!((error.kind(), error.record().details.items.len()), (Kind::Conflict, 2));
    k2s.make_folder("docs").await.unwrap();
    assert_eq!(kind(k2s.make_folder("docs").await), Kind::AlreadyExists);
    assert_eq!(kind(k2s.stat("/docs/nothing").await), Kind::NotFound);
    assert_eq!(kind(k2s.share_link("/").await), Kind::NotSupported);
    let requests = world.operations().len();
    let mut stranger = k2s.make_folder("strange").await.unwrap();
    let more = world.operations().len() - requests;
    stranger.service = "yetishare".to_owned();
    let wrong = Kind::InvalidArgument;
    assert_eq!(kind(k2s.stat(&stranger).await), wrong);
    assert_eq!(kind(k2s.upload(vec![1]).named("a.bin").into_folder(&stranger).await), wrong);
    assert_eq!(kind(k2s.download(&stranger, "nowhere").await), wrong);
    assert_eq!(kind(k2s.open(&stranger).await), wrong);
    assert_eq!(kind(k2s.list(&stranger).next().await.unwrap()), wrong);
    assert_eq!(kind(k2s.stat("/docs/../docs").await), wrong);
    assert_eq!(kind(k2s.rename("/docs", "a/b").await), wrong);
    assert_eq!(kind(k2s.delete("").await), wrong);
    assert_eq!(kind(k2s.remote_upload("no address").await), wrong);
    assert_eq!(world.operations().len(), requests + more);
    world.assert_no_violations();
}

#[tokio::test]
async fn a_remote_upload_is_waited_for() {
    let world = World::new();
    let k2s = client(&world);
    k2s.make_folder("films").await.unwrap();
    let (events, hear) = std::sync::mpsc::channel();
    let url = source(&k2s).await;
    let stored = k2s
        .remote_upload(&url)
        .into_folder("/films")
        .on_progress(move |progress| events.send(progress).unwrap())
        .await
        .unwrap();
    assert_eq!((stored.name.as_str(), stored.size), ("source.bin", Some(1000)));
    assert_eq!(listed(&k2s, "/films").await[0].id, stored.id);
    let last = hear.iter().last().unwrap();
    assert_eq!((last.phase, last.fraction), (Phase::Done, Some(1.0)));

    let error = k2s.remote_upload("https://example.com/a.bin").await.unwrap_err();
    assert_eq!((error.kind(), error.record().name.as_deref()), (Kind::Rejected, Some("remote_upload_rejected")));
    world.fault("download", json!({"fault": "status", "status": 404}));
    let error = k2s.remote_upload(&url).await.unwrap_err();
    assert_eq!((error.kind(), error.record().name.as_deref()), (Kind::Rejected, Some("remote_upload_failed")));
    world.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_upload_can_be_stopped() {
    let world = World::new();
    let k2s = client(&world);
    world.post("/settings", json!({"service": "keep2share", "remote_pace": {"seconds": 3600}}));
    let url = source(&k2s).await;
    let cancel = CancelHandle::new();
    let waiting = tokio::spawn(k2s.remote_upload(url).with_cancel(cancel.clone()).into_future());
    world.wait_for("answered&operation=remoteUploadStatus");
    cancel.cancel();
    assert_eq!(kind(waiting.await.unwrap()), Kind::Cancelled);
    world.assert_no_violations();
}

#[tokio::test]
async fn the_account_in_the_terms_of_all_services() {
    let world = World::new();
    let k2s = world.premium();
    let account = k2s.account().await.unwrap();
    assert_eq!(account.plan.as_deref(), Some("premium"));
    assert!(account.traffic_left > Some(0) && account.expires.is_some());
    let by_all: &Client = &k2s;
    let heard = by_all.account().with_deadline(Duration::from_secs(30)).await.unwrap();
    assert_eq!(heard.plan, account.plan);
    // The service's own group of operations has the same name.
    assert!(k2s.account().account_info().await.unwrap().available_traffic.is_some());
}

#[tokio::test]
async fn what_is_told_without_sending() {
    let world = World::new();
    let can = world.premium().capabilities().unwrap();
    assert!(can.verbs.iter().any(|verb| verb == "remote_upload"));
    assert!(can.hash_upload && !can.paths);
    let link = fileferry::parse_link("https://k2s.cc/file/5F0C2B7E41A3D").unwrap();
    assert_eq!(
        (link.service.as_str(), link.kind, link.id.as_deref()),
        ("keep2share", LinkKind::File, Some("5f0c2b7e41a3d"))
    );
    for other in ["https://example.com/file/5f0c2b7e41a3d", "no address", ""] {
        assert!(fileferry::parse_link(other).is_none(), "{other}");
    }
    assert_eq!(world.operations(), [""; 0]);
}

#[tokio::test]
async fn a_client_by_the_name_of_its_service() {
    let world = World::new();
    let token = world.account("premium", "access_token");
    let address = client(&world).base_url().to_owned();
    let open = |service: &str, option: &str| {
        fileferry::open(service).base_url(&*address).rate(0.0).option(option, token).build()
    };
    let opened = open("keep2share", "access_token").unwrap();
    assert_eq!(opened.make_folder("docs").await.unwrap().name, "docs");
    assert_eq!(listed(&opened, "/").await.len(), 1);
    for (service, option) in [("nobody", "access_token"), ("keep2share", "no_option"), ("", "access_token")] {
        let error = open(service, option).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidArgument, "{error}");
        assert!(!format!("{error:?}").contains(token));
    }
}
