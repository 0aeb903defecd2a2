//! Keep2Share: JSON posts with the token in the body, image and page captchas, a form for each upload, a signed link for
//! each download.

mod by_hash;
mod download;
mod encoded_word;
mod folder;
mod form;
mod free;
mod links;
mod look;
mod sign_in;
mod upload;
mod verbs;

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::border::{Answer, ByteStream, Captcha, Destination, Error, Source, Tape};
use crate::decode;
use crate::services::answers::text;
use crate::services::{FreeLink, Link, RemoteFolder, Solved, Special, UploadTo};
use crate::tables::Operation;
use crate::transfer::progress::Meter;
use crate::wire::{Context, Engine, Exchanged, Failure, Sending, Tokens};

/// How Keep2Share does what is special to a service, and what the verbs ask for.
pub(super) struct Keep2Share;

impl Special for Keep2Share {
    fn check_credentials(&self, credentials: &BTreeMap<&'static str, SecretString>) -> Result<(), Error> {
        sign_in::check(credentials)
    }

    fn can_sign_in(&self, engine: &Engine) -> bool {
        sign_in::is_possible(engine)
    }

    async fn sign_in(&self, engine: &Engine, solved: Option<&Solved>, context: &Context<'_>) -> Result<Tokens, Error> {
        sign_in::sign_in(engine, solved, context).await
    }

    async fn challenge(&self, engine: &Engine, kind: &str, context: &Context<'_>) -> Result<Captcha, Error> {
        sign_in::challenge(engine, kind, context).await
    }

    async fn free_link(
        &self,
        engine: &Engine,
        target: &str,
        solved: Option<&Solved>,
        context: &Context<'_>,
    ) -> Result<FreeLink, Error> {
        free::link_of(engine, target, solved, context).await
    }

    fn check_upload(&self, engine: &Engine, further: &Map<String, Value>) -> Result<(), Error> {
        upload::check(engine, further)
    }

    async fn upload(
        &self,
        engine: &Engine,
        source: Source,
        to: UploadTo,
        meter: &Arc<Meter>,
        context: &Context<'_>,
    ) -> Result<Tape, Error> {
        upload::upload(engine, source, to, meter, context).await
    }

    async fn folders(
        &self,
        engine: &Engine,
        parent: Option<&str>,
        context: &Context<'_>,
    ) -> Result<Vec<RemoteFolder>, Error> {
        folder::list(engine, parent, context).await
    }

    async fn folder_for_upload(
        &self,
        engine: &Engine,
        parent: Option<&str>,
        name: &str,
        further: &Map<String, Value>,
        context: &Context<'_>,
    ) -> Result<RemoteFolder, Error> {
        folder::make(engine, parent, name, further.get("access"), context).await
    }

    fn ends_all_uploads(&self, error: &Error) -> bool {
        upload::account_is_full(error)
    }

    async fn download(
        &self,
        engine: &Engine,
        target: &str,
        to: &Destination,
        meter: &Arc<Meter>,
        context: &Context<'_>,
    ) -> Result<Answer, Error> {
        download::download(engine, target, to, meter, context).await
    }

    async fn download_stream(&self, engine: &Engine, target: &str, context: &Context<'_>) -> Result<ByteStream, Error> {
        download::open(engine, target, context).await
    }

    fn parse_link(&self, text: &str) -> Option<Link> {
        links::parse(text)
    }
}

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

/// Whether an item of an answer is what was asked for by this id: the service may answer under another one.
fn is_about(item: &Value, id: &str) -> bool {
    ["id", "requested_id"].iter().any(|name| text(item, name).as_deref() == Some(id))
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
}
