//! Downloads of those who have not paid: a captcha, a ticket, a wait, and one file at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::captcha::{Challenge, Solution};
use super::envelope::{Failure, Verdict};
use super::params::Args;
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;
use crate::world::Ground;

const TICKET_LIFE: i64 = 60 * 60;

/// Whom the service counts as one free user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FreeUser {
    account: Option<usize>,
    /// Where the user comes from.
    pub address: String,
}

/// The permission to download one file for free, after a wait.
#[derive(Debug)]
pub struct Ticket {
    file_id: String,
    user: FreeUser,
    ready: i64,
    pub expires: i64,
}

/// What the free users of a world are doing.
#[derive(Debug, Default)]
pub struct FreeUsers(Mutex<HashMap<FreeUser, Doings>>);

#[derive(Debug, Default)]
struct Doings {
    /// Running downloads by file.
    running: HashMap<String, usize>,
    last_end: Option<i64>,
}

impl FreeUsers {
    /// Whether the user is downloading another file.
    pub fn is_busy(&self, user: &FreeUser, file_id: &str) -> bool {
        self.0.hold().get(user).is_some_and(|doings| doings.running.keys().any(|running| running != file_id))
    }

    fn last_end(&self, user: &FreeUser) -> Option<i64> {
        self.0.hold().get(user)?.last_end
    }

    pub fn begin(self: &Arc<Self>, user: &FreeUser, file_id: &str, length: u64, ground: &Arc<Ground>) -> Running {
        *self.0.hold().entry(user.clone()).or_default().running.entry(file_id.to_owned()).or_default() += 1;
        Running {
            users: Arc::clone(self),
            ground: Arc::clone(ground),
            user: user.clone(),
            file_id: file_id.to_owned(),
            left: Some(length),
        }
    }
}

/// A free download under way. It is over with its last byte, before the client can have it, or when it breaks.
pub struct Running {
    users: Arc<FreeUsers>,
    ground: Arc<Ground>,
    user: FreeUser,
    file_id: String,
    /// None when it is over.
    left: Option<u64>,
}

impl Running {
    pub fn sent(&mut self, bytes: u64) {
        self.left = self.left.map(|left| left.saturating_sub(bytes));
        if self.left == Some(0) {
            self.end();
        }
    }

