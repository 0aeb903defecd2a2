//! What is special to a service: signing in, the protocols of upload and download. The same file names in each folder.
//!
//! A service implements [`Special`] and the verbs that it has; what it leaves out it cannot do, and says `not_supported`
//! before anything is sent.

mod answers;
#[cfg(feature = "keep2share")]
mod keep2share;
#[cfg(feature = "premiumize")]
mod premiumize;
#[cfg(feature = "premiumize_legacy")]
mod premiumize_legacy;
#[cfg(feature = "yetishare")]
mod yetishare;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::time::Instant;
use url::Url;

use crate::border::{Answer, ByteStream, Captcha, Destination, Error, Kind, Source, Tape};
use crate::tables::{Operation, Service};
use crate::transfer::progress::Meter;
use crate::verbs::{self, At, Entry, FolderTurn, Target, Verb, Verbs};
use crate::wire::{Answered, Context, Engine, Tokens};

/// A captcha with a person's answer to it.
#[derive(Debug, Clone)]
pub(crate) struct Solved {
    pub(crate) captcha: Captcha,
    pub(crate) answer: SecretString,
}

/// What a person is asked to agree to on a page, so that a client may sign in.
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    pub(crate) page: String,
    /// What the person enters there.
    pub(crate) user_code: Option<String>,
    /// What the client asks with meanwhile; nobody sees it.
    pub(crate) code: SecretString,
    /// How long both codes are good, and since when.
    pub(crate) good_for: Duration,
    pub(crate) asked_at: Instant,
    /// How long to wait between two questions.
    pub(crate) interval: Duration,
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

/// What a service does in its own way, beside its verbs.
pub(crate) trait Special: Verbs {
    /// Refuses credentials that contradict each other.
    fn check_credentials(&self, _credentials: &BTreeMap<&'static str, SecretString>) -> Result<(), Error> {
        Ok(())
    }

    /// Whether the credentials, or what an earlier session left, are enough to sign in with.
    fn can_sign_in(&self, _engine: &Engine) -> bool {
        false
    }

    /// How long a session may rest before it is renewed without having been refused.
    fn session_rest(&self) -> Option<Duration> {
        None
    }

    /// Whether a sign-in that was refused is not tried again for later calls: the service counts refusals and locks
    /// accounts. [`Client::sign_in`](crate::border::Client::sign_in) tries again.
    fn keeps_refusals(&self) -> bool {
        false
    }

    /// Whether a success of this operation is the end of the session that it was sent with.
    fn ends_session(&self, _operation: &Operation) -> bool {
        false
    }

    /// Signs in, where asked with a solved captcha, and gives what requests carry from then on.
    fn sign_in(
        &self,
        engine: &Engine,
        _solved: Option<&Solved>,
        _context: &Context<'_>,
    ) -> impl Future<Output = Result<Tokens, Error>> + Send {
        async { Err(cannot(engine, "sign in")) }
    }

    /// Whether signing in, where it cannot be done without a person, begins with one who agrees on a page.
    fn asks_for_consent(&self, _engine: &Engine) -> bool {
        false
    }

    /// Asks for what a person agrees to.
    fn consent(&self, engine: &Engine, _context: &Context<'_>) -> impl Future<Output = Result<Consent, Error>> + Send {
        async { Err(cannot(engine, "sign in by a page")) }
    }

    /// Waits until the person has agreed, and gives what requests carry from then on.
    fn consented(
        &self,
        engine: &Engine,
        _consent: &Consent,
        _context: &Context<'_>,
    ) -> impl Future<Output = Result<Tokens, Error>> + Send {
        async { Err(cannot(engine, "sign in by a page")) }
    }

    /// Refuses an answer that was judged a success, but is none for what was asked.
    fn check_answer(
        &self,
        _operation: &Operation,
        _arguments: &Map<String, Value>,
        _answered: &Answered,
    ) -> Result<(), Error> {
        Ok(())
    }

    /// Asks for a captcha of this kind (`image` or `page`).
    fn challenge(
        &self,
        engine: &Engine,
        _kind: &str,
        _context: &Context<'_>,
    ) -> impl Future<Output = Result<Captcha, Error>> + Send {
        async { Err(cannot(engine, "ask for a captcha")) }
    }

    /// Asks for the link of a file, where asked with a solved captcha. That a captcha is needed is an error.
    fn free_link(
        &self,
        engine: &Engine,
        _target: &str,
        _solved: Option<&Solved>,
        _context: &Context<'_>,
    ) -> impl Future<Output = Result<FreeLink, Error>> + Send {
        async { Err(cannot(engine, "download for free")) }
    }

    /// Refuses arguments of an upload that the service does not have.
    fn check_upload(&self, engine: &Engine, _further: &Map<String, Value>) -> Result<(), Error> {
        Err(cannot(engine, "upload"))
    }

