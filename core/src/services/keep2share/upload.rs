//! The order of an upload: content that is stored already is found by its hash, else a form carries it. What may have
//! arrived is looked for before anything is sent again.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::lost::{self, Looked};
use super::{ask_as, by_hash, form, operation, page_address};
use crate::border::{self, Error, ItemResult, Phase, Source, Tape};
use crate::services::UploadTo;
use crate::tables::Retry;
use crate::transfer::hash;
use crate::transfer::progress::Meter;
use crate::transfer::source::Opened;
use crate::wire::{Context, Engine, Failure, Sending};

const SHORTEST_NAME: usize = 3;

/// An upload on its way.
pub(super) struct Upload<'a> {
    pub(super) engine: &'a Engine,
    pub(super) context: &'a Context<'a>,
    pub(super) meter: &'a Arc<Meter>,
    pub(super) source: Opened,
    pub(super) folder: Option<String>,
    pub(super) name: String,
    /// Who may download it, where the caller said so.
    pub(super) access: Option<Value>,
    /// Of the whole source, once it was needed.
    md5: Option<String>,
}

/// A file that the service has.
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) link: Option<String>,
    /// Whether it was made with the access that the caller wants.
    pub(super) has_access: bool,
}

/// Why one way to bring the file there did not.
pub(super) enum Failed {
    /// Nothing was stored.
    Refused(Box<Failure>),
    /// Nobody knows: no answer came that can be read.
    Lost(Box<Failure>),
    /// It was looked for: these could be it, but the service does not tell what is in them.
    Unclear(Box<Failure>, Vec<String>),
}

impl From<Error> for Failed {
    /// Something that repeating would not mend.
    fn from(error: Error) -> Self {
        Self::Refused(Box::new(Failure::of_ours(error)))
    }
}

/// What an attempt does first.
enum First {
    Hash,
    Form,
    /// With a look for what an attempt before may have left.
    Look(Box<Failure>),
}

