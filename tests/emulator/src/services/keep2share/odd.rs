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
}
