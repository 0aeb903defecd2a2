//! Examples in TypeScript.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;

use super::values::{Literals, Place, pointed, write};
use super::{Answer, Call, Example, Language, Traits, Written};
use crate::generate::languages::node::naming::{Names, camel_name};
use crate::generate::languages::node::{CLIENT_MEMBERS, OBJECT_MEMBERS};
use crate::generate::model::{Group, Operation, Service, Type};
use crate::generate::names::pascal;

/// Where the examples lie: beside the package's tests.
const FOLDER: &str = "bindings-node/test/generated/snippets";

/// How this language writes the examples of a service.
pub struct Node<'a> {
    service: &'a Service,
    /// The client's properties that hold the groups.
    groups: Vec<String>,
}

impl<'a> Node<'a> {
    pub fn new(service: &'a Service) -> Self {
        let mut members = Names::new(&CLIENT_MEMBERS);
        Self { service, groups: (service.groups.iter()).map(|group| members.take(&camel_name(&group.name))).collect() }
    }

    /// The methods of an operation and of its walk through all pages.
    fn methods(&self, group: usize, wanted: &Operation) -> (String, Option<String>) {
        let mut names = Names::new(&OBJECT_MEMBERS);
        let callable: Vec<&Operation> = (self.service.groups[group].operations.iter())
            .filter(|operation| operation.not_callable.is_none())
            .collect();
        let is_wanted = |operation: &Operation| operation.id == wanted.id;
        // As on the surface: all methods have their names before the walks get theirs.
        let mut method = String::new();
        for operation in &callable {
            let name = names.take(&camel_name(&operation.name));
            if is_wanted(operation) {
                method = name;
            }
        }
        let walks = callable.iter().filter_map(|operation| {
            let paging = operation.paging.as_ref()?;
            let name = names.take(&camel_name(&format!("iter_{}", paging.iter)));
            is_wanted(operation).then_some(name)
        });
        let walk = walks.last();
        (method, walk)
    }

    fn arguments(&self, example: &Example<'_>, is_walk: bool) -> Result<Vec<String>> {
        let mut names = Names::new(&[]);
        let mut arguments = Vec::new();
        for param in &example.operation.params {
            let name = names.take(&camel_name(&param.name));
            let value = example.arguments.get(&param.name);
            let Some(value) = value.filter(|_| !is_walk || example.is_walked(param)) else {
                continue;
            };
            let mut literals = NodeLiterals { of: self };
            let text = if value.is_null() {
                literals.null()
            } else {
                write(&mut literals, self.service, &param.ty, value, Place::Argument)?
            };
            arguments.push(format!("{name}: {text}"));
        }
        Ok(arguments)
    }
}

impl Language for Node<'_> {
    fn traits(&self) -> Traits {
        Traits { title: "Node", fence: "ts", template: "node.ts.j2" }
    }

    fn path(&self, group: &Group) -> String {
        format!("{FOLDER}/{}-{}.ts", self.service.id, group.name)
    }

    fn example(&self, group: usize, example: &Example<'_>) -> Result<Written> {
        let (method, walk) = self.methods(group, example.operation);
        let group = &self.groups[group];
        let call = |before: &str, method: &str, arguments: &[String], after: &str| {
            let (open, close) = if arguments.is_empty() { ("(", ")") } else { ("({", "})") };
            Call {
                before: format!("{before}client.{group}.{method}{open}"),
                arguments,
                after: &format!("{close}{after}"),
                padding: " ",
                indent: 2,
                last_comma: true,
            }
            .lines()
        };
        let arguments = self.arguments(example, false)?;
        let mut lines = match Answer::of(example.operation) {
            Answer::Shown => {
                let mut lines = call("const result = await ", &method, &arguments, "");
                lines.push("console.log(result)".to_owned());
                lines
            }
            Answer::Bytes => {
                let mut lines = call("const stream = await ", &method, &arguments, "");
                lines.push("const bytes = await stream.bytes()".to_owned());
                lines.push("console.log(bytes.length, 'bytes')".to_owned());
                lines
            }
            Answer::Nothing => call("await ", &method, &arguments, ""),
        };
        if let Some(walk) = walk {
            lines.push(String::new());
            let arguments = self.arguments(example, true)?;
            lines.extend(call("for await (const item of ", &walk, &arguments, ") {"));
            lines.push("  console.log(item)".to_owned());
            lines.push("}".to_owned());
        }
        Ok(Written { function: format!("example{}", pascal(&example.operation.name)), lines, uses: BTreeSet::new() })
    }

    fn imports(&self, _: &BTreeSet<String>) -> Vec<String> {
        Vec::new()
    }
}

struct NodeLiterals<'a> {
    of: &'a Node<'a>,
}

/// A text in single quotes.
fn quoted(text: &str) -> String {
    let inside = Value::from(text).to_string();
    let inside = inside[1..inside.len() - 1].replace("\\\"", "\"").replace('\'', "\\'");
    format!("'{inside}'")
}

/// The name of a member of an object.
fn member(name: &str) -> String {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name { name.to_owned() } else { quoted(name) }
}

impl Literals for NodeLiterals<'_> {
    fn null(&mut self) -> String {
        "null".to_owned()
    }

    fn boolean(&mut self, value: bool) -> String {
        value.to_string()
    }

    fn integer(&mut self, value: i64, is_big: bool) -> String {
        if is_big { format!("{value}n") } else { value.to_string() }
    }

    fn number(&mut self, value: f64) -> String {
        pointed(value)
    }

    fn decimal(&mut self, text: &str) -> String {
        quoted(text)
    }

    fn text(&mut self, text: &str, _: Place) -> String {
        quoted(text)
    }

    fn word(&mut self, _: &Type, word: &str) -> String {
        quoted(word)
    }

    fn instant(&mut self, text: &str) -> String {
        format!("new Date({})", quoted(text))
    }

    fn local_time(&mut self, text: &str) -> String {
        quoted(text)
    }

    fn json(&mut self, value: &Value) -> String {
        match value {
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
            other => other.to_string(),
        }
    }

    fn list(&mut self, items: Vec<String>, _: Place) -> String {
        format!("[{}]", items.join(", "))
    }

    fn map(&mut self, members: Vec<(String, String)>) -> String {
        let members = members.iter().map(|(name, value)| format!("{}: {value}", member(name)));
        format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
    }

    fn tuple(&mut self, places: Vec<String>) -> String {
        format!("[{}]", places.join(", "))
    }

    fn model(&mut self, ty: &Type, fields: Vec<(usize, String)>) -> String {
        let mut names = Names::new(&OBJECT_MEMBERS);
        let names: Vec<String> = (self.of.service.models[ty.index].fields.iter())
            .map(|field| names.take(&camel_name(&field.name)))
            .collect();
        let fields = fields.iter().map(|(at, value)| format!("{}: {value}", names[*at]));
        format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
    }
}