    /// Uploads a source and gives the entry.
    fn upload(
        &self,
        engine: &Engine,
        _source: Source,
        _to: UploadTo,
        _meter: &Arc<Meter>,
        _context: &Context<'_>,
    ) -> impl Future<Output = Result<Tape, Error>> + Send {
        async { Err(cannot(engine, "upload")) }
    }

    /// The folders that lie in a folder; where several have one name, the one to use comes first.
    fn folders(
        &self,
        engine: &Engine,
        _parent: Option<&str>,
        _context: &Context<'_>,
    ) -> impl Future<Output = Result<Vec<RemoteFolder>, Error>> + Send {
        async { Err(cannot(engine, "list folders")) }
    }

    /// Makes a folder for files that are uploaded with these arguments.
    fn folder_for_upload(
        &self,
        engine: &Engine,
        _parent: Option<&str>,
        _name: &str,
        _further: &Map<String, Value>,
        _context: &Context<'_>,
    ) -> impl Future<Output = Result<RemoteFolder, Error>> + Send {
        async { Err(cannot(engine, "make a folder")) }
    }

    /// Whether the failure of one upload tells that all others will fail like it: its account is full, for example.
    fn ends_all_uploads(&self, _error: &Error) -> bool {
        false
    }

    /// Downloads a target into a file and gives the entry.
    fn download(
        &self,
        engine: &Engine,
        _target: &str,
        _to: &Destination,
        _meter: &Arc<Meter>,
        _context: &Context<'_>,
    ) -> impl Future<Output = Result<Answer, Error>> + Send {
        async { Err(cannot(engine, "download")) }
    }

    /// Opens a target as a stream of bytes.
    fn download_stream(
        &self,
        engine: &Engine,
        _target: &str,
        _context: &Context<'_>,
    ) -> impl Future<Output = Result<ByteStream, Error>> + Send {
        async { Err(cannot(engine, "download")) }
    }

    /// Makes the answer of an operation that is made of another's, by the names of its result.
    fn make(
        &self,
        engine: &Engine,
        operation: &Operation,
        _arguments: &Map<String, Value>,
        _context: &Context<'_>,
    ) -> impl Future<Output = Result<Value, Error>> + Send {
        async { Err(cannot(engine, operation.id)) }
    }

    /// What a page of the service shows.
    fn parse_link(&self, _text: &str) -> Option<Link> {
        None
    }
}

/// A service of which nothing is special.
struct Plain;

impl Special for Plain {}

impl Verbs for Plain {}

/// Evaluates an expression with what is special to a service under a name of its own.
macro_rules! with_special {
    ($service:expr, $special:ident => $expression:expr) => {
        match $service.id {
            #[cfg(feature = "keep2share")]
            "keep2share" => {
                let $special = &keep2share::Keep2Share;
                $expression
            }
            #[cfg(feature = "premiumize")]
            "premiumize" => {
                let $special = &premiumize::Premiumize;
                $expression
            }
            #[cfg(feature = "premiumize_legacy")]
            "premiumize_legacy" => {
                let $special = &premiumize_legacy::PremiumizeLegacy;
                $expression
            }
            #[cfg(feature = "yetishare")]
            "yetishare" => {
                let $special = &yetishare::YetiShare;
                $expression
            }
            _ => {
                let $special = &Plain;
                $expression
            }
        }
    };
}

pub(crate) fn check_credentials(
    service: &Service,
    credentials: &BTreeMap<&'static str, SecretString>,
) -> Result<(), Error> {
    with_special!(service, special => special.check_credentials(credentials))
}

pub(crate) fn can_sign_in(engine: &Engine) -> bool {
    with_special!(engine.service, special => special.can_sign_in(engine))
}

pub(crate) fn session_rest(service: &Service) -> Option<Duration> {
    with_special!(service, special => special.session_rest())
}

pub(crate) fn keeps_refusals(service: &Service) -> bool {
    with_special!(service, special => special.keeps_refusals())
}

pub(crate) fn ends_session(service: &Service, operation: &Operation) -> bool {
    with_special!(service, special => special.ends_session(operation))
}

/// Boxed by name: signing in makes requests, each of which may sign in.
pub(crate) fn sign_in<'a>(
    engine: &'a Engine,
    solved: Option<&'a Solved>,
    context: &'a Context<'_>,
) -> BoxFuture<'a, Result<Tokens, Error>> {
    with_special!(engine.service, special => Box::pin(special.sign_in(engine, solved, context)))
}

pub(crate) fn asks_for_consent(engine: &Engine) -> bool {
    with_special!(engine.service, special => special.asks_for_consent(engine))
}

