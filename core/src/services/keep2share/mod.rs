//! Keep2Share: JSON posts with the token in the body, image and page captchas, a form for each upload, a signed link for
//! each download.

mod by_hash;
pub(super) mod download;
mod encoded_word;
pub(super) mod folder;
mod form;
pub(super) mod free;
pub(super) mod links;
mod lost;
pub(super) mod sign_in;
pub(super) mod upload;
pub(super) mod verbs;

use serde_json::{Map, Value};

use crate::border::Error;
use crate::decode;
use crate::tables::Operation;
use crate::wire::{Context, Engine, Exchanged, Failure, Sending};

/// Calls one of the service's operations for its own purposes and gives the answer as it came.
async fn ask(engine: &Engine, id: &str, arguments: Map<String, Value>, context: &Context<'_>) -> Result<Value, Error> {
    ask_with(engine, id, arguments, &Sending::default(), context).await
}

/// The same for a request that is sent in another way than the description says.
async fn ask_with(
    engine: &Engine,
    id: &str,
    arguments: Map<String, Value>,
    sending: &Sending,
    context: &Context<'_>,
) -> Result<Value, Error> {
    // Boxed: a transfer asks in many places, and would hold each of these futures within itself.
    let exchanged = Box::pin(engine.exchange(operation(engine, id)?, &arguments, sending, context)).await?;
    value(id, exchanged)
}

/// The same for a caller who knows whether the call may be repeated, or wants to know whether a failed one may be done.
async fn ask_as(
    engine: &Engine,
    id: &str,
    idempotent: bool,
    arguments: Map<String, Value>,
    context: &Context<'_>,
) -> Result<Value, Box<Failure>> {
    let ours = |error: Error| Box::new(Failure::of_ours(error));
    let operation = operation(engine, id).map_err(ours)?;
    let exchanged =
        Box::pin(engine.exchange_as(operation, idempotent, &arguments, &Sending::default(), context)).await?;
    value(id, exchanged).map_err(ours)
}

fn value(id: &str, exchanged: Exchanged) -> Result<Value, Error> {
    match exchanged {
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
/// Whether an item of an answer is what was asked for by this id: the service may answer under another one.
fn is_about(item: &Value, id: &str) -> bool {
    ["id", "requested_id"].iter().any(|name| text(item, name).as_deref() == Some(id))
}

fn text(answer: &Value, name: &str) -> Option<String> {
    match answer.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number of an answer, in any form in which sizes come.
fn whole(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().map(|number| number as u64)),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::border::Hooks;

    #[test]
    fn links_lead_to_the_domain_that_a_project_shows_people() {
        for (options, link) in [
            ("{}", "https://k2s.cc/file/a1"),
            (r#"{"host": "fileboom"}"#, "https://fboom.me/file/a1"),
            (r#"{"host": "tezfiles"}"#, "https://tezfiles.com/file/a1"),
            (r#"{"base_url": "http://127.0.0.1:9/api"}"#, "https://127.0.0.1/file/a1"),
        ] {
            let engine = Engine::from_json("keep2share", options.as_bytes(), Hooks::default()).expect("an engine");
            assert_eq!(page_address(&engine, "file", "a1"), link);
        }
    }

    #[test]
    fn sizes_are_read_in_all_their_forms() {
        for (size, read) in [
            (Value::from(7), Some(7)),
            ("7".into(), Some(7)),
            (7.0.into(), Some(7)),
            (Value::Null, None),
            ("much".into(), None),
        ] {
            assert_eq!(whole(Some(&size)), read, "{size}");
        }
    }
}
