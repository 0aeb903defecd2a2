//! What a world has seen: every request with its outcome, and every violation.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::lock::LockExt;

/// How a request ended, or how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Being read or worked on.
    Open,
    /// A `hold` fault keeps the answer (or a part of it) back.
    Held,
    /// The whole answer was handed to the connection.
    Answered,
    /// A fault ended the connection with a TCP reset.
    Reset,
    /// A fault ended the connection in good order, before the whole answer was sent.
    Cut,
    /// The client closed the connection before it had the whole answer.
    ClientClosed,
}

/// A part of a form, as it came in.
#[derive(Debug, Clone, Serialize)]
pub struct FormPart {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The text of a field; a file shows its size instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// One request.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    pub number: u64,
    /// When it came, in milliseconds since its world began; no clock order changes it.
    pub at_ms: u64,
    pub service: String,
    pub operation: String,
    pub method: String,
    pub path: String,
    pub query: Map<String, Value>,
    pub headers: Map<String, Value>,
    /// The JSON that was sent; the text where it was not JSON; null where nothing was sent.
    pub body: Value,
    pub form: Vec<FormPart>,
    /// Bytes of the request's body read so far.
    pub body_bytes: u64,
    pub fault: Option<String>,
    pub status: Option<u16>,
    pub outcome: Outcome,
}

/// Something a client sent that no document allows.
#[derive(Debug, Clone, Serialize)]
pub struct Violation {
    /// The number of the request.
    pub request: u64,
    pub service: String,
    pub operation: String,
    pub message: String,
}

/// Which requests a caller of the control address asks for.
#[derive(Debug, Default)]
pub struct Filter {
    pub outcome: Option<Outcome>,
    pub operation: Option<String>,
}

impl Filter {
    fn admits(&self, record: &Record) -> bool {
        self.outcome.is_none_or(|outcome| outcome == record.outcome)
            && self.operation.as_ref().is_none_or(|operation| operation.eq_ignore_ascii_case(&record.operation))
    }
}

#[derive(Debug, Default)]
struct Pages {
    records: VecDeque<Record>,
    violations: Vec<Violation>,
    last_number: u64,
}

/// The latest requests are kept, so that an emulator that runs for days does not fill the memory.
const KEPT: usize = 10_000;

/// The requests and violations of one world.
#[derive(Debug)]
pub struct Journal {
    began: Instant,
    pages: Mutex<Pages>,
    changed: watch::Sender<()>,
    close_watchers: watch::Sender<usize>,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            pages: Mutex::default(),
            changed: watch::Sender::new(()),
            close_watchers: watch::Sender::new(0),
        }
    }
}

impl Journal {
    /// Opens the entry of a request that just arrived; its number and time are given here.
    pub fn open(self: &Arc<Self>, mut record: Record) -> Entry {
        let mut pages = self.pages.hold();
        pages.last_number += 1;
        record.number = pages.last_number;
        record.at_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let entry = Entry {
            journal: Arc::clone(self),
            number: record.number,
            service: record.service.clone(),
            operation: record.operation.clone(),
        };
        pages.records.push_back(record);
        if pages.records.len() > KEPT {
            pages.records.pop_front();
        }
        drop(pages);
        self.changed.send_replace(());
        entry
    }

    pub fn records(&self, filter: &Filter) -> Vec<Record> {
        self.pages.hold().records.iter().filter(|record| filter.admits(record)).cloned().collect()
    }

    pub fn violations(&self) -> Vec<Violation> {
        self.pages.hold().violations.clone()
    }

    /// Forgets requests and violations. Requests still under way are no longer recorded.
    pub fn clear(&self) {
        let mut pages = self.pages.hold();
        pages.records.clear();
        pages.violations.clear();
    }

    /// Waits until `count` requests pass the filter; false when the time is over before.
    pub async fn wait_for(&self, filter: &Filter, count: usize, timeout: Duration) -> bool {
        let mut changed = self.changed.subscribe();
        // A held upload reads on while somebody waits for its client to go away: the end of the connection is
        // queued behind the bytes that the client had already given to its kernel.
        let _watching = (filter.outcome == Some(Outcome::ClientClosed)).then(|| self.watch_for_close());
        let seen = async {
            while self.records(filter).len() < count {
                if changed.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(timeout, seen).await.is_ok()
    }

    /// Resolves as soon as somebody waits for a client to close.
    pub async fn close_is_awaited(&self) {
        let mut watchers = self.close_watchers.subscribe();
        // The sender lives in `self`, so the wait cannot fail while it is borrowed.
        let _ = watchers.wait_for(|count| *count > 0).await;
    }

    fn watch_for_close(&self) -> CloseWatch<'_> {
        self.close_watchers.send_modify(|count| *count += 1);
        CloseWatch(self)
    }
}

struct CloseWatch<'a>(&'a Journal);

impl Drop for CloseWatch<'_> {
    fn drop(&mut self) {
        self.0.close_watchers.send_modify(|count| *count -= 1);
    }
}

/// The open entry of one request, shared by everything that handles it.
#[derive(Debug, Clone)]
pub struct Entry {
    journal: Arc<Journal>,
    number: u64,
    service: String,
    operation: String,
}

impl Entry {
    pub fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    pub fn update(&self, change: impl FnOnce(&mut Record)) {
        let mut pages = self.journal.pages.hold();
        if let Some(record) = pages.records.iter_mut().rev().find(|record| record.number == self.number) {
            change(record);
        }
        drop(pages);
        self.journal.changed.send_replace(());
    }

    pub fn set_outcome(&self, outcome: Outcome) {
        self.update(|record| record.outcome = outcome);
    }

    pub fn violation(&self, message: impl Into<String>) {
        self.journal.pages.hold().violations.push(Violation {
            request: self.number,
            service: self.service.clone(),
            operation: self.operation.clone(),
            message: message.into(),
        });
    }
}
