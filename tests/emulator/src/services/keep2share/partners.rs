//! What partners have beyond files: a balance, codes to resell, domains, and subscribers.

use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{Account, ResellerCode};
use super::envelope::{ErrorCode, Failure, Success, Verdict};
use super::params::Args;
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;
use crate::world::clock::iso_date_time;

/// What a code costs, in hundredths for a day.
const PRICE_OF_A_DAY: u64 = 10;
const SUBSCRIPTIONS_PAGE: usize = 20;
const MONTH: i64 = 30 * 24 * 60 * 60;

/// Somebody's subscription at a partner's site.
#[derive(Debug, Clone)]
pub struct Subscription {
    pub owner: usize,
    pub domain: String,
    pub email: String,
    pub expires: Option<i64>,
    pub last_payment: Option<i64>,
}

impl Subscription {
    /// The subscribers of a site from the start.
    pub fn first_three(owner: usize, domain: &str, now: i64) -> Vec<Self> {
        let subscription = |number: i64| Self {
            owner,
            domain: domain.to_owned(),
            email: format!("subscriber-{number}@{domain}"),
            expires: Some(now + number * MONTH),
            last_payment: Some(now - number),
        };
        (1..=3).map(subscription).collect()
    }
}

/// What `POST /subscriptions` may wish for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscriptionsWish {
    /// Whose subscribers they are.
    username: String,
    domain: String,
    /// `{n}` in it becomes the number of the subscription.
    email: String,
    #[serde(default = "one")]
    count: u64,
    /// Unix seconds; a month from now when left out.
    expires: Option<i64>,
    /// Unix seconds; now when left out.
    last_payment: Option<i64>,
    /// Neither an end nor a payment.
    #[serde(default)]
    without_dates: bool,
}

fn one() -> u64 {
    1
}

impl Keep2Share {
    pub(super) fn get_balance(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let account = &state.accounts[self.member(&state, args)?];
        Ok(Success::new(json!({"balance": self.shown_balance(account)})))
    }

    fn shown_balance(&self, account: &Account) -> Value {
        // Balances of a test are exact as floats.
        let balance = account.balance as f64 / 100.0;
        if self.odd(odd::BALANCE_TEXT) { json!(format!("{balance:.2}")) } else { json!(balance) }
    }

    pub(super) fn get_domains_list(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let account = &state.accounts[self.member(&state, args)?];
        let own = account.domains.iter().map(String::as_str);
        let domains: Vec<&str> = std::iter::once(self.settings().site.host()).chain(own).collect();
        Ok(Success::new(json!({"domains": domains})))
    }

    /// Hands out a code from the stock, or buys one.
    pub(super) fn reseller_get_code(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let number = self.member(&state, args)?;
        let days = args.integer("days").unwrap_or_default();
        let State { accounts, codes_made, .. } = &mut *state;
        let account = &mut accounts[number];
        let stocked = account.codes.iter().position(|code| code.days == days);
        let code = match stocked.filter(|_| args.given_flag("useExist").unwrap_or(true)) {
            Some(place) => account.codes.remove(place),
            None if !args.given_flag("autoBuy").unwrap_or(true) => {
                return Err(Failure::new(406, 50, "No available reseller codes"));
            }
            None => {
                let left = account.balance.checked_sub(days.saturating_mul(PRICE_OF_A_DAY));
                account.balance = left.ok_or_else(|| Failure::new(406, 51, "Error buy reseller codes"))?;
                ResellerCode::new(days, codes_made, &self.ground.dice)
            }
        };
        let balance = self.shown_balance(account);
        Ok(Success::new(json!({"code_id": code.id, "reseller_code": code.text, "balance": balance})))
    }

    pub(super) fn get_subscriptions(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let account = self.member(&state, args)?;
        let domain = args.text("domainName").unwrap_or_default();
        if !state.accounts[account].domains.iter().any(|own| own == domain) {
            let failure = Failure::new(404, ErrorCode::Missing, "Domain not found");
            // The body tells another code than the status.
            return Err(if self.odd(odd::DOMAIN_NOT_FOUND_404) { failure } else { failure.telling_code(400) });
        }
        let of_domain = |subscription: &&Subscription| subscription.owner == account && subscription.domain == domain;
        let found: Vec<&Subscription> = state.subscriptions.iter().filter(of_domain).collect();
        let page = found.iter().skip(args.count("offset", 0)).take(args.count("limit", SUBSCRIPTIONS_PAGE));
        let items: Vec<Value> = page
            .map(|subscription| {
                json!({
                    "userEmail": subscription.email,
                    "domainName": subscription.domain,
                    "expiresAt": subscription.expires.map(iso_date_time),
                    "lastPayment": subscription.last_payment.map(iso_date_time),
                })
            })
            .collect();
        let mut members = json!({"total": found.len(), "items": items});
        if self.odd(odd::SUBSCRIPTIONS_WITH_FILES) {
            members["files"] = json!([]);
        }
        Ok(Success::new(members))
    }

    /// Gives subscribers to an account, and the domain too if it has not got it.
    pub(super) fn seed_subscriptions(&self, wish: Value) -> Result<Value, String> {
        let wish: SubscriptionsWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        let position = state.accounts.iter().position(|account| account.username == wish.username);
        let owner = position.ok_or("no account has this username")?;
        if !state.accounts[owner].domains.contains(&wish.domain) {
            state.accounts[owner].domains.push(wish.domain.clone());
        }
        let dated = |moment: Option<i64>, usual: i64| (!wish.without_dates).then(|| moment.unwrap_or(usual));
        for number in 1..=wish.count {
            state.subscriptions.push(Subscription {
                owner,
                domain: wish.domain.clone(),
                email: wish.email.replace("{n}", &number.to_string()),
                expires: dated(wish.expires, now + MONTH),
                last_payment: dated(wish.last_payment, now),
            });
        }
        Ok(json!({"domain": wish.domain, "count": wish.count}))
    }
}

impl State {
    /// Whether an account has a running subscription at a partner's.
    pub fn subscribes(&self, account: usize, partner: usize, now: i64) -> bool {
        let email = &self.accounts[account].username;
        self.subscriptions.iter().any(|subscription| {
            subscription.owner == partner
                && subscription.email == *email
                && subscription.expires.is_some_and(|end| end > now)
        })
    }
}
