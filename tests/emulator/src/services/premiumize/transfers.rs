//! Transfers: the service fetches what a source leads to into the cloud.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use http::header::LOCATION;
use serde_json::{Value, json};
use url::Url;

use super::accounts::Kind;
use super::envelope::{Failure, Success, Verdict};
use super::hosts::{Place, place_of};
use super::ids::new_id;
use super::params::{Args, File};
use super::sources::{Source, SourceFile, is_magnet, key_of};
use super::tree::NewItem;
use super::{Premiumize, State, odd};
use crate::lock::LockExt;
use crate::server::answer::Answer;
use crate::services::fetch::{self, Fetch, Fetched, Manner};
use crate::services::settings::Pace;
use crate::world::blobs::Blob;

/// The states before the end, in order.
const WAY_OF_LINKS: &[&str] = &["queued", "running"];
const WAY_OF_TORRENTS: &[&str] = &["waiting", "queued", "running"];

/// One transfer.
#[derive(Debug)]
pub struct Transfer {
    pub id: String,
    account: usize,
    name: String,
    src: String,
    key: String,
    is_torrent: bool,
    /// Where the result goes.
    folder: Option<String>,
    added: i64,
    polls: u32,
    fetch: Option<Arc<Mutex<Fetch>>>,
    end: Option<End>,
    /// The torrent's file, where it came as one.
    torrent: Option<Arc<Blob>>,
}

/// How a transfer came to its end.
#[derive(Debug, Clone)]
enum End {
    /// The id of what it brought: a file, or a folder.
    File(String),
    Folder(String),
    /// The word and the text of what went wrong.
    Failed(String, String),
}

impl Transfer {
    fn way(&self) -> &'static [&'static str] {
        if self.is_torrent { WAY_OF_TORRENTS } else { WAY_OF_LINKS }
    }

    fn is_over(&self) -> bool {
        self.end.is_some()
    }
}

impl Premiumize {
    pub(super) fn transfer_create(&self, account: usize, args: &Args) -> Verdict {
        let (settings, now) = (self.settings(), self.ground.clock.now());
        let mut state = self.state.hold();
        self.check_premium(&state, account)?;
        let folder = self.folder(&state, account, args.text("folder_id"))?;
        if let Some(file) = args.file("src").filter(|file| is_container(&file.sent.name)) {
            let text = String::from_utf8_lossy(&file.bytes);
            let links: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            return Ok(self.created(json!({"name": file.sent.name, "type": "container", "content": links})));
        }
        let (src, torrent) = source_of(args);
        if src.is_empty() {
            return Err(self.no_src());
        }
        let key = key_of(&src);
        let is_same = |transfer: &&Transfer| {
            transfer.account == account && transfer.key == key && !matches!(transfer.end, Some(End::Failed(..)))
        };
        if let Some(same) = state.transfers.iter().find(is_same) {
            return match self.odd(odd::JOB_TWICE_REFUSED) {
                true => Err(Failure::told("You already added this job.")),
                false => Ok(self.created(created_members(same))),
            };
        }
        self.check_limits(&state, account, settings.active_transfers, settings.transfers)?;
        let is_torrent = torrent.is_some() || is_magnet(&src);
        let place = place_of(&settings.services, &src);
        if place.is_none() && !is_torrent {
            return Err(Failure::new("invalid_request", "src is neither a link nor a magnet"));
        }
        let known = state.sources.get(&key);
        let fetch = known.is_none().then(|| self.begin_fetch(&src)).flatten();
        let name = known.map_or_else(|| name_of(&src), |source| source.name.clone());
        let id = new_id(&self.ground.dice);
        let (polls, end) = (0, None);
        let transfer =
            Transfer { id, account, name, src, key, is_torrent, folder, added: now, polls, fetch, end, torrent };
        let members = created_members(&transfer);
        state.transfers.push(transfer);
        Ok(self.created(members))
    }

    pub(super) fn no_src(&self) -> Failure {
        let code = if self.odd(odd::MISSING_AS_TRANSIENT) { "transient_error" } else { "invalid_request" };
        Failure::new(code, "no src found")
    }

