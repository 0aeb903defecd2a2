//! Documentation as Python writes it.

use std::fmt::Write;

use super::Argument;
use crate::generate::model::{Api, Group, Operation, Param, ResultShape, Service};

const WIDTH: usize = 120;

/// A docstring at an indentation, quotes and all, its lines wrapped.
pub fn docstring(text: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let text = text.trim().replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
    let mut lines: Vec<String> = text.lines().flat_map(|line| wrapped(line, WIDTH - indent)).collect();
    if let Some(first) = lines.first_mut() {
        first.insert_str(0, "\"\"\"");
    }
    let closing = if lines.len() == 1 && !text.ends_with('"') && lines[0].len() + 3 + indent <= WIDTH {
        "\"\"\"".to_owned()
    } else {
        format!("\n{margin}\"\"\"")
    };
    let margined: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| if at == 0 || line.is_empty() { line.clone() } else { format!("{margin}{line}") })
        .collect();
    margined.join("\n") + &closing
}

/// A line in pieces of at most this width (the first has to leave room for quotes); further ones keep its indentation.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let own = line.len() - line.trim_start().len();
    // A description behind a name hangs below it.
    let hang = if own > 0 { own + 4 } else { 0 };
    let mut pieces = vec![" ".repeat(own)];
    for word in line.split_whitespace() {
        let is_first = pieces.len() == 1;
        let Some(piece) = pieces.last_mut() else { continue };
        let room = if is_first { width - 3 } else { width };
        if piece.trim().is_empty() {
            piece.push_str(word);
        } else if piece.chars().count() + 1 + word.chars().count() <= room {
            let _ = write!(piece, " {word}");
        } else {
            pieces.push(" ".repeat(hang) + word);
        }
    }
    if line.trim().is_empty() { vec![String::new()] } else { pieces }
}

/// A string literal.
pub fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The documentation of a group; what cannot be called is named here, as it has no method.
pub fn group(group: &Group, not_callable: &[&Operation]) -> String {
    let mut text = group.about.clone();
    for operation in not_callable {
        let why = operation.not_callable.as_deref().unwrap_or_default();
        text.push_str(&format!("\n\n{} cannot be called: {why}", operation.name));
    }
    text
}

/// What is said of a parameter: its meaning, limits and default.
pub fn param(param: &Param) -> String {
    let mut text = param.about_with_limits();
    if let Some(default) = &param.default {
        text.push_str(&format!(" Default: {default}."));
    }
    text
}

/// The documentation of a method.
pub fn operation(operation: &Operation, arguments: &[Argument<'_>], service: &Service, api: &Api) -> String {
    let returns = match &operation.result {
        ResultShape::Value { about, .. } | ResultShape::Bytes { about } | ResultShape::Link { about } => about,
        ResultShape::None => "",
    };
    method(&operation.summary, returns, operation, arguments, service, api)
}

/// The documentation of an iterator over pages.
pub fn iterator(operation: &Operation, arguments: &[Argument<'_>], service: &Service, api: &Api) -> String {
    let summary = format!("{} Walks all pages; each is asked for when it is needed.", operation.summary);
    method(&summary, "", operation, arguments, service, api)
}

fn method(
    summary: &str,
    returns: &str,
    operation: &Operation,
    arguments: &[Argument<'_>],
    service: &Service,
    api: &Api,
) -> String {
    let mut text = format!("{summary}\n\n");
    if !operation.about.is_empty() {
        text.push_str(&format!("{}\n\n", operation.about));
    }
    if let Some(why) = &operation.deprecated {
        text.push_str(&format!("Deprecated: {why}\n\n"));
    }
    if operation.guessed {
        text.push_str("Part of it is not documented by the service and was found out by trying.\n\n");
    }
    text.push_str("Args:\n");
    for argument in arguments {
        text.push_str(&format!("    {}: {}\n", argument.name, argument.about));
    }
    text.push_str("    options: What the call takes beside them.\n");
    if !returns.is_empty() {
        text.push_str(&format!("\nReturns:\n    {returns}\n"));
    }
    let errors = raises(operation, api);
    if !errors.is_empty() {
        text.push_str(&format!("\nRaises:\n{errors}"));
    }
    text.push_str(&format!("\n{}'s {}: {}", service.class, operation.name, operation.source));
    text
}

/// One line a class of errors, with the service's names and codes.
fn raises(operation: &Operation, api: &Api) -> String {
    let lines = api.kinds.iter().filter_map(|kind| {
        let errors = operation.errors.iter().filter(|error| error.kind == kind.name);
        let errors: Vec<String> = errors.map(|error| format!("{} ({})", error.name, error.code)).collect();
        (!errors.is_empty()).then(|| format!("    {}: {}.\n", kind.class, errors.join(", ")))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docstrings_survive_quotes_and_backslashes() {
        assert_eq!(docstring("Plain.", 4), "\"\"\"Plain.\"\"\"");
        assert_eq!(docstring(r#"A """ and \n in it."#, 0), r#""""A \"\"\" and \\n in it.""""#);
        assert_eq!(docstring("Ends with \"", 4), "\"\"\"Ends with \"\n    \"\"\"");
    }

    #[test]
    fn long_lines_are_wrapped_and_hang() {
        let text = docstring(&format!("First.\n\nArgs:\n    name: {}", "word ".repeat(40)), 8);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.contains("\n                word"), "{text}");
    }
}
