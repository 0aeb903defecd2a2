//! Accounts by kind.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::ids::new_id;
use crate::world::Ground;

const DAY: i64 = 24 * 60 * 60;
const GIB: u64 = 1024 * 1024 * 1024;

/// A thousand points of a GiB each.
const POOL: u64 = 1000 * GIB;

/// How an account behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Premium,
    /// Has never paid.
    Free,
    /// Premium that ended a month ago.
    Expired,
    /// Premium, and its fair use is used up.
    FairuseEmpty,
    /// Premium, and its space in the cloud is full.
    Full,
    /// Premium, and every new transfer is refused with `topup_required`.
    Topup,
    /// Premium, and its key is new to this address: a person has to confirm it first.
    NewAddress,
}

impl Kind {
    pub const ALL: &[(Self, &str)] = &[
        (Self::Premium, "premium"),
        (Self::Free, "free"),
        (Self::Expired, "expired"),
        (Self::FairuseEmpty, "fairuse_empty"),
        (Self::Full, "full"),
        (Self::Topup, "topup"),
        (Self::NewAddress, "new_address"),
    ];
}

/// What the control address may wish for a new account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountWish {
    kind: Kind,
    /// The whole of its fair use, in bytes, and the part of it that is used, from 0 to 1.
    fairuse_bytes: Option<u64>,
    limit_used: Option<f64>,
    /// Bytes that it may store.
    space: Option<u64>,
}

impl AccountWish {
    pub fn plain(kind: Kind) -> Self {
        Self { kind, fairuse_bytes: None, limit_used: None, space: None }
    }
}

/// One account.
#[derive(Debug)]
pub struct Account {
    pub kind: Kind,
    pub customer_id: String,
    pub api_key: String,
    /// The id of its topmost folder.
    pub root: String,
    /// End of the subscription, if there was one.
    pub premium_until: Option<i64>,
    /// The whole of its fair use, in bytes, and what is used of it.
    pool: u64,
    used: u64,
    pub space: u64,
    /// What a person has to type in before the key is good here.
    pub pin: Option<String>,
    /// Direct links made for each service on a day, by its name and the day's number.
    pub links: HashMap<(String, i64), u64>,
    /// How many upload addresses it was given.
    pub upload_addresses: u64,
}

impl Account {
    pub fn new(wish: &AccountWish, ground: &Ground) -> Self {
        let (dice, now) = (&ground.dice, ground.clock.now());
        let pool = wish.fairuse_bytes.unwrap_or(POOL);
        let part = wish.limit_used.unwrap_or(if wish.kind == Kind::FairuseEmpty { 1.0 } else { 0.0 });
        Self {
            kind: wish.kind,
            customer_id: dice.pick(b"123456789", 9),
            api_key: ground.secrets.noted(dice.token(16)),
            root: new_id(dice),
            premium_until: match wish.kind {
                Kind::Free => None,
                Kind::Expired => Some(now - 30 * DAY),
                _ => Some(now + 365 * DAY),
            },
            pool,
            // Nothing that a test can notice is lost: pools are far below 2^53 bytes.
            used: (pool as f64 * part.clamp(0.0, 1.0)).round() as u64,
            space: wish.space.unwrap_or(if wish.kind == Kind::Full { 0 } else { 1024 * GIB }),
            pin: (wish.kind == Kind::NewAddress).then(|| user_code(ground)),
            links: HashMap::new(),
            upload_addresses: 0,
        }
    }

    pub fn is_premium(&self, now: i64) -> bool {
        self.premium_until.is_some_and(|end| end > now)
    }

    /// The used part of the fair use: 1 is everything.
    pub fn limit_used(&self) -> f64 {
        if self.pool == 0 { 1.0 } else { self.used as f64 / self.pool as f64 }
    }

    pub fn has_fair_use(&self, bytes: u64) -> bool {
        self.used < self.pool && bytes <= self.pool - self.used
    }

    pub fn spend(&mut self, bytes: u64) {
        self.used = self.used.saturating_add(bytes).min(self.pool);
    }

    /// What the ready line and the control address tell of it, under the names of a client's options.
    pub fn describe(&self, client_id: &str) -> Value {
        json!({"customer_id": self.customer_id, "api_key": self.api_key, "client_id": client_id})
    }
}

/// A code for a person to type in, such as `kpwx-3m7r`.
pub fn user_code(ground: &Ground) -> String {
    const LETTERS: &[u8] = b"abcdefghkmnpqrstuvwxyz23456789";
    format!("{}-{}", ground.dice.pick(LETTERS, 4), ground.dice.pick(LETTERS, 4))
}