    fn created(&self, mut members: Value) -> Success {
        if self.odd(odd::CREATED_WITHOUT_NAME)
            && let Some(members) = members.as_object_mut()
        {
            members.retain(|name, _| name != "name" && name != "type");
        }
        Success::new(members)
    }

    fn check_limits(&self, state: &State, number: usize, most_active: usize, most: usize) -> Result<(), Failure> {
        let account = &state.accounts[number];
        if account.kind == Kind::Topup {
            return Err(Failure::bare().with("error", "topup_required"));
        }
        if !account.has_fair_use(0) {
            return Err(Failure::coded("account_limit_reached"));
        }
        if state.tree.used(number) >= account.space {
            return Err(Failure::told("Your space is full! Please delete old files first!"));
        }
        let own = || state.transfers.iter().filter(|transfer| transfer.account == number);
        if own().filter(|transfer| !transfer.is_over()).count() >= most_active {
            let message = format!("You already have a maximum of {most_active} active downloads in progress!");
            return Err(Failure::new("account_limit_reached", &message));
        }
        if own().count() >= most {
            return Err(Failure::told("Limit of transfers reached!"));
        }
        Ok(())
    }

    /// Begins to fetch a link of this machine.
    fn begin_fetch(&self, src: &str) -> Option<Arc<Mutex<Fetch>>> {
        let url = Url::parse(src).ok()?;
        let address = fetch::loopback(&url).ok()?;
        Some(fetch::begin(url, address, Manner::PLAIN, Arc::clone(&self.ground)))
    }

    pub(super) fn transfer_list(&self, account: usize, _args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let own: Vec<usize> =
            (0..state.transfers.len()).rev().filter(|place| state.transfers[*place].account == account).collect();
        let transfers: Vec<Value> = own.into_iter().map(|place| self.listed_transfer(&mut state, place)).collect();
        Ok(Success::new(json!({"transfers": transfers})))
    }

    fn listed_transfer(&self, state: &mut State, place: usize) -> Value {
        let states = self.states_behind(&state.transfers[place]);
        state.transfers[place].polls = state.transfers[place].polls.saturating_add(1);
        self.end_if_due(state, place, states);
        let transfer = &state.transfers[place];
        let (way, fetch) = (transfer.way(), transfer.fetch.as_ref());
        let percent = fetch.map_or(50, |fetch| fetch.hold().percent().min(99));
        let (status, progress, message) = match &transfer.end {
            Some(End::Failed(word, text)) => (word.as_str(), None, Some(text.clone())),
            Some(_) if transfer.is_torrent && states <= way.len() => {
                ("seeding", Some(1.0), Some("seeding, ratio 0.1".to_owned()))
            }
            Some(_) => ("finished", Some(1.0), None),
            None => match way.get(states) {
                Some(&"running") | None => {
                    // A percentage is exact enough as a float.
                    ("running", Some(percent as f64 / 100.0), Some(format!("{percent}% done")))
                }
                Some(word) => (*word, None, None),
            },
        };
        let (progress, message) = if self.odd(odd::PROGRESS_NULL) { (None, None) } else { (progress, message) };
        let (file_id, folder_id) = match &transfer.end {
            Some(End::File(id)) => (Some(id), None),
            Some(End::Folder(id)) => (None, Some(id)),
            _ => (None, None),
        };
        let folder_member = if self.odd(odd::TARGET_FOLDER_ID) { "target_folder_id" } else { "folder_id" };
        let mut listed = json!({
            "id": transfer.id,
            "name": transfer.name,
            "message": message,
            "status": status,
            "progress": progress,
            folder_member: folder_id,
            "file_id": file_id,
            "src": transfer.src,
        });
        if self.odd(odd::OTHER_CLOUD_ID) {
            listed["other_cloud_id"] = Value::Null;
        }
        listed
    }

    fn states_behind(&self, transfer: &Transfer) -> usize {
        let passed = self.ground.clock.now() - transfer.added;
        self.settings().transfer_pace.stage(transfer.polls, passed, usize::MAX)
    }

