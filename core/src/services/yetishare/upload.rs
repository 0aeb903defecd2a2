//! One form for one file, refused before a byte of it where the account or the service would refuse it after the last;
//! what is stored is compared with what was sent.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::clean::cleaned;
use super::{folder, is_root};
use crate::border::{Error, Kind, Source, Tape};
use crate::decode;
use crate::services::UploadTo;
use crate::services::answers::{is_md5, is_name_of, text, whole};
use crate::tables::Retry;
use crate::transfer::progress::Meter;
use crate::transfer::upload::{Carrier, Failed, Looked, Upload, is_there};
use crate::transfer::{form, lost};
use crate::verbs::At;
use crate::wire::{Context, Engine, Failure};

/// The form.
const UPLOAD: &str = "file.upload";

pub(super) async fn upload(
    engine: &Engine,
    source: Source,
    to: UploadTo,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Tape, Error> {
    let to = UploadTo { folder: to.folder.filter(|folder| !is_root(folder)), ..to };
    let mut upload = Upload::open(engine, source, to, meter, context).await?;
    let size = upload.source.length();
    if size == 0 {
        let message = "upload: the service cannot store a file without a byte";
        return Err(Error::new(Kind::NotSupported, message).named("empty_file"));
    }
    // It says so only after it has all the bytes. Asking renews a session that has lapsed, too, so that a source that can be
    // read once only is not spent on one.
    allows(&At { engine, context }.ask("account.package", json!({})).await?, size)?;
    let stored = upload.store(&mut Form).await?;
    folder::check_place(At { engine, context }, &stored.id, upload.folder.as_deref())
        .await
        .map_err(|error| error.during(engine.service.id, Some(UPLOAD)))?;
    upload.finish(stored.id, stored.name, stored.link)
}

/// Whether an upload failed for what the account may not do or has no room for.
pub(super) fn ends_all(error: &Error) -> bool {
    let name = error.record().name.as_deref();
    error.kind() == Kind::QuotaExceeded
        || matches!(name, Some("upload_not_allowed" | "uploads_disabled" | "demo_mode" | "api_not_allowed"))
}

/// Refuses what the account's package does not allow. A limit of 0 is none.
fn allows(package: &Value, size: u64) -> Result<(), Error> {
    let can_upload = package["can_upload"].as_bool().unwrap_or(whole(package.get("can_upload")) != Some(0));
    if !can_upload {
        let message = "the package of this account allows no uploads";
        return Err(Error::new(Kind::PermissionDenied, message).named("upload_not_allowed"));
    }
    match whole(package.get("max_upload_size")) {
        Some(limit) if limit > 0 && size > limit => {
            let message = format!("the package of this account allows files of {limit} bytes; this one has {size}");
            Err(Error::new(Kind::TooLarge, message).named("over_max_upload_size"))
        }
        _ => Ok(()),
    }
}

/// What the service tells of the file that it has.
#[derive(Debug, PartialEq)]
struct Stored {
    id: String,
    /// Not always the one that was sent: it is cleaned, and counted up where it is taken.
    name: Option<String>,
    link: Option<String>,
    size: Option<u64>,
    md5: Option<String>,
}

impl Stored {
    /// Reads the answer to a form, which is a list even of one file.
    fn of(answer: &Value) -> Option<Self> {
        let file = answer["data"].get(0)?;
        Some(Self {
            id: text(file, "file_id")?,
            name: text(file, "name").filter(|name| !name.is_empty()),
            link: text(file, "url"),
            size: whole(file.get("size")),
            md5: text(file, "hash").filter(|md5| is_md5(md5)),
        })
    }

    /// What of it differs from what was sent.
    fn differs(&self, size: u64, md5: &str) -> Option<&'static str> {
        if self.size.is_some_and(|stored| stored != size) {
            return Some("size");
        }
        self.md5.as_ref().is_some_and(|stored| !stored.eq_ignore_ascii_case(md5)).then_some("MD5")
    }
}

/// The only way there is.
struct Form;

