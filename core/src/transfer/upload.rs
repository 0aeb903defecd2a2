//! The order of an upload: a source is brought there in the service's way; what may have arrived is looked for before
//! anything is sent again.

use std::sync::Arc;

use crate::border::{Error, ItemResult, Phase, Source, Tape};
use crate::services::UploadTo;
use crate::tables::Retry;
use crate::transfer::progress::Meter;
use crate::transfer::source::Opened;
use crate::transfer::{hash, lost};
use crate::verbs::{Entry, Hash};
use crate::wire::{Context, Engine, Failure};

/// An upload on its way.
pub(crate) struct Upload<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) context: &'a Context<'a>,
    pub(crate) meter: &'a Arc<Meter>,
    pub(crate) source: Opened,
    pub(crate) folder: Option<String>,
    pub(crate) name: String,
    /// Of the whole source, once it was needed.
    md5: Option<String>,
}

/// How a service takes a file.
pub(crate) trait Carrier: Send {
    /// The operation that belongs to what is logged, and to errors that none of the requests told.
    const OPERATION: &'static str;

    /// Whether a later look may tell what one left open.
    const CLEARS_UP: bool = true;

    /// What the service tells of a file that it has.
    type Stored: Send;

    /// Brings the file there for the first time, in the cheapest way.
    fn begin(&mut self, upload: &mut Upload<'_>) -> impl Future<Output = Result<Self::Stored, Failed>> + Send {
        self.send(upload)
    }

