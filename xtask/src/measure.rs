//! `cargo xtask measure`: how build times and sizes grow with the number of operations.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use crate::native::{Natives, Profile, Scope};
use crate::process::Log;
use crate::workspace::Workspace;

const LIBRARIES: [(&str, &str); 3] =
    [("Python", "bindings-python"), ("Node", "bindings-node"), ("Swift and Kotlin", "bindings-swift")];

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {}

/// Measures the clone as it is.
pub fn run(workspace: &Workspace, _: &Options) -> Result<()> {
    let log = Log::create(workspace.target().join("measure-logs/build.log"))?;
    // A folder of its own: a measured build starts from nothing, and the usual one keeps what it has.
    let target = workspace.fresh_target_folder("measure")?;
    println!("| what | measured |\n| --- | --- |");
    let started = Instant::now();
    let (natives, complete) = Natives::build(workspace, &log, Profile::Release, Scope::Libraries, &target)?;
    complete?;
    println!("| clean release build of the native libraries | {:.1} min |", started.elapsed().as_secs_f64() / 60.0);
    for (name, folder) in LIBRARIES {
        let library = natives.dynamic_library(&workspace.path(folder))?;
        println!("| native library for {name} | {:.2} MB |", megabytes(&library)?);
    }
    Ok(())
}

fn megabytes(file: &Path) -> Result<f64> {
    let bytes = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    // Sizes of files are far below 2^52, where a float is exact.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    Ok(bytes as f64 / 1e6)
}
