//! The methods of the API and their parameters.

use super::Keep2Share;
use super::envelope::Verdict;
use super::params::{Args, Kind, Param};

/// A method of the API: its name, its parameters, and what it does.
pub struct Method {
    pub name: &'static str,
    pub params: &'static [Param],
    pub run: fn(&Keep2Share, &Args) -> Verdict,
}

macro_rules! methods {
    ($($name:literal: $params:expr => $run:ident;)*) => {
        /// All methods that are called with POST.
        pub const ALL: &[Method] = &[$(Method { name: $name, params: $params, run: Keep2Share::$run }),*];
    };
}

methods! {
    "login": LOGIN => login;
    "test": TOKEN_ONLY => test;
    "accountInfo": TOKEN_ONLY => account_info;
    "requestCaptcha": TOKEN_ONLY => request_captcha;
    "requestReCaptcha": TOKEN_ONLY => request_recaptcha;
    "getBalance": TOKEN_ONLY => get_balance;
    "getDomainsList": TOKEN_ONLY => get_domains_list;
    "resellerGetCode": RESELLER_GET_CODE => reseller_get_code;
    "getSubscriptions": GET_SUBSCRIPTIONS => get_subscriptions;
    "getFoldersList": GET_FOLDERS_LIST => get_folders_list;
    "createFolder": CREATE_FOLDER => create_folder;
    "getFilesList": GET_FILES_LIST => get_files_list;
    "getFilesInfo": GET_FILES_INFO => get_files_info;
    "getFileStatus": GET_FILE_STATUS => get_file_status;
    "updateFile": UPDATE_FILE => update_file;
    "updateFiles": UPDATE_FILES => update_files;
    "deleteFiles": DELETE_FILES => delete_files;
    "search": SEARCH => search;
    "findByFirst5MbSha1Hash": FIND_BY_SHA1 => find_by_first_5mb_sha1_hash;
    "findByFullMd5Hash": FIND_BY_MD5 => find_by_full_md5_hash;
    "findFile": FIND_BY_MD5 => find_file;
    "createFileByHash": CREATE_FILE_BY_HASH => create_file_by_hash;
    "getUploadFormData": GET_UPLOAD_FORM_DATA => get_upload_form_data;
    "remoteUploadAdd": REMOTE_UPLOAD_ADD => remote_upload_add;
    "remoteUploadStatus": REMOTE_UPLOAD_STATUS => remote_upload_status;
    "getUrl": GET_URL => get_url;
    "getFilesMeta": GET_FILES_META => get_files_meta;
    "createFileMeta": FILE_META => create_file_meta;
    "updateFileMeta": FILE_META => update_file_meta;
    "copyFileMeta": COPY_FILE_META => copy_file_meta;
    "deleteFileMeta": DELETE_FILE_META => delete_file_meta;
}

const fn required(name: &'static str, kind: Kind) -> Param {
    Param::required(name, kind)
}

const fn optional(name: &'static str, kind: Kind) -> Param {
    Param::optional(name, kind)
}

const ACCESS: Kind = Kind::OneOf(&["public", "private", "premium"]);
const NATURAL: Kind = Kind::Integer { least: 0, most: i64::MAX };
const POSITIVE: Kind = Kind::Integer { least: 1, most: i64::MAX };
const TEXTS: Kind = Kind::Texts { most: usize::MAX };
const MD5: Kind = Kind::Hex { digits: 32 };
const SHA1: Kind = Kind::Hex { digits: 40 };
/// Lists of metadata.
const LABELS: Kind = Kind::Texts { most: 50 };

const AUTH_TOKEN: Param = optional("auth_token", Kind::Text);
const ACCESS_TOKEN: Param = optional("access_token", Kind::Text);

const LOGIN: &[Param] = &[
    required("username", Kind::Text),
    required("password", Kind::Text),
    optional("captcha_challenge", Kind::Text),
    optional("captcha_response", Kind::Text),
    optional("re_captcha_challenge", Kind::Text),
    optional("re_captcha_response", Kind::Text),
];

/// For methods that need nothing, or only to know who asks.
const TOKEN_ONLY: &[Param] = &[AUTH_TOKEN, ACCESS_TOKEN];

const RESELLER_GET_CODE: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("days", POSITIVE),
    optional("useExist", Kind::Flag),
    optional("autoBuy", Kind::Flag),
];

