//! The native library under fileferry's Swift and Kotlin packages: a handful of objects over
//! [`fileferry_core::border`], nothing that knows an operation.
//!
//! Data crosses as bytes and small records: options and arguments go in as JSON, answers come out as tapes that generated
//! code on the other side reads. Calls run on a runtime of our own ([`runtime`]), each with a [`FfiCancel`] that
//! ends it. A call gives an [`FfiReply`] whatever happens, an error included, because some of what it holds (headers,
//! a new session) belongs to failures too; everything else fails with an [`FfiError`].
//!
//! The other side's own layer turns this into its idiom. It must not hand these types on to programs.

uniffi::setup_scaffolding!("fileferry_ffi");

mod cancel;
mod client;
mod error;
mod flow;
mod here;
mod listener;
mod pages;
mod plain;
mod reply;
mod runtime;
mod source;
mod stream;

pub use cancel::FfiCancel;
pub use client::FfiClient;
pub use error::FfiError;
pub use flow::{FfiFlow, FfiImage};
pub use here::{clock_ms, parse_link};
pub use listener::{FfiLogListener, FfiProgress, FfiProgressListener};
pub use pages::FfiPages;
pub use plain::{from_plain, to_plain};
pub use reply::{FfiHeader, FfiOutcome, FfiReply, FfiResponse};
pub use source::{FfiSource, FfiSourceFeeder};
pub use stream::FfiByteStream;

/// The hash of the tables that this library was built with. The other side compares it with its own when it loads the
/// library: a tape can only be read by code that was generated from the same tables.
#[uniffi::export]
pub fn fingerprint() -> String {
    fileferry_core::border::FINGERPRINT.to_owned()
}
