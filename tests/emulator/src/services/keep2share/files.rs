//! Listing, folders, deleting, and files put in place by a test.

use std::io;

use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::params::Args;
use super::tree::{Item, NewItem, integer_id, long_id};
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;
use crate::world::clock::{iso_date_time, plain_date_time};

const PAGE: u64 = 100;

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
    size: u64,
    access: Option<String>,
    storage_object: Option<String>,
    #[serde(default)]
    blocked: bool,
    #[serde(default)]
    abuses: Vec<Value>,
    #[serde(default)]
    downloads: u64,
}

fn one() -> u64 {
    1
}

/// A folder as a parameter names it: none for the root, or the refusal when there is no such folder.
pub fn folder(state: &State, account: usize, id: Option<&str>) -> Option<Option<String>> {
    match id {
        None | Some("/") => Some(None),
        Some(id) => {
            let item = state.tree.get(id).filter(|item| item.owner == account && item.is_folder())?;
            Some(Some(item.id.clone()))
        }
    }
}

impl Keep2Share {
    pub(super) fn get_files_list(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let account = self.member(&state, args)?;
        let parent = folder(&state, account, args.text("parent")).ok_or_else(Failure::params)?;
        let wanted = args.text("type").unwrap_or("any");
        let mut items = state.tree.children(account, parent.as_deref());
        items.retain(|item| match wanted {
            "folder" => item.is_folder(),
            "file" | "files" => !item.is_folder(),
            _ => true,
        });
        if args.flag("only_available") {
            items.retain(|item| item.is_available());
        }
        if let Some((key, downwards)) = args.sort() {
            // The order of creation decides between equals, whichever way the list runs.
            match key {
                "name" => items.sort_by(|one, other| turn(one.name.cmp(&other.name), downwards)),
                "id" => items.sort_by(|one, other| turn(one.id.cmp(&other.id), downwards)),
                _ => items.sort_by(|one, other| turn(one.created.cmp(&other.created), downwards)),
            }
        }
        let (offset, limit) = (args.integer("offset").unwrap_or(0), args.integer("limit").unwrap_or(PAGE));
        let page = items.into_iter().skip(index(offset)).take(index(limit));
        let files: Vec<Value> = page.map(|item| self.listed(item, args.flag("extended_info"))).collect();
        Ok(Success::new(json!({"files": files})))
    }

    fn listed(&self, item: &Item, extended: bool) -> Value {
        let flag = |on: bool| {
            if self.odd(odd::FLAGS_AS_NUMBERS) { json!(u8::from(on)) } else { json!(on) }
        };
        let date = |seconds| {
            if self.odd(odd::DATES_ISO) { iso_date_time(seconds) } else { plain_date_time(seconds) }
        };
        let mut listed = Map::new();
        listed.insert("id".into(), self.shown_id(&item.id));
        listed.insert("name".into(), if self.odd(odd::NAME_NULL) { Value::Null } else { json!(item.name) });
        let available = if self.odd(odd::IS_AVAILABLE_NULL) { Value::Null } else { flag(item.is_available()) };
        listed.insert("is_available".into(), available);
        listed.insert("is_folder".into(), flag(item.is_folder()));
        listed.insert("date_created".into(), json!(date(item.created)));
        listed.insert("size".into(), self.shown_size(item));
        if !self.odd(odd::MD5_MISSING) {
            let md5 = item.blob.as_ref().filter(|_| !self.odd(odd::MD5_NULL)).map(|blob| blob.md5.as_str());
            listed.insert("md5".into(), json!(md5));
        }
        if extended && !self.odd(odd::EXTENDED_INFO_MISSING) {
            let info = if self.odd(odd::EXTENDED_INFO_NULL) {
                Value::Null
            } else if self.odd(odd::EXTENDED_INFO_EMPTY_ARRAY) {
                json!([])
            } else {
                json!({
                    "abuses": item.abuses,
                    "storage_object": item.storage_object,
                    "size": self.shown_size(item),
                    "date_download_last": item.last_download.map(date),
                    "downloads": item.downloads,
                    "access": item.access,
                    "content_type": content_type(item),
                })
            };
            listed.insert("extended_info".into(), info);
        }
        if self.odd(odd::EXTRA_KEYS) {
            listed.insert("is_starred".into(), json!(false));
        }
        Value::Object(listed)
    }

