//! A key needs no signing in. By OAuth a person agrees on a page, with a code that was asked for; a token that comes with
//! another one for its renewal needs nobody any more.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::border::{Error, Kind, Needed};
use crate::services::Consent;
use crate::verbs::At;
use crate::wire::{Engine, Tokens};

const API_KEY: &str = "api_key";
const CLIENT_ID: &str = "client_id";

/// The operation that gives tokens.
const TOKEN: &str = "auth.token";

/// What is taken for granted where the service does not say how long a code is good, and how often it may be asked.
const CODE_LIFE: u64 = 600;
const INTERVAL: u64 = 5;

/// How much longer to wait each time the service finds that it is asked too often.
const SLOWER: Duration = Duration::from_secs(5);

pub(super) fn check(credentials: &BTreeMap<&'static str, SecretString>) -> Result<(), Error> {
    match [API_KEY, CLIENT_ID].iter().all(|name| credentials.contains_key(name)) {
        true => Err(Error::invalid_argument("give either api_key or client_id")),
        false => Ok(()),
    }
}

pub(super) fn client_id(engine: &Engine) -> Option<&str> {
    engine.signed_in.credential(CLIENT_ID).map(ExposeSecret::expose_secret)
}

/// Whether the session can be renewed without a person.
pub(super) fn can_refresh(engine: &Engine) -> bool {
    let session = engine.signed_in.session();
    client_id(engine).is_some() && session.is_some_and(|session| session.get("refresh_token").is_some())
}

/// Renews the session by what came with its token.
pub(super) async fn refresh(at: At<'_>) -> Result<Tokens, Error> {
    let session = at.engine.signed_in.session();
    let before = session.as_ref().and_then(|session| session.get("refresh_token")).ok_or_else(|| no_client_id(at))?;
    let client_id = client_id(at.engine).ok_or_else(|| no_client_id(at))?;
    let arguments = json!({"grant_type": "refresh_token", "client_id": client_id, "refresh_token": before});
    let answer = at.ask(TOKEN, arguments).await.inspect_err(|error| {
        if error.kind() == Kind::AuthenticationRequired {
            at.context.needs(Needed::SignIn);
        }
    })?;
    // Not every renewal brings another one; the one before stays good then.
    tokens(&answer, Some(before))
}

/// Asks for a code that a person agrees to.
pub(super) async fn consent(at: At<'_>) -> Result<Consent, Error> {
    let client_id = client_id(at.engine).ok_or_else(|| no_client_id(at))?;
    let answer = at.ask("auth.device_code", json!({"client_id": client_id})).await?;
    let member = |name: &str| {
        answer[name].as_str().map(str::to_owned).ok_or_else(|| Error::internal(format!("judged, yet without {name}")))
    };
    let seconds = |name: &str, otherwise| Duration::from_secs(answer[name].as_u64().unwrap_or(otherwise));
    Ok(Consent {
        page: member("verification_uri")?,
        user_code: Some(member("user_code")?),
        code: member("device_code")?.into(),
        good_for: seconds("expires_in", CODE_LIFE),
        asked_at: Instant::now(),
        interval: seconds("interval", INTERVAL),
    })
}

/// Asks for the token until the person has agreed or refused, or the code lapses.
pub(super) async fn consented(at: At<'_>, consent: &Consent) -> Result<Tokens, Error> {
    let client_id = client_id(at.engine).ok_or_else(|| no_client_id(at))?;
    let code = consent.code.expose_secret();
    at.context.keep_secret(code);
    let mut interval = consent.interval;
    loop {
        let arguments = json!({"grant_type": "device_code", "client_id": client_id, "code": code});
        let error = match at.ask(TOKEN, arguments).await {
            Ok(answer) => return tokens(&answer, None),
            Err(error) => error,
        };
        match error.record().service_code.as_deref() {
            Some("authorization_pending") => {}
            Some("slow_down") => interval += SLOWER,
            _ => return Err(error),
        }
        // The service says by itself that a code has lapsed. One that does not is not asked for ever.
        if consent.asked_at.elapsed() > consent.good_for + interval {
            let message = "nobody agreed while the code was good; sign in again for another one";
            return Err(Error::new(Kind::AuthenticationRequired, message).named("code_lapsed"));
        }
        tokio::time::sleep(interval).await;
    }
}

fn tokens(answer: &Value, refresh_before: Option<&str>) -> Result<Tokens, Error> {
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    let access = text("access_token").ok_or_else(|| Error::internal("judged, yet without a token"))?;
    let refresh = text("refresh_token").or_else(|| refresh_before.map(str::to_owned));
    Ok(Tokens::new([("access_token", access)]).and("refresh_token", refresh))
}

fn no_client_id(at: At<'_>) -> Error {
    let message = format!("{} signs in by client_id alone; an api_key needs no signing in", at.engine.service.class);
    Error::new(Kind::AuthenticationRequired, message).named("no_credentials")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_of_one_way() {
        let refused = |names: &[&'static str]| {
            let credentials = names.iter().map(|name| (*name, SecretString::from("x"))).collect();
            check(&credentials).is_err()
        };
        assert!(refused(&[API_KEY, CLIENT_ID]));
        assert!(!refused(&[API_KEY]) && !refused(&[CLIENT_ID]) && !refused(&[]));
    }

    #[test]
    fn a_renewal_keeps_what_it_does_not_replace() {
        let of = |answer: Value, before| tokens(&answer, before).expect("tokens");
        let first = of(json!({"access_token": "a"}), None);
        assert_eq!((first.get("access_token"), first.get("refresh_token")), (Some("a"), None));
        let renewed = of(json!({"access_token": "b", "refresh_token": null}), Some("r"));
        assert_eq!((renewed.get("access_token"), renewed.get("refresh_token")), (Some("b"), Some("r")));
        let replaced = of(json!({"access_token": "c", "refresh_token": "s"}), Some("r"));
        assert_eq!(replaced.get("refresh_token"), Some("s"));
    }
}
