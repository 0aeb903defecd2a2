//! Upload forms, and the storage host that takes them.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::folders::folder;
use super::links::{Form, NewForm};
use super::params::Args;
use super::tree::{NewItem, SHORTEST_NAME};
use super::{Keep2Share, NAME, UPLOAD, odd};
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::{Answer, ByteStream};
use crate::services::form::{self, FormFailure, SentForm};
use crate::services::{Answered, Gone};
use crate::world::journal::FormPart;

/// The spellings of true that clients send and the service takes.
const TRUE: &[&str] = &["true", "True", "1"];

impl Keep2Share {
    pub(super) fn get_upload_form_data(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let parent = folder(&state, account, args.text("parent_id")).ok_or_else(Failure::params)?;
        if state.is_full(account, parent.as_deref()) {
            return Err(Failure::new(406, 61, "Limit files in specified folder reached"));
        }
        if state.tree.used(account) >= state.accounts[account].storage_quota {
            return Err(Failure::new(406, 64, "Disk quota exceeded"));
        }
        let new = NewForm {
            account,
            parent,
            create_method: args.integer("create_method").unwrap_or(10),
            file_field: if self.odd(odd::FILE_FIELD_OTHER) { "Filedata" } else { "file" },
            extra: self.odd(odd::FORM_DATA_EXTRA_FIELD).then(|| ("node_name", self.ground.dice.hex(8))),
        };
        let (file_field, extra) = (new.file_field, new.extra.clone());
        let (params, signature) = self.give_form(&mut state, new);
        let ajax = if self.odd(odd::AJAX_AS_NUMBER) {
            json!(1)
        } else if self.odd(odd::AJAX_AS_TEXT) {
            json!("true")
        } else {
            json!(true)
        };
        let mut form_data = Map::new();
        form_data.insert("ajax".into(), ajax);
        form_data.insert("params".into(), params.into());
        form_data.insert("signature".into(), signature.into());
        form_data.extend(extra.map(|(name, value)| (name.to_owned(), Value::from(value))));
        Ok(Success::new(json!({
            "form_action": format!("{}/{NAME}{UPLOAD}", self.ground.address),
            "file_field": file_field,
            "form_data": form_data,
        })))
    }

    /// Takes an upload: the bytes go to disk while they arrive, the form is judged at the end.
    pub(super) async fn upload(&self, call: &Call, body: ByteStream) -> Answered {
        self.check_storage_request(call);
        if call.header("transfer-encoding").is_some() || call.header("content-length").is_none() {
            call.violation("an upload came without a Content-Length");
            return Ok(Answer::html(StatusCode::LENGTH_REQUIRED, "Length Required"));
        }
        let Some(boundary) = form::boundary(call) else {
            call.violation("an upload is multipart/form-data");
            return Ok(bad_request("No form in the request"));
        };
        let watch = |part: &FormPart, after_file| self.watch_part(call, part, after_file);
        match form::read(call, body, boundary, &self.ground.blobs, watch).await {
            Ok(sent) => Ok(self.take_in(call, sent)),
            Err(FormFailure::Gone) => Err(Gone),
            Err(FormFailure::Disk(error)) => Ok(Answer::html(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())),
            Err(FormFailure::Malformed(error)) => {
                call.violation(format!("the form cannot be read: {error}"));
                Ok(bad_request("The form cannot be read"))
            }
        }
    }

    /// Records what a storage host must not be told, and what the usual clients send otherwise.
    fn watch_part(&self, call: &Call, part: &FormPart, after_file: bool) {
        match &part.value {
            None => {
                if after_file {
                    call.violation("more than one file in a form");
                }
                if part.content_type.as_deref() != Some("application/octet-stream") {
                    call.violation("the file's content type is not application/octet-stream");
                }
            }
            Some(value) => {
                if after_file {
                    call.violation(format!("the field {:?} comes after the file", part.name));
                }
                if self.holds_secret(value) {
                    call.violation("a password or token went to a storage host");
                }
            }
        }
    }

