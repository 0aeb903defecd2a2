//! What a call tells while it runs: log lines and progress. Whoever waits for the call takes them out.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// Items on their way from the runtime to Python. The runtime never waits: when nobody takes them, the oldest are lost.
pub struct Mailbox<T> {
    items: Mutex<VecDeque<T>>,
    arrived: Notify,
}

impl<T> Mailbox<T> {
    const CAPACITY: usize = 256;

    /// An empty one.
    pub fn new() -> Self {
        Self { items: Mutex::new(VecDeque::new()), arrived: Notify::new() }
    }

    /// Puts an item in.
    pub fn put(&self, item: T) {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        if items.len() == Self::CAPACITY {
            items.pop_front();
        }
        items.push_back(item);
        drop(items);
        self.arrived.notify_one();
    }

    /// Takes everything out.
    pub fn take(&self) -> VecDeque<T> {
        std::mem::take(&mut *self.items.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until something was put in.
    pub async fn arrived(&self) {
        self.arrived.notified().await;
    }
}
