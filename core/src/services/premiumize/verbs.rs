//! The shared verbs: files and folders that are changed by different calls, listings without pages, and what the service
//! fetches followed on the list of all that it fetches.

use serde_json::{Value, json};

use super::{Premiumize, folder};
use crate::border::{Error, Kind, Phase};
use crate::services::answers::text;
use crate::transfer::progress::Meter;
use crate::verbs::remote::{Waits, goes_on};
use crate::verbs::{At, Entry, Item, Page, Verbs};

/// How often in a row the list may lack a transfer that the service accepted.
const MOST_SILENCES: u32 = 5;

impl Verbs for Premiumize {
    /// No id was seen to stand for both, but each call takes those of one kind only.
    fn numbers_apart(&self) -> bool {
        true
    }

    fn tells_missing_folders(&self) -> bool {
        true
    }

    async fn page(&self, at: At<'_>, folder: &str, _from: u64) -> Result<Page, Error> {
        let items = folder::content(at, Some(folder)).await?;
        Ok(Page { entries: items.iter().map(listed).collect(), next: None })
    }

    async fn by_id(&self, at: At<'_>, id: &str, is_folder: Option<bool>) -> Result<Entry, Error> {
        if is_folder != Some(true) {
            return Ok(listed(&at.ask("item.details", json!({"id": id})).await?));
        }
        let folder = at.ask("folder.list", json!({"id": id})).await?;
        Ok(Entry {
            id: Some(text(&folder, "folder_id").unwrap_or_else(|| id.to_owned())),
            name: text(&folder, "name").unwrap_or_default(),
            is_folder: true,
            ..Entry::default()
        })
    }

    async fn make_folder(&self, at: At<'_>, parent: &str, name: &str) -> Result<String, Error> {
        let made = at.ask("folder.create", json!({"name": name, "parent_id": parent})).await?;
        text(&made, "id").ok_or_else(|| Error::internal("a folder without an id passed"))
    }

    async fn move_into(&self, at: At<'_>, item: &Item, folder: &str) -> Result<Option<Entry>, Error> {
        let kind = if is_folder(item) { "folders" } else { "files" };
        let folder = match self.root().id.as_deref() == Some(folder) {
            true => root_id(at).await?,
            false => folder.to_owned(),
        };
        at.ask("folder.paste", json!({"id": folder, kind: [item.id]})).await.map(|_| None)
    }

    async fn rename(&self, at: At<'_>, item: &Item, name: &str) -> Result<Option<Entry>, Error> {
        let operation = if is_folder(item) { "folder.rename" } else { "item.rename" };
        at.ask(operation, json!({"id": item.id, "name": name})).await.map(|_| None)
    }

    async fn delete(&self, at: At<'_>, item: &Item) -> Result<(), Error> {
        let operation = if is_folder(item) { "folder.delete" } else { "item.delete" };
        at.ask(operation, json!({"id": item.id})).await.map(drop)
    }

    async fn remote_upload(&self, at: At<'_>, url: &str, folder: Option<&str>, meter: &Meter) -> Result<Item, Error> {
        let mut arguments = json!({"src": url});
        if let Some(folder) = folder {
            arguments["folder_id"] = folder.into();
        }
        let created = at.ask("transfer.create", arguments).await?;
        if created["type"] == "container" {
            let message = "the address leads to a list of links, which the service reads, but does not fetch; \
                           transfer.create tells them";
            return Err(Error::new(Kind::Rejected, message).named("container_not_fetched"));
        }
        let transfer = text(&created, "id").ok_or_else(|| {
            let message = "the service fetches this address, but does not tell how to follow it";
            Error::new(Kind::InvalidAnswer, message).named("remote_upload_untracked")
        })?;
        meter.phase(Phase::Transferring);
        fetched(at, &transfer, meter).await
    }

