//! Search. Its answer is documented nowhere; this is a guess in the form of getFileStatus.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::Keep2Share;
use super::envelope::{Success, Verdict};
use super::params::Args;
use super::tree::Item;
use crate::lock::LockExt;

const PAGE: usize = 20;

impl Keep2Share {
    /// Finds the visitor's own files and everybody's public ones by words in their names.
    pub(super) fn search(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let visitor = self.visitor(&state, args)?;
        let keywords = args.text("keywords").unwrap_or_default().to_lowercase();
        let words: Vec<&str> = keywords.split_whitespace().collect();
        let least = if args.text("operator") == Some("and") { words.len() } else { 1 };
        let may_find = |item: &&Item| !item.is_folder() && item.is_available();
        let is_theirs = |item: &&Item| item.access != "private" || visitor == Some(item.owner);
        let mut found: Vec<(usize, &Item)> = state
            .tree
            .all()
            .filter(may_find)
            .filter(is_theirs)
            .map(|item| {
                let name = item.name.to_lowercase();
                (words.iter().filter(|word| name.contains(**word)).count(), item)
            })
            .filter(|(score, _)| *score >= least.max(1))
            .collect();
        match args.text("sort") {
            Some("name") => found.sort_by_key(|(_, item)| (item.name.clone(), item.order)),
            Some("date_created") => found.sort_by_key(|(_, item)| (item.created, item.order)),
            _ => found.sort_by_key(|(score, item)| (Reverse(*score), item.order)),
        }
        let page = found.iter().skip(args.count("offset", 0)).take(args.count("limit", PAGE));
        let files: Vec<Value> = page.map(|(_, item)| self.status(item, visitor, true)).collect();
        Ok(Success::new(json!({"files": files, "total": found.len()})))
    }
}
