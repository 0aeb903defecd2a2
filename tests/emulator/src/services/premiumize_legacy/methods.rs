//! The three methods behind the one address, and the strict reading of their query.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::accounts::{Account, Kind};
use super::envelope::{Failure, Verdict, forbidden_page};
use super::{PremiumizeLegacy, State, odd};
use crate::lock::LockExt;
use crate::server::answer::Answer;
use crate::server::{Call, Door};

const LOGIN: &str = "params[login]";
const PASS: &str = "params[pass]";
const LINK: &str = "params[link]";

/// The methods with their parameters, in the order that the document asks for.
pub const METHODS: &[(&str, &[&str])] = &[
    ("accountstatus", &["method", LOGIN, PASS]),
    ("hosterlist", &["method", LOGIN, PASS]),
    ("directdownloadlink", &["method", LOGIN, PASS, LINK]),
];

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

impl PremiumizeLegacy {
    pub(super) async fn call_method(&self, call: &Call) -> Answer {
        let method = METHODS.iter().find(|(name, _)| *name == call.operation);
        let Some((name, params)) = method.filter(|_| call.door == Door::Services) else {
            call.violation(format!("nothing answers {} {}", call.method, call.path));
            return match call.operation {
                "no_method" => self.envelop(Err(Failure::new(400))),
                _ => Answer::html(StatusCode::NOT_FOUND, "404 Not Found"),
            };
        };
        check_query(call, params);
        let kind = match self.signed_in(call) {
            Ok(kind) => kind,
            Err(failure) => return self.envelop(Err(failure)),
        };
        if kind == Kind::Blocked {
            return forbidden_page();
        }
        let verdict = match *name {
            "accountstatus" => self.account(call).map(|status| self.shown_status(status)),
            "hosterlist" => Ok(self.hosterlist()),
            _ => self.direct_download_link(call).await,
        };
        self.envelop(verdict)
    }

    fn signed_in(&self, call: &Call) -> Result<Kind, Failure> {
        let state = self.state.hold();
        signed_in(&state, call).map(|number| state.accounts[number].kind)
    }

    fn account(&self, call: &Call) -> Verdict {
        let state = self.state.hold();
        let account = &state.accounts[signed_in(&state, call)?];
        Ok(self.status_of(account))
    }

    fn status_of(&self, account: &Account) -> Value {
        let mut left = account.bytes_left() as f64;
        if self.odd(odd::TRAFFIC_NEGATIVE) {
            left = -1.0 - left;
        }
        let bytes = match self.odd(odd::TRAFFIC_AS_FLOAT) {
            true => json!(left + 0.5),
            // Sums of bytes are whole numbers far below 2^53.
            false => json!(left as i64),
        };
        json!({
            "account_name": account.login,
            "type": account.kind.word(),
            "expires": account.expires,
            "fairuse_left": account.fairuse_left(),
            "trafficleft_bytes": bytes,
            "trafficleft_gigabytes": left / GIB,
        })
    }

    fn shown_status(&self, mut status: Value) -> Value {
        if let Some(members) = status.as_object_mut() {
            if self.odd(odd::EXTUID) {
                members.insert(
                    "extuid".into(),
                    json!(format!("ext-{}", members["account_name"].as_str().unwrap_or_default())),
                );
            }
            if self.odd(odd::TRAFFIC_MISSING) {
                members.retain(|name, _| !name.starts_with("trafficleft_"));
            }
        }
        status
    }

    async fn direct_download_link(&self, call: &Call) -> Verdict {
        let link = call.query(LINK).unwrap_or_default();
        if link.to_ascii_lowercase().starts_with("http%3a") || link.to_ascii_lowercase().starts_with("https%3a") {
            call.violation("the link is percent-encoded more than once");
        }
        // Bytes are stored outside the lock, so what they are for is looked up before and after.
        let (number, host) = self.admit(call, link)?;
        self.store_content(link).await?;
        self.give_link(number, &host, link)
    }
}

/// The account of a call.
pub fn signed_in(state: &State, call: &Call) -> Result<usize, Failure> {
    let (login, pass) = (call.query(LOGIN), call.query(PASS));
    let is_it = |account: &Account| login == Some(account.login.as_str()) && pass == Some(account.pass.as_str());
    state.accounts.iter().position(is_it).ok_or_else(|| Failure::new(401))
}

/// Records what no document allows; the service itself takes what it knows and lets the rest be.
fn check_query(call: &Call, params: &[&str]) {
    if call.method != Method::GET {
        call.violation("a method is called with GET");
    }
    if !call.body.is_empty() {
        call.violation("a method takes no body");
    }
    let sent: Vec<&str> = call.query.iter().map(|(name, _)| name.as_str()).collect();
    for name in &sent {
        if !params.contains(name) {
            call.violation(format!("unknown parameter {name:?}"));
        }
    }
    for name in params {
        match sent.iter().filter(|sent| *sent == name).count() {
            0 => call.violation(format!("parameter {name:?} is missing")),
            1 => {}
            _ => call.violation(format!("parameter {name:?} is there more than once")),
        }
    }
    let known: Vec<&&str> = sent.iter().filter(|name| params.contains(name)).collect();
    let places: Vec<Option<usize>> =
        known.iter().map(|name| params.iter().position(|param| *param == **name)).collect();
    if !places.is_sorted() {
        call.violation(format!("the parameters are not in the order {params:?}"));
    }
}
