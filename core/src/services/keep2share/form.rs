//! One form for one file: asked for, filled with what it says, posted with the file last.

use serde_json::{Map, Value};

use super::upload::{ASK_FOR_FORM, Stored};
use super::{ask, operation};
use crate::border::{Error, Kind};
use crate::services::answers::text;
use crate::transfer::form::{self, Post};
use crate::transfer::lost;
use crate::transfer::upload::{Failed, Upload};
use crate::wire::redact::is_secret;

/// Asks for a form and posts it.
pub(super) async fn post(upload: &mut Upload<'_>) -> Result<Stored, Failed> {
    let (engine, context) = (upload.engine, upload.context);
    let form_operation = operation(engine, "uploads.uploadForm")?;
    let mut arguments = Map::new();
    if let Some(folder) = &upload.folder {
        arguments.insert("parent_id".into(), folder.as_str().into());
    }
    let form = ask(engine, ASK_FOR_FORM, arguments, context).await?;
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
    let post = Post {
        operation: form_operation,
        address: action,
        fields,
        file_field: &file_field,
        signed_in: true,
        // Content that might be stored already was hashed for that.
        hashed: false,
    };
    let answered = form::post(upload, post).await.map_err(|refusal| refusal.or_lost(lost::may_be_done))?;
    let answer = crate::decode::json::value(&answered.body)
        .map_err(|error| Error::internal(format!("judged, yet no JSON: {error}")))?;
    let id = text(&answer, "user_file_id").ok_or_else(|| Error::internal("judged, yet without an id"))?;
    Ok(Stored { id, link: text(&answer, "link"), has_access: false })
}

/// A field of a form as text: `true` for true; null is not sent.
fn field_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
