//! What a link leads to: the file, a page of errors, a body that breaks off, wrong bytes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Answer, Asked, Server};
use fileferry_core::border::{CancelHandle, Client, Error, Hooks, Kind};
use serde_json::json;

use super::{
    CONTENT, FILE, address, client, cut, download, entry, error, etag, header, is_file, left_in, md5, named, premium,
    range, served, success, url, whole,
};

#[tokio::test]
async fn with_premium_a_link_comes_at_once() {
    let server = Server::start(|_, asked| if is_file(asked) { whole() } else { url(asked) }).await;
    let folder = tempfile::tempdir().expect("a folder");
    let reply = download(&premium(&server), FILE, folder.path()).await;
    assert_eq!(reply.needs, None);
    let entry = entry(reply);
    let path = folder.path().join("from the link.bin");
    assert_eq!(std::fs::read(&path).expect("the file"), CONTENT);
    let hash = json!({"algorithm": "md5", "hex": md5(CONTENT)});
    assert_eq!((&entry["id"], &entry["hash"], &entry["size"]), (&json!(FILE), &hash, &json!(CONTENT.len())));
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].json(), json!({"access_token": "some-key", "file_id": FILE}));
    assert_eq!(header(&asked[1], "accept-encoding"), Some("identity"));
    assert!(!asked[1].headers.contains("some-key") && !asked[1].line.contains("some-key"));
}

