//! Downloads: an address with a token of its own, and hosts without a validator.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use fileferry_core::border::Destination;

use super::*;

/// A site that gives addresses on itself, and answers the requests for the file with `file` by their number.
async fn serving(file: impl Fn(usize, &Asked) -> Answer + Send + Sync + 'static) -> Server {
    let fetched = AtomicUsize::new(0);
    site(move |_, asked| {
        if asked.line.starts_with("GET /1M5q") {
            return Some(file(fetched.fetch_add(1, Ordering::Relaxed), asked));
        }
        asked.is("file/download").then(|| {
            let host = asked.headers.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
            let address = format!("http://{host}/1M5q?download_token=planted-download-token");
            success(json!({"file_id": "77", "filename": "of the answer.bin", "download_url": address}))
        })
    })
    .await
}

async fn download(server: &Server, to: &Path) -> Reply {
    let to = Destination::File { path: to.to_owned(), overwrite: false };
    let arguments = json!({"target": "77"}).to_string();
    client(server).download(to, arguments.as_bytes(), b"", None, &CancelHandle::new()).await
}

/// The file from a place on.
fn served(from: Option<usize>, headers: &str) -> Vec<u8> {
    let (status, range) = match from {
        None => (200, String::new()),
        Some(from) => (206, format!("content-range: bytes {from}-{}/{}\r\n", CONTENT.len() - 1, CONTENT.len())),
    };
    let content = &CONTENT[from.unwrap_or_default()..];
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{range}{headers}\r\n", content.len());
    [head.as_bytes(), content].concat()
}

/// Its beginning, then the end of the connection.
fn cut() -> Answer {
    let whole = served(None, "");
    Answer::Cut(whole[..whole.len() - 20].to_vec())
}

fn ranges(server: &Server) -> Vec<String> {
    let range = |asked: &Asked| {
        let ranges: Vec<&str> = asked.headers.lines().filter(|line| line.contains("range")).collect();
        ranges.join(" ")
    };
    server.asked().iter().filter(|asked| asked.line.starts_with("GET")).map(range).collect()
}

#[tokio::test]
async fn a_file_is_fetched_without_the_token_of_the_account() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = serving(|_, _| {
        let name = "content-disposition: attachment; filename=\"of the host.bin\"\r\ncontent-type: text/html\r\n";
        Answer::Raw(served(None, name))
    })
    .await;
    let entry = entry(download(&server, folder.path()).await);
    let path = folder.path().join("of the host.bin");
    assert_eq!(
        entry,
        json!({"id": "77", "name": "of the host.bin", "path": path, "is_folder": false, "size": CONTENT.len(),
            "service": "yetishare"})
    );
    assert_eq!(std::fs::read(path).expect("the file"), CONTENT);
    let file = &server.asked()[1];
    assert!(!format!("{} {}", file.line, file.headers).contains("planted-token"), "{file:?}");
    let body = String::from_utf8_lossy(&server.asked()[0].body).into_owned();
    assert!(body.contains("file_id=77") && body.contains("access_token=planted-token"), "{body}");
}

#[tokio::test]
async fn a_redirect_to_another_storage_keeps_the_place_to_go_on_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = serving(|number, asked| match (number, asked.line.contains("/1M5q/storage")) {
        (0, _) => cut(),
        (_, false) => Answer::with_headers(302, "location: /1M5q/storage\r\n", ""),
        (_, true) => Answer::Raw(served(Some(CONTENT.len() - 20), "")),
    })
    .await;
    assert_eq!(entry(download(&server, folder.path()).await)["name"], "of the answer.bin");
    assert_eq!(std::fs::read(folder.path().join("of the answer.bin")).expect("the file"), CONTENT);
    let rest = format!("range: bytes={}-", CONTENT.len() - 20);
    assert_eq!(ranges(&server), ["", rest.as_str(), rest.as_str()]);
    // Where it came from is an address with a token.
    assert!(server.asked().iter().all(|asked| !asked.headers.contains("planted-download-token")));
}

#[tokio::test]
async fn a_host_that_sends_all_of_it_starts_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("x.bin");
    let server = serving(|number, _| if number == 0 { cut() } else { Answer::Raw(served(None, "")) }).await;
    entry(download(&server, &to).await);
    assert_eq!(std::fs::read(to).expect("the file"), CONTENT);
    assert_eq!(asked(&server), ["file/download", "/1M5q", "file/download", "/1M5q"]);
}

#[tokio::test]
async fn a_page_is_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = serving(|_, asked| {
        let host = asked.headers.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
        match asked.line.contains("error") {
            true => Answer::with_headers(200, "content-type: text/html\r\n", "<p>File can not be located</p>"),
            false => Answer::with_headers(302, &format!("location: http://{host}/1M5q/error?e=x\r\n"), ""),
        }
    })
    .await;
    let reply = download(&server, folder.path()).await;
    assert!(!format!("{:?}", reply.response).contains("planted"), "{:?}", reply.response);
    let error = error(reply);
    assert_eq!(named(&error), (Kind::Unavailable, "link_refused"), "{error}");
    assert!(!error.to_json().contains("planted"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[tokio::test]
async fn a_stream_gives_the_bytes() {
    let server = serving(|_, _| Answer::Raw(served(None, ""))).await;
    let arguments = json!({"target": "77"}).to_string();
    let reply = client(&server).download_stream(arguments.as_bytes(), b"", &CancelHandle::new()).await;
    let Given::Bytes(stream) = reply.outcome.expect("a stream") else { panic!("a stream") };
    let content = stream.read_all(1000, &CancelHandle::new()).await.expect("the bytes");
    assert_eq!(content, CONTENT);
}

#[tokio::test]
async fn what_the_service_refuses_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let server =
        site(|_, asked| asked.is("file/download").then(|| refusal("Could not find file based on file_id."))).await;
    assert_eq!(named(&error(download(&server, folder.path()).await)), (Kind::NotFound, "file_not_found"));
}