    /// Sends all bytes.
    fn send(&mut self, upload: &mut Upload<'_>) -> impl Future<Output = Result<Self::Stored, Failed>> + Send;

    /// Looks for the file that an attempt may have left.
    fn look(&mut self, upload: &mut Upload<'_>) -> impl Future<Output = Result<Looked<Self::Stored>, Error>> + Send;

    /// Makes the file of content that an attempt may have left, where the service can do so. No byte is sent for it.
    fn reuse(&mut self, _upload: &mut Upload<'_>) -> impl Future<Output = Result<Option<Self::Stored>, Failed>> + Send {
        async { Ok(None) }
    }

    /// Whether another attempt could mend what was refused.
    fn mends(&mut self, _refused: &Error) -> bool {
        true
    }
}

/// Why one way to bring the file there did not.
pub(crate) enum Failed {
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

/// What a look brought.
pub(crate) enum Looked<Stored> {
    Found(Stored),
    Absent,
    /// Files of this name and size are there, but not what they hold.
    Unclear(Vec<String>),
}

/// What an attempt does first.
enum First {
    Begin,
    Send,
    /// With a look for what an attempt before may have left.
    Look(Box<Failure>),
}

impl<'a> Upload<'a> {
    /// Opens the source; what cannot be sent is told here, before anything is sent.
    pub(crate) async fn open(
        engine: &'a Engine,
        source: Source,
        to: UploadTo,
        meter: &'a Arc<Meter>,
        context: &'a Context<'a>,
    ) -> Result<Self, Error> {
        let source = Opened::open(source).await?;
        meter.total(Some(source.length()));
        Ok(Self { engine, context, meter, source, folder: to.folder, name: to.name, md5: None })
    }

    /// Makes attempts until the file is there or none may follow.
    pub(crate) async fn store<By: Carrier>(&mut self, by: &mut By) -> Result<By::Stored, Error> {
        self.tries(by).await.map_err(|error| error.during(self.engine.service.id, Some(By::OPERATION)))
    }

    async fn tries<By: Carrier>(&mut self, by: &mut By) -> Result<By::Stored, Error> {
        let mut first = First::Begin;
        let mut attempt = 0;
        loop {
            attempt += 1;
            self.meter.attempt(attempt);
            self.meter.phase(Phase::Preparing);
            let lost_before = match &first {
                First::Look(before) => Some(before.clone()),
                First::Begin | First::Send => None,
            };
            let (mut failure, candidates) = match self.attempt(by, first).await {
                Ok(stored) => return Ok(stored),
                Err(Failed::Refused(failure)) => {
                    // Nothing is there, so it may be sent anew.
                    let again = by.mends(&failure.error);
                    let failure = counted(failure, attempt);
                    if !again || !self.source.is_repeatable() || !self.waited(By::OPERATION, attempt, &failure).await {
                        return Err(failure.error);
                    }
                    // What was lost once may still turn up.
                    first = lost_before.map_or(First::Send, First::Look);
                    continue;
                }
                Err(Failed::Lost(failure)) => (failure, None),
                Err(Failed::Unclear(failure, candidates)) => (failure, Some(candidates)),
            };
            // What is looked for first may be repeated.
            failure.retry = Retry::SameCall;
            let failure = counted(failure, attempt);
            if (candidates.is_none() || By::CLEARS_UP) && self.waited(By::OPERATION, attempt, &failure).await {
                first = First::Look(failure);
                continue;
            }
            let looked = match candidates {
                Some(candidates) => Looked::Unclear(candidates),
                None => self.look(by, &failure).await?,
            };
            return match looked {
                Looked::Found(stored) => Ok(stored),
                Looked::Unclear(candidates) => Err(lost::unknown_among(failure.error, candidates)),
                Looked::Absent if self.source.is_repeatable() => Err(failure.error),
                Looked::Absent => Err(lost::unknown_of_stream(failure.error)),
            };
        }
    }

    async fn attempt<By: Carrier>(&mut self, by: &mut By, first: First) -> Result<By::Stored, Failed> {
        match first {
            First::Begin => return by.begin(self).await,
            First::Send => {}
            First::Look(before) => {
                match self.look(by, &before).await? {
                    Looked::Found(stored) => return Ok(stored),
                    Looked::Unclear(candidates) => return Err(Failed::Unclear(before, candidates)),
                    Looked::Absent => {}
                }
                if let Some(stored) = by.reuse(self).await? {
                    return Ok(stored);
                }
                if !self.source.is_repeatable() {
                    return Err(lost::unknown_of_stream(before.error).into());
                }
            }
        }
        by.send(self).await
    }

    /// Looks for what an attempt may have left. Where that cannot be done, nothing may be sent again.
    async fn look<By: Carrier>(&mut self, by: &mut By, lost: &Failure) -> Result<Looked<By::Stored>, Error> {
        by.look(self).await.map_err(|error| {
            // A program that is asked to sign in makes the call again, and with it perhaps a second file.
            self.context.nothing_needed();
            lost::unknown_since(&lost.error, &error)
        })
    }

    /// Waits until an attempt may follow; `false` where none may.
    async fn waited(&self, operation: &str, attempt: u32, failure: &Failure) -> bool {
        let Some(wait) = self.engine.wait_before_repeat(true, attempt, failure, self.context) else {
            return false;
        };
        self.engine.log("info", operation, self.context, || {
            format!("goes on in {} ms after: {}", wait.as_millis(), failure.error)
        });
        tokio::time::sleep(wait).await;
        true
    }

    /// The MD5 of the whole source, computed once.
    pub(crate) async fn md5(&mut self) -> Result<String, Error> {
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

    /// Takes note of the MD5 of what was sent.
    pub(crate) fn was_hashed(&mut self, md5: String) {
        self.md5 = Some(md5);
    }

    /// The entry of the file that is there now.
    pub(crate) fn finish(self, id: String, name: Option<String>, link: Option<String>) -> Result<Tape, Error> {
        let entry = Entry {
            id: Some(id),
            name: name.unwrap_or(self.name),
            size: Some(self.source.length()),
            hash: self.md5.map(|hex| Hash { algorithm: "md5", hex }),
            link,
            ..Entry::default()
        };
        let tape = entry.tape(self.engine.service.id)?;
        self.meter.all_done();
        Ok(tape)
    }
}

/// An error of what comes after the file was stored: to upload it once more would leave two. `what` is said of the file.
pub(crate) fn is_there(context: &Context<'_>, mut error: Error, id: &str, what: &str) -> Error {
    context.nothing_needed();
    let record = error.record_mut();
    record.retryable = false;
    record.details.items =
        vec![ItemResult { id: Some(id.to_owned()), index: 0, ok: true, code: None, message: Some(what.to_owned()) }];
    error
}

fn counted(mut failure: Box<Failure>, attempt: u32) -> Box<Failure> {
    let record = failure.error.record_mut();
    record.attempts = record.attempts.max(attempt);
    failure
}
