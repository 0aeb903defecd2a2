//! Faults that a test orders for the requests to come.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use crate::lock::LockExt;

/// Every fault by its name on the control address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultName {
    Latency,
    Status,
    Error,
    Html,
    EmptyBody,
    Body,
    LongJson,
    HalfJson,
    GluedJson,
    PhpWarning,
    WrongTypes,
    Redirect,
    WrongSignature,
    ResetBefore,
    CloseBefore,
    ResetInHead,
    ResetInBody,
    ResetAfter,
    Truncate,
    SlowBody,
    Hold,
}

impl FaultName {
    /// All names with one sentence each, as `GET /faults` shows them.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Latency, "answers properly, after latency_ms"),
        (Self::Status, "answers with status (default 503), retry_after, and body or a page of HTML"),
        (Self::Error, "answers with the service's own error: code, http_status, message, errors, extra"),
        (Self::Html, "answers with a page of HTML under status (default 200)"),
        (Self::EmptyBody, "answers with no body under status (default 200)"),
        (Self::Body, "answers with the text of body under status (default 200) and content_type"),
        (Self::LongJson, "answers with a valid JSON object of size bytes (default 64 MiB), streamed"),
        (Self::HalfJson, "sends the first half of the proper answer as if it were all"),
        (Self::GluedJson, "puts a second JSON object behind the proper answer"),
        (Self::PhpWarning, "puts a warning of PHP, in HTML, before the proper answer"),
        (Self::WrongTypes, "gives every member of the proper answer (or only field) another type"),
        (Self::Redirect, "answers with status (default 302) and location (default: a trap on another host)"),
        (Self::WrongSignature, "answers like an upload host that refuses the form's signature, or with message"),
        (Self::ResetBefore, "resets the connection instead of answering; at_byte: after so many body bytes read"),
        (Self::CloseBefore, "closes the connection instead of answering"),
        (Self::ResetInHead, "resets within the answer's head, after at_byte bytes (default 12)"),
        (Self::ResetInBody, "resets within the answer's body, after at_byte bytes (default: half)"),
        (Self::ResetAfter, "resets right after the whole answer"),
        (Self::Truncate, "announces the whole length, sends at_byte bytes (default: half), closes in good order"),
        (Self::SlowBody, "sends the answer's body in pieces of size bytes, latency_ms apart"),
        (
            Self::Hold,
            "holds the answer (with effect: of a done operation) until POST /release; at_byte: holds within the transfer",
        ),
    ];
}

/// A fault as ordered on the control address.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub service: String,
    /// An operation (`getUrl`, `upload`, `download`), the end of a path, or `*`.
    #[serde(default = "any_path")]
    pub path: String,
    pub fault: FaultName,
    /// How many requests it meets; null for all until the faults are cleared.
    #[serde(default = "once")]
    pub times: Option<u32>,
    /// How many matching requests pass unharmed before.
    #[serde(default)]
    pub skip: u32,
    #[serde(default)]
    pub latency_ms: u64,
    /// Whether the operation takes place although its answer is lost.
    #[serde(default)]
    pub effect: bool,
    pub at_byte: Option<u64>,
    pub size: Option<u64>,
    pub status: Option<u16>,
    pub retry_after: Option<Value>,
    pub body: Option<String>,
    pub content_type: Option<String>,
    pub location: Option<String>,
    pub field: Option<String>,
    pub code: Option<Value>,
    pub http_status: Option<u16>,
    pub message: Option<String>,
    /// Which of a service's envelopes an `error` answer has, where it has several.
    pub shape: Option<String>,
    pub errors: Option<Value>,
    /// Further members of an `error` answer.
    pub extra: Option<serde_json::Map<String, Value>>,
}

fn any_path() -> String {
    "*".into()
}

fn once() -> Option<u32> {
    Some(1)
}

impl Fault {
    fn meets(&self, service: &str, operation: &str, path: &str) -> bool {
        let wanted = self.path.trim_start_matches('/').to_ascii_lowercase();
        let path = path.to_ascii_lowercase();
        self.service == service
            && (wanted == "*" || wanted == operation.to_ascii_lowercase() || path.ends_with(&format!("/{wanted}")))
    }
}

/// The orders of one world, oldest first.
#[derive(Debug, Default)]
pub struct Faults {
    orders: Mutex<Vec<Fault>>,
    held: Hold,
}

impl Faults {
    pub fn order(&self, fault: Fault) {
        self.orders.hold().push(fault);
    }

    pub fn clear(&self) {
        self.orders.hold().clear();
    }

    pub fn orders(&self) -> Vec<Fault> {
        self.orders.hold().clone()
    }

    /// The fault that meets this request, counted down.
    pub fn take(&self, service: &str, operation: &str, path: &str) -> Option<Fault> {
        let mut orders = self.orders.hold();
        let place = orders.iter_mut().position(|order| {
            let meets = order.meets(service, operation, path);
            if meets && order.skip > 0 {
                order.skip -= 1;
                return false;
            }
            meets
        })?;
        match &mut orders[place].times {
            None => Some(orders[place].clone()),
            Some(times) if *times > 1 => {
                *times -= 1;
                Some(orders[place].clone())
            }
            Some(_) => Some(orders.remove(place)),
        }
    }

    pub fn held(&self) -> &Hold {
        &self.held
    }
}

/// What held answers wait for.
#[derive(Debug, Clone)]
pub struct Hold {
    releases: watch::Sender<u64>,
}

impl Default for Hold {
    fn default() -> Self {
        Self { releases: watch::Sender::new(0) }
    }
}

impl Hold {
    /// Lets every answer go that is held at this moment.
    pub fn release(&self) {
        self.releases.send_modify(|count| *count += 1);
    }

    /// A wait for the next release, counted from now and not from its first poll.
    pub fn next_release(&self) -> impl Future<Output = ()> + Send + 'static {
        let keep_open = self.releases.clone();
        let mut releases = keep_open.subscribe();
        async move {
            // The sender is kept, so the channel cannot close.
            let _ = releases.changed().await;
            drop(keep_open);
        }
    }
}
