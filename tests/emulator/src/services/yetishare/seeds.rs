//! Items put in place by a test.

use serde::Deserialize;
use serde_json::{Value, json};

use super::YetiShare;
use super::tree::{NewFile, Status};
use crate::lock::LockExt;
use crate::services::seeds;

/// What `POST /files` may wish for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FilesWish {
    /// Whose items they are.
    username: String,
    /// A folder's id.
    parent: Option<String>,
    /// `{n}` in it becomes the number of the item.
    name: String,
    #[serde(default = "one")]
    count: u64,
    #[serde(default)]
    folder: bool,
    #[serde(default)]
    size: u64,
    /// Exactly this text instead of `size` bytes of chance.
    content: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    is_public: Option<u64>,
    access_password: Option<String>,
    keywords: Option<String>,
    #[serde(default)]
    downloads: u64,
    #[serde(default = "active")]
    status: Status,
}

fn one() -> u64 {
    1
}

fn active() -> Status {
    Status::Active
}

impl YetiShare {
    /// Puts items into an account; answers their ids.
    pub(super) async fn seed_files(&self, wish: Value) -> Result<Value, String> {
        let wish: FilesWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let blob = match wish.folder {
            true => None,
            false => Some(seeds::content(&self.ground, wish.content.as_deref(), wish.size).await?),
        };
        let mut state = self.state.hold();
        let owner = state.accounts.iter().find(|account| account.username == wish.username).map(|account| account.id);
        let owner = owner.ok_or("no account has this username")?;
        let parent = match &wish.parent {
            None => None,
            Some(id) => {
                let folder = state.tree.active_folder(owner, id.parse().ok());
                Some(folder.ok_or("no such folder in this account")?.id)
            }
        };
        let (mut ids, mut short_urls) = (Vec::new(), Vec::new());
        for number in 1..=wish.count {
            let name = wish.name.replace("{n}", &number.to_string());
            let Some(blob) = &blob else {
                let folder = state.tree.add_folder(&self.ground, owner, parent, name);
                folder.visibility = wish.is_public.unwrap_or(folder.visibility);
                folder.access_password.clone_from(&wish.access_password);
                folder.status = wish.status;
                ids.push(folder.id.to_string());
                continue;
            };
            let (blob, kind) = (blob.clone(), wish.kind.clone());
            let new = NewFile { owner, folder: parent, name, kind, blob, source: "direct" };
            let file = state.tree.add_file(&self.ground, new);
            file.visibility = wish.is_public.unwrap_or(file.visibility);
            file.keywords.clone_from(&wish.keywords);
            file.downloads = wish.downloads;
            file.status = wish.status;
            ids.push(file.id.to_string());
            short_urls.push(file.short.clone());
        }
        Ok(json!({"ids": ids, "short_urls": short_urls, "md5": blob.map(|blob| blob.md5.clone())}))
    }
}
