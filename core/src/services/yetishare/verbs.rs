//! The shared verbs: listings without pages, files and folders that are numbered apart, and addresses that the service
//! fetches a minute later.

use serde_json::{Value, json};
use url::Url;

use super::{YetiShare, folder as folders};
use crate::border::{Error, Kind, Phase};
use crate::services::answers::text;
use crate::transfer::progress::Meter;
use crate::verbs::remote::{Waits, goes_on};
use crate::verbs::{At, Entry, Item, Page, Verbs};

/// A folder that nobody sees but its owner, and one that its address opens.
const PRIVATE: &str = "private";
const UNLISTED: &str = "unlisted";

impl Verbs for YetiShare {
    fn numbers_apart(&self) -> bool {
        true
    }

    fn tells_missing_folders(&self) -> bool {
        true
    }

    async fn page(&self, at: At<'_>, folder: &str, _from: u64) -> Result<Page, Error> {
        let listing = folders::listing(at, Some(folder)).await?;
        let below = folders::active(&listing, "folders").map(of_folder);
        let files = folders::active(&listing, "files").map(of_file);
        Ok(Page { entries: below.chain(files).collect(), next: None })
    }

    async fn by_id(&self, at: At<'_>, id: &str, is_folder: Option<bool>) -> Result<Entry, Error> {
        let (item, status) = match is_folder {
            Some(true) => (at.ask("folder.info", json!({"folder_id": id})).await?, "status"),
            _ => (at.ask("file.info", json!({"file_id": id})).await?, "file_status"),
        };
        match item[status].as_str() {
            None | Some("active") => {}
            Some(status) => {
                let message = format!("{id} is not there any more: its status is {status}");
                return Err(Error::new(Kind::NotFound, message).named("item_in_trash"));
            }
        }
        Ok(if is_folder == Some(true) { of_folder(&item) } else { of_file(&item) })
    }

    async fn make_folder(&self, at: At<'_>, parent: &str, name: &str) -> Result<String, Error> {
        let made = at.ask("folder.create", json!({"folder_name": name, "parent_id": parent})).await?;
        text(&made, "id").ok_or_else(|| Error::internal("a folder without an id passed"))
    }

    async fn move_into(&self, at: At<'_>, item: &Item, folder: &str) -> Result<Option<Entry>, Error> {
        let (operation, id) = if is_folder(item) { ("folder.move", "folder_id") } else { ("file.move", "file_id") };
        let moved = at.ask(operation, json!({id: item.id, "new_parent_folder_id": folder})).await?;
        Ok(Some(of_item(item, &moved)))
    }

    async fn rename(&self, at: At<'_>, item: &Item, name: &str) -> Result<Option<Entry>, Error> {
        let renamed = match is_folder(item) {
            true => at.ask("folder.edit", json!({"folder_id": item.id, "folder_name": name})),
            false => at.ask("file.edit", json!({"file_id": item.id, "filename": name})),
        };
        Ok(Some(of_item(item, &renamed.await?)))
    }

    async fn delete(&self, at: At<'_>, item: &Item) -> Result<(), Error> {
        let (operation, id) = if is_folder(item) { ("folder.delete", "folder_id") } else { ("file.delete", "file_id") };
        at.ask(operation, json!({id: item.id})).await.map(drop)
    }

    async fn share_link(&self, at: At<'_>, entry: &Entry) -> Result<String, Error> {
        let id = entry.known_id()?;
        let refuse = |name, message: String| Err(Error::new(Kind::NotSupported, message).named(name));
        if !entry.is_folder {
            let file = at.ask("file.info", json!({"file_id": id})).await?;
            if file["isPublic"] == PRIVATE {
                return refuse(
                    "file_is_private",
                    format!("{} is private, and only the site can change that", entry.name),
                );
            }
            return link_of(&file, "url_file");
        }
        if self.root().id.as_deref() == Some(id) {
            return refuse("root_has_no_page", "the root folder has no page that others can open".to_owned());
        }
        let mut folder = at.ask("folder.info", json!({"folder_id": id})).await?;
        if folder["accessPassword"].is_string() {
            let message = format!("{} asks for a password, which its address does not hold", entry.name);
            return refuse("folder_has_password", message);
        }
        if folder["isPublic"] == PRIVATE {
            folder = at.ask("folder.edit", json!({"folder_id": id, "is_public": UNLISTED})).await?;
        }
        link_of(&folder, "url_folder")
    }

