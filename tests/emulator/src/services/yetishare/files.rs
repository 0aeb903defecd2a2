//! What is told of files and done with them.

use serde_json::json;

use super::envelope::{Failure, Success, Verdict};
use super::params::Args;
use super::tree::{File, NewFile, Status, extension};
use super::{State, YetiShare, odd, texts};

/// How calls spell the root where blank means something else.
const ROOT: &str = "null";

impl YetiShare {
    pub(super) fn file_info(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        let file = own_file(state, args, caller)?;
        Ok(Success::data(self.shown_file(file)))
    }

    pub(super) fn file_edit(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        own_file(state, args, caller)?;
        let folder = match args.get("folder_id") {
            None => None,
            Some(ROOT) => Some(None),
            // What is unknown stays without effect and without a word.
            Some(_) => state.tree.active_folder(caller, args.id("folder_id")).map(|folder| Some(folder.id)),
        };
        let file = state.tree.file_mut(caller, args.id("file_id")).ok_or(texts::NO_FILE)?;
        if let Some(name) = args.get("filename") {
            file.name = name.to_owned();
            file.extension = extension(name);
        }
        if let Some(kind) = args.get("fileType") {
            file.kind = kind.to_owned();
        }
        if let Some(folder) = folder {
            file.folder = folder;
        }
        Ok(Success::said("File successfully updated.").with("data", self.shown_file(file)))
    }

    /// Into the trash, and out of its folder.
    pub(super) fn file_delete(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        own_file(state, args, caller)?;
        let file = state.tree.file_mut(caller, args.id("file_id")).ok_or(texts::FILE_NOT_DELETED)?;
        file.status = Status::Trash;
        file.folder = None;
        Ok(Success::said("File successfully set as deleted.").with("data", self.shown_file(file)))
    }

    pub(super) fn file_move(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        own_file(state, args, caller)?;
        let target = args.get("new_parent_folder_id").ok_or(texts::NO_NEW_PARENT)?;
        let folder = destination(state, caller, target).ok_or(texts::NO_DESTINATION)?;
        let file = state.tree.file_mut(caller, args.id("file_id")).ok_or(texts::FILE_NOT_MOVED)?;
        file.folder = folder;
        Ok(Success::said("File successfully moved.").with("data", self.shown_file(file)))
    }

    pub(super) fn file_copy(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        let original = own_file(state, args, caller)?.clone();
        let target = args.get("copy_to_folder_id").ok_or(texts::NO_COPY_FOLDER)?;
        let folder = destination(state, caller, target).ok_or(texts::NO_COPY_DESTINATION)?;
        let new = NewFile {
            owner: caller,
            folder,
            name: original.name.clone(),
            kind: Some(original.kind.clone()),
            blob: original.blob.clone(),
            source: "direct",
        };
        let copy = state.tree.add_file(&self.ground, new);
        copy.keywords.clone_from(&original.keywords);
        copy.visibility = original.visibility;
        if self.odd(odd::COPY_NOT_FOUND) {
            return Err(texts::NO_FILE.into());
        }
        // The service spells it so.
        Ok(Success::said("File successfully copyied.")
            .with("original_file", json!({"data": self.shown_file(&original)}))
            .with("new_file", json!({"data": self.shown_file(copy)})))
    }
}

/// The file that a call names.
pub fn own_file<'a>(state: &'a State, args: &Args, caller: u64) -> Result<&'a File, Failure> {
    args.get("file_id").ok_or(texts::NO_FILE_ID)?;
    state.tree.file(caller, args.id("file_id")).ok_or_else(|| texts::NO_FILE.into())
}

/// Where something is to go: the root, or an active folder of the account.
pub fn destination(state: &State, caller: u64, target: &str) -> Option<Option<u64>> {
    if target == ROOT {
        return Some(None);
    }
    state.tree.destination(caller, target.parse().ok()).map(|folder| Some(folder.id))
}
