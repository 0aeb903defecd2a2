//! Signing in, and who asks.

use serde_json::{Value, json};

use super::accounts::{Kind, Session};
use super::captcha::{Challenge, Solution};
use super::envelope::{ErrorCode, Failure, Success, Verdict};
use super::params::Args;
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;
use crate::world::clock::iso_date_time;

const SESSION_LIFE: i64 = 60 * 60;
const LOGIN_ATTEMPTS: u32 = 5;
const LOGIN_LOCK: i64 = 30 * 60;

impl Keep2Share {
    pub(super) fn login(&self, args: &Args) -> Verdict {
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        state.captchas.admit(now)?;
        let username = args.text("username").unwrap_or_default();
        let wrong_credentials = || Failure::new(406, 70, "Invalid login or password");
        let Some(number) = state.accounts.iter().position(|account| account.username == username) else {
            return Err(wrong_credentials());
        };
        if state.accounts[number].locked_until > now {
            return Err(self.too_many_logins());
        }
        match state.accounts[number].kind {
            Kind::Captcha => solve(&mut state, args, Challenge::IMAGE, now)?,
            Kind::Recaptcha => solve(&mut state, args, Challenge::PAGE, now)?,
            _ => {}
        }
        let account = &mut state.accounts[number];
        if args.text("password") != Some(account.password.as_str()) {
            account.failed_logins += 1;
            if account.failed_logins >= LOGIN_ATTEMPTS {
                account.failed_logins = 0;
                account.locked_until = now + LOGIN_LOCK;
            }
            return Err(wrong_credentials());
        }
        account.failed_logins = 0;
        match account.kind {
            Kind::Blocked => return Err(banned()),
            Kind::RestrictedIp => return Err(Failure::new(403, 73, "No allow from this network")),
            _ => {}
        }
        let token = self.ground.secrets.noted(self.ground.dice.token(26));
        let address = self.settings().client_address;
        let session = Session { account: number, address, expires: now + SESSION_LIFE };
        state.sessions.insert(token.clone(), session);
        Ok(Success::new(json!({"auth_token": token})))
    }

    fn too_many_logins(&self) -> Failure {
        let http_status = if self.odd(odd::LOGIN_71_AS_406) { 406 } else { 403 };
        let message = "Login attempt was exceed, please wait or verify your request via captcha challenge";
        Failure::new(http_status, 71, message)
    }

    /// The account of the token that came along; none when no token came.
    pub(super) fn visitor(&self, state: &State, args: &Args) -> Result<Option<usize>, Failure> {
        let now = self.ground.clock.now();
        let session = |token: &str| state.sessions.get(token).filter(|session| session.expires > now);
        let key_holder = |key: &str| state.accounts.iter().position(|account| account.access_token == key);
        let number = match (args.text("auth_token"), args.text("access_token")) {
            (Some(token), _) => match session(token) {
                Some(session) if session.address != self.settings().client_address => return Err(wrong_address()),
                session => session.map(|session| session.account),
            },
            (None, Some(key)) => key_holder(key),
            (None, None) => return Ok(None),
        };
        let number = number.ok_or_else(|| self.bad_token())?;
        match state.accounts[number].kind {
            Kind::Blocked => Err(banned()),
            Kind::IpBound => Err(wrong_address()),
            Kind::RestrictedIp => Err(Failure::unauthorized().with("extended", json!({"errorCode": 53}))),
            _ => Ok(Some(number)),
        }
    }

    /// The account of a call that needs one.
    pub(super) fn member(&self, state: &State, args: &Args) -> Result<usize, Failure> {
        self.visitor(state, args)?.ok_or_else(|| self.bad_token())
    }

    fn bad_token(&self) -> Failure {
        if self.odd(odd::SESSION_EXPIRED_WITHOUT_CODE) {
            Failure::new(403, ErrorCode::Missing, "Authorization session was expired")
        } else {
            Failure::unauthorized()
        }
    }

    /// Answers a guest too; a token that is not good is refused without a code.
    pub(super) fn test(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let gives_token = ["auth_token", "access_token"].iter().any(|name| args.text(name).is_some());
        if gives_token && self.member(&state, args).is_err() {
            return Err(Failure::new(403, ErrorCode::Missing, "Authorization session was expired"));
        }
        Ok(Success::new(json!({"message": "Test was successful!"})))
    }

    pub(super) fn account_info(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let account = &state.accounts[self.member(&state, args)?];
        let traffic = self.shown_number(account.available_traffic, self.odd(odd::AVAILABLE_TRAFFIC_TEXT));
        let expires = match account.premium_until {
            _ if self.odd(odd::ACCOUNT_EXPIRES_NULL) => Value::Null,
            _ if self.odd(odd::ACCOUNT_EXPIRES_FALSE) => json!(false),
            None => json!(false),
            Some(end) if self.odd(odd::ACCOUNT_EXPIRES_ISO) => json!(iso_date_time(end)),
            Some(end) if self.odd(odd::ACCOUNT_EXPIRES_TEXT) => json!(end.to_string()),
            Some(end) => json!(end),
        };
        Ok(Success::new(json!({"available_traffic": traffic, "account_expires": expires})))
    }
}

fn wrong_address() -> Failure {
    Failure::new(403, 75, "This token not allow access from this IP address")
}

fn banned() -> Failure {
    Failure::new(403, 72, "Account banned")
}

/// Demands the solution of a captcha along with a login.
fn solve(state: &mut State, args: &Args, challenge: Challenge, now: i64) -> Result<(), Failure> {
    let given = args.text(challenge.id_param).zip(args.text(challenge.answer_param));
    let Some((id, answer)) = given else {
        return Err(challenge.wanted());
    };
    match state.captchas.solve(id, answer, challenge, now) {
        Solution::Right => Ok(()),
        Solution::Wrong => Err(Failure::new(406, 31, "Invalid captcha")),
    }
}
