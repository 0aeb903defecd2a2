use tokio_util::sync::CancellationToken;

/// Stops the call that it was given to, from any thread. Cloning gives another handle on the same call.
///
/// Stopping a call that has ended does nothing. A handle may be given to one call only.
#[derive(Debug, Clone, Default)]
pub struct CancelHandle(CancellationToken);

impl CancelHandle {
    /// A handle for one call.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the call: its future is dropped, its socket closed, and it ends with kind `cancelled`.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    pub(crate) async fn cancelled(&self) {
        self.0.cancelled().await;
    }
}
