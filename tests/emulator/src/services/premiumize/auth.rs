//! Who asks: keys and tokens, in the header or as parameters.

use http::StatusCode;
use serde_json::{Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::params::{Args, Kind as ParamKind, Param};
use super::{Premiumize, State, odd};
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::Answer;

/// The credentials that every call may carry as parameters.
pub const CREDENTIALS: &[Param] = &[
    Param::optional("apikey", ParamKind::Text),
    Param::optional("pin", ParamKind::Text),
    Param::optional("customer_id", ParamKind::Text),
    Param::optional("access_token", ParamKind::Text),
];

/// The page that a doubled header gets before anybody looks at it.
pub fn refuse_doubled_header(call: &Call) -> Option<Answer> {
    let count = call.headers.get_all("authorization").iter().count();
    (count > 1).then(|| {
        call.violation("more than one Authorization header");
        Answer::html(StatusCode::BAD_REQUEST, "400 Bad Request")
    })
}

impl Premiumize {
    /// The account of a call.
    pub(super) fn signed_in(&self, state: &State, call: &Call, args: &Args) -> Result<usize, Failure> {
        let header = call.header("authorization").map(|header| {
            let key = header.strip_prefix("Bearer ").filter(|key| !key.is_empty() && !key.contains(' '));
            if key.is_none() {
                args.violation("the Authorization header is not «Bearer», one blank and a key");
            }
            key.unwrap_or_default()
        });
        let given = [header, args.text("apikey"), args.text("pin"), args.text("access_token")];
        let mut given = given.into_iter().flatten();
        let credential = given.next();
        if given.next().is_some() {
            args.violation("more than one credential in one request");
        }
        let now = self.ground.clock.now();
        let number = credential.and_then(|key| {
            let owner = state.accounts.iter().position(|account| account.api_key == key);
            owner.or_else(|| state.oauth.owner_of(key, now))
        });
        let number = number.ok_or_else(|| self.not_logged_in())?;
        let account = &state.accounts[number];
        if args.text("customer_id").is_some_and(|id| id != account.customer_id) {
            return Err(self.not_logged_in());
        }
        match &account.pin {
            Some(pin) => Err(Failure::coded("pin").with("pin", pin.as_str())),
            None => Ok(number),
        }
    }

    fn not_logged_in(&self) -> Failure {
        if self.odd(odd::OLD_LOGIN_MESSAGE) {
            Failure::told("customer_id and pin parameter missing or not logged in ")
        } else if self.odd(odd::LOG_IN_FIRST_MESSAGE) {
            Failure::told("Not logged in. Please log in first.")
        } else {
            Failure::coded("authentication_failed")
        }
    }

    /// Refuses what only those may do who have paid.
    pub(super) fn check_premium(&self, state: &State, account: usize) -> Result<(), Failure> {
        match state.accounts[account].is_premium(self.ground.clock.now()) {
            true => Ok(()),
            false if self.odd(odd::NOT_PREMIUM_OTHER_TEXT) => {
                Err(Failure::told("Please purchase premium membership or activate free mode."))
            }
            false => Err(Failure::coded("permission_denied")),
        }
    }

    pub(super) fn account_info(&self, account: usize, _args: &Args) -> Verdict {
        let state = self.state.hold();
        let used = state.tree.used(account);
        let account = &state.accounts[account];
        let until = match account.premium_until {
            None if self.odd(odd::PREMIUM_UNTIL_FALSE) => json!(false),
            until => json!(until),
        };
        let mut members = json!({
            "customer_id": self.shown_customer(&account.customer_id),
            "premium_until": until,
            "limit_used": account.limit_used(),
        });
        if self.odd(odd::SPACE_USED_AS_FLOAT) {
            // Sizes that a test can hold are exact as floats.
            members["space_used"] = json!(used as f64 + 0.5);
        } else if !self.odd(odd::SPACE_USED_MISSING) {
            members["space_used"] = json!(used);
        }
        if self.odd(odd::BOOSTER_POINTS) {
            members["booster_points"] = json!(250);
        }
        Ok(Success::new(members))
    }

    pub(super) fn shown_customer(&self, id: &str) -> Value {
        match id.parse::<u64>() {
            Ok(number) if self.odd(odd::CUSTOMER_ID_AS_NUMBER) => json!(number),
            _ => json!(id),
        }
    }
}
