//! The reference: a page a group of operations with the five languages side by side, a page of a service's models, one of
//! all kinds of errors, and the examples as files that each language compiles.

mod pages;
mod snippets;
#[cfg(test)]
mod tests;
mod words;

use anyhow::Result;
use serde::Serialize;

use self::pages::{ErrorsPage, GroupPage, ModelsPage, ReferencePage};
use super::model::{Api, Group, Service};
use super::resolve;
use super::templates::Templates;
use super::{GENERATED, GeneratedFile};

const FOLDER: &str = "docs/reference";

/// All pages, and the examples that they show.
pub fn files(api: &Api, described: &[resolve::Service], templates: &Templates) -> Result<Vec<GeneratedFile>> {
    let mut files = Vec::new();
    let mut with_examples: Vec<(&Service, &Group)> = Vec::new();
    for (service, described) in api.services.iter().zip(described) {
        let folder = format!("{FOLDER}/{}", service.id);
        let languages = snippets::Languages::of(service)?;
        for (at, group) in service.groups.iter().enumerate() {
            let examples = snippets::group(&languages, service, at, templates)?;
            let page = GroupPage::new(service, described, group, &examples)?;
            files.push(file(templates, format!("{folder}/{}.md", group.name), "group", page)?);
            if !examples.files.is_empty() {
                with_examples.push((service, group));
                files.extend(examples.files);
            }
        }
        files.push(file(templates, format!("{folder}/README.md"), "service", pages::service(service))?);
        files.push(file(templates, format!("{folder}/models.md"), "models", ModelsPage::new(service))?);
    }
    files.push(snippets::index(&with_examples, templates)?);
    files.push(file(templates, format!("{FOLDER}/README.md"), "reference", ReferencePage::new(api))?);
    files.push(file(templates, format!("{FOLDER}/shared.md"), "models", ModelsPage::shared(&api.shared))?);
    files.push(file(templates, "docs/errors.md".to_owned(), "errors", ErrorsPage::new(api, described))?);
    Ok(files)
}

#[derive(Serialize)]
struct Context<T> {
    generated: &'static str,
    it: T,
}

fn file(templates: &Templates, path: String, template: &str, it: impl Serialize) -> Result<GeneratedFile> {
    let context = Context { generated: GENERATED, it };
    let text = templates.render(&format!("docs/{template}.md.j2"), context)?;
    Ok(GeneratedFile::new(path, tidy(&text)))
}

/// A page with one empty line where templates left several, and none at its end.
fn tidy(page: &str) -> String {
    let mut tidied = String::new();
    for line in page.trim_end().lines().map(str::trim_end) {
        if !(line.is_empty() && tidied.ends_with("\n\n")) {
            tidied.push_str(line);
            tidied.push('\n');
        }
    }
    tidied
}
