//! Requests whose answer never came: what they may have done is looked for before anything is sent again, so that nothing
//! is there twice.

use crate::border::{Error, ItemResult, Kind};
use crate::tables::Retry;
use crate::wire::{Context, Engine, Failure};

/// Whether a request that failed may still have done its work: it left, and no answer came that tells.
pub(crate) fn may_be_done(failure: &Failure) -> bool {
    let record = failure.error.record();
    let tells_nothing = record.http_status.is_none_or(|status| status < 300 || status == 408 || status >= 500);
    let unreadable = matches!(
        record.kind,
        Kind::Network
            | Kind::Tls
            | Kind::Timeout
            | Kind::ServerError
            | Kind::Unavailable
            | Kind::InvalidAnswer
            | Kind::TooLarge
    );
    failure.left && tells_nothing && unreadable && record.service_code.is_none()
}

/// Makes what must not be there twice. `make` is repeated only after `find` has not found what it may have made.
pub(crate) async fn made_once<T, Making, Finding>(
    engine: &Engine,
    context: &Context<'_>,
    make: impl Fn() -> Making,
    find: impl Fn() -> Finding,
) -> Result<T, Error>
where
    Making: Future<Output = Result<T, Box<Failure>>>,
    Finding: Future<Output = Result<Option<T>, Error>>,
{
    let mut attempt = 0;
    loop {
        attempt += 1;
        let mut failure = match make().await {
            Ok(made) => return Ok(made),
            Err(failure) if may_be_done(&failure) => failure,
            Err(failure) => return Err(failure.error),
        };
        failure.retry = Retry::SameCall;
        let wait = engine.wait_before_repeat(true, attempt, &failure, context);
        if let Some(wait) = wait {
            tokio::time::sleep(wait).await;
        }
        match find().await.map_err(|_| failure.error.clone())? {
            Some(found) => return Ok(found),
            None if wait.is_some() => {}
            None => return Err(failure.error),
        }
    }
}

/// The error of an upload that was lost and could not be looked for.
pub(crate) fn unknown_since(lost: &Error, looking: &Error) -> Error {
    let mut error = unknown(lost.clone(), "looking for it failed");
    error.record_mut().causes.push(looking.to_string());
    error
}

/// The error of an upload that was lost, with what could be its file.
pub(crate) fn unknown_among(lost: Error, candidates: Vec<String>) -> Error {
    let mut error = unknown(lost, "a file of its name and size is there, and the service does not tell what is in it");
    let item = |(index, id)| ItemResult {
        id: Some(id),
        index,
        ok: false,
        code: None,
        message: Some("could be the file".to_owned()),
    };
    error.record_mut().details.items = candidates.into_iter().enumerate().map(item).collect();
    error
}

/// The error of a stream that was lost and is not found.
pub(crate) fn unknown_of_stream(lost: Error) -> Error {
    unknown(lost, "it is not found, and a source that can be read once only is not sent again")
}

fn unknown(mut lost: Error, why: &str) -> Error {
    let record = lost.record_mut();
    record.message = format!("{}; it is not known whether the file arrived: {why}", record.message);
    record.name = Some("upload_outcome_unknown".to_owned());
    // The same call might leave the file twice.
    record.retryable = false;
    record.retry_after_ms = None;
    lost
}
