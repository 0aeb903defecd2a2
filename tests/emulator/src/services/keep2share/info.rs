//! Information about single items, also for those who do not own them.

use serde_json::{Map, Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::params::Args;
use super::tree::{Item, integer_id};
use super::{Keep2Share, State, odd};
use crate::lock::LockExt;
use crate::world::clock::iso_date_time;

const STATUS_PAGE: usize = 100;

/// A folder of at most so many items may be answered with its content.
const SMALL_FOLDER: usize = 50;

/// The keys of an item that is gone or was never there.
const EMPTY_KEYS: &[&str] = &["access", "is_folder", "md5", "name", "size"];

impl Keep2Share {
    pub(super) fn get_files_info(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let visitor = self.visitor(&state, args)?;
        let extended = args.flag("extended_info");
        let ids: Vec<&str> = args.texts("ids").collect();
        if !ids.is_empty() && ids.iter().all(|id| is_malformed(id)) {
            return Err(Failure::params());
        }
        let mut files = Vec::new();
        for id in ids {
            let Some(item) = state.tree.get(id).filter(|item| may_see(item, visitor)) else {
                if !self.odd(odd::UNKNOWN_IDS_LEFT_OUT) {
                    files.push(self.empty_info(id, Value::Null));
                }
                continue;
            };
            if item.is_folder() && self.odd(odd::SMALL_FOLDER_AS_FILES) {
                let within = state.tree.children(item.owner, Some(&item.id));
                if within.len() <= SMALL_FOLDER {
                    files.extend(within.iter().map(|item| self.info(item, &item.id, visitor, extended)));
                    continue;
                }
            }
            files.push(self.info(item, id, visitor, extended));
        }
        Ok(Success::new(json!({"files": files})))
    }

    fn info(&self, item: &Item, asked: &str, visitor: Option<usize>, extended: bool) -> Value {
        if !item.is_folder() && !item.is_available() {
            return self.empty_info(asked, self.shown_flag(false));
        }
        let is_owner = visitor == Some(item.owner);
        // A long id is answered under the real one.
        let id = if self.odd(odd::IDS_AS_INTEGERS) { json!(integer_id(&item.id)) } else { json!(item.id) };
        let mut info = Map::new();
        if id.as_str().map_or_else(|| id.to_string(), str::to_owned) != asked {
            info.insert("requested_id".into(), json!(asked));
        }
        info.insert("id".into(), id);
        info.insert("access".into(), json!(item.access));
        info.insert("is_available".into(), self.shown_availability(item));
        info.insert("is_folder".into(), self.shown_flag(item.is_folder()));
        self.show_md5(&mut info, item, is_owner || self.odd(odd::MD5_FOR_EVERYONE));
        info.insert("name".into(), self.shown_info_name(item));
        info.insert("size".into(), self.shown_size(item));
        if self.odd(odd::IS_DELETED_KEY) {
            info.insert("isDeleted".into(), json!(false));
        }
        if extended || self.odd(odd::INFO_KEYS_ALWAYS) {
            info.insert("created_at".into(), json!(iso_date_time(item.created)));
            if !self.odd(odd::FREE_KEY_MISSING) {
                info.insert("isAvailableForFree".into(), json!(self.is_available_for_free(item)));
            }
            if is_owner {
                info.insert("parent_id".into(), json!(item.parent));
            }
        }
        if extended {
            let shown = match self.odd(odd::EXTENDED_INFO_OLD) {
                true => self.listed_info(item),
                false => self.extended_info(item),
            };
            self.show_extended_info(&mut info, shown);
        }
        if self.odd(odd::EXTRA_KEYS) {
            info.insert("is_starred".into(), json!(false));
        }
        Value::Object(info)
    }

    /// What is left of an item that is dead (not available) or unknown (null).
    fn empty_info(&self, asked: &str, is_available: Value) -> Value {
        let mut info: Map<String, Value> = EMPTY_KEYS.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
        info.insert("id".into(), json!(asked));
        if self.odd(odd::IS_DELETED_KEY) {
            info.insert("isDeleted".into(), json!(true));
        }
        info.insert("is_available".into(), is_available);
        Value::Object(info)
    }

    fn extended_info(&self, item: &Item) -> Value {
        let mut info = json!({
            "access": item.access,
            "content_type": self.shown_content_type(item),
            "date_download_last": item.last_download.map(|seconds| self.shown_date(seconds)),
            "size": self.shown_size(item),
            "storage_object": item.storage_object,
        });
        if !item.abuses.is_empty() {
            info["abuses"] = json!(item.abuses);
        }
        if let Some(video) = &item.video_info {
            info["video_info"] = video.clone();
        }
        info
    }

    fn shown_info_name(&self, item: &Item) -> Value {
        if self.odd(odd::NAMES_ENCODED) { json!(encoded_word(&item.name)) } else { self.shown_name(item) }
    }

    pub(super) fn get_file_status(&self, args: &Args) -> Verdict {
        let state = self.state.hold();
        let visitor = self.visitor(&state, args)?;
        let id = args.text("id").unwrap_or_default();
        let item = state.tree.get(id).filter(|item| may_see(item, visitor) && item.is_available());
        let item = item.ok_or_else(|| self.status_refusal(&state, id))?;
        if !item.is_folder() {
            let status = self.status(item, visitor, false);
            return Ok(Success::new(match self.odd(odd::STATUS_FILE_IN_LIST) {
                true => json!({"files": [self.status(item, visitor, true)]}),
                false => status,
            }));
        }
        let children = state.tree.children(item.owner, Some(&item.id));
        let page = children.into_iter().skip(args.count("offset", 0)).take(args.count("limit", STATUS_PAGE));
        let files: Vec<Value> = page.map(|item| self.status(item, visitor, true)).collect();
        let files = match self.odd(odd::STATUS_FILES_OBJECT) {
            // PHP writes an object without members as an empty list.
            true => files.into_iter().next().unwrap_or_else(|| json!([])),
            false => json!(files),
        };
        let mut members = json!({"files": files});
        if self.odd(odd::STATUS_FOLDER_NAME) {
            members["name"] = json!(item.name);
        }
        Ok(Success::new(members))
    }

    /// An item as getFileStatus and search show it.
    pub(super) fn status(&self, item: &Item, visitor: Option<usize>, with_id: bool) -> Value {
        let mut status = Map::new();
        if with_id {
            status.insert("id".into(), self.shown_id(&item.id));
        }
        status.insert("access".into(), json!(item.access));
        if !self.odd(odd::FREE_KEY_MISSING) {
            status.insert("isAvailableForFree".into(), json!(self.is_available_for_free(item)));
        }
        status.insert("name".into(), self.shown_name(item));
        status.insert("is_available".into(), self.shown_availability(item));
        status.insert("is_folder".into(), self.shown_flag(item.is_folder()));
        if visitor == Some(item.owner) {
            status.insert("date_created".into(), json!(self.shown_date(item.created)));
        }
        status.insert("size".into(), self.shown_size(item));
        if self.odd(odd::STATUS_MD5) {
            status.insert("md5".into(), json!(item.md5()));
        }
        if let Some(video) = &item.video_info {
            status.insert("video_info".into(), video.clone());
        }
        Value::Object(status)
    }

    fn status_refusal(&self, state: &State, id: &str) -> Failure {
        let word = match state.tree.get(id) {
            Some(item) if item.is_blocked && !item.abuses.is_empty() => "abused",
            Some(item) if item.is_blocked => "blocked",
            Some(item) if item.storage_object != "available" => "deleted",
            None if state.tree.was_deleted(id) => "deleted",
            _ => "not_found",
        };
        let failure = match self.odd(odd::STATUS_ERROR_WORDS) {
            true => Failure::new(406, word, "File not available"),
            false => Failure::new(406, 20, "File not available"),
        };
        if self.odd(odd::STATUS_ERROR_CODE_403) { failure.telling_code(403) } else { failure }
    }
}

/// Files are everybody's to ask about; folders are their owner's, unless they are public.
pub fn may_see(item: &Item, visitor: Option<usize>) -> bool {
    !item.is_folder() || item.is_public || visitor == Some(item.owner)
}

/// Ids are 13 or more letters, digits, '-' and '_'.
fn is_malformed(id: &str) -> bool {
    id.len() < 13 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// A name as mail programs write what is not ASCII (RFC 2047).
fn encoded_word(name: &str) -> String {
    let coded: String = name.bytes().map(|byte| format!("={byte:02X}")).collect();
    format!("=?UTF-8?Q?{coded}?=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_ids() {
        for id in ["358b6aa520a72", "358b6aa520a72-27a025aa6b853_x", "942538417113714"] {
            assert!(!is_malformed(id), "{id}");
        }
        for id in ["", "358b6aa520a7", "358b6aa520a7/", "358b6aa520a7é"] {
            assert!(is_malformed(id), "{id}");
        }
    }

    #[test]
    fn an_encoded_name() {
        assert_eq!(encoded_word("aü"), "=?UTF-8?Q?=61=C3=BC?=");
    }
}
