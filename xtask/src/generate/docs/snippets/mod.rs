//! The examples of all operations as code of each language: one file a group and language, which the language's own build
//! compiles and nobody runs. The pages of the reference show exactly the lines of these files.
//!
//! All names come from the modules that name the languages' surfaces. What those and this one see differently is found
//! when the files are compiled.

mod kotlin;
mod node;
mod python;
mod rust;
mod swift;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::generate::model::{Group, Operation, Param, ResultShape, Service, Tag};
use crate::generate::templates::Templates;
use crate::generate::{GENERATED, GeneratedFile};

/// Widest line of a snippet.
const WIDTH: usize = 100;

/// The languages, in the order of the pages, each with the names that it has for one service.
pub struct Languages<'a>([Box<dyn Language + 'a>; 5]);

impl<'a> Languages<'a> {
    /// Names everything of a service: once for all of its groups.
    pub fn of(service: &'a Service) -> Result<Self> {
        Ok(Self([
            Box::new(rust::Rust::new(service)),
            Box::new(python::Python::new(service)),
            Box::new(node::Node::new(service)),
            Box::new(swift::Swift::new(service)?),
            Box::new(kotlin::Kotlin::new(service)?),
        ]))
    }
}

/// How a language writes the examples of a service.
trait Language {
    fn traits(&self) -> Traits;

    /// Where the examples of a group lie.
    fn path(&self, group: &Group) -> String;

    /// The example of an operation of the group at this place.
    fn example(&self, group: usize, example: &Example<'_>) -> Result<Written>;

    /// The lines that import these names, as the examples of one group use them.
    fn imports(&self, names: &BTreeSet<String>) -> Vec<String>;
}

/// What the pages have to know of a language.
#[derive(Debug, Clone, Copy)]
struct Traits {
    /// What a reader calls it.
    title: &'static str,
    /// What a block of code is marked with.
    fence: &'static str,
    /// The template of a file.
    template: &'static str,
}

/// An operation with the arguments of its documented example.
struct Example<'a> {
    operation: &'a Operation,
    arguments: &'a Map<String, Value>,
}

impl<'a> Example<'a> {
    /// The example, where there is a method that can be called with it. (A file's content goes through `upload`.)
    fn of(operation: &'a Operation) -> Option<Self> {
        let arguments = operation.example.as_ref()?.as_object()?;
        let is_callable = operation.not_callable.is_none();
        let takes_file = operation.params.iter().any(|param| param.ty.tag == Tag::Source);
        (is_callable && !takes_file).then_some(Self { operation, arguments })
    }

    /// The parameters that it gives, with their values.
    fn given(&self) -> impl Iterator<Item = (&'a Param, &'a Value)> {
        let arguments = self.arguments;
        let params = self.operation.params.iter();
        params.filter_map(move |param| arguments.get(&param.name).map(|value| (param, value)))
    }

    /// Whether a walk through all pages takes this parameter.
    fn is_walked(&self, param: &Param) -> bool {
        let position = self.operation.paging.as_ref().map(|paging| paging.position.as_str());
        position != Some(&param.name)
    }
}

/// An example as code.
#[derive(Debug, Default)]
struct Written {
    /// Name of the function that holds it.
    function: String,
    lines: Vec<String>,
    /// Names that have to be imported.
    uses: BTreeSet<String>,
}

/// How an answer is used, the same in all languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// Printed.
    Shown,
    /// Read into memory.
    Bytes,
    Nothing,
}

impl Answer {
    fn of(operation: &Operation) -> Self {
        match operation.result {
            ResultShape::Value { .. } | ResultShape::Link { .. } => Self::Shown,
            ResultShape::Bytes { .. } => Self::Bytes,
            ResultShape::None => Self::Nothing,
        }
    }
}

/// A snippet on a page.
#[derive(Debug, Clone, Serialize)]
pub struct Snippet {
    pub title: &'static str,
    pub fence: &'static str,
    /// The file that holds it.
    pub path: String,
    pub lines: Vec<String>,
}

