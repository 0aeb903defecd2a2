//! Download addresses, the pages around them, and the storage host.

use std::sync::Arc;

use http::header::{ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, LOCATION};
use http::{Method, StatusCode};
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use super::envelope::{Success, Verdict};
use super::files::own_file;
use super::params::Args;
use super::range::{Part, php_part};
use super::shown::segment;
use super::tree::{File, Status};
use super::{ERROR_PAGES, NAME, STORAGE, State, YetiShare, odd, texts};
use crate::lock::LockExt;
use crate::server::answer::Answer;
use crate::server::{Call, Door};
use crate::services::range::{Range, asked_range};
use crate::services::serving;

/// How long a download address is good, any number of times.
const TOKEN_LIFE: i64 = 24 * 60 * 60;

/// A download address that was given out.
#[derive(Debug)]
pub struct DownloadToken {
    file: u64,
    /// Path and query, to be used as they are.
    target: String,
    expires: i64,
}

/// An address at the storage host.
#[derive(Debug)]
pub struct StorageKey {
    file: u64,
    expires: i64,
}

/// A download that may begin.
struct Admitted {
    file: File,
    /// Held while its bytes go out.
    thread: Arc<()>,
}

impl YetiShare {
    pub(super) fn file_download(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        let file = match args.get("short_url").filter(|_| args.get("file_id").is_none()) {
            Some(short) => {
                let file = state.tree.file_by_short(short);
                let is_own = |file: &&File| file.owner == caller && file.status != Status::Deleted;
                file.filter(is_own).ok_or(texts::NO_FILE)?
            }
            None => own_file(state, args, caller)?,
        };
        let token = self.ground.secrets.noted(self.ground.dice.hex(64));
        let name = match self.odd(odd::DOWNLOAD_URL_WITH_NAME) {
            true => format!("/{}", segment(&file.name)),
            false => String::new(),
        };
        let address = format!("{}{name}?download_token={token}", self.url_file(file));
        let target = address.splitn(4, '/').nth(3).map(|rest| format!("/{rest}")).unwrap_or_default();
        // It is an echo of what was sent, so a text whatever numbers are otherwise.
        let file_id = args.get("file_id").map_or_else(|| file.id.to_string(), str::to_owned);
        let answer = json!({"file_id": file_id, "filename": file.name, "download_url": address});
        let token_of = DownloadToken { file: file.id, target, expires: self.ground.clock.now() + TOKEN_LIFE };
        state.download_tokens.insert(token, token_of);
        Ok(Success::data(answer))
    }

    /// Serves a file's address: the file itself where a token comes along, else its page.
    pub(super) async fn download(&self, call: &Call) -> Answer {
        self.check_file_request(call);
        if let Some(refusal) = refused_method(call) {
            return refusal;
        }
        let admitted = {
            let mut state = self.state.hold();
            match self.admit(&mut state, call) {
                Ok(admitted) if self.settings().storage_redirect => {
                    return self.to_storage(&mut state, &admitted.file);
                }
                admitted => admitted,
            }
        };
        match admitted {
            Ok(admitted) => self.serve(call, admitted).await,
            Err(refusal) => refusal,
        }
    }

    fn admit(&self, state: &mut State, call: &Call) -> Result<Admitted, Answer> {
        let not_found = || Answer::html(StatusCode::NOT_FOUND, "Page not found");
        let short = call.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let file = state.tree.file_by_short(short).ok_or_else(not_found)?;
        let Some(token) = call.query("download_token") else {
            return Err(Answer::html(StatusCode::OK, "Download this file"));
        };
        let now = self.ground.clock.now();
        let token = state.download_tokens.get(token).filter(|token| token.file == file.id);
        if token.is_some_and(|token| token.target != call.target) {
            call.violation("a download address was changed");
        }
        if token.is_none_or(|token| token.expires <= now) || file.status != Status::Active {
            return Err(self.to_error_page(texts::NOT_LOCATED));
        }
        let id = file.id;
        self.start(state, call, id).ok_or_else(not_found)?
    }

    /// Counts a download, and its thread where there is a limit.
    fn start(&self, state: &mut State, call: &Call, id: u64) -> Option<Result<Admitted, Answer>> {
        let (limit, redirects) = (self.settings().download_threads, self.settings().storage_redirect);
        let owner = state.tree.any_file(id)?.owner;
        let handle = state.threads.entry(owner).or_default();
        // One handle is ours.
        if limit > 0 && Arc::strong_count(handle) > limit {
            return Some(Err(too_many()));
        }
        let thread = Arc::clone(handle);
        let file = state.tree.any_file(id)?;
        if call.method == Method::GET && (!redirects || call.door == Door::Storage) {
            file.downloads += 1;
            file.last_accessed = Some(self.ground.clock.now());
        }
        Some(Ok(Admitted { file: file.clone(), thread }))
    }

