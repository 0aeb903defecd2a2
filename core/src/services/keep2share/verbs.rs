//! The shared verbs: listings of folders by id, changes by `updateFile`, remote uploads asked for until they end.

use serde_json::{Value, json};

use super::{Keep2Share, encoded_word, is_about};
use crate::border::{Error, Kind, Phase};
use crate::services::answers::text;
use crate::transfer::progress::Meter;
use crate::verbs::remote::{Waits, goes_on};
use crate::verbs::{At, Entry, Hash, Item, Page, Verbs};

/// Items asked for at once: few enough for one answer, many enough that most folders are one page.
const PAGE: u64 = 1000;

/// Ids that are longer stand for one of this length.
const REAL_ID: usize = 13;

/// How often in a row the service may say nothing of a remote upload that it accepted.
const MOST_SILENCES: u32 = 5;

impl Verbs for Keep2Share {
    async fn page(&self, at: At<'_>, folder: &str, from: u64) -> Result<Page, Error> {
        // By date: what comes meanwhile comes last, so that no page shifts.
        let arguments = json!({"parent": folder, "limit": PAGE, "offset": from, "sort": {"date_created": "ascending"}});
        let answer = at.ask("files.getFilesList", arguments).await?;
        let files = answer["files"].as_array().map(Vec::as_slice).unwrap_or_default();
        // What was deleted or blocked is still listed for a while.
        let is_dead = |file: &Value| file["is_available"] == false && file["is_folder"] != true;
        let entries = files.iter().filter(|file| !is_dead(file)).map(|file| listed(at, file)).collect();
        Ok(Page { entries, next: (files.len() as u64 >= PAGE).then_some(from + PAGE) })
    }

    async fn by_id(&self, at: At<'_>, id: &str, is_folder: Option<bool>) -> Result<Entry, Error> {
        let answer = at.ask("files.getFilesInfo", json!({"ids": [id]})).await?;
        let unknown =
            || Error::new(Kind::NotFound, format!("there is nothing with the id {id}")).named("file_not_found");
        let Some(file) = about(&answer, id) else {
            // Of a small folder the answer may tell what is in it, and not the folder.
            let folder = if is_folder == Some(false) { None } else { folder_by_id(at, id).await? };
            return folder.ok_or_else(unknown);
        };
        // An item without a name is one that is gone.
        let name = file["name"].as_str().ok_or_else(unknown)?;
        let is_folder = file["is_folder"] == true;
        let found = text(file, "id").unwrap_or_else(|| id.to_owned());
        Ok(Entry {
            link: (!is_folder).then(|| page_address(at, "file", &found)),
            id: Some(found),
            name: encoded_word::decode(name),
            is_folder,
            size: file["size"].as_u64(),
            modified: text(file, "created_at"),
            hash: md5(file),
            ..Entry::default()
        })
    }

    async fn make_folder(&self, at: At<'_>, parent: &str, name: &str) -> Result<String, Error> {
        let answer = at.ask("files.createFolder", json!({"name": name, "parent": parent})).await?;
        text(&answer, "id").ok_or_else(|| Error::internal("a folder without an id passed"))
    }

    async fn move_into(&self, at: At<'_>, item: &Item, folder: &str) -> Result<Option<Entry>, Error> {
        put_into(at, &item.id, folder).await.map(|()| None)
    }

    async fn rename(&self, at: At<'_>, item: &Item, name: &str) -> Result<Option<Entry>, Error> {
        at.ask("files.updateFile", json!({"id": item.id, "new_name": name})).await.map(|_| None)
    }

    async fn delete(&self, at: At<'_>, item: &Item) -> Result<(), Error> {
        let id = &item.id;
        let answer = at.ask("files.deleteFiles", json!({"ids": [id]})).await?;
        match answer["deleted"].as_i64() {
            Some(0) => {
                Err(Error::new(Kind::NotFound, format!("nothing with the id {id} was deleted")).named("file_not_found"))
            }
            _ => Ok(()),
        }
    }

    async fn share_link(&self, at: At<'_>, entry: &Entry) -> Result<String, Error> {
        let id = entry.known_id()?;
        if entry.is_folder {
            if self.root().id.as_deref() == Some(id) {
                return Err(Error::new(Kind::NotSupported, "the root folder has no page that others can open"));
            }
            at.ask("files.updateFile", json!({"id": id, "new_is_public": true})).await?;
            return Ok(page_address(at, "folder", id));
        }
        let answer = at.ask("files.getFilesInfo", json!({"ids": [id]})).await?;
        if about(&answer, id).is_some_and(|file| file["access"] == "private") {
            let message =
                format!("{} is private: a stranger could not open its page; change its access first", entry.name);
            return Err(Error::new(Kind::NotSupported, message).named("file_is_private"));
        }
        Ok(page_address(at, "file", id))
    }