/// The snippets of one group.
#[derive(Debug, Default)]
pub struct GroupSnippets {
    /// Lines that the snippets import, a language each.
    pub imports: Vec<Snippet>,
    /// By the operation's id.
    pub by_operation: BTreeMap<String, Vec<Snippet>>,
    pub files: Vec<GeneratedFile>,
}

/// What the template of a file gets.
#[derive(Serialize)]
struct File<'a> {
    generated: &'static str,
    service: &'a Service,
    group: &'a Group,
    imports: &'a [String],
    examples: Vec<FileExample>,
}

#[derive(Serialize)]
struct FileExample {
    function: String,
    lines: Vec<String>,
}

/// The snippets of the group at this place, in all languages.
pub fn group(languages: &Languages<'_>, service: &Service, at: usize, templates: &Templates) -> Result<GroupSnippets> {
    let group = &service.groups[at];
    let mut all = GroupSnippets::default();
    for language in &languages.0 {
        let traits = language.traits();
        let path = language.path(group);
        let snippet =
            |lines: Vec<String>| Snippet { title: traits.title, fence: traits.fence, path: path.clone(), lines };
        let mut uses = BTreeSet::new();
        let mut examples = Vec::new();
        for operation in &group.operations {
            let Some(example) = Example::of(operation) else {
                continue;
            };
            let written = language
                .example(at, &example)
                .with_context(|| format!("the example of {} in {}", operation.id, traits.title))?;
            uses.extend(written.uses);
            let snippets = all.by_operation.entry(operation.id.clone()).or_default();
            snippets.push(snippet(written.lines.clone()));
            examples.push(FileExample { function: written.function, lines: written.lines });
        }
        if examples.is_empty() {
            continue;
        }
        let imports = language.imports(&uses);
        let file = File { generated: GENERATED, service, group, imports: &imports, examples };
        let text = templates.render(&format!("docs/snippets/{}", traits.template), file)?;
        all.files.push(GeneratedFile::new(&path, text));
        if !imports.is_empty() {
            all.imports.push(snippet(imports));
        }
    }
    Ok(all)
}

/// What makes Rust see the files of these groups.
pub fn index(groups: &[(&Service, &Group)], templates: &Templates) -> Result<GeneratedFile> {
    let modules: Vec<String> = groups.iter().map(|(service, group)| rust::module(service, group)).collect();
    let context = serde_json::json!({ "generated": GENERATED, "modules": modules });
    let text = templates.render("docs/snippets/mod.rs.j2", context)?;
    Ok(GeneratedFile::new(format!("{}/mod.rs", rust::FOLDER), text))
}

/// A call as a language with brackets breaks it: on one line, or an argument a line.
struct Call<'a> {
    /// Up to and with the opening bracket.
    before: String,
    arguments: &'a [String],
    /// From the closing bracket on.
    after: &'a str,
    /// What stands inside the brackets on one line: a blank where they are braces.
    padding: &'a str,
    indent: usize,
    /// Whether a comma may stand behind the last argument.
    last_comma: bool,
}

impl Call<'_> {
    fn lines(&self) -> Vec<String> {
        let Self { before, arguments, after, padding, .. } = self;
        let line = match arguments {
            [] => format!("{before}{after}"),
            _ => format!("{before}{padding}{}{padding}{after}", arguments.join(", ")),
        };
        if line.chars().count() <= WIDTH || arguments.is_empty() {
            return vec![line];
        }
        let margin = " ".repeat(self.indent);
        let last = arguments.len() - 1;
        let mut lines = vec![before.clone()];
        lines.extend(arguments.iter().enumerate().map(|(at, argument)| {
            let comma = if at < last || self.last_comma { "," } else { "" };
            format!("{margin}{argument}{comma}")
        }));
        lines.push((*after).to_owned());
        lines
    }
}
