//! Files up and down: what all services share of it.

pub(crate) mod folder_progress;
pub(crate) mod free;
pub(crate) mod hash;
pub(crate) mod multipart;
pub(crate) mod part_file;
pub(crate) mod progress;
pub(crate) mod source;
pub(crate) mod tree;
pub(crate) mod upload_body;
