//! Swift: models as structs that are read from the tape, one class a service, and the conformance runner's dispatch.
//!
//! A service's types are nested in its class (`Keep2Share.File`), so that services do not get into each other's way; what
//! all services share stands at the top.

pub(in crate::generate) mod names;
mod types;
pub(in crate::generate) mod views;

use anyhow::Result;
use serde::Serialize;

use self::views::ServiceView;
use crate::generate::model::Api;
use crate::generate::templates::Templates;
use crate::generate::{GENERATED, GeneratedFile};

const SOURCES: &str = "bindings-swift/FileFerry/Sources/FileFerry/generated";
const TESTS: &str = "bindings-swift/FileFerry/Tests/FileFerryTests/generated";
const RUNNER: &str = "tests/conformance/runners/swift/Sources/ConformanceRunner/generated";
const BENCHMARK: &str = "tests/benchmarks/swift/Sources/Benchmark/generated";

/// What every template gets.
#[derive(Serialize)]
struct Context<'a> {
    generated: &'static str,
    api: &'a Api,
    /// The service that the file is about.
    service: &'a ServiceView,
    /// Whether the file lies beside the tests and reaches into the package.
    is_test: bool,
}

/// The files of this language.
pub fn files(api: &Api, templates: &mut Templates) -> Result<Vec<GeneratedFile>> {
    templates.add_filter("swift_comment", |text: &str, indent: usize| views::comment(text, indent));
    templates.add_filter("swift_static", |word: &str| names::static_member(word));
    let templates = &*templates;
    let file = |folder: &str, name: &str, template: &str, service: &ServiceView, is_test: bool| {
        let context = Context { generated: GENERATED, api, service, is_test };
        let text = templates.render(&format!("swift/{template}.swift.j2"), context)?;
        Ok::<_, anyhow::Error>(GeneratedFile::new(format!("{folder}/{name}.swift"), text))
    };
    let shared = ServiceView::shared(&api.shared)?;
    let mut files = vec![
        file(SOURCES, "Generated", "generated", &shared, false)?,
        file(SOURCES, "Kinds", "kinds", &shared, false)?,
        file(SOURCES, "SharedModels", "models", &shared, false)?,
        file(RUNNER, "Dispatch", "dispatch", &shared, false)?,
        file(RUNNER, "SharedObservations", "observations", &shared, false)?,
    ];
    for service in &api.services {
        let view = ServiceView::new(service)?;
        files.push(file(SOURCES, &view.class, "client", &view, false)?);
        files.push(file(SOURCES, &format!("{}Models", view.class), "models", &view, false)?);
        files.push(file(RUNNER, &format!("{}Calls", view.class), "calls", &view, false)?);
        files.push(file(RUNNER, &format!("{}Observations", view.class), "observations", &view, false)?);
    }
    for service in &api.test_services {
        let view = ServiceView::new(service)?;
        for folder in [TESTS, RUNNER, BENCHMARK] {
            files.push(file(folder, &view.class, "client", &view, true)?);
            files.push(file(folder, &format!("{}Models", view.class), "models", &view, true)?);
        }
        files.push(file(RUNNER, &format!("{}Calls", view.class), "calls", &view, true)?);
        files.push(file(RUNNER, &format!("{}Observations", view.class), "observations", &view, true)?);
    }
    Ok(files)
}
