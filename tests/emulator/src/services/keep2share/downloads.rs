//! Links to files, and the storage host that serves them.

use futures_util::{StreamExt, TryStreamExt};
use http::header::{ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use tokio_util::io::ReaderStream;

use super::captcha::{Challenge, Solution};
use super::envelope::{Failure, Success, Verdict};
use super::params::Args;
use super::tree::Item;
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::{Answer, Content};

/// How long a free download has to wait, and how long its ticket is good.
const FREE_WAIT: i64 = 30;
const TICKET_LIFE: i64 = 60 * 60;

/// The largest file for free users.
const FREE_SIZE: u64 = 1024 * 1024 * 1024;

/// Bytes read from disk at once.
const PIECE: usize = 256 * 1024;

/// The permission to download one file for free, after a wait.
#[derive(Debug)]
pub struct Ticket {
    file_id: String,
    account: Option<usize>,
    ready: i64,
    expires: i64,
}

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
        admit(item, visitor)?;
        if let Some(number) = visitor.filter(|number| state.accounts[*number].is_premium(now)) {
            if state.accounts[number].available_traffic < size {
                return Err(unavailable(2, "Traffic limit exceed"));
            }
            let url = self.give_link(&mut state, &file_id, visitor);
            return Ok(self.url_answer(json!({"url": url})));
        }
        if item_access(&state, &file_id) == "premium" {
            return Err(unavailable(7, "This download available only for premium users"));
        }
        if size > FREE_SIZE {
            let message = "Free user can't download large files. Upgrade to PREMIUM and forget about limits.";
            return Err(unavailable(3, message));
        }
        self.free_url(&mut state, args, &file_id, visitor, now)
    }

    /// The way of who has not paid: captcha, ticket, wait, link.
    fn free_url(&self, state: &mut State, args: &Args, file_id: &str, visitor: Option<usize>, now: i64) -> Verdict {
        if let Some(key) = args.text("free_download_key") {
            let ticket = state.tickets.get(key).filter(|ticket| ticket.file_id == file_id && ticket.expires > now);
            let ticket = ticket.ok_or_else(|| Failure::new(406, 40, "Wrong free download key"))?;
            let (account, wait) = (ticket.account, ticket.ready - now);
            if wait > 0 && self.odd(odd::TICKET_AGAIN) {
                return Ok(self.url_answer(json!({"free_download_key": key, "time_wait": self.shown_wait(wait)})));
            }
            if wait > 0 {
                let failure = Failure::new(406, 41, "Need wait for free download");
                let bare = self.odd(odd::NEED_WAIT_WITHOUT_TIME);
                return Err(if bare { failure } else { failure.with("time_wait", self.shown_wait(wait)) });
            }
            let url = self.give_link(state, file_id, account);
            return Ok(self.url_answer(json!({"url": url})));
        }
        let Some((id, answer)) = args.text("captcha_challenge").zip(args.text("captcha_response")) else {
            return Err(Failure::new(406, 30, "You need send request for free download with captcha fields"));
        };
        state.captchas.admit(now)?;
        if state.captchas.solve(id, answer, Challenge::IMAGE, now) == Solution::Wrong {
            return Err(Failure::new(406, 31, "Invalid captcha"));
        }
        let key = self.ground.dice.hex(32);
        let wait = if self.odd(odd::TIME_WAIT_ZERO) { 0 } else { FREE_WAIT };
        let ticket =
            Ticket { file_id: file_id.to_owned(), account: visitor, ready: now + wait, expires: now + TICKET_LIFE };
        state.tickets.insert(key.clone(), ticket);
        Ok(self.url_answer(json!({
            "message": "Captcha accepted, please wait",
            "free_download_key": key,
            "time_wait": self.shown_wait(wait),
        })))
    }

    fn shown_wait(&self, seconds: i64) -> Value {
        if self.odd(odd::TIME_WAIT_TEXT) { json!(seconds.to_string()) } else { json!(seconds) }
    }

    fn url_answer(&self, members: Value) -> Success {
        let mut success = Success::new(members);
        if self.odd(odd::NULL_KEYS) {
            for name in ["url", "free_download_key", "time_wait"] {
                success.members.entry(name).or_insert(Value::Null);
            }
        }
        success
    }

    /// Serves a link.
    pub(super) async fn download(&self, call: &Call) -> Answer {
        self.check_storage_request(call);
        if call.method != Method::GET && call.method != Method::HEAD {
            call.violation("a link is fetched with GET or HEAD");
            return Answer::html(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
        }
        if !call.body.is_empty() {
            call.violation("a body came with the fetch of a link");
        }
        let (item, range) = match self.admit_download(call) {
            Ok(admitted) => admitted,
            Err(refusal) => return refusal,
        };
        self.serve(&item, range).await
    }

    /// Checks the link, picks the range and counts the download.
    fn admit_download(&self, call: &Call) -> Result<(Item, Range), Answer> {
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        let link = call.query("id").and_then(|id| state.links.get(id));
        let Some(link) = link.filter(|link| link.target == call.target) else {
            call.violation("the link was never given out, or it was changed");
            return Err(Answer::html(StatusCode::FORBIDDEN, "Access denied"));
        };
        if link.expires <= now {
            let refusal = Answer::html(StatusCode::UNAUTHORIZED, "The link has expired");
            return Err(refusal.with(WWW_AUTHENTICATE, "Basic realm=\"storage\""));
        }
        let (file_id, account) = (link.file_id.clone(), link.account);
        let Some(item) = state.tree.get(&file_id).cloned() else {
            return Err(Answer::html(StatusCode::NOT_FOUND, "File not found"));
        };
        let range = if self.odd(odd::RANGES_IGNORED) { Range::Whole } else { asked_range(call, &item) };
        let length = range.length(item.size());
        if call.method == Method::GET {
            if let Some(account) = account.and_then(|number| state.accounts.get_mut(number)) {
                if account.available_traffic < length {
                    let sentence = "tariff doesn't allow to download more files";
                    return Err(Answer::html(StatusCode::GATEWAY_TIMEOUT, sentence));
                }
                account.available_traffic -= length;
            }
            if let Some(item) = state.tree.get_mut(&file_id) {
                item.downloads += 1;
                item.last_download = Some(now);
            }
        }
        Ok((item, range))
    }

    async fn serve(&self, item: &Item, range: Range) -> Answer {
        let Some(blob) = item.blob.clone() else {
            return Answer::html(StatusCode::NOT_FOUND, "File not found");
        };
        let size = blob.size;
        let (status, start) = match range {
            Range::Whole => (StatusCode::OK, 0),
            Range::Part { start, .. } => (StatusCode::PARTIAL_CONTENT, start),
            Range::Outside => {
                let refusal = Answer::html(StatusCode::RANGE_NOT_SATISFIABLE, "Requested range not satisfiable");
                return refusal.with(CONTENT_RANGE, format!("bytes */{size}"));
            }
        };
        let length = range.length(size);
        let opened = async {
            let mut file = blob.open().await?;
            file.seek(SeekFrom::Start(start)).await?;
            std::io::Result::Ok(file)
        };
        let file = match opened.await {
            Ok(file) => file,
            Err(error) => return Answer::html(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        };
        let reader = ReaderStream::with_capacity(file.take(length), PIECE);
        // The bytes stay on disk while somebody reads them, whoever deletes the file meanwhile.
        let pieces = reader.inspect_ok(move |_| drop(std::sync::Arc::clone(&blob))).boxed();
        let content = Content::Stream { length: Some(length), pieces };
        let mut answer = Answer { status, headers: Vec::new(), content }
            .with(CONTENT_TYPE, "application/octet-stream")
            .with(ACCEPT_RANGES, "bytes");
        if let Range::Part { start, end } = range {
            answer = answer.with(CONTENT_RANGE, format!("bytes {start}-{end}/{size}"));
        }
        if !self.odd(odd::ETAG_MISSING) {
            answer = answer.with(ETAG, self.shown_etag(item));
        }
        if !self.odd(odd::DISPOSITION_MISSING) {
            answer = answer.with(CONTENT_DISPOSITION, disposition(&item.name));
        }
        answer
    }

    fn shown_etag(&self, item: &Item) -> String {
        let md5 = md5_of(item);
        if self.odd(odd::ETAG_UNQUOTED) { md5.to_owned() } else { format!("\"{md5}\"") }
    }
}

fn md5_of(item: &Item) -> &str {
    item.blob.as_ref().map_or("", |blob| &blob.md5)
}

fn item_access<'a>(state: &'a State, file_id: &str) -> &'a str {
    state.tree.get(file_id).map_or("", |item| &item.access)
}

