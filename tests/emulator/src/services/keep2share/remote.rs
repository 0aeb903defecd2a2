//! Remote upload: the service fetches an address by itself.

use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};
use url::Url;

use super::envelope::{Failure, Success, Verdict};
use super::params::Args;
use super::tree::{NewItem, SHORTEST_NAME};
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;
use crate::services::fetch::{self, Fetch, Fetched, Manner};
use crate::services::settings::Pace;

const NEW: u8 = 1;
const PROCESSING: u8 = 2;
const COMPLETED: u8 = 3;
const ERROR: u8 = 4;
const ACCEPTED: u8 = 5;

/// The states that each remote upload shows before its end, in order.
const WAY: [u8; 3] = [NEW, ACCEPTED, PROCESSING];

/// One address under way.
#[derive(Debug)]
pub struct RemoteUpload {
    account: usize,
    added: i64,
    polls: u32,
    fetch: Arc<Mutex<Fetch>>,
    /// The stored file's id, or an error.
    end: Option<Result<String, ()>>,
}

impl RemoteUpload {
    /// How many states lie behind it.
    fn stage(&self, pace: Pace, now: i64) -> usize {
        pace.stage(self.polls, now - self.added, WAY.len())
    }
}

impl Keep2Share {
    pub(super) fn remote_upload_add(&self, args: &Args) -> Verdict {
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let (mut accepted, mut rejected) = (Vec::new(), Vec::new());
        for text in args.texts("urls") {
            let address = Url::parse(text)
                .map_err(|_| "This is not an address")
                .and_then(|url| fetch::loopback(&url).map(|address| (url, address)));
            match address {
                Ok((url, address)) => {
                    let id = (10_000_000 + self.ground.dice.below(90_000_000)).to_string();
                    accepted.push(self.shown_accepted(text, &id));
                    let fetch = fetch::begin(url, address, Manner::PLAIN, Arc::clone(&self.ground));
                    state.remote.insert(id, RemoteUpload { account, added: now, polls: 0, fetch, end: None });
                }
                Err(_) if self.odd(odd::REJECTED_AS_TEXT) => rejected.push(json!(text)),
                Err(reason) => rejected.push(json!({"url": text, "message": reason})),
            }
        }
        Ok(Success::new(json!({"acceptedUrls": accepted, "rejectedUrls": rejected})))
    }

    fn shown_accepted(&self, url: &str, id: &str) -> Value {
        if self.odd(odd::ACCEPTED_AS_TEXT) {
            json!(url)
        } else if self.odd(odd::REMOTE_IDS_AS_INTEGERS) {
            json!({"url": url, "id": id.parse::<u64>().unwrap_or_default()})
        } else {
            json!({"url": url, "id": id})
        }
    }

    pub(super) fn remote_upload_status(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let ids: Vec<&str> = args.texts("ids").collect();
        // No item says whose it is, so one that is left out would shift all that follow.
        let is_own = |id: &&str| state.remote.get(*id).is_some_and(|upload| upload.account == account);
        if !ids.iter().all(is_own) {
            return Err(Failure::params());
        }
        let shown: Vec<(String, Value)> =
            ids.into_iter().map(|id| (id.to_owned(), self.remote_status(&mut state, id))).collect();
        let uploads = match self.odd(odd::UPLOADS_AS_MAP) {
            true if shown.is_empty() => json!([]),
            true => Value::Object(shown.into_iter().collect::<Map<_, _>>()),
            false => shown.into_iter().map(|(_, status)| status).collect(),
        };
        Ok(Success::new(json!({"uploads": uploads})))
    }

    fn remote_status(&self, state: &mut State, id: &str) -> Value {
        let (pace, now) = (self.settings().remote_pace, self.ground.clock.now());
        let Some(upload) = state.remote.get_mut(id) else {
            return Value::Null;
        };
        let stage = upload.stage(pace, now);
        upload.polls = upload.polls.saturating_add(1);
        let percent = upload.fetch.hold().percent();
        if stage >= WAY.len() {
            self.end_remote(state, id);
        }
        let end = state.remote.get(id).and_then(|upload| upload.end.clone());
        let (status, progress, file_id) = match end {
            Some(Ok(file_id)) => (COMPLETED, 100, Some(file_id)),
            Some(Err(())) => (ERROR, percent.min(99), None),
            None if stage < 2 => (WAY[stage], 0, None),
            None => (PROCESSING, percent.min(99), None),
        };
        let as_text = self.odd(odd::UPLOAD_NUMBERS_AS_TEXT);
        let mut shown = json!({
            "status": self.shown_number(status, as_text),
            "progress": self.shown_number(progress, as_text),
        });
        if let Some(file_id) = file_id {
            shown["file_id"] = self.shown_id(&file_id);
        } else if self.odd(odd::REMOTE_FILE_ID_NULL) {
            shown["file_id"] = Value::Null;
        }
        shown
    }

    /// Where the clock sets the pace, uploads come to their end without being asked for.
    pub(super) fn end_due_remotes(&self) {
        let (pace, now) = (self.settings().remote_pace, self.ground.clock.now());
        if matches!(pace, Pace::Polls(_)) {
            return;
        }
        let mut state = self.state.hold();
        let is_due = |upload: &RemoteUpload| upload.end.is_none() && upload.stage(pace, now) >= WAY.len();
        let due: Vec<String> =
            state.remote.iter().filter(|(_, upload)| is_due(upload)).map(|(id, _)| id.clone()).collect();
        for id in due {
            self.end_remote(&mut state, &id);
        }
    }

    /// Makes a file of what was fetched, once, if the fetch is over.
    fn end_remote(&self, state: &mut State, id: &str) {
        let Some(upload) = state.remote.get(id).filter(|upload| upload.end.is_none()) else {
            return;
        };
        let (account, fetched) = (upload.account, upload.fetch.hold().end.clone());
        let Some(fetched) = fetched else {
            return;
        };
        let end = fetched.and_then(|fetched| self.store_remote(state, account, fetched));
        if let Some(upload) = state.remote.get_mut(id) {
            upload.end = Some(end);
        }
    }

    fn store_remote(&self, state: &mut State, owner: usize, fetched: Fetched) -> Result<String, ()> {
        let Fetched { name, blob } = fetched;
        let over_quota = state.tree.used(owner) + blob.size > state.accounts[owner].storage_quota;
        if over_quota || state.is_full(owner, None) || name.chars().count() < SHORTEST_NAME {
            return Err(());
        }
        let id = self.ground.dice.hex(13);
        let new = NewItem { owner, parent: None, name, access: "public".into(), blob: Some(blob) };
        state.tree.add(id.clone(), self.ground.clock.now(), new);
        Ok(id)
    }
}
