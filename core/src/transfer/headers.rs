//! What the head of an answer tells of a file.

use reqwest::header::{CONTENT_DISPOSITION, CONTENT_RANGE, HeaderMap, HeaderName};

pub(crate) fn text_of(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// First byte and total of `bytes 5-9/10`.
pub(crate) fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let (range, total) = text_of(headers, CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.0.parse().ok()?, total.parse().ok()))
}

/// The file name of a Content-Disposition, the encoded form before the plain one.
pub(crate) fn file_name(headers: &HeaderMap) -> Option<String> {
    headers.get(CONTENT_DISPOSITION).and_then(|value| name_in_header(&String::from_utf8_lossy(value.as_bytes())))
}

fn name_in_header(value: &str) -> Option<String> {
    let parts = || value.split(';').map(str::trim);
    let encoded = parts().find_map(|part| part.strip_prefix("filename*=")).and_then(|text| {
        let text = text.splitn(3, '\'').nth(2)?;
        percent_encoding::percent_decode_str(text).decode_utf8().ok().map(|name| name.into_owned())
    });
    let plain =
        || parts().find_map(|part| part.strip_prefix("filename=")).map(|text| text.trim_matches('"').to_owned());
    encoded.or_else(plain).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name_in_a_header() {
        for (value, name) in [
            ("attachment; filename=\"a b.bin\"", Some("a b.bin")),
            ("attachment; filename=x.bin; filename*=UTF-8''%C3%BC.bin", Some("ü.bin")),
            ("inline", None),
        ] {
            assert_eq!(name_in_header(value).as_deref(), name, "{value}");
        }
    }

    #[test]
    fn reads_where_a_part_begins() {
        for (value, read) in [
            ("bytes 5-9/10", Some((5, Some(10)))),
            ("bytes 5-9/*", Some((5, None))),
            ("bytes */10", None),
            ("lines 5-9/10", None),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_RANGE, value.parse().expect("a header"))]);
            assert_eq!(content_range(&headers), read, "{value}");
        }
    }
}
