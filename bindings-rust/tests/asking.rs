//! What a person has to do in the middle of a call: step by step, and by a handler that the client asks.

mod emulator;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fileferry::{CancelHandle, Captcha, Keep2Share, Kind, Source, Step};
use serde_json::json;
use tokio::sync::Notify;

use crate::emulator::{World, heard, soon};

#[tokio::test]
async fn signing_in_step_by_step() {
    let world = World::new();
    let k2s = world.signing_in("captcha").build().unwrap();
    let error = k2s.account().account_info().await.unwrap_err();
    assert_eq!(error.kind(), Kind::CaptchaRequired);

    let sign_in = k2s.sign_in();
    let Step::Captcha(captcha) = sign_in.start().await.unwrap() else { panic!("a captcha comes first") };
    assert_eq!(captcha.kind.as_deref(), Some("image"));
    let image = sign_in.image().await.unwrap();
    assert_eq!(image.media_type, "image/png");
    assert_eq!(sign_in.answer("wrong").await.unwrap_err().kind(), Kind::CaptchaInvalid);
    let Some(Step::Captcha(captcha)) = sign_in.step().await else { panic!("another captcha follows") };
    let solution = world.solution(&captcha);
    assert_eq!(sign_in.answer(&solution).await.unwrap(), Step::Done);
    // What is over is not sent once more.
    let operations = world.operations();
    assert_eq!(sign_in.answer(&solution).await.unwrap_err().kind(), Kind::InvalidArgument);
    assert_eq!(world.operations(), operations);
    assert!(k2s.account().account_info().await.is_ok());
    world.assert_no_violations();
}

#[tokio::test]
async fn a_handler_solves_captchas() {
    let world = Arc::new(World::new());
    let control = Arc::clone(&world);
    let k2s = world
        .signing_in("captcha")
        .on_captcha(move |captcha, sign_in| {
            let control = Arc::clone(&control);
            async move {
                assert!(!sign_in.image().await.unwrap().bytes.is_empty());
                Some(control.solution(&captcha))
            }
        })
        .build()
        .unwrap();
    let (first, second) = tokio::join!(k2s.account().account_info(), k2s.files().get_files_list());
    first.unwrap();
    second.unwrap();

    // A stream, which can be read once only, is not touched by the call that finds out that a captcha comes first.
    let control = Arc::clone(&world);
    let asked_first = world
        .signing_in("captcha")
        .on_captcha(move |captcha, _| {
            let answer = control.solution(&captcha);
            async move { Some(answer) }
        })
        .build()
        .unwrap();
    let chunks = futures_util::stream::iter((0..10).map(|_| Ok(vec![7; 50_000].into())));
    let entry = asked_first.upload(Source::stream(500_000, chunks)).named("s.bin").await.unwrap();
    assert_eq!(entry.size, Some(500_000));

    let gives_up = world.signing_in("captcha").on_captcha(|_captcha, _sign_in| async { None }).build().unwrap();
    assert_eq!(gives_up.account().account_info().await.unwrap_err().kind(), Kind::CaptchaRequired);
}

/// A file of somebody else.
fn put_file(world: &World) -> String {
    let owner = world.account("premium", "username");
    let made =
        world.post("/files", json!({"service": "keep2share", "username": owner, "name": "movie.bin", "size": 3000}));
    made["ids"][0].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_free_download_step_by_step() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let file = put_file(&world);
    let k2s = world.signing_in("free").build().unwrap();
    assert_eq!(k2s.download(&file, folder.path()).await.unwrap_err().kind(), Kind::CaptchaRequired);

    let flow = k2s.free_download(format!("https://k2s.cc/file/{file}/movie.bin"));
    let Step::Captcha(_) = flow.start().await.unwrap() else { panic!("a captcha comes first") };
    assert_eq!(flow.answer("wrong").await.unwrap_err().kind(), Kind::CaptchaInvalid);
    let Some(Step::Captcha(captcha)) = flow.step().await else { panic!("another captcha follows") };
    let wait = flow.answer(&world.solution(&captcha)).await.unwrap();
    assert_eq!(wait, Step::Wait(Duration::from_secs(32)));
    // Too early it is another wait, and nothing is lost.
    assert!(matches!(flow.proceed().await.unwrap(), Step::Wait(_)));
    world.post("/clock", json!({"advance_s": 31}));
    assert_eq!(flow.proceed().await.unwrap(), Step::Done);
    assert_eq!(k2s.download(&file, folder.path()).await.unwrap().size, Some(3000));
    world.assert_no_violations();
}

