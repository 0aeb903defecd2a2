//! Which hoster a link belongs to: by the domain of the link, else by the patterns of the list.

use regex_lite::RegexBuilder;
use serde_json::{Map, Value, json};
use url::Url;

/// A compiled pattern may not be larger: the list comes from a server.
const MOST_BYTES: usize = 1 << 20;

/// The hoster of a link in an answer of `hosterlist`, as the members of `HosterMatch`.
///
/// Domains are cheap and never wrong, so all of them come before the first pattern. Patterns are searched anywhere in the
/// link, with a slash behind it too: some end with one. One that cannot be used is left out and told.
pub(super) fn hoster_of(link: &str, list: &Value) -> Value {
    let empty = Map::new();
    let hosters = list["hosters"].as_object().unwrap_or(&empty);
    let host = Url::parse(link.trim()).ok().and_then(|url| url.host_str().map(str::to_ascii_lowercase));
    if let Some(host) = &host
        && let Some((name, _)) =
            hosters.iter().find(|(_, hoster)| texts(&hoster["tlds"]).any(|tld| is_below(host, tld)))
    {
        return json!({"hoster": name, "matched_by": "domain", "skipped": []});
    }
    let with_slash = format!("{link}/");
    let mut skipped = Vec::new();
    for (name, hoster) in hosters {
        for pattern in texts(&hoster["regexes"]) {
            match RegexBuilder::new(pattern).size_limit(MOST_BYTES).build() {
                Ok(regex) if regex.is_match(link) || regex.is_match(&with_slash) => {
                    return json!({"hoster": name, "matched_by": "pattern", "skipped": skipped});
                }
                Ok(_) => {}
                Err(_) => skipped.push(pattern.to_owned()),
            }
        }
    }
    json!({"hoster": null, "matched_by": null, "skipped": skipped})
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).filter(|text| !text.is_empty())
}

/// Whether a host is a domain of the list or lies below it.
fn is_below(host: &str, domain: &str) -> bool {
    let domain = domain.trim_start_matches("www.").to_ascii_lowercase();
    host == domain || host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Value {
        json!({"hosters": {
            "files.example": {"tlds": ["files.example", "www.FILES.test"], "regexes": []},
            "odd.example": {"tlds": [""], "regexes": ["https://odd\\.example/(?=f)file/.+", "https://odd\\.example/d/.+/$"]},
            "ids.example": {"tlds": [], "regexes": ["ids\\.example/[0-9]{4}", "ids\\.example/("]},
        }})
    }

    #[test]
    fn finds_the_hoster_of_a_link() {
        for (link, hoster, by) in [
            ("https://files.example/a b/ü", Some("files.example"), Some("domain")),
            ("HTTP://WWW.Files.Test:8080/x", Some("files.example"), Some("domain")),
            ("https://dl.files.example/x", Some("files.example"), Some("domain")),
            ("https://notfiles.example/x", None, None),
            ("https://odd.example/d/x", Some("odd.example"), Some("pattern")),
            ("see http://ids.example/1234", Some("ids.example"), Some("pattern")),
            ("", None, None),
        ] {
            let found = hoster_of(link, &list());
            assert_eq!((&found["hoster"], &found["matched_by"]), (&json!(hoster), &json!(by)), "{link}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_used_is_told() {
        let found = hoster_of("https://unknown.example/", &list());
        assert_eq!(found["skipped"], json!(["https://odd\\.example/(?=f)file/.+", "ids\\.example/("]));
    }

    #[test]
    fn a_list_of_another_shape_knows_no_link() {
        for list in [json!(null), json!({"hosters": []}), json!({"hosters": {"a": null, "b": {"tlds": 7}}})] {
            assert_eq!(hoster_of("https://a/", &list)["hoster"], Value::Null, "{list}");
        }
    }
}
