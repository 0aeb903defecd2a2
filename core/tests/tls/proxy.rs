//! A small HTTP proxy on loopback that remembers what goes through it: tunnels by CONNECT, plain requests in the absolute
//! form.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// A running proxy.
pub struct Proxy {
    pub address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(stream, Arc::clone(&shared)));
            }
        });
        Self { address, heard }
    }

    /// The heads of all requests that it was sent, in order.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }

    /// The first line of each, without the part of its address that signs it.
    pub fn lines(&self) -> Vec<String> {
        let line = |head: &String| head.lines().next().unwrap_or_default().to_owned();
        let unsigned = |line: String| line.split('?').next().unwrap_or_default().to_owned();
        self.heard().iter().map(line).map(unsigned).collect()
    }
}

/// One request a connection, so that each is seen. A side that goes away ends it.
async fn pass_on(stream: TcpStream, heard: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let mut client = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if client.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    heard.lock().expect("no panic").push(head.clone());
    let (line, headers) = head.split_once("\r\n")?;
    let mut words = line.split(' ');
    let (method, address) = (words.next()?, words.next()?);
    let mut server;
    if method == "CONNECT" {
        server = TcpStream::connect(address).await.ok()?;
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
    } else {
        let (host, path) = address.strip_prefix("http://")?.split_once('/')?;
        server = TcpStream::connect(host).await.ok()?;
        let head = format!("{method} /{path} HTTP/1.1\r\nconnection: close\r\n{headers}");
        server.write_all(head.as_bytes()).await.ok()?;
    }
    copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}
