//! A running emulator, and an HTTP client that hides nothing: it shows where and how an answer ended.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub use crate::upload::Upload;

/// Long enough for a machine under load, short enough to notice an answer that never comes.
const PATIENCE: Duration = Duration::from_secs(30);

/// The emulator's process, ended with the test.
pub struct Emulator {
    pub process: Child,
    pub ready: Value,
}

impl Emulator {
    pub fn start() -> Self {
        Self::with_flags(&[])
    }

    pub fn with_flags(flags: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_fileferry-emulator"))
            .arg("--until-stdin-closes")
            .args(flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the emulator starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("stdout is piped")).read_line(&mut line).expect("a ready line");
        let ready = serde_json::from_str(&line).expect("the ready line is JSON");
        Self { process, ready }
    }

    /// The world that is there from the start.
    pub fn world(&self) -> World {
        let name = "keep2share";
        World { control: text(&self.ready["control"]), name, service: self.ready["services"][name].clone() }
    }

    pub fn new_world(&self) -> World {
        self.new_world_of("keep2share")
    }

    /// A new world, seen from one of its services.
    pub fn new_world_of(&self, name: &'static str) -> World {
        let control = text(&self.ready["control"]);
        let made = Request::post(&format!("{control}/worlds"), &json!({})).send().json();
        let control = format!("{control}/worlds/{}", text(&made["id"]));
        World { control, name, service: made["services"][name].clone() }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It may have been stopped by the test already.
        let _ = self.process.wait();
    }
}

/// One world as a test sees it.
pub struct World {
    pub control: String,
    /// The service that orders are for.
    pub name: &'static str,
    pub service: Value,
}

impl World {
    pub fn account(&self, kind: &str) -> &Value {
        &self.service["accounts"][kind]
    }

    pub fn base_url(&self) -> String {
        text(&self.service["base_url"])
    }

    /// Calls a method of the API.
    pub fn call(&self, method: &str, body: Value) -> Reply {
        Request::post(&format!("{}/{method}", self.base_url()), &body).send()
    }

    /// Calls a method with the permanent key of an account.
    pub fn call_as(&self, kind: &str, method: &str, mut body: Value) -> Reply {
        body["access_token"] = self.account(kind)["access_token"].clone();
        self.call(method, body)
    }

    /// Logs in and gives back the session's token.
    pub fn login(&self, kind: &str) -> String {
        let account = self.account(kind);
        let body = json!({"username": account["username"], "password": account["password"]});
        text(&self.call("login", body).json()["auth_token"])
    }

    pub fn order(&self, path: &str, body: Value) -> Value {
        let reply = Request::post(&format!("{}/{path}", self.control), &body).send();
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    pub fn ask(&self, path: &str) -> Value {
        let reply = Request::get(&format!("{}/{path}", self.control)).send();
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    /// Orders a fault for the service.
    pub fn fault(&self, path: &str, fault: &str, mut members: Value) {
        members["service"] = json!(self.name);
        members["path"] = json!(path);
        members["fault"] = json!(fault);
        self.order("faults", members);
    }

    /// Changes settings of the service.
    pub fn set(&self, mut settings: Value) -> Value {
        settings["service"] = json!(self.name);
        self.order("settings", settings)
    }

    pub fn advance(&self, seconds: i64) {
        self.order("clock", json!({"advance_s": seconds}));
    }

    /// Makes an account and gives back its permanent key.
    pub fn new_key(&self, kind: &str, mut members: Value) -> String {
        members["service"] = json!(self.name);
        members["kind"] = json!(kind);
        text(&self.order("accounts", members)["access_token"])
    }

    /// Asks for a picture and gives back the parameters that solve it.
    pub fn solved_captcha(&self) -> Value {
        let challenge = text(&self.call("requestCaptcha", json!({})).json()["challenge"]);
        let answer = self.ask(&format!("captchas/{challenge}"))["answer"].clone();
        json!({"captcha_challenge": challenge, "captcha_response": answer})
    }

    pub fn odd(&self, name: &str) {
        self.order("odd", json!({"service": self.name, "name": name}));
    }

    pub fn violations(&self) -> Vec<String> {
        let violations = self.ask("violations")["violations"].clone();
        violations.as_array().expect("a list").iter().map(|violation| text(&violation["message"])).collect()
    }

    /// The outcomes of all requests for one operation.
    pub fn outcomes(&self, operation: &str) -> Vec<String> {
        let requests = self.ask(&format!("requests?operation={operation}"))["requests"].clone();
        requests.as_array().expect("a list").iter().map(|request| text(&request["outcome"])).collect()
    }

    /// Puts one file into the premium account and gives back its id.
    pub fn seed(&self, members: Value) -> String {
        let mut wish =
            json!({"service": "keep2share", "username": self.account("premium")["username"], "name": "seed.bin"});
        for (name, value) in members.as_object().expect("an object") {
            wish[name] = value.clone();
        }
        text(&self.order("files", wish)["ids"][0])
    }

    /// A link to a file, as premium.
    pub fn link(&self, id: &str) -> String {
        let reply = self.call_as("premium", "getUrl", json!({"file_id": id}));
        text(&reply.json()["url"])
    }
}

/// Asks again until there is an answer; an emulator that never gives it fails the test.
pub fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "it does not come about");
        std::thread::yield_now();
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a string is wanted, not {value}")).to_owned()
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With its last byte.
    Complete,
    /// With the end of the connection, too early.
    Short,
    Reset,
}

