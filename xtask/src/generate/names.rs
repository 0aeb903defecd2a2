//! Names: from the service's own spelling into the case of a language.
//!
//! Words are found at underscores, hyphens, and where a small letter or digit meets a capital; a run of capitals is one
//! word up to its last (`HTMLParser` = `html`, `parser`). What language-specific words are reserved is known to each
//! language's own module.

/// The words of a name, in lower case.
pub fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let previous = at.checked_sub(1).map(|at| chars[at]);
        let after_small = previous.is_some_and(|p| p.is_lowercase() || p.is_ascii_digit());
        let ends_capitals =
            previous.is_some_and(char::is_uppercase) && chars.get(at + 1).is_some_and(|n| n.is_lowercase());
        if c.is_uppercase() && (after_small || ends_capitals) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.extend(c.to_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// `get_files_list`.
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `getFilesList`.
pub fn camel(name: &str) -> String {
    let mut words = words(name).into_iter();
    words.next().unwrap_or_default() + &words.map(|word| capital(&word)).collect::<String>()
}

/// `GetFilesList`.
pub fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capital(word)).collect()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words() {
        for (name, expected) in [
            ("getFilesList", "get files list"),
            ("url_upload_add", "url upload add"),
            ("HTMLParser", "html parser"),
            ("md5", "md5"),
            ("findByFirst5MbSha1Hash", "find by first5 mb sha1 hash"),
            ("isAvailableForFree", "is available for free"),
            ("__class__", "class"),
            ("X-Header-Name", "x header name"),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn writes_cases() {
        assert_eq!(snake("getFilesList"), "get_files_list");
        assert_eq!(camel("remote_upload_add"), "remoteUploadAdd");
        assert_eq!(pascal("getUrl"), "GetUrl");
    }
}
