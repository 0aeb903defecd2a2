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
    figures.extend(minutes("native libraries, clean release build", || {
        let (natives, complete) =
            Natives::build(workspace, log, Profile::Release, Scope::Libraries, workspace.target())?;
        built = Some(natives);
        complete
    })?);
    let natives = built.context("nothing was built")?;
    figures.extend(minutes("crate `fileferry`, release build on top of these", || {
        let mut command = Command::new(cargo());
        // With the libraries named again, what they depend on has the same features and is not compiled again.
        command.args(["build", "--release", "--lib", "--locked", "-p=fileferry", "-p=fileferry-python"]);
        command.args(["-p=fileferry-node", "-p=fileferry-ffi", "--target-dir"]);
        log.run(command.arg(workspace.target()).current_dir(workspace.root())).map(drop)
    })?);
    for (language, folder) in LIBRARIES {
        let library = natives.dynamic_library(&workspace.path(folder))?;
        figures.push(size(format!("native library for {language}"), &library)?);
    }
    let swift = Swift::prepare(workspace, log)?;
    let package = Packages::find(workspace, &natives)?;
    figures.extend(minutes("Swift package, `swift build`", || package.build_library(log, &swift, "debug"))?);
    figures
        .extend(minutes("Swift package, `swift build -c release`", || package.build_library(log, &swift, "release"))?);
    let kotlin = Kotlin::find(workspace, &natives)?;
    // Once before, so that Maven has fetched what it needs.
    kotlin.compile(log)?;
    figures.extend(minutes("Kotlin modules, `mvn clean compile`", || kotlin.compile(log))?);
    Ok((natives, figures))
}

/// Minutes on the clock, and on the processors, where the system tells: those say more on a machine that does other
/// things meanwhile.
pub fn minutes(what: &str, work: impl FnOnce() -> Result<()>) -> Result<Vec<Figure>> {
    let (started, before) = (Instant::now(), processor_seconds_of_children());
    work()?;
    let mut figures = vec![Figure::once(what, "min", started.elapsed().as_secs_f64() / 60.0)];
    if let (Some(before), Some(after)) = (before, processor_seconds_of_children()) {
        figures.push(Figure::once(format!("{what}, processors"), "min", (after - before) / 60.0));
    }
    Ok(figures)
}

/// Of all processes that this one has waited for, and those that they have waited for.
fn processor_seconds_of_children() -> Option<f64> {
    const TICKS_A_SECOND: f64 = 100.0;
    let status = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name before the bracket may hold blanks; behind it `cutime` and `cstime` are the fields 13 and 14.
    let mut fields = status.rsplit_once(')')?.1.split_whitespace().skip(13);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_A_SECOND)
}

/// How large a file is.
pub fn size(what: impl Into<String>, file: &Path) -> Result<Figure> {
    let bytes = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    // Sizes of files are far below 2^52, where a float is exact.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    Ok(Figure::once(what, "MB", bytes as f64 / 1e6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn processor_time_of_a_child_is_counted() {
        let work = || {
            let status =
                Command::new("sh").args(["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"]).status()?;
            anyhow::ensure!(status.success());
            Ok(())
        };
        let figures = minutes("counting", work).unwrap();
        assert_eq!(figures[1].what(), "counting, processors");
        assert!(figures[1].median() > 0.0);
    }
}
