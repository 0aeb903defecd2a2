//! Examples in Rust.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;

use super::values::{Literals, Place, pointed, quoted, write};
use super::{Answer, Example, Language, Traits, Written};
use crate::generate::languages::rust::naming::{self, Names, TypeNames};
use crate::generate::model::{Group, Operation, Service, Type};
use crate::generate::names::snake;

/// Where the examples lie: beside the crate's tests.
pub const FOLDER: &str = "bindings-rust/tests/snippets/generated";

/// Longest chain of calls on one line: pages are narrower than code.
const CHAIN: usize = 60;

/// Name of a group's module.
pub fn module(service: &Service, group: &Group) -> String {
    format!("{}_{}", snake(&service.id), snake(&group.name))
}

/// How this language writes the examples of a service.
pub struct Rust<'a> {
    service: &'a Service,
    types: TypeNames,
    /// The client's methods that give the groups.
    groups: Vec<String>,
}

impl<'a> Rust<'a> {
    pub fn new(service: &'a Service) -> Self {
        let mut methods = Names::reserving(naming::CLIENT_METHODS);
        Self {
            service,
            types: TypeNames::new(service),
            groups: (service.groups.iter()).map(|group| methods.value(&group.name)).collect(),
        }
    }

    /// The methods of an operation and of its walk through all pages.
    fn methods(&self, group: usize, wanted: &Operation) -> (String, String) {
        let mut names = Names::default();
        let callable = self.service.groups[group].operations.iter();
        for operation in callable.filter(|operation| operation.not_callable.is_none()) {
            let method = names.value(&operation.name);
            let walk = operation.paging.as_ref();
            let walk = walk.map(|paging| names.value(&format!("iter_{}", paging.iter)));
            if operation.id == wanted.id {
                return (method, walk.unwrap_or_default());
            }
        }
        unreachable!("{} is an operation of its group", wanted.id)
    }

    /// The calls behind the group: the method with what is required, and a setter for each further argument.
    fn chain(
        &self,
        method: &str,
        example: &Example<'_>,
        is_walk: bool,
        uses: &mut BTreeSet<String>,
    ) -> Result<Vec<String>> {
        let mut setters = Names::reserving(naming::CALL_METHODS);
        let setters: Vec<String> = (example.operation.params.iter()).map(|param| setters.setter(&param.name)).collect();
        let mut required = Vec::new();
        let mut optional = Vec::new();
        for (param, setter) in example.operation.params.iter().zip(setters) {
            let Some(value) = example.arguments.get(&param.name) else {
                continue;
            };
            if is_walk && !example.is_walked(param) {
                continue;
            }
            let mut literals = RustLiterals { of: self, uses };
            let text = if param.nullable && value.is_null() {
                literals.uses.insert("Null".to_owned());
                "Null".to_owned()
            } else {
                let is_text = value.is_string();
                // What may be null is taken as it will be kept.
                let place = if param.nullable && !is_text { Place::Inside } else { Place::Argument };
                write(&mut literals, self.service, &param.ty, value, place)?
            };
            match param.required {
                true => required.push(text),
                false => optional.push(format!(".{setter}({text})")),
            }
        }
        let mut chain = vec![format!(".{method}({})", required.join(", "))];
        chain.append(&mut optional);
        Ok(chain)
    }
}

