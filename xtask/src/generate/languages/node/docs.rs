//! Documentation comments.

use crate::generate::model::{Api, Operation, Param, ResultShape, Service};

/// Width of a line of text, its indentation not counted.
const WIDTH: usize = 114;

/// The texts that say something.
pub fn paragraphs<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    texts.into_iter().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// A comment of these paragraphs, indented by so many spaces; nothing for none.
#[allow(clippy::needless_pass_by_value)] // A filter of minijinja owns its arguments.
pub fn doc(paragraphs: Vec<String>, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut lines: Vec<String> = Vec::new();
    for (at, text) in paragraphs.iter().enumerate() {
        let is_item = |text: &str| text.starts_with("- ") || text.starts_with('@');
        // Items of a list and tags stand close together, everything else is set off by an empty line.
        if at > 0 && !(is_item(text) && is_item(&paragraphs[at - 1])) {
            lines.push(String::new());
        }
        wrap(text, WIDTH - indent, &mut lines);
    }
    match lines.as_slice() {
        [] => String::new(),
        [line] if line.len() + indent + 7 <= 120 => format!("{margin}/** {line} */\n"),
        lines => {
            let lines: String =
                lines.iter().map(|line| format!("{margin} * {line}").trim_end().to_owned() + "\n").collect();
            format!("{margin}/**\n{lines}{margin} */\n")
        }
    }
}

fn wrap(text: &str, width: usize, lines: &mut Vec<String>) {
    // The end of a comment within its text would end it.
    let text = text.replace("*/", "* /");
    let hang = if text.starts_with("- ") || text.starts_with('@') { "  " } else { "" };
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.trim().is_empty() && line.len() + 1 + word.len() > width {
            lines.push(std::mem::replace(&mut line, hang.to_owned()));
        }
        if !line.trim().is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
}

/// What else is to be known of a parameter: its default and limits.
pub fn limits(param: &Param) -> Option<String> {
    let default = param.default.as_ref().map(|default| format!("default `{}`", default.trim_matches('"')));
    let both: Vec<String> = default.into_iter().chain(param.limits()).collect();
    (!both.is_empty()).then(|| format!("({})", both.join("; ")))
}

/// What an operation's method says of itself.
pub fn operation(api: &Api, service: &Service, operation: &Operation) -> Vec<String> {
    let result = match &operation.result {
        ResultShape::Value { about, .. } | ResultShape::Bytes { about } | ResultShape::Link { about } => about.as_str(),
        ResultShape::None => "",
    };
    let source = format!("{}: `{}`.", service.class, operation.source);
    let guessed = if operation.guessed { "Part of this is a guess: no document describes it in full." } else { "" };
    let mut doc = paragraphs([&operation.summary, &operation.about, source.as_str(), guessed]);
    if !result.is_empty() {
        doc.push(format!("@returns {result}"));
    }
    for kind in &api.kinds {
        let names = operation.errors.iter().filter(|error| error.kind == kind.name);
        let names: Vec<String> = names.map(|error| format!("`{}` ({})", error.name, error.code)).collect();
        if !names.is_empty() {
            doc.push(format!("@throws {{@link {}}} {}", kind.class, names.join(", ")));
        }
    }
    doc.extend(operation.deprecated.as_ref().map(|reason| format!("@deprecated {reason}")));
    doc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_takes_one_line() {
        assert_eq!(doc(vec!["One file.".to_owned()], 2), "  /** One file. */\n");
        assert_eq!(doc(Vec::new(), 2), "");
    }

    #[test]
    fn a_comment_cannot_be_ended_by_its_text() {
        assert_eq!(
            doc(vec!["a */ b".to_owned(), "@throws c".to_owned()], 0),
            "/**\n * a * / b\n *\n * @throws c\n */\n"
        );
    }

    #[test]
    fn long_lines_are_broken() {
        let text = doc(vec!["word ".repeat(60)], 4);
        assert!(text.lines().all(|line| line.len() <= 120), "{text}");
        assert!(text.lines().count() > 4, "{text}");
    }
}
