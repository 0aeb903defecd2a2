//! Downloads that cost nothing: the tickets that were earned for them, and one at a time within a client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use tokio::sync::OwnedMutexGuard;

/// Held while a file is fetched for free.
pub(crate) type Turn = OwnedMutexGuard<()>;

/// What a client keeps of its free downloads.
#[derive(Default)]
pub(crate) struct FreeDownloads {
    /// By file. A ticket is good for the next link of its file, too.
    tickets: Mutex<HashMap<String, SecretString>>,
    /// Services refuse a second one at the same time. It lets callers in by the order in which they came.
    gate: Arc<tokio::sync::Mutex<()>>,
}

impl FreeDownloads {
    fn tickets(&self) -> MutexGuard<'_, HashMap<String, SecretString>> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn ticket(&self, file: &str) -> Option<SecretString> {
        self.tickets().get(file).cloned()
    }

    pub(crate) fn keep_ticket(&self, file: &str, ticket: SecretString) {
        self.tickets().insert(file.to_owned(), ticket);
    }

    /// Forgets a ticket that is good no longer.
    pub(crate) fn drop_ticket(&self, file: &str) {
        self.tickets().remove(file);
    }

    /// Waits until no other free download of the client runs.
    pub(crate) async fn turn(&self) -> Turn {
        Arc::clone(&self.gate).lock_owned().await
    }
}