/// Refuses what nobody, or only the owner, may download.
fn admit(item: &Item, visitor: Option<usize>) -> Result<(), Failure> {
    if item.is_folder() {
        return Err(Failure::new(406, 23, "file_id is folder"));
    }
    if item.is_blocked {
        return Err(Failure::new(406, 22, "File is blocked"));
    }
    if !item.is_available() {
        return Err(Failure::new(406, 21, "File is not available"));
    }
    if item.access == "private" && visitor != Some(item.owner) {
        return Err(unavailable(8, "This is private file"));
    }
    Ok(())
}

/// 21 with its reason.
fn unavailable(reason: u8, message: &str) -> Failure {
    Failure::new(406, 21, "Download is not available").with("errors", json!([{"code": reason, "message": message}]))
}

/// Which bytes a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    Whole,
    /// Both ends included.
    Part {
        start: u64,
        end: u64,
    },
    Outside,
}

impl Range {
    fn length(self, size: u64) -> u64 {
        match self {
            Self::Whole => size,
            Self::Part { start, end } => end + 1 - start,
            Self::Outside => 0,
        }
    }
}

fn asked_range(call: &Call, item: &Item) -> Range {
    let is_current = |tag: &str| tag.trim_matches('"') == md5_of(item);
    if call.header("if-range").is_some_and(|tag| !is_current(tag)) {
        return Range::Whole;
    }
    call.header("range").map_or(Range::Whole, |text| parse_range(text, item.size()))
}

