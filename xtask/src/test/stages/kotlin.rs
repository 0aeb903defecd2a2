//! Kotlin: JUnit through Maven, and ktlint.

use anyhow::Result;

use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::{Counts, Tool};
use crate::test::disks::Disks;
use crate::test::secrets::Secrets;
use crate::test::tools::{run_check, run_tests};
use crate::toolchains::kotlin::Kotlin;

pub fn lint(prepared: &Prepared, log: &Log) -> Result<Counts> {
    run_check(log, &mut Kotlin::ktlint(&prepared.workspace)?)
}

pub fn test(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let mut maven = prepared.kotlin()?.test()?;
    let secrets = Secrets::fresh(&prepared.workspace, "kotlin")?;
    secrets.told_by(maven.env("FILEFERRY_EMULATOR", prepared.emulator()?));
    let mut tests = Disks::prepare(&prepared.workspace, log)?.around(maven);
    let mut counts = run_tests(log, Tool::Surefire, &mut tests)?;
    counts += secrets.look_for(log)?;
    Ok(counts)
}