#[tokio::test]
async fn a_handler_leads_through_a_free_download() {
    let world = Arc::new(World::new());
    let folder = tempfile::tempdir().unwrap();
    let file = put_file(&world);
    world.post("/odd", json!({"service": "keep2share", "name": "time_wait_zero"}));
    let (control, asked) = (Arc::clone(&world), Arc::new(std::sync::atomic::AtomicU32::new(0)));
    let counted = Arc::clone(&asked);
    let k2s = world
        .signing_in("free")
        .free_wait_margin(Duration::ZERO)
        .on_captcha(move |captcha, _| {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let answer = control.solution(&captcha);
            async move { Some(answer) }
        })
        .build()
        .unwrap();
    assert_eq!(k2s.download(&file, folder.path()).await.unwrap().id.as_deref(), Some(file.as_str()));
    assert_eq!(k2s.open(&file).await.unwrap().read_all(1 << 20).await.unwrap().len(), 3000);
    assert_eq!(asked.load(std::sync::atomic::Ordering::Relaxed), 1, "the ticket is good for another link");
    world.assert_no_violations();
}

#[tokio::test]
async fn a_wait_that_is_too_long_for_a_handler_or_the_call_is_an_error_at_once() {
    let world = Arc::new(World::new());
    let (folder, file) = (tempfile::tempdir().unwrap(), put_file(&world));
    for (cap, deadline) in [(1, 600), (600, 20)] {
        let control = Arc::clone(&world);
        let k2s = world
            .signing_in("free")
            .retry_after_cap(Duration::from_secs(cap))
            .on_captcha(move |captcha, _| {
                let answer = control.solution(&captcha);
                async move { Some(answer) }
            })
            .build()
            .unwrap();
        let download = k2s.download(&file, folder.path()).with_deadline(Duration::from_secs(deadline)).into_future();
        let error = soon(download).await.unwrap_err();
        assert_eq!((error.kind(), error.record().retry_after_ms), (Kind::WaitRequired, Some(32_000)));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    world.assert_no_violations();
}

#[tokio::test]
async fn a_handler_is_asked_again_after_a_wrong_answer_but_not_for_ever() {
    for right_at in [2, 9] {
        let world = Arc::new(World::new());
        let (asked, hear) = heard::<Captcha>();
        let hear = Arc::new(hear);
        let (control, count) = (Arc::clone(&world), Arc::clone(&asked));
        let solve = move |captcha: Captcha, _| {
            hear(captcha.clone());
            let is_right = count.lock().unwrap().len() == right_at;
            let answer = if is_right { control.solution(&captcha) } else { "wrong".to_owned() };
            async move { Some(answer) }
        };
        let k2s = world.signing_in("captcha").on_captcha(solve).build().unwrap();
        let outcome = k2s.account().account_info().await.map_err(|error| error.kind());
        let asked = asked.lock().unwrap().len();
        match right_at {
            2 => assert_eq!((outcome.is_ok(), asked), (true, 2)),
            _ => assert_eq!((outcome.unwrap_err(), asked), (Kind::CaptchaInvalid, 3)),
        }
    }
}

#[tokio::test]
async fn a_handler_may_call_and_is_refused_what_needs_its_own_sign_in() {
    let world = Arc::new(World::new());
    let (seen, hear) = heard::<(String, Kind)>();
    let (control, hear) = (Arc::clone(&world), Arc::new(hear));
    let client = Arc::new(OnceLock::<Keep2Share>::new());
    let own = Arc::clone(&client);
    let k2s = world
        .signing_in("captcha")
        .on_captcha(move |captcha, _| {
            let (control, hear, own) = (Arc::clone(&control), Arc::clone(&hear), Arc::clone(&own));
            async move {
                let k2s = own.get().unwrap();
                let picture = k2s.auth().captcha(captcha.challenge.as_deref().unwrap()).await.unwrap();
                let media_type = picture.media_type().unwrap().to_owned();
                hear((media_type, k2s.account().account_info().await.unwrap_err().kind()));
                Some(control.solution(&captcha))
            }
        })
        .build()
        .unwrap();
    client.set(k2s.clone()).unwrap();
    soon(async { k2s.account().account_info().await }).await.unwrap();
    world.post("/expire", json!({"what": "tokens"}));
    soon(k2s.sign_in().run()).await.unwrap();
    let once = ("image/png".to_owned(), Kind::CaptchaRequired);
    assert_eq!(*seen.lock().unwrap(), [once.clone(), once]);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_on_and_end_while_a_person_is_asked() {
    let world = World::new();
    let asked = Arc::new(Notify::new());
    let ask = Arc::clone(&asked);
    let k2s = world
        .signing_in("captcha")
        .on_captcha(move |_, _| {
            ask.notify_one();
            std::future::pending()
        })
        .build()
        .unwrap();
    let (waiting, also) = (CancelHandle::new(), CancelHandle::new());
    let first = tokio::spawn(k2s.account().account_info().with_cancel(waiting.clone()).into_future());
    soon(asked.notified()).await;

    // What needs no sign-in does not wait for it.
    soon(async { k2s.auth().request_captcha().with_deadline(Duration::from_secs(5)).await }).await.unwrap();
    // What needs it waits, but not beyond its deadline, nor once it is cancelled.
    let late = k2s.files().get_files_list().with_deadline(Duration::from_millis(300)).into_future();
    let late = soon(late).await.unwrap_err();
    assert_eq!((late.kind(), late.record().retryable), (Kind::Timeout, true));
    assert_eq!(late.record().operation.as_deref(), Some("files.getFilesList"));
    let second = tokio::spawn(k2s.files().get_files_list().with_cancel(also.clone()).into_future());
    also.cancel();
    assert_eq!(soon(second).await.unwrap().unwrap_err().kind(), Kind::Cancelled);
    waiting.cancel();
    assert_eq!(soon(first).await.unwrap().unwrap_err().kind(), Kind::Cancelled);
    // Nobody signs in any more, so the next call asks anew.
    let next = tokio::spawn(k2s.account().account_info().with_deadline(Duration::from_secs(1)).into_future());
    soon(asked.notified()).await;
    assert_eq!(soon(next).await.unwrap().unwrap_err().kind(), Kind::Timeout);
}

#[tokio::test]
async fn a_handler_is_refused_the_free_download_that_it_leads_to() {
    let world = Arc::new(World::new());
    let folder = tempfile::tempdir().unwrap();
    let file = put_file(&world);
    world.post("/odd", json!({"service": "keep2share", "name": "time_wait_zero"}));
    let (seen, hear) = heard::<Kind>();
    let (control, hear) = (Arc::clone(&world), Arc::new(hear));
    let client = Arc::new(OnceLock::<Keep2Share>::new());
    let (own, wanted) = (Arc::clone(&client), file.clone());
    let k2s = world
        .signing_in("free")
        .free_wait_margin(Duration::ZERO)
        .on_captcha(move |captcha, _| {
            let (control, hear, own) = (Arc::clone(&control), Arc::clone(&hear), Arc::clone(&own));
            let wanted = wanted.clone();
            async move {
                hear(own.get().unwrap().open(&wanted).await.unwrap_err().kind());
                Some(control.solution(&captcha))
            }
        })
        .build()
        .unwrap();
    client.set(k2s.clone()).unwrap();
    soon(async { k2s.download(&file, folder.path()).await }).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [Kind::CaptchaRequired]);
}
