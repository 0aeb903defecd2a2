//! Content that is stored already is found by its hash, else a form carries it; then who may download it is set.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{ask_as, by_hash, form, look, operation, page_address};
use crate::border::{Error, Source, Tape};
use crate::services::UploadTo;
use crate::transfer::progress::Meter;
use crate::transfer::upload::{Carrier, Failed, Looked, Upload, is_there};
use crate::wire::{Context, Engine, Sending, nothing_left};

/// The operation that gives a form.
pub(super) const ASK_FOR_FORM: &str = "uploads.getUploadFormData";

const SHORTEST_NAME: usize = 3;

/// A file that the service has.
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) link: Option<String>,
    /// Whether it was made with the access that the caller wants.
    pub(super) has_access: bool,
}

/// The official order.
struct HashThenForm {
    /// Who may download the file, where the caller said so.
    access: Option<Value>,
    by_hash: bool,
    signature_refused: bool,
}

pub(crate) async fn upload(
    engine: &Engine,
    source: Source,
    to: UploadTo,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Tape, Error> {
    if to.name.chars().count() < SHORTEST_NAME {
        // The service says so only after it has all the bytes.
        let message = format!("upload: the service takes no file name of fewer than {SHORTEST_NAME} characters");
        return Err(Error::invalid_argument(message).named("name_too_short"));
    }
    let (access, by_hash) = options(engine, to.further.clone())?;
    let mut upload = Upload::open(engine, source, to, meter, context).await?;
    // Nothing can be found of nothing.
    let by_hash = by_hash && upload.source.is_repeatable() && upload.source.length() > 0;
    let mut by = HashThenForm { access, by_hash, signature_refused: false };
    let stored = upload.store(&mut by).await?;
    by.set_access(&upload, &stored).await?;
    let link = stored.link.unwrap_or_else(|| page_address(engine, "file", &stored.id));
    upload.finish(stored.id, None, Some(link))
}

/// Refuses arguments that the service does not have.
pub(crate) fn check(engine: &Engine, further: &Map<String, Value>) -> Result<(), Error> {
    options(engine, further.clone()).map(drop)
}

/// Whether an upload failed because nothing more goes into the account.
pub(crate) fn account_is_full(error: &Error) -> bool {
    matches!(error.record().name.as_deref(), Some("disk_space_exceeded" | "storage_limit_exceeded"))
}

/// The service's own arguments: who may download the file, and whether it is looked for by hash.
fn options(engine: &Engine, mut further: Map<String, Value>) -> Result<(Option<Value>, bool), Error> {
    let access = further.shift_remove("access").filter(|access| !access.is_null());
    if let Some(access) = &access {
        let mut arguments = Map::new();
        arguments.insert("id".into(), "any".into());
        arguments.insert("new_access".into(), access.clone());
        engine
            .check(operation(engine, "files.updateFile")?, &arguments, &Sending::default())
            .map_err(|error| Error::invalid_argument(error.record().message.replace("new_access", "access")))?;
    }
    let by_hash = match further.shift_remove("by_hash") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(by_hash)) => by_hash,
        Some(_) => return Err(Error::invalid_argument("by_hash is true or false")),
    };
    nothing_left("upload", &further)?;
    Ok((access, by_hash))
}

impl Carrier for HashThenForm {
    const OPERATION: &'static str = ASK_FOR_FORM;

    type Stored = Stored;

    async fn begin(&mut self, upload: &mut Upload<'_>) -> Result<Stored, Failed> {
        if self.by_hash
            && let Some(stored) = by_hash::find(upload, self.access.as_ref()).await?
        {
            return Ok(stored);
        }
        self.send(upload).await
    }

    async fn send(&mut self, upload: &mut Upload<'_>) -> Result<Stored, Failed> {
        Box::pin(form::post(upload)).await
    }

    async fn look(&mut self, upload: &mut Upload<'_>) -> Result<Looked<Stored>, Error> {
        look::look(upload).await
    }

    /// Content that has arrived is stored, whatever became of the file that it was sent for.
    async fn reuse(&mut self, upload: &mut Upload<'_>) -> Result<Option<Stored>, Failed> {
        match upload.source.length() {
            0 => Ok(None),
            _ => by_hash::by_md5(upload, self.access.as_ref()).await,
        }
    }

    /// A signature is refused twice for a reason.
    fn mends(&mut self, refused: &Error) -> bool {
        refused.record().name.as_deref() != Some("wrong_signature")
            || !std::mem::replace(&mut self.signature_refused, true)
    }
}

impl HashThenForm {
    /// Sets who may download the file, where a form could not say it. Whatever fails here, the file is there.
    async fn set_access(&self, upload: &Upload<'_>, stored: &Stored) -> Result<(), Error> {
        let Some(access) = self.access.as_ref().filter(|access| !stored.has_access && *access != "public") else {
            return Ok(());
        };
        let mut arguments = Map::new();
        arguments.insert("id".into(), stored.id.as_str().into());
        arguments.insert("new_access".into(), access.clone());
        // Setting the same access twice is setting it once.
        let Err(failure) = ask_as(upload.engine, "files.updateFile", true, arguments, upload.context).await else {
            return Ok(());
        };
        let mut error = failure.error;
        let record = error.record_mut();
        record.message =
            format!("the file is uploaded (id {}), but its access could not be set: {}", stored.id, record.message);
        Err(is_there(upload.context, error, &stored.id, "uploaded, with the service's default access"))
    }
}
