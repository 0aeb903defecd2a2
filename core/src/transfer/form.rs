//! A form with a source, posted to the address that a service named: sent while it is read, watched, and judged by the
//! operation that describes its answer.

use std::sync::Arc;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::{Map, Value};
use url::Url;

use crate::border::{Error, Kind};
use crate::tables::{Operation, Retry, Type};
use crate::transfer::multipart::{FileField, Form};
use crate::transfer::upload::{Failed, Upload};
use crate::transfer::upload_body::UploadBody;
use crate::wire::{Answered, Failure, SourceForm};

/// A form that is ready to be sent.
pub(crate) struct Post<'a> {
    /// Judges the answer.
    pub(crate) operation: &'a Operation,
    pub(crate) address: Url,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) file_field: &'a str,
    /// Whether the fields say who sends it.
    pub(crate) signed_in: bool,
    /// Whether the MD5 of the source is wanted. It is taken on the way, as the bytes leave.
    pub(crate) hashed: bool,
}

/// A form that brought no file, as far as is known.
pub(crate) struct Refusal {
    pub(crate) failure: Box<Failure>,
    /// Whether every byte was handed over. A host that has not got every byte has no file.
    all_taken: bool,
}

impl Refusal {
    /// Whether nobody knows what became of the file, by what the failure tells.
    pub(crate) fn or_lost(self, may_be_done: impl Fn(&Failure) -> bool) -> Failed {
        match self.all_taken && may_be_done(&self.failure) {
            true => Failed::Lost(self.failure),
            false => Failed::Refused(self.failure),
        }
    }
}

impl From<Box<Failure>> for Refusal {
    fn from(failure: Box<Failure>) -> Self {
        Self { failure, all_taken: false }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Box::new(Failure::of_ours(error)).into()
    }
}

/// Posts the form of an operation that takes a source, signed as its calls are. The MD5 of the source is taken on the way.
///
/// A session that turns out to be good no longer is renewed once, as for a call; of a source that can be read once only
/// nothing is left to send then.
pub(crate) async fn post_described(
    upload: &mut Upload<'_>,
    id: &str,
    arguments: &Map<String, Value>,
) -> Result<Answered, Refusal> {
    let (engine, context) = (upload.engine, upload.context);
    let operation = engine.service.operation(id).ok_or_else(|| Error::internal(format!("{id} is not described")))?;
    let source = operation.params.iter().find(|param| param.ty == Type::Source);
    let file_field = source.and_then(|source| source.wire.first());
    let file_field = file_field.ok_or_else(|| Error::internal(format!("{id} takes no source")))?;
    let mut renewed = false;
    loop {
        let SourceForm { address, fields, token } = engine.source_form(operation, arguments, context).await?;
        let signed_in = token.is_some();
        let refusal = match post(upload, Post { operation, address, fields, file_field, signed_in, hashed: true }).await
        {
            Ok(answered) => return Ok(answered),
            Err(refusal) => refusal,
        };
        let Some(token) = token.filter(|_| refusal.failure.retry == Retry::AfterSignIn && !renewed) else {
            return Err(refusal);
        };
        renewed = true;
        if !upload.source.is_repeatable() || !engine.renew(&token, context).await? {
            return Err(refusal);
        }
    }
}

/// Posts it with the source as its last part. What is given was judged a success.
pub(crate) async fn post(upload: &mut Upload<'_>, post: Post<'_>) -> Result<Answered, Refusal> {
    let (engine, context) = (upload.engine, upload.context);
    let Post { operation, address, fields, file_field, signed_in, hashed } = post;
    let form = Form::new(fields, Some(FileField { field: file_field, file_name: &upload.name }));
    let content_type = form.content_type();
    let length = upload.source.length();
    // What was sent before does not count.
    upload.meter.restart();
    let (chunks, md5) = match hashed {
        true => upload.source.hashed_chunks().await.map(|(chunks, md5)| (chunks, Some(md5)))?,
        false => (upload.source.chunks().await?, None),
    };
    let (body, watch) = UploadBody::new(form, length, chunks, Arc::clone(upload.meter));
    let request = engine
        .connections
        .files()?
        .post(address.clone())
        .header(CONTENT_TYPE, content_type)
        .header(CONTENT_LENGTH, body.length())
        .body(reqwest::Body::wrap(body));
    engine.log("debug", operation.part_of.unwrap_or(operation.id), context, || {
        format!("POST {} with {length} bytes of file", crate::wire::redact::address(&address))
    });
    context.requested();
    let settings = &engine.settings;
    let answered = async {
        let sent = tokio::select! {
            sent = request.send() => sent,
            () = watch.stalled(settings.idle_timeout(), settings.upload_idle_timeout()) => return Err(stalled()),
        };
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                return match watch.failure() {
                    Some(failure) => Err(Box::new(Failure::of_ours(failure))),
                    None => engine.idle(settings.idle_timeout(), async { Err(error) }).await,
                };
            }
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        engine.responded(status, &headers, context);
        let body = engine.read(response).await?;
        let answered = Answered { status, headers, body, signed_in };
        crate::wire::judged(engine.service, operation, &answered)?;
        Ok(answered)
    };
    let answered = answered.await;
    let all_taken = watch.all_taken();
    if let Some(md5) = md5.filter(|_| all_taken) {
        upload.was_hashed(md5.hex());
    }
    answered.map_err(|failure| Refusal { failure, all_taken })
}

fn stalled() -> Box<Failure> {
    let error = Error::new(Kind::Timeout, "the upload host took no byte and gave no answer within the idle timeout");
    Box::new(Failure { error: error.retryable(), retry: Retry::SameCall, wait: None, left: true })
}
