//! `cargo xtask measure`: how build times and sizes grow with the number of operations.
//!
//! Two copies of the clone are built from nothing, one as it is and one with a made-up service beside the others.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use crate::files::{copy, read, write};
use crate::made_up;
use crate::process::Log;
use crate::workspace::{Workspace, cargo};

const LIBRARIES: [(&str, &str); 3] = [
    ("Python", "libfileferry_python.so"),
    ("Node", "libfileferry_node.so"),
    ("Swift and Kotlin", "libfileferry_ffi.so"),
];

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// How many operations, and as many models, the made-up service has.
    #[arg(long, default_value_t = 300)]
    made_up: usize,
}

/// What one copy came to.
struct Measured {
    build_minutes: f64,
    rust_minutes: f64,
    megabytes: Vec<f64>,
}

/// Measures the clone as it is and with the made-up service, and prints both as a table.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let log = Log::create(workspace.target().join("measure-logs/build.log"))?;
    println!("two clean release builds (log: {})", log.path().display());
    let plain = measure(workspace, &log, 0)?;
    let grown = measure(workspace, &log, options.made_up)?;
    println!("\n| what | as it is | with {} more | × |\n| --- | --- | --- | --- |", options.made_up);
    let row = |what: &str, unit: &str, plain: f64, grown: f64| {
        println!("| {what} | {plain:.2} {unit} | {grown:.2} {unit} | {:.2} |", grown / plain);
    };
    row("clean release build of the native libraries", "min", plain.build_minutes, grown.build_minutes);
    row("release build of the Rust crate behind it", "min", plain.rust_minutes, grown.rust_minutes);
    for (at, (language, _)) in LIBRARIES.iter().enumerate() {
        row(&format!("native library for {language}"), "MB", plain.megabytes[at], grown.megabytes[at]);
    }
    Ok(())
}

fn measure(workspace: &Workspace, log: &Log, made_up: usize) -> Result<Measured> {
    let clone = workspace.fresh_target_folder(&format!("measure/{made_up}"))?;
    copy_clone(workspace, log, &clone)?;
    if made_up > 0 {
        made_up::write(&clone.join("core/descriptions/madeup"), made_up)?;
        for manifest in ["core/Cargo.toml", "bindings-rust/Cargo.toml"] {
            add_feature(&clone.join(manifest))?;
        }
        let program = std::env::current_exe().context("this program has no path")?;
        // The variable tells the program which clone it works in.
        log.run(Command::new(program).arg("generate").env("CARGO_MANIFEST_DIR", clone.join("xtask")))?;
    }
    let build = |packages: &[&str]| -> Result<f64> {
        let started = Instant::now();
        let mut command = Command::new(cargo());
        command.current_dir(&clone).env_remove("CARGO_TARGET_DIR").args(["build", "--release", "--lib"]);
        log.run(command.args(packages))?;
        Ok(started.elapsed().as_secs_f64() / 60.0)
    };
    let build_minutes = build(&["-p=fileferry-python", "-p=fileferry-node", "-p=fileferry-ffi"])?;
    let rust_minutes = build(&["-p=fileferry"])?;
    let megabytes = LIBRARIES
        .iter()
        .map(|(_, library)| megabytes(&clone.join("target/release").join(library)))
        .collect::<Result<_>>()?;
    Ok(Measured { build_minutes, rust_minutes, megabytes })
}

/// Copies what git would: a measured build starts from nothing, and the usual target folder keeps what it has.
fn copy_clone(workspace: &Workspace, log: &Log, into: &Path) -> Result<()> {
    let mut list = Command::new("git");
    list.current_dir(workspace.root()).args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    for file in log.capture(&mut list)?.ensure_success()?.lines().map(PathBuf::from) {
        let from = workspace.root().join(&file);
        if from.is_file() {
            let to = into.join(&file);
            let folder = to.parent().context("a file lies in a folder")?;
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
            copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Each service is a feature; the made-up one is on by default like the others.
fn add_feature(manifest: &Path) -> Result<()> {
    let text = read(manifest)?;
    let own =
        if text.contains("fileferry-core/keep2share") { "madeup = [\"fileferry-core/madeup\"]" } else { "madeup = []" };
    let text = text.replacen("default = [", "default = [\"madeup\", ", 1).replacen(
        "\nkeep2share = [",
        &format!("\n{own}\nkeep2share = ["),
        1,
    );
    write(manifest, &text)
}

fn megabytes(file: &Path) -> Result<f64> {
    let bytes = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    // Sizes of files are far below 2^52, where a float is exact.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    Ok(bytes as f64 / 1e6)
}
