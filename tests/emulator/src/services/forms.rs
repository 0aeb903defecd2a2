//! Forms as clients send them: fields and files, in their order.

use std::io;
use std::sync::Arc;

use futures_util::TryStreamExt;
use multer::{Field, Multipart};

use crate::server::Call;
use crate::server::answer::ByteStream;
use crate::world::blobs::{Blob, Blobs};
use crate::world::journal::{Entry, FormPart};

/// One part of a form.
#[derive(Debug)]
pub enum Part {
    Field { name: String, value: String },
    File(SentFile),
}

/// A file of a form; its bytes are stored already.
#[derive(Debug)]
pub struct SentFile {
    /// The field that it came in.
    pub field: String,
    pub name: String,
    pub content_type: Option<String>,
    pub blob: Arc<Blob>,
}

/// Why a form could not be read.
#[derive(Debug)]
pub enum Unreadable {
    /// The client went away.
    Gone,
    Malformed(String),
    Disk(io::Error),
}

impl From<multer::Error> for Unreadable {
    fn from(error: multer::Error) -> Self {
        match error {
            // The stream under the form is the connection.
            multer::Error::StreamReadFailed(_) => Self::Gone,
            other => Self::Malformed(other.to_string()),
        }
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// What separates the parts of a call's multipart form, if it sends one.
pub fn boundary(call: &Call) -> Option<String> {
    call.header("content-type").and_then(|kind| multer::parse_boundary(kind).ok())
}

/// Reads a multipart form: bytes of files go to disk while they arrive.
pub async fn read(
    entry: &Entry,
    blobs: &Blobs,
    body: ByteStream,
    boundary: String,
) -> Result<Vec<Part>, Unreadable> {
    let mut multipart = Multipart::new(body, boundary);
    let mut parts = Vec::new();
    while let Some(part) = multipart.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        if part.file_name().is_some() {
            parts.push(Part::File(read_file(entry, blobs, name, part).await?));
            continue;
        }
        let value = part.text().await?;
        record_field(entry, &name, &value);
        parts.push(Part::Field { name, value });
    }
    // What follows the last part belongs to the request too; it is read before the answer.
    Ok(parts)
}

async fn read_file(entry: &Entry, blobs: &Blobs, field: String, part: Field<'_>) -> Result<SentFile, Unreadable> {
    let name = part.file_name().unwrap_or_default().to_owned();
    let content_type = part.content_type().map(ToString::to_string);
    let blob = blobs.store(part.map_err(Unreadable::from)).await?;
    let recorded = FormPart {
        name: field.clone(),
        file_name: Some(name.clone()),
        content_type: content_type.clone(),
        value: None,
        size: Some(blob.size),
    };
    entry.update(|record| record.form.push(recorded));
    Ok(SentFile { field, name, content_type, blob })
}

/// Shows a field of a form in the journal.
pub fn record_field(entry: &Entry, name: &str, value: &str) {
    let recorded = FormPart {
        name: name.to_owned(),
        file_name: None,
        content_type: None,
        value: Some(value.to_owned()),
        size: None,
    };
    entry.update(|record| record.form.push(recorded));
}
