//! Folders and files of all accounts of a world.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::meta::Meta;
use crate::world::blobs::Blob;

/// The shortest name of a file, and what is said to a shorter one.
pub const SHORTEST_NAME: usize = 3;
pub const NAME_TOO_SHORT: &str = "Name is too short (minimum is 3 characters).";

/// A folder or a file.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: String,
    /// The account's number.
    pub owner: usize,
    /// None for the root.
    pub parent: Option<String>,
    pub name: String,
    pub access: String,
    /// Whether others may look into a folder.
    pub is_public: bool,
    pub created: i64,
    /// Place in the order of creation.
    pub order: u64,
    /// None for a folder.
    pub blob: Option<Arc<Blob>>,
    /// `available`, `deleted` or `corrupted`.
    pub storage_object: String,
    pub is_blocked: bool,
    pub only_for: Option<OnlyFor>,
    pub abuses: Vec<Value>,
    pub downloads: u64,
    pub last_download: Option<i64>,
    pub video_info: Option<Value>,
    pub meta: Option<Meta>,
}

/// Who alone may download a file, besides its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnlyFor {
    Nobody,
    /// Who has a subscription at the owner's.
    StoreSubscribers,
}

impl Item {
    pub fn is_folder(&self) -> bool {
        self.blob.is_none()
    }

    pub fn is_available(&self) -> bool {
        self.storage_object == "available" && !self.is_blocked
    }

    pub fn size(&self) -> u64 {
        self.blob.as_ref().map_or(0, |blob| blob.size)
    }

    pub fn md5(&self) -> Option<&str> {
        self.blob.as_ref().map(|blob| blob.md5.as_str())
    }
}

/// What to add; the rest of an item follows from the moment.
pub struct NewItem {
    pub owner: usize,
    pub parent: Option<String>,
    pub name: String,
    pub access: String,
    pub blob: Option<Arc<Blob>>,
}

/// All items by id.
#[derive(Debug, Default)]
pub struct Tree {
    items: HashMap<String, Item>,
    /// Ids of what was there once.
    deleted: HashSet<String>,
    added: u64,
}

impl Tree {
    pub fn add(&mut self, id: String, now: i64, new: NewItem) -> &mut Item {
        self.added += 1;
        let item = Item {
            id: id.clone(),
            owner: new.owner,
            parent: new.parent,
            name: new.name,
            access: new.access,
            is_public: false,
            created: now,
            order: self.added,
            blob: new.blob,
            storage_object: "available".into(),
            is_blocked: false,
            only_for: None,
            abuses: Vec::new(),
            downloads: 0,
            last_download: None,
            video_info: None,
            meta: None,
        };
        self.items.entry(id).insert_entry(item).into_mut()
    }

    /// Finds an item by any form of its id: as stored, as an integer, or with the tail of the long form.
    pub fn get(&self, id: &str) -> Option<&Item> {
        self.items.get(id).or_else(|| self.items.get(&stored_id(id)))
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut Item> {
        let id = self.get(id)?.id.clone();
        self.items.get_mut(&id)
    }

    pub fn was_deleted(&self, id: &str) -> bool {
        self.deleted.contains(id) || self.deleted.contains(&stored_id(id))
    }

    pub fn all(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    /// The items of an account, oldest first.
    pub fn of(&self, owner: usize) -> Vec<&Item> {
        in_order(self.all().filter(|item| item.owner == owner))
    }

    /// The items of a folder, oldest first.
    pub fn children(&self, owner: usize, parent: Option<&str>) -> Vec<&Item> {
        in_order(self.all().filter(|item| item.owner == owner && item.parent.as_deref() == parent))
    }

    pub fn count(&self, owner: usize, parent: Option<&str>) -> usize {
        self.all().filter(|item| item.owner == owner && item.parent.as_deref() == parent).count()
    }

    /// Whether a folder of this name is in a folder.
    pub fn holds_folder(&self, owner: usize, parent: Option<&str>, name: &str) -> bool {
        let is_it = |item: &Item| item.is_folder() && item.owner == owner && item.name == name;
        self.all().any(|item| is_it(item) && item.parent.as_deref() == parent)
    }

    /// The folders from the root down to an item, itself included.
    pub fn way_to(&self, id: &str) -> Vec<&Item> {
        let mut way: Vec<&Item> =
            std::iter::successors(self.get(id), |item| self.get(item.parent.as_deref()?)).collect();
        way.reverse();
        way
    }

    /// Bytes that an account has stored.
    pub fn used(&self, owner: usize) -> u64 {
        self.all().filter(|item| item.owner == owner).map(Item::size).sum()
    }

    /// Stored bytes of any account that can be given out again.
    pub fn find_content(&self, fits: impl Fn(&Blob) -> bool) -> Option<Arc<Blob>> {
        let available = self.all().filter(|item| item.is_available());
        available.filter_map(|item| item.blob.as_ref()).find(|blob| fits(blob)).cloned()
    }

    /// Removes an item of an account with everything in it; false when it is not the account's.
    pub fn remove(&mut self, owner: usize, id: &str) -> bool {
        let Some(id) = self.get(id).filter(|item| item.owner == owner).map(|item| item.id.clone()) else {
            return false;
        };
        let is_folder = self.items.remove(&id).is_some_and(|item| item.is_folder());
        if is_folder {
            let within: Vec<String> = self.children(owner, Some(&id)).into_iter().map(|item| item.id.clone()).collect();
            for item in within {
                self.remove(owner, &item);
            }
        }
        self.deleted.insert(id);
        true
    }
}

fn in_order<'a>(items: impl Iterator<Item = &'a Item>) -> Vec<&'a Item> {
    let mut items: Vec<&Item> = items.collect();
    items.sort_unstable_by_key(|item| item.order);
    items
}

/// The integer form of an id.
pub fn integer_id(id: &str) -> u64 {
    u64::from_str_radix(id, 16).unwrap_or(0)
}

/// The long form of an id.
pub fn long_id(id: &str) -> String {
    format!("{id}-{}_x", id.chars().rev().collect::<String>())
}

fn stored_id(id: &str) -> String {
    match id.parse::<u64>() {
        Ok(number) => format!("{number:013x}"),
        Err(_) => id.chars().take(13).collect(),
    }
}
