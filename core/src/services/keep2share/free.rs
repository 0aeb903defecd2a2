//! The link of a file for everybody: at once with premium; else by a captcha, a ticket and a wait.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::{ask_with, file_id};
use crate::border::{Error, Kind};
use crate::services::answers::text;
use crate::services::{FreeLink, Solved};
use crate::wire::{Context, Engine, Sending};

/// The operation that gives links.
pub(super) const GET_URL: &str = "downloads.getUrl";

/// The wait where the service tells none.
const USUAL_WAIT: Duration = Duration::from_secs(30);

pub(crate) async fn link_of(
    engine: &Engine,
    target: &str,
    solved: Option<&Solved>,
    context: &Context<'_>,
) -> Result<FreeLink, Error> {
    link(engine, &file_id(engine, target)?, solved, context).await
}

/// Asks for a link: with the answer to a captcha, else with the ticket that is held, else with nothing. What comes is
/// told by its content: a link is the end, a ticket is a wait.
pub(super) async fn link(
    engine: &Engine,
    file: &str,
    solved: Option<&Solved>,
    context: &Context<'_>,
) -> Result<FreeLink, Error> {
    let held = engine.signed_in.session();
    let mut outcome = ask(engine, file, solved, context).await;
    if solved.is_none()
        && matches!(&outcome, Err(error) if is_anonymous(error))
        && engine.renew_doubted(held, context).await?
    {
        outcome = ask(engine, file, solved, context).await;
    }
    let answer = match outcome {
        Ok(answer) => answer,
        Err(error) if error.record().name.as_deref() == Some("free_download_too_early") => {
            let wait = error.record().retry_after_ms.map_or(USUAL_WAIT, Duration::from_millis);
            return Ok(FreeLink::Wait { wait, refusal: error });
        }
        Err(error) => {
            // Whoever is sent to a captcha has no ticket that is good.
            if wants_captcha(&error) {
                engine.free.drop_ticket(file);
            }
            return Err(error);
        }
    };
    if let Some(url) = text(&answer, "url") {
        let url = engine.answered_url(&url)?;
        context.keep_query_secret(&url);
        return Ok(FreeLink::Open(url));
    }
    let Some(ticket) = text(&answer, "free_download_key") else {
        return Err(Error::new(Kind::InvalidAnswer, "the answer holds neither a link nor a ticket")
            .during(engine.service.id, Some(GET_URL)));
    };
    context.keep_secret(&ticket);
    engine.free.keep_ticket(file, SecretString::from(ticket));
    let told = answer.get("time_wait").and_then(|wait| wait.as_f64().or_else(|| wait.as_str()?.trim().parse().ok()));
    let told = told.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or(USUAL_WAIT);
    let wait = told + engine.settings.free_wait_margin();
    let mut refusal = Error::new(Kind::WaitRequired, "the service gives a ticket and wants time to pass first")
        .named("free_download_too_early")
        .during(engine.service.id, Some(GET_URL))
        .retryable();
    refusal.record_mut().retry_after_ms = u64::try_from(wait.as_millis()).ok();
    Ok(FreeLink::Wait { wait, refusal })
}

async fn ask(engine: &Engine, file: &str, solved: Option<&Solved>, context: &Context<'_>) -> Result<Value, Error> {
    let mut arguments = Map::from_iter([("file_id".to_owned(), file.into())]);
    let mut sending = Sending { hands_back_waits: true, ..Sending::default() };
    match (solved, engine.free.ticket(file)) {
        (Some(Solved { captcha, answer }), _) => {
            let answer = Value::from(answer.expose_secret());
            let challenge = Value::from(captcha.challenge.clone());
            if captcha.kind.as_deref() == Some("page") {
                // Described for signing in alone, but the service may ask for a page here, too.
                sending.extra.insert("re_captcha_challenge".into(), challenge);
                sending.extra.insert("re_captcha_response".into(), answer);
            } else {
                arguments.insert("captcha_challenge".into(), challenge);
                arguments.insert("captcha_response".into(), answer);
            }
        }
        (None, Some(ticket)) => {
            arguments.insert("free_download_key".into(), ticket.expose_secret().into());
        }
        (None, None) => {}
    }
    ask_with(engine, GET_URL, arguments, &sending, context).await
}

/// Whether getting the link, and not signing in for it, needs a captcha.
pub(super) fn wants_captcha(error: &Error) -> bool {
    error.kind() == Kind::CaptchaRequired && error.record().operation.as_deref() == Some(GET_URL)
}

/// What a caller without an account gets, and one whose token is good no longer.
fn is_anonymous(error: &Error) -> bool {
    wants_captcha(error) && error.record().name.as_deref() == Some("captcha_required")
}
