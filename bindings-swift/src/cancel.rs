use std::sync::Arc;

use fileferry_core::border::CancelHandle;

/// Stops the one call that it was given to; see [`CancelHandle`].
#[derive(Debug, uniffi::Object)]
pub struct FfiCancel(CancelHandle);

#[uniffi::export]
impl FfiCancel {
    /// A handle for one call.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(CancelHandle::new()))
    }

    /// Stops the call, which then ends with kind `cancelled`. From any thread, at any time, any number of times.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

impl FfiCancel {
    pub(crate) fn handle(&self) -> CancelHandle {
        self.0.clone()
    }
}
