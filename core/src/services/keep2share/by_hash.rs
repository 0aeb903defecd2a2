//! A file made of content that the service has already: no byte of it is sent.

use serde_json::{Map, Value};

use super::upload::Stored;
use super::{ask, ask_as};
use crate::border::{Error, Kind};
use crate::services::answers::{is_md5, text};
use crate::transfer::upload::{Failed, Upload};
use crate::transfer::{hash, lost};

/// What the service's first, cheap look wants the hash of.
const START: u64 = 5_242_880;

/// The official order: the hash of the beginning, then that of the whole, then the file. `None` where a form is needed.
pub(super) async fn find(upload: &mut Upload<'_>, access: Option<&Value>) -> Result<Option<Stored>, Failed> {
    let sha1 = hash::sha1_of_start(&upload.source, START, upload.meter).await?;
    match known(upload, "files.findByFirst5MbSha1Hash", "sha1", &sha1).await? {
        Some(_) => by_md5(upload, access).await,
        None => Ok(None),
    }
}

/// The file, where this very content is stored.
pub(super) async fn by_md5(upload: &mut Upload<'_>, access: Option<&Value>) -> Result<Option<Stored>, Failed> {
    let md5 = upload.md5().await?;
    let Some(answer) = known(upload, "files.findByFullMd5Hash", "md5", &md5).await? else {
        return Ok(None);
    };
    // A file that changed since is not what was hashed.
    upload.source.still_the_same().await?;
    create(upload, &text(&answer, "md5").filter(|answered| is_md5(answered)).unwrap_or(md5), access).await
}

/// The answer of a find method that knows the hash.
///
/// Whatever such a method fails with, a form can still carry the file, so it goes on: unknown methods, refused
/// parameters, unreadable answers, a network that stayed down (the form will tell). It does not where the form would be
/// asked for in vain or against the service's will: when signing in failed, or when we were told to slow down.
async fn known(upload: &Upload<'_>, id: &str, name: &str, hash: &str) -> Result<Option<Value>, Failed> {
    let mut arguments = Map::new();
    arguments.insert(name.into(), hash.into());
    match ask(upload.engine, id, arguments, upload.context).await {
        Ok(answer) => Ok(Some(answer).filter(|answer| ["exists", "found"].iter().any(|name| is_set(answer.get(name))))),
        Err(error) if ends_the_upload(error.kind()) => Err(error.into()),
        Err(error) => {
            upload.engine.log("warning", id, upload.context, || format!("the upload goes on without it: {error}"));
            Ok(None)
        }
    }
}

fn ends_the_upload(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::AuthenticationRequired
            | Kind::InvalidCredentials
            | Kind::CaptchaRequired
            | Kind::CaptchaInvalid
            | Kind::AccountBlocked
            | Kind::RateLimited
            | Kind::Closed
            | Kind::Cancelled
            | Kind::Internal
    )
}

fn is_set(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(value)) => *value,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => matches!(text.as_str(), "1" | "true"),
        _ => false,
    }
}

/// Makes the file; `None` where the content turns out not to be there or cannot be copied, so that a form has to carry it.
async fn create(upload: &Upload<'_>, hash: &str, access: Option<&Value>) -> Result<Option<Stored>, Failed> {
    let mut arguments = Map::new();
    arguments.insert("hash".into(), hash.into());
    arguments.insert("name".into(), upload.name.as_str().into());
    if let Some(folder) = &upload.folder {
        arguments.insert("parent".into(), folder.as_str().into());
    }
    if let Some(access) = access {
        arguments.insert("access".into(), access.clone());
    }
    let failure = match ask_as(upload.engine, "files.createFileByHash", false, arguments, upload.context).await {
        Ok(answer) => {
            let id = text(&answer, "id").ok_or_else(|| Error::internal("judged, yet without an id"))?;
            return Ok(Some(Stored { id, link: text(&answer, "link"), has_access: true }));
        }
        Err(failure) => failure,
    };
    match failure.error.record().service_code.as_deref() {
        Some("20" | "62") => Ok(None),
        _ if lost::may_be_done(&failure) => Err(Failed::Lost(failure)),
        // Quota, limit of the folder and all else hold for a form as well.
        _ => Err(failure.error.into()),
    }
}