    fn end(&mut self) {
        if self.left.take().is_none() {
            return;
        }
        let mut users = self.users.0.hold();
        let doings = users.entry(self.user.clone()).or_default();
        doings.last_end = Some(self.ground.clock.now());
        if let Some(count) = doings.running.get_mut(&self.file_id) {
            *count -= 1;
            if *count == 0 {
                doings.running.remove(&self.file_id);
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

impl Keep2Share {
    pub(super) fn free_url(
        &self,
        state: &mut State,
        args: &Args,
        file_id: &str,
        visitor: Option<usize>,
        now: i64,
    ) -> Verdict {
        let user = FreeUser { account: visitor, address: self.settings().client_address };
        match args.text("free_download_key") {
            Some(key) => self.use_ticket(state, key, file_id, user, now),
            None => self.ask_for_ticket(state, args, file_id, user, now),
        }
    }

    /// A ticket is good for many links to its file, until it lapses.
    fn use_ticket(&self, state: &mut State, key: &str, file_id: &str, user: FreeUser, now: i64) -> Verdict {
        let ticket = state.tickets.get(key).filter(|ticket| ticket.file_id == file_id && ticket.expires > now);
        let ticket = ticket.filter(|ticket| ticket.user.account == user.account);
        let ticket = ticket.ok_or_else(|| Failure::new(406, 40, "Wrong free download key"))?;
        if ticket.user.address != user.address {
            return Err(captcha_wanted());
        }
        let wait = ticket.ready - now;
        if wait > 0 && self.odd(odd::TICKET_AGAIN) {
            return Ok(self.url_answer(json!({"free_download_key": key, "time_wait": self.shown_wait(wait)})));
        }
        if wait > 0 {
            let failure = Failure::new(406, 41, "Need wait for free download");
            let bare = self.odd(odd::NEED_WAIT_WITHOUT_TIME);
            return Err(if bare { failure } else { failure.with("time_wait", self.shown_wait(wait)) });
        }
        self.refuse_busy(&user, file_id)?;
        let account = user.account;
        let url = self.give_link(state, file_id, account, Some(user));
        Ok(self.url_answer(json!({"url": url})))
    }

    fn ask_for_ticket(&self, state: &mut State, args: &Args, file_id: &str, user: FreeUser, now: i64) -> Verdict {
        let told_late = self.odd(odd::WAIT_TOLD_AFTER_CAPTCHA);
        let refuse = || self.refuse_busy(&user, file_id).and_then(|()| self.refuse_early(&user, now));
        if !told_late {
            refuse()?;
        }
        let Some((id, answer)) = args.text("captcha_challenge").zip(args.text("captcha_response")) else {
            return Err(captcha_wanted());
        };
        state.captchas.admit(now)?;
        if state.captchas.solve(id, answer, Challenge::IMAGE, now) == Solution::Wrong {
            return Err(Failure::new(406, 31, "Invalid captcha"));
        }
        if told_late {
            refuse()?;
        }
        let settings = self.settings();
        let key = self.ground.dice.hex(32);
        let (wait, margin) =
            if self.odd(odd::TIME_WAIT_ZERO) { (0, 0) } else { (settings.free_wait_s, settings.free_margin_s) };
        let ready = now + wait + margin;
        let ticket = Ticket { file_id: file_id.to_owned(), user, ready, expires: now + TICKET_LIFE };
        state.tickets.insert(key.clone(), ticket);
        Ok(self.url_answer(json!({
            "message": "Captcha accepted, please wait",
            "free_download_key": key,
            "time_wait": self.shown_wait(wait),
        })))
    }

    fn refuse_busy(&self, user: &FreeUser, file_id: &str) -> Result<(), Failure> {
        let message = "Free account does not allow to download more than one file at the same time";
        let is_busy = self.free_users.is_busy(user, file_id);
        if is_busy { Err(self.not_now(json!({"code": 6, "message": message}))) } else { Ok(()) }
    }

    /// After a free download comes a pause.
    fn refuse_early(&self, user: &FreeUser, now: i64) -> Result<(), Failure> {
        let end = self.free_users.last_end(user).map(|end| end + self.settings().free_pause_s);
        let Some(left) = end.map(|end| end - now).filter(|left| *left > 0) else {
            return Ok(());
        };
        let mut reason = json!({"code": 5, "message": "Please wait to download this file"});
        if self.odd(odd::TIME_REMAINING_NUMBER) {
            reason["timeRemaining"] = json!(left);
        } else if !self.odd(odd::TIME_REMAINING_MISSING) {
            reason["timeRemaining"] = json!(format!("{left}.000000"));
        }
        Err(self.not_now(reason))
    }

    /// 42 with its reason.
    fn not_now(&self, reason: Value) -> Failure {
        let failure = Failure::new(406, 42, "Download not available");
        if self.odd(odd::REFUSED_WITHOUT_REASON) { failure } else { failure.with("errors", json!([reason])) }
    }

    fn shown_wait(&self, seconds: i64) -> Value {
        self.shown_number(seconds, self.odd(odd::TIME_WAIT_TEXT))
    }
}

fn captcha_wanted() -> Failure {
    Failure::new(406, 30, "You need send request for free download with captcha fields")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::blobs::Blobs;
    use crate::world::clock::Clock;
    use crate::world::dice::Dice;
    use crate::world::faults::Faults;

    /// Whoever has the last byte may go on at once, however long the answer's remains live.
    #[test]
    fn a_download_is_over_with_its_last_byte() {
        let folder = tempfile::tempdir().expect("a folder");
        let ground = Arc::new(Ground {
            clock: Clock::default(),
            dice: Dice::new(1),
            journal: Arc::default(),
            faults: Faults::default(),
            blobs: Blobs::new(folder.path().to_owned()).expect("a folder"),
            secrets: Arc::default(),
            address: String::new(),
            storage: String::new(),
        });
        let users = Arc::new(FreeUsers::default());
        let user = FreeUser { account: None, address: "127.0.0.1".into() };
        let mut whole = users.begin(&user, "one", 10, &ground);
        let broken = users.begin(&user, "one", 10, &ground);
        whole.sent(9);
        assert!(users.is_busy(&user, "two") && !users.is_busy(&user, "one"));
        whole.sent(1);
        assert!(users.is_busy(&user, "two"), "the other part is still running");
        drop(broken);
        assert!(!users.is_busy(&user, "two"));
        let mut next = users.begin(&user, "two", 10, &ground);
        drop(whole);
        assert!(users.is_busy(&user, "one"), "it does not end twice");
        next.sent(10);
        assert!(!users.is_busy(&user, "one"));
    }
}
