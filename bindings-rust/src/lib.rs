#![doc = include_str!("../README.md")]

mod answers;
mod builder;
mod call;
mod cancel;
mod caught;
mod client;
mod decimal;
mod extra;
mod flow;
#[rustfmt::skip]
mod generated;
mod handle;
mod options;
mod pages;
mod request;
mod stream;
mod transfer;
mod values;
pub mod verbs;

pub use builder::{Builder, Service};
pub use call::{Call, Operation, Paged};
pub use cancel::CancelHandle;
pub use client::{Client, open, parse_link};
pub use decimal::{Decimal, NotDecimal};
pub use extra::Extra;
pub use fileferry_core::border::{
    Captcha, Details, Error, ErrorRecord, FolderProgress, ItemResult, Kind, LogEntry, Phase, Progress, Response,
    SubError,
};
pub use flow::{Flow, Image, Step};
pub use generated::*;
pub use jiff;
pub use options::CallOptions;
pub use pages::Pages;
pub use request::Request;
pub use stream::ByteStream;
pub use transfer::{Download, Open, Source, Target, Upload, UploadFolder};
pub use values::{Null, NullOr};
pub use verbs::Verb;

/// What every fallible function of this crate gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What generated code is made of. It may change with any version.
#[doc(hidden)]
pub mod private {
    pub use std::collections::BTreeMap;
    pub use std::fmt::{Debug, Formatter, Result as FmtResult};
    pub use std::ops::Deref;

    pub use fileferry_core::border::{Answer, FINGERPRINT, Reader, service, shared};
    pub use fileferry_core::tables::Type;
    pub use jiff::Timestamp;
    pub use jiff::civil::DateTime;

    pub use crate::answers::{bytes, link, nothing, value};
    pub use crate::builder::Service;
    pub use crate::call::{Operation, Paged};
    pub use crate::client::Client;
    pub use crate::decimal::Decimal;
    pub use crate::handle::Handle;
    pub use crate::values::{
        Hidden, Json, Map, NullOr, Value, field, given, given_all, member, model, read_model, same_text, variant,
    };
    #[allow(unused_imports, reason = "a build without services has no words")]
    pub(crate) use crate::values::{plain_data, words};
}
