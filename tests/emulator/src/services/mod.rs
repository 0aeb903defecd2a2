//! The services, and what each of them must be able to do.

mod fetch;
mod form;
pub mod keep2share;
mod odd;
mod picture;
pub mod premiumize;
pub mod premiumize_legacy;
mod range;
mod seeds;
mod serving;
mod settings;
pub mod yetishare;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};

pub use self::odd::OddForm;
use crate::server::Call;
use crate::server::answer::{Answer, ByteStream};
use crate::world::Ground;
use crate::world::faults::Fault;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    pub name: &'static str,
    /// Whether its body is a transfer, read while it arrives.
    pub streams: bool,
}

impl Operation {
    pub const fn call(name: &'static str) -> Self {
        Self { name, streams: false }
    }

    pub const fn transfer(name: &'static str) -> Self {
        Self { name, streams: true }
    }
}

/// The client closed the connection, or a fault did: nobody is left to answer.
#[derive(Debug)]
pub struct Gone;

/// An answer, unless nobody is left to read it.
pub type Answered = Result<Answer, Gone>;

/// What `POST /expire` can end before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiring {
    Tokens,
    Links,
    Forms,
    /// Of free downloads.
    Tickets,
}

/// One service in one world.
pub trait Service: Send + Sync {
    /// Its name in addresses and on the control address.
    fn name(&self) -> &'static str;

    /// Base address and accounts, as in the ready line.
    fn describe(&self) -> Value;

    /// Which operation a request is; `path` starts after the service's name.
    fn operation(&self, method: &Method, path: &str, query: &[(String, String)]) -> Operation;

    /// Works on a request. `transfer` is the body of an operation that streams.
    fn answer(self: Arc<Self>, call: Call, transfer: Option<ByteStream>) -> BoxFuture<'static, Answered>;

    /// The answer of a fault that speaks with the envelope of the operation that it meets.
    fn refuse(&self, operation: &str, fault: &Fault) -> Answer;

    /// The names of its envelopes for errors, where it has several that an `error` fault may choose from.
    fn error_shapes(&self) -> &'static [&'static str] {
        &[]
    }

    /// The answer of an upload host to a form that it does not accept: a wrong signature, or the fault's message.
    /// Services without signed forms have no words of their own for it.
    fn refuse_signature(&self, fault: &Fault) -> Answer {
        Answer::html(StatusCode::BAD_REQUEST, fault.message.as_deref().unwrap_or("Bad Request"))
    }

    /// Makes an account; the message of an error is for the caller of the control address.
    fn create_account(&self, wish: Value) -> Result<Value, String>;

    /// Puts files or folders into an account without uploading them, or where the service fetches from.
    fn create_files(self: Arc<Self>, wish: Value) -> BoxFuture<'static, Result<Value, String>>;

    /// Gives subscribers to an account.
    fn create_subscriptions(&self, wish: Value) -> Result<Value, String> {
        Err(format!("{} knows no subscribers: {wish}", self.name()))
    }

    /// Agrees, as a person, to what a client asks for on a page of the service, or refuses it.
    fn confirm(&self, wish: Value) -> Result<Value, String> {
        Err(format!("{} asks nobody for consent: {wish}", self.name()))
    }

    /// Takes over the settings that are named; gives back all of them.
    fn configure(&self, wish: Map<String, Value>) -> Result<Value, String>;

    /// All odd forms that it knows.
    fn odd_forms(&self) -> &'static [OddForm];

    /// Whether an odd form is on.
    fn is_odd(&self, name: &str) -> bool;

    /// Switches a known odd form.
    fn set_odd(&self, form: &'static OddForm, on: bool);

    /// Ends tokens, links, forms or tickets.
    fn expire(&self, what: Expiring);

    /// What solves a captcha that was given out, where there are captchas.
    fn captcha_answer(&self, _challenge: &str) -> Option<String> {
        None
    }
}

/// Every service, fresh, for a new world.
pub fn all(ground: &Arc<Ground>) -> Vec<Arc<dyn Service>> {
    vec![
        Arc::new(keep2share::Keep2Share::new(Arc::clone(ground))),
        Arc::new(yetishare::YetiShare::new(Arc::clone(ground))),
        Arc::new(premiumize_legacy::PremiumizeLegacy::new(Arc::clone(ground))),
        Arc::new(premiumize::Premiumize::new(Arc::clone(ground))),
    ]
}