    /// Sends the client to the storage host.
    fn to_storage(&self, state: &mut State, file: &File) -> Answer {
        let key = self.ground.secrets.noted(self.ground.dice.hex(32));
        let expires = self.ground.clock.now() + TOKEN_LIFE;
        state.storage_keys.insert(key.clone(), StorageKey { file: file.id, expires });
        let name = segment(&file.name);
        let address = format!("{}/{NAME}{STORAGE}{}/{name}?key={key}", self.ground.storage, file.short);
        Answer::empty(StatusCode::FOUND).with(LOCATION, address)
    }

    /// What the storage host serves.
    pub(super) async fn serve_from_storage(&self, call: &Call) -> Answer {
        self.check_file_request(call);
        if let Some(refusal) = refused_method(call) {
            return refusal;
        }
        let admitted = {
            let mut state = self.state.hold();
            let now = self.ground.clock.now();
            let key = call.query("key").and_then(|key| state.storage_keys.get(key));
            match key.filter(|key| key.expires > now && call.door == Door::Storage).map(|key| key.file) {
                Some(id) => self.start(&mut state, call, id),
                None => {
                    if call.door != Door::Storage {
                        call.violation("an address of the storage host was asked for elsewhere");
                    }
                    None
                }
            }
        };
        match admitted {
            Some(Ok(admitted)) => self.serve(call, admitted).await,
            Some(Err(refusal)) => refusal,
            None => Answer::html(StatusCode::NOT_FOUND, "File not found"),
        }
    }

    async fn serve(&self, call: &Call, admitted: Admitted) -> Answer {
        let Admitted { file, thread } = admitted;
        if self.odd(odd::DOWNLOAD_HTML) {
            return Answer::html(StatusCode::OK, "Error: The site is busy, please try again later.");
        }
        let size = file.blob.size;
        // Status, start, length and the end that is told.
        let (status, start, length, told_end) = match self.asked_part(call, &file) {
            Part::Whole => (StatusCode::OK, 0, size, 0),
            Part::From { start, told_end } => {
                let end = if self.odd(odd::RANGES_PROPER) { told_end + 1 } else { size };
                (StatusCode::PARTIAL_CONTENT, start, end - start, told_end)
            }
            Part::One => {
                let answer = Answer::new(StatusCode::PARTIAL_CONTENT, &file.kind, "1");
                return described(answer, &file).with(CONTENT_RANGE, format!("bytes 0-1/{size}"));
            }
            Part::Outside => {
                let refusal = Answer::html(StatusCode::RANGE_NOT_SATISFIABLE, "Requested range not satisfiable");
                return refusal.with(CONTENT_RANGE, format!("bytes */{size}"));
            }
        };
        let watch = move |_| {
            let _running = &thread;
        };
        let content = match serving::part_of(Arc::clone(&file.blob), start, length, watch).await {
            Ok(content) => content,
            Err(error) => return Answer::html(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        };
        let answer = Answer { status, headers: Vec::new(), content }.with(CONTENT_TYPE, &file.kind);
        let answer = described(answer, &file);
        match status {
            StatusCode::PARTIAL_CONTENT => answer.with(CONTENT_RANGE, format!("bytes {start}-{told_end}/{size}")),
            _ => answer,
        }
    }

    fn asked_part(&self, call: &Call, file: &File) -> Part {
        if self.odd(odd::RANGES_IGNORED) {
            return Part::Whole;
        }
        if !self.odd(odd::RANGES_PROPER) {
            return php_part(call.header("range"), file.blob.size);
        }
        // A web server without ETags compares no `If-Range` with success.
        match asked_range(call, file.blob.size, "") {
            Range::Whole => Part::Whole,
            Range::Part { start, end } => Part::From { start, told_end: end },
            Range::Outside => Part::Outside,
        }
    }

    /// Pages for people; one sentence each.
    pub(super) fn page(&self, call: &Call) -> Answer {
        let sentence = match ERROR_PAGES.contains(&call.path.as_str()) {
            true => call.query("e").unwrap_or("Error"),
            false => "Information",
        };
        Answer::html(StatusCode::OK, &sentence.replace('&', "&amp;").replace('<', "&lt;"))
    }

    pub(super) fn to_error_page(&self, sentence: &str) -> Answer {
        let page = if self.odd(odd::ERROR_PAGE_OLD) { "error.html" } else { "error" };
        let sentence: String = byte_serialize(sentence.as_bytes()).collect();
        Answer::empty(StatusCode::FOUND).with(LOCATION, format!("{}/{page}?e={sentence}", self.site()))
    }
}

pub fn too_many() -> Answer {
    Answer::new(StatusCode::TOO_MANY_REQUESTS, "text/plain; charset=UTF-8", texts::TOO_MANY_DOWNLOADS)
}

fn refused_method(call: &Call) -> Option<Answer> {
    if call.method != Method::GET && call.method != Method::HEAD {
        call.violation("a file's address is fetched with GET");
        return Some(Answer::html(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"));
    }
    None
}

fn described(answer: Answer, file: &File) -> Answer {
    let name = file.name.replace(['"', '\\'], "").replace(char::is_control, "");
    answer.with(ACCEPT_RANGES, "bytes").with(CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
}
