//! Premiumize's legacy API: three methods behind one address, which ended in 2018.

mod accounts;
mod envelope;
mod hosts;
mod links;
mod methods;
mod odd;
mod settings;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, FutureExt};
use http::Method;
use serde_json::{Map, Value, json};

use self::accounts::{Account, AccountWish, Kind};
use self::links::{DirectLink, Hosted};
use self::methods::METHODS;
use self::settings::Settings;
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::{Answer, ByteStream};
use crate::services::odd::Switches;
use crate::services::{Answered, Expiring, OddForm, Operation, Service};
use crate::world::Ground;
use crate::world::faults::Fault;

const NAME: &str = "premiumize_legacy";
const API: &str = "/pm-api/v1.php";
/// Where direct links lie, and where they lead if they redirect.
const LINKS: &str = "/dl/";
const DATA: &str = "/data/";

/// What lies at file hosts from the start.
const HOSTED: &[(&str, &str, &str, u64)] = &[
    ("file", "https://ferryhost.example/file/7f3k2a/sample.bin", "sample.bin", 4096),
    ("odd_name", "http://driftbox.test/d/a1b2c3?name=gr%C3%B6%C3%9Fe%201.txt", "größe 1.txt", 1000),
    ("empty", "https://quaycloud.example/get/empty.bin", "empty.bin", 0),
];

/// The service in one world.
pub struct PremiumizeLegacy {
    ground: Arc<Ground>,
    odd: Switches,
    settings: Mutex<Settings>,
    state: Mutex<State>,
}

/// Everything that one call writes and another reads.
#[derive(Debug, Default)]
struct State {
    accounts: Vec<Account>,
    /// By the link of the file host.
    hosted: HashMap<String, Hosted>,
    /// By the key in their path.
    links: HashMap<String, DirectLink>,
}

impl PremiumizeLegacy {
    /// A fresh service with one account of each kind.
    pub fn new(ground: Arc<Ground>) -> Self {
        let accounts = Kind::ALL.iter().map(|(kind, _)| Account::new(&AccountWish::plain(*kind), &ground)).collect();
        let hosted =
            HOSTED.iter().map(|(_, link, name, size)| ((*link).to_owned(), Hosted::new(name, *size))).collect();
        let state = State { accounts, hosted, links: HashMap::new() };
        Self { ground, odd: Switches::default(), settings: Mutex::default(), state: Mutex::new(state) }
    }

    fn odd(&self, form: OddForm) -> bool {
        self.odd.is_on(form.name)
    }
}

impl Service for PremiumizeLegacy {
    fn name(&self) -> &'static str {
        NAME
    }

    fn describe(&self) -> Value {
        let state = self.state.hold();
        let first_of = |kind: Kind| state.accounts.iter().find(|account| account.kind == kind);
        let accounts: Map<String, Value> = Kind::ALL
            .iter()
            .filter_map(|(kind, name)| Some(((*name).to_owned(), first_of(*kind)?.describe())))
            .collect();
        let links: Map<String, Value> =
            HOSTED.iter().map(|(name, link, ..)| ((*name).to_owned(), json!(link))).collect();
        json!({"base_url": format!("{}/{NAME}/pm-api", self.ground.address), "accounts": accounts, "links": links})
    }

    fn operation(&self, _method: &Method, path: &str, query: &[(String, String)]) -> Operation {
        if path == API {
            let asked = query.iter().find(|(name, _)| name == "method").map(|(_, method)| method.as_str());
            let known = METHODS.iter().find(|(name, _)| Some(*name) == asked);
            return Operation::call(known.map_or("no_method", |(name, _)| name));
        }
        match path.starts_with(LINKS) || path.starts_with(DATA) {
            true => Operation::call("download"),
            false => Operation::call("unknown"),
        }
    }

    fn answer(self: Arc<Self>, call: Call, _transfer: Option<ByteStream>) -> BoxFuture<'static, Answered> {
        async move {
            match call.operation {
                "download" => Ok(self.download(&call).await),
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
        let description = account.describe();
        self.state.hold().accounts.push(account);
        Ok(description)
    }

    fn create_files(self: Arc<Self>, wish: Value) -> BoxFuture<'static, Result<Value, String>> {
        async move { self.seed(wish).await }.boxed()
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

    /// Only links end here: each call signs in anew, and there are no forms.
    fn expire(&self, what: Expiring) {
        if what == Expiring::Links {
            let now = self.ground.clock.now();
            self.state.hold().links.values_mut().for_each(|link| link.expires = now);
        }
    }
}