    fn shown_size(&self, item: &Item) -> Value {
        match item.size() {
            _ if item.is_folder() || self.odd(odd::SIZE_NULL) => Value::Null,
            size if self.odd(odd::SIZE_AS_TEXT) => json!(size.to_string()),
            // Sizes of files that a test can hold are exact as floats.
            size if self.odd(odd::SIZE_AS_FLOAT) => json!(size as f64),
            size => json!(size),
        }
    }

    pub(super) fn shown_id(&self, id: &str) -> Value {
        if self.odd(odd::IDS_AS_INTEGERS) {
            json!(integer_id(id))
        } else if self.odd(odd::IDS_LONG) {
            json!(long_id(id))
        } else {
            json!(id)
        }
    }

    pub(super) fn create_folder(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let refused = || Failure::new(406, 60, "Error create folder");
        let parent = folder(&state, account, args.text("parent")).ok_or_else(refused)?;
        let name = args.text("name").unwrap_or_default();
        if name.is_empty() {
            return Err(Failure::params());
        }
        let siblings = state.tree.children(account, parent.as_deref());
        let is_taken = siblings.iter().any(|item| item.is_folder() && item.name == name);
        if is_taken || siblings.len() >= state.accounts[account].folder_limit {
            return Err(refused());
        }
        let id = self.ground.dice.hex(13);
        let access = args.text("access").unwrap_or("public").to_owned();
        let new = NewItem { owner: account, parent, name: name.to_owned(), access, blob: None };
        state.tree.add(id.clone(), self.ground.clock.now(), new);
        let (http_status, code) = if self.odd(odd::CREATE_FOLDER_200) {
            (200, 200)
        } else if self.odd(odd::CREATE_FOLDER_201_CODE_200) {
            (201, 200)
        } else {
            (201, 201)
        };
        Ok(Success { http_status, code, ..Success::new(json!({"id": self.shown_id(&id)})) })
    }

    pub(super) fn delete_files(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        // Unknown and foreign ids are left out of the count without a word.
        let deleted = args.texts("ids").filter(|id| state.tree.remove(account, id)).count();
        Ok(Success::new(json!({"deleted": deleted})))
    }

    /// Puts items into an account; answers their ids.
    pub(super) async fn seed_files(&self, wish: Value) -> Result<Value, String> {
        let wish: FilesWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let blob = match wish.folder {
            true => None,
            false => {
                Some(self.ground.blobs.store(self.random_bytes(wish.size)).await.map_err(|error| error.to_string())?)
            }
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
            item.is_blocked = wish.blocked;
            item.abuses.clone_from(&wish.abuses);
            item.downloads = wish.downloads;
            if let Some(storage_object) = &wish.storage_object {
                item.storage_object.clone_from(storage_object);
            }
        }
        Ok(json!({"ids": ids, "md5": blob.map(|blob| blob.md5.clone())}))
    }

    /// `size` bytes of chance, in pieces.
    fn random_bytes(&self, size: u64) -> impl stream::Stream<Item = io::Result<Bytes>> + Unpin {
        const PIECE: u64 = 64 * 1024;
        let random = fastrand::Rng::with_seed(self.ground.dice.below(u64::MAX));
        stream::unfold((random, size), |(mut random, left)| {
            let piece = index(left.min(PIECE));
            let mut bytes = vec![0; piece];
            random.fill(&mut bytes);
            std::future::ready((left > 0).then(|| (Ok(Bytes::from(bytes)), (random, left - piece as u64))))
        })
    }
}

fn turn(order: std::cmp::Ordering, downwards: bool) -> std::cmp::Ordering {
    if downwards { order.reverse() } else { order }
}

/// A count as an index; larger than memory means «all».
fn index(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn content_type(item: &Item) -> Option<&'static str> {
    if item.is_folder() {
        return None;
    }
    let extension = item.name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    Some(match extension.as_deref() {
        Some("txt") => "text/plain",
        Some("mp4") => "video/mp4",
        Some("png") => "image/png",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    })
}
