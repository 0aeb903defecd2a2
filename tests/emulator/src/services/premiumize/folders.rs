//! Folders: looking into them, making, naming, moving and deleting them, and the search.

use serde_json::{Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::ids::{is_id, new_id};
use super::params::Args;
use super::tree::{Item, NewItem};
use super::{Premiumize, State, odd};
use crate::lock::LockExt;

/// Why a name is refused, if it is.
pub fn name_complaint(name: &str) -> Option<&'static str> {
    const FORBIDDEN: &[char] = &['\0', '\n', '\r', '"', '/', '\\'];
    if name.is_empty() || name.chars().count() > 255 {
        Some("A name has 1 to 255 characters")
    } else if name.contains(FORBIDDEN) {
        Some("The name has a character that is not allowed")
    } else {
        None
    }
}

pub const NAME_TAKEN: &str = "This name already exists in the folder";

impl Premiumize {
    /// An unknown id, or another account's.
    pub(super) fn no_item(&self) -> Failure {
        let code = if self.odd(odd::UNKNOWN_ID_AS_TRANSIENT) { "transient_error" } else { "not_found" };
        Failure::new(code, "item not found")
    }

    /// A folder as a parameter names it: none for the topmost.
    pub(super) fn folder(&self, state: &State, account: usize, id: Option<&str>) -> Result<Option<String>, Failure> {
        match id {
            None | Some("" | "0") => Ok(None),
            Some(id) if id == state.accounts[account].root => Ok(None),
            Some(id) if !is_id(id) => Err(Failure::told("Could not decode folder id")),
            Some(id) => {
                let item = state.tree.get(account, id).filter(|item| item.is_folder());
                item.map(|item| Some(item.id.clone())).ok_or_else(|| self.no_item())
            }
        }
    }

