//! Examples in Python.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;

use super::values::{Literals, Place, pointed, quoted, write};
use super::{Answer, Call, Example, Language, Traits, Written};
use crate::generate::languages::python::naming::{self, Names, TypeNames};
use crate::generate::model::{Group, Operation, Service, Type};
use crate::generate::names::snake;

/// Where the examples lie: beside the package's tests.
const FOLDER: &str = "bindings-python/tests/generated/snippets";

/// How this language writes the examples of a service.
pub struct Python<'a> {
    service: &'a Service,
    types: TypeNames,
    /// The client's attributes that hold the groups.
    groups: Vec<String>,
}

impl<'a> Python<'a> {
    pub fn new(service: &'a Service) -> Self {
        let mut members = Names::reserving(naming::CLIENT_MEMBERS);
        Self {
            service,
            types: TypeNames::new(service),
            groups: (service.groups.iter()).map(|group| members.snake(&group.name)).collect(),
        }
    }

    /// The methods of an operation and of its walk through all pages.
    fn methods(&self, group: usize, wanted: &Operation) -> (String, Option<String>) {
        let mut names = Names::default();
        let callable: Vec<&Operation> = (self.service.groups[group].operations.iter())
            .filter(|operation| operation.not_callable.is_none())
            .collect();
        let is_wanted = |operation: &Operation| operation.id == wanted.id;
        // As on the surface: all methods have their names before the walks get theirs.
        let mut method = String::new();
        for operation in &callable {
            let name = names.snake(&operation.name);
            if is_wanted(operation) {
                method = name;
            }
        }
        let walks = callable.iter().filter_map(|operation| {
            let paging = operation.paging.as_ref()?;
            let name = names.snake(&format!("iter_{}", paging.iter));
            is_wanted(operation).then_some(name)
        });
        let walk = walks.last();
        (method, walk)
    }

    fn arguments(&self, example: &Example<'_>, is_walk: bool, uses: &mut BTreeSet<String>) -> Result<Vec<String>> {
        let mut names = Names::reserving(naming::CALL_ARGUMENTS);
        let mut arguments = Vec::new();
        for param in &example.operation.params {
            let name = names.snake(&param.name);
            let value = example.arguments.get(&param.name);
            let Some(value) = value.filter(|_| !is_walk || example.is_walked(param)) else {
                continue;
            };
            let mut literals = PythonLiterals { of: self, uses };
            let text = if value.is_null() {
                literals.null()
            } else {
                write(&mut literals, self.service, &param.ty, value, Place::Argument)?
            };
            arguments.push(format!("{name}={text}"));
        }
        Ok(arguments)
    }
}

impl Language for Python<'_> {
    fn traits(&self) -> Traits {
        Traits { title: "Python", fence: "python", template: "python.py.j2" }
    }

    fn path(&self, group: &Group) -> String {
        format!("{FOLDER}/{}_{}.py", snake(&self.service.id), snake(&group.name))
    }

    fn example(&self, group: usize, example: &Example<'_>) -> Result<Written> {
        let (method, walk) = self.methods(group, example.operation);
        let group = &self.groups[group];
        let mut uses = BTreeSet::new();
        let call = |before: &str, method: &str, arguments: &[String], after: &str| {
            Call {
                before: format!("{before}client.{group}.{method}("),
                arguments,
                after,
                padding: "",
                indent: 4,
                last_comma: true,
            }
            .lines()
        };
        let arguments = self.arguments(example, false, &mut uses)?;
        let mut lines = match Answer::of(example.operation) {
            Answer::Shown => {
                let mut lines = call("result = ", &method, &arguments, ")");
                lines.push("print(result)".to_owned());
                lines
            }
            Answer::Bytes => {
                let mut lines = call("data = ", &method, &arguments, ").read()");
                lines.push("print(len(data), \"bytes\")".to_owned());
                lines
            }
            Answer::Nothing => call("", &method, &arguments, ")"),
        };
        if let Some(walk) = walk {
            lines.push(String::new());
            let arguments = self.arguments(example, true, &mut uses)?;
            lines.extend(call("for item in ", &walk, &arguments, "):"));
            lines.push("    print(item)".to_owned());
        }
        Ok(Written { function: format!("example_{}", snake(&example.operation.name)), lines, uses })
    }

    fn imports(&self, names: &BTreeSet<String>) -> Vec<String> {
        let mut lines = Vec::new();
        let mut types = Vec::new();
        for name in names {
            match name.as_str() {
                "datetime" => lines.push("from datetime import datetime".to_owned()),
                "Decimal" => lines.push("from decimal import Decimal".to_owned()),
                _ => types.push(name.trim_start_matches("::")),
            }
        }
        lines.sort();
        if !types.is_empty() {
            lines.push(format!("from fileferry.{} import {}", self.service.id, types.join(", ")));
        }
        lines
    }
}

