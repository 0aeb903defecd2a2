//! A server on loopback that answers as a test tells it and remembers what it was asked.

#![allow(dead_code, reason = "each file of tests uses its part of it")]

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub line: String,
    pub headers: String,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    /// Last part of the path.
    pub fn method(&self) -> &str {
        let path = self.line.split(' ').nth(1).unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }

    pub fn is(&self, method: &str) -> bool {
        self.line.contains(&format!("/{method} "))
    }
}

/// What the server does with a request.
pub enum Answer {
    /// The whole answer, head and body.
    Raw(Vec<u8>),
    /// So much of an answer, then the end of the connection.
    Cut(Vec<u8>),
    /// Nothing until the client leaves.
    Hold,
    /// Nothing: the connection ends.
    Drop,
}

impl Answer {
    pub fn json(status: u16, body: serde_json::Value) -> Self {
        Self::with_headers(status, "", &body.to_string())
    }

    pub fn with_headers(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Raw(format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes())
    }
}

/// A request to this path loses its connection in the middle of its body.
pub const CUT: &str = "/cut";

type Handler = dyn Fn(usize, &Asked) -> Answer + Send + Sync;

/// A running server.
pub struct Server {
    pub base_url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// Hears of each request that is held, and of each client that left meanwhile.
    pub held: mpsc::UnboundedReceiver<()>,
    pub left: mpsc::UnboundedReceiver<()>,
    stop: Arc<Notify>,
}

impl Server {
    /// Serves with `handler`, which gets the number of the request and the request.
    pub async fn start(handler: impl Fn(usize, &Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base_url = format!("http://{}/api", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (held_sender, held) = mpsc::unbounded_channel();
        let (left_sender, left) = mpsc::unbounded_channel();
        let stop = Arc::new(Notify::new());
        let (shared, handler, stopped) = (Arc::clone(&asked), Arc::new(handler) as Arc<Handler>, Arc::clone(&stop));
        tokio::spawn(async move {
            loop {
                let stream = tokio::select! {
                    accepted = listener.accept() => accepted.expect("a connection").0,
                    () = stopped.notified() => return,
                };
                let (asked, handler) = (Arc::clone(&shared), Arc::clone(&handler));
                let (held, left) = (held_sender.clone(), left_sender.clone());
                tokio::spawn(serve(stream, asked, handler, held, left));
            }
        });
        Self { base_url, asked, held, left, stop }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

async fn serve(
    stream: TcpStream,
    asked: Arc<Mutex<Vec<Asked>>>,
    handler: Arc<Handler>,
    held: mpsc::UnboundedSender<()>,
    left: mpsc::UnboundedSender<()>,
) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        let number = {
            let mut asked = asked.lock().expect("no panic");
            asked.push(request.clone());
            asked.len() - 1
        };
        match handler(number, &request) {
            Answer::Raw(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Answer::Cut(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Answer::Drop => return,
            Answer::Hold => {
                let _ = held.send(());
                let mut rest = [0];
                if matches!(stream.read(&mut rest).await, Ok(0) | Err(_)) {
                    let _ = left.send(());
                }
                return;
            }
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let (line, headers) = head.split_once("\r\n")?;
    let headers = headers.to_ascii_lowercase();
    let length = headers
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse().ok());
    let length = length.unwrap_or(0);
    let cut = line.contains(&format!("{CUT} "));
    let mut body = vec![0; if cut { length / 2 } else { length }];
    stream.read_exact(&mut body).await.ok()?;
    if cut {
        return None;
    }
    Some(Asked { line: line.to_owned(), headers, body })
}
