//! Documentation as Rust comments.

use crate::generate::model::{Group, Operation, Param, ResultShape, Service};

/// Widest line of a comment.
const WIDTH: usize = 116;

/// A text as lines of a documentation comment, all but the first indented.
pub fn comment(text: &str, indent: usize) -> String {
    let width = WIDTH - indent;
    let mut lines = Vec::new();
    for paragraph in text.trim().split('\n') {
        let begin = if paragraph.starts_with("- ") { "  " } else { "" };
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::replace(&mut line, format!("{begin}{word}")));
            } else {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
        }
        lines.push(line);
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("/// {line}").trim_end().to_owned()).collect();
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

/// A text in which nothing is taken for a link or a tag.
fn plain(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]").replace('<', "\\<")
}

pub fn service(service: &Service) -> String {
    let mut text = plain(&service.about);
    if service.hosts.len() > 1 {
        text.push_str("\n\nSites that run the same API, to be chosen by `host`:\n");
        for host in &service.hosts {
            text.push_str(&format!("\n- `{}`: <{}>", host.name, host.base_url));
        }
    }
    text
}

pub fn group(group: &Group, not_callable: &[&Operation]) -> String {
    let mut text = plain(&group.about);
    if !not_callable.is_empty() {
        text.push_str("\n\nDocumented, but not to be called:\n");
        for operation in not_callable {
            let reason = operation.not_callable.as_deref().unwrap_or_default();
            text.push_str(&format!("\n- `{}`: {}", operation.name, plain(reason)));
        }
    }
    text
}

/// `arguments` are the names and meanings of what the method itself takes.
pub fn operation<'a>(operation: &Operation, arguments: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = plain(&operation.summary);
    let mut paragraph = |more: &str| {
        text.push_str("\n\n");
        text.push_str(more);
    };
    if !operation.about.is_empty() {
        paragraph(&plain(&operation.about));
    }
    match &operation.result {
        ResultShape::Value { about, .. } | ResultShape::Bytes { about } | ResultShape::Link { about }
            if !about.is_empty() =>
        {
            paragraph(&format!("Gives: {}", plain(about)));
        }
        _ => {}
    }
    if operation.guessed {
        paragraph("Part of this is a guess: no source describes it in full.");
    }
    paragraph(&format!("The service's own: `{}`.", operation.source));
    let arguments: Vec<String> = arguments.map(|(name, about)| format!("- `{name}`: {about}")).collect();
    if !arguments.is_empty() {
        paragraph(&format!("# Arguments\n\n{}", arguments.join("\n")));
    }
    if !operation.errors.is_empty() {
        let errors =
            operation.errors.iter().map(|error| format!("- `{}` (`{}`): `{}`", error.name, error.code, error.kind));
        paragraph(&format!("# Errors\n\n{}", errors.collect::<Vec<_>>().join("\n")));
    }
    text
}

pub fn iterator(operation: &Operation, method: &str) -> String {
    format!(
        "{}\n\nGives the items of [`{}`](Self::{method}) one by one, and asks for further pages as they are needed.",
        plain(&operation.summary),
        method.trim_start_matches("r#")
    )
}

pub fn param(param: &Param) -> String {
    let mut text = plain(&param.about_with_limits());
    if let Some(default) = &param.default {
        text.push_str(&format!(" Left out: `{default}`."));
    }
    text
}
