//! What is told of folders and done with them.

use serde_json::{Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::files::destination;
use super::params::{Args, php_int};
use super::tree::Status;
use super::{State, YetiShare, odd, texts};

const PASSWORD_LENGTH: usize = 32;

impl YetiShare {
    pub(super) fn folder_create(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        let name = args.get("folder_name").ok_or(texts::NO_FOLDER_NAME)?;
        // Nobody checks whose folder that is.
        let parent = args.id("parent_id").filter(|id| *id > 0);
        let folder = state.tree.add_folder(&self.ground, caller, parent, name.to_owned());
        folder.visibility = args.get("is_public").map_or(0, visibility);
        // Any other length is dropped without a word.
        folder.access_password =
            args.get("access_password").filter(|password| password.len() == PASSWORD_LENGTH).map(str::to_owned);
        let id = folder.id;
        self.folder_done(state, caller, id, "Folder successfully created.")
    }

    pub(super) fn folder_listing(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        let parent = match args.get("parent_folder_id") {
            None | Some("0") => None,
            Some(_) => {
                let folder = state.tree.folder(caller, args.id("parent_folder_id"));
                Some(folder.ok_or(texts::NO_FOLDER)?.id)
            }
        };
        let is_shown = |status| status == Status::Active || !self.odd(odd::LISTING_ACTIVE_ONLY);
        let mut folders: Vec<_> =
            state.tree.folders_in(caller, parent).filter(|folder| is_shown(folder.status)).collect();
        folders.sort_by_key(|folder| folder.name.to_lowercase());
        let mut files: Vec<_> = state.tree.files_in(caller, parent).filter(|file| is_shown(file.status)).collect();
        files.sort_by_key(|file| file.name.to_lowercase());
        let folders = folders.into_iter().map(|folder| self.listed_folder(&state.tree, folder)).collect();
        let files = files.into_iter().map(|file| self.listed_file(file)).collect();
        Ok(Success::data(json!({"folders": self.shown_list(folders), "files": self.shown_list(files)})))
    }

    fn shown_list(&self, items: Vec<Value>) -> Value {
        match items.is_empty() {
            true if self.odd(odd::EMPTY_LISTS_FALSE) => json!(false),
            true if self.odd(odd::EMPTY_LISTS_NULL) => Value::Null,
            _ => Value::Array(items),
        }
    }

    pub(super) fn folder_info(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        let name = if self.odd(odd::FOLDER_INFO_BY_PARENT) { "parent_folder_id" } else { "folder_id" };
        args.get(name).ok_or(texts::NO_FOLDER_ID)?;
        let folder = state.tree.folder(caller, args.id(name)).ok_or(texts::NO_FOLDER)?;
        Ok(Success::data(self.shown_folder(&state.tree, folder)))
    }

    pub(super) fn folder_edit(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        args.get("folder_id").ok_or(texts::NO_FOLDER_ID)?;
        let parent = match args.get("parent_id") {
            None => None,
            Some("null") => Some(None),
            // What is unknown stays without effect and without a word.
            Some(_) => state.tree.active_folder(caller, args.id("parent_id")).map(|folder| Some(folder.id)),
        };
        let folder = state.tree.folder_mut(caller, args.id("folder_id")).ok_or(texts::NO_FOLDER)?;
        let (name, is_public) = (args.get("folder_name"), args.get("is_public"));
        let changes_else = name.is_some() || is_public.is_some() || parent.is_some();
        if let Some(name) = name {
            folder.name = name.to_owned();
        }
        if let Some(is_public) = is_public {
            folder.visibility = visibility(is_public);
        }
        if let Some(parent) = parent {
            folder.parent = parent;
        }
        let password = args.get("access_password");
        match password {
            // Alone it has no effect.
            Some("null") if changes_else => folder.access_password = None,
            Some("null") | None => {}
            // Nobody looks at its length here.
            Some(password) => folder.access_password = Some(password.to_owned()),
        }
        if changes_else || password.is_some_and(|password| password != "null") {
            folder.updated = Some(self.ground.clock.now());
        }
        let id = folder.id;
        self.folder_done(state, caller, id, "Folder successfully updated.")
    }

    pub(super) fn folder_delete(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        args.get("folder_id").ok_or(texts::NO_FOLDER_ID)?;
        let folder = state.tree.folder(caller, args.id("folder_id"));
        let id = folder.ok_or_else(|| self.unknown_folder(texts::FOLDER_NOT_DELETED))?.id;
        state.tree.trash_folder(caller, id);
        Ok(Success::said("Folder successfully set as deleted."))
    }

    pub(super) fn folder_move(&self, state: &mut State, args: &Args, caller: u64) -> Verdict {
        let id = args.get("folder_id").ok_or(texts::NO_FOLDER_ID)?;
        let target = args.get("new_parent_folder_id").ok_or(texts::NO_NEW_PARENT)?;
        if id == target {
            return Err(texts::FOLDER_INTO_ITSELF.into());
        }
        // Whether the target lies below the folder is not checked.
        let parent = destination(state, caller, target).ok_or(texts::NO_DESTINATION)?;
        let folder = state.tree.folder_mut(caller, args.id("folder_id"));
        let folder = folder.ok_or_else(|| self.unknown_folder(texts::FOLDER_NOT_MOVED))?;
        folder.parent = parent;
        let id = folder.id;
        self.folder_done(state, caller, id, "Folder successfully moved.")
    }

    /// An unknown folder, as the code or as the document has it.
    fn unknown_folder(&self, as_coded: &'static str) -> Failure {
        if self.odd(odd::FOLDER_NOT_FOUND_TEXT) { texts::NO_FOLDER.into() } else { as_coded.into() }
    }

    fn folder_done(&self, state: &State, caller: u64, id: u64, response: &'static str) -> Verdict {
        let folder = state.tree.folder(caller, Some(id)).ok_or(texts::NO_FOLDER)?;
        Ok(Success::said(response).with("data", self.shown_folder(&state.tree, folder)))
    }
}

/// Out of range it is 0.
fn visibility(text: &str) -> u64 {
    match php_int(text) {
        1 => 1,
        2 => 2,
        _ => 0,
    }
}
