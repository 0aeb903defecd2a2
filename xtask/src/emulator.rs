//! The emulator as a process of ours, and its control address.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::prepared::Prepared;
use crate::surroundings::as_from_the_shell;

/// A running emulator.
#[derive(Debug)]
pub struct Emulator {
    ready: Ready,
    process: Child,
    // It stops when this closes, however this program ends.
    _stdin: ChildStdin,
}

/// Its line when it is ready.
#[derive(Debug, Deserialize)]
struct Ready {
    control: String,
    services: Services,
}

/// Its answer to an order for a new world.
#[derive(Deserialize)]
struct Made {
    id: String,
    services: Services,
}

#[derive(Debug, Deserialize)]
struct Services {
    keep2share: Service,
}

/// Keep2Share in one world.
#[derive(Debug, Clone, Deserialize)]
pub struct Service {
    /// The address of its API.
    pub base_url: String,
    /// Who can sign in.
    pub accounts: Accounts,
}

/// The accounts that our programs use.
#[derive(Debug, Clone, Deserialize)]
pub struct Accounts {
    /// One that downloads without captchas.
    pub premium: Account,
}

/// What one signs in with.
#[derive(Debug, Clone, Deserialize)]
pub struct Account {
    /// Its name.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// A world of the emulator: accounts and files that no other world sees.
#[derive(Debug)]
pub struct World {
    /// The service in it.
    pub keep2share: Service,
    control: String,
}

impl Emulator {
    /// Starts the built emulator; it keeps its bytes below `folder`.
    pub fn start(prepared: &Prepared, folder: &Path) -> Result<Self> {
        let mut process = as_from_the_shell(&mut Command::new(prepared.emulator()?))
            .args(["--until-stdin-closes", "--dir"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the emulator")?;
        let stdin = process.stdin.take().context("the emulator's input is not ours")?;
        let stdout = process.stdout.take().context("the emulator's output is not ours")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).context("the emulator said nothing")?;
        let ready = serde_json::from_str(&line).context("the emulator's ready line is not as expected")?;
        Ok(Self { ready, process, _stdin: stdin })
    }

    /// The service in the world that is there from the start.
    pub fn keep2share(&self) -> &Service {
        &self.ready.services.keep2share
    }

    /// Makes a world.
    pub fn world(&self) -> Result<World> {
        let made = ask("POST", &format!("{}/worlds", self.ready.control), None)?;
        let made: Made = serde_json::from_value(made).context("a new world is not as expected")?;
        let control = format!("{}/worlds/{}", self.ready.control, made.id);
        Ok(World { keep2share: made.services.keep2share, control })
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Already gone is what is wanted.
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

impl World {
    /// Gives an order.
    pub fn order(&self, path: &str, order: &Value) -> Result<Value> {
        ask("POST", &format!("{}/{path}", self.control), Some(order))
    }

    /// How many requests of an operation there were.
    pub fn requests(&self, operation: &str) -> Result<usize> {
        let told = ask("GET", &format!("{}/requests?operation={operation}", self.control), None)?;
        told["requests"].as_array().map(Vec::len).context("the emulator tells no requests")
    }
}

/// One request of the control address, which answers with JSON.
fn ask(method: &str, url: &str, order: Option<&Value>) -> Result<Value> {
    let below = url.strip_prefix("http://").context("no plain http address")?;
    let (host, path) = below.split_once('/').context("no path")?;
    let body = order.map(Value::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect(host).context("the emulator does not listen")?;
    let length = body.len();
    write!(
        stream,
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the emulator gave no whole answer")?;
    ensure!(head.split(' ').nth(1) == Some("200"), "{method} /{path}: {body}");
    serde_json::from_str(body).with_context(|| format!("{method} /{path}: {body}"))
}
