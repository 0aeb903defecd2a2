//! Forms of several parts, whose files go to disk while they arrive.

use std::io;
use std::sync::Arc;

use futures_util::TryStreamExt;
use multer::{Field, Multipart};

use crate::server::Call;
use crate::server::answer::ByteStream;
use crate::world::blobs::{Blob, Blobs};
use crate::world::journal::FormPart;

/// A form as it came in.
#[derive(Debug, Default)]
pub struct SentForm {
    pub fields: Vec<(String, String)>,
    pub files: Vec<SentFile>,
}

/// A file of a form.
#[derive(Debug)]
pub struct SentFile {
    pub field: String,
    pub name: String,
    pub content_type: Option<String>,
    pub blob: Arc<Blob>,
}

impl SentForm {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Why a form could not be read.
pub enum FormFailure {
    Gone,
    Malformed(String),
    Disk(io::Error),
}

impl From<multer::Error> for FormFailure {
    fn from(error: multer::Error) -> Self {
        match error {
            // The stream under the form is the connection.
            multer::Error::StreamReadFailed(_) => Self::Gone,
            other => Self::Malformed(other.to_string()),
        }
    }
}

impl From<io::Error> for FormFailure {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// The boundary of a call's form, if it is one of several parts.
pub fn boundary(call: &Call) -> Option<String> {
    call.header("content-type").and_then(|kind| multer::parse_boundary(kind).ok())
}

/// Reads a form and records its parts. `watch` sees each part, a file before its bytes are read, and whether a file
/// came before it.
pub async fn read(
    call: &Call,
    body: ByteStream,
    boundary: String,
    blobs: &Blobs,
    watch: impl Fn(&FormPart, bool),
) -> Result<SentForm, FormFailure> {
    let mut parts = Multipart::new(body, boundary);
    let mut sent = SentForm::default();
    while let Some(part) = parts.next_field().await? {
        let after_file = !sent.files.is_empty();
        let name = part.name().unwrap_or_default().to_owned();
        let mut recorded = FormPart {
            name: name.clone(),
            file_name: part.file_name().map(str::to_owned),
            content_type: part.file_name().and(part.content_type()).map(ToString::to_string),
            value: None,
            size: None,
        };
        if recorded.file_name.is_some() {
            watch(&recorded, after_file);
            let file = read_file(&recorded, part, blobs).await?;
            recorded.size = Some(file.blob.size);
            sent.files.push(file);
        } else {
            let value = part.text().await?;
            recorded.value = Some(value.clone());
            watch(&recorded, after_file);
            sent.fields.push((name, value));
        }
        call.entry.update(|record| record.form.push(recorded));
    }
    // What follows the last part belongs to the request too; it is read before the answer.
    Ok(sent)
}

async fn read_file(head: &FormPart, part: Field<'_>, blobs: &Blobs) -> Result<SentFile, FormFailure> {
    let blob = blobs.store(part.map_err(FormFailure::from)).await?;
    Ok(SentFile {
        field: head.name.clone(),
        name: head.file_name.clone().unwrap_or_default(),
        content_type: head.content_type.clone(),
        blob,
    })
}
