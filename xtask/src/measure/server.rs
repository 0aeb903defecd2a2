//! The server that the benchmarks call: canned answers from memory, so that what is timed is the client.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use anyhow::{Context, Result};

/// Records in the listing; the benchmarks know the number too.
const RECORDS: usize = 10_000;
const ACCOUNT: &str =
    r#"{"status": "success", "code": 200, "available_traffic": 53687091200, "account_expires": 1650758400}"#;

/// A server on loopback that lives as long as this program.
#[derive(Debug)]
pub struct Server {
    /// Its address, without a slash at the end.
    pub base_url: String,
    /// The sum of all sizes in the listing, by which a program knows that it has read what was there.
    pub total: i64,
}

impl Server {
    /// Starts it.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port is free on loopback")?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let (listing, total) = listing();
        let listing = Arc::new(listing);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let listing = Arc::clone(&listing);
                // A client that leaves ends its own connection and nothing else.
                std::thread::spawn(move || serve(&connection, &listing));
            }
        });
        Ok(Self { base_url, total })
    }

    /// What the benchmarks learn by variables.
    pub fn variables(&self) -> [(&'static str, String); 2] {
        [("FILEFERRY_BASE_URL", self.base_url.clone()), ("FILEFERRY_TOTAL", self.total.to_string())]
    }
}

fn serve(connection: &TcpStream, listing: &str) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut incoming = BufReader::new(connection);
    let mut outgoing = connection;
    let mut line = String::new();
    loop {
        line.clear();
        if incoming.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let answer = if line.contains("/getFilesList") { listing } else { ACCOUNT };
        let mut length = 0;
        while line.trim() != "" {
            line.clear();
            incoming.read_line(&mut line)?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        std::io::copy(&mut incoming.by_ref().take(length), &mut std::io::sink())?;
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", answer.len());
        outgoing.write_all(head.as_bytes())?;
        outgoing.write_all(answer.as_bytes())?;
    }
}

/// Records as the service sends them: with numbers, times, words of tomorrow, nulls, what is nested.
fn listing() -> (String, i64) {
    let mut text = String::from(r#"{"status": "success", "code": 200, "files": ["#);
    let mut total = 0;
    for at in 0..RECORDS {
        let comma = if at == 0 { "" } else { ", " };
        let (day, minute) = (at % 28 + 1, at % 60);
        // Numbers that only 64 bits hold exactly would be wrong in JSON.parse; these are as large as files get.
        let size = i64::try_from(at).unwrap_or(0) * 1_048_583 + 17;
        let is_folder = at % 10 == 9;
        let shown_size = if is_folder { "null".to_owned() } else { size.to_string() };
        total += if is_folder { 0 } else { size };
        let fetched = if at % 3 == 0 { "null".to_owned() } else { format!(r#""2023-10-{day:02} 10:14:{minute:02}""#) };
        let access = ["public", "private", "premium", "of tomorrow"][at % 4];
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "{comma}{{\"id\": \"5f0c2b7e{at:05}\", \"name\": \"holiday in the mountains {at}.jpg\", \
             \"is_available\": true, \"is_folder\": {is_folder}, \"date_created\": \"2020-01-{day:02} 12:30:{minute:02}\", \
             \"size\": {shown_size}, \"md5\": \"a457f1dd3623a399d78a9672d22{at:05}\", \"extended_info\": \
             {{\"abuses\": [], \"storage_object\": \"available\", \"size\": {size}, \"date_download_last\": {fetched}, \
             \"downloads\": {minute}, \"access\": \"{access}\", \"content_type\": \"image/jpeg\"}}}}"
        );
    }
    text.push_str("]}");
    (text, total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_several_requests_on_one_connection() {
        let server = Server::start().unwrap();
        let mut connection = TcpStream::connect(server.base_url.strip_prefix("http://").unwrap()).unwrap();
        for (path, start) in [("accountInfo", &ACCOUNT[..20]), ("getFilesList", r#"{"status": "success""#)] {
            write!(connection, "POST /{path} HTTP/1.1\r\nContent-Length: 2\r\n\r\n{{}}").unwrap();
            let mut incoming = BufReader::new(&connection);
            let mut length = 0;
            let mut line = String::new();
            while incoming.read_line(&mut line).unwrap() > 2 {
                length = line.strip_prefix("content-length: ").map_or(length, |value| value.trim().parse().unwrap());
                line.clear();
            }
            let mut body = vec![0; length];
            incoming.read_exact(&mut body).unwrap();
            assert!(body.starts_with(start.as_bytes()));
            let _: serde_json::Value = serde_json::from_slice(&body).unwrap();
        }
    }
}
