use fileferry_core::border::CancelHandle;
use napi_derive::napi;

/// Stops the one call that it is given to.
#[napi]
pub struct NativeCancel {
    handle: CancelHandle,
}

#[napi]
impl NativeCancel {
    /// A handle for one call.
    #[napi(constructor)]
    #[allow(clippy::new_without_default)] // JavaScript has no `Default`.
    pub fn new() -> Self {
        Self { handle: CancelHandle::new() }
    }

    /// Stops the call and closes its socket.
    #[napi]
    pub fn cancel(&self) {
        self.handle.cancel();
    }
}

/// The handle that JavaScript gave, or one that nobody will use.
pub fn handle_of(given: Option<&NativeCancel>) -> CancelHandle {
    given.map(|cancel| cancel.handle.clone()).unwrap_or_default()
}
