//! Node: the tarball, `node --test` and the TypeScript compiler against it.

use anyhow::Result;

use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::{Counts, Tool};
use crate::test::disks::Disks;
use crate::test::secrets::Secrets;
use crate::test::tools::{run_check, run_tests};

/// The package's folder, which has the settings, and the other TypeScript that people write, seen from there.
const SOURCES: [&str; 4] = [".", "../examples/node", "../tests/benchmarks/node", "../tests/conformance/runners/node"];

pub fn lint(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let node = prepared.node()?;
    let mut counts = run_check(log, node.tool("biome").args(["ci", "--error-on-warnings"]).args(SOURCES))?;
    counts += run_check(log, &mut node.npm(&["run", "typecheck"]))?;
    Ok(counts)
}

pub fn test(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let mut tests = prepared.node_project()?.test()?;
    let secrets = Secrets::fresh(&prepared.workspace, "node")?;
    secrets.told_by(tests.env("FILEFERRY_EMULATOR", prepared.emulator()?));
    let mut counts = run_tests(log, Tool::Node, &mut Disks::prepare(&prepared.workspace, log)?.around(tests))?;
    counts += secrets.look_for(log)?;
    // What the tarball promises to those who import it and to those who require it.
    counts += run_check(log, &mut prepared.node()?.npm(&["run", "check-package"]))?;
    Ok(counts)
}
