//! The emulator, started once for all tests of a program; each test gets a world of its own.

#![allow(clippy::unwrap_used, reason = "a helper of tests: what fails ends the test")]
#![allow(dead_code, reason = "no program of tests uses all of it")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use fileferry::{Builder, Captcha, Keep2Share};
use serde_json::{Value, json};

/// Held so that its standard input stays open: the emulator goes with the test program.
static EMULATOR: OnceLock<(String, Mutex<Child>)> = OnceLock::new();

fn control() -> &'static str {
    let start = || {
        let beside = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("fileferry-emulator");
        let program = std::env::var_os("FILEFERRY_EMULATOR").map_or(beside, Into::into);
        let mut child = Command::new(&program)
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cargo build -p fileferry-emulator ({}: {error})", program.display()));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        (ready["control"].as_str().unwrap().to_owned(), Mutex::new(child))
    };
    &EMULATOR.get_or_init(start).0
}

/// One order to the control address.
fn order(method: &str, path: &str, body: &Value) -> Value {
    let host = control().strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(host).unwrap();
    let body = body.to_string();
    let length = body.len();
    write!(
        socket,
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
    serde_json::from_str(body).unwrap_or_default()
}

/// Accounts, requests and faults of one test.
pub struct World {
    path: String,
    services: Value,
}

impl World {
    pub fn new() -> Self {
        let world = order("POST", "/worlds", &json!({}));
        Self { path: format!("/worlds/{}", world["id"].as_str().unwrap()), services: world["services"].clone() }
    }

    pub fn post(&self, path: &str, body: Value) -> Value {
        order("POST", &format!("{}{path}", self.path), &body)
    }

    pub fn get(&self, path: &str) -> Value {
        order("GET", &format!("{}{path}", self.path), &json!({}))
    }

    pub fn account(&self, kind: &str, member: &str) -> &str {
        self.services["keep2share"]["accounts"][kind][member].as_str().unwrap()
    }

    /// A client without credentials, which wastes no time between attempts.
    pub fn builder(&self) -> Builder<Keep2Share> {
        Keep2Share::builder()
            .base_url(self.services["keep2share"]["base_url"].as_str().unwrap())
            .backoff(std::time::Duration::from_millis(1))
            .rate(0.0)
    }

    /// A client that signs in to an account by name and password.
    pub fn signing_in(&self, kind: &str) -> Builder<Keep2Share> {
        self.builder().username(self.account(kind, "username")).password(self.account(kind, "password"))
    }

    /// A client of the premium account.
    pub fn premium(&self) -> Keep2Share {
        self.builder().access_token(self.account("premium", "access_token")).build().unwrap()
    }

    /// What a person would read off a captcha.
    pub fn solution(&self, captcha: &Captcha) -> String {
        let challenge = captcha.challenge.as_deref().unwrap();
        self.get(&format!("/captchas/{challenge}"))["answer"].as_str().unwrap().to_owned()
    }

    /// Orders a fault of an operation.
    pub fn fault(&self, operation: &str, mut fault: Value) {
        fault["service"] = json!("keep2share");
        fault["path"] = json!(operation);
        self.post("/faults", fault);
    }

    /// Waits until a request has come to this outcome.
    pub fn wait_for(&self, outcome: &str) {
        self.get(&format!("/requests?wait_for={outcome}"));
    }

    pub fn operations(&self) -> Vec<String> {
        let requests = self.get("/requests");
        let requests = requests.as_array().or(requests["requests"].as_array()).unwrap().clone();
        requests.iter().map(|request| request["operation"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Everything that was sent is as the documents say.
    pub fn assert_no_violations(&self) {
        let violations = self.get("/violations");
        assert!(
            violations.as_array().is_some_and(Vec::is_empty) || violations["violations"] == json!([]),
            "{violations}"
        );
    }
}

/// Gathers what a callback hears.
pub fn heard<T: Clone + Send + 'static>() -> (Arc<Mutex<Vec<T>>>, impl Fn(T) + Send + Sync + 'static) {
    let all = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&all);
    (all, move |one| writer.lock().expect("no test fails while it writes").push(one))
}

/// Fails instead of waiting for ever.
pub async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(std::time::Duration::from_secs(20), work).await.expect("it hangs")
}
