//! What administrators do with accounts.

use super::accounts::{Account, AccountWish, Kind};
use super::envelope::{Failure, Success, Verdict};
use super::packages::{self, Package};
use super::params::{Args, php_int};
use super::{State, YetiShare, odd, texts};

impl YetiShare {
    pub(super) fn account_create(&self, state: &mut State, args: &Args, _: u64) -> Verdict {
        let username = args.get("username").ok_or(texts::NO_USERNAME_PARAM)?;
        let password = args.get("password").ok_or(texts::NO_PASSWORD_PARAM)?;
        let email = args.get("email").ok_or(texts::NO_EMAIL_PARAM)?;
        if !(6..=20).contains(&username.chars().count()) {
            args.violation("a username has 6 to 20 characters");
            return Err(Failure::new("Your username must be between 6 and 20 characters.<br/>"));
        }
        if state.accounts.iter().any(|account| account.email.eq_ignore_ascii_case(email)) {
            return Err(texts::EMAIL_TAKEN.into());
        }
        if state.accounts.iter().any(|account| account.username.eq_ignore_ascii_case(username)) {
            return Err(texts::USERNAME_TAKEN.into());
        }
        let package = args.get("package_id").map_or(1, php_int);
        if package == packages::ADMIN as i64 {
            return Err(texts::NO_ADMIN_CREATED.into());
        }
        if !(0..10).contains(&package) {
            return Err(texts::BAD_PACKAGE.into());
        }
        let mut account = Account::new(state.next_account_id(), AccountWish::plain(Kind::Free), &self.ground);
        account.username = username.to_owned();
        account.password = self.ground.secrets.noted(password.to_owned());
        account.email = email.to_owned();
        account.created = self.ground.clock.now();
        account.firstname = None;
        account.title = None;
        account.package = Package::of(package.unsigned_abs());
        take_over(&mut account, args);
        let shown = self.shown_account(&account);
        state.accounts.push(account);
        Ok(Success::said("User successfully created.").with("data", shown))
    }

    pub(super) fn account_edit(&self, state: &mut State, args: &Args, _: u64) -> Verdict {
        args.get("account_id").ok_or(texts::NO_ACCOUNT_TO_EDIT)?;
        let id = state.place_of(args.id("account_id")).ok_or(texts::NO_SUCH_ACCOUNT)?;
        if state.accounts[id].is_admin() {
            return Err(texts::NO_ADMIN_EDITED.into());
        }
        let email = args.get("email");
        let is_taken = |other: &Account| email.is_some_and(|email| other.email.eq_ignore_ascii_case(email));
        if state.accounts.iter().enumerate().any(|(place, other)| place != id && is_taken(other)) {
            return Err(texts::EMAIL_TAKEN.into());
        }
        let package = args.get("package_id").map(php_int);
        if package.is_some_and(|package| !(0..10).contains(&package)) {
            return Err(texts::NO_ADMIN_PACKAGE.into());
        }
        let account = &mut state.accounts[id];
        if let Some(package) = package {
            account.package = Package::of(package.unsigned_abs());
        }
        if let Some(email) = email {
            account.email = email.to_owned();
        }
        if let Some(password) = args.get("password") {
            account.password = self.ground.secrets.noted(password.to_owned());
        }
        take_over(account, args);
        Ok(Success::said("User successfully updated.").with("data", self.shown_account(account)))
    }

    pub(super) fn account_delete(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        args.get("account_id").ok_or(texts::NO_ACCOUNT_TO_DELETE)?;
        let place = state.place_of(args.id("account_id")).ok_or(texts::NO_SUCH_ACCOUNT)?;
        let account = &state.accounts[place];
        // First, or nobody would ever hear it.
        if account.id == caller {
            return Err(texts::NOT_ONESELF.into());
        }
        if account.is_admin() {
            return Err(texts::NO_ADMIN_DELETED.into());
        }
        let id = account.id;
        state.accounts.remove(place);
        state.tokens.retain(|_, token| token.account != id);
        state.tree.remove_all_of(id);
        Ok(Success::said(match self.odd(odd::DELETED_TEXT_OLD) {
            true => "Account successfully set as deleted.",
            false => "User successfully deleted.",
        }))
    }
}

/// Members that creating and editing take alike.
fn take_over(account: &mut Account, args: &Args) {
    if let Some(status) = args.get("status") {
        account.status = status.to_owned();
    }
    for (name, member) in [
        ("title", &mut account.title),
        ("firstname", &mut account.firstname),
        ("lastname", &mut account.lastname),
        ("paid_expiry_date", &mut account.paid_expiry),
    ] {
        if let Some(value) = args.get(name) {
            *member = Some(value.to_owned());
        }
    }
}
