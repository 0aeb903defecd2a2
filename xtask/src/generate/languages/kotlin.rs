//! Kotlin: what the templates in `xtask/templates/kotlin` print.
//!
//! All decisions about names and types are made here; the templates only lay out text.

mod docs;
mod names;
mod types;
pub(in crate::generate) mod views;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use self::views::{ConstantView, GroupContext, LibraryView, RunnerContext, ServiceView};
use crate::generate::model::{Api, Service};
use crate::generate::names::words;
use crate::generate::templates::Templates;
use crate::generate::{GENERATED, GeneratedFile};

const MAIN: &str = "bindings-kotlin/fileferry/src/generated/kotlin/dev/fileferry";
const TEST: &str = "bindings-kotlin/test-services/src/generated/kotlin/dev/fileferry";
const RUNNER: &str = "tests/conformance/runners/kotlin/src/generated/kotlin/dev/fileferry/conformance";

/// The files of this language.
pub fn files(api: &Api, templates: &mut Templates) -> Result<Vec<GeneratedFile>> {
    let mut maker = Maker { templates, files: Vec::new() };
    let library = LibraryView {
        generated: GENERATED,
        version: &api.version,
        fingerprint: &api.fingerprint,
        kinds: api.kinds.iter().map(|kind| ConstantView::new(&kind.name, &kind.about)).collect(),
    };
    maker.file(MAIN, "ErrorKind", "error_kind", &library)?;
    maker.file(MAIN, "internal/Library", "library", &library)?;
    let shared = ServiceView::new(&api.shared, "dev.fileferry")?;
    maker.file(MAIN, "Shared", "types", &shared)?;
    let views = |services: &[Service]| services.iter().map(service_view).collect::<Result<Vec<_>>>();
    let (services, test_services) = (views(&api.services)?, views(&api.test_services)?);
    for (folder, services) in [(MAIN, &services), (TEST, &test_services)] {
        for service in services {
            maker.service(folder, service)?;
            maker.runner(service)?;
        }
    }
    maker.file(RUNNER, "SharedObservation", "runner_observation", &shared)?;
    let own = RunnerContext { generated: GENERATED, shared: &shared, services: services.iter().collect() };
    maker.file(MAIN, "internal/Services", "services", own)?;
    let services = services.iter().chain(&test_services).collect();
    maker.file(
        RUNNER,
        "Services",
        "runner_services",
        RunnerContext { generated: GENERATED, shared: &shared, services },
    )?;
    Ok(maker.files)
}

/// A service in a package of its own.
pub(in crate::generate) fn service_view(service: &Service) -> Result<ServiceView> {
    ServiceView::new(service, &format!("dev.fileferry.{}", words(&service.id).concat()))
}

/// Collects what is rendered.
struct Maker<'a> {
    templates: &'a Templates,
    files: Vec<GeneratedFile>,
}

impl Maker<'_> {
    fn file(&mut self, folder: &str, name: &str, template: &str, context: impl Serialize) -> Result<()> {
        let text = self.templates.render(&format!("kotlin/{template}.kt.j2"), context)?;
        let path = Path::new(folder).join(format!("{name}.kt"));
        self.files.push(GeneratedFile::new(path, without_unused_imports(&text)));
        Ok(())
    }

    /// A service's client, its types, and a class a group.
    fn service(&mut self, folder: &str, service: &ServiceView) -> Result<()> {
        self.file(folder, &service.class, "client", service)?;
        let package = service.package.rsplit('.').next().unwrap_or_default();
        self.file(folder, &format!("{package}/Types"), "types", service)?;
        for group in &service.groups {
            let name = format!("{package}/{}", group.class);
            self.file(folder, &name, "group", GroupContext::new(service, group))?;
        }
        Ok(())
    }

    /// The conformance runner's calls of a service's typed methods, and what it reads of their results.
    fn runner(&mut self, service: &ServiceView) -> Result<()> {
        let class = &service.class;
        self.file(RUNNER, &format!("{class}Dispatch"), "runner_dispatch", service)?;
        self.file(RUNNER, &format!("{class}Observation"), "runner_observation", service)?;
        // A file a group, as one function for all operations would pass the JVM's limit for a method.
        for group in &service.groups {
            let name = format!("{class}{}", group.class);
            self.file(RUNNER, &name, "runner_group", GroupContext::new(service, group))?;
        }
        Ok(())
    }
}

/// The templates import whatever some service may need.
fn without_unused_imports(text: &str) -> String {
    let is_import = |line: &str| line.starts_with("import ");
    let code: String = text.lines().filter(|line| !is_import(line)).flat_map(|line| [line, "\n"]).collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let used: BTreeSet<&str> = code.split(|c| !is_word(c)).collect();
    let is_needed = |line: &&str| !is_import(line) || line.rsplit('.').next().is_some_and(|name| used.contains(name));
    text.lines().filter(is_needed).flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_imports_that_are_used_stay() {
        let text = "import a.Used\nimport a.Unused\n\nval x: Used\n";
        assert_eq!(without_unused_imports(text), "import a.Used\n\nval x: Used\n");
    }
}
