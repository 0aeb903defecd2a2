//! How items look in answers, odd where that is switched on.

use serde_json::{Map, Value, json};

use super::tree::{Item, integer_id, long_id};
use super::{Keep2Share, odd};
use crate::world::clock::{iso_date_time, plain_date_time};

impl Keep2Share {
    pub(super) fn shown_id(&self, id: &str) -> Value {
        if self.odd(odd::IDS_AS_INTEGERS) {
            json!(integer_id(id))
        } else if self.odd(odd::IDS_LONG) {
            json!(long_id(id))
        } else {
            json!(id)
        }
    }

    pub(super) fn shown_flag(&self, on: bool) -> Value {
        if self.odd(odd::FLAGS_AS_NUMBERS) { json!(u8::from(on)) } else { json!(on) }
    }

    pub(super) fn shown_name(&self, item: &Item) -> Value {
        if self.odd(odd::NAME_NULL) { Value::Null } else { json!(item.name) }
    }

    pub(super) fn shown_availability(&self, item: &Item) -> Value {
        if self.odd(odd::IS_AVAILABLE_NULL) { Value::Null } else { self.shown_flag(item.is_available()) }
    }

    pub(super) fn shown_size(&self, item: &Item) -> Value {
        match item.size() {
            _ if item.is_folder() || self.odd(odd::SIZE_NULL) => Value::Null,
            size if self.odd(odd::SIZE_AS_TEXT) => json!(size.to_string()),
            // Sizes of files that a test can hold are exact as floats.
            size if self.odd(odd::SIZE_AS_FLOAT) => json!(size as f64),
            size => json!(size),
        }
    }

    pub(super) fn shown_date(&self, seconds: i64) -> String {
        if self.odd(odd::DATES_ISO) { iso_date_time(seconds) } else { plain_date_time(seconds) }
    }

    /// Puts md5 into an answer for somebody who may see it or not.
    pub(super) fn show_md5(&self, answer: &mut Map<String, Value>, item: &Item, is_owner: bool) {
        if !self.odd(odd::MD5_MISSING) {
            let md5 = item.md5().filter(|_| is_owner && !self.odd(odd::MD5_NULL));
            answer.insert("md5".into(), json!(md5));
        }
    }

    /// Puts `extended_info` into an answer that was asked for it.
    pub(super) fn show_extended_info(&self, answer: &mut Map<String, Value>, info: Value) {
        if self.odd(odd::EXTENDED_INFO_MISSING) {
            return;
        }
        let info = if self.odd(odd::EXTENDED_INFO_NULL) {
            Value::Null
        } else if self.odd(odd::EXTENDED_INFO_EMPTY_ARRAY) {
            json!([])
        } else {
            info
        };
        answer.insert("extended_info".into(), info);
    }

    /// The seven keys that listings give, and that information about single files gave once.
    pub(super) fn listed_info(&self, item: &Item) -> Value {
        json!({
            "abuses": item.abuses,
            "storage_object": item.storage_object,
            "size": self.shown_size(item),
            "date_download_last": item.last_download.map(|seconds| self.shown_date(seconds)),
            "downloads": item.downloads,
            "access": item.access,
            "content_type": self.shown_content_type(item),
        })
    }

    pub(super) fn shown_content_type(&self, item: &Item) -> Option<&'static str> {
        let whole = content_type(item)?;
        let family = whole.split('/').next().filter(|_| self.odd(odd::CONTENT_TYPE_FAMILY));
        Some(family.unwrap_or(whole))
    }

    pub(super) fn is_available_for_free(&self, item: &Item) -> bool {
        !item.is_folder()
            && item.is_available()
            && item.access == "public"
            && item.only_for.is_none()
            && item.size() <= self.settings().free_size
    }

    /// A number as JSON, or as text where an odd form says so.
    pub(super) fn shown_number(&self, number: impl Into<Value>, as_text: bool) -> Value {
        let number = number.into();
        if as_text { json!(number.to_string()) } else { number }
    }
}

fn content_type(item: &Item) -> Option<&'static str> {
    if item.is_folder() {
        return None;
    }
    let extension = item.name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    Some(match extension.as_deref() {
        Some("txt") => "text/plain",
        Some("mp4") => "video/mp4",
        Some("png") => "image/png",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    })
}
