//! Asks the emulator's control address: one request a connection, an answer of JSON.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::LiveError;

/// The JSON that an address answers with; a body is sent as JSON.
pub(super) async fn ask(method: &str, url: &str, body: Option<&Value>) -> Result<Value, LiveError> {
    let trouble = |what: &str| LiveError::Emulator(format!("{method} {url}: {what}"));
    let below = url.strip_prefix("http://").ok_or_else(|| trouble("no plain http address"))?;
    let (host, path) = below.split_once('/').unwrap_or((below, ""));
    let mut stream = TcpStream::connect(host).await?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let head = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| trouble("no whole answer"))?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    if !status.starts_with('2') {
        return Err(trouble(&format!("{status} {body}")));
    }
    serde_json::from_str(body).map_err(|error| trouble(&format!("{error}: {body}")))
}
