//! User name and password for a session; an image captcha or a page with a reCAPTCHA where the service asks for one.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::ask;
use crate::border::{Captcha, Error, Kind};
use crate::services::Solved;
use crate::services::answers::text;
use crate::wire::{Context, Engine, Tokens};

pub(crate) fn check(credentials: &BTreeMap<&'static str, SecretString>) -> Result<(), Error> {
    let has = |name| credentials.contains_key(name);
    if has("access_token") && (has("username") || has("password")) {
        return Err(Error::invalid_argument("give either access_token or username and password"));
    }
    if has("username") != has("password") {
        return Err(Error::invalid_argument("username and password belong together"));
    }
    Ok(())
}

pub(crate) fn is_possible(engine: &Engine) -> bool {
    engine.signed_in.credential("username").is_some()
}

pub(crate) async fn sign_in(engine: &Engine, solved: Option<&Solved>, context: &Context<'_>) -> Result<Tokens, Error> {
    let credential = |name| {
        let secret = engine.signed_in.credential(name);
        secret.map(|secret| Value::from(secret.expose_secret())).ok_or_else(|| {
            Error::new(Kind::AuthenticationRequired, "signing in needs username and password").named("no_credentials")
        })
    };
    let mut arguments = Map::new();
    arguments.insert("username".into(), credential("username")?);
    arguments.insert("password".into(), credential("password")?);
    if let Some(Solved { captcha, answer }) = solved {
        let (challenge, response) = match captcha.kind.as_deref() {
            Some("page") => ("re_captcha_challenge", "re_captcha_response"),
            _ => ("captcha_challenge", "captcha_response"),
        };
        arguments.insert(challenge.into(), captcha.challenge.clone().into());
        arguments.insert(response.into(), answer.expose_secret().into());
    }
    let answer = ask(engine, "auth.login", arguments, context).await?;
    text(&answer, "auth_token")
        .map(|token| Tokens::new([("auth_token", token)]))
        .ok_or_else(|| Error::new(Kind::InvalidAnswer, "the answer to the login holds no auth_token"))
}

pub(crate) async fn challenge(engine: &Engine, kind: &str, context: &Context<'_>) -> Result<Captcha, Error> {
    let id = if kind == "page" { "auth.requestReCaptcha" } else { "auth.requestCaptcha" };
    let answer = ask(engine, id, Map::new(), context).await?;
    let url = match text(&answer, "captcha_url") {
        Some(url) => Some(engine.answered_url(&url)?.to_string()),
        None => None,
    };
    Ok(Captcha { kind: Some(kind.to_owned()), challenge: text(&answer, "challenge"), url })
}
