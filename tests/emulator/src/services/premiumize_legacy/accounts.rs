//! Accounts by kind, and what fair use leaves them.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::world::Ground;

const DAY: i64 = 24 * 60 * 60;
const GIB: u64 = 1024 * 1024 * 1024;

/// What an account may download in all, unless a test says otherwise.
const POOL: u64 = 300 * GIB;

/// How an account behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Premium,
    Trial,
    Prepaid,
    /// May not download: 402.
    Free,
    /// Premium, and nothing is left of its fair use: 509.
    FairuseEmpty,
    /// Premium, of the old accounts with a name instead of a number.
    Named,
    /// Banned from downloading: 403.
    Forbidden,
    /// Every call gets a bare page «403 Forbidden».
    Blocked,
}

impl Kind {
    pub const ALL: &[(Self, &str)] = &[
        (Self::Premium, "premium"),
        (Self::Trial, "trial"),
        (Self::Prepaid, "prepaid"),
        (Self::Free, "free"),
        (Self::FairuseEmpty, "fairuse_empty"),
        (Self::Named, "named"),
        (Self::Forbidden, "forbidden"),
        (Self::Blocked, "blocked"),
    ];

    /// The word that `accountstatus` has for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Prepaid => "prepaid",
            Self::Free => "free",
            _ => "premium",
        }
    }
}

/// What the control address may wish for a new account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountWish {
    kind: Kind,
    /// The whole of its fair use, in bytes.
    fairuse_bytes: Option<u64>,
    /// The part of it that is left, from 0 to 1.
    fairuse_left: Option<f64>,
}

impl AccountWish {
    pub fn plain(kind: Kind) -> Self {
        Self { kind, fairuse_bytes: None, fairuse_left: None }
    }
}

/// One account.
#[derive(Debug)]
pub struct Account {
    pub kind: Kind,
    pub login: String,
    pub pass: String,
    /// End of the subscription, if there is one.
    pub expires: Option<i64>,
    /// The whole of its fair use, in bytes, and what is left of it.
    pool: u64,
    left: u64,
    /// Links made for each host on a day, by its name and the day's number.
    pub links: HashMap<(String, i64), u64>,
}

impl Account {
    pub fn new(wish: &AccountWish, ground: &Ground) -> Self {
        let (dice, now) = (&ground.dice, ground.clock.now());
        let pool = wish.fairuse_bytes.unwrap_or(POOL);
        let part = wish.fairuse_left.unwrap_or(if wish.kind == Kind::FairuseEmpty { 0.0 } else { 1.0 });
        let login = match wish.kind {
            Kind::Named => format!("john-{}", dice.token(6)),
            _ => dice.pick(b"123456789", 9),
        };
        Self {
            kind: wish.kind,
            login,
            pass: ground.secrets.noted(dice.token(16)),
            expires: match wish.kind {
                Kind::Free | Kind::Prepaid => None,
                Kind::Trial => Some(now + 3 * DAY),
                _ => Some(now + 365 * DAY),
            },
            pool,
            // Nothing that a test can notice is lost: pools are far below 2^53 bytes.
            left: (pool as f64 * part.clamp(0.0, 1.0)).round() as u64,
            links: HashMap::new(),
        }
    }

    /// The part of the fair use that is left: 1 is everything.
    pub fn fairuse_left(&self) -> f64 {
        if self.pool == 0 { 0.0 } else { self.left as f64 / self.pool as f64 }
    }

    pub fn bytes_left(&self) -> u64 {
        self.left
    }

    /// Takes a download out of the fair use; false where it does not suffice.
    pub fn spend(&mut self, bytes: u64) -> bool {
        let suffices = self.left > 0 && bytes <= self.left;
        if suffices {
            self.left -= bytes;
        }
        suffices
    }

    /// What the ready line and the control address tell of it, under the names of a client's options.
    pub fn describe(&self) -> Value {
        json!({"login": self.login, "pass": self.pass})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(pool: u64, left: u64) -> Account {
        let (login, pass, links) = (String::new(), String::new(), HashMap::new());
        Account { kind: Kind::Premium, login, pass, expires: None, pool, left, links }
    }

    #[test]
    fn fair_use_goes_down_to_nothing() {
        let mut account = account(100, 100);
        assert!(account.spend(25));
        assert_eq!(account.fairuse_left(), 0.75);
        assert!(!account.spend(76));
        assert!(account.spend(75));
        assert_eq!(account.fairuse_left(), 0.0);
        assert!(!account.spend(0), "nothing is left, not even for an empty file");
    }
}
