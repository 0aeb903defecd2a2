//! The upload: a form with one file, which the site passes on to its own uploader.

use std::sync::Arc;

use bytes::BytesMut;
use futures_util::StreamExt;
use http::StatusCode;
use serde_json::{Value, json};

use super::clean::clean;
use super::envelope::{Failure, Success, Verdict};
use super::methods::{Access, FILE_UPLOAD};
use super::params::{self, Args, Fields};
use super::texts::uploader;
use super::tree::{File, NewFile, extension};
use super::{State, YetiShare, odd, texts};
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::{Answer, ByteStream};
use crate::services::form::{self, FormFailure, SentFile};
use crate::services::{Answered, Gone};
use crate::world::blobs::Blob;
use crate::world::journal::FormPart;

/// The part that the file is in.
const FILE_FIELD: &str = "upload_file";

/// The longest form without a file.
const PLAIN_FORM: usize = 1024 * 1024;

impl YetiShare {
    /// Takes an upload: the bytes go to disk while they arrive, the form is judged at the end.
    pub(super) async fn upload(&self, call: &Call, mut body: ByteStream) -> Answered {
        if let Err(failure) = self.check_method_header(call) {
            drain(&mut body).await?;
            return Ok(self.envelop(Err(failure)));
        }
        if !call.query.is_empty() {
            call.violation("parameters in the query of a POST");
        }
        let limit = self.settings().post_max_size;
        let announced = call.header("content-length").and_then(|length| length.parse::<u64>().ok());
        if limit > 0 && announced.is_some_and(|length| length > limit) {
            // PHP reads it all, and drops it all.
            drain(&mut body).await?;
            return Ok(self.envelop(Err(texts::NO_TOKEN.into())));
        }
        let Some(boundary) = form::boundary(call) else {
            let fields = plain_fields(call, body).await?;
            call.violation("an upload is multipart/form-data");
            return Ok(self.take_in(call, fields, Vec::new()));
        };
        let watch = |part: &FormPart, after_file: bool| {
            if after_file && part.file_name.is_some() {
                call.violation("more than one file in a form");
            }
        };
        match form::read(call, body, boundary, &self.ground.blobs, watch).await {
            Ok(sent) => Ok(self.take_in(call, sent.fields, sent.files)),
            Err(FormFailure::Gone) => Err(Gone),
            Err(FormFailure::Disk(error)) => Ok(Answer::html(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())),
            Err(FormFailure::Malformed(error)) => {
                call.violation(format!("the form cannot be read: {error}"));
                Ok(self.envelop(Err(texts::NO_TOKEN.into())))
            }
        }
    }

    fn take_in(&self, call: &Call, fields: Fields, mut files: Vec<SentFile>) -> Answer {
        let args = Args::check(call, fields, FILE_UPLOAD);
        let file = files.iter().rposition(|file| file.field == FILE_FIELD).map(|place| files.swap_remove(place));
        if file.is_none() {
            args.violation(format!("no file in the part {FILE_FIELD:?}"));
        }
        let mut state = self.state.hold();
        let verdict = self.store(&mut state, &args, file);
        drop(state);
        self.envelop(verdict)
    }

    fn store(&self, state: &mut State, args: &Args, file: Option<SentFile>) -> Verdict {
        self.begin(state);
        let caller = self.caller(state, args, Access::Token)?;
        self.permit(state, caller, Access::Token, true)?;
        let file = file.ok_or(texts::NO_UPLOAD)?;
        let settings = self.settings();
        // PHP gives a file beyond its limit without its bytes.
        let is_cut = settings.upload_max_filesize > 0 && file.blob.size > settings.upload_max_filesize;
        if file.blob.size == 0 || is_cut {
            return Err(texts::EMPTY_UPLOAD.into());
        }
        if !settings.curl {
            return Err(match self.odd(odd::CURL_TEXT_AS_CODED) {
                true => texts::NO_CURL_FOR_UPLOAD_AS_CODED.into(),
                false => texts::NO_CURL_FOR_UPLOAD.into(),
            });
        }
        if settings.upload_servers == 0 {
            return Err(texts::NO_UPLOAD_SERVER.into());
        }
        let name = clean(&file.name);
        if let Some(reason) = self.uploader_refuses(state, caller, &name, &file.blob) {
            return Err(Failure::new(format!("{}{}. {reason}", texts::UPLOAD_REFUSED, self.uploader_address())));
        }
        // A folder that is unknown, trashed or somebody else's is the root, without a word.
        let folder = state.tree.active_folder(caller, args.id("folder_id")).map(|folder| folder.id);
        let name = state.tree.free_name(caller, folder, &name);
        let new = NewFile { owner: caller, folder, name, kind: file.content_type, blob: file.blob, source: "api" };
        let file = state.tree.add_file(&self.ground, new).clone();
        Ok(Success::said("File uploaded").with("data", json!([self.shown_upload(&file)])))
    }

