//! Keep2Share, API version 2.

mod accounts;
mod auth;
mod captcha;
mod downloads;
mod envelope;
mod files;
mod links;
mod odd;
mod params;
mod tree;
mod uploads;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, FutureExt};
use http::Method;
use serde_json::{Map, Value, json};

use self::accounts::{Account, AccountWish, Kind, Session};
use self::captcha::Captchas;
use self::downloads::Ticket;
use self::envelope::{ErrorCode, Failure, Verdict};
use self::links::{Form, Link};
use self::params::{Args, Param};
use self::tree::Tree;
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::{Answer, ByteStream};
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
    odd: Mutex<HashSet<&'static str>>,
    state: Mutex<State>,
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
}

/// A method of the API: its name, its parameters, and what it does.
struct Command {
    name: &'static str,
    params: &'static [Param],
    run: fn(&Keep2Share, &Args) -> Verdict,
}

const METHODS: &[Command] = &[
    Command { name: "login", params: params::LOGIN, run: Keep2Share::login },
    Command { name: "test", params: params::TOKEN_ONLY, run: Keep2Share::test },
    Command { name: "accountInfo", params: params::TOKEN_ONLY, run: Keep2Share::account_info },
    Command { name: "getFilesList", params: params::GET_FILES_LIST, run: Keep2Share::get_files_list },
    Command { name: "createFolder", params: params::CREATE_FOLDER, run: Keep2Share::create_folder },
    Command { name: "deleteFiles", params: params::DELETE_FILES, run: Keep2Share::delete_files },
    Command { name: "getUploadFormData", params: params::GET_UPLOAD_FORM_DATA, run: Keep2Share::get_upload_form_data },
    Command { name: "getUrl", params: params::GET_URL, run: Keep2Share::get_url },
    Command { name: "requestCaptcha", params: params::TOKEN_ONLY, run: Keep2Share::request_captcha },
    Command { name: "requestReCaptcha", params: params::TOKEN_ONLY, run: Keep2Share::request_recaptcha },
];

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
        let accounts = Kind::ALL.iter().map(|(kind, _)| Account::new(&AccountWish::plain(*kind), &ground)).collect();
        let secret = ground.dice.hex(64);
        Self { ground, secret, odd: Mutex::default(), state: Mutex::new(State { accounts, ..State::default() }) }
    }

    fn base_url(&self) -> String {
        format!("{}/{NAME}/api/v2", self.ground.address)
    }

    fn odd(&self, form: OddForm) -> bool {
        self.odd.hold().contains(form.name)
    }

    fn call_method(&self, call: &Call) -> Answer {
        let Some(method) = METHODS.iter().find(|method| method.name == call.operation) else {
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

    fn operation(&self, method: &Method, path: &str) -> Operation {
        if let Some(name) = path.strip_prefix(API) {
            let pages = PAGES.iter().find(|(page, _)| page.eq_ignore_ascii_case(name)).map(|(_, operation)| *operation);
            let methods = METHODS.iter().find(|method| method.name.eq_ignore_ascii_case(name));
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

    fn refuse(&self, fault: &Fault) -> Answer {
        self.ordered_error(fault)
    }

    fn refuse_signature(&self) -> Answer {
        self.refuse_wrong_signature()
    }

    fn create_account(&self, wish: Value) -> Result<Value, String> {
        let wish: AccountWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let account = Account::new(&wish, &self.ground);
        let description = account.describe();
        self.state.hold().accounts.push(account);
        Ok(description)
    }

    fn create_files(self: Arc<Self>, wish: Value) -> BoxFuture<'static, Result<Value, String>> {
        async move { self.seed_files(wish).await }.boxed()
    }

    fn odd_forms(&self) -> &'static [OddForm] {
        odd::ALL
    }

    fn is_odd(&self, name: &str) -> bool {
        self.odd.hold().contains(name)
    }

    fn set_odd(&self, form: &'static OddForm, on: bool) {
        let mut odd = self.odd.hold();
        if on {
            odd.insert(form.name);
        } else {
            odd.remove(form.name);
        }
    }

    fn expire(&self, what: Expiring) {
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        match what {
            Expiring::Tokens => state.sessions.values_mut().for_each(|session| session.expires = now),
            Expiring::Links => state.links.values_mut().for_each(|link| link.expires = now),
            Expiring::Forms => state.forms.values_mut().for_each(|form| form.expires = now),
        }
    }

    fn captcha_answer(&self, challenge: &str) -> Option<String> {
        self.state.hold().captchas.answer(challenge)
    }
}