    /// The folder at a path; names count without case.
    fn folder_at(&self, state: &State, account: usize, path: &str) -> Result<Option<String>, Failure> {
        let mut folder = None;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let item = state.tree.named(account, folder.as_deref(), name).filter(|item| item.is_folder());
            folder = Some(item.ok_or_else(|| self.no_item())?.id.clone());
        }
        Ok(folder)
    }

    pub(super) fn folder_list(&self, account: usize, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let folder = match (args.filled("id"), args.filled("path")) {
            (None, Some(path)) => self.folder_at(&state, account, path)?,
            (id, _) => self.folder(&state, account, id)?,
        };
        let items: Vec<Item> = state.tree.children(account, folder.as_deref()).into_iter().cloned().collect();
        let content: Vec<Value> = items.iter().map(|item| self.listed(&mut state, item)).collect();
        let root = state.accounts[account].root.clone();
        let id_of = |folder: Option<&String>| folder.unwrap_or(&root).clone();
        let itself = folder.as_ref().and_then(|id| state.tree.get(account, id));
        let mut members = json!({
            "content": content,
            "name": itself.map_or("root", |item| item.name.as_str()),
            "parent_id": itself.map(|item| id_of(item.parent.as_ref())),
        });
        if !self.odd(odd::FOLDER_ID_MISSING) {
            members["folder_id"] = json!(id_of(folder.as_ref()));
        }
        if args.flag("includebreadcrumbs") {
            let top = json!({"id": root, "name": "root", "parent_id": null});
            let way = folder.as_ref().map(|id| state.tree.way_to(account, id)).unwrap_or_default();
            let below = way
                .into_iter()
                .map(|item| json!({"id": item.id, "name": item.name, "parent_id": id_of(item.parent.as_ref())}));
            members["breadcrumbs"] = std::iter::once(top).chain(below).collect();
        }
        Ok(Success::new(members))
    }

    pub(super) fn folder_create(&self, account: usize, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let parent = self.folder(&state, account, args.text("parent_id"))?;
        let name = args.text("name").unwrap_or_default();
        check_name(&state, account, parent.as_deref(), name, None)?;
        let id = new_id(&self.ground.dice);
        let new = NewItem { id: id.clone(), owner: account, parent, name: name.to_owned(), blob: None };
        state.tree.add(self.ground.clock.now(), new);
        Ok(Success::new(json!({"id": id})))
    }

    pub(super) fn folder_rename(&self, account: usize, args: &Args) -> Verdict {
        self.rename(account, args, true)
    }

    pub(super) fn item_rename(&self, account: usize, args: &Args) -> Verdict {
        self.rename(account, args, false)
    }

    fn rename(&self, account: usize, args: &Args, is_folder: bool) -> Verdict {
        let mut state = self.state.hold();
        let id = args.text("id").unwrap_or_default();
        let item = state.tree.get(account, id).filter(|item| item.is_folder() == is_folder);
        let parent = item.ok_or_else(|| self.no_item())?.parent.clone();
        let name = args.text("name").unwrap_or_default();
        check_name(&state, account, parent.as_deref(), name, Some(id))?;
        if let Some(item) = state.tree.get_mut(account, id) {
            name.clone_into(&mut item.name);
        }
        Ok(Success::done())
    }

    pub(super) fn folder_delete(&self, account: usize, args: &Args) -> Verdict {
        self.delete(account, args, true)
    }

    pub(super) fn item_delete(&self, account: usize, args: &Args) -> Verdict {
        self.delete(account, args, false)
    }

    fn delete(&self, account: usize, args: &Args, is_folder: bool) -> Verdict {
        let mut state = self.state.hold();
        let id = args.text("id").unwrap_or_default();
        let is_it = state.tree.get(account, id).is_some_and(|item| item.is_folder() == is_folder);
        match is_it && state.tree.remove(account, id) {
            true => Ok(Success::done()),
            false => Err(self.no_item()),
        }
    }

    /// Moves items; all of them or none.
    pub(super) fn folder_paste(&self, account: usize, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let target = self.folder(&state, account, args.text("id"))?;
        let of = |list: &str, kind: &str| -> Vec<String> {
            args.texts(list).into_iter().chain(args.items(kind)).map(str::to_owned).collect()
        };
        let (files, folders) = (of("files", "file"), of("folders", "folder"));
        if files.is_empty() && folders.is_empty() {
            return Err(Failure::new("invalid_request", "nothing to paste"));
        }
        for (ids, are_folders) in [(&files, false), (&folders, true)] {
            for id in ids {
                let item = state.tree.get(account, id).filter(|item| item.is_folder() == are_folders);
                let name = item.ok_or_else(|| self.no_item())?.name.clone();
                check_name(&state, account, target.as_deref(), &name, Some(id))?;
                let is_within = |target: &String| state.tree.way_to(account, target).iter().any(|step| step.id == *id);
                if target.as_ref().is_some_and(is_within) {
                    return Err(Failure::new("invalid_request", "A folder cannot be moved into itself"));
                }
            }
        }
        for id in files.iter().chain(&folders) {
            if let Some(item) = state.tree.get_mut(account, id) {
                item.parent.clone_from(&target);
            }
        }
        Ok(Success::done())
    }

    /// Items whose name has all words.
    pub(super) fn folder_search(&self, account: usize, args: &Args) -> Verdict {
        let asked = args.text("q").unwrap_or_default();
        let words: Vec<String> = asked.split_whitespace().map(str::to_lowercase).collect();
        let mut state = self.state.hold();
        let fits = |item: &&Item| words.iter().all(|word| item.name.to_lowercase().contains(word));
        let items: Vec<Item> = state.tree.of(account).into_iter().filter(fits).cloned().collect();
        let content: Vec<Value> = items.iter().map(|item| self.listed(&mut state, item)).collect();
        Ok(Success::new(json!({"content": content, "name": format!("Search results for {asked}")})))
    }
}

/// Refuses a name that is not allowed, or taken by another item than `itself`.
fn check_name(
    state: &State,
    account: usize,
    parent: Option<&str>,
    name: &str,
    itself: Option<&str>,
) -> Result<(), Failure> {
    if let Some(complaint) = name_complaint(name) {
        return Err(Failure::new("invalid_request", complaint));
    }
    match state.tree.named(account, parent, name) {
        Some(item) if Some(item.id.as_str()) != itself => Err(Failure::new("invalid_request", NAME_TAKEN)),
        _ => Ok(()),
    }
}
