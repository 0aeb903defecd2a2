//! Folders and files of all accounts of a world. Both have numbers of their own.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

use crate::world::Ground;
use crate::world::blobs::Blob;

const FIRST_FOLDER: u64 = 101;
const FIRST_FILE: u64 = 1253;
const LETTERS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The folders that a destination is looked for in.
const DESTINATIONS: usize = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    Trash,
    Deleted,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Trash => "trash",
            Self::Deleted => "deleted",
        }
    }
}

/// A file.
#[derive(Debug, Clone)]
pub struct File {
    pub id: u64,
    pub owner: u64,
    /// None for the root.
    pub folder: Option<u64>,
    pub name: String,
    pub extension: String,
    /// Its code in addresses.
    pub short: String,
    pub kind: String,
    pub blob: Arc<Blob>,
    pub status: Status,
    pub uploaded: i64,
    pub source: &'static str,
    pub downloads: u64,
    pub last_accessed: Option<i64>,
    pub keywords: Option<String>,
    pub visibility: u64,
    pub delete_hash: String,
    pub unique_hash: String,
}

/// What to make a file of; the rest follows.
pub struct NewFile {
    pub owner: u64,
    pub folder: Option<u64>,
    pub name: String,
    pub kind: Option<String>,
    pub blob: Arc<Blob>,
    pub source: &'static str,
}

/// A folder.
#[derive(Debug, Clone)]
pub struct Folder {
    pub id: u64,
    pub owner: u64,
    /// None for the root; nobody checks whose folder it is when one is made.
    pub parent: Option<u64>,
    pub name: String,
    pub visibility: u64,
    pub access_password: Option<String>,
    pub added: i64,
    pub updated: Option<i64>,
    pub status: Status,
    pub url_hash: String,
}

/// All folders and files, by their numbers.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<u64, File>,
    folders: BTreeMap<u64, Folder>,
    /// Files and folders made so far.
    made: (u64, u64),
}

impl Tree {
    pub fn add_file(&mut self, ground: &Ground, new: NewFile) -> &mut File {
        let id = FIRST_FILE + self.made.0;
        self.made.0 += 1;
        let mut short = ground.dice.pick(LETTERS, 4);
        while self.file_by_short(&short).is_some() {
            short = ground.dice.pick(LETTERS, 4);
        }
        let file = File {
            id,
            owner: new.owner,
            folder: new.folder,
            extension: extension(&new.name),
            name: new.name,
            short,
            kind: new.kind.unwrap_or_else(|| "application/octet-stream".into()),
            blob: new.blob,
            status: Status::Active,
            uploaded: ground.clock.now(),
            source: new.source,
            downloads: 0,
            last_accessed: None,
            keywords: None,
            visibility: 1,
            delete_hash: ground.dice.hex(32),
            unique_hash: ground.dice.hex(64),
        };
        self.files.entry(id).or_insert(file)
    }

    pub fn add_folder(&mut self, ground: &Ground, owner: u64, parent: Option<u64>, name: String) -> &mut Folder {
        let id = FIRST_FOLDER + self.made.1;
        self.made.1 += 1;
        let folder = Folder {
            id,
            owner,
            parent,
            name,
            visibility: 0,
            access_password: None,
            added: ground.clock.now(),
            updated: None,
            status: Status::Active,
            url_hash: ground.dice.hex(32),
        };
        self.folders.entry(id).or_insert(folder)
    }

    /// A file of an account, trashed ones too.
    pub fn file(&self, owner: u64, id: Option<u64>) -> Option<&File> {
        self.files.get(&id?).filter(|file| file.owner == owner && file.status != Status::Deleted)
    }

    pub fn file_mut(&mut self, owner: u64, id: Option<u64>) -> Option<&mut File> {
        self.files.get_mut(&id?).filter(|file| file.owner == owner && file.status != Status::Deleted)
    }

    /// Anybody's file.
    pub fn any_file(&mut self, id: u64) -> Option<&mut File> {
        self.files.get_mut(&id)
    }

    pub fn file_by_short(&self, short: &str) -> Option<&File> {
        self.files.values().find(|file| file.short == short)
    }

