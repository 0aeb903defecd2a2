//! Addresses of pages: of a file by its short code, of a folder by its number or its hash.

use url::Url;

use crate::services::Link;

const HOST: &str = "zippyshare.cloud";

/// First parts of addresses that are pages of the site itself.
const PAGES: [&str; 14] = [
    "account",
    "account_home",
    "api",
    "contact",
    "error",
    "faq",
    "index",
    "link_checker",
    "login",
    "privacy",
    "register",
    "report_file",
    "search",
    "terms",
];

/// What the address of a page shows; none for other pages and other sites.
pub(super) fn parse(text: &str) -> Option<Link> {
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&with_scheme).ok()?;
    let host = url.host_str()?.to_ascii_lowercase();
    if host.strip_prefix("www.").unwrap_or(&host) != HOST {
        return None;
    }
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let first = parts.next()?;
    let (kind, id) = match first {
        "folder" => ("folder", parts.next()?),
        // Information, statistics and deletion of a file stand behind its code: `AbC~i`.
        code => ("file", code.split_once('~').map_or(code, |(code, _)| code)),
    };
    let page = id.strip_suffix(".html").unwrap_or(id).to_ascii_lowercase();
    let is_code = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_ours = is_code && (kind == "folder" || !PAGES.contains(&page.as_str()));
    is_ours.then(|| Link { kind, id: id.to_owned(), host: HOST })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_addresses_of_the_site() {
        for (text, kind, id) in [
            ("https://www.zippyshare.cloud/1M5q", "file", "1M5q"),
            ("http://zippyshare.cloud/1M5q/a%20name.ext?download_token=x", "file", "1M5q"),
            ("zippyshare.cloud/1M5q~i", "file", "1M5q"),
            ("https://www.zippyshare.cloud/folder/17/name", "folder", "17"),
            ("https://www.zippyshare.cloud/folder/0a1b2c", "folder", "0a1b2c"),
        ] {
            let link = parse(text).unwrap_or_else(|| panic!("{text} is not read"));
            assert_eq!((link.kind, link.id.as_str(), link.host), (kind, id, HOST), "{text}");
        }
        for other in [
            "https://www.zippyshare.cloud/",
            "https://www.zippyshare.cloud/register",
            "https://www.zippyshare.cloud/login.html",
            "https://www.zippyshare.cloud/api/v2/file/info",
            "https://www.zippyshare.cloud/folder/",
            "https://zippyshare.cloud.example/1M5q",
            "https://notzippyshare.cloud/1M5q",
            "1M5q",
        ] {
            assert!(parse(other).is_none(), "{other}");
        }
    }
}
