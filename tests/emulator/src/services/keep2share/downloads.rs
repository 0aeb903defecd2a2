//! The storage host that serves files by their links.

use http::header::{ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::free::Running;
use super::tree::Item;
use super::{Keep2Share, odd};
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::Answer;
use crate::services::range::{Range, asked_range};
use crate::services::serving;

/// A download that may begin.
struct Admitted {
    item: Item,
    range: Range,
    /// Its part in the doings of a free user.
    running: Option<Running>,
}

impl Keep2Share {
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
        match self.admit_download(call) {
            Ok(admitted) => self.serve(admitted).await,
            Err(refusal) => refusal,
        }
    }

    /// Checks the link, picks the range and counts the download.
    fn admit_download(&self, call: &Call) -> Result<Admitted, Answer> {
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
        let (file_id, account, free) = (link.file_id.clone(), link.account, link.free.clone());
        if free.as_ref().is_some_and(|user| user.address != self.settings().client_address) {
            return Err(Answer::html(StatusCode::FORBIDDEN, "Access denied from this address"));
        }
        let Some(item) = state.tree.get(&file_id).cloned() else {
            return Err(Answer::html(StatusCode::NOT_FOUND, "File not found"));
        };
        let range = match self.odd(odd::RANGES_IGNORED) {
            true => Range::Whole,
            false => asked_range(call, item.size(), item.md5().unwrap_or_default()),
        };
        let length = range.length(item.size());
        let mut running = None;
        if call.method == Method::GET {
            if let Some(user) = free.filter(|_| length > 0) {
                if self.free_users.is_busy(&user, &file_id) {
                    return Err(Answer::html(StatusCode::TOO_MANY_REQUESTS, "Only one free download at a time"));
                }
                running = Some(self.free_users.begin(&user, &file_id, length, &self.ground));
            }
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
        Ok(Admitted { item, range, running })
    }

    async fn serve(&self, admitted: Admitted) -> Answer {
        let Admitted { item, range, mut running } = admitted;
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
        let watch = move |bytes| {
            if let Some(running) = &mut running {
                running.sent(bytes);
            }
        };
        let content = match serving::part_of(blob, start, length, watch).await {
            Ok(content) => content,
            Err(error) => return Answer::html(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        };
        let mut answer = Answer { status, headers: Vec::new(), content }
            .with(CONTENT_TYPE, "application/octet-stream")
            .with(ACCEPT_RANGES, "bytes");
        if let Range::Part { start, end } = range {
            answer = answer.with(CONTENT_RANGE, format!("bytes {start}-{end}/{size}"));
        }
        if !self.odd(odd::ETAG_MISSING) {
            answer = answer.with(ETAG, self.shown_etag(&item));
        }
        if !self.odd(odd::DISPOSITION_MISSING) {
            answer = answer.with(CONTENT_DISPOSITION, disposition(&item.name));
        }
        answer
    }

    fn shown_etag(&self, item: &Item) -> String {
        let md5 = item.md5().unwrap_or_default();
        if self.odd(odd::ETAG_UNQUOTED) { md5.to_owned() } else { format!("\"{md5}\"") }
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
    fn a_name_in_two_forms() {
        assert_eq!(disposition("a\"ü.txt"), "attachment; filename=\"a__.txt\"; filename*=UTF-8''a%22%C3%BC%2Etxt");
    }
}