#[tokio::test]
async fn a_link_of_the_service_is_a_target() {
    let server = Server::start(|_, asked| if is_file(asked) { whole() } else { url(asked) }).await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = premium(&server);
    let target = format!("https://www.k2s.cc/file/{}/a-name.bin?site=x", FILE.to_uppercase());
    assert_eq!(entry(download(&client, &target, folder.path()).await)["id"], FILE);
    assert_eq!(server.asked()[0].json()["file_id"], FILE);

    let sister = Client::from_json("keep2share", br#"{"host": "fileboom"}"#, Hooks::default()).expect("a client");
    for (client, target) in [
        (&client, "https://k2s.cc/folder/5f0c2b7e41a3d"),
        (&client, "https://files.example/file/5f0c2b7e41a3d"),
        (&sister, "https://k2s.cc/file/5f0c2b7e41a3d"),
    ] {
        let failed = error(download(client, target, folder.path()).await);
        assert_eq!(failed.kind(), Kind::InvalidArgument, "{target}: {failed}");
        let failed = client.free_download(target).start(&CancelHandle::new()).await.expect_err("an error");
        assert_eq!(failed.kind(), Kind::InvalidArgument, "{target}: {failed}");
    }
    assert_eq!(server.asked().len(), 2, "nothing is sent for what is no file");
}

#[tokio::test]
async fn the_host_that_a_link_leads_on_to_does_not_get_the_link() {
    let server = Server::start(|_, asked| match asked.method() {
        "elsewhere" => whole(),
        _ if is_file(asked) => Answer::with_headers(302, "location: /elsewhere\r\n", ""),
        _ => url(asked),
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    entry(download(&premium(&server), FILE, folder.path()).await);
    let asked = server.asked();
    assert_eq!((asked[2].method(), header(&asked[2], "referer")), ("elsewhere", None));
}

#[tokio::test]
async fn pages_of_errors_are_errors() {
    let html = "content-type: text/html\r\n";
    let tariff = "<html><body><p>Your tariff doesn't allow to download more files</p></body></html>";
    let exceeded = "<html>You exceeded your Premium 50 GB daily limit, try to download file later</html>";
    for (status, headers, body, kind, name, asked) in [
        (200, html, tariff, Kind::TrafficExceeded, "download_count_exceeded", 1),
        (504, html, tariff, Kind::TrafficExceeded, "download_count_exceeded", 1),
        (200, html, exceeded, Kind::TrafficExceeded, "download_traffic_exceeded", 1),
        (200, html, "<html>Something else</html>", Kind::Unavailable, "html_instead_of_file", 1),
        (401, html, "<html>Authorization required</html>", Kind::Unavailable, "link_expired", 3),
        (403, html, "<html>Access denied</html>", Kind::Unavailable, "link_expired", 3),
        (410, "", "", Kind::Unavailable, "link_expired", 3),
        (440, html, "<html>Login Time-out</html>", Kind::Unavailable, "link_expired", 3),
        (404, html, "<html>Not found</html>", Kind::NotFound, "file_not_found", 1),
        (409, html, "<html>Conflict</html>", Kind::Unavailable, "download_conflict", 1),
        (429, "retry-after: 0\r\n", "", Kind::RateLimited, "too_many_requests", 3),
        (429, "retry-after: 7200\r\n", "", Kind::RateLimited, "too_many_requests", 1),
        (500, html, "<html>Oops</html>", Kind::ServerError, "server_error", 3),
        (503, html, "<html>Busy</html>", Kind::Unavailable, "service_unavailable", 3),
        (504, "", "", Kind::Unavailable, "service_unavailable", 3),
        (418, html, "<html>?</html>", Kind::Rejected, "unknown_error", 1),
    ] {
        let answer = move || Answer::with_headers(status, headers, body);
        let server = Server::start(move |_, asked| if is_file(asked) { answer() } else { url(asked) }).await;
        let folder = tempfile::tempdir().expect("a folder");
        let failed = error(download(&premium(&server), FILE, folder.path()).await);
        assert_eq!(named(&failed), (kind, name), "{status} {body}");
        assert_eq!(failed.record().http_status, Some(status));
        assert_eq!(failed.record().operation.as_deref(), Some("downloads.getUrl"));
        // Every attempt has a link of its own.
        assert_eq!(server.asked().len(), 2 * asked, "{status} {body}");
        assert_eq!(left_in(folder.path()), 0);
    }
}

#[tokio::test]
async fn whatever_a_host_says_to_a_link_that_has_lapsed_the_next_one_is_asked_for() {
    for (expires, requests) in [(1_500_000_000_i64, 4), (4_000_000_000, 2)] {
        let server = Server::start(move |number, asked| match (is_file(asked), number) {
            (false, _) => success(json!({"url": format!("{}&temp_url_expires={expires}", address(asked, "file"))})),
            (true, 1) => {
                Answer::with_headers(200, "content-type: text/html\r\n", "<html>Where do you come from?</html>")
            }
            (true, _) => whole(),
        })
        .await;
        let folder = tempfile::tempdir().expect("a folder");
        let reply = download(&premium(&server), FILE, folder.path()).await;
        assert_eq!(reply.outcome.is_ok(), requests == 4);
        assert_eq!(server.asked().len(), requests);
    }
}

/// Downloads a file whose first answer breaks off, and gives what came of it and the places asked for.
async fn resumed(
    first: impl Fn() -> Answer + Send + Sync + 'static,
    then: impl Fn(usize, &Asked) -> Answer + Send + Sync + 'static,
) -> (Result<Vec<u8>, Error>, Vec<Option<usize>>) {
    let files = AtomicUsize::new(0);
    let server = Server::start(move |_, asked| match is_file(asked) {
        false => url(asked),
        true => match files.fetch_add(1, Ordering::Relaxed) {
            0 => first(),
            number => then(number, asked),
        },
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.bin");
    let client = client(&server.base_url, json!({"access_token": "some-key", "idle_timeout_ms": 200}));
    let outcome = download(&client, FILE, &path).await.outcome;
    let ranges = server.asked().iter().filter(|asked| is_file(asked)).map(range).collect();
    assert_eq!(left_in(folder.path()), usize::from(outcome.is_ok()), "no part is left behind");
    (outcome.map(|_| std::fs::read(&path).expect("the file")), ranges)
}

#[tokio::test]
async fn a_body_that_breaks_off_goes_on_where_it_stopped() {
    let from = CONTENT.len() - 10;
    let quiet = || {
        let all = served(&etag(), None);
        Answer::Raw(all[..all.len() - 10].to_vec())
    };
    let unquoted = || cut(&format!("etag: {}\r\n", md5(CONTENT)), 10);
    let firsts: [fn() -> Answer; 3] = [|| cut(&etag(), 10), quiet, unquoted];
    for first in firsts {
        let rest = |_, asked: &Asked| {
            let etag = header(asked, "if-range").expect("a validator");
            Answer::Raw(served(&format!("etag: {etag}\r\n"), range(asked)))
        };
        let (outcome, ranges) = resumed(first, rest).await;
        assert_eq!(outcome.expect("the file"), CONTENT);
        assert_eq!(ranges, [None, Some(from)]);
    }
}

#[tokio::test]
async fn what_does_not_fit_the_bytes_at_hand_starts_over() {
    let length = CONTENT.len();
    let from = length - 10;
    let partial = move |etag: &str, range: &str| {
        let head = format!("HTTP/1.1 206 X\r\ncontent-length: 10\r\n{range}{etag}\r\n");
        Answer::Raw([head.as_bytes(), &CONTENT[from..]].concat())
    };
    let proper = format!("content-range: bytes {from}-{}/{length}\r\n", length - 1);
    let other_place = format!("content-range: bytes {}-{}/{length}\r\n", from - 1, length - 2);
    let other_size = format!("content-range: bytes {from}-{length}/{}\r\n", length + 1);
    for (answer, ranges) in [
        // The server knows no ranges, or the file is another one by now: it sends all of it.
        (None, vec![None, Some(from)]),
        (Some(partial("etag: \"another\"\r\n", &proper)), vec![None, Some(from), None]),
        (Some(partial(&etag(), &other_place)), vec![None, Some(from), None]),
        (Some(partial(&etag(), &other_size)), vec![None, Some(from), None]),
        (Some(partial(&etag(), "")), vec![None, Some(from), None]),
        (Some(Answer::with_headers(416, "content-range: bytes */5\r\n", "")), vec![None, Some(from), None]),
    ] {
        let answer = Mutex::new(answer);
        let (outcome, seen) =
            resumed(|| cut(&etag(), 10), move |_, _| answer.lock().expect("no panic").take().unwrap_or_else(whole))
                .await;
        assert_eq!(outcome.expect("the file"), CONTENT);
        assert_eq!(seen, ranges);
    }
    // Without a validator, or with a weak one, nobody knows whether the rest belongs to what is here.
    for etag in ["", "etag: W/\"x\"\r\n"] {
        let (outcome, ranges) = resumed(move || cut(etag, 10), move |_, _| Answer::Raw(served(etag, None))).await;
        assert_eq!((outcome.expect("the file").as_slice(), ranges), (CONTENT, vec![None, None]));
    }
    // A part that nobody asked for is never taken for the whole.
    let (outcome, ranges) =
        resumed(|| Answer::Raw(served(&etag(), Some(5))), |_, _| Answer::Raw(served(&etag(), Some(5)))).await;
    assert_eq!(outcome.expect_err("an error").kind(), Kind::Integrity);
    assert_eq!(ranges, [None, None, None]);
}

#[tokio::test]
async fn a_download_that_never_gets_on_ends() {
    let (outcome, ranges) = resumed(|| cut(&etag(), 10), |_, _| Answer::Cut(Vec::new())).await;
    let failed = outcome.expect_err("an error");
    assert_eq!((failed.kind(), failed.record().attempts), (Kind::Network, 3));
    assert_eq!(ranges.len(), 3);
}

#[tokio::test]
async fn wrong_bytes_are_told_and_removed() {
    let wrong = "0123456789abcdef0123456789ABCDEF";
    for etag in [format!("etag: \"{wrong}\"\r\n"), format!("etag: {wrong}\r\n")] {
        let (outcome, ranges) = resumed(move || Answer::Raw(served(&etag, None)), |_, _| whole()).await;
        let failed = outcome.expect_err("an error");
        assert_eq!(named(&failed), (Kind::Integrity, "wrong_hash"));
        assert_eq!(ranges, [None], "they are not fetched again unasked");
    }
    // The second half comes from other bytes of the same length.
    let second = |_, asked: &Asked| {
        let mut answer = served(&etag(), range(asked));
        *answer.last_mut().expect("a byte") ^= 1;
        Answer::Raw(answer)
    };
    let (outcome, _) = resumed(|| cut(&etag(), 10), second).await;
    assert_eq!(outcome.expect_err("an error").kind(), Kind::Integrity);
    // What is no MD5 says nothing of the bytes.
    let (outcome, _) = resumed(|| Answer::Raw(served("etag: \"5f-1a\"\r\n", None)), |_, _| whole()).await;
    assert_eq!(outcome.expect("the file"), CONTENT);
}
