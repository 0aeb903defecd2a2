//! One runtime a process, made when the first call needs it. All threads of Node share it.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use fileferry_core::border::{self, Error};
use futures_util::FutureExt;
use napi::bindgen_prelude::{Object, ToNapiValue};
use napi::{Env, Result};
use tokio::runtime::Runtime;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

fn runtime() -> Result<&'static Runtime> {
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let made =
        border::runtime().map_err(|error| raised(&Error::internal(format!("cannot start the runtime: {error}"))))?;
    Ok(RUNTIME.get_or_init(|| made))
}

/// What a promise is resolved with. Failures travel inside it: the package makes the error object, with the stack of
/// the place that called.
pub trait Outcome: ToNapiValue + Send + 'static {
    /// The outcome that holds this failure.
    fn failed(error: Error) -> Self;
}

/// Runs `work` on the runtime; gives the promise of its outcome. A panic becomes the kind `internal`.
pub fn promise<T: Outcome>(env: &Env, work: impl Future<Output = T> + Send + 'static) -> Result<Object<'_>> {
    let runtime = runtime()?;
    let (deferred, promise) = env.create_deferred()?;
    runtime.spawn(async move {
        let outcome = AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| T::failed(defect()));
        deferred.resolve(move |_| Ok(outcome));
    });
    Ok(promise)
}

/// Runs something that ends at once; a panic becomes the kind `internal`.
pub fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // What the work has touched is dropped or internally locked; nothing half-changed is seen again.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(raised(&defect())))
}

/// What the panic said is on the standard error already; it may quote data, so it is not repeated.
fn defect() -> Error {
    Error::internal("a defect in fileferry stopped the call")
}

/// What a function that answers at once throws; the package reads the record from its message.
pub fn raised(error: &Error) -> napi::Error {
    napi::Error::from_reason(error.to_json())
}
