//! Who may download what: links for those who paid and for owners, refusals with their reasons.

use serde_json::{Value, json};

use super::accounts::Account;
use super::envelope::{Failure, Success, Verdict};
use super::params::Args;
use super::tree::{Item, OnlyFor};
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;

impl Keep2Share {
    pub(super) fn get_url(&self, args: &Args) -> Verdict {
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        let visitor = match self.visitor(&state, args) {
            Err(_) if self.odd(odd::BAD_TOKEN_ANONYMOUS) => None,
            visitor => visitor?,
        };
        let id = args.text("file_id").unwrap_or_default();
        let item = state.tree.get(id).ok_or_else(|| Failure::new(406, 20, "File not found"))?;
        let (file_id, size) = (item.id.clone(), item.size());
        let needs_premium = item.access == "premium";
        self.admit(&state, item, visitor, now)?;
        if let Some(number) = visitor {
            self.count(&mut state.accounts[number], &file_id)?;
        }
        if let Some(number) = visitor.filter(|number| state.accounts[*number].is_premium(now)) {
            if state.accounts[number].available_traffic < size {
                return Err(self.unavailable(2, "Traffic limit exceed"));
            }
            let url = self.give_link(&mut state, &file_id, visitor, None);
            return Ok(self.url_answer(json!({"url": url})));
        }
        if needs_premium {
            return Err(self.unavailable(7, "This download available only for premium users"));
        }
        if size > self.settings().free_size {
            let message = "Free user can't download large files. Upgrade to PREMIUM and forget about limits.";
            return Err(self.unavailable(3, message));
        }
        self.free_url(&mut state, args, &file_id, visitor, now)
    }

    /// Refuses what nobody, or only some, may download.
    fn admit(&self, state: &State, item: &Item, visitor: Option<usize>, now: i64) -> Result<(), Failure> {
        if item.is_folder() {
            return Err(Failure::new(406, 23, "file_id is folder"));
        }
        if item.is_blocked {
            return Err(Failure::new(406, 22, "File is blocked"));
        }
        if !item.is_available() {
            return Err(Failure::new(406, 21, "File is not available"));
        }
        if visitor == Some(item.owner) {
            return Ok(());
        }
        if item.access == "private" {
            return Err(self.unavailable(8, "This is private file"));
        }
        let subscribes = || visitor.is_some_and(|visitor| state.subscribes(visitor, item.owner, now));
        match item.only_for {
            Some(OnlyFor::Nobody) => Err(self.unavailable(4, "You no can access to this file")),
            Some(OnlyFor::StoreSubscribers) if !subscribes() => {
                Err(self.unavailable(9, "This download available only for store subscribers"))
            }
            _ => Ok(()),
        }
    }

    /// Counts the files that an account has asked for; the same file again is free.
    fn count(&self, account: &mut Account, file_id: &str) -> Result<(), Failure> {
        if let Some(limit) = account.downloads_limit
            && !account.downloaded.contains(file_id)
        {
            if account.downloaded.len() >= limit {
                return Err(self.unavailable(1, "Download count files exceed"));
            }
            account.downloaded.insert(file_id.to_owned());
        }
        Ok(())
    }

    /// 21 with its reason.
    fn unavailable(&self, reason: u16, message: &str) -> Failure {
        if reason <= 3 && self.odd(odd::REASON_AS_CODE) {
            return Failure::new(406, reason, message);
        }
        if reason == 7 && self.odd(odd::PREMIUM_ONLY_43) {
            return Failure::new(406, 43, message);
        }
        let code = if self.odd(odd::REASON_UNDER_42) { 42 } else { 21 };
        let said = match self.odd(odd::FILE_NOT_AVAILABLE_TEXT) {
            true => "File is not available",
            false => "Download is not available",
        };
        Failure::new(406, code, said).with("errors", json!([{"code": reason, "message": message}]))
    }

    pub(super) fn url_answer(&self, members: Value) -> Success {
        let mut success = Success::new(members);
        if self.odd(odd::NULL_KEYS) {
            for name in ["url", "free_download_key", "time_wait"] {
                success.members.entry(name).or_insert(Value::Null);
            }
        }
        success
    }
}