    /// Judges a form that was read, and makes a file of it.
    fn take_in(&self, call: &Call, mut sent: SentForm) -> Answer {
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        let form = sent.field("signature").and_then(|signature| state.forms.get(signature)).cloned();
        let Some(form) = form.filter(|form| sent.field("params") == Some(form.params.as_str())) else {
            call.violation("params or signature are not as they were given");
            return wrong_signature();
        };
        if !check_fields(call, &sent, &form) {
            return bad_request("The form was changed");
        }
        if form.expires <= now {
            return wrong_signature();
        }
        let Some(file) = sent.files.pop().filter(|file| file.field == form.new.file_field) else {
            call.violation(format!("no file in the field {:?}", form.new.file_field));
            return bad_request("No file in the form");
        };
        if file.name.chars().count() < SHORTEST_NAME {
            return refusal(StatusCode::NOT_ACCEPTABLE, "The name is too short: at least 3 characters");
        }
        let NewForm { account, parent, .. } = form.new;
        if state.tree.used(account) + file.blob.size > state.accounts[account].storage_quota {
            return refusal(StatusCode::FORBIDDEN, "Storage limit exceeded");
        }
        if parent.as_ref().is_some_and(|parent| state.tree.get(parent).is_none()) {
            return refusal(StatusCode::NOT_ACCEPTABLE, "The folder is gone");
        }
        if state.is_full(account, parent.as_deref()) {
            return refusal(StatusCode::NOT_ACCEPTABLE, "Limit files in specified folder reached");
        }
        let id = self.ground.dice.hex(13);
        let new = NewItem { owner: account, parent, name: file.name, access: "public".into(), blob: Some(file.blob) };
        state.tree.add(id.clone(), now, new);
        self.uploaded(&id)
    }

    fn uploaded(&self, id: &str) -> Answer {
        let id_shown = self.shown_id(id);
        let id_key = if self.odd(odd::UPLOAD_FILE_ID) { "file_id" } else { "user_file_id" };
        let body = if self.odd(odd::UPLOAD_EMPTY_ANSWER) {
            return Answer::empty(StatusCode::OK);
        } else if self.odd(odd::UPLOAD_WITHOUT_LINK) {
            json!({id_key: id_shown, "status": "success", "status_code": 200})
        } else {
            json!({
                "status": "success",
                "success": true,
                "status_code": 200,
                id_key: id_shown,
                "link": self.page_of(id),
            })
        };
        Answer::json(StatusCode::OK, &body)
    }
}

/// What the upload host says to a form that it did not sign, or whose time is over.
pub fn wrong_signature() -> Answer {
    bad_request("Wrong signature. IP 127.0.0.1")
}

/// Whether the fields are those that were given, no more and no fewer.
fn check_fields(call: &Call, sent: &SentForm, form: &Form) -> bool {
    let mut complaints = Vec::new();
    if !sent.field("ajax").is_some_and(|value| TRUE.contains(&value)) {
        complaints.push("the field \"ajax\" is not true".to_owned());
    }
    if let Some((name, value)) = &form.new.extra
        && sent.field(name) != Some(value.as_str())
    {
        complaints.push(format!("the field {name:?} is not as it was given"));
    }
    let known = |name: &str| {
        ["ajax", "params", "signature"].contains(&name)
            || form.new.extra.as_ref().is_some_and(|(extra, _)| *extra == name)
    };
    complaints
        .extend(sent.fields.iter().filter(|(name, _)| !known(name)).map(|(name, _)| format!("unknown field {name:?}")));
    for complaint in &complaints {
        call.violation(complaint);
    }
    complaints.is_empty()
}

/// The envelope of the upload host's framework: `status` is a number there.
pub fn bad_request(message: &str) -> Answer {
    let body = json!({"name": "Bad Request", "message": message, "code": 0, "status": 400});
    Answer::json(StatusCode::BAD_REQUEST, &body)
}

/// The envelope of the upload host itself.
pub fn refusal(status: StatusCode, message: &str) -> Answer {
    Answer::json(status, &json!({"success": false, "message": message, "status_code": status.as_u16()}))
}
