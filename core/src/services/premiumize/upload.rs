//! An address for each form, which no answer says anything of but that it arrived: the folder is looked into to learn which
//! file it became.

use std::sync::Arc;

use serde_json::{Value, json};

use super::folder;
use crate::border::{Error, Kind, Phase, Source, Tape};
use crate::services::UploadTo;
use crate::services::answers::{is_name_of, text, whole};
use crate::transfer::form::{self, Post};
use crate::transfer::lost;
use crate::transfer::progress::Meter;
use crate::transfer::upload::{Carrier, Failed, Looked, Upload};
use crate::verbs::At;
use crate::wire::{Context, Engine};

/// The operation that gives an address, and the form that is posted to it.
const ASK_FOR_ADDRESS: &str = "folder.uploadinfo";
const FORM: &str = "folder.uploadForm";

const LONGEST_NAME: usize = 255;

/// How often a listing may lack a file that the service took.
const MOST_LOOKS: u32 = 3;

pub(super) async fn upload(
    engine: &Engine,
    source: Source,
    to: UploadTo,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Tape, Error> {
    check_name(&to.name)?;
    let to = UploadTo { folder: to.folder.filter(|folder| folder != "/"), ..to };
    let mut upload = Upload::open(engine, source, to, meter, context).await?;
    upload.store(&mut Form).await?;
    meter.phase(Phase::Finishing);
    let file = stored(&upload).await?;
    let id = text(&file, "id").ok_or_else(|| Error::internal("a listed file without an id passed"))?;
    // Its links lapse, and none is a page.
    upload.finish(id, text(&file, "name"), None)
}

/// Whether an upload failed because nothing more goes into the account.
pub(super) fn ends_all(error: &Error) -> bool {
    error.record().name.as_deref() == Some("space_full")
}

/// Refuses a name that the service would refuse after it has all the bytes.
fn check_name(name: &str) -> Result<(), Error> {
    if name.chars().count() > LONGEST_NAME {
        let message = format!("upload: the service takes names of {LONGEST_NAME} characters at most");
        return Err(Error::invalid_argument(message).named("name_too_long"));
    }
    match name.contains('"') {
        true => Err(Error::invalid_argument("upload: the service takes no name with a \" in it")),
        false => Ok(()),
    }
}

/// The only way there is.
struct Form;

impl Carrier for Form {
    const OPERATION: &'static str = ASK_FOR_ADDRESS;

    /// The answer tells nothing of the file.
    type Stored = ();

    async fn send(&mut self, upload: &mut Upload<'_>) -> Result<(), Failed> {
        let (engine, context) = (upload.engine, upload.context);
        let operation =
            engine.service.operation(FORM).ok_or_else(|| Error::internal(format!("{FORM} is not described")))?;
        let arguments = upload.folder.as_ref().map_or_else(|| json!({}), |folder| json!({"id": folder}));
        // Each is good for one form. A host that cannot be found refuses the attempt, and the next one gets another.
        let info = At { engine, context }.ask(ASK_FOR_ADDRESS, arguments).await?;
        let member =
            |name: &str| text(&info, name).ok_or_else(|| Error::internal(format!("judged, yet without {name}")));
        let (token, address) = (member("token")?, engine.answered_url(&member("url")?)?);
        context.keep_secret(&token);
        context.keep_query_secret(&address);
        let post = Post {
            operation,
            address,
            fields: vec![("token".to_owned(), token)],
            file_field: "file",
            signed_in: true,
            hashed: false,
        };
        form::post(upload, post).await.map(drop).map_err(|refusal| refusal.or_lost(lost::may_be_done))
    }

    /// The service tells no hash of a file, so one that is like ours may have been there before.
    async fn look(&mut self, upload: &mut Upload<'_>) -> Result<Looked<()>, Error> {
        let candidates = alike(upload).await?;
        let ids: Vec<String> = candidates.iter().filter_map(|file| text(file, "id")).collect();
        Ok(if ids.is_empty() { Looked::Absent } else { Looked::Unclear(ids) })
    }
}

/// The file that the service took: the newest one of its name, or of a name that was counted up from it, and of its size.
async fn stored(upload: &Upload<'_>) -> Result<Value, Error> {
    for look in 1..=MOST_LOOKS {
        let listed = alike(upload).await.map_err(|error| {
            let name = &upload.name;
            untold(upload, error, &format!("{name} is uploaded, but which file it is could not be asked"))
        })?;
        if let Some(file) = newest(listed) {
            return Ok(file);
        }
        if look < MOST_LOOKS {
            tokio::time::sleep(upload.engine.settings.backoff() * look).await;
        }
    }
    let message = format!("{} is uploaded, but its folder lists no file of this name and size", upload.name);
    Err(untold(upload, Error::new(Kind::InvalidAnswer, "the service may have given it another name"), &message)
        .named("upload_not_listed"))
}

/// An error of what comes after the file was stored: to upload it once more would leave two.
fn untold(upload: &Upload<'_>, mut error: Error, what: &str) -> Error {
    upload.context.nothing_needed();
    let record = error.record_mut();
    record.message = format!("{what}: {}", record.message);
    record.retryable = false;
    record.retry_after_ms = None;
    error
}

/// The files of the folder that could be the one that was sent.
async fn alike(upload: &Upload<'_>) -> Result<Vec<Value>, Error> {
    let at = At { engine: upload.engine, context: upload.context };
    let items = folder::content(at, upload.folder.as_deref()).await?;
    let (name, size) = (&upload.name, upload.source.length());
    Ok(items.into_iter().filter(|item| is_alike(item, name, size)).collect())
}

fn is_alike(item: &Value, name: &str, size: u64) -> bool {
    !folder::is_folder(item)
        && text(item, "name").is_some_and(|listed| is_name_of(&listed.to_lowercase(), &name.to_lowercase()))
        && whole(item.get("size")).is_none_or(|listed| listed == size)
}

/// Times come as texts of one form, which are in order as they are.
fn newest(files: Vec<Value>) -> Option<Value> {
    files.into_iter().max_by_key(|file| text(file, "created_at"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_service_refuses_are_told_at_once() {
        for (name, is_good) in
            [("a".repeat(255), true), ("ü".repeat(255), true), ("a".repeat(256), false), ("a\"b".into(), false)]
        {
            assert_eq!(check_name(&name).is_ok(), is_good, "{name}");
        }
    }

    #[test]
    fn of_files_that_are_alike_the_newest_is_taken() {
        let file = |id: &str, created: Value| json!({"id": id, "name": "Reel.mkv", "size": 5, "created_at": created});
        let files = vec![
            file("old", "2023-11-14T22:13:20Z".into()),
            file("new", "2023-11-14T22:13:21Z".into()),
            file("untold", Value::Null),
        ];
        assert!(files.iter().all(|file| is_alike(file, "reel.mkv", 5) && !is_alike(file, "reel.mkv", 6)));
        assert_eq!(newest(files).and_then(|file| text(&file, "id")).as_deref(), Some("new"));
        assert_eq!(newest(Vec::new()), None);
        assert!(is_alike(&json!({"name": "Reel (1).mkv", "size": 5}), "reel.mkv", 5));
        assert!(!is_alike(&json!({"name": "reel.mkv", "type": "folder"}), "reel.mkv", 5));
    }
}
