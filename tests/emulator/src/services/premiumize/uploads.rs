//! Uploads: an address and a token first, then the form at that address.

use http::StatusCode;
use serde_json::json;

use super::envelope::{Failure, Success, Verdict};
use super::folders::{NAME_TAKEN, name_complaint};
use super::ids::new_id;
use super::params::Args;
use super::tree::NewItem;
use super::{NAME, Premiumize, UPLOAD, odd};
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::{Answer, ByteStream};
use crate::services::form::{self, FormFailure, SentFile, SentForm};
use crate::services::{Answered, Gone};

/// How long a token waits for its upload.
const TOKEN_LIFE: i64 = 24 * 60 * 60;

/// A token that was given out, good for one upload.
#[derive(Debug, Clone)]
pub struct UploadToken {
    account: usize,
    parent: Option<String>,
    pub expires: i64,
    is_spent: bool,
}

impl Premiumize {
    pub(super) fn folder_uploadinfo(&self, account: usize, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let parent = self.folder(&state, account, args.text("id"))?;
        let token = self.ground.secrets.noted(self.ground.dice.token(32));
        let expires = self.ground.clock.now() + TOKEN_LIFE;
        let node = self.ground.dice.below(90) + 10;
        let number = state.accounts[account].upload_addresses;
        let is_unknown = self.odd(odd::UPLOAD_HOST_UNKNOWN)
            || (self.odd(odd::UPLOAD_HOST_UNKNOWN_AT_FIRST) && number.is_multiple_of(2));
        if self.odd(odd::UPLOAD_HOST_UNKNOWN_AT_FIRST) {
            state.accounts[account].upload_addresses += 1;
        }
        let url = match is_unknown {
            // Of a kind of name that is never given to anybody.
            true => format!("https://node-{node}.premiumize.invalid{UPLOAD}"),
            false => format!("{}/{NAME}{UPLOAD}/{node}", self.ground.storage),
        };
        state.uploads.insert(token.clone(), UploadToken { account, parent, expires, is_spent: false });
        Ok(Success::new(json!({"token": token, "url": url})))
    }

    /// Takes an upload: the bytes go to disk while they arrive, the form is judged at the end.
    pub(super) async fn upload(&self, call: &Call, body: ByteStream) -> Answered {
        self.check_storage_request(call);
        if !call.query.is_empty() {
            call.violation("parameters in the query of an upload");
        }
        let Some(boundary) = form::boundary(call) else {
            call.violation("an upload is multipart/form-data");
            return Ok(Answer::html(StatusCode::BAD_REQUEST, "400 Bad Request"));
        };
        match form::read(call, body, boundary, &self.ground.blobs, |_, _| {}).await {
            Ok(sent) => Ok(self.envelop(self.take_in(call, sent))),
            Err(FormFailure::Gone) => Err(Gone),
            Err(FormFailure::Disk(error)) => Ok(Answer::html(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())),
            Err(FormFailure::Malformed(error)) => {
                call.violation(format!("the form cannot be read: {error}"));
                Ok(Answer::html(StatusCode::BAD_REQUEST, "400 Bad Request"))
            }
        }
    }

    /// Judges a form that was read, and makes a file of it.
    fn take_in(&self, call: &Call, sent: SentForm) -> Verdict {
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        let (mut tokens, mut files) = (Vec::new(), Vec::new());
        for (name, value) in sent.fields {
            if name == "token" {
                tokens.push(value);
                continue;
            }
            if state.holds_secret(&value) {
                call.violation("a key or token went to a storage host");
            }
            call.violation(format!("unknown field {name:?}"));
        }
        for file in sent.files {
            if file.field == "file" {
                files.push(file);
            } else {
                call.violation(format!("unknown file {:?}", file.field));
            }
        }
        let (Some(token), 1) = (tokens.first(), tokens.len()) else {
            call.violation("an upload has one token");
            return Err(Failure::new("invalid_request", "no token found"));
        };
        let Some(known) = state.uploads.get_mut(token) else {
            call.violation("the upload token was never given out");
            return Err(Failure::new("permission_denied", "invalid token"));
        };
        if known.is_spent {
            call.violation("an upload token is good for one upload");
            return Err(Failure::new("permission_denied", "invalid token"));
        }
        if known.expires <= now {
            return Err(Failure::new("permission_denied", "invalid token"));
        }
        let (Some(file), true) = (files.pop(), files.is_empty()) else {
            call.violation("an upload has one file in the field \"file\"");
            return Err(Failure::new("invalid_request", "no file found"));
        };
        known.is_spent = true;
        let UploadToken { account, parent, .. } = known.clone();
        if let Some(complaint) = name_complaint(&file.name) {
            return Err(Failure::new("invalid_request", complaint));
        }
        if state.tree.used(account) + file.blob.size > state.accounts[account].space {
            return Err(Failure::told("Your space is full! Please delete old files first!"));
        }
        if parent.as_ref().is_some_and(|parent| state.tree.get(account, parent).is_none()) {
            return Err(self.no_item());
        }
        let SentFile { mut name, blob, .. } = file;
        if state.tree.named(account, parent.as_deref(), &name).is_some() {
            if self.odd(odd::UPLOAD_RENAMES) {
                let is_free = |name: &String| state.tree.named(account, parent.as_deref(), name).is_none();
                let other = (1..).map(|number| numbered(&name, number)).find(is_free);
                name = other.unwrap_or(name);
            } else if !self.odd(odd::UPLOAD_NAME_AGAIN) {
                return Err(Failure::told(NAME_TAKEN));
            }
        }
        let id = new_id(&self.ground.dice);
        state.tree.add(now, NewItem { id, owner: account, parent, name, blob: Some(blob) });
        let members = if self.odd(odd::UPLOAD_MESSAGE) { json!({"message": "uploaded"}) } else { json!({}) };
        Ok(Success::new(members))
    }
}

/// `a.txt` as `a (1).txt`.
fn numbered(name: &str, number: u32) -> String {
    match name.rsplit_once('.').filter(|(base, _)| !base.is_empty()) {
        Some((base, extension)) => format!("{base} ({number}).{extension}"),
        None => format!("{name} ({number})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_names() {
        assert_eq!(numbered("a.b.txt", 2), "a.b (2).txt");
        assert_eq!((numbered("a", 1), numbered(".a", 1)), ("a (1)".into(), ".a (1)".into()));
    }
}
