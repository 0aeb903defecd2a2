//! Folders: making them, and the list of them alone.

use serde_json::{Map, Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::params::Args;
use super::tree::{Item, NewItem};
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;

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
    pub(super) fn create_folder(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let refused = || Failure::new(406, 60, "Error create folder");
        let parent = folder(&state, account, args.text("parent")).ok_or_else(refused)?;
        let name = args.text("name").unwrap_or_default();
        if name.is_empty() {
            return Err(Failure::params());
        }
        let is_taken = state.tree.holds_folder(account, parent.as_deref(), name);
        if is_taken || state.is_full(account, parent.as_deref()) {
            return Err(refused());
        }
        let id = self.ground.dice.hex(13);
        let access = args.text("access").unwrap_or("public").to_owned();
        let new = NewItem { owner: account, parent, name: name.to_owned(), access, blob: None };
        state.tree.add(id.clone(), self.ground.clock.now(), new).is_public = args.flag("is_public");
        let codes = if self.odd(odd::CREATE_FOLDER_200) {
            (200, 200)
        } else if self.odd(odd::CREATE_FOLDER_201_CODE_200) {
            (201, 200)
        } else {
            (201, 201)
        };
        Ok(Success::new(json!({"id": self.shown_id(&id)})).under(codes))
    }

    /// All folders of the account; with a folder named, those within it and the way down to them.
    pub(super) fn get_folders_list(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let account = self.member(&state, args)?;
        let asked = args.text("parent_id");
        let parent = folder(&state, account, asked).ok_or_else(Failure::params)?;
        let folders: Vec<&Item> = match asked {
            Some(_) => state.tree.children(account, parent.as_deref()),
            None => state.tree.of(account),
        };
        let folders: Vec<&Item> = folders.into_iter().filter(|item| item.is_folder()).collect();
        let mut answer = Map::new();
        self.show_folders(&mut answer, ["foldersList", "foldersIds"], &state, &folders);
        if asked.is_some() || self.odd(odd::PARENT_FOLDERS_ALWAYS) {
            let way = parent.map(|parent| state.tree.way_to(&parent)).unwrap_or_default();
            self.show_folders(&mut answer, ["parentFoldersList", "parentFoldersIds"], &state, &way);
        }
        Ok(Success::new(Value::Object(answer)))
    }

    /// Two lists side by side.
    fn show_folders(&self, answer: &mut Map<String, Value>, keys: [&str; 2], state: &State, folders: &[&Item]) {
        let names: Vec<String> = folders.iter().map(|item| self.shown_folder_name(state, item)).collect();
        let ids: Vec<Value> = folders.iter().map(|item| self.shown_id(&item.id)).collect();
        answer.insert(keys[0].into(), json!(names));
        answer.insert(keys[1].into(), json!(ids));
    }

    fn shown_folder_name(&self, state: &State, item: &Item) -> String {
        if self.odd(odd::FOLDER_NAMES_AS_PATHS) {
            state.tree.way_to(&item.id).iter().map(|step| format!("/{}", step.name)).collect()
        } else if self.odd(odd::FOLDER_NAMES_WITH_SLASH) {
            format!("/{}", item.name)
        } else {
            item.name.clone()
        }
    }
}
