//! Errors that a test orders, in the words of the host that it orders them for.

use http::StatusCode;
use serde_json::Value;

use super::Keep2Share;
use super::envelope::{ErrorCode, Failure, status_code};
use super::uploads;
use crate::server::answer::Answer;
use crate::world::faults::Fault;

/// Methods, or `*`; the code; HTTP status and message. The first line that fits counts.
const DOCUMENTED: &[(&str, &str, u16, &str)] = &[
    ("getUrl", "1", 406, "Download count files exceed"),
    ("getUrl", "2", 406, "Traffic limit exceed"),
    ("getUrl", "3", 406, "Free user can't download large files. Upgrade to PREMIUM and forget about limits."),
    ("copyFileMeta", "3", 404, "from_file_id not found"),
    ("getFileStatus", "20", 406, "File not available"),
    ("getFilesMeta", "60", 406, "Error list file meta"),
    ("createFileMeta", "60", 406, "Error create file meta"),
    ("updateFileMeta", "60", 406, "Error update file meta"),
    ("copyFileMeta", "60", 406, "Error copy file meta"),
    ("deleteFileMeta", "60", 406, "Error delete file meta"),
    ("createFileByHash", "61", 406, "Error create file"),
    ("updateFile", "63", 406, "Error update file"),
    ("login", "30", 406, "Login attempt was exceed, please wait or verify your request via captcha challenge"),
    ("test", "", 403, "Authorization session was expired"),
    ("reCaptcha", "", 400, "Id not found"),
    ("getSubscriptions", "", 404, "Domain not found"),
    ("*", "1", 406, "Download count files exceed"),
    ("*", "2", 400, "Invalid request params"),
    ("*", "3", 400, "Invalid request params"),
    ("*", "4", 400, "Invalid request"),
    ("*", "10", 403, "You are not authorized for this action"),
    ("*", "11", 403, "Authorization session was expired"),
    ("*", "20", 406, "File not found"),
    ("*", "21", 406, "File is not available"),
    ("*", "22", 406, "File is blocked"),
    ("*", "23", 406, "file_id is folder"),
    ("*", "30", 406, "You need send request for free download with captcha fields"),
    ("*", "31", 406, "Invalid captcha"),
    ("*", "33", 406, "Please verify your request via re captcha challenge"),
    ("*", "40", 406, "Wrong free download key"),
    ("*", "41", 406, "Need wait for free download"),
    ("*", "42", 406, "Download not available"),
    ("*", "43", 406, "This download available only for premium users"),
    ("*", "50", 406, "No available reseller codes"),
    ("*", "51", 406, "Error buy reseller codes"),
    ("*", "53", 403, "You are not authorized for this action"),
    ("*", "60", 406, "Error create folder"),
    ("*", "61", 406, "Limit files in specified folder reached"),
    ("*", "62", 406, "Error copy file"),
    ("*", "63", 406, "No available nodes"),
    ("*", "64", 406, "Disk quota exceeded"),
    ("*", "70", 406, "Invalid login or password"),
    ("*", "71", 403, "Login attempt was exceed, please wait or verify your request via captcha challenge"),
    ("*", "72", 403, "Account banned"),
    ("*", "73", 403, "No allow from this network"),
    ("*", "74", 403, "Unknown login error"),
    ("*", "75", 403, "This token not allow access from this IP address"),
    ("*", "76", 403, "Account stolen"),
    ("*", "77", 403, "Network banned"),
    ("*", "80", 406, "Wrong access API key"),
    ("*", "81", 406, "Transaction not found"),
    ("*", "captcha_need_wait", 400, "Ip temporary banned due to many captcha errors"),
    ("*", "captcha_need_wait_daily", 400, "Ip permanently banned due to many captcha errors"),
    ("*", "not_found", 406, "File not available"),
    ("*", "deleted", 406, "File not available"),
    ("*", "abused", 406, "File not available"),
    ("*", "blocked", 406, "File not available"),
    ("*", "", 400, "Invalid request"),
];

/// What is said of a code that no document knows.
const UNKNOWN: (u16, &str) = (406, "ordered by a test");

impl Keep2Share {
    /// The error that a fault asks for, with the code exactly as it asks for it.
    pub(super) fn ordered_error(&self, operation: &str, fault: &Fault) -> Answer {
        let (usual_status, usual_message) = documented(operation, fault.code.as_ref());
        let message = fault.message.as_deref().unwrap_or(usual_message);
        match operation {
            "upload" => {
                let http_status = fault.http_status.map_or(StatusCode::BAD_REQUEST, status_code);
                return uploads::refusal(http_status, message);
            }
            "download" => return Answer::html(fault.http_status.map_or(StatusCode::NOT_FOUND, status_code), message),
            _ => {}
        }
        let http_status = fault.http_status.unwrap_or(usual_status);
        let mut failure = Failure::new(http_status, ErrorCode::Missing, message);
        if operation == "getSubscriptions" && http_status == 404 {
            failure = failure.telling_code(400);
        }
        if let Some(code) = &fault.code {
            failure = failure.with("errorCode", code.clone());
        }
        if let Some(errors) = &fault.errors {
            failure = failure.with("errors", errors.clone());
        }
        for (name, value) in fault.extra.iter().flatten() {
            failure = failure.with(name, value.clone());
        }
        self.envelop("", Err(failure))
    }
}

/// HTTP status and message that belong to a code.
fn documented(operation: &str, code: Option<&Value>) -> (u16, &'static str) {
    let code = code.map_or_else(String::new, |code| code.as_str().map_or_else(|| code.to_string(), str::to_owned));
    let fits = |of: &str, known: &str| (of == "*" || of == operation) && known == code;
    let line = DOCUMENTED.iter().find(|(of, known, ..)| fits(of, known));
    line.map_or(UNKNOWN, |(.., http_status, message)| (*http_status, *message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn codes_mean_what_their_method_says() {
        assert_eq!(documented("getUrl", Some(&json!(2))).0, 406);
        assert_eq!(documented("getFilesInfo", Some(&json!(2))).0, 400);
        assert_eq!(documented("copyFileMeta", Some(&json!(3))), (404, "from_file_id not found"));
        assert_eq!(documented("login", Some(&json!("captcha_need_wait"))).0, 400);
        assert_eq!(documented("test", None), (403, "Authorization session was expired"));
        assert_eq!(documented("login", Some(&json!("70"))), (406, "Invalid login or password"));
        assert_eq!(documented("login", Some(&json!(999))), UNKNOWN);
    }
}
