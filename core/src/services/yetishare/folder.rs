//! Folders of the account: those that are there, and new ones.

use serde_json::{Map, Value, json};

use super::is_root;
use crate::border::{Error, Kind};
use crate::services::RemoteFolder;
use crate::services::answers::text;
use crate::transfer::lost;
use crate::transfer::upload::is_there;
use crate::verbs::At;
use crate::wire::Failure;

/// All that lies in a folder, in one answer: the service knows no pages.
pub(super) async fn listing(at: At<'_>, folder: Option<&str>) -> Result<Value, Error> {
    let arguments = match folder.filter(|folder| !is_root(folder)) {
        Some(folder) => json!({"parent_folder_id": folder}),
        None => json!({}),
    };
    at.ask("folder.listing", arguments).await
}

/// What of a listing is there: some releases list the trash along with the root.
pub(super) fn active<'a>(listing: &'a Value, what: &str) -> impl Iterator<Item = &'a Value> {
    let items = listing.get(what).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter(|item| text(item, "status").is_none_or(|status| status == "active"))
}

/// The folders that lie in `parent`; of several with one name the oldest comes first.
pub(super) async fn list(at: At<'_>, parent: Option<&str>) -> Result<Vec<RemoteFolder>, Error> {
    Ok(in_listing(&listing(at, parent).await?))
}

fn in_listing(listing: &Value) -> Vec<RemoteFolder> {
    let folder = |item: &Value| Some(RemoteFolder { id: text(item, "id")?, name: text(item, "folderName")? });
    let mut folders: Vec<RemoteFolder> = active(listing, "folders").filter_map(folder).collect();
    // Ids are given in order.
    folders.sort_by_key(|folder| folder.id.parse().unwrap_or(u64::MAX));
    folders
}

/// Makes visible that the service did not use the folder that a file was to go into: it says nothing of one that it does not
/// know, and puts the file into the root.
pub(super) async fn check_place(at: At<'_>, file: &str, folder: Option<&str>) -> Result<(), Error> {
    let Some(folder) = folder.filter(|folder| !is_root(folder)) else {
        return Ok(());
    };
    let is_there = |error| is_there(at.context, error, file, "uploaded");
    let info = at.ask("file.info", json!({"file_id": file})).await.map_err(|mut error| {
        let record = error.record_mut();
        record.message = format!(
            "the file is uploaded (id {file}), but it is not known whether into the folder {folder}: {}",
            record.message
        );
        is_there(error)
    })?;
    let found = text(&info, "folderId").filter(|found| !is_root(found));
    if found.as_deref() == Some(folder) {
        return Ok(());
    }
    let place = found.map_or("the root folder".to_owned(), |found| format!("the folder {found}"));
    let message =
        format!("the file is uploaded (id {file}), but into {place}: the service does not know the folder {folder}");
    Err(is_there(Error::new(Kind::Conflict, message).named("stored_elsewhere")))
}

/// Makes a folder. The service takes the same name twice, so an answer that is lost is looked for before anything is sent
/// again.
pub(super) async fn make(at: At<'_>, parent: Option<&str>, name: &str) -> Result<RemoteFolder, Error> {
    let mut arguments = Map::from_iter([("folder_name".to_owned(), name.into())]);
    if let Some(parent) = parent.filter(|parent| !is_root(parent)) {
        arguments.insert("parent_id".into(), parent.into());
    }
    let make = || async {
        let answer = at.ask_once("folder.create", &arguments).await?;
        let id = text(&answer["data"], "id").ok_or_else(|| Error::internal("judged, yet without an id"));
        let id = id.map_err(|error| Box::new(Failure::of_ours(error)))?;
        Ok(RemoteFolder { id, name: name.to_owned() })
    };
    let find = || async { Ok(list(at, parent).await?.into_iter().find(|folder| folder.name == name)) };
    lost::made_once(at.engine, at.context, make, find).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_folders_with_one_name_the_oldest_comes_first_and_the_trash_is_left_out() {
        let listing = json!({"folders": [
            {"id": "30", "folderName": "a", "status": "active"},
            {"id": "7", "folderName": "a", "status": "trash"},
            {"id": 9, "folderName": "a"},
            {"folderName": "no id"},
        ], "files": []});
        let ids: Vec<String> = in_listing(&listing).into_iter().map(|folder| folder.id).collect();
        assert_eq!(ids, ["9", "30"]);
        // Some releases give no list where there is nothing.
        assert!(in_listing(&json!({"folders": false})).is_empty());
    }
}
