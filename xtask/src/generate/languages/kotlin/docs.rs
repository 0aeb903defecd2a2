//! The documentation of generated code, in lines that are ready to be printed.

use super::names::text;
use super::views::ParamView;
use crate::generate::model::{Operation, Param, ResultShape, Service};

/// The documentation of an operation's method.
pub fn operation_about(service: &Service, operation: &Operation, params: &[ParamView]) -> Vec<String> {
    let mut lines = paragraph(&operation.summary);
    for text in [&operation.about, &format!("{}'s `{}`: `{}`.", service.class, operation.name, operation.source)] {
        if !text.is_empty() {
            lines.push(String::new());
            lines.extend(paragraph(text));
        }
    }
    if operation.guessed {
        lines.push(String::new());
        lines.push("Part of this is a guess: no document describes it fully.".to_owned());
    }
    lines.push(String::new());
    lines.extend(params_about(&operation.params, params));
    let result = match &operation.result {
        ResultShape::Value { about, .. } | ResultShape::Bytes { about } | ResultShape::Link { about } => about.as_str(),
        ResultShape::None => "",
    };
    if !result.is_empty() {
        lines.extend(paragraph(&format!("@return {result}")));
    }
    let errors = operation.errors.iter().map(|error| format!("`{}` ({} `{}`)", error.kind, error.code, error.name));
    let errors = errors.collect::<Vec<_>>().join(", ");
    let named = if errors.is_empty() { String::new() } else { format!("; the service names {errors}") };
    lines.extend(paragraph(&format!("@throws FileFerryException where the call fails{named}")));
    lines
}

pub fn iterator_about(method: &str, operation: &Operation, params: &[ParamView]) -> Vec<String> {
    let mut lines = paragraph(&format!("All items that [{method}] gives, page by page as they are collected."));
    lines.push(String::new());
    lines.extend(params_about(&operation.params, params));
    lines
}

/// What a method's parameters are, its options at the end.
pub fn params_about(params: &[Param], views: &[ParamView]) -> Vec<String> {
    let mut lines = Vec::new();
    for view in views {
        let Some(param) = params.iter().find(|param| text(&param.name) == view.key) else {
            continue;
        };
        let default = param.default.as_ref().map(|value| format!(" Left out: `{value}`.")).unwrap_or_default();
        let name = view.name.trim_matches('`');
        lines.extend(paragraph(&format!("@param {name} {}{default}", param.about_with_limits())));
    }
    lines.extend(paragraph("@param options what this call does differently from its client."));
    lines
}

/// Text for a KDoc, in lines of at most a hundred characters.
pub fn paragraph(text: &str) -> Vec<String> {
    const WIDTH: usize = 100;
    let mut lines: Vec<String> = Vec::new();
    for word in text.replace("*/", "*&#47;").split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
