//! What becomes of a panic: an error of ours, never the exception that ends a program.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fileferry_core::border::Error;
use pyo3::prelude::*;

use crate::reply::raised;

/// The name with which tests ask for a panic, in debug builds.
const PANIC: &str = "_panic";

/// Runs something that Python waits for and that ends at once.
pub fn caught<T>(py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    // What the work has touched is dropped or internally locked; nothing half-changed is seen again.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(raised(py, &defect())))
}

/// What the panic said is on the standard error already; it may quote data, so it is not repeated.
pub fn defect() -> Error {
    Error::internal("a defect in fileferry stopped the call")
}

/// Panics where a test asked for it by this name.
pub fn panic_if_asked(name: &str) {
    assert!(!(cfg!(debug_assertions) && name == PANIC), "a test asked for it");
}
