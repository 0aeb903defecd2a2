//! Accounts by kind.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::packages::{self, Package};
use super::shown::NO_DATE;
use super::{YetiShare, odd};
use crate::world::Ground;
use crate::world::clock::plain_date_time;

const DAY: i64 = 24 * 60 * 60;
const LETTERS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// How an account behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Paid for; signs in with its keys only.
    Keys,
    /// Paid for; signs in with its name and password only.
    Login,
    /// An administrator.
    Admin,
    Free,
    /// Its sign-in is refused as after too many failures.
    Locked,
    /// Its package may not use the API.
    NoApi,
    /// Its package may not upload.
    NoUpload,
    /// Its storage is used up.
    Full,
    Suspended,
}

impl Kind {
    pub const ALL: &[(Self, &str)] = &[
        (Self::Keys, "keys"),
        (Self::Login, "login"),
        (Self::Admin, "admin"),
        (Self::Free, "free"),
        (Self::Locked, "locked"),
        (Self::NoApi, "no_api"),
        (Self::NoUpload, "no_upload"),
        (Self::Full, "full"),
        (Self::Suspended, "suspended"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// What the control address may wish for a new account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountWish {
    pub kind: Kind,
    username: Option<String>,
    password: Option<String>,
    key1: Option<String>,
    key2: Option<String>,
    max_upload_size: Option<u64>,
    can_upload: Option<bool>,
    max_storage_bytes: Option<u64>,
    max_remote_download_urls: Option<u64>,
    storage_limit_override: Option<u64>,
    /// Unix seconds.
    paid_expiry: Option<i64>,
}

impl AccountWish {
    pub fn plain(kind: Kind) -> Self {
        Self {
            kind,
            username: None,
            password: None,
            key1: None,
            key2: None,
            max_upload_size: None,
            can_upload: None,
            max_storage_bytes: None,
            max_remote_download_urls: None,
            storage_limit_override: None,
            paid_expiry: None,
        }
    }
}

/// One account.
#[derive(Debug)]
pub struct Account {
    pub kind: Kind,
    pub id: u64,
    pub username: String,
    pub password: String,
    pub key1: String,
    pub key2: String,
    pub package: Package,
    pub email: String,
    pub status: String,
    pub title: Option<String>,
    pub firstname: Option<String>,
    pub lastname: Option<String>,
    pub created: i64,
    pub last_login: Option<i64>,
    pub last_payment: Option<i64>,
    /// As it is shown.
    pub paid_expiry: Option<String>,
    pub storage_limit_override: Option<u64>,
    /// Refused sign-ins in a row.
    pub failed_logins: u32,
    pub locked_until: i64,
}

impl Account {
    pub fn new(id: u64, wish: AccountWish, ground: &Ground) -> Self {
        let (dice, secrets, now) = (&ground.dice, &ground.secrets, ground.clock.now());
        let kind = wish.kind;
        let mut package = Package::of(match kind {
            Kind::Admin => packages::ADMIN,
            Kind::Free | Kind::NoApi | Kind::NoUpload => 1,
            _ => 2,
        });
        package.can_upload = wish.can_upload.unwrap_or(kind != Kind::NoUpload);
        package.max_upload_size = wish.max_upload_size.unwrap_or(package.max_upload_size);
        package.max_storage_bytes = wish.max_storage_bytes.unwrap_or(package.max_storage_bytes);
        package.max_remote_download_urls = wish.max_remote_download_urls.unwrap_or(package.max_remote_download_urls);
        let is_paid = package.id == 2;
        let paid_expiry = wish.paid_expiry.or_else(|| is_paid.then_some(now + 365 * DAY));
        let full = (kind == Kind::Full).then_some(0);
        let username = wish.username.unwrap_or_else(|| format!("{}-{}", kind.name().replace('_', "-"), dice.hex(8)));
        Self {
            kind,
            id,
            email: format!("{username}@example.com"),
            username,
            password: secrets.noted(wish.password.unwrap_or_else(|| format!("Pw-{}", dice.token(16)))),
            key1: secrets.noted(wish.key1.unwrap_or_else(|| dice.pick(LETTERS, 64))),
            key2: secrets.noted(wish.key2.unwrap_or_else(|| dice.pick(LETTERS, 64))),
            package,
            status: if kind == Kind::Suspended { "suspended" } else { "active" }.into(),
            title: Some("Ms".into()),
            firstname: Some("Ada".into()),
            lastname: None,
            created: now - 100 * DAY,
            last_login: None,
            last_payment: is_paid.then_some(now - DAY),
            paid_expiry: paid_expiry.map(plain_date_time),
            storage_limit_override: wish.storage_limit_override.or(full),
            failed_logins: 0,
            locked_until: if kind == Kind::Locked { i64::MAX } else { 0 },
        }
    }

    pub fn is_admin(&self) -> bool {
        self.package.id == packages::ADMIN
    }

    /// Bytes that it may store; none for no limit. What is set for the account alone goes before the package, and only
    /// there 0 means nothing.
    pub fn storage_limit(&self) -> Option<u64> {
        self.storage_limit_override.or(Some(self.package.max_storage_bytes).filter(|limit| *limit > 0))
    }

    /// What the ready line and the control address tell of it, under the names of a client's options.
    pub fn describe(&self) -> Value {
        let mut members = Map::from_iter([("username".to_owned(), json!(self.username))]);
        if self.kind != Kind::Keys {
            members.insert("password".into(), json!(self.password));
        }
        if self.kind != Kind::Login {
            members.insert("key1".into(), json!(self.key1));
            members.insert("key2".into(), json!(self.key2));
        }
        members.insert("account_id".into(), json!(self.id.to_string()));
        Value::Object(members)
    }
}

/// A token of 128 letters and digits.
pub fn new_token(ground: &Ground) -> String {
    ground.secrets.noted(ground.dice.pick(LETTERS, 128))
}

impl YetiShare {
    pub(super) fn shown_account(&self, account: &Account) -> Value {
        let unset = || if self.odd(odd::DATES_ZERO) { json!(NO_DATE) } else { Value::Null };
        json!({
            "id": self.number(account.id),
            "username": account.username,
            "level_id": self.number(account.package.id),
            "email": account.email,
            "lastlogindate": self.date(account.last_login),
            "lastloginip": account.last_login.map(|_| "127.0.0.1"),
            "status": account.status,
            "title": account.title,
            "firstname": account.firstname,
            "lastname": account.lastname,
            "languageId": self.number(1),
            "datecreated": self.date(Some(account.created)),
            "lastPayment": self.date(account.last_payment),
            "paidExpiryDate": account.paid_expiry.as_ref().map_or_else(unset, |date| json!(date)),
            "storageLimitOverride": account.storage_limit_override.map(|limit| self.number(limit)),
        })
    }
}