    /// Where the clock sets the pace, transfers come to their end without being asked for.
    pub(super) fn end_due_transfers(&self) {
        if matches!(self.settings().transfer_pace, Pace::Polls(_)) {
            return;
        }
        let mut state = self.state.hold();
        for place in 0..state.transfers.len() {
            let states = self.states_behind(&state.transfers[place]);
            self.end_if_due(&mut state, place, states);
        }
    }

    /// Brings a transfer to its end, once, if its way lies behind it and there is something to bring.
    fn end_if_due(&self, state: &mut State, place: usize, states: usize) {
        let transfer = &state.transfers[place];
        if transfer.is_over() || states < transfer.way().len() {
            return;
        }
        let fetched = transfer.fetch.as_ref().map(|fetch| fetch.hold().end.clone());
        let source = match (fetched, state.sources.get(&transfer.key).cloned()) {
            (Some(None), _) => return,
            (Some(Some(Ok(fetched))), _) => Ok(self.fetched_source(state, place, fetched)),
            (Some(Some(Err(()))), _) => Err("The source could not be fetched"),
            (None, Some(source)) => Ok(source),
            (None, None) if transfer.is_torrent => Err("No peers were found"),
            (None, None) => Err(self.why_not(&transfer.src)),
        };
        let end = match source {
            Ok(source) => self.bring(state, place, source),
            Err(text) => End::Failed("error".to_owned(), text.to_owned()),
        };
        state.transfers[place].end = Some(end);
    }

