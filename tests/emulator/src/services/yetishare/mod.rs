//! YetiShare's File Upload API, version 2, as zippyshare.cloud and other sites on that script have it.

mod accounts;
mod admin;
mod auth;
mod clean;
mod downloads;
mod envelope;
mod files;
mod folders;
mod methods;
mod odd;
mod ordered;
mod packages;
mod params;
mod range;
mod remote;
mod seeds;
mod settings;
mod shown;
mod texts;
mod tree;
mod uploads;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, FutureExt};
use http::Method;
use serde_json::{Map, Value, json};

use self::accounts::{Account, AccountWish, Kind};
use self::auth::Token;
use self::downloads::{DownloadToken, StorageKey};
use self::envelope::{Failure, Shape, Verdict};
use self::methods::{Access, UPLOAD, UPLOAD_PATH};
use self::params::Args;
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

const NAME: &str = "yetishare";
const API: &str = "/api/v2/";
/// Below it is what the storage host serves.
const STORAGE: &str = "/storage/";
const ERROR_PAGES: &[&str] = &["/error", "/error.html"];

/// The endpoints that have actions.
const ENDPOINTS: &[&str] = &["account", "file", "folder", "package"];

/// The service in one world.
pub struct YetiShare {
    ground: Arc<Ground>,
    odd: Switches,
    settings: Mutex<Settings>,
    state: Mutex<State>,
}

/// Everything that one call writes and another reads.
#[derive(Debug)]
struct State {
    accounts: Vec<Account>,
    first_account_id: u64,
    accounts_made: u64,
    tokens: HashMap<String, Token>,
    tree: Tree,
    download_tokens: HashMap<String, DownloadToken>,
    storage_keys: HashMap<String, StorageKey>,
    /// Handles of an account's downloads under way.
    threads: HashMap<u64, Arc<()>>,
    remote: BTreeMap<u64, RemoteUpload>,
}

impl State {
    fn account(&self, id: u64) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    fn place_of(&self, id: Option<u64>) -> Option<usize> {
        let id = id?;
        self.accounts.iter().position(|account| account.id == id)
    }

    fn next_account_id(&mut self) -> u64 {
        self.accounts_made += 1;
        self.first_account_id + self.accounts_made
    }
}

/// What an address below the base means: compared in small letters, without a slash at the end.
fn api_path(path: &str) -> Option<String> {
    let path = path.to_ascii_lowercase();
    path.strip_prefix(API).map(|below| below.trim_end_matches('/').to_owned())
}

impl YetiShare {
    /// A fresh service with one account of each kind.
    pub fn new(ground: Arc<Ground>) -> Self {
        let mut state = State {
            accounts: Vec::new(),
            first_account_id: 100_000 + ground.dice.below(800_000),
            accounts_made: 0,
            tokens: HashMap::new(),
            tree: Tree::default(),
            download_tokens: HashMap::new(),
            storage_keys: HashMap::new(),
            threads: HashMap::new(),
            remote: BTreeMap::new(),
        };
        for (kind, _) in Kind::ALL {
            let account = Account::new(state.next_account_id(), AccountWish::plain(*kind), &ground);
            state.accounts.push(account);
        }
        Self { ground, odd: Switches::default(), settings: Mutex::default(), state: Mutex::new(state) }
    }

    fn odd(&self, form: OddForm) -> bool {
        self.odd.is_on(form.name)
    }

    /// Answers everything below the base but a posted upload.
    async fn call_method(&self, call: &Call) -> Answer {
        if call.method != Method::GET && call.method != Method::POST {
            return self.no_route(call);
        }
        if let Err(failure) = self.check_method_header(call) {
            return self.envelop(Err(failure));
        }
        let fields = params::sent(call, &self.ground.blobs).await;
        let path = api_path(&call.path).unwrap_or_default();
        let method = methods::ALL.iter().find(|method| method.path == path && self.is_offered(method.name));
        let Some(method) = method else {
            return self.call_unknown(call, &path, Args::unchecked(call, fields));
        };
        let args = Args::check(call, fields, method.params);
        let mut state = self.state.hold();
        let verdict = self.run(&mut state, method, &args);
        drop(state);
        self.envelop(verdict)
    }

    fn run(&self, state: &mut State, method: &methods::Method, args: &Args) -> Verdict {
        self.begin(state);
        let caller = self.caller(state, args, method.access)?;
        self.permit(state, caller, method.access, method.changes)?;
        (method.run)(self, state, args, caller)
    }

    /// What every request brings about.
    fn begin(&self, state: &mut State) {
        self.end_idle_tokens(state);
        self.end_due_remotes(state);
    }

    /// Remote uploads are there only where the site downloads in the background.
    fn is_offered(&self, name: &str) -> bool {
        !name.starts_with("file.url_upload") || self.settings().background_downloads
    }

