//! Odd forms of Premiumize's legacy API.

use crate::services::odd::odd_forms;

odd_forms! {
    HTTP_STATUS_MIRRORED: "http_status_mirrored", "the HTTP status of an error is the status of its body, where that is one";
    RESULT_MISSING: "result_missing", "the key result is missing from errors instead of null";
    SLASHES_PLAIN: "slashes_plain", "slashes in JSON are not escaped";
    EXTRA_KEYS: "extra_keys", "unknown keys at the root and in result";
    EXTUID: "extuid", "accountstatus gives extuid";
    TRAFFIC_AS_FLOAT: "traffic_as_float", "trafficleft_bytes has a fraction";
    TRAFFIC_NEGATIVE: "traffic_negative", "trafficleft_bytes and trafficleft_gigabytes are negative";
    TRAFFIC_MISSING: "traffic_missing", "accountstatus has neither trafficleft_bytes nor trafficleft_gigabytes";
    CONNECTION_SETTINGS: "connection_settings", "hosterlist gives connection_settings by host and for all";
    RESUME_AS_NUMBER: "resume_as_number", "resume in connection_settings is 0 or 1";
    HOSTS_TWICE: "hosts_twice", "the flat lists of hosterlist name their first item again at the end";
    REGEX_PCRE_ONLY: "regex_pcre_only", "hosterlist has a pattern that PCRE alone takes: atomic group, possessive count, recursion";
    FILENAME: "filename", "directdownloadlink gives filename";
    FILESIZE: "filesize", "directdownloadlink gives filesize";
    FILESIZE_AS_TEXT: "filesize_as_text", "directdownloadlink gives filesize as a string of digits";
    LOCATION_REDIRECTS: "location_redirects", "location answers with a redirect to the data on another host";
    DISPOSITION_MISSING: "disposition_missing", "the download has no Content-Disposition";
    RANGES_IGNORED: "ranges_ignored", "the download answers a range with 200 and everything";
    FREE_AS_STATUS_0: "free_as_status_0", "a free account is refused with status 0 instead of 402";
    FAIRUSE_AS_409: "fairuse_as_409", "used-up fair use is status 409, as in the oldest clients";
    LINK_LIMIT_AS_500: "link_limit_as_500", "the daily limit of a host is status 500 instead of 0";
}
