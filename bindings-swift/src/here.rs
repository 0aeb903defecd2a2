//! What is answered without asking a service.

use fileferry_core::border::{self, Answer, Error};

use crate::error::FfiError;
use crate::runtime;

/// The tape of a `ParsedLink`: what the address of a page says; nothing where no service knows it.
#[uniffi::export]
pub fn parse_link(url: String) -> Result<Option<Vec<u8>>, FfiError> {
    Ok(runtime::enter(|| border::parse_link(&url)?.map(tape).transpose())?)
}

/// When a call begins, for its options' `begun_ms`.
#[uniffi::export]
pub fn clock_ms() -> f64 {
    border::clock_ms()
}

/// The tape of an answer that is a value.
pub(crate) fn tape(answer: Answer) -> Result<Vec<u8>, Error> {
    match answer {
        Answer::Value(tape, _) => Ok(tape.into_bytes()),
        _ => Err(Error::internal("a value was to be given")),
    }
}