    /// A folder of an account, trashed ones too.
    pub fn folder(&self, owner: u64, id: Option<u64>) -> Option<&Folder> {
        self.folders.get(&id?).filter(|folder| folder.owner == owner && folder.status != Status::Deleted)
    }

    pub fn folder_mut(&mut self, owner: u64, id: Option<u64>) -> Option<&mut Folder> {
        self.folders.get_mut(&id?).filter(|folder| folder.owner == owner && folder.status != Status::Deleted)
    }

    /// A folder of an account that is not in the trash.
    pub fn active_folder(&self, owner: u64, id: Option<u64>) -> Option<&Folder> {
        self.folder(owner, id).filter(|folder| folder.status == Status::Active)
    }

    /// A folder to move something into: one of the first thousand.
    pub fn destination(&self, owner: u64, id: Option<u64>) -> Option<&Folder> {
        let active = self.folders.values().filter(|folder| folder.owner == owner && folder.status == Status::Active);
        let id = id?;
        active.take(DESTINATIONS).find(|folder| folder.id == id)
    }

    pub fn files_in(&self, owner: u64, folder: Option<u64>) -> impl Iterator<Item = &File> {
        self.files
            .values()
            .filter(move |file| file.owner == owner && file.folder == folder && file.status != Status::Deleted)
    }

    pub fn folders_in(&self, owner: u64, parent: Option<u64>) -> impl Iterator<Item = &Folder> {
        self.folders
            .values()
            .filter(move |folder| folder.owner == owner && folder.parent == parent && folder.status != Status::Deleted)
    }

    /// A folder with everything below it. A folder may have been moved below itself.
    pub fn with_all_below(&self, owner: u64, folder: u64) -> HashSet<u64> {
        let (mut seen, mut open) = (HashSet::from([folder]), vec![folder]);
        while let Some(folder) = open.pop() {
            open.extend(self.folders_in(owner, Some(folder)).map(|child| child.id).filter(|id| seen.insert(*id)));
        }
        seen
    }

    /// Active files in any of these folders.
    pub fn active_files_in<'a>(&'a self, folders: &'a HashSet<u64>) -> impl Iterator<Item = &'a File> {
        let is_within = |file: &&File| file.folder.is_some_and(|folder| folders.contains(&folder));
        self.files.values().filter(move |file| file.status == Status::Active && is_within(file))
    }

    /// Puts a folder with everything in it into the trash, where nothing has a folder.
    pub fn trash_folder(&mut self, owner: u64, id: u64) {
        let folders = self.with_all_below(owner, id);
        for file in self.files.values_mut().filter(|file| file.folder.is_some_and(|folder| folders.contains(&folder))) {
            file.status = Status::Trash;
            file.folder = None;
        }
        for folder in self.folders.values_mut().filter(|folder| folders.contains(&folder.id)) {
            folder.status = Status::Trash;
            folder.parent = None;
        }
    }

    /// Bytes that an account has stored.
    pub fn used(&self, owner: u64) -> u64 {
        self.files.values().filter(|file| file.owner == owner).map(|file| file.blob.size).sum()
    }

    /// Forgets everything of an account.
    pub fn remove_all_of(&mut self, owner: u64) {
        self.files.retain(|_, file| file.owner != owner);
        self.folders.retain(|_, folder| folder.owner != owner);
    }

    /// The name under which a new file is stored in a folder: `name (2).ext` where there is one of its name.
    pub fn free_name(&self, owner: u64, folder: Option<u64>, name: &str) -> String {
        let taken = |name: &str| {
            self.files_in(owner, folder)
                .any(|file| file.status == Status::Active && file.name.eq_ignore_ascii_case(name))
        };
        if !taken(name) {
            return name.to_owned();
        }
        let (stem, dot, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, ".", extension),
            _ => (name, "", ""),
        };
        let mut number = 2;
        loop {
            let numbered = format!("{stem} ({number}){dot}{extension}");
            if !taken(&numbered) {
                return numbered;
            }
            number += 1;
        }
    }
}

/// What follows the last dot, in small letters; without a dot that is the whole name.
pub fn extension(name: &str) -> String {
    name.rsplit('.').next().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions() {
        assert_eq!((extension("A.tar.GZ"), extension("README")), ("gz".into(), "readme".into()));
    }
}
