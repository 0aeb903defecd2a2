//! Odd forms: what differs between builds, sites and documents.

use crate::services::odd::odd_forms;

odd_forms! {
    ERRORS_OLD: "errors_old", "errors have status instead of _status, as in the document's sample and in old builds";
    ERRORS_RESULT: "errors_result", "errors are {message, result: false}, as on some old sites";
    ERRORS_SUCCESS: "errors_success", "errors are {success: false, message}, as on some old sites";
    ERRORS_BY_STATUS: "errors_by_status", "errors have the HTTP status that the document lists: 400, 401 or 404";
    TOKEN_AS_USERNAME: "token_as_username", "a bad token is told as «Username could not be found.» with result: false";
    TOKEN_AS_USER: "token_as_user", "a bad token is told as «User not found.» in the old envelope";
    ACCOUNT_CHECKS_LONG: "account_checks_long", "account and package calls tell a bad token with the long text, as in the document";
    NUMBERS_AS_INTS: "numbers_as_ints", "ids, sizes and flags are numbers, as under PHP 8.1 and later";
    DATES_ZERO: "dates_zero", "unset dates are 0000-00-00 00:00:00 instead of null";
    DATABASE_CLOCK_AHEAD: "database_clock_ahead", "dates of the database are two hours ahead of _datetime";
    SLASHES_PLAIN: "slashes_plain", "JSON has slashes and letters beyond ASCII unescaped";
    EXTRA_KEYS: "extra_keys", "unknown keys at the root and in data";
    LEVEL_TYPE_PAID: "level_type_paid", "level_type is paid instead of paid user";
    PACKAGE_WITHOUT_DAILY_SIZE: "package_without_daily_size", "download_size_per_24_hours is missing, as in older builds";
    FILE_STATUS_AS_STATUS: "file_status_as_status", "files have status instead of file_status, as in the document's sample";
    FILE_DESCRIPTION: "file_description", "files have a description, as in newer builds";
    FILE_VISIBILITY_NULL: "file_visibility_null", "isPublic of a file is null";
    LISTING_ACTIVE_ONLY: "listing_active_only", "folder/listing leaves trashed items out, and folders have no status, as in older builds";
    EMPTY_LISTS_FALSE: "empty_lists_false", "empty lists are false";
    EMPTY_LISTS_NULL: "empty_lists_null", "empty lists are null";
    FOLDER_URL_WITH_HASH: "folder_url_with_hash", "url_folder has a hash instead of the id, as in newer builds";
    FOLDER_INFO_BY_PARENT: "folder_info_by_parent", "folder/info reads parent_folder_id, as in the document, instead of folder_id";
    FOLDER_NOT_FOUND_TEXT: "folder_not_found_text", "folder/delete and folder/move say of an unknown folder that it could not be found, as in the document";
    COPY_NOT_FOUND: "copy_not_found", "file/copy makes the copy and then fails to find it";
    UPLOAD_NUMBERS: "upload_numbers", "size and file_id of an upload's answer are numbers";
    UPLOAD_NULLS: "upload_nulls", "hash, unique_hash, url_html and url_bbcode of an upload's answer are null";
    UPLOAD_HTML_RAW: "upload_html_raw", "quotes in url_html are not escaped, as in the document: the answer is no JSON";
    UPLOAD_HTML_ENTITIES: "upload_html_entities", "url_html is escaped as HTML";
    UPLOAD_RESULT_HTML: "upload_result_html", "an upload's answer has success_result_html";
    UPLOAD_HASH_WRONG: "upload_hash_wrong", "an upload's answer tells a hash that is not that of the bytes";
    INFO_URL_WITH_HASH: "info_url_with_hash", "info_url of an upload's answer ends in the delete hash, as in older builds";
    CURL_TEXT_AS_CODED: "curl_text_as_coded", "the missing module needs to be «enable», as in the code";
    DELETED_TEXT_OLD: "deleted_text_old", "account/delete says «Account successfully set as deleted.»";
    DOWNLOAD_URL_WITH_NAME: "download_url_with_name", "download_url has the file's name in its path";
    ERROR_PAGE_OLD: "error_page_old", "the error page is /error.html";
    RANGES_PROPER: "ranges_proper", "downloads are served by a web server, which knows ranges, instead of PHP";
    RANGES_IGNORED: "ranges_ignored", "the download answers a range with 200 and everything";
    DOWNLOAD_HTML: "download_html", "the download is a page of HTML under 200";
    REMOTE_KEYS_MISSING: "remote_keys_missing", "what a remote upload does not know yet is missing instead of null";
    REMOTE_SIZE_ZERO: "remote_size_zero", "total_size is 0 until it is known";
    REMOTE_ONCE: "remote_once", "an address that is still pending is not queued again: its id is told";
    ROUTES_AS_TEXT: "routes_as_text", "addresses and methods that nothing answers get a line of plain text under 200";
}
