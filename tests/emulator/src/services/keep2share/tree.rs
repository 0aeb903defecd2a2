//! Folders and files of all accounts of a world.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::world::blobs::Blob;

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
    pub created: i64,
    /// Place in the order of creation.
    pub order: u64,
    /// None for a folder.
    pub blob: Option<Arc<Blob>>,
    /// `available`, `deleted` or `corrupted`.
    pub storage_object: String,
    pub is_blocked: bool,
    pub abuses: Vec<Value>,
    pub downloads: u64,
    pub last_download: Option<i64>,
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
            created: now,
            order: self.added,
            blob: new.blob,
            storage_object: "available".into(),
            is_blocked: false,
            abuses: Vec::new(),
            downloads: 0,
            last_download: None,
        };
        self.items.entry(id).insert_entry(item).into_mut()
    }

    /// Finds an item by any form of its id: as stored, as an integer, or with the tail of the long form.
    pub fn get(&self, id: &str) -> Option<&Item> {
        self.items.get(id).or_else(|| self.items.get(&stored_id(id)))
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut Item> {
        self.items.get_mut(id)
    }

    /// The items of a folder, oldest first.
    pub fn children(&self, owner: usize, parent: Option<&str>) -> Vec<&Item> {
        let in_folder = |item: &&Item| item.owner == owner && item.parent.as_deref() == parent;
        let mut children: Vec<&Item> = self.items.values().filter(in_folder).collect();
        children.sort_unstable_by_key(|item| item.order);
        children
    }

    pub fn count(&self, owner: usize, parent: Option<&str>) -> usize {
        self.items.values().filter(|item| item.owner == owner && item.parent.as_deref() == parent).count()
    }

    /// Bytes that an account has stored.
    pub fn used(&self, owner: usize) -> u64 {
        self.items.values().filter(|item| item.owner == owner).map(Item::size).sum()
    }

    /// Removes an item of an account with everything in it; false when it is not the account's.
    pub fn remove(&mut self, owner: usize, id: &str) -> bool {
        let Some(id) = self.get(id).filter(|item| item.owner == owner).map(|item| item.id.clone()) else {
            return false;
        };
        self.items.remove(&id);
        let orphans: Vec<String> = self.children(owner, Some(&id)).into_iter().map(|item| item.id.clone()).collect();
        for orphan in orphans {
            self.remove(owner, &orphan);
        }
        true
    }
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
