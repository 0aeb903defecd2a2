//! What an owner writes about files.

use serde_json::{Map, Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::params::Args;
use super::tree::Item;
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;

const PAGE: usize = 100;

/// A file's metadata. It goes where the file goes.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    title: Option<String>,
    description: Option<String>,
    studio: Option<String>,
    categories: Vec<String>,
    actresses: Vec<String>,
    tags: Vec<String>,
}

impl Meta {
    /// Takes over what is given; what is left out or null stays, and an empty list clears.
    fn change(&mut self, args: &Args) {
        let texts = [(&mut self.title, "title"), (&mut self.description, "description"), (&mut self.studio, "studio")];
        for (field, name) in texts {
            if let Some(text) = args.text(name) {
                *field = Some(text.to_owned());
            }
        }
        let lists =
            [(&mut self.categories, "categories"), (&mut self.actresses, "actresses"), (&mut self.tags, "tags")];
        for (field, name) in lists {
            if let Some(items) = args.given_texts(name) {
                *field = items.map(str::to_owned).collect();
            }
        }
    }

    /// Whether it passes the filters that are given: all of them.
    fn fits(&self, args: &Args) -> bool {
        let holds =
            |list: &[String], name: &str| args.text(name).is_none_or(|word| list.iter().any(|item| item == word));
        holds(&self.tags, "tag") && holds(&self.categories, "category") && holds(&self.actresses, "actress")
    }
}

impl Keep2Share {
    pub(super) fn get_files_meta(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let account = self.member(&state, args)?;
        let wanted: Option<Vec<&str>> = args
            .given_texts("file_ids")
            .map(|ids| ids.filter_map(|id| Some(state.tree.get(id)?.id.as_str())).collect());
        let items = state.tree.of(account);
        let found: Vec<(&Item, &Meta)> = items
            .into_iter()
            .filter(|item| wanted.as_ref().is_none_or(|ids| ids.contains(&item.id.as_str())))
            .filter_map(|item| Some((item, item.meta.as_ref()?)))
            .filter(|(_, meta)| meta.fits(args))
            .collect();
        let size = args.count("size", PAGE);
        let page = found.iter().skip(args.count("page", 0).saturating_mul(size)).take(size);
        let items: Vec<Value> = page.map(|(item, meta)| Value::Object(self.shown_meta(item, meta))).collect();
        Ok(Success::new(json!({"items": items, "total": found.len()})))
    }

    pub(super) fn create_file_meta(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let item = own_file(&mut state, account, args, "file_id").filter(|item| item.meta.is_none());
        let item = item.ok_or_else(|| Failure::new(406, 60, "Error create file meta"))?;
        let mut meta = Meta::default();
        meta.change(args);
        self.keep_meta(item, meta)
    }

    pub(super) fn update_file_meta(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let item = own_file(&mut state, account, args, "file_id").ok_or_else(meta_not_found)?;
        let mut meta = item.meta.clone().ok_or_else(meta_not_found)?;
        meta.change(args);
        self.keep_meta(item, meta)
    }

    pub(super) fn copy_file_meta(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let source = own_file(&mut state, account, args, "from_file_id").and_then(|item| item.meta.clone());
        let meta = source.ok_or_else(|| Failure::new(404, 3, "from_file_id not found"))?;
        let target = own_file(&mut state, account, args, "to_file_id");
        self.keep_meta(target.ok_or_else(|| Failure::new(406, 60, "Error copy file meta"))?, meta)
    }

    pub(super) fn delete_file_meta(&self, args: &Args) -> Verdict {
        let mut state = self.state.hold();
        let account = self.member(&state, args)?;
        let item = own_file(&mut state, account, args, "file_id").ok_or_else(meta_not_found)?;
        item.meta.take().ok_or_else(meta_not_found)?;
        Ok(Success::new(json!({})))
    }

    fn keep_meta(&self, item: &mut Item, meta: Meta) -> Verdict {
        let shown = self.shown_meta(item, &meta);
        item.meta = Some(meta);
        Ok(Success::new(Value::Object(shown)))
    }

    fn shown_meta(&self, item: &Item, meta: &Meta) -> Map<String, Value> {
        let list = |items: &[String]| match items.is_empty() && self.odd(odd::META_LISTS_NULL) {
            true => Value::Null,
            false => json!(items),
        };
        let mut shown = Map::new();
        shown.insert("file_id".into(), self.shown_id(&item.id));
        shown.insert("title".into(), json!(meta.title));
        shown.insert("studio".into(), json!(meta.studio));
        shown.insert("categories".into(), list(&meta.categories));
        shown.insert("actresses".into(), list(&meta.actresses));
        shown.insert("description".into(), json!(meta.description));
        shown.insert("tags".into(), list(&meta.tags));
        shown
    }
}

fn meta_not_found() -> Failure {
    Failure::new(404, 60, "File meta not found")
}

/// The file of the account that a parameter names.
fn own_file<'a>(state: &'a mut State, account: usize, args: &Args, name: &str) -> Option<&'a mut Item> {
    let item = state.tree.get_mut(args.text(name)?)?;
    (item.owner == account && !item.is_folder()).then_some(item)
}