impl Language for Rust<'_> {
    fn traits(&self) -> Traits {
        Traits { title: "Rust", fence: "rust", template: "rust.rs.j2" }
    }

    fn path(&self, group: &Group) -> String {
        format!("{FOLDER}/{}.rs", module(self.service, group))
    }

    fn example(&self, group: usize, example: &Example<'_>) -> Result<Written> {
        let (method, walk) = self.methods(group, example.operation);
        let mut uses = BTreeSet::new();
        let group = format!(".{}()", self.groups[group]);
        let statement = |before: &str, calls: Vec<String>, after: &str| {
            let mut chain = vec![group.clone()];
            chain.extend(calls);
            let line = format!("client{}{after}", chain.concat());
            if line.len() <= CHAIN {
                return vec![format!("{before}{line}")];
            }
            let mut lines = vec![format!("{before}client")];
            if after.starts_with('.') {
                chain.push(after.to_owned());
            } else if let Some(last) = chain.last_mut() {
                last.push_str(after);
            }
            lines.extend(chain.iter().map(|call| format!("    {call}")));
            lines
        };
        let calls = self.chain(&method, example, false, &mut uses)?;
        let mut lines = match Answer::of(example.operation) {
            Answer::Shown => {
                let mut lines = statement("let result = ", calls, ".await?;");
                lines.push("println!(\"{result:?}\");".to_owned());
                lines
            }
            Answer::Bytes => {
                let mut lines = statement("let stream = ", calls, ".await?;");
                lines.push("let bytes = stream.read_all(16 << 20).await?;".to_owned());
                lines.push("println!(\"{} bytes\", bytes.len());".to_owned());
                lines
            }
            Answer::Nothing => statement("", calls, ".await?;"),
        };
        if !walk.is_empty() {
            lines.push(String::new());
            lines.extend(statement("let mut items = ", self.chain(&walk, example, true, &mut uses)?, ";"));
            lines.push("while let Some(item) = items.next().await {".to_owned());
            lines.push("    println!(\"{:?}\", item?);".to_owned());
            lines.push("}".to_owned());
        }
        Ok(Written { function: format!("example_{}", snake(&example.operation.name)), lines, uses })
    }

    fn imports(&self, names: &BTreeSet<String>) -> Vec<String> {
        let mut lines = Vec::new();
        let mut types = Vec::new();
        for name in names {
            match name.as_str() {
                "BTreeMap" => lines.push("use std::collections::BTreeMap;".to_owned()),
                "Decimal" | "Null" => lines.push(format!("use fileferry::{name};")),
                "Timestamp" => lines.push("use fileferry::jiff::Timestamp;".to_owned()),
                "DateTime" => lines.push("use fileferry::jiff::civil::DateTime;".to_owned()),
                "json" => lines.push("use serde_json::json;".to_owned()),
                _ => types.push(name.trim_start_matches("::").to_owned()),
            }
        }
        lines.sort();
        let service = &self.service.id;
        match types.as_slice() {
            [] => {}
            [one] => lines.push(format!("use fileferry::{service}::{one};")),
            all => lines.push(format!("use fileferry::{service}::{{{}}};", all.join(", "))),
        }
        lines
    }
}

struct RustLiterals<'a> {
    of: &'a Rust<'a>,
    uses: &'a mut BTreeSet<String>,
}

impl RustLiterals<'_> {
    fn uses(&mut self, name: &str) {
        self.uses.insert(name.to_owned());
    }

    /// A type of the service is marked, so that it is not taken for one that all services share.
    fn uses_type(&mut self, name: &str) {
        self.uses.insert(format!("::{name}"));
    }

    fn parsed(&mut self, ty: &str, text: &str) -> String {
        self.uses(ty);
        format!("{}.parse::<{ty}>()?", quoted(text))
    }
}

impl Literals for RustLiterals<'_> {
    fn null(&mut self) -> String {
        "None".to_owned()
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
        self.parsed("Decimal", text)
    }

    fn text(&mut self, text: &str, place: Place) -> String {
        match place {
            Place::Inside => format!("{}.to_owned()", quoted(text)),
            _ => quoted(text),
        }
    }

    fn word(&mut self, ty: &Type, word: &str) -> String {
        let name = self.of.types.enums[ty.index].clone();
        self.uses_type(&name);
        let mut variants = Names::reserving(&["Unknown"]);
        for value in &self.of.service.enums[ty.index].values {
            let variant = variants.variant(&value.name);
            if value.name == word {
                return format!("{name}::{variant}");
            }
        }
        format!("{name}::Unknown({}.to_owned())", quoted(word))
    }

    fn instant(&mut self, text: &str) -> String {
        self.parsed("Timestamp", text)
    }

    fn local_time(&mut self, text: &str) -> String {
        self.parsed("DateTime", text)
    }

    fn json(&mut self, value: &Value) -> String {
        self.uses("json");
        format!("json!({value})")
    }

    fn list(&mut self, items: Vec<String>, place: Place) -> String {
        let items = items.join(", ");
        match place {
            Place::Argument => format!("[{items}]"),
            _ => format!("vec![{items}]"),
        }
    }

    fn map(&mut self, members: Vec<(String, String)>) -> String {
        self.uses("BTreeMap");
        let members = members.iter().map(|(name, value)| format!("({}.to_owned(), {value})", quoted(name)));
        format!("BTreeMap::from([{}])", members.collect::<Vec<_>>().join(", "))
    }

    fn tuple(&mut self, places: Vec<String>) -> String {
        match places.as_slice() {
            [one] => format!("({one},)"),
            all => format!("({})", all.join(", ")),
        }
    }

    fn some(&mut self, value: String) -> String {
        format!("Some({value})")
    }

    fn model(&mut self, ty: &Type, fields: Vec<(usize, String)>) -> String {
        let name = self.of.types.models[ty.index].clone();
        self.uses_type(&name);
        let mut members = Names::reserving(&["extra"]);
        let model = &self.of.service.models[ty.index];
        let setters: Vec<String> = (model.fields.iter()).map(|field| members.value(&field.name)).collect();
        let (required, optional): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(at, _)| model.fields[*at].required);
        let required: Vec<String> = required.into_iter().map(|(_, value)| value).collect();
        let optional = (optional.iter()).map(|(at, value)| format!(".{}({value})", setters[*at]));
        format!("{name}::new({}){}", required.join(", "), optional.collect::<String>())
    }
}
