//! Keep2Share, API version 2.

mod accounts;
mod auth;
mod captcha;
mod downloads;
mod envelope;
mod files;
mod folders;
mod free;
mod hashes;
mod info;
mod links;
mod meta;
mod methods;
mod odd;
mod ordered;
mod params;
mod partners;
mod remote;
mod search;
mod seeds;
mod settings;
mod shown;
mod tree;
mod updates;
mod uploads;
mod urls;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, FutureExt};
use http::Method;
use serde_json::{Map, Value, json};

use self::accounts::{Account, AccountWish, Kind, PARTNER_DOMAIN, Session};
use self::captcha::Captchas;
use self::envelope::{ErrorCode, Failure};
use self::free::{FreeUsers, Ticket};
use self::links::{Form, Link};
use self::params::Args;
use self::partners::Subscription;
use self::remote::RemoteUpload;
use self::settings::Settings;
use self::tree::Tree;
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::{Answer, ByteStream};
use crate::services::odd::Switches;
use crate::services::{Answered, Expiring, OddForm, Operation, Service};
use crate::world::Ground;
use crate::world::faults::Fault;

const NAME: &str = "keep2share";
const API: &str = "/api/v2/";
const UPLOAD: &str = "/storage/upload";
const STORAGE: &str = "/storage/";

/// The service in one world.
pub struct Keep2Share {
    ground: Arc<Ground>,
    /// Signs links and forms.
    secret: String,
    odd: Switches,
    settings: Mutex<Settings>,
    state: Mutex<State>,
    free_users: Arc<FreeUsers>,
}

/// Everything that one call writes and another reads.
#[derive(Debug, Default)]
struct State {
    accounts: Vec<Account>,
    sessions: HashMap<String, Session>,
    tree: Tree,
    captchas: Captchas,
    /// By free download key.
    tickets: HashMap<String, Ticket>,
    links: HashMap<String, Link>,
    /// By signature.
    forms: HashMap<String, Form>,
    remote: HashMap<String, RemoteUpload>,
    subscriptions: Vec<Subscription>,
    /// How many reseller codes there have been.
    codes_made: u64,
}

impl State {
    /// Whether a folder takes nothing more.
    fn is_full(&self, account: usize, folder: Option<&str>) -> bool {
        self.tree.count(account, folder) >= self.accounts[account].folder_limit
    }
}

/// Pages and pictures, fetched with GET.
const PAGES: &[(&str, Operation)] = &[
    ("captcha", Operation::call("captcha")),
    ("captcha.html", Operation::call("captcha")),
    ("reCaptcha", Operation::call("reCaptcha")),
    ("reCaptcha.html", Operation::call("reCaptcha")),
];

impl Keep2Share {
    /// A fresh service with one account of each kind.
    pub fn new(ground: Arc<Ground>) -> Self {
        let mut state = State::default();
        for (kind, _) in Kind::ALL {
            state.accounts.push(Account::new(&AccountWish::plain(*kind), &ground, &mut state.codes_made));
        }
        if let Some(owner) = state.accounts.iter().position(|account| account.kind == Kind::Partner) {
            state.subscriptions = Subscription::first_three(owner, PARTNER_DOMAIN, ground.clock.now());
        }
        let secret = ground.dice.hex(64);
        Self {
            ground,
            secret,
            odd: Switches::default(),
            settings: Mutex::default(),
            state: Mutex::new(state),
            free_users: Arc::default(),
        }
    }

    fn base_url(&self) -> String {
        format!("{}/{NAME}/api/v2", self.ground.address)
    }

    fn odd(&self, form: OddForm) -> bool {
        self.odd.is_on(form.name)
    }

    fn call_method(&self, call: &Call) -> Answer {
        self.end_due_remotes();
        let Some(method) = methods::ALL.iter().find(|method| method.name == call.operation) else {
            call.violation(format!("nothing answers {} {}", call.method, call.path));
            return self.envelop("", Err(Failure::new(404, ErrorCode::Missing, "Page not found")));
        };
        let verdict = if call.method == Method::POST {
            self.check_address(call);
            Args::read(call, method.params).map_or_else(|| Err(Failure::params()), |args| (method.run)(self, &args))
        } else {
            call.violation(format!("{} must be called with POST", method.name));
            Err(Failure::params())
        };
        self.envelop(method.name, verdict)
    }

    /// Parameters belong into the body.
    fn check_address(&self, call: &Call) {
        if !call.query.is_empty() {
            call.violation("parameters in the query of a POST");
        }
    }

