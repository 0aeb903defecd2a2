//! What is special to a service: signing in, the protocols of upload and download. The same file names in each folder.
//!
//! This file is the switch; a service that cannot do a thing says `not_supported` before anything is sent.

#[cfg(feature = "keep2share")]
mod keep2share;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::border::{Answer, ByteStream, Captcha, Destination, Error, Kind, Source, Tape};
use crate::tables::Service;
use crate::transfer::progress::Meter;
use crate::verbs::{self, At, Entry, FolderTurn, Target, Verb};
use crate::wire::{Context, Engine};
use secrecy::SecretString;
use serde_json::{Map, Value};
use url::Url;

/// A captcha with a person's answer to it.
#[derive(Debug, Clone)]
pub(crate) struct Solved {
    pub(crate) captcha: Captcha,
    pub(crate) answer: SecretString,
}

/// What the address of a page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// `file`, `folder` or `share`.
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) host: &'static str,
}

/// Where the way to a free download leads next.
pub(crate) enum FreeLink {
    /// The file can be fetched.
    Open(Url),
    /// Time has to pass first.
    Wait {
        /// How long.
        wait: Duration,
        /// The same for a caller who does not wait.
        refusal: Error,
    },
}

/// Where an upload goes, and the service's own arguments, which it checks itself.
pub(crate) struct UploadTo {
    pub(crate) folder: Option<String>,
    pub(crate) name: String,
    pub(crate) further: Map<String, Value>,
}

/// A folder of the service.
pub(crate) struct RemoteFolder {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Refuses credentials that contradict each other.
pub(crate) fn check_credentials(
    service: &Service,
    credentials: &BTreeMap<&'static str, SecretString>,
) -> Result<(), Error> {
    match service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::sign_in::check(credentials),
        _ => Ok(()),
    }
}

/// The permanent key among the credentials.
pub(crate) fn permanent_token(engine: &Engine) -> Option<&SecretString> {
    engine.signed_in.credential(engine.service.token?.credential)
}

/// Whether the credentials are enough to sign in with.
pub(crate) fn can_sign_in(engine: &Engine) -> bool {
    match engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::sign_in::is_possible(engine),
        _ => false,
    }
}

/// Signs in, where asked with a solved captcha, and gives the session's token.
pub(crate) async fn sign_in(
    engine: &Engine,
    solved: Option<&Solved>,
    context: &Context<'_>,
) -> Result<SecretString, Error> {
    match engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::sign_in::sign_in(engine, solved, context).await,
        _ => Err(cannot(engine, "sign in")),
    }
}

/// Asks for a captcha of this kind (`image` or `page`).
pub(crate) async fn challenge(engine: &Engine, kind: &str, context: &Context<'_>) -> Result<Captcha, Error> {
    match engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::sign_in::challenge(engine, kind, context).await,
        _ => Err(cannot(engine, "ask for a captcha")),
    }
}

/// Asks for the link of a file, where asked with a solved captcha. That a captcha is needed is an error.
pub(crate) async fn free_link(
    engine: &Engine,
    target: &str,
    solved: Option<&Solved>,
    context: &Context<'_>,
) -> Result<FreeLink, Error> {
    match engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::free::link_of(engine, target, solved, context).await,
        _ => Err(cannot(engine, "download for free")),
    }
}

/// Refuses arguments of an upload that the service does not have.
pub(crate) fn check_upload(engine: &Engine, further: &Map<String, Value>) -> Result<(), Error> {
    match engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::upload::check(engine, further),
        _ => Err(cannot(engine, "upload")),
    }
}

/// Uploads a source and gives the entry.
pub(crate) async fn upload(
    engine: &Engine,
    source: Source,
    to: UploadTo,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Tape, Error> {
    match engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::upload::upload(engine, source, to, meter, context).await,
        _ => Err(cannot(engine, "upload")),
    }
}

/// The folders that lie in a folder; where several have one name, the one to use comes first.
pub(crate) async fn folders(
    engine: &Engine,
    parent: Option<&str>,
    context: &Context<'_>,
) -> Result<Vec<RemoteFolder>, Error> {
    match engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::folder::list(engine, parent, context).await,
        _ => Err(cannot(engine, "list folders")),
    }
}

/// Makes a folder for files that are uploaded with these arguments.
pub(crate) async fn make_folder(
    engine: &Engine,
    parent: Option<&str>,
    name: &str,
    further: &Map<String, Value>,
    context: &Context<'_>,
) -> Result<RemoteFolder, Error> {
    match engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::folder::make(engine, parent, name, further.get("access"), context).await,
        _ => Err(cannot(engine, "make a folder")),
    }
}

/// Whether the failure of one upload tells that all others will fail like it.
pub(crate) fn fails_for_all(engine: &Engine, error: &Error) -> bool {
    let signing_in = matches!(
        error.kind(),
        Kind::AuthenticationRequired
            | Kind::InvalidCredentials
            | Kind::CaptchaRequired
            | Kind::CaptchaInvalid
            | Kind::AccountBlocked
    );
    signing_in
        || match engine.service.id {
            #[cfg(feature = "keep2share")]
            "keep2share" => keep2share::upload::account_is_full(error),
            _ => false,
        }
}

/// Downloads a target into a file and gives the entry.
pub(crate) async fn download(
    engine: &Engine,
    target: &str,
    to: &Destination,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Answer, Error> {
    match engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::download::download(engine, target, to, meter, context).await,
        _ => Err(cannot(engine, "download")),
    }
}

/// Opens a target as a stream of bytes.
pub(crate) async fn download_stream(engine: &Engine, target: &str, context: &Context<'_>) -> Result<ByteStream, Error> {
    match engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::download::open(engine, target, context).await,
        _ => Err(cannot(engine, "download")),
    }
}

/// Does a verb.
pub(crate) async fn perform(at: At<'_>, verb: Verb, meter: &Meter) -> Result<Answer, Error> {
    match at.engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => verbs::perform(&keep2share::verbs::Keep2Share, at, verb, meter).await,
        _ => Err(cannot(at.engine, "do that")),
    }
}

/// Takes the next page of a folder.
pub(crate) async fn turn(at: At<'_>, walk: &mut FolderTurn<'_>) -> Result<Vec<Entry>, Error> {
    match at.engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => verbs::turn(&keep2share::verbs::Keep2Share, at, walk).await,
        _ => Err(cannot(at.engine, "list")),
    }
}

/// The id of a file or folder that an argument of a transfer names.
pub(crate) async fn id_of(at: At<'_>, target: &Target) -> Result<String, Error> {
    match at.engine.service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => verbs::id_of(&keep2share::verbs::Keep2Share, at, target).await,
        _ => Err(cannot(at.engine, "find files")),
    }
}

/// What a page of a service shows.
pub(crate) fn parse_link(service: &Service, text: &str) -> Option<Link> {
    match service.id {
        #[cfg(feature = "keep2share")]
        "keep2share" => keep2share::links::parse(text),
        _ => None,
    }
}

fn cannot(engine: &Engine, what: &str) -> Error {
    Error::new(Kind::NotSupported, format!("{} cannot {what}", engine.service.class))
}