pub(crate) async fn upload(
    engine: &Engine,
    source: Source,
    to: UploadTo,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Tape, Error> {
    let UploadTo { folder, name, further } = to;
    if name.chars().count() < SHORTEST_NAME {
        // The service says so only after it has all the bytes.
        let message = format!("upload: the service takes no file name of fewer than {SHORTEST_NAME} characters");
        return Err(Error::invalid_argument(message).named("name_too_short"));
    }
    let (access, by_hash) = options(engine, further)?;
    let source = Opened::open(source).await?;
    let size = source.length();
    meter.total(Some(size));
    let mut upload = Upload { engine, context, meter, source, folder, name, access, md5: None };
    // Nothing can be found of nothing.
    let by_hash = by_hash && upload.source.is_repeatable() && size > 0;
    let stored = upload.store(by_hash).await?;
    upload.set_access(&stored).await?;
    let entry = json!({
        "link": stored.link.unwrap_or_else(|| page_address(engine, "file", &stored.id)),
        "id": stored.id,
        "name": upload.name,
        "is_folder": false,
        "size": size,
        "hash": upload.md5.map(|hex| json!({"algorithm": "md5", "hex": hex})),
        "service": engine.service.id,
    });
    let tape = border::from_plain(border::shared(), &border::shared_type("Entry")?, &entry.to_string())?;
    meter.all_done();
    Ok(tape)
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
    match further.keys().next() {
        Some(unknown) => Err(Error::invalid_argument(format!("upload: there is no argument {unknown}"))),
        None => Ok((access, by_hash)),
    }
}

impl Upload<'_> {
    /// Makes attempts until the file is there or none may follow.
    async fn store(&mut self, by_hash: bool) -> Result<Stored, Error> {
        let mut first = if by_hash { First::Hash } else { First::Form };
        let mut signature_refused = false;
        let mut attempt = 0;
        loop {
            attempt += 1;
            self.meter.attempt(attempt);
            self.meter.phase(Phase::Preparing);
            let lost_before = match &first {
                First::Look(before) => Some(before.clone()),
                First::Hash | First::Form => None,
            };
            let (mut failure, candidates) = match self.attempt(first).await {
                Ok(stored) => return Ok(stored),
                Err(Failed::Refused(failure)) => {
                    // Nothing is there, so a fresh form may carry it; a signature is refused twice for a reason.
                    let again = failure.error.record().name.as_deref() != Some("wrong_signature")
                        || !std::mem::replace(&mut signature_refused, true);
                    let failure = counted(failure, attempt);
                    if !again || !self.source.is_repeatable() || !self.waited(attempt, &failure).await {
                        return Err(failure.error);
                    }
                    // What was lost once may still turn up.
                    first = lost_before.map_or(First::Form, First::Look);
                    continue;
                }
                Err(Failed::Lost(failure)) => (failure, None),
                Err(Failed::Unclear(failure, candidates)) => (failure, Some(candidates)),
            };
            // What is looked for first may be repeated.
            failure.retry = Retry::SameCall;
            let failure = counted(failure, attempt);
            if self.waited(attempt, &failure).await {
                first = First::Look(failure);
                continue;
            }
            let looked = match candidates {
                Some(candidates) => Looked::Unclear(candidates),
                None => self.look(&failure).await?,
            };
            return match looked {
                Looked::Found(stored) => Ok(stored),
                Looked::Unclear(candidates) => Err(lost::unknown_among(failure.error, candidates)),
                Looked::Absent if self.source.is_repeatable() => Err(failure.error),
                Looked::Absent => Err(lost::unknown_of_stream(failure.error)),
            };
        }
    }

    async fn attempt(&mut self, first: First) -> Result<Stored, Failed> {
        match first {
            First::Hash => {
                if let Some(stored) = by_hash::find(self).await? {
                    return Ok(stored);
                }
            }
            First::Form => {}
            First::Look(before) => {
                match self.look(&before).await? {
                    Looked::Found(stored) => return Ok(stored),
                    Looked::Unclear(candidates) => return Err(Failed::Unclear(before, candidates)),
                    Looked::Absent => {}
                }
                // Content that has arrived is stored, whatever became of the file that it was sent for.
                if self.source.length() > 0
                    && let Some(stored) = by_hash::by_md5(self).await?
                {
                    return Ok(stored);
                }
                if !self.source.is_repeatable() {
                    return Err(lost::unknown_of_stream(before.error).into());
                }
            }
        }
        Box::pin(form::post(self)).await
    }

    /// Looks for what an attempt may have left. Where that cannot be done, nothing may be sent again.
    async fn look(&mut self, lost: &Failure) -> Result<Looked, Error> {
        lost::look(self).await.map_err(|error| {
            // A program that is asked to sign in makes the call again, and with it perhaps a second file.
            self.context.nothing_needed();
            lost::unknown_since(&lost.error, &error)
        })
    }

    /// Waits until an attempt may follow; `false` where none may.
    async fn waited(&self, attempt: u32, failure: &Failure) -> bool {
        let Some(wait) = self.engine.wait_before_repeat(true, attempt, failure, self.context) else {
            return false;
        };
        self.engine.log("info", "uploads.getUploadFormData", self.context, || {
            format!("goes on in {} ms after: {}", wait.as_millis(), failure.error)
        });
        tokio::time::sleep(wait).await;
        true
    }

    /// The MD5 of the whole source, computed once.
    pub(super) async fn md5(&mut self) -> Result<String, Error> {
        if self.md5.is_none() {
            let md5 = match self.source.is_repeatable() {
                true => hash::md5_of(&self.source, self.meter).await?,
                false => self
                    .source
                    .md5_of_what_was_sent()
                    .ok_or_else(|| Error::internal("a stream was looked for before it was sent"))?,
            };
            self.md5 = Some(md5);
        }
        self.md5.clone().ok_or_else(|| Error::internal("a hash that was computed is gone"))
    }

    /// Sets who may download the file, where a form could not say it. Whatever fails here, the file is there.
    async fn set_access(&self, stored: &Stored) -> Result<(), Error> {
        let Some(access) = self.access.as_ref().filter(|access| !stored.has_access && *access != "public") else {
            return Ok(());
        };
        let mut arguments = Map::new();
        arguments.insert("id".into(), stored.id.as_str().into());
        arguments.insert("new_access".into(), access.clone());
        // Setting the same access twice is setting it once.
        let Err(failure) = ask_as(self.engine, "files.updateFile", true, arguments, self.context).await else {
            return Ok(());
        };
        let mut error = failure.error;
        let record = error.record_mut();
        record.message =
            format!("the file is uploaded (id {}), but its access could not be set: {}", stored.id, record.message);
        // To upload it once more would leave two.
        self.context.nothing_needed();
        record.retryable = false;
        record.details.items = vec![ItemResult {
            id: Some(stored.id.clone()),
            index: 0,
            ok: true,
            code: None,
            message: Some("uploaded, with the service's default access".to_owned()),
        }];
        Err(error)
    }
}

fn counted(mut failure: Box<Failure>, attempt: u32) -> Box<Failure> {
    let record = failure.error.record_mut();
    record.attempts = record.attempts.max(attempt);
    failure
}
