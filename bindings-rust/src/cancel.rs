use fileferry_core::border;
use tokio_util::sync::CancellationToken;

/// Stops the call that it was given to, from any thread. Cloning gives another handle on the same call.
///
/// Stopping a call that has ended does nothing. A handle may be given to one call only.
#[derive(Debug, Clone, Default)]
pub struct CancelHandle {
    /// Stops what the engine does.
    engine: border::CancelHandle,
    /// Stops the wait for the program's own handlers.
    waiting: CancellationToken,
}

impl CancelHandle {
    /// A handle for one call.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the call: its socket is closed, and it ends with kind `cancelled`.
    pub fn cancel(&self) {
        self.engine.cancel();
        self.waiting.cancel();
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.engine.is_cancelled()
    }

    pub(crate) fn engine(&self) -> &border::CancelHandle {
        &self.engine
    }

    pub(crate) async fn cancelled(&self) {
        self.waiting.cancelled().await;
    }
}
