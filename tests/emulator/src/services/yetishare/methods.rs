//! The calls of the API: their addresses, their parameters, and who may make them.

use super::envelope::Verdict;
use super::params::{Args, Kind, Param};
use super::{State, YetiShare};

/// What a call must prove before it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: it is the sign-in.
    Open,
    /// A token and the id of its account.
    Token,
    /// A token, and the id of the account that is asked about; both are told about in the short text.
    OwnAccount,
    /// A token of an administrator.
    Admin,
}

/// A call of the API.
pub struct Method {
    /// Its address below the base.
    pub path: &'static str,
    pub name: &'static str,
    pub access: Access,
    /// Whether a demonstration refuses it.
    pub changes: bool,
    pub params: &'static [Param],
    /// Gets the id of the account that calls.
    pub run: fn(&YetiShare, &mut State, &Args, u64) -> Verdict,
}

macro_rules! changes {
    () => {
        false
    };
    (changes) => {
        true
    };
}

macro_rules! methods {
    ($($path:literal, $name:literal, $access:ident $(, $changes:ident)?: $params:expr => $run:ident;)*) => {
        /// All calls but the upload, whose body is not a small one.
        pub const ALL: &[Method] = &[$(Method {
            path: $path,
            name: $name,
            access: Access::$access,
            changes: changes!($($changes)?),
            params: $params,
            run: YetiShare::$run,
        }),*];
    };
}

methods! {
    "authorize", "auth.authorize", Open: AUTHORIZE => authorize;
    "disable_access_token", "auth.disable_access_token", Token: TOKEN => disable_access_token;
    "account/info", "account.info", OwnAccount: TOKEN_ALONE => account_info;
    "account/package", "account.package", OwnAccount: TOKEN_ALONE => account_package;
    "account/create", "account.create", Admin, changes: ACCOUNT_CREATE => account_create;
    "account/edit", "account.edit", Admin, changes: ACCOUNT_EDIT => account_edit;
    "account/delete", "account.delete", Admin, changes: TOKEN => account_delete;
    "package/listing", "package.listing", Admin: TOKEN_ALONE => package_listing;
    "file/download", "file.download", Token: FILE_DOWNLOAD => file_download;
    "file/url_upload_add", "file.url_upload_add", Token: URL_UPLOAD_ADD => url_upload_add;
    "file/url_upload_status", "file.url_upload_status", Token: URL_UPLOAD_STATUS => url_upload_status;
    "file/info", "file.info", Token: FILE => file_info;
    "file/edit", "file.edit", Token, changes: FILE_EDIT => file_edit;
    "file/delete", "file.delete", Token, changes: FILE => file_delete;
    "file/move", "file.move", Token, changes: FILE_MOVE => file_move;
    "file/copy", "file.copy", Token, changes: FILE_COPY => file_copy;
    "folder/create", "folder.create", Token, changes: FOLDER_CREATE => folder_create;
    "folder/listing", "folder.listing", Token: FOLDER_LISTING => folder_listing;
    "folder/info", "folder.info", Token: FOLDER_INFO => folder_info;
    "folder/edit", "folder.edit", Token, changes: FOLDER_EDIT => folder_edit;
    "folder/delete", "folder.delete", Token, changes: FOLDER => folder_delete;
    "folder/move", "folder.move", Token, changes: FOLDER_MOVE => folder_move;
}

/// The one whose body is a file.
pub const UPLOAD_PATH: &str = "file/upload";
pub const UPLOAD: &str = "file.upload";

const fn required(name: &'static str, kind: Kind) -> Param {
    Param::required(name, kind)
}

const fn optional(name: &'static str, kind: Kind) -> Param {
    Param::optional(name, kind)
}

const ACCESS_TOKEN: Param = required("access_token", Kind::Text);
const ACCOUNT_ID: Param = required("account_id", Kind::Id);
const VISIBILITY: Kind = Kind::OneOf(&["0", "1", "2"]);
const STATUS: Param = optional("status", Kind::OneOf(&["pending", "active", "disabled", "suspended"]));
const TITLE: Param = optional("title", Kind::OneOf(&["Mr", "Ms", "Mrs", "Miss", "Dr"]));
const PACKAGE: Param = optional("package_id", Kind::OneOf(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]));