/// An answer, whole or not.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Everything that came, head included.
    pub raw: Vec<u8>,
    pub end: End,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {:?}", self.text()))
    }

    /// HTTP status and errorCode of a refusal.
    pub fn refusal(&self) -> (u16, Value) {
        let body = self.json();
        assert_eq!((&body["status"], &body["code"]), (&json!("error"), &json!(self.status)));
        (self.status, body["errorCode"].clone())
    }

    fn read(connection: &mut impl Read, without_body: bool) -> Self {
        let mut raw = Vec::new();
        let end = match connection.read_to_end(&mut raw) {
            Ok(_) => End::Short,
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => End::Reset,
            // What rustls says of a connection that ends without notice.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => End::Short,
            Err(error) => panic!("the answer cannot be read: {error}"),
        };
        let Some(head_end) = raw.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Self { status: 0, headers: Vec::new(), body: Vec::new(), raw, end };
        };
        let head = String::from_utf8(raw[..head_end].to_vec()).expect("a head of text");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status line");
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").map(|(name, value)| (name.into(), value.into())).expect("a header"))
            .collect();
        let mut reply = Self { status, headers, body: raw[head_end + 4..].to_vec(), raw, end };
        if reply.header("transfer-encoding") == Some("chunked") {
            let (body, complete) = unchunk(&reply.body);
            reply.body = body;
            reply.end = if complete { End::Complete } else { reply.end };
        } else {
            let length = reply.header("content-length").map_or(0, |length| length.parse().expect("a number"));
            let whole = without_body || reply.body.len() == length;
            reply.end = if whole && end == End::Short { End::Complete } else { end };
        }
        reply
    }
}

fn unchunk(mut coded: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(line_end) = coded.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&coded[..line_end]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let size = size.expect("a chunk's size");
        let start = line_end + 2;
        if size == 0 {
            return (body, true);
        }
        if coded.len() < start + size + 2 {
            break;
        }
        body.extend_from_slice(&coded[start..start + size]);
        coded = &coded[start + size + 2..];
    }
    (body, false)
}

/// A request under construction.
pub struct Request {
    method: &'static str,
    host: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    plain_length: bool,
}

impl Request {
    pub fn new(method: &'static str, address: &str) -> Self {
        let (_, rest) = address.split_once("://").unwrap_or_else(|| panic!("{address:?} is no address"));
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        Self {
            method,
            host: host.into(),
            target: format!("/{path}"),
            headers: Vec::new(),
            body: Vec::new(),
            plain_length: true,
        }
    }

    pub fn get(address: &str) -> Self {
        Self::new("GET", address)
    }

    pub fn post(address: &str, body: &Value) -> Self {
        Self::new("POST", address).header("content-type", "application/json").body(body.to_string())
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Leaves the Content-Length out.
    pub fn without_length(mut self) -> Self {
        self.plain_length = false;
        self
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn send(self) -> Reply {
        let mut connection = self.connect();
        // An answer may come, and the connection end, before all is sent. A reset is told once: here or there.
        let sent = connection.write_all(&self.bytes());
        let mut reply = Reply::read(&mut connection, self.method == "HEAD");
        if sent.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset) && reply.end == End::Short {
            reply.end = End::Reset;
        }
        reply
    }

    /// Sends over a connection of the caller's choice.
    pub fn send_over(self, connection: &mut (impl Read + Write)) -> Reply {
        connection.write_all(&self.bytes()).expect("the request can be sent");
        Reply::read(connection, self.method == "HEAD")
    }

    /// Sends the request and leaves the rest to the caller.
    pub fn open(self) -> TcpStream {
        let mut connection = self.connect();
        connection.write_all(&self.bytes()).expect("the request can be sent");
        connection
    }

    pub fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(&self.host).expect("the emulator accepts");
        connection.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        connection.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        connection
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut head =
            format!("{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.method, self.target, self.host);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.plain_length && !self.body.is_empty() {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}