struct PythonLiterals<'a> {
    of: &'a Python<'a>,
    uses: &'a mut BTreeSet<String>,
}

impl PythonLiterals<'_> {
    /// A type of the service is marked, so that it is not taken for one of the standard library.
    fn uses_type(&mut self, name: &str) {
        self.uses.insert(format!("::{name}"));
    }

    fn time(&mut self, text: &str) -> String {
        self.uses.insert("datetime".to_owned());
        // Python 3.10 knows no `Z`.
        format!("datetime.fromisoformat({})", quoted(&text.replace('Z', "+00:00")))
    }
}

impl Literals for PythonLiterals<'_> {
    fn null(&mut self) -> String {
        "None".to_owned()
    }

    fn boolean(&mut self, value: bool) -> String {
        if value { "True" } else { "False" }.to_owned()
    }

    fn integer(&mut self, value: i64, _: bool) -> String {
        value.to_string()
    }

    fn number(&mut self, value: f64) -> String {
        pointed(value)
    }

    fn decimal(&mut self, text: &str) -> String {
        self.uses.insert("Decimal".to_owned());
        format!("Decimal({})", quoted(text))
    }

    fn text(&mut self, text: &str, _: Place) -> String {
        quoted(text)
    }

    fn word(&mut self, ty: &Type, word: &str) -> String {
        let mut constants = Names::default();
        for value in &self.of.service.enums[ty.index].values {
            let constant = constants.claim(&naming::constant(&value.name));
            if value.name == word {
                let class = self.of.types.enums[ty.index].class.clone();
                self.uses_type(&class);
                return format!("{class}.{constant}");
            }
        }
        quoted(word)
    }

    fn instant(&mut self, text: &str) -> String {
        self.time(text)
    }

    fn local_time(&mut self, text: &str) -> String {
        self.time(text)
    }

    fn json(&mut self, value: &Value) -> String {
        match value {
            Value::Null => self.null(),
            Value::Bool(value) => self.boolean(*value),
            Value::Array(items) => {
                let items = items.iter().map(|item| self.json(item)).collect();
                self.list(items, Place::Inside)
            }
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.clone(), self.json(value)));
                let members = members.collect();
                self.map(members)
            }
            Value::Number(_) | Value::String(_) => value.to_string(),
        }
    }

    fn list(&mut self, items: Vec<String>, _: Place) -> String {
        format!("[{}]", items.join(", "))
    }

    fn map(&mut self, members: Vec<(String, String)>) -> String {
        let members = members.iter().map(|(name, value)| format!("{}: {value}", quoted(name)));
        format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
    }

    fn tuple(&mut self, places: Vec<String>) -> String {
        match places.as_slice() {
            [one] => format!("({one},)"),
            all => format!("({})", all.join(", ")),
        }
    }

    fn model(&mut self, ty: &Type, fields: Vec<(usize, String)>) -> String {
        let class = self.of.types.models[ty.index].clone();
        self.uses_type(&class);
        let mut names = Names::reserving(naming::MODEL_MEMBERS);
        let names: Vec<String> =
            (self.of.service.models[ty.index].fields.iter()).map(|field| names.snake(&field.name)).collect();
        let fields = fields.iter().map(|(at, value)| format!("{}={value}", names[*at]));
        format!("{class}({})", fields.collect::<Vec<_>>().join(", "))
    }
}
