//! Folders and files of all accounts of a world.

use std::collections::HashMap;
use std::sync::Arc;

use crate::world::blobs::Blob;

/// A folder or a file.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: String,
    /// The account's number.
    pub owner: usize,
    /// None at the top.
    pub parent: Option<String>,
    pub name: String,
    pub created: i64,
    /// Place in the order of creation.
    order: u64,
    /// None for a folder.
    pub blob: Option<Arc<Blob>>,
    pub virus_scan: Option<String>,
    pub transcode_status: Option<String>,
}

impl Item {
    pub fn is_folder(&self) -> bool {
        self.blob.is_none()
    }

    pub fn size(&self) -> u64 {
        self.blob.as_ref().map_or(0, |blob| blob.size)
    }
}

/// What to add; the rest of an item follows from the moment.
pub struct NewItem {
    pub id: String,
    pub owner: usize,
    pub parent: Option<String>,
    pub name: String,
    pub blob: Option<Arc<Blob>>,
}

/// All items by id.
#[derive(Debug, Default)]
pub struct Tree {
    items: HashMap<String, Item>,
    added: u64,
}

impl Tree {
    pub fn add(&mut self, now: i64, new: NewItem) -> &mut Item {
        self.added += 1;
        let item = Item {
            id: new.id.clone(),
            owner: new.owner,
            parent: new.parent,
            name: new.name,
            created: now,
            order: self.added,
            blob: new.blob,
            virus_scan: None,
            transcode_status: None,
        };
        self.items.entry(new.id).insert_entry(item).into_mut()
    }

    /// An item of an account.
    pub fn get(&self, owner: usize, id: &str) -> Option<&Item> {
        self.items.get(id).filter(|item| item.owner == owner)
    }

    pub fn get_mut(&mut self, owner: usize, id: &str) -> Option<&mut Item> {
        self.items.get_mut(id).filter(|item| item.owner == owner)
    }

    /// The items of an account, oldest first.
    pub fn of(&self, owner: usize) -> Vec<&Item> {
        let mut items: Vec<&Item> = self.items.values().filter(|item| item.owner == owner).collect();
        items.sort_unstable_by_key(|item| item.order);
        items
    }

    /// The items of a folder, oldest first.
    pub fn children(&self, owner: usize, parent: Option<&str>) -> Vec<&Item> {
        let mut items = self.of(owner);
        items.retain(|item| item.parent.as_deref() == parent);
        items
    }

    /// The item of a name in a folder; case makes no difference.
    pub fn named(&self, owner: usize, parent: Option<&str>, name: &str) -> Option<&Item> {
        let wanted = name.to_lowercase();
        self.children(owner, parent).into_iter().find(|item| item.name.to_lowercase() == wanted)
    }

    /// The folders from the top down to an item, itself included.
    pub fn way_to(&self, owner: usize, id: &str) -> Vec<&Item> {
        let mut way: Vec<&Item> =
            std::iter::successors(self.get(owner, id), |item| self.get(owner, item.parent.as_deref()?)).collect();
        way.reverse();
        way
    }

    /// The names from the top down to an item, with slashes between them.
    pub fn path_of(&self, item: &Item) -> String {
        let names: Vec<&str> = self.way_to(item.owner, &item.id).iter().map(|step| step.name.as_str()).collect();
        names.join("/")
    }

    /// All files in a folder and below, with their paths from that folder's name on.
    pub fn files_below(&self, owner: usize, folder: &Item) -> Vec<(String, Arc<Blob>)> {
        let mut found = Vec::new();
        for item in self.children(owner, Some(&folder.id)) {
            match &item.blob {
                Some(blob) => found.push((format!("{}/{}", folder.name, item.name), Arc::clone(blob))),
                None => {
                    let below = self.files_below(owner, item);
                    found.extend(below.into_iter().map(|(path, blob)| (format!("{}/{path}", folder.name), blob)));
                }
            }
        }
        found
    }

    /// Bytes that an account has stored.
    pub fn used(&self, owner: usize) -> u64 {
        self.items.values().filter(|item| item.owner == owner).map(Item::size).sum()
    }

    /// Removes an item of an account with everything in it; false when it is not the account's.
    pub fn remove(&mut self, owner: usize, id: &str) -> bool {
        if self.get(owner, id).is_none() {
            return false;
        }
        self.items.remove(id);
        let within: Vec<String> = self.children(owner, Some(id)).into_iter().map(|item| item.id.clone()).collect();
        for item in within {
            self.remove(owner, &item);
        }
        true
    }
}