impl Carrier for Form {
    const OPERATION: &'static str = UPLOAD;

    // No answer but the one to the form tells what is in a file.
    const CLEARS_UP: bool = false;

    type Stored = Stored;

    async fn send(&mut self, upload: &mut Upload<'_>) -> Result<Stored, Failed> {
        let mut arguments = Map::new();
        if let Some(folder) = &upload.folder {
            arguments.insert("folder_id".into(), folder.as_str().into());
        }
        let posted = Box::pin(form::post_described(upload, UPLOAD, &arguments)).await;
        let answered = posted.map_err(|mut refusal| {
            let record = refusal.failure.error.record_mut();
            record.message = without_addresses(&record.message);
            refusal.or_lost(may_be_done)
        })?;
        let answer = decode::json::value(&answered.body)
            .map_err(|error| Error::internal(format!("judged, yet no JSON: {error}")))?;
        let Some(stored) = Stored::of(&answer) else {
            let message = "the service took the file, but does not tell what became of it";
            let mut error = Error::new(Kind::InvalidAnswer, message);
            error.record_mut().http_status = Some(answered.status);
            return Err(Failed::Lost(Box::new(Failure::of_ours(error))));
        };
        match stored.differs(upload.source.length(), &upload.md5().await?) {
            Some(what) => {
                let message =
                    format!("the file is uploaded (id {}), but its {what} is not that of the source", stored.id);
                let error = Error::new(Kind::Integrity, message).named("stored_differently");
                Err(is_there(upload.context, error, &stored.id, "uploaded, but not what was sent").into())
            }
            None => Ok(stored),
        }
    }

    /// The service does not tell what is in a file, so one that is like ours may have been there before.
    async fn look(&mut self, upload: &mut Upload<'_>) -> Result<Looked<Stored>, Error> {
        let at = At { engine: upload.engine, context: upload.context };
        let listing = folder::listing(at, upload.folder.as_deref()).await?;
        let candidates = alike(&listing, &upload.name, upload.source.length());
        Ok(if candidates.is_empty() { Looked::Absent } else { Looked::Unclear(candidates) })
    }
}

/// Whether a form that failed may have left its file. The service has no codes: a text that is known, and of which the
/// description does not say that the call may be repeated, tells that nothing is stored.
fn may_be_done(failure: &Failure) -> bool {
    let is_told = failure.error.record().name.is_some() && failure.retry != Retry::SameCall;
    lost::may_be_done(failure) && !is_told
}

/// The ids of listed files that could be one that was sent under this name.
fn alike(listing: &Value, name: &str, size: u64) -> Vec<String> {
    let name = cleaned(name);
    let is_alike = |file: &&Value| {
        text(file, "filename").is_some_and(|stored| is_name_of(&cleaned(&stored), &name))
            && whole(file.get("fileSize")).is_none_or(|stored| stored == size)
    };
    folder::active(listing, "files").filter(is_alike).filter_map(|file| text(file, "id")).collect()
}