    /// Whether a text holds a password or a token of any account.
    fn holds_secret(&self, text: &str) -> bool {
        let state = self.state.hold();
        let of_accounts = state.accounts.iter().flat_map(|account| [&account.password, &account.access_token]);
        of_accounts.chain(state.sessions.keys()).any(|secret| text.contains(secret.as_str()))
    }

    /// Records when a storage host is told what is only for the API host.
    fn check_storage_request(&self, call: &Call) {
        if call.header("authorization").is_some() {
            call.violation("an Authorization header went to a storage host");
        }
        let headers = call.headers.values().any(|value| self.holds_secret(&String::from_utf8_lossy(value.as_bytes())));
        if headers || self.holds_secret(&call.target) {
            call.violation("a password or token went to a storage host");
        }
    }
}

impl Service for Keep2Share {
    fn name(&self) -> &'static str {
        NAME
    }

    fn describe(&self) -> Value {
        let state = self.state.hold();
        let first_of = |kind: Kind| state.accounts.iter().find(|account| account.kind == kind);
        let accounts = Kind::ALL
            .iter()
            .filter_map(|(kind, name)| Some(((*name).to_owned(), first_of(*kind)?.describe())))
            .collect::<Map<_, _>>();
        json!({"base_url": self.base_url(), "accounts": accounts})
    }

    fn operation(&self, method: &Method, path: &str, _query: &[(String, String)]) -> Operation {
        if let Some(name) = path.strip_prefix(API) {
            let pages = PAGES.iter().find(|(page, _)| page.eq_ignore_ascii_case(name)).map(|(_, operation)| *operation);
            let methods = methods::ALL.iter().find(|method| method.name.eq_ignore_ascii_case(name));
            return pages
                .or_else(|| methods.map(|method| Operation::call(method.name)))
                .unwrap_or(Operation::call("unknown"));
        }
        match path {
            UPLOAD if method == Method::POST => Operation::transfer("upload"),
            UPLOAD => Operation::call("unknown"),
            _ if path.starts_with(STORAGE) => Operation::call("download"),
            _ => Operation::call("unknown"),
        }
    }

    fn answer(self: Arc<Self>, call: Call, transfer: Option<ByteStream>) -> BoxFuture<'static, Answered> {
        async move {
            match (call.operation, transfer) {
                ("upload", Some(body)) => self.upload(&call, body).await,
                ("download", _) => Ok(self.download(&call).await),
                ("captcha", _) => Ok(self.captcha_picture(&call)),
                ("reCaptcha", _) => Ok(self.recaptcha_page(&call)),
                _ => Ok(self.call_method(&call)),
            }
        }
        .boxed()
    }

    fn refuse(&self, operation: &str, fault: &Fault) -> Answer {
        self.ordered_error(operation, fault)
    }

    fn refuse_signature(&self, fault: &Fault) -> Answer {
        fault.message.as_deref().map_or_else(uploads::wrong_signature, uploads::bad_request)
    }

    fn create_account(&self, wish: Value) -> Result<Value, String> {
        let wish: AccountWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let mut state = self.state.hold();
        let account = Account::new(&wish, &self.ground, &mut state.codes_made);
        let description = account.describe();
        state.accounts.push(account);
        Ok(description)
    }

    fn create_subscriptions(&self, wish: Value) -> Result<Value, String> {
        self.seed_subscriptions(wish)
    }

    fn configure(&self, wish: Map<String, Value>) -> Result<Value, String> {
        self.set(wish)
    }

    fn create_files(self: Arc<Self>, wish: Value) -> BoxFuture<'static, Result<Value, String>> {
        async move { self.seed_files(wish).await }.boxed()
    }

    fn odd_forms(&self) -> &'static [OddForm] {
        odd::ALL
    }

    fn is_odd(&self, name: &str) -> bool {
        self.odd.is_on(name)
    }

    fn set_odd(&self, form: &'static OddForm, on: bool) {
        self.odd.set(form, on);
    }

    fn expire(&self, what: Expiring) {
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        match what {
            Expiring::Tokens => state.sessions.values_mut().for_each(|session| session.expires = now),
            Expiring::Links => state.links.values_mut().for_each(|link| link.expires = now),
            Expiring::Forms => state.forms.values_mut().for_each(|form| form.expires = now),
            Expiring::Tickets => state.tickets.values_mut().for_each(|ticket| ticket.expires = now),
        }
    }

    fn captcha_answer(&self, challenge: &str) -> Option<String> {
        self.state.hold().captchas.answer(challenge)
    }
}