    /// An action that no endpoint has is told only to who has signed in; an endpoint that is not there, to everybody.
    fn call_unknown(&self, call: &Call, path: &str, args: Args) -> Answer {
        let (endpoint, action) = path.split_once('/').unwrap_or((path, ""));
        if path == UPLOAD_PATH {
            args.violation("an upload is posted");
            return self.envelop(Err(texts::NO_UPLOAD.into()));
        }
        if !ENDPOINTS.contains(&endpoint) {
            return self.no_route(call);
        }
        if !methods::ALL.iter().any(|method| method.path == path) {
            call.violation(format!("nothing answers {} {}", call.method, call.path));
        }
        let mut state = self.state.hold();
        self.begin(&mut state);
        let failure = self.caller(&mut state, &args, Access::Token).err().unwrap_or_else(|| {
            let text = format!("No method found within endpoint ({endpoint}): {action}");
            Failure::new(text).shaped(Shape::Zero).under(404)
        });
        drop(state);
        self.envelop(Err(failure))
    }

    /// A header of old builds with which a POST stands for another method.
    fn check_method_header(&self, call: &Call) -> Result<(), Failure> {
        let Some(header) = call.header("x-http-method").filter(|_| call.method == Method::POST) else {
            return Ok(());
        };
        call.violation("the header X-HTTP-Method is for nothing");
        match header {
            "DELETE" | "PUT" => Ok(()),
            _ => Err(texts::UNEXPECTED_HEADER.into()),
        }
    }

    /// Whether a text holds a password, a key or a token of any account.
    fn holds_secret(&self, text: &str) -> bool {
        let state = self.state.hold();
        let of_accounts = state.accounts.iter().flat_map(|account| [&account.password, &account.key1, &account.key2]);
        of_accounts.chain(state.tokens.keys()).any(|secret| !secret.is_empty() && text.contains(secret.as_str()))
    }

    /// Records when a file's address is told what is only for the API.
    fn check_file_request(&self, call: &Call) {
        if call.header("authorization").is_some() {
            call.violation("an Authorization header came with a file's address");
        }
        let headers = call.headers.values().any(|value| self.holds_secret(&String::from_utf8_lossy(value.as_bytes())));
        if headers || self.holds_secret(&call.target) || self.holds_secret(&String::from_utf8_lossy(&call.body)) {
            call.violation("a password, key or token came with a file's address");
        }
    }
}

impl Service for YetiShare {
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
        json!({"base_url": format!("{}/api/v2", self.site()), "accounts": accounts})
    }

    fn operation(&self, method: &Method, path: &str, _query: &[(String, String)]) -> Operation {
        if let Some(path) = api_path(path) {
            return match methods::ALL.iter().find(|method| method.path == path) {
                Some(method) => Operation::call(method.name),
                None if path == UPLOAD_PATH && method == Method::POST => Operation::transfer(UPLOAD),
                None if path == UPLOAD_PATH => Operation::call(UPLOAD),
                None => Operation::call("unknown"),
            };
        }
        if path.starts_with(STORAGE) {
            Operation::call("storage")
        } else if ERROR_PAGES.contains(&path) || path.starts_with("/folder/") || path.contains('~') {
            Operation::call("page")
        } else {
            // Not as the call that gives its address.
            Operation::call("content")
        }
    }

    fn answer(self: Arc<Self>, call: Call, transfer: Option<ByteStream>) -> BoxFuture<'static, Answered> {
        async move {
            match (call.operation, transfer) {
                (UPLOAD, Some(body)) => self.upload(&call, body).await,
                ("content", _) => Ok(self.download(&call).await),
                ("storage", _) => Ok(self.serve_from_storage(&call).await),
                ("page", _) => Ok(self.page(&call)),
                _ => Ok(self.call_method(&call).await),
            }
        }
        .boxed()
    }

    fn refuse(&self, operation: &str, fault: &Fault) -> Answer {
        self.ordered_error(operation, fault)
    }

    fn error_shapes(&self) -> &'static [&'static str] {
        Shape::NAMES
    }

    fn create_account(&self, wish: Value) -> Result<Value, String> {
        let wish: AccountWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let mut state = self.state.hold();
        let account = Account::new(state.next_account_id(), wish, &self.ground);
        let description = account.describe();
        state.accounts.push(account);
        Ok(description)
    }

    fn create_files(self: Arc<Self>, wish: Value) -> BoxFuture<'static, Result<Value, String>> {
        async move { self.seed_files(wish).await }.boxed()
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

    /// There are neither signed forms nor tickets here.
    fn expire(&self, what: Expiring) {
        let mut state = self.state.hold();
        match what {
            Expiring::Tokens => state.tokens.clear(),
            Expiring::Links => {
                state.download_tokens.clear();
                state.storage_keys.clear();
            }
            Expiring::Forms | Expiring::Tickets => {}
        }
    }
}