/// Either pair; which one a site wants is its own matter.
const AUTHORIZE: &[Param] = &[
    optional("key1", Kind::Text),
    optional("key2", Kind::Text),
    optional("username", Kind::Text),
    optional("password", Kind::Text),
];

const TOKEN: &[Param] = &[ACCESS_TOKEN, ACCOUNT_ID];
/// Where administrators may leave the id out.
const TOKEN_ALONE: &[Param] = &[ACCESS_TOKEN, optional("account_id", Kind::Id)];

const ACCOUNT_CREATE: &[Param] = &[
    ACCESS_TOKEN,
    optional("account_id", Kind::Id),
    required("username", Kind::Text),
    required("password", Kind::Text),
    required("email", Kind::Text),
    PACKAGE,
    STATUS,
    TITLE,
    optional("firstname", Kind::Text),
    optional("lastname", Kind::Text),
    optional("paid_expiry_date", Kind::Date),
];

const ACCOUNT_EDIT: &[Param] = &[
    ACCESS_TOKEN,
    ACCOUNT_ID,
    optional("password", Kind::Text),
    optional("email", Kind::Text),
    PACKAGE,
    STATUS,
    TITLE,
    optional("firstname", Kind::Text),
    optional("lastname", Kind::Text),
    optional("paid_expiry_date", Kind::Date),
];

const FILE: &[Param] = &[ACCESS_TOKEN, ACCOUNT_ID, required("file_id", Kind::Id)];

/// The upload's fields; its file is a part of its own.
pub const FILE_UPLOAD: &[Param] = &[ACCESS_TOKEN, ACCOUNT_ID, optional("folder_id", Kind::FolderOrZero)];

const FILE_DOWNLOAD: &[Param] =
    &[ACCESS_TOKEN, ACCOUNT_ID, optional("file_id", Kind::Id), optional("short_url", Kind::Text)];

const URL_UPLOAD_ADD: &[Param] =
    &[ACCESS_TOKEN, ACCOUNT_ID, required("file_url_base64", Kind::Text), optional("folder_id", Kind::FolderOrZero)];

const URL_UPLOAD_STATUS: &[Param] = &[ACCESS_TOKEN, ACCOUNT_ID, required("scheduled_item_id", Kind::Id)];

const FILE_EDIT: &[Param] = &[
    ACCESS_TOKEN,
    ACCOUNT_ID,
    required("file_id", Kind::Id),
    optional("filename", Kind::Text),
    optional("fileType", Kind::Text),
    optional("folder_id", Kind::FolderOrNull),
];

const FILE_MOVE: &[Param] =
    &[ACCESS_TOKEN, ACCOUNT_ID, required("file_id", Kind::Id), required("new_parent_folder_id", Kind::FolderOrNull)];

const FILE_COPY: &[Param] =
    &[ACCESS_TOKEN, ACCOUNT_ID, required("file_id", Kind::Id), required("copy_to_folder_id", Kind::FolderOrNull)];

const FOLDER_CREATE: &[Param] = &[
    ACCESS_TOKEN,
    ACCOUNT_ID,
    required("folder_name", Kind::Text),
    optional("parent_id", Kind::FolderOrZero),
    optional("is_public", VISIBILITY),
    optional("access_password", Kind::Md5),
];

const FOLDER_LISTING: &[Param] = &[ACCESS_TOKEN, ACCOUNT_ID, optional("parent_folder_id", Kind::FolderOrZero)];

/// The document names the other one; the code reads the first.
const FOLDER_INFO: &[Param] =
    &[ACCESS_TOKEN, ACCOUNT_ID, required("folder_id", Kind::Id), optional("parent_folder_id", Kind::Id)];

const FOLDER_EDIT: &[Param] = &[
    ACCESS_TOKEN,
    ACCOUNT_ID,
    required("folder_id", Kind::Id),
    optional("folder_name", Kind::Text),
    optional("parent_id", Kind::FolderOrNull),
    optional("is_public", VISIBILITY),
    optional("access_password", Kind::Md5OrNull),
];

const FOLDER: &[Param] = &[ACCESS_TOKEN, ACCOUNT_ID, required("folder_id", Kind::Id)];

const FOLDER_MOVE: &[Param] =
    &[ACCESS_TOKEN, ACCOUNT_ID, required("folder_id", Kind::Id), required("new_parent_folder_id", Kind::FolderOrNull)];
