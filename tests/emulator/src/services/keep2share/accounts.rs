//! Accounts by kind, and the sessions opened with them.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::world::Ground;
use crate::world::dice::Dice;

const DAY: i64 = 24 * 60 * 60;
const GIB: u64 = 1024 * 1024 * 1024;

/// The site that the partner has from the start.
pub const PARTNER_DOMAIN: &str = "partner.example";

/// How an account behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Free,
    Premium,
    /// Premium, meant for use with its permanent key.
    Partner,
    /// Premium that ended a month ago.
    Expired,
    /// Refused with 72.
    Blocked,
    /// Premium; its login asks for an image captcha.
    Captcha,
    /// Premium; its login asks for a reCAPTCHA.
    Recaptcha,
    /// Its tokens are always used from the wrong address: 75.
    IpBound,
    /// Its key may not be used from this address: 403 with a nested 53.
    RestrictedIp,
}

impl Kind {
    pub const ALL: &[(Self, &str)] = &[
        (Self::Free, "free"),
        (Self::Premium, "premium"),
        (Self::Partner, "partner"),
        (Self::Expired, "expired"),
        (Self::Blocked, "blocked"),
        (Self::Captcha, "captcha"),
        (Self::Recaptcha, "recaptcha"),
        (Self::IpBound, "ip_bound"),
        (Self::RestrictedIp, "restricted_ip"),
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
    pub available_traffic: Option<u64>,
    pub storage_quota: Option<u64>,
    pub folder_limit: Option<usize>,
    /// How many different files it may download.
    pub downloads_limit: Option<usize>,
    pub balance: Option<f64>,
    pub domains: Option<Vec<String>>,
    /// Days of the reseller codes in stock.
    pub reseller_codes: Option<Vec<u64>>,
}

impl AccountWish {
    pub fn plain(kind: Kind) -> Self {
        Self {
            kind,
            available_traffic: None,
            storage_quota: None,
            folder_limit: None,
            downloads_limit: None,
            balance: None,
            domains: None,
            reseller_codes: None,
        }
    }
}

/// One account.
#[derive(Debug)]
pub struct Account {
    pub kind: Kind,
    pub username: String,
    pub password: String,
    pub access_token: String,
    /// End of the subscription, if there was one.
    pub premium_until: Option<i64>,
    pub available_traffic: u64,
    pub storage_quota: u64,
    /// Items that a folder may hold.
    pub folder_limit: usize,
    pub downloads_limit: Option<usize>,
    /// The files that count for that.
    pub downloaded: HashSet<String>,
    /// In hundredths.
    pub balance: u64,
    /// Sites of its own.
    pub domains: Vec<String>,
    pub codes: Vec<ResellerCode>,
    /// Wrong passwords in a row.
    pub failed_logins: u32,
    pub locked_until: i64,
}

impl Account {
    /// `codes_made` counts the reseller codes of the world.
    pub fn new(wish: &AccountWish, ground: &Ground, codes_made: &mut u64) -> Self {
        let (dice, now) = (&ground.dice, ground.clock.now());
        let premium_until = match wish.kind {
            Kind::Free => None,
            Kind::Expired => Some(now - 30 * DAY),
            _ => Some(now + 365 * DAY),
        };
        let traffic = if wish.kind == Kind::Free { 10 * GIB } else { 50 * GIB };
        let is_partner = wish.kind == Kind::Partner;
        let usual_domain = || if is_partner { vec![PARTNER_DOMAIN.to_owned()] } else { Vec::new() };
        let usual_codes = || if is_partner { vec![7, 30] } else { Vec::new() };
        let codes = wish.reseller_codes.clone().unwrap_or_else(usual_codes);
        Self {
            kind: wish.kind,
            username: format!("{}-{}@example.com", wish.kind.name().replace('_', "-"), dice.hex(8)),
            password: ground.secrets.noted(format!("Pw-{}", dice.token(16))),
            access_token: ground.secrets.noted(dice.hex(40)),
            premium_until,
            available_traffic: wish.available_traffic.unwrap_or(traffic),
            storage_quota: wish.storage_quota.unwrap_or(1024 * GIB),
            folder_limit: wish.folder_limit.unwrap_or(50_000),
            downloads_limit: wish.downloads_limit,
            downloaded: HashSet::new(),
            balance: hundredths(wish.balance.unwrap_or(if is_partner { 100.0 } else { 0.0 })),
            domains: wish.domains.clone().unwrap_or_else(usual_domain),
            codes: codes.into_iter().map(|days| ResellerCode::new(days, codes_made, dice)).collect(),
            failed_logins: 0,
            locked_until: 0,
        }
    }

    pub fn is_premium(&self, now: i64) -> bool {
        self.premium_until.is_some_and(|end| end > now)
    }

    /// What the ready line and the control address tell of it, under the names of a client's options.
    pub fn describe(&self) -> Value {
        json!({"username": self.username, "password": self.password, "access_token": self.access_token})
    }
}

/// A session opened by a login.
#[derive(Debug)]
pub struct Session {
    pub account: usize,
    /// Where it was opened, and the only place where it is good.
    pub address: String,
    pub expires: i64,
}

/// A code that gives premium to whoever enters it.
#[derive(Debug)]
pub struct ResellerCode {
    pub id: u64,
    pub days: u64,
    pub text: String,
}

impl ResellerCode {
    pub fn new(days: u64, made: &mut u64, dice: &Dice) -> Self {
        *made += 1;
        Self { id: *made, days, text: dice.token(12) }
    }
}

/// Money in hundredths; less than nothing is nothing.
fn hundredths(amount: f64) -> u64 {
    // The cast saturates, and a test's amounts are small.
    (amount * 100.0).round() as u64
}
