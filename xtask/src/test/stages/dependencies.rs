//! Licences, bans and sources of all crates. Advisories need a code host and belong to the release workflow.

use std::process::Command;

use anyhow::Result;

use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::Counts;
use crate::test::tools::run_check;
use crate::toolchains::cargo_deny;

pub fn check(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let program = cargo_deny::prepare(&prepared.workspace, log)?;
    let mut counts = Counts::default();
    for check in ["licenses", "bans", "sources"] {
        counts += run_check(log, Command::new(&program).args(["check", check]).current_dir(prepared.workspace.root()))?;
    }
    Ok(counts)
}
