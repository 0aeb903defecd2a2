//! The runtime on which all calls run.
//!
//! uniffi polls a future on a thread of the language, which has no reactor; so a call is spawned here and the language
//! waits for its end. Neither Swift nor the JVM can fork, so one runtime a process is enough.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use fileferry_core::border::{self, Error};
use tokio::runtime::Runtime;
use tokio_util::task::AbortOnDropHandle;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    // Nothing can be called without it, and a process that cannot start two threads is at its end.
    border::runtime().unwrap_or_else(|error| panic!("the runtime of fileferry cannot start: {error}"))
});

/// Runs a call on our runtime. It is dropped when the language drops the future that waits for it. A panic becomes the
/// `internal` error.
pub(crate) async fn run<T: Send + 'static>(call: impl Future<Output = T> + Send + 'static) -> Result<T, Error> {
    let task = AbortOnDropHandle::new(RUNTIME.spawn(call));
    task.await.map_err(|error| match error.try_into_panic() {
        Ok(_) => defect(),
        Err(error) => Error::internal(format!("a call was lost: {error}")),
    })
}

/// Runs something short on the caller's thread, inside our runtime; a panic becomes the `internal` error.
pub(crate) fn enter<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let _inside = RUNTIME.enter();
    // What the work has touched is dropped or internally locked; nothing half-changed is seen again.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(defect()))
}

/// Runs something that nobody waits for.
pub(crate) fn detach(work: impl Future<Output = ()> + Send + 'static) {
    RUNTIME.spawn(work);
}

/// What the panic said is on the standard error already; it may quote data, so it is not repeated.
fn defect() -> Error {
    Error::internal("a defect in fileferry stopped the call")
}

#[cfg(test)]
mod tests {
    use fileferry_core::border::Kind;

    use super::*;

    #[test]
    fn a_panic_becomes_the_internal_error() {
        let call = run(async { panic!("no {}", 5) });
        let error: Error = RUNTIME.block_on(call).unwrap_err();
        assert_eq!(error.kind(), Kind::Internal);
        assert_eq!(error.to_string(), "a defect in fileferry stopped the call");
        let error = enter(|| -> Result<(), Error> { panic!("not here") }).unwrap_err();
        assert_eq!(error.kind(), Kind::Internal);
    }

    #[test]
    fn a_call_ends_with_the_future_that_waits_for_it() {
        struct Ended(Option<tokio::sync::oneshot::Sender<()>>);
        impl Drop for Ended {
            fn drop(&mut self) {
                let _ = self.0.take().map(|ended| ended.send(()));
            }
        }
        let (sender, ended) = tokio::sync::oneshot::channel();
        let guard = Ended(Some(sender));
        let call = run(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        });
        RUNTIME.block_on(async move {
            let waited = tokio::time::timeout(std::time::Duration::from_millis(20), call).await;
            assert!(waited.is_err(), "the call does not end by itself");
            ended.await.unwrap();
        });
    }
}