    async fn remote_upload(&self, at: At<'_>, url: &str, folder: Option<&str>, meter: &Meter) -> Result<Item, Error> {
        if !Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Err(Error::invalid_argument("remote_upload: sites fetch addresses of http and https only"));
        }
        let mut arguments = json!({"url": url});
        if let Some(folder) = folder {
            arguments["folder_id"] = folder.into();
        }
        let queued = at.ask("file.url_upload_add", arguments).await?;
        let item = text(&queued, "scheduled_item_id").ok_or_else(|| {
            let message = "the service fetches this address, but does not tell how to follow it";
            Error::new(Kind::InvalidAnswer, message).named("remote_upload_untracked")
        })?;
        meter.phase(Phase::Transferring);
        let mut waits = Waits::new(at.engine);
        loop {
            waits.pass().await;
            let state = at.ask("file.url_upload_status", json!({"scheduled_item_id": item})).await;
            let state = state.map_err(|error| goes_on(error, &item))?;
            match state["status"].as_str() {
                Some("complete") => {
                    let message = "the remote upload is complete, yet no file is named";
                    let id = text(&state["downloaded_file"], "file_id")
                        .ok_or_else(|| Error::new(Kind::InvalidAnswer, message))?;
                    folders::check_place(at, &id, folder).await?;
                    return Ok(Item { id, is_folder: Some(false) });
                }
                Some(end @ ("failed" | "cancelled")) => {
                    let message = format!("the remote upload {item} is {end}; the service tells no reason");
                    return Err(Error::new(Kind::Rejected, message).named("remote_upload_failed"));
                }
                _ => {}
            }
        }
    }

    async fn account(&self, at: At<'_>) -> Result<Value, Error> {
        let account = at.ask("account.info", json!({})).await?;
        let package = at.ask("account.package", json!({})).await?;
        // What was granted to this account wins over what its package has; 0 stands for no limit.
        let limits = [&account["storageLimitOverride"], &package["max_storage_bytes"]];
        let limit = limits.iter().find_map(|limit| limit.as_i64()).filter(|bytes| *bytes > 0);
        // The end of what is paid is told without a zone, so it is no instant.
        Ok(json!({
            "id": account["id"],
            "name": account["username"],
            "plan": package["label"],
            "space_total": limit,
        }))
    }
}

fn is_folder(item: &Item) -> bool {
    item.is_folder == Some(true)
}

/// What the answer to a change tells of the item.
fn of_item(item: &Item, told: &Value) -> Entry {
    if is_folder(item) { of_folder(told) } else { of_file(told) }
}

fn of_folder(folder: &Value) -> Entry {
    Entry {
        id: text(folder, "id"),
        name: text(folder, "folderName").unwrap_or_default(),
        is_folder: true,
        modified_text: moment(folder, "date_updated").or_else(|| moment(folder, "date_added")),
        link: text(folder, "url_folder"),
        ..Entry::default()
    }
}

fn of_file(file: &Value) -> Entry {
    Entry {
        id: text(file, "id"),
        name: text(file, "filename").unwrap_or_default(),
        size: file["fileSize"].as_u64(),
        modified_text: moment(file, "uploadedDate"),
        link: text(file, "url_file"),
        ..Entry::default()
    }
}

/// As the service spells it: ours has a T between day and hour.
fn moment(value: &Value, name: &str) -> Option<String> {
    text(value, name).map(|text| text.replace('T', " "))
}

fn link_of(item: &Value, name: &str) -> Result<String, Error> {
    text(item, name).ok_or_else(|| Error::new(Kind::InvalidAnswer, format!("the service names no address ({name})")))
}
