//! How items look in answers, odd where that is switched on.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::tree::{File, Folder, Status, Tree};
use super::{NAME, YetiShare, odd};
use crate::world::clock::plain_date_time;

/// How old builds write a date that was never set.
pub const NO_DATE: &str = "0000-00-00 00:00:00";

const DATABASE_AHEAD: i64 = 2 * 60 * 60;

/// What stays as it is in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub fn segment(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

impl YetiShare {
    /// A number straight from the database.
    pub(super) fn number(&self, number: u64) -> Value {
        if self.odd(odd::NUMBERS_AS_INTS) { json!(number) } else { json!(number.to_string()) }
    }

    pub(super) fn optional_number(&self, number: Option<u64>) -> Value {
        number.map_or(Value::Null, |number| self.number(number))
    }

    /// A date of the database.
    pub(super) fn date(&self, seconds: Option<i64>) -> Value {
        let ahead = if self.odd(odd::DATABASE_CLOCK_AHEAD) { DATABASE_AHEAD } else { 0 };
        match seconds {
            Some(seconds) => json!(plain_date_time(seconds + ahead)),
            None if self.odd(odd::DATES_ZERO) => json!(NO_DATE),
            None => Value::Null,
        }
    }

    /// Where the pages of the site are.
    pub(super) fn site(&self) -> String {
        format!("{}/{NAME}", self.ground.address)
    }

    /// The public page of a file.
    pub(super) fn url_file(&self, file: &File) -> String {
        format!("{}/{}", self.site(), file.short)
    }

    pub(super) fn shown_file(&self, file: &File) -> Value {
        let url = self.url_file(file);
        let status = if self.odd(odd::FILE_STATUS_AS_STATUS) { "status" } else { "file_status" };
        let visibility = match self.odd(odd::FILE_VISIBILITY_NULL) {
            true => Value::Null,
            false => self.number(file.visibility),
        };
        let mut shown = json!({
            "id": self.number(file.id),
            "filename": file.name,
            "shortUrl": file.short,
            "fileType": file.kind,
            "extension": file.extension,
            "fileSize": self.number(file.blob.size),
            "uploadedIP": "127.0.0.1",
            "uploadedDate": self.date(Some(file.uploaded)),
            status: file.status.name(),
            "downloads": self.number(file.downloads),
            "lastAccessed": self.date(file.last_accessed),
            "folderId": self.optional_number(file.folder),
            "keywords": file.keywords,
            "isPublic": visibility,
            "uploadSource": file.source,
            "url_file": url,
            "url_file_info": format!("{url}~i"),
            "url_file_stats": format!("{url}~s"),
            "url_file_delete": format!("{url}~d?{}", file.delete_hash),
        });
        if self.odd(odd::FILE_DESCRIPTION) {
            shown["description"] = json!("A file of the emulator");
        }
        shown
    }

    /// A file in a listing, which tells less.
    pub(super) fn listed_file(&self, file: &File) -> Value {
        json!({
            "id": self.number(file.id),
            "filename": file.name,
            "shortUrl": file.short,
            "fileType": file.kind,
            "extension": file.extension,
            "fileSize": self.number(file.blob.size),
            "status": file.status.name(),
            "downloads": self.number(file.downloads),
            "folderId": self.optional_number(file.folder),
            "keywords": file.keywords,
            "url_file": self.url_file(file),
        })
    }

    pub(super) fn shown_folder(&self, tree: &Tree, folder: &Folder) -> Value {
        let mut members = self.folder_members(tree, folder);
        let place = members.keys().position(|name| name == "date_added").unwrap_or_default();
        members.shift_insert(place, "accessPassword".into(), json!(folder.access_password));
        Value::Object(members)
    }

    /// A folder in a listing, without its password.
    pub(super) fn listed_folder(&self, tree: &Tree, folder: &Folder) -> Value {
        let mut members = self.folder_members(tree, folder);
        if !self.odd(odd::LISTING_ACTIVE_ONLY) {
            members.insert("urlHash".into(), json!(folder.url_hash));
        }
        Value::Object(members)
    }

    fn folder_members(&self, tree: &Tree, folder: &Folder) -> Map<String, Value> {
        let below = tree.with_all_below(folder.owner, folder.id);
        let (mut size, mut downloads) = (0, 0);
        for file in tree.active_files_in(&below) {
            size += file.blob.size;
            downloads += file.downloads;
        }
        let is_active = |status| status == Status::Active;
        let children = tree.folders_in(folder.owner, Some(folder.id)).filter(|child| is_active(child.status)).count();
        let files = tree.files_in(folder.owner, Some(folder.id)).filter(|file| is_active(file.status)).count();
        let code = match self.odd(odd::FOLDER_URL_WITH_HASH) {
            true => folder.url_hash.clone(),
            false => folder.id.to_string(),
        };
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("id", self.number(folder.id));
        put("parentId", self.optional_number(folder.parent));
        put("folderName", json!(folder.name));
        put("totalSize", self.number(size));
        put("isPublic", self.number(folder.visibility));
        put("date_added", self.date(Some(folder.added)));
        put("date_updated", self.date(folder.updated));
        if !self.odd(odd::LISTING_ACTIVE_ONLY) {
            put("status", json!(folder.status.name()));
        }
        put("url_folder", json!(format!("{}/folder/{code}/{}", self.site(), plain_name(&folder.name))));
        put("total_downloads", json!(downloads));
        put("child_folder_count", json!(children));
        put("file_count", json!(files));
        members
    }
}

/// A folder's name in its address.
fn plain_name(name: &str) -> String {
    name.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "-.".contains(letter) { letter } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_addresses() {
        assert_eq!(plain_name("My Földer-1.x/y"), "My_F_lder-1.x_y");
        assert_eq!(segment("a b/ü.txt"), "a%20b%2F%C3%BC.txt");
    }
}
