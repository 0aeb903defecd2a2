//! Links of file hosts, and the direct links that the service makes of them.

use std::sync::Arc;

use http::header::{CONTENT_DISPOSITION, LOCATION};
use http::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::Kind;
use super::envelope::{Failure, Verdict};
use super::hosts::host_of;
use super::methods::signed_in;
use super::{DATA, LINKS, NAME, PremiumizeLegacy, odd};
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::Answer;
use crate::services::range::{Range, asked_range};
use crate::services::seeds;
use crate::services::serving::{self, disposition};
use crate::world::blobs::Blob;

const DAY: i64 = 24 * 60 * 60;

const PATH_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A file at a file host.
#[derive(Debug, Clone)]
pub struct Hosted {
    pub name: String,
    pub size: u64,
    /// Its bytes, from the first link to it on.
    pub blob: Option<Arc<Blob>>,
    /// What is said instead of giving a link to it.
    pub refusal: Option<Failure>,
}

impl Hosted {
    pub fn new(name: &str, size: u64) -> Self {
        Self { name: name.to_owned(), size, blob: None, refusal: None }
    }
}

/// What `POST /files` may wish for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FilesWish {
    link: String,
    name: Option<String>,
    #[serde(default)]
    size: u64,
    content: Option<String>,
    status: Option<Value>,
    statusmessage: Option<String>,
}

/// A direct link that was given out.
#[derive(Debug, Clone)]
pub struct DirectLink {
    name: String,
    blob: Arc<Blob>,
    pub expires: i64,
}

impl PremiumizeLegacy {
    /// Puts a file at a file host, or what its link is refused with.
    pub(super) async fn seed(&self, wish: Value) -> Result<Value, String> {
        let wish: FilesWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let blob = seeds::content(&self.ground, wish.content.as_deref(), wish.size).await?;
        let answer = json!({"link": wish.link, "md5": blob.md5, "size": blob.size});
        let last = wish.link.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let hosted = Hosted {
            name: wish.name.unwrap_or_else(|| last.to_owned()),
            size: blob.size,
            blob: Some(blob),
            refusal: wish.status.map(|status| Failure::told(status, wish.statusmessage)),
        };
        self.state.hold().hosted.insert(wish.link, hosted);
        Ok(answer)
    }

    /// Whether an account may have a link; its number and the host's name.
    pub(super) fn admit(&self, call: &Call, link: &str) -> Result<(usize, String), Failure> {
        let settings = self.settings();
        let state = self.state.hold();
        let number = signed_in(&state, call)?;
        let account = &state.accounts[number];
        if account.kind == Kind::Forbidden {
            return Err(Failure::new(403));
        }
        let host = host_of(&settings.hosts, link).ok_or_else(|| Failure::new(400))?;
        if account.kind == Kind::Free {
            return Err(match self.odd(odd::FREE_AS_STATUS_0) {
                true => Failure::told(json!(0), Some("Your account is not premium".to_owned())),
                false => Failure::new(402),
            });
        }
        if settings.hosts_down.contains(&host.name) {
            return Err(Failure::new(428));
        }
        let hosted = state.hosted.get(link).ok_or_else(|| Failure::new(404))?;
        hosted.refusal.clone().map_or(Ok((number, host.name.clone())), Err)
    }

    /// Sees to it that there are bytes behind a link.
    pub(super) async fn store_content(&self, link: &str) -> Result<(), Failure> {
        let size = match self.state.hold().hosted.get(link) {
            Some(Hosted { blob: None, size, .. }) => *size,
            _ => return Ok(()),
        };
        let stored = seeds::content(&self.ground, None, size).await;
        let blob = stored.map_err(|error| Failure::told(json!(502), Some(error)))?;
        if let Some(hosted) = self.state.hold().hosted.get_mut(link) {
            hosted.blob.get_or_insert(blob);
        }
        Ok(())
    }

