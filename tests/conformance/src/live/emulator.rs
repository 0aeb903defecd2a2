//! The emulator as a process of ours, and the worlds in it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{LiveError, control};

/// How long the emulator may take to start or to leave.
const PATIENCE: Duration = Duration::from_secs(20);

/// The members of an account that name it; the others are secrets.
const NAMES: [&str; 5] = [".username", ".login", ".account_id", ".client_id", ".customer_id"];

/// A running emulator; it leaves with the input that it was given.
#[derive(Debug)]
pub(super) struct Emulator {
    child: Child,
    control: String,
    ca_file: String,
}

/// One world: accounts, files and journals of its own.
#[derive(Debug)]
pub(super) struct World {
    address: String,
    services: Value,
    ca_file: String,
}

impl Emulator {
    pub(super) async fn start(program: &Path) -> Result<Self, LiveError> {
        let trouble = |what: String| LiveError::Emulator(what);
        let mut child = Command::new(program)
            .args(["--seed", "7", "--tls", "--until-stdin-closes"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| trouble(format!("{}: {error}", program.display())))?;
        let output = child.stdout.take().ok_or_else(|| trouble("it has no output".to_owned()))?;
        let mut lines = BufReader::new(output).lines();
        let ready = tokio::time::timeout(PATIENCE, lines.next_line())
            .await
            .map_err(|_| trouble("it did not get ready".to_owned()))??
            .ok_or_else(|| trouble("it ended at once".to_owned()))?;
        let ready: Value = serde_json::from_str(&ready).map_err(|error| trouble(format!("{error}: {ready}")))?;
        let control = ready["control"].as_str().ok_or_else(|| trouble("it tells no address".to_owned()))?;
        let ca_file = ready["ca_file"].as_str().ok_or_else(|| trouble("it tells no authority".to_owned()))?;
        Ok(Self { child, control: control.to_owned(), ca_file: ca_file.to_owned() })
    }

    pub(super) async fn world(&self) -> Result<World, LiveError> {
        let made = control::ask("POST", &format!("{}/worlds", self.control), None).await?;
        let id = made["id"].as_str().ok_or_else(|| LiveError::Emulator(format!("it made no world: {made}")))?;
        let (address, ca_file) = (format!("{}/worlds/{id}", self.control), self.ca_file.clone());
        Ok(World { address, services: made["services"].clone(), ca_file })
    }

    pub(super) async fn stop(mut self) -> Result<(), LiveError> {
        drop(self.child.stdin.take());
        match tokio::time::timeout(PATIENCE, self.child.wait()).await {
            Ok(status) => status.map(|_| ()).map_err(LiveError::from),
            Err(_) => Err(LiveError::Emulator("it did not leave when its input ended".to_owned())),
        }
    }
}

impl World {
    /// Where it is given orders, over plain http.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn base_url(&self, service: &str) -> &str {
        self.services[service]["base_url"].as_str().unwrap_or_default()
    }

    /// The authority that its certificates are from.
    pub(super) fn ca_file(&self) -> &str {
        &self.ca_file
    }

    /// A service's accounts as words: `premium.password`.
    pub(super) fn words(&self, service: &str) -> BTreeMap<String, String> {
        let mut words = BTreeMap::new();
        for (kind, account) in self.services[service]["accounts"].as_object().into_iter().flatten() {
            for (member, value) in account.as_object().into_iter().flatten() {
                words.insert(format!("{kind}.{member}"), value.as_str().unwrap_or_default().to_owned());
            }
        }
        words
    }

    /// What no program may show: all of the accounts but their names and ids.
    pub(super) fn secrets(&self) -> Vec<String> {
        let services = self.services.as_object().into_iter().flatten();
        let words = services.flat_map(|(service, _)| self.words(service));
        let is_name = |word: &str| NAMES.iter().any(|name| word.ends_with(name));
        words.filter(|(word, _)| !is_name(word)).map(|(_, value)| value).collect()
    }

    pub(super) async fn ask(&self, path: &str) -> Result<Value, LiveError> {
        control::ask("GET", &format!("{}{path}", self.address), None).await
    }

    /// Gives an order of the control address.
    pub(super) async fn order(&self, path: &str, order: &Value) -> Result<Value, LiveError> {
        control::ask("POST", &format!("{}{path}", self.address), Some(order)).await
    }

    /// How many requests of an operation there were.
    pub(super) async fn requests(&self, operation: &str) -> Result<usize, LiveError> {
        let told = self.ask(&format!("/requests?operation={operation}")).await?;
        let list = told["requests"].as_array();
        list.map(Vec::len).ok_or_else(|| LiveError::Emulator(format!("it tells no requests: {told}")))
    }

    /// What no document allows and was done all the same.
    pub(super) async fn violations(&self) -> Result<Vec<Value>, LiveError> {
        let told = self.ask("/violations").await?;
        let list = told["violations"].as_array();
        list.cloned().ok_or_else(|| LiveError::Emulator(format!("it tells no violations: {told}")))
    }
}