const GET_SUBSCRIPTIONS: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("domainName", Kind::Text),
    optional("limit", POSITIVE),
    optional("offset", NATURAL),
];

const GET_FOLDERS_LIST: &[Param] = &[AUTH_TOKEN, ACCESS_TOKEN, optional("parent_id", Kind::Text)];

const GET_FILES_LIST: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    optional("parent", Kind::Text),
    optional("limit", Kind::Integer { least: 1, most: 10_000 }),
    optional("offset", NATURAL),
    optional("sort", Kind::Sort(&["name", "date_created", "id"])),
    optional("type", Kind::OneOf(&["any", "file", "folder", "files"])),
    optional("only_available", Kind::Flag),
    optional("extended_info", Kind::Flag),
];

const CREATE_FOLDER: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("name", Kind::Text),
    required("parent", Kind::Text),
    required("access", ACCESS),
    optional("is_public", Kind::Flag),
];

const GET_FILES_INFO: &[Param] =
    &[AUTH_TOKEN, ACCESS_TOKEN, required("ids", TEXTS), optional("extended_info", Kind::Flag)];

const GET_FILE_STATUS: &[Param] =
    &[AUTH_TOKEN, ACCESS_TOKEN, required("id", Kind::Text), optional("limit", POSITIVE), optional("offset", NATURAL)];

const UPDATE_FILE: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("id", Kind::Text),
    optional("new_name", Kind::Text),
    optional("new_parent", Kind::Text),
    optional("new_access", ACCESS),
    optional("new_is_public", Kind::Flag),
];

const UPDATE_FILES: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("ids", TEXTS),
    optional("new_name", Kind::Text),
    optional("new_parent", Kind::Text),
    optional("new_access", ACCESS),
    optional("new_is_public", Kind::Flag),
];

const DELETE_FILES: &[Param] = &[AUTH_TOKEN, ACCESS_TOKEN, required("ids", TEXTS)];

const SEARCH: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("keywords", Kind::Text),
    optional("operator", Kind::OneOf(&["or", "and"])),
    optional("sort", Kind::Text),
    optional("limit", POSITIVE),
    optional("offset", NATURAL),
    optional("ip_client", Kind::Text),
];

const FIND_BY_SHA1: &[Param] = &[AUTH_TOKEN, ACCESS_TOKEN, required("sha1", SHA1)];

const FIND_BY_MD5: &[Param] = &[AUTH_TOKEN, ACCESS_TOKEN, required("md5", MD5)];

/// The access is judged with the name and the folder, not before.
const CREATE_FILE_BY_HASH: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("hash", MD5),
    required("name", Kind::Text),
    optional("parent", Kind::Text),
    optional("access", Kind::Text),
    optional("create_method", NATURAL),
];

const GET_UPLOAD_FORM_DATA: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    optional("parent_id", Kind::Text),
    optional("preferred_node", Kind::Text),
    optional("create_method", NATURAL),
];

const REMOTE_UPLOAD_ADD: &[Param] = &[AUTH_TOKEN, ACCESS_TOKEN, required("urls", TEXTS)];

const REMOTE_UPLOAD_STATUS: &[Param] = &[AUTH_TOKEN, ACCESS_TOKEN, required("ids", TEXTS)];

const GET_URL: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("file_id", Kind::Text),
    optional("free_download_key", Kind::Text),
    optional("captcha_challenge", Kind::Text),
    optional("captcha_response", Kind::Text),
    optional("url_referrer", Kind::Text),
];

const GET_FILES_META: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    optional("file_ids", TEXTS),
    optional("tag", Kind::Text),
    optional("category", Kind::Text),
    optional("actress", Kind::Text),
    optional("page", NATURAL),
    optional("size", POSITIVE),
];

const FILE_META: &[Param] = &[
    AUTH_TOKEN,
    ACCESS_TOKEN,
    required("file_id", Kind::Text),
    optional("title", Kind::ShortText { most: 255 }),
    optional("description", Kind::Text),
    optional("studio", Kind::Text),
    optional("categories", LABELS),
    optional("actresses", LABELS),
    optional("tags", LABELS),
];

const COPY_FILE_META: &[Param] =
    &[AUTH_TOKEN, ACCESS_TOKEN, required("from_file_id", Kind::Text), required("to_file_id", Kind::Text)];

const DELETE_FILE_META: &[Param] = &[AUTH_TOKEN, ACCESS_TOKEN, required("file_id", Kind::Text)];
