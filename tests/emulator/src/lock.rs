//! Locking without ceremony.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A lock that outlives a panic of another request: every state change here is a few plain assignments, so the
/// data behind a poisoned lock is still usable, and one failed request must not take the whole emulator down.
pub trait LockExt<T> {
    fn hold(&self) -> MutexGuard<'_, T>;
}

impl<T> LockExt<T> for Mutex<T> {
    fn hold(&self) -> MutexGuard<'_, T> {
        self.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
