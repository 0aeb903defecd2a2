//! Node: the tarball, `node --test` and the TypeScript compiler against it.

use anyhow::Result;

use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::{Counts, Tool};
use crate::test::tools::{run_check, run_tests};

/// The package's folder, which has the settings, and the other TypeScript that people write, seen from there.
const SOURCES: [&str; 3] = [".", "../examples/node", "../tests/conformance/runners/node"];

pub fn lint(prepared: &Prepared, log: &Log) -> Result<Counts> {
    run_check(log, prepared.node()?.tool("biome").args(["ci", "--error-on-warnings"]).args(SOURCES))
}

pub fn test(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let mut node = prepared.node_project()?.test();
    run_tests(log, Tool::Node, node.env("FILEFERRY_EMULATOR", prepared.emulator()?))
}
