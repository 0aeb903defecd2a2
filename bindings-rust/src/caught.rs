//! What becomes of a panic inside the library: an error, so that the client stays usable.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt as _;

use crate::{Error, Result};

/// Runs something that ends at once.
pub(crate) fn at_once<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // What the work has touched is dropped or internally locked; nothing half-changed is seen again.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(defect()))
}

/// Runs something that waits.
pub(crate) async fn caught<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| Err(defect()))
}

/// What the panic said is on the standard error already; it may quote data, so it is not repeated.
pub(crate) fn defect() -> Error {
    Error::internal("a defect in fileferry stopped the call")
}
