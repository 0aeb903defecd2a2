//! What sites make of every value that they are sent: it is trimmed, and what looks like an HTML tag is taken out of it.

/// A text as sites keep it.
pub(super) fn cleaned(text: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while let Some((text, tag)) = rest.split_once('<') {
        clean.push_str(text);
        if tag.starts_with(char::is_whitespace) {
            clean.push('<');
            rest = tag;
        } else {
            rest = tag.split_once('>').map_or("", |(_, rest)| rest);
        }
    }
    clean.push_str(rest);
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_blanks_around_go() {
        for (text, clean) in [(" a<i>.b ", "a.b"), ("a < b <c", "a < b"), ("1 < 2 > 0", "1 < 2 > 0"), ("<", "")] {
            assert_eq!(cleaned(text), clean, "{text}");
        }
    }
}
