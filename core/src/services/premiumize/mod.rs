//! Premiumize: a key or an OAuth token in a header, ids of folders and files that different calls take, an address asked for
//! before each upload, links that lapse, and a cloud that fetches by itself.

mod direct;
mod download;
mod folder;
mod sign_in;
mod upload;
mod verbs;

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::border::{Answer, ByteStream, Destination, Error, Source, Tape};
use crate::services::{Consent, RemoteFolder, Solved, Special, UploadTo};
use crate::tables::Operation;
use crate::transfer::progress::Meter;
use crate::verbs::At;
use crate::wire::{Answered, Context, Engine, Tokens, nothing_left};

/// How Premiumize does what is special to a service, and what the verbs ask for.
pub(super) struct Premiumize;

impl Special for Premiumize {
    fn check_credentials(&self, credentials: &BTreeMap<&'static str, SecretString>) -> Result<(), Error> {
        sign_in::check(credentials)
    }

    fn can_sign_in(&self, engine: &Engine) -> bool {
        sign_in::can_refresh(engine)
    }

    fn asks_for_consent(&self, engine: &Engine) -> bool {
        sign_in::client_id(engine).is_some()
    }

    async fn sign_in(&self, engine: &Engine, _solved: Option<&Solved>, context: &Context<'_>) -> Result<Tokens, Error> {
        sign_in::refresh(At { engine, context }).await
    }

    async fn consent(&self, engine: &Engine, context: &Context<'_>) -> Result<Consent, Error> {
        sign_in::consent(At { engine, context }).await
    }

    async fn consented(&self, engine: &Engine, consent: &Consent, context: &Context<'_>) -> Result<Tokens, Error> {
        sign_in::consented(At { engine, context }, consent).await
    }

    fn check_answer(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        answered: &Answered,
    ) -> Result<(), Error> {
        direct::check(operation, arguments, answered)
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
}
