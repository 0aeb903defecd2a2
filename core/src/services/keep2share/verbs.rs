//! The shared verbs: listings of folders by id, changes by `updateFile`, remote uploads asked for until they end.

use std::time::Duration;

use serde_json::{Value, json};

use crate::border::{Error, Kind, Phase};
use crate::transfer::progress::Meter;
use crate::verbs::{At, Entry, Hash, Page, Verbs};

/// Items asked for at once: few enough for one answer, many enough that most folders are one page.
const PAGE: u64 = 1000;

/// How Keep2Share does what the verbs ask for.
pub(crate) struct Keep2Share;

impl Verbs for Keep2Share {
    fn root(&self) -> Entry {
        Entry { id: Some("/".into()), path: Some("/".into()), is_folder: true, ..Entry::default() }
    }

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

    async fn by_id(&self, at: At<'_>, id: &str, _is_folder: Option<bool>) -> Result<Entry, Error> {
        let answer = at.ask("files.getFilesInfo", json!({"ids": [id]})).await?;
        let unknown =
            || Error::new(Kind::NotFound, format!("there is nothing with the id {id}")).named("file_not_found");
        let file = answer["files"].as_array().and_then(|files| files.first()).ok_or_else(unknown)?;
        // An item without a name is one that is gone.
        let name = file["name"].as_str().ok_or_else(unknown)?;
        let is_folder = file["is_folder"] == true;
        let found = text(file, "id").unwrap_or_else(|| id.to_owned());
        Ok(Entry {
            link: (!is_folder).then(|| page_address(at, "file", &found)),
            id: Some(found),
            name: name.to_owned(),
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

    async fn move_into(&self, at: At<'_>, id: &str, folder: &str) -> Result<(), Error> {
        at.ask("files.updateFile", json!({"id": id, "new_parent": folder})).await.map(drop)
    }

    async fn rename(&self, at: At<'_>, id: &str, name: &str) -> Result<(), Error> {
        at.ask("files.updateFile", json!({"id": id, "new_name": name})).await.map(drop)
    }

    async fn delete(&self, at: At<'_>, id: &str) -> Result<(), Error> {
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
        if answer["files"][0]["access"] == "private" {
            let message =
                format!("{} is private: a stranger could not open its page; change its access first", entry.name);
            return Err(Error::new(Kind::NotSupported, message).named("file_is_private"));
        }
        Ok(page_address(at, "file", id))
    }

    async fn remote_upload(&self, at: At<'_>, url: &str, folder: Option<&str>, meter: &Meter) -> Result<String, Error> {
        let answer = at.ask("uploads.remoteUploadAdd", json!({"urls": [url]})).await?;
        let Some(upload) = text(&answer["acceptedUrls"][0], "id") else {
            let reason = text(&answer["rejectedUrls"][0], "message").unwrap_or_else(|| "it says no reason".into());
            let message = format!("the service will not fetch this address: {reason}");
            return Err(Error::new(Kind::Rejected, message).named("remote_upload_rejected"));
        };
        meter.phase(Phase::Transferring);
        let mut wait = at.engine.settings.poll_interval();
        loop {
            tokio::time::sleep(wait).await;
            wait = (wait * 3 / 2).min(at.engine.settings.poll_interval() * 6).max(Duration::from_millis(1));
            let answer = at.ask("uploads.remoteUploadStatus", json!({"ids": [upload]})).await?;
            let state = &answer["uploads"][0];
            meter.fraction(state["progress"].as_f64().map(|percent| percent / 100.0));
            match state["status"].as_str() {
                Some("completed") => {
                    let id = text(state, "file_id").ok_or_else(|| {
                        Error::new(Kind::InvalidAnswer, "the remote upload is completed, yet no file is named")
                    })?;
                    if let Some(folder) = folder {
                        self.move_into(at, &id, folder).await.map_err(|error| stored_elsewhere(error, &id))?;
                    }
                    return Ok(id);
                }
                Some("error") => {
                    let message = "the service could not fetch the address; it tells no reason";
                    return Err(Error::new(Kind::Rejected, message).named("remote_upload_failed"));
                }
                _ => {}
            }
        }
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

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

fn md5(file: &Value) -> Option<Hash> {
    let hex = file["md5"].as_str().filter(|hex| hex.len() == 32)?;
    Some(Hash { algorithm: "md5", hex: hex.to_ascii_lowercase() })
}

/// The page of a file or folder on the site whose API is used.
fn page_address(at: At<'_>, what: &str, id: &str) -> String {
    super::page_address(at.engine, what, id)
}
