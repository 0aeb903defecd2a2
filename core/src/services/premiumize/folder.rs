//! What lies in folders, and new folders.

use serde_json::{Map, Value, json};

use crate::border::Error;
use crate::services::RemoteFolder;
use crate::services::answers::text;
use crate::transfer::lost;
use crate::verbs::At;
use crate::wire::Failure;

/// All that lies in a folder: the service knows no pages.
pub(super) async fn content(at: At<'_>, folder: Option<&str>) -> Result<Vec<Value>, Error> {
    let arguments = folder.map_or_else(|| json!({}), |folder| json!({"id": folder}));
    let mut listing = at.ask("folder.list", arguments).await?;
    match listing["content"].take() {
        Value::Array(items) => Ok(items),
        _ => Ok(Vec::new()),
    }
}

pub(super) fn is_folder(item: &Value) -> bool {
    item["type"] == "folder"
}

/// Whether two names are one for the service, to which capitals make no difference.
pub(super) fn is_same_name(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// The folders that lie in `parent`.
pub(super) async fn list(at: At<'_>, parent: Option<&str>) -> Result<Vec<RemoteFolder>, Error> {
    let items = content(at, parent).await?;
    let folder = |item: &Value| Some(RemoteFolder { id: text(item, "id")?, name: text(item, "name")? });
    Ok(items.iter().filter(|item| is_folder(item)).filter_map(folder).collect())
}

/// Makes a folder. An answer that is lost is looked for before anything is sent again.
pub(super) async fn make(at: At<'_>, parent: Option<&str>, name: &str) -> Result<RemoteFolder, Error> {
    let mut arguments = Map::from_iter([("name".to_owned(), name.into())]);
    if let Some(parent) = parent {
        arguments.insert("parent_id".into(), parent.into());
    }
    let make = || async {
        let answer = at.ask_once("folder.create", &arguments).await?;
        let id = text(&answer, "id").ok_or_else(|| Error::internal("judged, yet without an id"));
        let id = id.map_err(|error| Box::new(Failure::of_ours(error)))?;
        Ok(RemoteFolder { id, name: name.to_owned() })
    };
    let find = || async { Ok(list(at, parent).await?.into_iter().find(|folder| is_same_name(&folder.name, name))) };
    lost::made_once(at.engine, at.context, make, find).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_make_no_difference() {
        assert!(is_same_name("Übung.MKV", "übung.mkv"));
        assert!(!is_same_name("reel.mkv", "reel.mk"));
    }
}
