//! Items and sources put in place by a test.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Premiumize;
use super::ids::new_id;
use super::sources::{Source, SourceFile, key_of};
use super::tree::NewItem;
use crate::lock::LockExt;
use crate::services::seeds;

/// What `POST /files` may wish for in an account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FilesWish {
    /// Whose items they are.
    customer_id: String,
    parent: Option<String>,
    /// `{n}` in it becomes the number of the item.
    name: String,
    #[serde(default = "one")]
    count: u64,
    #[serde(default)]
    folder: bool,
    #[serde(default)]
    size: u64,
    content: Option<String>,
    virus_scan: Option<String>,
    transcode_status: Option<String>,
}

fn one() -> u64 {
    1
}

/// What `POST /files` may wish for elsewhere.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceWish {
    /// The link, magnet or hash that leads to it.
    src: String,
    name: String,
    /// The file by itself, where `files` names none.
    #[serde(default)]
    size: u64,
    content: Option<String>,
    #[serde(default)]
    files: Vec<FileWish>,
    #[serde(default)]
    cached: bool,
    /// What a question for a direct link is refused with.
    code: Option<String>,
    /// The word that a transfer ends with instead of well.
    end: Option<String>,
    message: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileWish {
    path: String,
    #[serde(default)]
    size: u64,
    content: Option<String>,
}

impl Premiumize {
    /// Puts items into an account, or a source where it fetches from.
    pub(super) async fn seed(&self, wish: Value) -> Result<Value, String> {
        if wish.get("src").is_some() {
            return self.seed_source(wish).await;
        }
        let wish: FilesWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let blob = match wish.folder {
            true => None,
            false => Some(seeds::content(&self.ground, wish.content.as_deref(), wish.size).await?),
        };
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        let position = state.accounts.iter().position(|account| account.customer_id == wish.customer_id);
        let owner = position.ok_or("no account has this customer_id")?;
        let parent = self.folder(&state, owner, wish.parent.as_deref());
        let parent = parent.map_err(|_| "no such folder in this account")?;
        let mut ids = Vec::new();
        for number in 1..=wish.count {
            let id = new_id(&self.ground.dice);
            let name = wish.name.replace("{n}", &number.to_string());
            let new = NewItem { id: id.clone(), owner, parent: parent.clone(), name, blob: blob.clone() };
            let item = state.tree.add(now, new);
            item.virus_scan.clone_from(&wish.virus_scan);
            item.transcode_status.clone_from(&wish.transcode_status);
            ids.push(id);
        }
        Ok(json!({"ids": ids, "md5": blob.map(|blob| blob.md5.clone())}))
    }

    async fn seed_source(&self, wish: Value) -> Result<Value, String> {
        let wish: SourceWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let alone = || FileWish { path: wish.name.clone(), size: wish.size, content: wish.content.clone() };
        let wished = if wish.files.is_empty() { vec![alone()] } else { wish.files };
        let mut files = Vec::new();
        for file in wished {
            let blob = seeds::content(&self.ground, file.content.as_deref(), file.size).await?;
            files.push(SourceFile { path: file.path, blob });
        }
        let message = wish.message.unwrap_or_else(|| "ordered by a test".to_owned());
        let told = |word: Option<String>| word.map(|word| (word, message.clone()));
        let key = key_of(&wish.src);
        let answer = json!({"key": key});
        let (refusal, end) = (told(wish.code), told(wish.end));
        let source = Source { name: wish.name, files, is_cached: wish.cached, refusal, end };
        self.state.hold().sources.insert(key, source);
        Ok(answer)
    }
}
