//! Names that are written as encoded words (RFC 2047), as `getFilesInfo` does in rare cases: `=?UTF-8?Q?=C3=9Cbung?=`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The name that is meant; one that is no row of encoded words in UTF-8 stays as it is.
pub(super) fn decode(name: &str) -> String {
    decoded(name).unwrap_or_else(|| name.to_owned())
}

fn decoded(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    // A long name is several words, parted by blanks that do not belong to it. Within a word there is none.
    for word in name.split_ascii_whitespace() {
        let mut parts = word.strip_prefix("=?")?.strip_suffix("?=")?.splitn(3, '?');
        let (charset, encoding, text) = (parts.next()?, parts.next()?, parts.next()?);
        if !charset.eq_ignore_ascii_case("utf-8") {
            return None;
        }
        match encoding {
            "Q" | "q" => quoted(text, &mut bytes)?,
            "B" | "b" => bytes.extend(STANDARD.decode(text).ok()?),
            _ => return None,
        }
    }
    // A letter may be cut by the end of a word, so the whole is read at once.
    String::from_utf8(bytes).ok().filter(|name| !name.is_empty())
}

fn quoted(text: &str, bytes: &mut Vec<u8>) -> Option<()> {
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        bytes.push(match byte {
            b'_' => b' ',
            b'=' => {
                let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
                rest = &rest[2..];
                u8::from_str_radix(digits, 16).ok()?
            }
            byte => byte,
        });
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn encoded_words_are_read_and_other_names_stay() {
        assert_eq!(decode("=?UTF-8?Q?=C3=9Cbung_1.txt?="), "Übung 1.txt");
        assert_eq!(decode("=?utf-8?B?w5xidW5nLnR4dA==?="), "Übung.txt");
        assert_eq!(decode("=?UTF-8?Q?=C3?= =?UTF-8?Q?=9Cbung?="), "Übung");
        for name in ["plain.txt", "", "a b", "=?UTF-8?Q?=C?=", "=?KOI8-R?Q?=C3?=", "=?UTF-8?Q?=FF?=", "=?UTF-8?X?a?="] {
            assert_eq!(decode(name), name);
        }
    }
}
