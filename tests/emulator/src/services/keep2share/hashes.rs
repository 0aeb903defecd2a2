//! Files known by their content: no byte has to be sent twice, whoever sent it first.

use serde_json::json;

use super::envelope::{Failure, Success, Verdict};
use super::folders::folder;
use super::params::Args;
use super::tree::{NAME_TOO_SHORT, NewItem, SHORTEST_NAME};
use super::{Keep2Share, odd};
use crate::lock::LockExt;

impl Keep2Share {
    pub(super) fn find_by_first_5mb_sha1_hash(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        self.member(&state, args)?;
        let sha1 = lowercase(args, "sha1");
        let exists = state.tree.find_content(|blob| blob.sha1_of_start == sha1).is_some();
        Ok(Success::new(json!({self.existence_key(): exists})))
    }

    pub(super) fn find_by_full_md5_hash(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        self.member(&state, args)?;
        let md5 = lowercase(args, "md5");
        let found = state.tree.find_content(|blob| blob.md5 == md5);
        Ok(Success::new(json!({
            self.existence_key(): found.is_some(),
            "md5": found.map(|blob| blob.md5.clone()),
        })))
    }

    fn existence_key(&self) -> &'static str {
        if self.odd(odd::EXISTS_AS_FOUND) { "found" } else { "exists" }
    }

    pub(super) fn find_file(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        self.member(&state, args)?;
        let md5 = lowercase(args, "md5");
        Ok(Success::new(json!({"found": state.tree.find_content(|blob| blob.md5 == md5).is_some()})))
    }

    pub(super) fn create_file_by_hash(&self, args: &Args) -> Verdict {
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let md5 = lowercase(args, "hash");
        let blob = state.tree.find_content(|blob| blob.md5 == md5);
        let blob = blob.ok_or_else(|| Failure::new(406, 20, "File not found"))?;
        let name = args.text("name").unwrap_or_default();
        let access = args.text("access").unwrap_or("public");
        let parent = folder(&state, account, args.text("parent"));
        let mut reasons = Vec::new();
        if parent.is_none() {
            reasons.push("Destination directory was not found");
        }
        if name.chars().count() < SHORTEST_NAME {
            reasons.push(NAME_TOO_SHORT);
        }
        if !["public", "private", "premium"].contains(&access) {
            args.violation("parameter \"access\" must be one of [\"public\", \"private\", \"premium\"]");
            reasons.push("Access is not in the list.");
        }
        let Some(parent) = parent.filter(|_| reasons.is_empty()) else {
            return Err(Failure::new(406, 62, "Error copy file").with("errors", json!(reasons)));
        };
        if state.is_full(account, parent.as_deref()) {
            let reasons = json!(["Limit files in specified folder reached"]);
            return Err(Failure::new(406, 61, "Error create file").with("errors", reasons));
        }
        if state.tree.used(account) + blob.size > state.accounts[account].storage_quota {
            return Err(Failure::new(406, 64, "Disk quota exceeded"));
        }
        let id = self.ground.dice.hex(13);
        let new =
            NewItem { owner: account, parent, name: name.to_owned(), access: access.to_owned(), blob: Some(blob) };
        state.tree.add(id.clone(), now, new);
        let mut members = json!({"id": self.shown_id(&id)});
        if !self.odd(odd::BY_HASH_WITHOUT_LINK) {
            members["link"] = json!(self.page_of(&id));
        }
        let codes = if self.odd(odd::BY_HASH_200) {
            (200, 200)
        } else if self.odd(odd::BY_HASH_201_CODE_200) {
            (201, 200)
        } else {
            (201, 201)
        };
        Ok(Success::new(members).under(codes))
    }
}

fn lowercase(args: &Args, name: &str) -> String {
    args.text(name).unwrap_or_default().to_ascii_lowercase()
}
