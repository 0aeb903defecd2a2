//! Folders of the account: those that are there, and new ones.

use serde_json::{Map, Value, json};

use super::{ask, ask_as};
use crate::border::Error;
use crate::services::RemoteFolder;
use crate::services::answers::text;
use crate::transfer::lost;
use crate::wire::{Context, Engine, Failure};

/// Items a page of the listing.
const PAGE: usize = 1000;
/// No folder holds more than 50,000 items.
const PAGES: usize = 50;

/// The folders that lie in `parent`, the oldest first.
pub(crate) async fn list(
    engine: &Engine,
    parent: Option<&str>,
    context: &Context<'_>,
) -> Result<Vec<RemoteFolder>, Error> {
    let mut folders = Vec::new();
    for page in 0..PAGES {
        let mut arguments = Map::new();
        if let Some(parent) = parent {
            arguments.insert("parent".into(), parent.into());
        }
        arguments.insert("type".into(), "folder".into());
        arguments.insert("sort".into(), json!({"date_created": "ascending"}));
        arguments.insert("limit".into(), PAGE.into());
        arguments.insert("offset".into(), (page * PAGE).into());
        let answer = ask(engine, "files.getFilesList", arguments, context).await?;
        let items = answer.get("files").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let found = items.iter().filter(|item| item.get("is_folder") != Some(&Value::Bool(false)));
        folders
            .extend(found.filter_map(|item| Some(RemoteFolder { id: text(item, "id")?, name: text(item, "name")? })));
        if items.len() < PAGE {
            break;
        }
    }
    Ok(folders)
}

/// Makes a folder. An answer that is lost is looked for before anything is sent again.
pub(crate) async fn make(
    engine: &Engine,
    parent: Option<&str>,
    name: &str,
    access: Option<&Value>,
    context: &Context<'_>,
) -> Result<RemoteFolder, Error> {
    let mut arguments = Map::new();
    arguments.insert("name".into(), name.into());
    if let Some(parent) = parent {
        arguments.insert("parent".into(), parent.into());
    }
    if let Some(access) = access.filter(|access| !access.is_null()) {
        arguments.insert("access".into(), access.clone());
    }
    let make = || async {
        let answer = ask_as(engine, "files.createFolder", false, arguments.clone(), context).await?;
        let id = text(&answer, "id").ok_or_else(|| Error::internal("judged, yet without an id"));
        let id = id.map_err(|error| Box::new(Failure::of_ours(error)))?;
        Ok(RemoteFolder { id, name: name.to_owned() })
    };
    let find = || async { Ok(list(engine, parent, context).await?.into_iter().find(|folder| folder.name == name)) };
    lost::made_once(engine, context, make, find).await
}
