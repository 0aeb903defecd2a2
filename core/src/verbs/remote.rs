//! What a service fetches by itself: asked for until it ends.

use std::time::Duration;

use crate::border::{Error, ItemResult};
use crate::wire::Engine;

/// The waits between questions: longer from one to the next, up to a limit.
pub(crate) struct Waits {
    next: Duration,
    longest: Duration,
}

impl Waits {
    pub(crate) fn new(engine: &Engine) -> Self {
        let interval = engine.settings.poll_interval();
        Self { next: interval, longest: interval * 6 }
    }

    pub(crate) async fn pass(&mut self) {
        tokio::time::sleep(self.next).await;
        self.next = (self.next * 3 / 2).min(self.longest).max(Duration::from_millis(1));
    }
}

/// An error of asking how far it is: the service fetches all the same, so that asking for it again would store two files.
pub(crate) fn goes_on(mut error: Error, upload: &str) -> Error {
    let record = error.record_mut();
    record.message = format!("the service goes on with the remote upload {upload}: {}", record.message);
    record.retryable = false;
    record.details.items.push(ItemResult {
        id: Some(upload.to_owned()),
        index: 0,
        ok: false,
        code: None,
        message: None,
    });
    error
}