    async fn account(&self, at: At<'_>) -> Result<Value, Error> {
        let account = at.ask("account.info", json!({})).await?;
        let until = account["premium_until"].as_str();
        let is_premium = until.and_then(|text| text.parse::<jiff::Timestamp>().ok());
        let is_premium = is_premium.is_some_and(|until| until > jiff::Timestamp::now());
        Ok(json!({
            "id": account["customer_id"],
            "plan": if is_premium { "premium" } else { "free" },
            "expires": until,
            // Some answers have a fraction of a byte.
            "space_used": account["space_used"].as_f64().map(|bytes| bytes as u64),
        }))
    }
}

/// The id of the root, for the one call that has to name it.
async fn root_id(at: At<'_>) -> Result<String, Error> {
    let root = at.ask("folder.list", json!({})).await?;
    Ok(text(&root, "folder_id").unwrap_or_else(|| "0".to_owned()))
}

/// Waits until the service has fetched what it accepted; gives what it became.
async fn fetched(at: At<'_>, id: &str, meter: &Meter) -> Result<Item, Error> {
    let mut waits = Waits::new(at.engine);
    let mut silences = 0;
    loop {
        waits.pass().await;
        let listing = at.ask("transfer.list", json!({})).await.map_err(|error| goes_on(error, id))?;
        let transfers = listing["transfers"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(transfer) = transfers.iter().find(|transfer| transfer["id"] == id) else {
            silences += 1;
            if silences < MOST_SILENCES {
                continue;
            }
            let message = format!("the service does not list the transfer {id} any more");
            return Err(Error::new(Kind::NotFound, message).named("remote_upload_unknown"));
        };
        silences = 0;
        meter.fraction(transfer["progress"].as_f64());
        match outcome(transfer) {
            Some(outcome) => return outcome,
            None => continue,
        }
    }
}

/// What became of a transfer; none while it goes on, under whatever word.
fn outcome(transfer: &Value) -> Option<Result<Item, Error>> {
    let item = |name: &str, is_folder| text(transfer, name).map(|id| Item { id, is_folder: Some(is_folder) });
    // Several files come in a folder of their own.
    let brought = || item("file_id", false).or_else(|| item("folder_id", true));
    match transfer["status"].as_str() {
        Some("finished") => {
            let message = "the transfer is finished, yet neither a file nor a folder is named";
            Some(brought().ok_or_else(|| Error::new(Kind::InvalidAnswer, message)))
        }
        // All of it is there, and given on to others.
        Some("seeding") => brought().map(Ok),
        Some(end @ ("error" | "banned" | "timeout" | "deleted")) => {
            let told = text(transfer, "message").unwrap_or_else(|| "the service tells no reason".to_owned());
            let message = format!("the transfer has ended without success ({end}): {told}");
            Some(Err(Error::new(Kind::Rejected, message).named("remote_upload_failed")))
        }
        _ => None,
    }
}

fn is_folder(item: &Item) -> bool {
    item.is_folder == Some(true)
}

fn listed(item: &Value) -> Entry {
    Entry {
        id: text(item, "id"),
        name: text(item, "name").unwrap_or_default(),
        is_folder: folder::is_folder(item),
        size: item["size"].as_u64(),
        modified: text(item, "created_at"),
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_ends_with_what_it_brought() {
        let file = json!({"status": "finished", "file_id": "f1", "folder_id": "d1"});
        let folder = json!({"status": "seeding", "folder_id": "d1"});
        for (transfer, id, is_folder) in [(file, "f1", false), (folder, "d1", true)] {
            let item = outcome(&transfer).expect("an end").expect("a success");
            assert_eq!((item.id.as_str(), item.is_folder), (id, Some(is_folder)));
        }
        for going_on in ["queued", "waiting", "running", "thinking", "seeding"] {
            assert!(outcome(&json!({"status": going_on})).is_none(), "{going_on}");
        }
        for (transfer, kind) in [
            (json!({"status": "finished"}), Kind::InvalidAnswer),
            (json!({"status": "banned", "file_id": "f1"}), Kind::Rejected),
            (json!({"status": "error", "message": null}), Kind::Rejected),
        ] {
            let ended = outcome(&transfer).expect("an end");
            assert_eq!(ended.err().map(|error| error.kind()), Some(kind), "{transfer}");
        }
    }
}
