//! Items put in place by a test.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Keep2Share;
use super::folders::folder;
use super::tree::{NewItem, OnlyFor};
use crate::lock::LockExt;
use crate::services::seeds;

/// What `POST /files` may wish for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FilesWish {
    /// Whose files they are.
    username: String,
    parent: Option<String>,
    /// `{n}` in it becomes the number of the item.
    name: String,
    #[serde(default = "one")]
    count: u64,
    #[serde(default)]
    folder: bool,
    #[serde(default)]
    is_public: bool,
    #[serde(default)]
    size: u64,
    /// Exactly this text instead of `size` bytes of chance.
    content: Option<String>,
    access: Option<String>,
    only_for: Option<OnlyFor>,
    storage_object: Option<String>,
    #[serde(default)]
    blocked: bool,
    #[serde(default)]
    abuses: Vec<Value>,
    #[serde(default)]
    downloads: u64,
    video_info: Option<Value>,
}

fn one() -> u64 {
    1
}

impl Keep2Share {
    /// Puts items into an account; answers their ids.
    pub(super) async fn seed_files(&self, wish: Value) -> Result<Value, String> {
        let wish: FilesWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let blob = match wish.folder {
            true => None,
            false => Some(seeds::content(&self.ground, wish.content.as_deref(), wish.size).await?),
        };
        let mut state = self.state.hold();
        let position = state.accounts.iter().position(|account| account.username == wish.username);
        let owner = position.ok_or("no account has this username")?;
        let parent = folder(&state, owner, wish.parent.as_deref()).ok_or("no such folder in this account")?;
        let now = self.ground.clock.now();
        let ids: Vec<String> = (0..wish.count).map(|_| self.ground.dice.hex(13)).collect();
        for (number, id) in ids.iter().enumerate() {
            let new = NewItem {
                owner,
                parent: parent.clone(),
                name: wish.name.replace("{n}", &(number + 1).to_string()),
                access: wish.access.clone().unwrap_or_else(|| "public".into()),
                blob: blob.clone(),
            };
            let item = state.tree.add(id.clone(), now, new);
            item.is_public = wish.is_public;
            item.only_for = wish.only_for;
            item.is_blocked = wish.blocked;
            item.abuses.clone_from(&wish.abuses);
            item.downloads = wish.downloads;
            item.video_info.clone_from(&wish.video_info);
            if let Some(storage_object) = &wish.storage_object {
                item.storage_object.clone_from(storage_object);
            }
        }
        let (md5, sha1) = blob.map(|blob| (blob.md5.clone(), blob.sha1_of_start.clone())).unzip();
        Ok(json!({"ids": ids, "md5": md5, "sha1": sha1}))
    }
}
