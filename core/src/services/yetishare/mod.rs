//! YetiShare: form posts with a token and the number of its account, errors by their texts, one token an account.

mod links;
mod sign_in;
mod verbs;

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;

use crate::border::Error;
use crate::services::{Link, Solved, Special};
use crate::tables::Operation;
use crate::verbs::At;
use crate::wire::{Context, Engine, Tokens};

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

    fn parse_link(&self, text: &str) -> Option<Link> {
        links::parse(text)
    }
}