    fn why_not(&self, src: &str) -> &'static str {
        match place_of(&self.settings().services, src) {
            Some(Place::Known(_)) => "Error: file not found",
            _ => "This service is not supported.",
        }
    }

    /// What was fetched is in the cache from now on.
    fn fetched_source(&self, state: &mut State, place: usize, fetched: Fetched) -> Source {
        let Fetched { name, blob } = fetched;
        let files = vec![SourceFile { path: name.clone(), blob }];
        let source = Source { name, files, is_cached: true, refusal: None, end: None };
        let transfer = &mut state.transfers[place];
        transfer.name.clone_from(&source.name);
        state.sources.insert(transfer.key.clone(), source.clone());
        source
    }

    /// Puts what a source holds into the cloud.
    fn bring(&self, state: &mut State, place: usize, source: Source) -> End {
        if let Some((word, text)) = source.end {
            return End::Failed(word, text);
        }
        let failed = |text: &str| End::Failed("error".to_owned(), text.to_owned());
        let transfer = &state.transfers[place];
        let (account, key, src) = (transfer.account, transfer.key.clone(), transfer.src.clone());
        let folder = transfer.folder.clone().filter(|folder| state.tree.get(account, folder).is_some());
        let size = source.files.iter().map(|file| file.blob.size).sum::<u64>();
        let factor = match place_of(&self.settings().services, &src) {
            Some(Place::Known(host)) => host.factor,
            _ => 1,
        };
        let cost = size.saturating_mul(factor);
        if !state.accounts[account].has_fair_use(cost) {
            return failed("Fair use limit reached!");
        }
        if state.tree.used(account) + size > state.accounts[account].space {
            return failed("Your space is full! Please delete old files first!");
        }
        state.accounts[account].spend(cost);
        if let Some(known) = state.sources.get_mut(&key) {
            known.is_cached = true;
        }
        let now = self.ground.clock.now();
        let add = |state: &mut State, parent: Option<String>, name: &str, blob: Option<Arc<Blob>>| {
            let id = new_id(&self.ground.dice);
            let new = NewItem { id: id.clone(), owner: account, parent, name: name.to_owned(), blob };
            state.tree.add(now, new);
            id
        };
        if let [file] = source.files.as_slice()
            && !file.path.contains('/')
        {
            return End::File(add(state, folder, &file.path, Some(Arc::clone(&file.blob))));
        }
        let top = add(state, folder, &source.name, None);
        for file in &source.files {
            let mut parent = top.clone();
            let mut names: Vec<&str> = file.path.split('/').collect();
            let name = names.pop().unwrap_or_default();
            for within in names {
                let there = state.tree.named(account, Some(&parent), within).map(|item| item.id.clone());
                parent = match there {
                    Some(there) => there,
                    None => add(state, Some(parent), within, None),
                };
            }
            add(state, Some(parent), name, Some(Arc::clone(&file.blob)));
        }
        End::Folder(top)
    }

    fn own_transfer(&self, state: &State, account: usize, args: &Args) -> Result<usize, Failure> {
        let id = args.text("id").unwrap_or_default();
        let is_it = |transfer: &Transfer| transfer.account == account && transfer.id == id;
        state.transfers.iter().position(is_it).ok_or_else(|| self.no_item())
    }

    /// Takes the record away; with an odd form what it brought, too.
    pub(super) fn transfer_delete(&self, account: usize, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let place = self.own_transfer(&state, account, args)?;
        let transfer = state.transfers.remove(place);
        if self.odd(odd::DELETE_TAKES_FILES)
            && let Some(End::File(id) | End::Folder(id)) = transfer.end
        {
            state.tree.remove(account, &id);
        }
        Ok(Success::done())
    }

    pub(super) fn transfer_clearfinished(&self, account: usize, _args: &Args) -> Verdict {
        let is_finished = |transfer: &Transfer| matches!(transfer.end, Some(End::File(_) | End::Folder(_)));
        self.state.hold().transfers.retain(|transfer| transfer.account != account || !is_finished(transfer));
        Ok(Success::done())
    }

    pub(super) fn transfer_retry(&self, account: usize, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let place = self.own_transfer(&state, account, args)?;
        if !matches!(state.transfers[place].end, Some(End::Failed(..))) {
            return Err(Failure::new("invalid_request", "This transfer has not failed"));
        }
        let is_known = state.sources.contains_key(&state.transfers[place].key);
        let fetch = if is_known { None } else { self.begin_fetch(&state.transfers[place].src) };
        let transfer = &mut state.transfers[place];
        (transfer.added, transfer.polls, transfer.end) = (self.ground.clock.now(), 0, None);
        transfer.fetch = fetch;
        Ok(Success::done())
    }

    /// What a transfer was made from: a redirect to the magnet or link, or the torrent's bytes under a wrong type.
    pub(super) fn transfer_source(&self, account: usize, args: &Args) -> Result<JobSource, Failure> {
        let state = self.state.hold();
        let place = self.own_transfer(&state, account, args)?;
        let transfer = &state.transfers[place];
        Ok(match &transfer.torrent {
            Some(torrent) => JobSource::Torrent(Arc::clone(torrent)),
            None => JobSource::Elsewhere(transfer.src.clone()),
        })
    }
}

/// What a transfer was made from.
#[derive(Debug)]
pub enum JobSource {
    Torrent(Arc<Blob>),
    Elsewhere(String),
}

impl JobSource {
    pub fn redirect(location: String) -> Answer {
        Answer::empty(StatusCode::FOUND).with(LOCATION, location)
    }
}

fn created_members(transfer: &Transfer) -> Value {
    let kind = if transfer.is_torrent { "torrent" } else { "savetocloud" };
    json!({"id": transfer.id, "name": transfer.name, "type": kind})
}

/// The source that a call names, and the torrent's file where it sends one.
fn source_of(args: &Args) -> (String, Option<Arc<Blob>>) {
    match args.file("src") {
        Some(File { sent, .. }) => (format!("torrent:{}", sent.blob.md5), Some(Arc::clone(&sent.blob))),
        None => (args.text("src").unwrap_or_default().trim().to_owned(), None),
    }
}

fn is_container(name: &str) -> bool {
    [".dlc", ".ccf", ".rsdf"].iter().any(|extension| name.to_ascii_lowercase().ends_with(extension))
}

/// What a transfer is called before more is known.
fn name_of(src: &str) -> String {
    let magnet_name = src.strip_prefix("magnet:?").and_then(|query| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == "dn").map(|(_, name)| name.into_owned())
    });
    let last = || src.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default().to_owned();
    magnet_name.unwrap_or_else(last)
}
