//! YetiShare: form posts with a token and the number of its account, errors by their texts, one token an account, one
//! request that takes a whole file, a link with a token for each download.

mod clean;
mod download;
mod folder;
mod ignored;
mod links;
mod sign_in;
mod upload;
mod verbs;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::border::{Answer, ByteStream, Destination, Error, Source, Tape};
use crate::services::{Link, RemoteFolder, Solved, Special, UploadTo};
use crate::tables::Operation;
use crate::transfer::progress::Meter;
use crate::verbs::At;
use crate::wire::{Answered, Context, Engine, Tokens, nothing_left};

/// Sites end a token after an hour without a call; this much before the end it is not worth trying.
const SESSION_REST: Duration = Duration::from_secs(50 * 60);

/// How YetiShare does what is special to a service, and what the verbs ask for.
pub(super) struct YetiShare;

impl Special for YetiShare {
    fn check_credentials(&self, credentials: &BTreeMap<&'static str, SecretString>) -> Result<(), Error> {
        sign_in::check(credentials)
    }

    fn can_sign_in(&self, engine: &Engine) -> bool {
        sign_in::is_possible(|name| engine.signed_in.credential(name).is_some())
    }

    fn session_rest(&self) -> Option<Duration> {
        Some(SESSION_REST)
    }

    fn keeps_refusals(&self) -> bool {
        true
    }

    fn ends_session(&self, operation: &Operation) -> bool {
        operation.id == "auth.disable_access_token"
    }

    async fn sign_in(&self, engine: &Engine, _solved: Option<&Solved>, context: &Context<'_>) -> Result<Tokens, Error> {
        sign_in::sign_in(At { engine, context }).await
    }

    fn check_answer(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        answered: &Answered,
    ) -> Result<(), Error> {
        ignored::check(operation, arguments, answered)
    }

    fn check_upload(&self, _engine: &Engine, further: &Map<String, Value>) -> Result<(), Error> {
        nothing_left("upload", further)
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
        folder::list(At { engine, context }, parent).await
    }

    async fn folder_for_upload(
        &self,
        engine: &Engine,
        parent: Option<&str>,
        name: &str,
        _further: &Map<String, Value>,
        context: &Context<'_>,
    ) -> Result<RemoteFolder, Error> {
        folder::make(At { engine, context }, parent, name).await
    }

    fn ends_all_uploads(&self, error: &Error) -> bool {
        upload::ends_all(error)
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

/// Whether a folder's id stands for the root, which has none: calls leave it out.
fn is_root(folder: &str) -> bool {
    matches!(folder, "/" | "0")
}
