//! Renaming, moving, and changing who may have an item.

use serde_json::{Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::folders::folder;
use super::params::Args;
use super::tree::{NAME_TOO_SHORT, SHORTEST_NAME};
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;

const FULL: &str = "Limit files in specified folder reached";

/// What is to be changed; what is none stays.
struct Change<'a> {
    name: Option<&'a str>,
    parent: Option<&'a str>,
    access: Option<&'a str>,
    is_public: Option<bool>,
}

impl<'a> Change<'a> {
    fn read(args: &'a Args, resets_public: bool) -> Self {
        Self {
            name: args.text("new_name"),
            parent: args.text("new_parent"),
            access: args.text("new_access"),
            is_public: args.given_flag("new_is_public").or(resets_public.then_some(false)),
        }
    }

    /// Changes an item wholly, or not at all for the reason given back.
    fn apply(&self, state: &mut State, account: usize, id: &str) -> Result<(), &'static str> {
        let item = state.tree.get(id).filter(|item| item.owner == account).ok_or("File not found")?;
        let (id, is_folder) = (item.id.clone(), item.is_folder());
        let name = self.name.unwrap_or(&item.name).to_owned();
        let parent = match self.parent {
            Some(parent) => folder(state, account, Some(parent)).ok_or("Destination directory was not found")?,
            None => item.parent.clone(),
        };
        let shortest = if is_folder { 1 } else { SHORTEST_NAME };
        if self.name.is_some() && name.chars().count() < shortest {
            return Err(NAME_TOO_SHORT);
        }
        let moves = parent != item.parent;
        if let Some(parent) = parent.as_deref().filter(|_| moves)
            && state.tree.way_to(parent).iter().any(|step| step.id == id)
        {
            return Err("A folder cannot be moved into itself");
        }
        let is_new_there = moves || name != item.name;
        if is_folder && is_new_there && state.tree.holds_folder(account, parent.as_deref(), &name) {
            return Err("A folder of this name exists already");
        }
        if moves && state.is_full(account, parent.as_deref()) {
            return Err(FULL);
        }
        if let Some(item) = state.tree.get_mut(&id) {
            item.name = name;
            item.parent = parent;
            if let Some(access) = self.access {
                access.clone_into(&mut item.access);
            }
            item.is_public = self.is_public.unwrap_or(item.is_public);
        }
        Ok(())
    }
}

impl Keep2Share {
    pub(super) fn update_file(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let change = Change::read(args, self.odd(odd::IS_PUBLIC_RESET));
        change.apply(&mut state, account, args.text("id").unwrap_or_default()).map_err(|reason| {
            match (reason, self.odd(odd::UPDATE_ERROR_61)) {
                (FULL, false) => Failure::new(406, 61, FULL),
                (_, false) => Failure::new(406, 63, "Error update file"),
                (_, true) => Failure::new(406, 61, "Error update file"),
            }
        })?;
        let members = if self.odd(odd::UPDATE_FILE_WITH_FILES) { json!({"files": []}) } else { json!({}) };
        let codes = if self.odd(odd::UPDATE_FILE_200) {
            (200, 200)
        } else if self.odd(odd::UPDATE_FILE_202_CODE_200) {
            (202, 200)
        } else {
            (202, 202)
        };
        Ok(Success::new(members).under(codes))
    }

    /// The same change to many items; each has its own result, and the call succeeds whatever they are.
    pub(super) fn update_files(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let change = Change::read(args, self.odd(odd::IS_PUBLIC_RESET));
        let results: Vec<Value> = args
            .texts("ids")
            .map(|id| {
                let errors: Vec<&str> = change.apply(&mut state, account, id).err().into_iter().collect();
                let succeeds = errors.is_empty() || self.odd(odd::UPDATE_FILES_ERROR_AS_SUCCESS);
                let shown = state.tree.get(id).map_or_else(|| json!(id), |item| self.shown_id(&item.id));
                let mut result = json!({"id": shown, "status": if succeeds { "success" } else { "error" }});
                if !errors.is_empty() || !self.odd(odd::UPDATE_FILES_ERRORS_MISSING) {
                    result["errors"] = json!(errors);
                }
                result
            })
            .collect();
        Ok(Success::new(json!({"files": results})))
    }
}
