//! What lies in a local folder, in an order that stays the same: by name, each folder before what is in it.

use std::fs::{DirEntry, FileType};
use std::path::{Path, PathBuf};

use crate::border::{Error, Kind};
use crate::transfer::source::off_thread;

/// Something that lies in the folder, or the folder itself.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// Below the folder, with `/` between the names; empty for the folder itself.
    pub(crate) relative: String,
    /// Place in the list of the folder that it lies in; the folder itself is its own.
    pub(crate) parent: usize,
    pub(crate) what: What,
}

pub(crate) enum What {
    Folder,
    File {
        size: u64,
    },
    /// It is there, but nothing that can be uploaded.
    Unfit {
        is_folder: bool,
        error: Error,
    },
}

/// Everything below `root`, itself first. Links are not followed, except `root` itself.
pub(crate) async fn walk(root: PathBuf) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    let mut waiting = vec![Found { path: root, relative: String::new(), parent: 0, what: What::Folder }];
    while let Some(mut next) = waiting.pop() {
        let here = found.len();
        if matches!(next.what, What::Folder) {
            // A folder a time, so that a walk that is no longer wanted ends.
            let (path, relative) = (next.path.clone(), next.relative.clone());
            match off_thread(move || inside(&path, &relative, here)).await? {
                // What is waiting last comes first.
                Ok(inside) => waiting.extend(inside.into_iter().rev()),
                Err(error) if here == 0 => return Err(error),
                Err(error) => next.what = What::Unfit { is_folder: true, error },
            }
        }
        found.push(next);
    }
    Ok(found)
}

fn inside(folder: &Path, relative: &str, parent: usize) -> Result<Vec<Found>, Error> {
    let unreadable = |error| Error::io(folder.display(), &error);
    let mut entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(unreadable)?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries.iter().map(|entry| one(entry, relative, parent)).collect())
}

fn one(entry: &DirEntry, folder: &str, parent: usize) -> Found {
    let path = entry.path();
    let name = entry.file_name();
    let shown = name.to_string_lossy();
    let relative = if folder.is_empty() { shown.to_string() } else { format!("{folder}/{shown}") };
    let unfit = |is_folder, error| What::Unfit { is_folder, error };
    let what = match entry.file_type() {
        Err(error) => unfit(false, Error::io(path.display(), &error)),
        Ok(kind) if name.to_str().is_none() => {
            let error = Error::invalid_argument(format!("{}: its name is not Unicode", path.display()));
            unfit(kind.is_dir(), error.named("name_not_unicode"))
        }
        Ok(kind) if kind.is_dir() => What::Folder,
        Ok(kind) if kind.is_file() => match entry.metadata() {
            Ok(metadata) => What::File { size: metadata.len() },
            Err(error) => unfit(false, Error::io(path.display(), &error)),
        },
        Ok(kind) => unfit(false, not_a_file(&path, kind)),
    };
    Found { path, relative, parent, what }
}

fn not_a_file(path: &Path, kind: FileType) -> Error {
    let (what, name) = match kind.is_symlink() {
        true => ("is a link, and links are not followed", "symbolic_link"),
        false => ("is neither a file nor a folder", "special_file"),
    };
    Error::new(Kind::NotSupported, format!("{} {what}", path.display())).named(name)
}
