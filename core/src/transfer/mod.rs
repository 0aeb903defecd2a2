//! Files up and down: what all services share of it.

pub(crate) mod download;
pub(crate) mod folder_progress;
pub(crate) mod form;
pub(crate) mod free;
pub(crate) mod hash;
mod headers;
pub(crate) mod lost;
pub(crate) mod multipart;
pub(crate) mod part_file;
pub(crate) mod progress;
pub(crate) mod source;
pub(crate) mod tree;
pub(crate) mod upload;
pub(crate) mod upload_body;
