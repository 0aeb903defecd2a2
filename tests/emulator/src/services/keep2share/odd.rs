//! Odd forms: deviations that the service or its relatives have shown, each off until a test switches it on.

use crate::services::OddForm;

macro_rules! odd_forms {
    ($($constant:ident: $name:literal, $about:literal;)*) => {
        $(pub const $constant: OddForm = OddForm { name: $name, about: $about };)*
        /// All of them.
        pub static ALL: &[OddForm] = &[$($constant),*];
    };
}

odd_forms! {
    IDS_AS_INTEGERS: "ids_as_integers", "ids of files and folders are integers";
    IDS_LONG: "ids_long", "ids are longer, with '-' and '_'";
    SIZE_AS_TEXT: "size_as_text", "size is a string of digits";
    SIZE_AS_FLOAT: "size_as_float", "size has a fraction of zero";
    SIZE_NULL: "size_null", "size is null";
    FLAGS_AS_NUMBERS: "flags_as_numbers", "is_available and is_folder are 0 or 1";
    IS_AVAILABLE_NULL: "is_available_null", "is_available is null";
    NAME_NULL: "name_null", "the name of a listed item is null";
    MD5_NULL: "md5_null", "md5 is null";
    MD5_MISSING: "md5_missing", "the key md5 is missing";
    DATES_ISO: "dates_iso", "dates of listed items are ISO 8601 with milliseconds and Z";
    EXTENDED_INFO_MISSING: "extended_info_missing", "the key extended_info is missing although it was asked for";
    EXTENDED_INFO_NULL: "extended_info_null", "extended_info is null although it was asked for";
    EXTENDED_INFO_EMPTY_ARRAY: "extended_info_empty_array", "extended_info is an empty PHP array: []";
    CONTENT_TYPE_FAMILY: "content_type_family", "content_type is the first word of the MIME type, as in the guide";
    ACCOUNT_EXPIRES_TEXT: "account_expires_text", "account_expires is a string of digits";
    ACCOUNT_EXPIRES_ISO: "account_expires_iso", "account_expires is ISO 8601, as in the guide's examples";
    ACCOUNT_EXPIRES_FALSE: "account_expires_false", "account_expires is false for every account";
    ACCOUNT_EXPIRES_NULL: "account_expires_null", "account_expires is null for every account";
    AVAILABLE_TRAFFIC_TEXT: "available_traffic_text", "available_traffic is a string of digits";
    TIME_WAIT_TEXT: "time_wait_text", "time_wait is a string of digits";
    TIME_WAIT_ZERO: "time_wait_zero", "time_wait is 0: the ticket is good at once";
    NULL_KEYS: "null_keys", "getUrl gives its other keys as null instead of leaving them out";
    NEED_WAIT_WITHOUT_TIME: "need_wait_without_time", "41 comes without time_wait";
    TICKET_AGAIN: "ticket_again", "a ticket used too early is answered by a success with the ticket and a short wait";
    ERRORS_WITHOUT_MESSAGE: "errors_without_message", "items of errors[] have a code only";
    CREATE_FOLDER_200: "create_folder_200", "createFolder answers HTTP 200 with code 200";
    CREATE_FOLDER_201_CODE_200: "create_folder_201_code_200", "createFolder answers HTTP 201 with code 200, as in the guide";
    CODE_MISSING: "code_missing", "the key code is missing on success";
    ESCAPED_SLASHES: "escaped_slashes", "slashes in JSON are escaped";
    EXTRA_KEYS: "extra_keys", "unknown keys at the root and in listed items";
    MESSAGE_ON_SUCCESS: "message_on_success", "successes carry a message";
    GLUED_JSON: "glued_json", "a second JSON object follows every answer";
    GLUED_LOGIN_406: "glued_login_406", "a second JSON object follows a refused login";
    ERROR_CODE_TEXT: "error_code_text", "errorCode is a string of digits";
    ERROR_CODE_MISSING: "error_code_missing", "the key errorCode is missing from errors";
    SESSION_EXPIRED_WITHOUT_CODE: "session_expired_without_code", "a bad token gives 403 without errorCode and another message";
    PARAM_ERROR_3: "param_error_3", "wrong parameters give errorCode 3 instead of 2";
    LOGIN_71_AS_406: "login_71_as_406", "too many logins give HTTP 406 instead of 403";
    BAD_TOKEN_ANONYMOUS: "bad_token_anonymous", "getUrl answers a bad token as if none had been sent";
    CAPTCHA_URL_HTTP: "captcha_url_http", "captcha_url is http:// also where the service is served over https";
    CAPTCHA_URL_RELATIVE: "captcha_url_relative", "captcha_url is a path";
    CAPTCHA_IMAGE_JPG: "captcha_image_jpg", "the PNG comes as image/jpg, the type that the guide tells";
    AJAX_AS_NUMBER: "ajax_as_number", "form_data.ajax is 1";
    AJAX_AS_TEXT: "ajax_as_text", "form_data.ajax is the string true";
    FORM_DATA_EXTRA_FIELD: "form_data_extra_field", "form_data has a further field, which must be sent back";
    FILE_FIELD_OTHER: "file_field_other", "the file's part must be called Filedata";
    UPLOAD_WITHOUT_LINK: "upload_without_link", "the upload's answer has no link and no success";
    UPLOAD_EMPTY_ANSWER: "upload_empty_answer", "the upload's answer is empty although the file is stored";
    ETAG_UNQUOTED: "etag_unquoted", "the download's ETag has no quotes";
    ETAG_MISSING: "etag_missing", "the download has no ETag";
    RANGES_IGNORED: "ranges_ignored", "the download answers a range with 200 and everything";
    DISPOSITION_MISSING: "disposition_missing", "the download has no Content-Disposition";
    BALANCE_TEXT: "balance_text", "balance is a string";
    CODE_ID_TWICE: "code_id_twice", "resellerGetCode gives the key code_id twice, the second time with the balance, as in the guide";
    SUBSCRIPTIONS_WITH_FILES: "subscriptions_with_files", "getSubscriptions has a list files too, as in the guide's table";
    DOMAIN_NOT_FOUND_404: "domain_not_found_404", "an unknown domain gives code 404 instead of 400 in the body";
    FOLDER_NAMES_WITH_SLASH: "folder_names_with_slash", "getFoldersList gives names with a leading slash";
    FOLDER_NAMES_AS_PATHS: "folder_names_as_paths", "getFoldersList gives whole paths";
    PARENT_FOLDERS_ALWAYS: "parent_folders_always", "getFoldersList gives the lists of parents without parent_id too";
    UNKNOWN_IDS_LEFT_OUT: "unknown_ids_left_out", "getFilesInfo leaves unknown ids out instead of giving nulls";
    SMALL_FOLDER_AS_FILES: "small_folder_as_files", "getFilesInfo answers a folder of at most 50 items with what is in it";
    INFO_KEYS_ALWAYS: "info_keys_always", "getFilesInfo gives created_at, isAvailableForFree and parent_id without extended_info too";
    FREE_KEY_MISSING: "free_key_missing", "the key isAvailableForFree is missing";
    IS_DELETED_KEY: "is_deleted_key", "items of getFilesInfo have the key isDeleted";
    MD5_FOR_EVERYONE: "md5_for_everyone", "getFilesInfo gives md5 to others than the owner";
    EXTENDED_INFO_OLD: "extended_info_old", "extended_info of getFilesInfo has the seven keys of the old document";
    NAMES_ENCODED: "names_encoded", "names in getFilesInfo are encoded words of RFC 2047";
    STATUS_FILES_OBJECT: "status_files_object", "getFileStatus of a folder gives files as one object, its first item";
    STATUS_FILE_IN_LIST: "status_file_in_list", "getFileStatus of a file gives it in a list files";
    STATUS_FOLDER_NAME: "status_folder_name", "getFileStatus of a folder gives its name at the root";
    STATUS_MD5: "status_md5", "getFileStatus gives md5";
    STATUS_ERROR_WORDS: "status_error_words", "errorCode of getFileStatus is a word: not_found, deleted, abused or blocked";
    STATUS_ERROR_CODE_403: "status_error_code_403", "getFileStatus refuses with HTTP 406 and code 403";
    UPDATE_FILE_200: "update_file_200", "updateFile answers HTTP 200 with code 200";
    UPDATE_FILE_202_CODE_200: "update_file_202_code_200", "updateFile answers HTTP 202 with code 200";
    UPDATE_FILE_WITH_FILES: "update_file_with_files", "updateFile has a list files too, as in the guide's table";
    UPDATE_ERROR_61: "update_error_61", "updateFile refuses with 61, as in the old document";
    UPDATE_FILES_ERROR_AS_SUCCESS: "update_files_error_as_success", "an item of updateFiles with errors has the status success, as in the guide";
    UPDATE_FILES_ERRORS_MISSING: "update_files_errors_missing", "an item of updateFiles without errors lacks the key errors";
    IS_PUBLIC_RESET: "is_public_reset", "new_is_public left out or null takes a folder's publicity away";
    EXISTS_AS_FOUND: "exists_as_found", "the findBy methods give found instead of exists";
    BY_HASH_200: "by_hash_200", "createFileByHash answers HTTP 200 with code 200";
    BY_HASH_201_CODE_200: "by_hash_201_code_200", "createFileByHash answers HTTP 201 with code 200, as in the guide";
    BY_HASH_WITHOUT_LINK: "by_hash_without_link", "createFileByHash gives no link";
    UPLOADS_AS_MAP: "uploads_as_map", "remoteUploadStatus gives uploads as an object by id";
    UPLOAD_NUMBERS_AS_TEXT: "upload_numbers_as_text", "status and progress of a remote upload are strings";
    REMOTE_FILE_ID_NULL: "remote_file_id_null", "file_id of a remote upload is null until it is completed";
    REMOTE_IDS_AS_INTEGERS: "remote_ids_as_integers", "ids of accepted addresses are integers";
    ACCEPTED_AS_TEXT: "accepted_as_text", "acceptedUrls holds strings";
    REJECTED_AS_TEXT: "rejected_as_text", "rejectedUrls holds strings";
    META_LISTS_NULL: "meta_lists_null", "empty lists of metadata are null";
    REASON_AS_CODE: "reason_as_code", "the reasons 1, 2 and 3 of getUrl are its errorCode, as in the guide";
    REASON_UNDER_42: "reason_under_42", "the reasons of getUrl come under 42 instead of 21";
    PREMIUM_ONLY_43: "premium_only_43", "getUrl refuses free users with 43 instead of the reason 7";
    FILE_NOT_AVAILABLE_TEXT: "file_not_available_text", "the message of 21 is «File is not available», as in the guide";
    REFUSED_WITHOUT_REASON: "refused_without_reason", "42 comes without errors";
    TIME_REMAINING_NUMBER: "time_remaining_number", "timeRemaining is a number";
    TIME_REMAINING_MISSING: "time_remaining_missing", "the key timeRemaining is missing";
    WAIT_TOLD_AFTER_CAPTCHA: "wait_told_after_captcha", "42 comes only after a right captcha";
    UPLOAD_FILE_ID: "upload_file_id", "the upload's answer has file_id instead of user_file_id";
    LINK_QUERY_OTHER: "link_query_other", "links carry rate_limit and filename instead of name";
}