pub(crate) async fn consent(engine: &Engine, context: &Context<'_>) -> Result<Consent, Error> {
    with_special!(engine.service, special => special.consent(engine, context).await)
}

pub(crate) async fn consented(engine: &Engine, consent: &Consent, context: &Context<'_>) -> Result<Tokens, Error> {
    with_special!(engine.service, special => special.consented(engine, consent, context).await)
}

pub(crate) fn check_answer(
    service: &Service,
    operation: &Operation,
    arguments: &Map<String, Value>,
    answered: &Answered,
) -> Result<(), Error> {
    with_special!(service, special => special.check_answer(operation, arguments, answered))
}

pub(crate) async fn challenge(engine: &Engine, kind: &str, context: &Context<'_>) -> Result<Captcha, Error> {
    with_special!(engine.service, special => special.challenge(engine, kind, context).await)
}

pub(crate) async fn free_link(
    engine: &Engine,
    target: &str,
    solved: Option<&Solved>,
    context: &Context<'_>,
) -> Result<FreeLink, Error> {
    with_special!(engine.service, special => special.free_link(engine, target, solved, context).await)
}

pub(crate) fn check_upload(engine: &Engine, further: &Map<String, Value>) -> Result<(), Error> {
    with_special!(engine.service, special => special.check_upload(engine, further))
}

pub(crate) async fn upload(
    engine: &Engine,
    source: Source,
    to: UploadTo,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Tape, Error> {
    with_special!(engine.service, special => special.upload(engine, source, to, meter, context).await)
}

pub(crate) async fn folders(
    engine: &Engine,
    parent: Option<&str>,
    context: &Context<'_>,
) -> Result<Vec<RemoteFolder>, Error> {
    with_special!(engine.service, special => special.folders(engine, parent, context).await)
}

pub(crate) async fn folder_for_upload(
    engine: &Engine,
    parent: Option<&str>,
    name: &str,
    further: &Map<String, Value>,
    context: &Context<'_>,
) -> Result<RemoteFolder, Error> {
    with_special!(engine.service, special => special.folder_for_upload(engine, parent, name, further, context).await)
}

/// Whether the failure of one upload tells that all others will fail like it.
pub(crate) fn ends_all_uploads(engine: &Engine, error: &Error) -> bool {
    let signing_in = matches!(
        error.kind(),
        Kind::AuthenticationRequired
            | Kind::InvalidCredentials
            | Kind::CaptchaRequired
            | Kind::CaptchaInvalid
            | Kind::AccountBlocked
    );
    signing_in || with_special!(engine.service, special => special.ends_all_uploads(error))
}

pub(crate) async fn download(
    engine: &Engine,
    target: &str,
    to: &Destination,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Answer, Error> {
    with_special!(engine.service, special => special.download(engine, target, to, meter, context).await)
}

pub(crate) async fn download_stream(engine: &Engine, target: &str, context: &Context<'_>) -> Result<ByteStream, Error> {
    with_special!(engine.service, special => special.download_stream(engine, target, context).await)
}

/// Boxed by name: it calls other operations, each of which may be made of others.
pub(crate) fn make<'a>(
    engine: &'a Engine,
    operation: &'a Operation,
    arguments: &'a Map<String, Value>,
    context: &'a Context<'_>,
) -> BoxFuture<'a, Result<Value, Error>> {
    with_special!(engine.service, special => Box::pin(special.make(engine, operation, arguments, context)))
}

pub(crate) fn parse_link(service: &Service, text: &str) -> Option<Link> {
    with_special!(service, special => special.parse_link(text))
}

/// Does a verb.
pub(crate) async fn perform(at: At<'_>, verb: Verb, meter: &Meter) -> Result<Answer, Error> {
    with_special!(at.engine.service, special => verbs::perform(special, at, verb, meter).await)
}

/// Takes the next page of a folder.
pub(crate) async fn turn(at: At<'_>, walk: &mut FolderTurn<'_>) -> Result<Vec<Entry>, Error> {
    with_special!(at.engine.service, special => verbs::turn(special, at, walk).await)
}

/// The id of a folder that an argument of a transfer names.
pub(crate) async fn id_of(at: At<'_>, target: &Target) -> Result<String, Error> {
    with_special!(at.engine.service, special => verbs::id_of(special, at, target).await)
}

/// The id of a file that an argument of a transfer names.
pub(crate) async fn file_id_of(at: At<'_>, target: &Target) -> Result<String, Error> {
    with_special!(at.engine.service, special => verbs::file_id_of(special, at, target).await)
}

/// What a service says that has not got something.
pub(crate) fn cannot(engine: &Engine, what: &str) -> Error {
    Error::new(Kind::NotSupported, format!("{} cannot {what}", engine.service.class))
}
