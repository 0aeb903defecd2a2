//! Examples in Swift.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::Value;

use super::values::{Literals, Place, pointed, write};
use super::{Answer, Call, Example, Language, Traits, Written};
use crate::generate::languages::swift::views::{OperationView, ParamView, ServiceView};
use crate::generate::model::{Group, Param, Service, Tag, Type};
use crate::generate::names::pascal;

/// Where the examples lie: beside the package's tests.
const FOLDER: &str = "bindings-swift/FileFerry/Tests/FileFerryTests/generated/snippets";

/// How this language writes the examples of a service.
pub struct Swift<'a> {
    service: &'a Service,
    view: ServiceView,
}

impl<'a> Swift<'a> {
    pub fn new(service: &'a Service) -> Result<Self> {
        Ok(Self { service, view: ServiceView::new(service)? })
    }

    fn arguments(&self, example: &Example<'_>, params: &[ParamView]) -> Result<Vec<String>> {
        let mut arguments = Vec::new();
        for view in params {
            let Some((param, value)) = example.given().find(|(param, _)| param.name == view.key) else {
                continue;
            };
            let text = self.argument(param, value)?;
            arguments.push(format!("{}: {text}", member(&view.name)));
        }
        Ok(arguments)
    }

    fn argument(&self, param: &Param, value: &Value) -> Result<String> {
        if value.is_null() && param.nullable {
            return Ok(if param.three_states { ".null" } else { "nil" }.to_owned());
        }
        let text = write(&mut SwiftLiterals { of: self }, self.service, &param.ty, value, Place::Argument)?;
        let is_literal = matches!(param.ty.tag, Tag::Bool | Tag::Int | Tag::Big | Tag::Number | Tag::Id | Tag::Text);
        Ok(match param.three_states && !is_literal {
            true => format!(".value({text})"),
            false => text,
        })
    }
}

impl Language for Swift<'_> {
    fn traits(&self) -> Traits {
        Traits { title: "Swift", fence: "swift", template: "swift.swift.j2" }
    }

    fn path(&self, group: &Group) -> String {
        format!("{FOLDER}/{}{}Snippets.swift", self.view.class, pascal(&group.name))
    }

    fn example(&self, group: usize, example: &Example<'_>) -> Result<Written> {
        let group = &self.view.groups[group];
        let operation: &OperationView = (group.operations.iter())
            .find(|operation| operation.id == example.operation.id)
            .context("the surface has no such method")?;
        let call = |before: &str, method: &str, arguments: &[String], after: &str| {
            Call {
                before: format!("{before}client.{}.{}(", member(&group.name), member(method)),
                arguments,
                after,
                padding: "",
                indent: 4,
                last_comma: false,
            }
            .lines()
        };
        let arguments = self.arguments(example, &operation.params)?;
        let mut lines = match Answer::of(example.operation) {
            Answer::Shown => {
                let mut lines = call("let result = try await ", &operation.name, &arguments, ")");
                lines.push("print(result)".to_owned());
                lines
            }
            Answer::Bytes => {
                let mut lines = call("let stream = try await ", &operation.name, &arguments, ")");
                lines.push("let data = try await stream.readAll()".to_owned());
                lines.push("print(data.count, \"bytes\")".to_owned());
                lines
            }
            Answer::Nothing => call("try await ", &operation.name, &arguments, ")"),
        };
        if let Some(walk) = &operation.iterator {
            lines.push(String::new());
            let arguments = self.arguments(example, &walk.params)?;
            lines.extend(call("for try await item in ", &walk.name, &arguments, ") {"));
            lines.push("    print(item)".to_owned());
            lines.push("}".to_owned());
        }
        Ok(Written { function: format!("example{}", pascal(&example.operation.name)), lines, uses: BTreeSet::new() })
    }

    fn imports(&self, _: &BTreeSet<String>) -> Vec<String> {
        Vec::new()
    }
}

struct SwiftLiterals<'a> {
    of: &'a Swift<'a>,
}

/// A name behind a dot or before a colon, where reserved words need no backticks.
fn member(name: &str) -> &str {
    name.trim_matches('`')
}

/// A text in double quotes.
fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            c if c.is_control() => literal.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => literal.push(c),
        }
    }
    literal + "\""
}

impl Literals for SwiftLiterals<'_> {
    fn null(&mut self) -> String {
        "nil".to_owned()
    }

    fn boolean(&mut self, value: bool) -> String {
        value.to_string()
    }

    fn integer(&mut self, value: i64, _: bool) -> String {
        value.to_string()
    }

    fn number(&mut self, value: f64) -> String {
        pointed(value)
    }

    fn decimal(&mut self, text: &str) -> String {
        format!("Decimal(string: {})!", quoted(text))
    }

    fn text(&mut self, text: &str, _: Place) -> String {
        quoted(text)
    }

    fn word(&mut self, ty: &Type, word: &str) -> String {
        let known = &self.of.view.enums[ty.index];
        let value = known.values.iter().find(|value| value.word == word);
        match value {
            Some(value) => format!(".{}", member(&value.name)),
            None => format!("{}.{}(rawValue: {})", self.of.view.class, known.name, quoted(word)),
        }
    }

    fn instant(&mut self, text: &str) -> String {
        format!("try Date({}, strategy: .iso8601)", quoted(text))
    }

    fn local_time(&mut self, text: &str) -> String {
        format!("LocalTime({})!", quoted(text))
    }

    fn json(&mut self, value: &Value) -> String {
        match value {
            Value::Null => self.null(),
            Value::Array(items) => {
                let items = items.iter().map(|item| self.json(item)).collect();
                self.list(items, Place::Inside)
            }
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.clone(), self.json(value)));
                let members = members.collect();
                self.map(members)
            }
            Value::String(text) => quoted(text),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
        }
    }

    fn list(&mut self, items: Vec<String>, _: Place) -> String {
        format!("[{}]", items.join(", "))
    }

    fn map(&mut self, members: Vec<(String, String)>) -> String {
        if members.is_empty() {
            return "[:]".to_owned();
        }
        let members = members.iter().map(|(name, value)| format!("{}: {value}", quoted(name)));
        format!("[{}]", members.collect::<Vec<_>>().join(", "))
    }

    fn tuple(&mut self, places: Vec<String>) -> String {
        format!("Tuple{}({})", places.len(), places.join(", "))
    }

    fn model(&mut self, ty: &Type, fields: Vec<(usize, String)>) -> String {
        let view = &self.of.view;
        let model = &view.models[ty.index];
        let fields = fields.iter().map(|(at, value)| format!("{}: {value}", model.fields[*at].label));
        format!("{}.{}({})", view.class, model.name, fields.collect::<Vec<_>>().join(", "))
    }
}
