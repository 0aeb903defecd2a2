//! What the service does to every value before it looks at it.

/// Trims a value and takes its tags away, so that `a<b>c` becomes `ac`.
pub fn clean(value: &str) -> String {
    strip_tags(value).trim().to_owned()
}

/// Like PHP: a tag begins with `<` unless a blank follows, and lasts to the next `>` outside of quotes; one that does
/// not end takes the rest along.
fn strip_tags(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '<' || letters.peek().is_some_and(|next| next.is_whitespace()) {
            kept.push(letter);
            continue;
        }
        let mut quote = None;
        for letter in letters.by_ref() {
            match quote {
                Some(open) if open == letter => quote = None,
                None if letter == '"' || letter == '\'' => quote = Some(letter),
                None if letter == '>' => break,
                _ => {}
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_blanks_go() {
        for (sent, kept) in [
            ("  a b ", "a b"),
            ("a<b>c", "ac"),
            ("1 < 2", "1 < 2"),
            ("pass<word", "pass"),
            ("a<i title='>'>b", "ab"),
            ("ü>", "ü>"),
            ("<x> ", ""),
        ] {
            assert_eq!(clean(sent), kept, "{sent:?}");
        }
    }
}
