//! The emulator as a client: it fetches what a remote upload names, from this machine and from nowhere else.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::StreamExt;
use http::header::{AUTHORIZATION, CONNECTION, CONTENT_DISPOSITION, CONTENT_LENGTH, HOST, LOCATION};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyStream, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use tokio::net::TcpStream;
use url::{Host, Url};

use crate::lock::LockExt;
use crate::world::Ground;
use crate::world::blobs::Blob;

/// How far a fetch has come.
#[derive(Debug, Default)]
pub struct Fetch {
    length: Option<u64>,
    read: u64,
    /// How it ended; for an error nothing is kept.
    pub end: Option<Result<Fetched, ()>>,
}

/// What was fetched.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub name: String,
    pub blob: Arc<Blob>,
}

impl Fetch {
    /// As its source told it, once it did.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    pub fn percent(&self) -> u64 {
        match self.length {
            Some(length) if length > 0 => self.read.min(length) * 100 / length,
            _ => 0,
        }
    }
}

/// The address to connect to, unless it is not one of this machine's loopback.
pub fn loopback(url: &Url) -> Result<SocketAddr, &'static str> {
    if url.scheme() != "http" {
        return Err("Only http is supported");
    }
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        // Not looked up: a name server must not be able to send us elsewhere.
        Some(Host::Domain("localhost")) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        _ => return Err("Only loopback addresses are fetched"),
    };
    if !address.is_loopback() {
        return Err("Only loopback addresses are fetched");
    }
    Ok(SocketAddr::new(address, url.port_or_known_default().unwrap_or(80)))
}

/// How a service fetches.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// How many redirects it follows; never off this machine.
    pub redirects: u32,
    /// Whether it signs in with the name and password of an address.
    pub login: bool,
}

impl Manner {
    /// Follows nothing and signs in nowhere.
    pub const PLAIN: Self = Self { redirects: 0, login: false };
}

/// Begins to fetch an address; the task goes on by itself.
pub fn begin(url: Url, address: SocketAddr, manner: Manner, ground: Arc<Ground>) -> Arc<Mutex<Fetch>> {
    let fetch = Arc::new(Mutex::new(Fetch::default()));
    let shared = Arc::clone(&fetch);
    tokio::spawn(async move {
        let end = run(url, address, manner, &ground, &shared).await;
        shared.hold().end = Some(end.map_err(drop));
    });
    fetch
}

async fn run(
    mut url: Url,
    mut address: SocketAddr,
    manner: Manner,
    ground: &Ground,
    fetch: &Mutex<Fetch>,
) -> io::Result<Fetched> {
    let mut redirects = manner.redirects;
    // The sender stays until all is read: a connection without one may end.
    let (response, _sender) = loop {
        let (response, sender) = ask(&url, address, manner).await?;
        if !response.status().is_redirection() || redirects == 0 {
            break (response, sender);
        }
        redirects -= 1;
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        url =
            location.and_then(|location| url.join(location).ok()).ok_or_else(|| io::Error::other("a bad redirect"))?;
        address = loopback(&url).map_err(io::Error::other)?;
    };
    if response.status() != StatusCode::OK {
        return Err(io::Error::other(format!("answered {}", response.status())));
    }
    let name = name_of(&url, response.headers());
    let length = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    fetch.hold().length = length;
    let pieces = BodyStream::new(response.into_body()).filter_map(|frame| {
        let piece = match frame {
            Ok(frame) => frame.into_data().ok().map(Ok),
            Err(error) => Some(Err(io::Error::other(error))),
        };
        if let Some(Ok(bytes)) = &piece {
            fetch.hold().read += bytes.len() as u64;
        }
        std::future::ready(piece)
    });
    let blob = ground.blobs.store(Box::pin(pieces)).await?;
    Ok(Fetched { name, blob })
}

type Sender = http1::SendRequest<Empty<Bytes>>;

/// The answer to one request.
async fn ask(url: &Url, address: SocketAddr, manner: Manner) -> io::Result<(Response<Incoming>, Sender)> {
    let socket = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await.map_err(io::Error::other)?;
    // It ends with the answer, or breaks with it, and the answer tells.
    tokio::spawn(connection);
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut request = Request::get(target).header(HOST, host).header(CONNECTION, "close");
    if manner.login && !url.username().is_empty() {
        let login = format!("{}:{}", decoded(url.username()), decoded(url.password().unwrap_or_default()));
        request = request.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(login)));
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(io::Error::other)?;
    let response = sender.send_request(request).await.map_err(io::Error::other)?;
    Ok((response, sender))
}

/// As the answer calls it, else the end of the path, else something.
fn name_of(url: &Url, headers: &HeaderMap) -> String {
    let told = headers.get(CONTENT_DISPOSITION).and_then(|value| value.to_str().ok());
    let full = told.and_then(|told| told.split_once("filename*=UTF-8''")).map(|(_, name)| decoded(name));
    let plain =
        told.and_then(|told| told.split_once("filename=\"")?.1.split_once('"')).map(|(name, _)| name.to_owned());
    let last = url.path_segments().and_then(|mut segments| segments.next_back()).map(decoded);
    let named = |name: &String| !name.is_empty();
    full.filter(named).or(plain.filter(named)).or(last.filter(named)).unwrap_or_else(|| "remote-file".into())
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    #[test]
    fn only_this_machine() {
        for good in ["http://127.0.0.1:1/a", "http://127.9.9.9/a", "http://localhost/a", "http://[::1]/a"] {
            assert!(loopback(&url(good)).is_ok(), "{good}");
        }
        for bad in [
            "https://127.0.0.1/a",
            "ftp://127.0.0.1/a",
            "http://10.0.0.1/a",
            "http://0.0.0.0/a",
            "http://[::]/a",
            "http://[::ffff:10.0.0.1]/a",
            "http://localhost.example.com/a",
            "http://169.254.169.254/latest",
        ] {
            assert!(loopback(&url(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn names() {
        let name = |address: &str, told: Option<&'static str>| {
            let headers = told.map(|told| (CONTENT_DISPOSITION, http::HeaderValue::from_static(told)));
            name_of(&url(address), &headers.into_iter().collect())
        };
        assert_eq!(name("http://localhost/a/b%20c.bin?x=1", None), "b c.bin");
        assert_eq!(name("http://localhost/", None), "remote-file");
        assert_eq!(name("http://localhost/a", Some("attachment; filename=\"d.txt\"")), "d.txt");
        let both = "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%BC.txt";
        assert_eq!(name("http://localhost/a", Some(both)), "ü.txt");
    }
}
