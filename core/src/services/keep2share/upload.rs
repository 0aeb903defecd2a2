//! One form for one file: asked for, filled with what it says, posted with the file last.

use std::sync::Arc;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::{Map, Value, json};

use super::{ask, operation, text};
use crate::border::{Error, Kind, Phase, Source, Tape};
use crate::services::UploadTo;
use crate::tables::Type;
use crate::transfer::multipart::{FileField, Form};
use crate::transfer::progress::Meter;
use crate::transfer::upload_body::{Opened, UploadBody};
use crate::wire::redact::is_secret;
use crate::wire::{Answered, Context, Engine, Failure};

pub(crate) async fn upload(
    engine: &Engine,
    source: Source,
    to: UploadTo,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Tape, Error> {
    let mut source = Opened::open(source).await?;
    let length = source.length();
    meter.total(Some(length));
    let mut attempt = 0;
    let answer = loop {
        attempt += 1;
        meter.attempt(attempt, 0);
        match post(engine, &mut source, &to, meter, context).await {
            Ok(answer) => break answer,
            Err(mut failure) => {
                let record = failure.error.record_mut();
                record.attempts = record.attempts.max(attempt);
                // Posting a form is not idempotent: only one that never left is sent again, with a fresh form.
                let wait =
                    engine.wait_before_repeat(false, attempt, &failure, context).filter(|_| source.is_repeatable());
                match wait {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Err(failure.error),
                }
            }
        }
    };
    let entry = entry(engine, &answer, &to.name, length);
    let shared = crate::border::shared();
    let model = shared.model("Entry").ok_or_else(|| Error::internal("Entry is not described"))?;
    let tape = crate::border::from_plain(shared, &Type::Model(model), &entry.to_string())?;
    meter.phase(Phase::Done);
    Ok(tape)
}

async fn post(
    engine: &Engine,
    source: &mut Opened,
    to: &UploadTo,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Value, Box<Failure>> {
    let ours = |error: Error| Box::new(Failure::of_ours(error));
    let form_operation = operation(engine, "uploads.uploadForm").map_err(ours)?;
    let mut arguments = Map::new();
    if let Some(folder) = &to.folder {
        arguments.insert("parent_id".into(), folder.as_str().into());
    }
    let form = ask(engine, "uploads.getUploadFormData", arguments, context).await.map_err(ours)?;
    let missing = |name: &str| ours(Error::new(Kind::InvalidAnswer, format!("the upload form has no {name}")));
    let action = text(&form, "form_action").ok_or_else(|| missing("form_action"))?;
    let action = engine.answered_url(&action).map_err(ours)?;
    context.keep_query_secret(&action);
    let file_field = text(&form, "file_field").ok_or_else(|| missing("file_field"))?;
    // Every field as it came and in the order in which it came: they are signed.
    let fields = form.get("form_data").and_then(Value::as_object).ok_or_else(|| missing("form_data"))?;
    let fields: Vec<(String, String)> =
        fields.iter().filter_map(|(name, value)| Some((name.clone(), field_text(value)?))).collect();
    fields.iter().filter(|(name, _)| is_secret(name)).for_each(|(_, value)| context.keep_secret(value));
    let form = Form::new(fields, Some(FileField { field: &file_field, file_name: &to.name }));
    let content_type = form.content_type();
    let (body, watch) = UploadBody::new(form, source, Arc::clone(meter)).await.map_err(ours)?;
    let request = engine
        .connections
        .files()
        .map_err(ours)?
        .post(action.clone())
        .header(CONTENT_TYPE, content_type)
        .header(CONTENT_LENGTH, body.length())
        .body(reqwest::Body::wrap(body));
    engine.log("debug", "uploads.getUploadFormData", context, || {
        format!("POST {} with {} bytes of file", crate::wire::redact::address(&action), source.length())
    });
    context.requested();
    let settings = &engine.settings;
    let sent = tokio::select! {
        sent = request.send() => sent,
        () = watch.stalled(settings.idle_timeout(), settings.upload_idle_timeout()) => {
            let error = Error::new(Kind::Timeout, "the upload host took no byte and gave no answer within the idle timeout");
            return Err(ours(error.retryable()));
        }
    };
    let response = match sent {
        Ok(response) => response,
        Err(error) => {
            if let Some(failure) = watch.failure() {
                return Err(ours(failure));
            }
            return engine.idle(settings.idle_timeout(), async { Err(error) }).await;
        }
    };
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    engine.responded(status, &headers, context);
    let body = engine.read(response).await?;
    let answered = Answered { status, headers, body, signed_in: true };
    crate::wire::judged(engine.service, form_operation, &answered)?;
    crate::decode::json::value(&answered.body)
        .map_err(|error| ours(Error::internal(format!("judged, yet no JSON: {error}"))))
}

/// A field of a form as text: `true` for true; null is not sent.
fn field_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn entry(engine: &Engine, answer: &Value, name: &str, length: u64) -> Value {
    let id = text(answer, "user_file_id");
    let link = text(answer, "link").or_else(|| Some(super::page_address(engine, "file", id.as_deref()?)));
    json!({
        "id": id,
        "name": name,
        "is_folder": false,
        "size": length,
        "link": link,
        "service": engine.service.id,
    })
}
