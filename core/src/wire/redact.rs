//! Keeps secrets out of everything that people read.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// What does not stand for itself in an address.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text without the queries, fragments and credentials of the addresses in it.
pub(crate) fn text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let end = rest[at..]
            .find(|c: char| c.is_whitespace() || "\"'<>()[]{}`".contains(c))
            .map_or(rest.len(), |end| at + end);
        clean.push_str(&rest[..at + 3]);
        let address = &rest[at + 3..end];
        let without_query = address.split(['?', '#']).next().unwrap_or_default();
        let (host, path) = without_query.split_at(without_query.find('/').unwrap_or(without_query.len()));
        clean.push_str(host.rsplit('@').next().unwrap_or_default());
        clean.push_str(path);
        rest = &rest[end..];
    }
    clean.push_str(rest);
    without_bare_queries(&clean)
}

/// An address without its scheme and host (`/dl/x?sig=…`) loses its query too.
fn without_bare_queries(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| match word.split_once('?') {
            Some((path, query)) if path.contains('/') && query.contains('=') => {
                let end =
                    query.find(|c: char| c.is_whitespace() || "\"'<>()[]{}`,;".contains(c)).unwrap_or(query.len());
                format!("{path}{}", &query[end..])
            }
            _ => word.to_owned(),
        })
        .collect()
}

/// A text without these secrets. Very short ones are left: they would tear words apart.
pub(crate) fn secrets<'a>(text: &str, secrets: impl Iterator<Item = &'a str>) -> String {
    let spelled = secrets.filter(|secret| secret.len() >= 4).flat_map(spellings);
    spelled.fold(text.to_owned(), |text, secret| text.replace(&secret, "[secret]"))
}

/// A secret as servers repeat it: as it is, and as addresses and forms carry it.
fn spellings(secret: &str) -> Vec<String> {
    let in_address = utf8_percent_encode(secret, ESCAPED).to_string();
    let in_form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut spellings = vec![secret.to_owned()];
    for encoded in [in_address, in_form] {
        if encoded != secret {
            spellings.extend([in_lower_digits(&encoded), encoded]);
        }
    }
    spellings
}

/// A percent-encoded text with its hexadecimal digits in lower case.
fn in_lower_digits(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(2.min(part.len()));
        lower.push('%');
        lower.push_str(&digits.to_ascii_lowercase());
        lower.push_str(rest);
    }
    lower
}

/// Whether a field or a member of a query so named holds what nobody may read.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["sig", "token", "key", "auth", "secret", "ticket", "hmac", "pass", "params"].iter().any(|part| name.contains(part))
}

/// Scheme, host and path of an address.
pub(crate) fn address(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_queries_out_of_texts() {
        assert_eq!(
            text("error for url (https://me:pw@h.example/a/b?sig=1#x): see http://h.example?k=v, done"),
            "error for url (https://h.example/a/b): see http://h.example done"
        );
        assert_eq!(text("Not found: /dl/x?sig=abc, sorry"), "Not found: /dl/x, sorry");
        assert_eq!(text("no address, is it? a=b"), "no address, is it? a=b");
    }

    #[test]
    fn takes_secrets_out_of_texts() {
        assert_eq!(secrets("token abcdef is bad", ["abcdef", "is"].into_iter()), "token [secret] is bad");
        for spelled in ["a ü/X~*", "a%20%C3%BC%2FX~%2A", "a%20%c3%bc%2fX~%2a", "a+%C3%BC%2FX%7E*", "a+%c3%bc%2fX%7e*"]
        {
            assert_eq!(secrets(&format!("p={spelled}."), ["a ü/X~*"].into_iter()), "p=[secret].", "{spelled}");
        }
    }
}
