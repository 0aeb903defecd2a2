//! One form for one file: asked for, filled with what it says, posted with the file last.

use std::sync::Arc;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::{Map, Value};

use super::upload::{Failed, Stored, Upload};
use super::{ask, lost, operation, text};
use crate::border::{Error, Kind};
use crate::tables::Retry;
use crate::transfer::multipart::{FileField, Form};
use crate::transfer::upload_body::UploadBody;
use crate::wire::redact::is_secret;
use crate::wire::{Answered, Failure};

/// Asks for a form and posts it.
pub(super) async fn post(upload: &mut Upload<'_>) -> Result<Stored, Failed> {
    let (engine, context) = (upload.engine, upload.context);
    let form_operation = operation(engine, "uploads.uploadForm")?;
    let mut arguments = Map::new();
    if let Some(folder) = &upload.folder {
        arguments.insert("parent_id".into(), folder.as_str().into());
    }
    let form = ask(engine, "uploads.getUploadFormData", arguments, context).await?;
    let missing = |name: &str| Error::new(Kind::InvalidAnswer, format!("the upload form has no {name}"));
    let action = text(&form, "form_action").ok_or_else(|| missing("form_action"))?;
    let action = engine.answered_url(&action)?;
    context.keep_query_secret(&action);
    let file_field = text(&form, "file_field").ok_or_else(|| missing("file_field"))?;
    // Every field as it came and in the order in which it came: they are signed.
    let fields = form.get("form_data").and_then(Value::as_object).ok_or_else(|| missing("form_data"))?;
    let fields: Vec<(String, String)> =
        fields.iter().filter_map(|(name, value)| Some((name.clone(), field_text(value)?))).collect();
    fields.iter().filter(|(name, _)| is_secret(name)).for_each(|(_, value)| context.keep_secret(value));
    let form = Form::new(fields, Some(FileField { field: &file_field, file_name: &upload.name }));
    let content_type = form.content_type();
    // What was sent before does not count.
    upload.meter.restart();
    let (body, watch) = UploadBody::new(form, &mut upload.source, Arc::clone(upload.meter)).await?;
    let request = engine
        .connections
        .files()?
        .post(action.clone())
        .header(CONTENT_TYPE, content_type)
        .header(CONTENT_LENGTH, body.length())
        .body(reqwest::Body::wrap(body));
    engine.log("debug", "uploads.getUploadFormData", context, || {
        format!("POST {} with {} bytes of file", crate::wire::redact::address(&action), upload.source.length())
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
        let answered = Answered { status, headers, body, signed_in: true };
        crate::wire::judged(engine.service, form_operation, &answered)?;
        Ok(answered)
    };
    let answered = match answered.await {
        Ok(answered) => answered,
        // A host that has not got every byte has no file.
        Err(failure) if watch.all_taken() && lost::may_be_done(&failure) => return Err(Failed::Lost(failure)),
        Err(failure) => return Err(Failed::Refused(failure)),
    };
    let answer = crate::decode::json::value(&answered.body)
        .map_err(|error| Error::internal(format!("judged, yet no JSON: {error}")))?;
    let id = text(&answer, "user_file_id").ok_or_else(|| Error::internal("judged, yet without an id"))?;
    Ok(Stored { id, link: text(&answer, "link"), has_access: false })
}

fn stalled() -> Box<Failure> {
    let error = Error::new(Kind::Timeout, "the upload host took no byte and gave no answer within the idle timeout");
    Box::new(Failure { error: error.retryable(), retry: Retry::SameCall, wait: None, left: true })
}

/// A field of a form as text: `true` for true; null is not sent.
fn field_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
