//! The native half of the npm package `fileferry`.
//!
//! It knows no operation and no model: JavaScript names the operation, hands its arguments over as JSON and gets a
//! [`Settled`](settled::Settled) back, whose value is built by functions of its own. The names here are private to the
//! package; `lib/native.ts` says them once more in TypeScript.

// What napi exports is not registered in a test build, which only the linter makes.
#![cfg_attr(test, allow(dead_code))]

mod cancel;
mod client;
mod flow;
mod here;
mod objects;
mod pages;
mod plain;
mod progress;
mod raw;
mod runtime;
mod settled;
mod source;
mod stream;

use napi_derive::napi;

/// Hash of the tables in this library: the package refuses a library that was made from others.
#[napi]
pub fn fingerprint() -> &'static str {
    fileferry_core::border::FINGERPRINT
}
