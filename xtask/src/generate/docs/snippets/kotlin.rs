//! Examples in Kotlin.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::Value;

use super::values::{Literals, Place, pointed, write};
use super::{Answer, Call, Example, Language, Traits, Written};
use crate::generate::languages::kotlin::service_view;
use crate::generate::languages::kotlin::views::{OperationView, ParamView, ServiceView};
use crate::generate::model::{Group, Param, Service, Type};
use crate::generate::names::{pascal, words};

/// Where the examples lie: beside the module's tests.
const FOLDER: &str = "bindings-kotlin/fileferry/src/generated-test/kotlin/dev/fileferry/snippets";

/// How this language writes the examples of a service.
pub struct Kotlin<'a> {
    service: &'a Service,
    view: ServiceView,
}

impl<'a> Kotlin<'a> {
    pub fn new(service: &'a Service) -> Result<Self> {
        Ok(Self { service, view: service_view(service)? })
    }

    fn arguments(
        &self,
        example: &Example<'_>,
        params: &[ParamView],
        three_states: Option<&Vec<ParamView>>,
        uses: &mut BTreeSet<String>,
    ) -> Result<Vec<String>> {
        let sends_null = (example.given()).any(|(param, value)| param.three_states && value.is_null());
        // Null is sent by a method of its own, in which all parameters with three states are wrapped.
        let wrapped = three_states.filter(|_| sends_null);
        let mut arguments = Vec::new();
        for view in wrapped.unwrap_or(&params.to_vec()) {
            let (param, value) = self.given(example, view)?;
            let is_wrapped = wrapped.is_some() && param.three_states;
            let text = match value {
                None if is_wrapped => "Field.Omitted".to_owned(),
                None => continue,
                Some(value) => {
                    let mut literals = KotlinLiterals { of: self, uses };
                    let text = match value {
                        Value::Null => literals.null(),
                        value => write(&mut literals, self.service, &param.ty, value, Place::Argument)?,
                    };
                    if is_wrapped { format!("Field({text})") } else { text }
                }
            };
            if is_wrapped {
                uses.insert("dev.fileferry.Field".to_owned());
            }
            arguments.push(format!("{} = {text}", view.name));
        }
        Ok(arguments)
    }

    /// The parameter of a view, and the value that the example gives it.
    fn given<'e>(&self, example: &Example<'e>, view: &ParamView) -> Result<(&'e Param, Option<&'e Value>)> {
        let param = (example.operation.params.iter())
            .find(|param| inside_quotes(&param.name) == view.key)
            .with_context(|| format!("there is no parameter `{}`", view.key))?;
        Ok((param, example.arguments.get(&param.name)))
    }
}

impl Language for Kotlin<'_> {
    fn traits(&self) -> Traits {
        Traits { title: "Kotlin", fence: "kotlin", template: "kotlin.kt.j2" }
    }

    fn path(&self, group: &Group) -> String {
        let package = words(&self.service.id).concat();
        format!("{FOLDER}/{package}/{}.kt", pascal(&group.name))
    }

    fn example(&self, group: usize, example: &Example<'_>) -> Result<Written> {
        let group = &self.view.groups[group];
        let operation: &OperationView = (group.operations.iter())
            .find(|operation| operation.id == inside_quotes(&example.operation.id))
            .context("the surface has no such method")?;
        let mut uses = BTreeSet::new();
        let call = |before: &str, method: &str, arguments: &[String], after: &str| {
            Call {
                before: format!("{before}client.{}.{method}(", group.name),
                arguments,
                after,
                padding: "",
                indent: 4,
                last_comma: true,
            }
            .lines()
        };
        let wrapped = operation.three_state_params.as_ref();
        let arguments = self.arguments(example, &operation.params, wrapped, &mut uses)?;
        let mut lines = match Answer::of(example.operation) {
            Answer::Shown => {
                let mut lines = call("val result = ", &operation.name, &arguments, ")");
                lines.push("println(result)".to_owned());
                lines
            }
            Answer::Bytes => {
                let mut lines = call("val bytes = ", &operation.name, &arguments, ").use { it.readAll() }");
                lines.push("println(\"${bytes.size} bytes\")".to_owned());
                lines
            }
            Answer::Nothing => call("", &operation.name, &arguments, ")"),
        };
        if let Some(walk) = &operation.iterator {
            lines.push(String::new());
            let wrapped = walk.three_state_params.as_ref();
            let arguments = self.arguments(example, &walk.params, wrapped, &mut uses)?;
            lines.extend(call("", &walk.name, &arguments, ").collect { println(it) }"));
        }
        Ok(Written {
            // The examples of all groups lie in one package.
            function: format!("example{}{}", pascal(&group.key), pascal(&example.operation.name)),
            lines,
            uses,
        })
    }

    fn imports(&self, names: &BTreeSet<String>) -> Vec<String> {
        names.iter().map(|name| format!("import {name}")).collect()
    }
}

struct KotlinLiterals<'a> {
    of: &'a Kotlin<'a>,
    uses: &'a mut BTreeSet<String>,
}

/// The inside of a text in double quotes.
fn inside_quotes(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
    escaped.replace('\n', "\\n")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", inside_quotes(text))
}

impl KotlinLiterals<'_> {
    fn uses(&mut self, name: &str) {
        self.uses.insert(name.to_owned());
    }

    fn uses_type(&mut self, name: &str) {
        self.uses.insert(format!("{}.{name}", self.of.view.package));
    }
}

impl Literals for KotlinLiterals<'_> {
    fn null(&mut self) -> String {
        "null".to_owned()
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
        self.uses("java.math.BigDecimal");
        format!("BigDecimal({})", quoted(text))
    }

    fn text(&mut self, text: &str, _: Place) -> String {
        quoted(text)
    }

    fn word(&mut self, ty: &Type, word: &str) -> String {
        let known = &self.of.view.enums[ty.index];
        self.uses_type(&known.name);
        match known.values.iter().find(|value| value.value == inside_quotes(word)) {
            Some(value) => format!("{}.{}", known.name, value.name),
            None => format!("{}({})", known.name, quoted(word)),
        }
    }

    fn instant(&mut self, text: &str) -> String {
        self.uses("java.time.Instant");
        format!("Instant.parse({})", quoted(text))
    }

    fn local_time(&mut self, text: &str) -> String {
        self.uses("java.time.LocalDateTime");
        format!("LocalDateTime.parse({})", quoted(text))
    }

    fn json(&mut self, value: &Value) -> String {
        self.uses("kotlinx.serialization.json.Json");
        format!("Json.parseToJsonElement({})", quoted(&value.to_string()))
    }

    fn list(&mut self, items: Vec<String>, _: Place) -> String {
        format!("listOf({})", items.join(", "))
    }

    fn map(&mut self, members: Vec<(String, String)>) -> String {
        let members = members.iter().map(|(name, value)| format!("{} to {value}", quoted(name)));
        format!("mapOf({})", members.collect::<Vec<_>>().join(", "))
    }

    fn tuple(&mut self, places: Vec<String>) -> String {
        let class = if places.len() == 2 { "Pair" } else { "Triple" };
        format!("{class}({})", places.join(", "))
    }

    fn model(&mut self, ty: &Type, fields: Vec<(usize, String)>) -> String {
        let model = &self.of.view.models[ty.index];
        self.uses_type(&model.name);
        let fields = fields.iter().map(|(at, value)| format!("{} = {value}", model.fields[*at].name));
        format!("{}({})", model.name, fields.collect::<Vec<_>>().join(", "))
    }
}