    /// Makes a direct link at the cost of the account's fair use.
    pub(super) fn give_link(&self, number: usize, host: &str, link: &str) -> Verdict {
        let (settings, now) = (self.settings(), self.ground.clock.now());
        let mut state = self.state.hold();
        let gone = || Failure::new(404);
        let hosted = state.hosted.get(link).cloned().ok_or_else(gone)?;
        let blob = hosted.blob.ok_or_else(gone)?;
        let account = &mut state.accounts[number];
        let made = account.links.entry((host.to_owned(), now / DAY)).or_default();
        if settings.links_per_day.is_some_and(|most| *made >= most) {
            return Err(Failure::new(if self.odd(odd::LINK_LIMIT_AS_500) { 500 } else { 0 }));
        }
        *made += 1;
        if !account.spend(blob.size) {
            return Err(Failure::new(if self.odd(odd::FAIRUSE_AS_409) { 409 } else { 509 }));
        }
        let dice = &self.ground.dice;
        // Longer than 255 characters and shorter than 2083, as the document warns.
        let key = self.ground.secrets.noted(dice.token(220));
        let location = format!(
            "{}/{NAME}{LINKS}{}/111/{}/{key}/{}",
            self.ground.storage,
            dice.hex(8),
            dice.hex(32),
            utf8_percent_encode(&hosted.name, PATH_SEGMENT),
        );
        let mut result = json!({"location": location});
        if self.odd(odd::FILENAME) {
            result["filename"] = json!(hosted.name);
        }
        if self.odd(odd::FILESIZE_AS_TEXT) {
            result["filesize"] = json!(blob.size.to_string());
        } else if self.odd(odd::FILESIZE) {
            result["filesize"] = json!(blob.size);
        }
        let direct = DirectLink { name: hosted.name, blob, expires: now + settings.link_life_s };
        state.links.insert(key, direct);
        Ok(result)
    }

    /// Serves a direct link.
    pub(super) async fn download(&self, call: &Call) -> Answer {
        self.check_storage_request(call);
        if call.method != Method::GET && call.method != Method::HEAD {
            call.violation("a link is fetched with GET or HEAD");
            return Answer::html(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
        }
        let key = call.path.split('/').rev().nth(1).unwrap_or_default();
        let Some(link) = self.state.hold().links.get(key).cloned() else {
            call.violation("the link was never given out, or it was changed");
            return Answer::html(StatusCode::NOT_FOUND, "File not found");
        };
        if link.expires <= self.ground.clock.now() {
            return Answer::html(StatusCode::FORBIDDEN, "The link has expired");
        }
        if self.odd(odd::LOCATION_REDIRECTS)
            && let Some(rest) = call.path.strip_prefix(LINKS)
        {
            let location = format!("{}/{NAME}{DATA}{rest}", self.ground.address);
            return Answer::empty(StatusCode::FOUND).with(LOCATION, location);
        }
        let range = match self.odd(odd::RANGES_IGNORED) {
            true => Range::Whole,
            false => asked_range(call, link.blob.size, ""),
        };
        let answer = serving::answer(link.blob, range, |_| {}).await;
        if range == Range::Outside || self.odd(odd::DISPOSITION_MISSING) {
            answer
        } else {
            answer.with(CONTENT_DISPOSITION, disposition(&link.name))
        }
    }

    /// Records when a storage host is told what is only for the API.
    fn check_storage_request(&self, call: &Call) {
        let state = self.state.hold();
        let holds_pass = |text: &str| state.accounts.iter().any(|account| text.contains(&account.pass));
        let in_headers = call.headers.values().any(|value| holds_pass(&String::from_utf8_lossy(value.as_bytes())));
        if in_headers || holds_pass(&call.target) {
            call.violation("a PIN went to a storage host");
        }
        if call.header("authorization").is_some() {
            call.violation("an Authorization header went to a storage host");
        }
    }
}
