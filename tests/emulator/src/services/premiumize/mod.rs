//! Premiumize's current API.

mod accounts;
mod auth;
mod direct;
mod envelope;
mod folders;
mod hosts;
mod ids;
mod items;
mod links;
mod methods;
mod oauth;
mod odd;
mod params;
mod settings;
mod shown;
mod sources;
mod transfers;
mod tree;
mod uploads;
mod wishes;
mod zip;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, FutureExt};
use http::Method;
use serde_json::{Map, Value, json};

use self::accounts::{Account, AccountWish, Kind};
use self::links::Link;
use self::oauth::OAuth;
use self::settings::Settings;
use self::sources::Source;
use self::transfers::Transfer;
use self::tree::Tree;
use self::uploads::UploadToken;
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::{Answer, ByteStream};
use crate::services::odd::Switches;
use crate::services::{Answered, Expiring, OddForm, Operation, Service};
use crate::world::Ground;
use crate::world::faults::Fault;

const NAME: &str = "premiumize";
const API: &str = "/api/";
const UPLOAD: &str = "/upload";
/// Where links lie, and where they lead if they redirect.
const LINKS: &str = "/dl/";
const DATA: &str = "/data/";

/// The service in one world.
pub struct Premiumize {
    ground: Arc<Ground>,
    odd: Switches,
    settings: Mutex<Settings>,
    state: Mutex<State>,
}

/// Everything that one call writes and another reads.
#[derive(Debug)]
struct State {
    accounts: Vec<Account>,
    oauth: OAuth,
    tree: Tree,
    /// By the key in their path.
    links: HashMap<String, Link>,
    /// By token.
    uploads: HashMap<String, UploadToken>,
    sources: HashMap<String, Source>,
    /// Oldest first.
    transfers: Vec<Transfer>,
    /// Until when an account's question for a source is deferred.
    deferred: HashMap<(usize, String), i64>,
}

impl State {
    /// Whether a text holds a key or a token.
    fn holds_secret(&self, text: &str) -> bool {
        self.accounts.iter().any(|account| text.contains(&account.api_key)) || self.oauth.holds_secret(text)
    }
}

impl Premiumize {
    /// A fresh service with one account of each kind.
    pub fn new(ground: Arc<Ground>) -> Self {
        let state = State {
            accounts: Kind::ALL.iter().map(|(kind, _)| Account::new(&AccountWish::plain(*kind), &ground)).collect(),
            oauth: OAuth::new(&ground),
            tree: Tree::default(),
            links: HashMap::new(),
            uploads: HashMap::new(),
            sources: HashMap::new(),
            transfers: Vec::new(),
            deferred: HashMap::new(),
        };
        Self { ground, odd: Switches::default(), settings: Mutex::default(), state: Mutex::new(state) }
    }

    fn odd(&self, form: OddForm) -> bool {
        self.odd.is_on(form.name)
    }
}

impl Service for Premiumize {
    fn name(&self) -> &'static str {
        NAME
    }

    fn describe(&self) -> Value {
        let state = self.state.hold();
        let client_id = state.oauth.client_id.as_str();
        let first_of = |kind: Kind| state.accounts.iter().find(|account| account.kind == kind);
        let accounts: Map<String, Value> = Kind::ALL
            .iter()
            .filter_map(|(kind, name)| Some(((*name).to_owned(), first_of(*kind)?.describe(client_id))))
            .collect();
        let site = format!("{}/{NAME}", self.ground.address);
        json!({
            "base_url": format!("{site}/api"),
            "accounts": accounts,
            "oauth": {
                "client_id": client_id,
                "client_secret": state.oauth.client_secret,
                "authorize_url": format!("{site}/authorize"),
                "token_url": format!("{site}/token"),
            },
        })
    }

    fn operation(&self, method: &Method, path: &str, _query: &[(String, String)]) -> Operation {
        if let Some(name) = path.strip_prefix(API) {
            let known = methods::ALL.iter().find(|method| method.path == name);
            return Operation::call(known.map_or("unknown", |method| method.path));
        }
        match path {
            "/token" => Operation::call("token"),
            "/authorize" => Operation::call("authorize"),
            "/device" => Operation::call("device"),
            _ if path.starts_with(UPLOAD) && method == Method::POST => Operation::transfer("upload"),
            _ if path.starts_with(LINKS) || path.starts_with(DATA) => Operation::call("download"),
            _ => Operation::call("unknown"),
        }
    }

    fn answer(self: Arc<Self>, call: Call, transfer: Option<ByteStream>) -> BoxFuture<'static, Answered> {
        async move {
            match (call.operation, transfer) {
                ("upload", Some(body)) => self.upload(&call, body).await,
                ("download", _) => Ok(self.download(&call).await),
                ("token", _) => Ok(self.token(&call).await),
                ("authorize", _) => Ok(self.authorize(&call).await),
                ("device", _) => Ok(self.device_page(&call)),
                _ => Ok(self.call_method(&call).await),
            }
        }
        .boxed()
    }

    fn refuse(&self, operation: &str, fault: &Fault) -> Answer {
        self.ordered_error(operation, fault)
    }

    fn create_account(&self, wish: Value) -> Result<Value, String> {
        let wish: AccountWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let account = Account::new(&wish, &self.ground);
        let mut state = self.state.hold();
        let description = account.describe(&state.oauth.client_id);
        state.accounts.push(account);
        Ok(description)
    }

    fn create_files(self: Arc<Self>, wish: Value) -> BoxFuture<'static, Result<Value, String>> {
        async move { self.seed(wish).await }.boxed()
    }

    fn confirm(&self, wish: Value) -> Result<Value, String> {
        self.person_decides(wish)
    }

    fn configure(&self, wish: Map<String, Value>) -> Result<Value, String> {
        self.set(wish)
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

    /// Keys stay; tickets are the codes of OAuth that wait to be changed for a token.
    fn expire(&self, what: Expiring) {
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        match what {
            Expiring::Tokens => state.oauth.end_tokens(now),
            Expiring::Links => state.links.values_mut().for_each(|link| link.expires = now),
            Expiring::Forms => state.uploads.values_mut().for_each(|token| token.expires = now),
            Expiring::Tickets => state.oauth.end_codes(now),
        }
    }
}