    /// What the uploader has against a file.
    pub(super) fn uploader_refuses(
        &self,
        state: &State,
        owner: u64,
        name: &str,
        blob: &Arc<Blob>,
    ) -> Option<&'static str> {
        let settings = self.settings();
        let account = state.account(owner)?;
        let (package, extension) = (&account.package, extension(name));
        let is_of =
            |types: &[String]| types.iter().any(|kind| kind.trim_start_matches('.').eq_ignore_ascii_case(&extension));
        if !settings.uploads_enabled {
            Some(uploader::DISABLED)
        } else if !package.can_upload {
            Some("You do not have permission to upload.")
        } else if !settings.accepted_types.is_empty() && !is_of(&settings.accepted_types) {
            Some(uploader::TYPE)
        } else if is_of(&settings.banned_types) {
            Some(uploader::BANNED_TYPE)
        } else if package.max_upload_size > 0 && blob.size > package.max_upload_size {
            Some(uploader::TOO_LARGE)
        } else if blob.size < settings.min_upload_size {
            Some(uploader::TOO_SMALL)
        } else if settings.blocked_hashes.iter().any(|hash| hash.eq_ignore_ascii_case(&blob.md5)) {
            Some(uploader::BLOCKED_CONTENT)
        } else if account.storage_limit().is_some_and(|limit| state.tree.used(owner) + blob.size > limit) {
            Some("There is not enough storage space left in your account.")
        } else {
            None
        }
    }

    /// The site's own uploader, whose address leaks into its refusals.
    pub(super) fn uploader_address(&self) -> String {
        format!("{}/ajax/file_upload_handler.ajax.php?r=127.0.0.1&p=http", self.site())
    }

    fn shown_upload(&self, file: &File) -> Value {
        let url = self.url_file(file);
        let number = |number: u64| if self.odd(odd::UPLOAD_NUMBERS) { json!(number) } else { self.number(number) };
        let html = format!(
            "<a href=\"{url}\" target=\"_blank\" title=\"View {} on the site\">view {} on the site</a>",
            file.name, file.name
        );
        let html = match self.odd(odd::UPLOAD_HTML_ENTITIES) {
            true => html.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
            false => html,
        };
        let info = if self.odd(odd::INFO_URL_WITH_HASH) { format!("~i?{}", file.delete_hash) } else { "~i".into() };
        let hash = match self.odd(odd::UPLOAD_HASH_WRONG) {
            true => file.blob.md5.chars().rev().collect(),
            false => file.blob.md5.clone(),
        };
        let told = |value: String| if self.odd(odd::UPLOAD_NULLS) { Value::Null } else { json!(value) };
        let mut shown = json!({
            "name": file.name,
            "size": number(file.blob.size),
            "type": file.kind,
            "error": null,
            "url": url,
            "delete_url": format!("{url}~d?{}", file.delete_hash),
            "info_url": format!("{url}{info}"),
            "delete_type": "DELETE",
            "delete_hash": file.delete_hash,
            "hash": told(hash),
            "stats_url": format!("{url}~s"),
            "short_url": file.short,
            "file_id": number(file.id),
            "unique_hash": told(file.unique_hash.clone()),
            "url_html": told(html),
            "url_bbcode": told(format!("[url]{url}[/url]")),
        });
        if self.odd(odd::UPLOAD_RESULT_HTML) {
            shown["success_result_html"] = json!(format!("<td class=\"name\">{}</td>", file.name));
        }
        shown
    }
}

/// Reads and forgets a body.
async fn drain(body: &mut ByteStream) -> Result<(), Gone> {
    while let Some(piece) = body.next().await {
        piece.map_err(|_| Gone)?;
    }
    Ok(())
}

/// The fields of an upload that is no form of several parts, and so has no file.
async fn plain_fields(call: &Call, mut body: ByteStream) -> Result<Fields, Gone> {
    let mut whole = BytesMut::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| Gone)?;
        if whole.len() + piece.len() <= PLAIN_FORM {
            whole.extend_from_slice(&piece);
        }
    }
    Ok(params::urlencoded(call, &whole.freeze()))
}