/// A message without the addresses in it: the service hands a file on to its upload servers and names them, which is
/// nobody's business.
fn without_addresses(message: &str) -> String {
    let mut clean = String::new();
    let mut rest = message;
    while let Some(at) = rest.find("://") {
        let start = rest[..at].rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |before| before + 1);
        let end = rest[at..].find(|c: char| c.is_whitespace() || "\"'<>()[]{}`".contains(c));
        let address = &rest[start..end.map_or(rest.len(), |end| at + end)];
        // A stop or colon behind it belongs to the sentence.
        let address = address.trim_end_matches(['.', ':', ',', ';']);
        clean.push_str(&rest[..start]);
        clean.push_str("its upload server");
        rest = &rest[start + address.len()..];
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_package_does_not_allow_is_refused() {
        for (package, size, refused) in [
            (json!({"can_upload": true, "max_upload_size": 100}), 100, None),
            (json!({"can_upload": "1", "max_upload_size": "100"}), 101, Some("over_max_upload_size")),
            (json!({"can_upload": 1, "max_upload_size": 0}), u64::MAX, None),
            (json!({"can_upload": false, "max_upload_size": 0}), 1, Some("upload_not_allowed")),
            (json!({"can_upload": "0"}), 1, Some("upload_not_allowed")),
            (json!({}), 1, None),
        ] {
            let outcome = allows(&package, size);
            let name = outcome.as_ref().err().and_then(|error| error.record().name.as_deref());
            assert_eq!(name, refused, "{package} {size}");
            assert_eq!(outcome.is_err_and(|error| ends_all(&error)), refused == Some("upload_not_allowed"));
        }
    }

    #[test]
    fn the_answer_to_a_form_is_a_list_of_one() {
        let md5 = "0123456789abcdef0123456789ABCDEF";
        let file = json!({"file_id": 7, "name": "a (2).bin", "size": "3", "url": "https://s.example/x", "hash": md5});
        let stored = Stored::of(&json!({"data": [file]})).expect("a file");
        assert_eq!((stored.id.as_str(), stored.name.as_deref(), stored.size), ("7", Some("a (2).bin"), Some(3)));
        assert_eq!(stored.differs(3, &md5.to_lowercase()), None);
        assert_eq!(stored.differs(4, md5), Some("size"));
        assert_eq!(stored.differs(3, "00000000000000000000000000000000"), Some("MD5"));
        let silent = Stored { size: None, md5: None, ..stored };
        assert_eq!(silent.differs(4, md5), None);
        for nothing in [json!({"data": []}), json!({"data": [{"name": "a"}]}), json!({})] {
            assert_eq!(Stored::of(&nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_lost_file_may_have_got_another_name() {
        let file = |id: u32, name: &str, size: u32| json!({"id": id, "filename": name, "fileSize": size.to_string()});
        let listing = json!({"files": [
            file(1, "a.b.txt", 5), file(2, "a.b (12).txt", 5), file(3, "a.b.txt", 6), file(4, "a.b (x).txt", 5),
            file(5, "a.b ().txt", 5), file(6, "a.b.txt (2)", 5),
            {"id": 7, "filename": "a.b.txt", "fileSize": 5, "status": "trash"},
        ]});
        assert_eq!(alike(&listing, " a<i>.b.txt", 5), ["1", "2"]);
    }

    #[test]
    fn addresses_of_upload_servers_are_not_shown() {
        for (told, shown) in [
            (
                "Error on: https://fs1.example/ajax/handler?x=1. maxFileSize (file_too_large, HTTP 200)",
                "Error on: its upload server. maxFileSize (file_too_large, HTTP 200)",
            ),
            ("No response received from: http://10.0.0.1:81/up", "No response received from: its upload server"),
            ("to https://fs1.example/up: timed out (x)", "to its upload server: timed out (x)"),
            ("<a href=\"https://a.example/?b\">x</a>", "<a href=\"its upload server\">x</a>"),
            ("nothing: // to hide", "nothing: // to hide"),
        ] {
            assert_eq!(without_addresses(told), shown);
        }
    }

    #[test]
    fn only_a_text_that_tells_says_that_nothing_is_stored() {
        let failure = |kind, name: Option<&str>, retry| {
            let mut error = Error::new(kind, "x");
            error.record_mut().http_status = Some(200);
            error.record_mut().name = name.map(str::to_owned);
            Failure { error, retry, wait: None, left: true }
        };
        for (failure, expected) in [
            (failure(Kind::TooLarge, Some("file_too_large"), Retry::Never), false),
            (failure(Kind::Unavailable, Some("uploads_disabled"), Retry::AfterWait), false),
            (failure(Kind::ServerError, Some("upload_server_failed"), Retry::SameCall), true),
            (failure(Kind::InvalidAnswer, None, Retry::Never), true),
            (failure(Kind::TooLarge, None, Retry::Never), true),
            (failure(Kind::Rejected, Some("upload_refused"), Retry::Never), false),
        ] {
            assert_eq!(may_be_done(&failure), expected, "{:?}", failure.error.record().name);
        }
    }
}
