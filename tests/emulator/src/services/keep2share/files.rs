//! Listing and deleting.

use serde_json::{Map, Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::folders::folder;
use super::params::Args;
use super::tree::Item;
use super::{Keep2Share, odd};
use crate::lock::LockExt;

const PAGE: usize = 100;

impl Keep2Share {
    pub(super) fn get_files_list(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let account = self.member(&state, args)?;
        let parent = folder(&state, account, args.text("parent")).ok_or_else(Failure::params)?;
        let wanted = args.text("type").unwrap_or("any");
        let mut items = state.tree.children(account, parent.as_deref());
        items.retain(|item| match wanted {
            "folder" => item.is_folder(),
            "file" | "files" => !item.is_folder(),
            _ => true,
        });
        if args.flag("only_available") {
            items.retain(|item| item.is_available());
        }
        if let Some((key, downwards)) = args.sort() {
            // The order of creation decides between equals, whichever way the list runs.
            match key {
                "name" => items.sort_by(|one, other| turn(one.name.cmp(&other.name), downwards)),
                "id" => items.sort_by(|one, other| turn(one.id.cmp(&other.id), downwards)),
                _ => items.sort_by(|one, other| turn(one.created.cmp(&other.created), downwards)),
            }
        }
        let page = items.into_iter().skip(args.count("offset", 0)).take(args.count("limit", PAGE));
        let files: Vec<Value> = page.map(|item| self.listed(item, args.flag("extended_info"))).collect();
        Ok(Success::new(json!({"files": files})))
    }

    fn listed(&self, item: &Item, extended: bool) -> Value {
        let mut listed = Map::new();
        listed.insert("id".into(), self.shown_id(&item.id));
        listed.insert("name".into(), self.shown_name(item));
        listed.insert("is_available".into(), self.shown_availability(item));
        listed.insert("is_folder".into(), self.shown_flag(item.is_folder()));
        listed.insert("date_created".into(), json!(self.shown_date(item.created)));
        listed.insert("size".into(), self.shown_size(item));
        self.show_md5(&mut listed, item, true);
        if extended {
            self.show_extended_info(&mut listed, self.listed_info(item));
        }
        if self.odd(odd::EXTRA_KEYS) {
            listed.insert("is_starred".into(), json!(false));
        }
        Value::Object(listed)
    }

    pub(super) fn delete_files(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        // Unknown and foreign ids are left out of the count without a word.
        let deleted = args.texts("ids").filter(|id| state.tree.remove(account, id)).count();
        Ok(Success::new(json!({"deleted": deleted})))
    }
}

fn turn(order: std::cmp::Ordering, downwards: bool) -> std::cmp::Ordering {
    if downwards { order.reverse() } else { order }
}
