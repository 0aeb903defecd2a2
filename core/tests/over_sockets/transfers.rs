//! File bodies over real sockets: what is taken for a whole file, and where it may land.

use crate::support::{Answer, Server};
use fileferry_core::border::{CancelHandle, Client, Destination, Hooks, Kind, Reply, Source};
use serde_json::json;

fn client(server: &Server) -> Client {
    let options = json!({"base_url": server.base_url, "access_token": "some-key", "max_attempts": 1, "rate": 0});
    Client::from_json("keep2share", options.to_string().as_bytes(), Hooks::default()).expect("a client")
}

/// A server whose files all come with this head and body.
async fn serving(head: &'static str, body: &'static str) -> Server {
    Server::start(move |_, asked| match asked.is("getUrl") {
        true => Answer::json(200, json!({"status": "success", "code": 200, "url": "/file?temp_url_sig=s"})),
        false => Answer::Raw(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").into_bytes()),
    })
    .await
}

async fn download(server: &Server, target: &str, path: &std::path::Path) -> Reply {
    let to = Destination::File { path: path.to_owned(), overwrite: false };
    let arguments = json!({"target": target}).to_string();
    client(server).download(to, arguments.as_bytes(), b"", None, &CancelHandle::new()).await
}

fn names_in(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[tokio::test]
async fn neither_name_nor_id_leads_out_of_the_folder() {
    let outer = tempfile::tempdir().expect("a folder");
    let folder = outer.path().join("inner");
    std::fs::create_dir(&folder).expect("a folder");
    let server = serving("content-length: 4\r\ncontent-disposition: attachment; filename=\"..\"", "evil").await;
    download(&server, "../evil.sh", &folder).await.outcome.expect("a download");
    assert_eq!(names_in(&folder), ["evil.sh"]);
    assert_eq!(names_in(outer.path()), ["inner"]);
}

#[tokio::test]
async fn a_file_without_a_length_is_not_taken_for_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = serving("connection: close\r\netag: \"0cc175b9c0f1b6a831c399e269772661\"", "only the beginni").await;
    let error = download(&server, "id", &folder.path().join("f")).await.outcome.expect_err("an error");
    assert_eq!(error.kind(), Kind::InvalidAnswer, "{error}");
    assert!(names_in(folder.path()).is_empty());
}

#[tokio::test]
async fn pages_and_json_of_the_users_own_are_files() {
    for media_type in ["text/html", "application/json"] {
        let folder = tempfile::tempdir().expect("a folder");
        let head = match media_type {
            "text/html" => {
                "content-length: 2\r\ncontent-type: text/html\r\ncontent-disposition: attachment; filename=a"
            }
            _ => "content-length: 2\r\ncontent-type: application/json\r\netag: \"v1\"",
        };
        let server = serving(head, "{}").await;
        download(&server, "id", &folder.path().join("f")).await.outcome.expect("a download");
        assert_eq!(std::fs::read(folder.path().join("f")).expect("the file"), b"{}", "{media_type}");
    }
}

#[tokio::test]
async fn a_file_that_says_it_is_empty_and_is_not_is_not_sent() {
    // What the kernel makes up has no length until it is read.
    if !std::path::Path::new("/proc/self/status").exists() {
        return;
    }
    let server = Server::start(|_, _| {
        let form = json!({"ajax": true, "params": "{}", "signature": "s"});
        Answer::json(
            200,
            json!({"status": "success", "code": 200, "form_action": "/up", "file_field": "file", "form_data": form}),
        )
    })
    .await;
    let source = Source::Path("/proc/self/status".into());
    let reply = client(&server).upload(source, br#"{"name": "x.bin"}"#, b"", None, &CancelHandle::new()).await;
    assert_eq!(reply.outcome.expect_err("an error").kind(), Kind::Changed);
}
