//! Signing in, and who calls.

use serde_json::{Value, json};

use super::accounts::{Account, Kind, new_token};
use super::envelope::{Failure, Shape, Success, Verdict};
use super::methods::Access;
use super::packages::Package;
use super::params::Args;
use super::settings::SignIn;
use super::{State, YetiShare, odd, texts};

/// How long a token lives after its last use.
const TOKEN_IDLE: i64 = 60 * 60;

const LOGIN_ATTEMPTS: u32 = 5;
const LOGIN_LOCK: i64 = 60 * 60;
const KEY_LENGTH: usize = 64;

/// A token that was given out.
#[derive(Debug)]
pub struct Token {
    pub account: u64,
    /// One that was never used does not end by itself.
    pub last_used: Option<i64>,
}

impl YetiShare {
    pub(super) fn authorize(&self, state: &mut State, args: &Args, _: u64) -> Verdict {
        let now = self.ground.clock.now();
        let (credentials, refusal) = self.credentials(args)?;
        let place = state.accounts.iter().position(|account| credentials.name(account));
        // A wrong name counts for nobody.
        let account = place.map(|place| &mut state.accounts[place]).ok_or(refusal)?;
        if !credentials.prove(account) {
            account.failed_logins += 1;
            if account.failed_logins >= LOGIN_ATTEMPTS {
                account.failed_logins = 0;
                account.locked_until = account.locked_until.max(now + LOGIN_LOCK);
            }
            return Err(refusal.into());
        }
        if account.locked_until > now || account.status != "active" {
            return Err(refusal.into());
        }
        account.failed_logins = 0;
        if account.kind == Kind::NoApi {
            return Err(texts::NO_API_ACCESS.into());
        }
        account.last_login = Some(now);
        let id = account.id;
        state.tokens.retain(|_, token| token.account != id);
        let text = new_token(&self.ground);
        state.tokens.insert(text.clone(), Token { account: id, last_used: None });
        Ok(Success::data(json!({"access_token": text, "account_id": self.number(id)})))
    }

    /// What the site wants to be shown, and what it says to a wrong one.
    fn credentials<'a>(&self, args: &'a Args) -> Result<(Credentials<'a>, &'static str), Failure> {
        let has_login = ["username", "password"].iter().any(|name| args.get(name).is_some());
        let has_keys = ["key1", "key2"].iter().any(|name| args.get(name).is_some());
        let by_login = match self.settings().sign_in {
            SignIn::Either => has_login && !has_keys,
            SignIn::Keys => false,
            SignIn::Login => true,
        };
        if by_login {
            let username = args.get("username").ok_or(texts::NO_USERNAME)?;
            let password = args.get("password").ok_or(texts::NO_PASSWORD)?;
            return Ok((Credentials::Login { username, password }, texts::WRONG_LOGIN));
        }
        let key = |name| args.get(name).filter(|key| key.len() == KEY_LENGTH);
        let key1 = key("key1").ok_or(texts::NO_KEY1)?;
        let key2 = key("key2").ok_or(texts::NO_KEY2)?;
        Ok((Credentials::Keys { key1, key2 }, texts::WRONG_KEYS))
    }

    pub(super) fn disable_access_token(&self, state: &mut State, args: &Args, _: u64) -> Verdict {
        if let Some(token) = args.get("access_token") {
            state.tokens.remove(token);
        }
        Ok(Success::said("Token removed or no longer available."))
    }

    /// Ends what was idle for too long, as every request of anybody does.
    pub(super) fn end_idle_tokens(&self, state: &mut State) {
        let now = self.ground.clock.now();
        state.tokens.retain(|_, token| token.last_used.is_none_or(|used| used + TOKEN_IDLE >= now));
    }

    /// The account that calls, if it may.
    pub(super) fn caller(&self, state: &mut State, args: &Args, access: Access) -> Result<u64, Failure> {
        if access == Access::Open {
            return Ok(0);
        }
        let token = args.get("access_token").ok_or(texts::NO_TOKEN)?;
        let holder = state.tokens.get(token).map(|token| token.account);
        let is_admin = holder.and_then(|id| state.account(id)).is_some_and(Account::is_admin);
        let account_id = args.get("account_id");
        match access {
            // Administrators may ask without it, and about others.
            Access::OwnAccount if account_id.is_none() && !is_admin => {
                args.violation("parameter \"account_id\" is missing");
                return Err(texts::NO_ACCOUNT_ID.into());
            }
            Access::Token if account_id.is_none() => return Err(texts::NO_ACCOUNT_ID.into()),
            _ => {}
        }
        let is_own = holder.is_some() && args.id("account_id") == holder;
        let holder = holder.filter(|_| is_own || is_admin && access == Access::OwnAccount || access == Access::Admin);
        let Some((holder, used)) = holder.zip(state.tokens.get_mut(token)) else {
            return Err(self.bad_token(access));
        };
        used.last_used = Some(self.ground.clock.now());
        Ok(holder)
    }

    fn bad_token(&self, access: Access) -> Failure {
        if self.odd(odd::TOKEN_AS_USERNAME) {
            Failure::from(texts::USERNAME_NOT_FOUND).shaped(Shape::Result)
        } else if self.odd(odd::TOKEN_AS_USER) {
            Failure::from(texts::USER_NOT_FOUND).shaped(Shape::Old)
        } else if access == Access::Token || self.odd(odd::ACCOUNT_CHECKS_LONG) {
            texts::BAD_TOKEN.into()
        } else {
            texts::BAD_TOKEN_ALONE.into()
        }
    }

    /// What a call may do although its token is good.
    pub(super) fn permit(&self, state: &State, caller: u64, access: Access, changes: bool) -> Result<(), Failure> {
        if changes && self.settings().demo_mode {
            return Err(texts::DEMO.into());
        }
        let is_admin = || state.account(caller).is_some_and(Account::is_admin);
        if access == Access::Admin && !is_admin() {
            return Err(texts::NO_ADMIN.into());
        }
        Ok(())
    }

    pub(super) fn account_info(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        let account = asked_about(state, args, caller)?;
        Ok(Success::data(self.shown_account(account)))
    }

    pub(super) fn account_package(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        let account = asked_about(state, args, caller)?;
        Ok(Success::data(self.shown_package(&account.package)))
    }

    pub(super) fn package_listing(&self, _: &mut State, _: &Args, _: u64) -> Verdict {
        let packages: Vec<Value> = Package::all().iter().map(|package| self.shown_package(package)).collect();
        Ok(Success::data(json!({"packages": packages})))
    }
}

/// What somebody signs in with.
enum Credentials<'a> {
    Keys { key1: &'a str, key2: &'a str },
    Login { username: &'a str, password: &'a str },
}

impl Credentials<'_> {
    /// Whether they are meant for an account.
    fn name(&self, account: &Account) -> bool {
        match self {
            Self::Keys { key1, .. } => account.kind != Kind::Login && account.key1 == *key1,
            Self::Login { username, .. } => account.kind != Kind::Keys && account.username == *username,
        }
    }

    fn prove(&self, account: &Account) -> bool {
        match self {
            Self::Keys { key2, .. } => account.key2 == *key2,
            Self::Login { password, .. } => account.password == *password,
        }
    }
}

fn asked_about<'a>(state: &'a State, args: &Args, caller: u64) -> Result<&'a Account, Failure> {
    let id = args.id("account_id").unwrap_or(caller);
    state.account(id).ok_or_else(|| texts::BAD_TOKEN_ALONE.into())
}
