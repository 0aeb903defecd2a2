//! Files up and down: what all services share of it.

pub(crate) mod free;
pub(crate) mod multipart;
pub(crate) mod part_file;
pub(crate) mod progress;
pub(crate) mod upload_body;
