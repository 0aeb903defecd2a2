//! What may have arrived without an answer is looked for in the folder that it was sent to.

use serde_json::{Map, Value, json};

use super::upload::Stored;
use super::{ask, is_about};
use crate::border::Error;
use crate::services::answers::{text, whole};
use crate::transfer::upload::{Looked, Upload};

/// Items a page of the listing.
const PAGE: usize = 1000;
/// No folder holds more than 50,000 items.
const PAGES: usize = 50;
/// Ids a request for what is known of files.
const IDS: usize = 100;

/// Looks into the target folder, the newest files first.
///
/// A file of the same name and size may have been there before. It is taken for ours only if it holds the same content:
/// then it does not matter which of the two it is.
pub(super) async fn look(upload: &mut Upload<'_>) -> Result<Looked<Stored>, Error> {
    let mut unclear = Vec::new();
    for page in 0..PAGES {
        let mut arguments = Map::new();
        if let Some(folder) = &upload.folder {
            arguments.insert("parent".into(), folder.as_str().into());
        }
        arguments.insert("type".into(), "file".into());
        arguments.insert("sort".into(), json!({"date_created": "descending"}));
        arguments.insert("limit".into(), PAGE.into());
        arguments.insert("offset".into(), (page * PAGE).into());
        let answer = ask(upload.engine, "files.getFilesList", arguments, upload.context).await?;
        let files = answer.get("files").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let candidates: Vec<(String, Option<String>)> =
            files.iter().filter(|file| is_alike(upload, file)).filter_map(identified).collect();
        if !candidates.is_empty() {
            let ours = upload.md5().await?;
            for (id, md5) in with_md5(upload, candidates).await? {
                match md5 {
                    Some(md5) if md5.eq_ignore_ascii_case(&ours) => {
                        return Ok(Looked::Found(Stored { id, link: None, has_access: false }));
                    }
                    Some(_) => {}
                    None => unclear.push(id),
                }
            }
        }
        if files.len() < PAGE {
            break;
        }
    }
    Ok(if unclear.is_empty() { Looked::Absent } else { Looked::Unclear(unclear) })
}

/// Whether a listed file has the name and, as far as it is told, the size of ours.
fn is_alike(upload: &Upload<'_>, file: &Value) -> bool {
    text(file, "name").as_deref() == Some(upload.name.as_str())
        && whole(file.get("size")).is_none_or(|size| size == upload.source.length())
        && file.get("is_folder") != Some(&Value::Bool(true))
}

fn identified(file: &Value) -> Option<(String, Option<String>)> {
    Some((text(file, "id")?, text(file, "md5").filter(|md5| !md5.is_empty())))
}

/// The candidates with the MD5 that the service tells the owner, where the listing left it out.
async fn with_md5(
    upload: &Upload<'_>,
    mut candidates: Vec<(String, Option<String>)>,
) -> Result<Vec<(String, Option<String>)>, Error> {
    let unknown: Vec<Value> =
        candidates.iter().filter(|(_, md5)| md5.is_none()).map(|(id, _)| id.as_str().into()).collect();
    for ids in unknown.chunks(IDS) {
        let mut arguments = Map::new();
        arguments.insert("ids".into(), ids.into());
        let answer = ask(upload.engine, "files.getFilesInfo", arguments, upload.context).await?;
        for file in answer.get("files").and_then(Value::as_array).into_iter().flatten() {
            if let Some((_, md5)) = candidates.iter_mut().find(|(id, _)| is_about(file, id)) {
                *md5 = text(file, "md5").filter(|md5| !md5.is_empty());
            }
        }
    }
    Ok(candidates)
}
