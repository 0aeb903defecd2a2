//! How long things take to compile, and how large the libraries are.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use super::copy::Copy;
use super::table::Figure;
use crate::native::{Natives, Profile, Scope};
use crate::process::Log;
use crate::toolchains::kotlin::Kotlin;
use crate::toolchains::swift::{Packages, Swift};
use crate::workspace::cargo;

const LIBRARIES: [(&str, &str); 3] =
    [("Python", "bindings-python"), ("Node", "bindings-node"), ("Swift and Kotlin", "bindings-swift")];

/// Builds the release of a copy in which nothing was built yet. Gives the libraries for those who pack them.
pub fn measure(copy: &Copy, log: &Log) -> Result<(Natives, Vec<Figure>)> {
    let workspace = &copy.workspace;
    let mut figures = Vec::new();
    let mut built = None;
    figures.push(minutes("native libraries, clean release build", || {
        let (natives, complete) =
            Natives::build(workspace, log, Profile::Release, Scope::Libraries, workspace.target())?;
        built = Some(natives);
        complete
    })?);
    let natives = built.context("nothing was built")?;
    figures.push(minutes("crate `fileferry`, release build on top", || {
        let mut command = Command::new(cargo());
        command.args(["build", "--release", "--lib", "--locked", "-p=fileferry", "--target-dir"]);
        log.run(command.arg(workspace.target()).current_dir(workspace.root())).map(drop)
    })?);
    for (language, folder) in LIBRARIES {
        let library = natives.dynamic_library(&workspace.path(folder))?;
        figures.push(size(format!("native library for {language}"), &library)?);
    }
    let swift = Swift::prepare(workspace, log)?;
    let package = Packages::find(workspace, &natives)?;
    figures.push(minutes("Swift package, `swift build`", || package.build_library(log, &swift, "debug"))?);
    figures.push(minutes("Swift package, `swift build -c release`", || package.build_library(log, &swift, "release"))?);
    let kotlin = Kotlin::find(workspace, &natives)?;
    // Once before, so that Maven has fetched what it needs.
    kotlin.compile(log)?;
    figures.push(minutes("Kotlin modules, `mvn clean compile`", || kotlin.compile(log))?);
    Ok((natives, figures))
}

fn minutes(what: &str, work: impl FnOnce() -> Result<()>) -> Result<Figure> {
    let started = Instant::now();
    work()?;
    Ok(Figure::once(what, "min", started.elapsed().as_secs_f64() / 60.0))
}

/// How large a file is.
pub fn size(what: impl Into<String>, file: &Path) -> Result<Figure> {
    let bytes = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    // Sizes of files are far below 2^52, where a float is exact.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    Ok(Figure::once(what, "MB", bytes as f64 / 1e6))
}
