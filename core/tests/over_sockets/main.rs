//! The engine over real sockets: what the conformance cases, which see one call at a time, cannot show.

mod downloads;
mod engine;
mod support;
mod transfers;
mod upload_folders;
mod uploads;
mod verbs;
#[cfg(feature = "yetishare")]
mod yetishare;
