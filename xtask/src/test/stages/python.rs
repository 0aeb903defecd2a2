//! Python: pytest, the linter and the type checkers, all of them against the installed wheel.

use std::process::Command;

use anyhow::Result;

use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::{Counts, Tool};
use crate::test::disks::Disks;
use crate::test::secrets::Secrets;
use crate::test::tools::{run_check, run_tests};

/// The package's folder, which has the tools' settings, and the other Python that people write, seen from there.
const FOLDER: &str = "bindings-python";
const SOURCES: [&str; 4] =
    [".", "../examples/python", "../tests/benchmarks/python", "../tests/conformance/runners/python"];

pub fn test(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let mut pytest = prepared.python_with_wheel()?.interpreter();
    // What passed tests printed and logged is shown too, so that it is searched for secrets.
    pytest.args(["-m", "pytest", "-rfEP", "--log-level=DEBUG"]).env("FILEFERRY_EMULATOR", prepared.emulator()?);
    pytest.current_dir(prepared.workspace.path(FOLDER));
    let secrets = Secrets::fresh(&prepared.workspace, "python")?;
    secrets.told_by(&mut pytest);
    let mut counts = run_tests(log, Tool::Pytest, &mut Disks::prepare(&prepared.workspace, log)?.around(pytest))?;
    counts += secrets.look_for(log)?;
    Ok(counts)
}

pub fn lint(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let python = prepared.python_with_wheel()?;
    let check = |command: &mut Command| run_check(log, command.current_dir(prepared.workspace.path(FOLDER)));
    // The settings are named, for files beside the package's folder would not find them.
    let settings = ["--config", "pyproject.toml"];
    let mut counts = check(python.tool("ruff").args(["format", "--check"]).args(settings).args(SOURCES))?;
    counts += check(python.tool("ruff").arg("check").args(settings).args(SOURCES))?;
    counts += check(&mut python.tool("pyright"))?;
    // Every public name has a type that a program can rely on.
    counts += check(python.tool("pyright").args(["--verifytypes", "fileferry", "--ignoreexternal"]))?;
    // The stub of the native module says what the native module has.
    counts += check(python.interpreter().args(["-m", "mypy.stubtest", "fileferry._native"]))?;
    Ok(counts)
}
