use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::seeded::Seeded;

fn answers(text: &str) -> Vec<Answer> {
    let file = format!("service: demo\ncases:\n- {{name: a, operation: x.y, sees: {{result: 1}}, play: {text}}}\n");
    crate::case::load_text("demo.yaml", &file).unwrap().remove(0).play
}

/// Sends one request as it stands and gives everything that comes back until the connection ends.
async fn exchange(address: &str, request: &str) -> Vec<u8> {
    let host = address.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut got = Vec::new();
    // A cut answer may end in a reset; what came before it is what counts.
    let _ = stream.read_to_end(&mut got).await;
    got
}

fn path_of(address: &str) -> String {
    format!("/{}", address.trim_start_matches("http://").split_once('/').unwrap().1)
}

fn post(address: &str, rest: &str, content_type: &str, body: &str) -> String {
    format!(
        "POST {}{rest} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n{body}",
        path_of(address),
        body.len()
    )
}

#[tokio::test]
async fn answers_come_in_order_and_requests_are_recorded() {
    let player = Player::start().await.unwrap();
    let stage = player.stage("rust/a", answers("[{status: 406, json: {errorCode: 20}}, {html: <p>}]"), false);
    let first =
        exchange(stage.base(), &post(stage.base(), "/getUrl?a=b%20c", "application/json", r#"{"id":"x"}"#)).await;
    let first = String::from_utf8(first).unwrap();
    assert!(first.starts_with("HTTP/1.1 406") && first.ends_with(r#"{"errorCode":20}"#), "{first}");
    let second =
        exchange(stage.away(), &post(stage.away(), "/form", "application/x-www-form-urlencoded", "a=1&a=2")).await;
    assert!(String::from_utf8(second).unwrap().contains("text/html"));
    let third = exchange(stage.base(), &post(stage.base(), "/more", "text/plain", "")).await;
    assert!(String::from_utf8(third).unwrap().starts_with("HTTP/1.1 421"));

    let wire = stage.finish();
    assert_eq!(wire.len(), 3);
    assert_eq!((wire[0].host, wire[0].method.as_str(), wire[0].path.as_str()), (Host::Base, "POST", "/getUrl"));
    assert_eq!(wire[0].query, [("a".to_owned(), "b c".to_owned())]);
    assert_eq!(wire[0].body, Body::Json(json!({"id": "x"})));
    assert_eq!(wire[0].header("Content-Type"), Some("application/json"));
    assert_eq!(wire[1].host, Host::Away);
    assert_eq!(wire[1].body, Body::Form(vec![("a".into(), "1".into()), ("a".into(), "2".into())]));
    assert_eq!(wire[2].body, Body::Empty);
}

#[tokio::test]
async fn stages_are_apart_and_unknown_ones_refuse() {
    let player = Player::start().await.unwrap();
    let one = player.stage("rust/a", answers("[{json: 1}]"), false);
    let two = player.stage("node/a", answers("[{json: 2}]"), true);
    for _ in 0..2 {
        let got = exchange(two.base(), &post(two.base(), "/x", "text/plain", "")).await;
        assert!(got.ends_with(b"2"));
    }
    assert_eq!(one.finish().len(), 0);
    assert_eq!(two.finish().len(), 2);
    let gone = player.words("rust/a")[0].1.clone();
    assert!(exchange(&gone, &post(&gone, "/x", "text/plain", "")).await.starts_with(b"HTTP/1.1 421"));
}

#[tokio::test]
async fn parts_are_recorded_in_order_with_their_hash() {
    let player = Player::start().await.unwrap();
    let stage = player.stage("rust/a", answers("[{json: 1}]"), false);
    let body = "--B\r\ncontent-disposition: form-data; name=\"ajax\"\r\n\r\ntrue\r\n--B\r\ncontent-disposition: form-data; \
                name=\"file\"; filename=\"x.bin\"\r\ncontent-type: application/octet-stream\r\n\r\nabc\r\n--B--\r\n";
    exchange(stage.away(), &post(stage.away(), "/upload", "multipart/form-data; boundary=B", body)).await;
    let wire = stage.finish();
    let Body::Multipart(parts) = &wire[0].body else { panic!("{:?}", wire[0].body) };
    assert_eq!((parts[0].name.as_str(), parts[0].text.as_deref()), ("ajax", Some("true")));
    assert_eq!((parts[1].filename.as_deref(), parts[1].length), (Some("x.bin"), 3));
    assert_eq!(parts[1].content_type.as_deref(), Some("application/octet-stream"));
    assert_eq!(parts[1].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[tokio::test]
async fn connections_are_dropped_where_the_case_says() {
    let player = Player::start().await.unwrap();
    let stage = player.stage(
        "rust/a",
        answers(
            "[{drop: before}, {bytes: {length: 100000, seed: 4}, drop_after: 70000}, {json: {a: 1}, chunked: true},
              {bytes: {length: 300, seed: 4}, until_close: true, drop_after: 200}]",
        ),
        false,
    );
    let request = post(stage.base(), "/x", "text/plain", "");
    assert!(exchange(stage.base(), &request).await.is_empty());
    let cut = exchange(stage.base(), &request).await;
    let head_end = cut.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    assert!(String::from_utf8_lossy(&cut[..head_end]).contains("content-length: 100000"));
    let expected: Vec<u8> = Seeded::new(4, 70_000).pieces().flat_map(|piece| piece.to_vec()).collect();
    assert_eq!(&cut[head_end..], expected);
    let chunked = String::from_utf8(exchange(stage.base(), &request).await).unwrap();
    assert!(chunked.contains("transfer-encoding: chunked"), "{chunked}");
    let endless = exchange(stage.base(), &request).await;
    let head_end = endless.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&endless[..head_end]).to_lowercase();
    assert!(!head.contains("content-length") && !head.contains("transfer-encoding"), "{head}");
    assert_eq!(endless.len() - head_end, 200);
}

#[tokio::test]
async fn a_held_answer_ends_with_the_connection() {
    let player = Player::start().await.unwrap();
    let stage = player.stage("rust/a", answers("[{hold: true}]"), false);
    let host = stage.base().trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(post(stage.base(), "/x", "application/json", "{}").as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut got = Vec::new();
    let _ = stream.read_to_end(&mut got).await;
    assert!(got.is_empty());
    assert_eq!(stage.finish()[0].body, Body::Json(json!({})));
}
