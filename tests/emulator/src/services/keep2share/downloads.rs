//! The storage host that serves files by their links.

use http::header::{CONTENT_DISPOSITION, ETAG, WWW_AUTHENTICATE};
use http::{Method, StatusCode};

use super::free::Running;
use super::tree::Item;
use super::{Keep2Share, odd};
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::Answer;
use crate::services::range::{Range, asked_range};
use crate::services::serving::{self, disposition};

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
        let watch = move |bytes| {
            if let Some(running) = &mut running {
                running.sent(bytes);
            }
        };
        let mut answer = serving::answer(blob, range, watch).await;
        if range == Range::Outside {
            return answer;
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
