//! Keep2Share: JSON posts with the token in the body, image and page captchas, a form for each upload, a signed link for
//! each download.

pub(super) mod download;
pub(super) mod free;
pub(super) mod links;
pub(super) mod sign_in;
pub(super) mod upload;
pub(super) mod verbs;

use serde_json::{Map, Value};

use crate::border::Error;
use crate::decode;
use crate::tables::Operation;
use crate::wire::{Context, Engine, Exchanged, Sending};

/// Calls one of the service's operations for its own purposes and gives the answer as it came.
async fn ask(engine: &Engine, id: &str, arguments: Map<String, Value>, context: &Context<'_>) -> Result<Value, Error> {
    ask_as(engine, id, arguments, &Sending::default(), context).await
}

async fn ask_as(
    engine: &Engine,
    id: &str,
    arguments: Map<String, Value>,
    sending: &Sending,
    context: &Context<'_>,
) -> Result<Value, Error> {
    match engine.exchange(operation(engine, id)?, &arguments, sending, context).await? {
        Exchanged::Read(answered, _) => decode::json::value(&answered.body)
            .map_err(|error| Error::internal(format!("judged, yet no JSON: {error}"))),
        Exchanged::Stream(_) => Err(Error::internal(format!("{id} gave a stream"))),
    }
}

/// The page of a file or folder on the site whose API is used.
fn page_address(engine: &Engine, what: &str, id: &str) -> String {
    let site = engine.site_host().map_or("", links::page_host);
    format!("https://{site}/{what}/{id}")
}

fn operation<'a>(engine: &'a Engine, id: &str) -> Result<&'a Operation, Error> {
    engine.service.operation(id).ok_or_else(|| Error::internal(format!("{id} is not described")))
}

/// The id of the file that a target names: an id, or the address of the file's page.
fn file_id(engine: &Engine, target: &str) -> Result<String, Error> {
    if !target.contains("://") {
        return Ok(target.to_owned());
    }
    let link = links::parse(target)
        .ok_or_else(|| Error::invalid_argument(format!("{} has no such link", engine.service.class)))?;
    if link.kind == "folder" {
        return Err(Error::invalid_argument("this is the link of a folder; a file is wanted"));
    }
    let (ours, theirs) = (engine.site_host().and_then(links::site_of), links::site_of(link.host));
    if let Some((ours, theirs)) = ours.zip(theirs).filter(|(ours, theirs)| ours != theirs) {
        return Err(Error::invalid_argument(format!(
            "{} belongs to {theirs}, this client to {ours}; choose the other one by the option host",
            link.host
        )));
    }
    Ok(link.id)
}

/// A text of an answer, ids that came as numbers included.
fn text(answer: &Value, name: &str) -> Option<String> {
    match answer.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
