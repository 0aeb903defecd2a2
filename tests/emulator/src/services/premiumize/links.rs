//! Links to contents, the host that serves them, and archives made on demand.

use std::sync::Arc;

use http::header::{CONTENT_DISPOSITION, LOCATION};
use http::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::envelope::{Failure, Success, Verdict};
use super::params::Args;
use super::{DATA, LINKS, NAME, Premiumize, State, odd, zip};
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::Answer;
use crate::services::range::{Range, asked_range};
use crate::services::serving::{self, disposition};
use crate::world::blobs::Blob;
use crate::world::clock::plain_date_time;

const PATH_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What lies behind a link.
#[derive(Debug, Clone)]
pub enum Target {
    File(Arc<Blob>),
    /// Paths and contents of an archive.
    Archive(Vec<(String, Arc<Blob>)>),
}

/// A link that was given out.
#[derive(Debug, Clone)]
pub struct Link {
    name: String,
    target: Target,
    pub expires: i64,
}

impl Premiumize {
    /// Makes a link and returns its address.
    pub(super) fn give_link(&self, state: &mut State, name: &str, target: Target) -> String {
        let key = self.ground.secrets.noted(self.ground.dice.token(40));
        let address = format!("{}/{NAME}{LINKS}{key}/{}", self.ground.storage, utf8_percent_encode(name, PATH_SEGMENT));
        let expires = self.ground.clock.now() + self.settings().link_life_s;
        state.links.insert(key, Link { name: name.to_owned(), target, expires });
        address
    }

    /// Serves a link.
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
        if self.odd(odd::LINK_REDIRECTS)
            && let Some(rest) = call.path.strip_prefix(LINKS)
        {
            let location = format!("{}/{NAME}{DATA}{rest}", self.ground.address);
            return Answer::empty(StatusCode::FOUND).with(LOCATION, location);
        }
        let (blob, is_file) = match link.target {
            Target::File(blob) => (blob, true),
            Target::Archive(contents) => match zip::pack(&self.ground.blobs, contents).await {
                Ok(blob) => (blob, false),
                Err(error) => return Answer::html(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
            },
        };
        let range = match self.odd(odd::RANGES_IGNORED) {
            true => Range::Whole,
            false => asked_range(call, blob.size, ""),
        };
        let answer = serving::answer(blob, range, |_| {}).await;
        // An archive's name is in its address alone.
        match is_file && range != Range::Outside && !self.odd(odd::DISPOSITION_MISSING) {
            true => answer.with(CONTENT_DISPOSITION, disposition(&link.name)),
            false => answer,
        }
    }

    pub(super) fn zip_generate(&self, account: usize, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let mut contents: Vec<(String, Arc<Blob>)> = Vec::new();
        let mut names = Vec::new();
        for id in args.texts("files") {
            let item = state.tree.get(account, id).ok_or_else(|| self.no_item())?;
            let blob = item.blob.clone().ok_or_else(|| self.no_item())?;
            names.push(format!("{}.zip", item.name));
            contents.push((item.name.clone(), blob));
        }
        for id in args.texts("folders") {
            let item = state.tree.get(account, id).filter(|item| item.is_folder()).ok_or_else(|| self.no_item())?;
            names.push(format!("{}.zip", item.name));
            contents.extend(state.tree.files_below(account, item));
        }
        let name = match names.as_slice() {
            [] => return Err(Failure::new("invalid_request", "no files or folders given")),
            [name] => name.clone(),
            _ => format!("{}.zip", plain_date_time(self.ground.clock.now()).replace([' ', ':'], "-")),
        };
        let location = self.give_link(&mut state, &name, Target::Archive(contents));
        Ok(Success::new(json!({"location": location})))
    }

    /// Records when a storage host is told what is only for the API.
    pub(super) fn check_storage_request(&self, call: &Call) {
        let state = self.state.hold();
        let in_headers =
            call.headers.values().any(|value| state.holds_secret(&String::from_utf8_lossy(value.as_bytes())));
        if in_headers || state.holds_secret(&call.target) {
            call.violation("a key or token went to a storage host");
        }
        if call.header("authorization").is_some() {
            call.violation("an Authorization header went to a storage host");
        }
    }
}
