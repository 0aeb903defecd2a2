//! What a binding may call: everything that crosses into a language, and nothing else.
//!
//! A binding builds a [`Client`] from a JSON object of options, calls operations by id with a JSON object of arguments,
//! and gets a [`Reply`]: a [`Tape`] that it reads into its own typed objects, a stream of bytes, or an [`Error`] with
//! all its fields. Everything long takes a [`CancelHandle`].

mod cancel;
mod client;
pub(crate) mod clock;
mod error;
mod flow;
mod pages;
mod plain;
mod reply;
mod runtime;
mod session;
mod stream;
pub mod tape;

pub use cancel::CancelHandle;
pub use client::{Client, Hooks, LogEntry, LogSink};
pub use clock::clock_ms;
pub use error::{Captcha, Details, Error, ErrorRecord, ItemResult, Kind, SubError};
pub use flow::{Flow, Step};
pub use pages::Pages;
pub use plain::{from_plain, json_tree, to_plain};
pub use reply::{Answer, Needed, Reply, Response};
pub use runtime::runtime;
pub use session::Session;
pub use stream::{
    ByteStream, Destination, FolderProgress, FolderProgressSink, Phase, Progress, ProgressSink, Source, SourceFeeder,
};
pub use tape::{Reader, Record, Tape};

/// The type of a model that all services share.
pub(crate) fn shared_type(model: &str) -> Result<Type, Error> {
    let index = shared().model(model).ok_or_else(|| Error::internal(format!("{model} is not described")))?;
    Ok(Type::Model(index))
}

/// What the address of a page says, as a value of the shared table; none where no service knows it.
pub fn parse_link(url: &str) -> Result<Option<Answer>, Error> {
    crate::verbs::parsed_link(url)
}

use crate::tables::Type;
pub use crate::tables::generated::{FINGERPRINT, service, services, shared};