/// Reads a `Range` header; one that is not a single byte range counts for nothing.
fn parse_range(text: &str, size: u64) -> Range {
    let bounds = text.strip_prefix("bytes=").and_then(|bounds| bounds.split_once('-'));
    let Some((start, end)) = bounds else {
        return Range::Whole;
    };
    match (start.parse::<u64>(), end.parse::<u64>()) {
        (Ok(start), _) if start >= size => Range::Outside,
        (Ok(start), Ok(end)) if end >= start => Range::Part { start, end: end.min(size - 1) },
        (Ok(start), Err(_)) if end.is_empty() => Range::Part { start, end: size - 1 },
        (Err(_), Ok(0)) if start.is_empty() => Range::Outside,
        (Err(_), Ok(_)) if start.is_empty() && size == 0 => Range::Outside,
        (Err(_), Ok(last)) if start.is_empty() => Range::Part { start: size.saturating_sub(last), end: size - 1 },
        _ => Range::Whole,
    }
}

/// The name twice: in ASCII for old clients, and in full.
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ' { c } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, NON_ALPHANUMERIC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(parse_range("bytes=0-0", 10), Range::Part { start: 0, end: 0 });
        assert_eq!(parse_range("bytes=4-", 10), Range::Part { start: 4, end: 9 });
        assert_eq!(parse_range("bytes=4-99", 10), Range::Part { start: 4, end: 9 });
        assert_eq!(parse_range("bytes=-3", 10), Range::Part { start: 7, end: 9 });
        assert_eq!(parse_range("bytes=-30", 10), Range::Part { start: 0, end: 9 });
        assert_eq!(parse_range("bytes=10-", 10), Range::Outside);
        assert_eq!(parse_range("bytes=-0", 10), Range::Outside);
        assert_eq!(parse_range("bytes=-1", 0), Range::Outside);
        assert_eq!(parse_range("bytes=5-4", 10), Range::Whole);
        assert_eq!(parse_range("bytes=0-1,4-5", 10), Range::Whole);
        assert_eq!(parse_range("lines=0-1", 10), Range::Whole);
    }

    #[test]
    fn a_name_in_two_forms() {
        assert_eq!(disposition("a\"ü.txt"), "attachment; filename=\"a__.txt\"; filename*=UTF-8''a%22%C3%BC%2Etxt");
    }
}