    async fn remote_upload(&self, at: At<'_>, url: &str, folder: Option<&str>, meter: &Meter) -> Result<Item, Error> {
        let answer = at.ask("uploads.remoteUploadAdd", json!({"urls": [url]})).await?;
        let Some(accepted) = answer["acceptedUrls"].get(0) else {
            let reason = text(&answer["rejectedUrls"][0], "message").unwrap_or_else(|| "it says no reason".into());
            let message = format!("the service will not fetch this address: {reason}");
            return Err(Error::new(Kind::Rejected, message).named("remote_upload_rejected"));
        };
        let upload = text(accepted, "id").ok_or_else(|| {
            let message = "the service fetches this address, but does not tell how to follow it";
            Error::new(Kind::InvalidAnswer, message).named("remote_upload_untracked")
        })?;
        meter.phase(Phase::Transferring);
        let id = fetched(at, &upload, meter).await?;
        if let Some(folder) = folder {
            put_into(at, &id, folder).await.map_err(|error| stored_elsewhere(error, &id))?;
        }
        Ok(Item { id, is_folder: Some(false) })
    }

    async fn account(&self, at: At<'_>) -> Result<Value, Error> {
        let answer = at.ask("account.accountInfo", json!({})).await?;
        let expires = text(&answer, "account_expires");
        let is_premium = expires.as_deref().and_then(|text| text.parse::<jiff::Timestamp>().ok());
        let is_premium = is_premium.is_some_and(|until| until > jiff::Timestamp::now());
        Ok(json!({
            "name": at.engine.signed_in.credential("username").map(secrecy::ExposeSecret::expose_secret),
            "plan": if is_premium { "premium" } else { "free" },
            "expires": expires,
            "traffic_left": answer["available_traffic"],
        }))
    }
}

async fn put_into(at: At<'_>, id: &str, folder: &str) -> Result<(), Error> {
    at.ask("files.updateFile", json!({"id": id, "new_parent": folder})).await.map(drop)
}

/// What an answer of `getFilesInfo` says about an id, where it says something: others may stand in it as well. Long ids are
/// answered under their real, shorter one.
fn about<'a>(answer: &'a Value, id: &str) -> Option<&'a Value> {
    let files = answer["files"].as_array()?;
    files.iter().find(|file| is_about(file, id)).or_else(|| files.first().filter(|_| id.len() > REAL_ID))
}

/// A folder of the account, by the list of all of them.
async fn folder_by_id(at: At<'_>, id: &str) -> Result<Option<Entry>, Error> {
    let answer = at.ask("files.getFoldersList", json!({})).await?;
    let position = answer["foldersIds"].as_array().and_then(|ids| ids.iter().position(|folder| folder == id));
    let name = position.and_then(|position| answer["foldersList"][position].as_str());
    // Some answers give whole paths.
    let name = name.map(|name| name.rsplit('/').next().unwrap_or(name).to_owned());
    Ok(name.map(|name| Entry { id: Some(id.to_owned()), name, is_folder: true, ..Entry::default() }))
}

/// Waits until the service has fetched what it accepted; gives the file's id.
async fn fetched(at: At<'_>, upload: &str, meter: &Meter) -> Result<String, Error> {
    let mut waits = Waits::new(at.engine);
    let mut silences = 0;
    loop {
        waits.pass().await;
        let answer = at.ask("uploads.remoteUploadStatus", json!({"ids": [upload]})).await;
        let answer = answer.map_err(|error| goes_on(error, upload))?;
        let states = answer["uploads"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(state) = states.iter().find(|state| state["id"] == upload).or(states.first()) else {
            silences += 1;
            if silences < MOST_SILENCES {
                continue;
            }
            let message = format!("the service does not know the remote upload {upload} any more");
            return Err(Error::new(Kind::NotFound, message).named("remote_upload_unknown"));
        };
        silences = 0;
        meter.fraction(state["progress"].as_f64().map(|percent| percent / 100.0));
        match state["status"].as_str() {
            Some("completed") => {
                let message = "the remote upload is completed, yet no file is named";
                return text(state, "file_id").ok_or_else(|| Error::new(Kind::InvalidAnswer, message));
            }
            Some("error") => {
                let message = "the service could not fetch the address; it tells no reason";
                return Err(Error::new(Kind::Rejected, message).named("remote_upload_failed"));
            }
            _ => {}
        }
    }
}

/// An error of what comes after the file was stored: it tells where the file is.
fn stored_elsewhere(mut error: Error, id: &str) -> Error {
    let record = error.record_mut();
    record.message = format!("the file was stored as {id}, but not in the folder: {}", record.message);
    error
}

fn listed(at: At<'_>, file: &Value) -> Entry {
    let is_folder = file["is_folder"] == true;
    let id = text(file, "id");
    Entry {
        link: id.as_deref().filter(|_| !is_folder).map(|id| page_address(at, "file", id)),
        id,
        name: text(file, "name").unwrap_or_default(),
        is_folder,
        size: file["size"].as_u64(),
        // As the service spells it: ours has a T between day and hour.
        modified_text: text(file, "date_created").map(|text| text.replace('T', " ")),
        hash: md5(file),
        ..Entry::default()
    }
}

fn md5(file: &Value) -> Option<Hash> {
    let hex = file["md5"].as_str().filter(|hex| hex.len() == 32)?;
    Some(Hash { algorithm: "md5", hex: hex.to_ascii_lowercase() })
}

/// The page of a file or folder on the site whose API is used.
fn page_address(at: At<'_>, what: &str, id: &str) -> String {
    super::page_address(at.engine, what, id)
}
