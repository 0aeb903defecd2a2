//! The Rust crates: the build that all languages share, their tests, their lints.

use anyhow::Result;

use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::{Counts, Tool};
use crate::test::tools::{run_check, run_tests};

pub fn test(prepared: &Prepared, log: &Log) -> Result<Counts> {
    // Left out: the emulator, which has a stage of its own, and the libraries that only load in their language's host.
    let excluded = ["fileferry-emulator", "fileferry-python", "fileferry-node"];
    let mut cargo = prepared.cargo(&["test", "--workspace", "--no-fail-fast"]);
    cargo.args(excluded.iter().flat_map(|package| ["--exclude", package]));
    run_tests(log, Tool::Cargo, cargo.env("FILEFERRY_EMULATOR", prepared.emulator()?))
}

pub fn test_emulator(prepared: &Prepared, log: &Log) -> Result<Counts> {
    run_tests(
        log,
        Tool::Cargo,
        &mut prepared.cargo(&["test", "-p", "fileferry-emulator", "--no-fail-fast"]),
    )
}

pub fn lint(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let mut counts = run_check(log, &mut prepared.cargo(&["fmt", "--all", "--check"]))?;
    let mut clippy = prepared.cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]);
    counts += run_check(log, &mut clippy)?;
    Ok(counts)
}
