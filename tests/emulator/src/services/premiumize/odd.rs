//! Odd forms of Premiumize's current API.

use crate::services::odd::odd_forms;

odd_forms! {
    CODES_MISSING: "codes_missing", "errors have a message and no code, as in older answers";
    OLD_LOGIN_MESSAGE: "old_login_message", "a missing or wrong credential is refused with the old text, which ends with a blank, and no code";
    LOG_IN_FIRST_MESSAGE: "log_in_first_message", "a missing or wrong credential is refused with «Not logged in. Please log in first.» and no code";
    UNKNOWN_ID_AS_TRANSIENT: "unknown_id_as_transient", "unknown and foreign ids are refused with transient_error instead of not_found";
    MISSING_AS_TRANSIENT: "missing_as_transient", "missing parameters are refused with transient_error instead of invalid_request";
    NOT_PREMIUM_OTHER_TEXT: "not_premium_other_text", "accounts without premium are asked to purchase it, without a code";
    EXTRA_KEYS: "extra_keys", "unknown keys at the root and in listed items";
    SLASHES_ESCAPED: "slashes_escaped", "slashes in JSON are escaped";
    CUSTOMER_ID_AS_NUMBER: "customer_id_as_number", "customer_id and user_id are integers, as in older answers";
    PREMIUM_UNTIL_FALSE: "premium_until_false", "premium_until is false instead of null for who never paid";
    SPACE_USED_AS_FLOAT: "space_used_as_float", "space_used has a fraction";
    SPACE_USED_MISSING: "space_used_missing", "account/info has no space_used";
    BOOSTER_POINTS: "booster_points", "account/info gives booster_points";
    SIZES_AS_TEXT: "sizes_as_text", "sizes of files are strings of digits";
    CREATED_AT_NULL: "created_at_null", "created_at is null";
    LISTED_MORE: "listed_more", "listed files have crc32, unpackable and ip";
    DIRECTLINK_MISSING: "directlink_missing", "listed files have no directlink";
    FOLDER_ID_MISSING: "folder_id_missing", "folder/list tells no folder_id";
    DETAILS_WITH_STATUS: "details_with_status", "item/details has a status";
    MEDIA_AS_NUMBERS: "media_as_numbers", "resx, resy and duration are numbers";
    SERVICES_WITH_STATUS: "services_with_status", "services/list has a status";
    SERVICES_SIGNED_IN: "services_signed_in", "services/list is refused without a credential";
    ALIASES_EMPTY_LIST: "aliases_empty_list", "aliases in services/list is an empty list";
    UPLOAD_HOST_UNKNOWN: "upload_host_unknown", "the host in the url of folder/uploadinfo cannot be resolved";
    UPLOAD_HOST_UNKNOWN_AT_FIRST: "upload_host_unknown_at_first", "the same for every other answer of folder/uploadinfo, beginning with the next";
    UPLOAD_RENAMES: "upload_renames", "an upload under a name that is taken is stored as «name (1).ext»";
    UPLOAD_NAME_AGAIN: "upload_name_again", "an upload under a name that is taken is stored beside it";
    UPLOAD_MESSAGE: "upload_message", "the answer of the upload host has a message";
    DISPOSITION_MISSING: "disposition_missing", "a download has no Content-Disposition";
    RANGES_IGNORED: "ranges_ignored", "a download answers a range with 200 and everything";
    LINK_REDIRECTS: "link_redirects", "a link answers with a redirect to the data on another host";
    PASS_THROUGH: "pass_through", "directdl answers links of unsupported hosts with success, the link itself and the size null";
    DIRECTDL_CONTENT_ALONE: "directdl_content_alone", "directdl gives no location, filename and filesize";
    CACHE_MISS_UNSUPPORTED: "cache_miss_unsupported", "«content not in cache» has the code service_unsupported instead of transient_error";
    JOB_TWICE_REFUSED: "job_twice_refused", "a source that is under way is refused with «You already added this job.»";
    CREATED_WITHOUT_NAME: "created_without_name", "transfer/create gives neither name nor type";
    TARGET_FOLDER_ID: "target_folder_id", "transfers have target_folder_id instead of folder_id, as in older answers";
    OTHER_CLOUD_ID: "other_cloud_id", "transfers have other_cloud_id";
    PROGRESS_NULL: "progress_null", "message and progress of transfers are null";
    DELETE_TAKES_FILES: "delete_takes_files", "transfer/delete deletes what the transfer brought, too";
    FILESIZE_AS_NUMBER: "filesize_as_number", "cache/check gives filesize as an integer on a hit too";
    TRANSCODED_NULL: "transcoded_null", "transcoded of cache/check is null";
    TRANSCODED_NULLS: "transcoded_nulls", "the members of transcoded of cache/check are null";
    EXPIRES_IN_MISSING: "expires_in_missing", "a token comes without expires_in and scope";
    REFRESH_TOKEN_MISSING: "refresh_token_missing", "no token comes with a refresh_token";
    DEVICE_REFRESH_TOKEN: "device_refresh_token", "the token of a device comes with a refresh_token, too";
    REFRESH_TOKEN_ROTATES: "refresh_token_rotates", "a refresh gives a new refresh_token and ends the old one";
}
