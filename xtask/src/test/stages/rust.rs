//! The Rust crates: the build that all languages share, their tests, their lints.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::native::WITH_TEST_SERVICES;
use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::{Counts, Tool};
use crate::test::disks::Disks;
use crate::test::secrets::Secrets;
use crate::test::tools::{or_failed, run_check, run_tests};

const EMULATOR: &str = "tests/emulator";

pub fn test(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let emulator = prepared.workspace.path(EMULATOR);
    let secrets = Secrets::fresh(&prepared.workspace, "rust")?;
    let mut counts = or_failed(log, run_programs(prepared, log, Some(&secrets), |folder| folder != emulator))?;
    counts += or_failed(log, secrets.look_for(log))?;
    // The programs in the documentation of the crates, and the tests of this program.
    for words in [
        &["test", "--doc", "--workspace", "--exclude=xtask", "--no-fail-fast", WITH_TEST_SERVICES][..],
        &["test", "--package=xtask"],
    ] {
        counts += or_failed(log, run_tests(log, Tool::Cargo, &mut prepared.cargo(words)))?;
    }
    Ok(counts)
}

pub fn test_emulator(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let emulator = prepared.workspace.path(EMULATOR);
    run_programs(prepared, log, None, |folder| folder == emulator)
}

/// Runs test programs as cargo would, without waiting for cargo. One that crashes takes nothing from the others.
/// What they print is shown where it is searched for secrets.
fn run_programs(
    prepared: &Prepared,
    log: &Log,
    secrets: Option<&Secrets>,
    is_wanted: impl Fn(&Path) -> bool,
) -> Result<Counts> {
    let mut counts = Counts::default();
    let disks = Disks::prepare(&prepared.workspace, log)?;
    for (folder, program) in prepared.test_programs()?.test_programs().filter(|(folder, _)| is_wanted(folder)) {
        let mut command = Command::new(program);
        command.current_dir(folder).env("CARGO_MANIFEST_DIR", folder).env("FILEFERRY_EMULATOR", prepared.emulator()?);
        if let Some(secrets) = secrets {
            secrets.told_by(&mut command).arg("--show-output");
        }
        let finished = log.execute(&mut disks.around(command))?;
        let ran = Tool::Cargo.count(&finished.output);
        counts += ran;
        if !finished.status.success() && ran.failed == 0 {
            counts += Counts::one(false);
        }
    }
    Ok(counts)
}

pub fn lint(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let mut counts = run_check(log, &mut prepared.cargo(&["fmt", "--all", "--check"]))?;
    let mut clippy = prepared.cargo(&["clippy", "--workspace", "--all-targets", WITH_TEST_SERVICES]);
    clippy.args(["--", "--deny", "warnings"]);
    counts += run_check(log, &mut clippy)?;
    // What users get is another program than what is tested: no services for tests, nothing that only debug builds have.
    let mut release = prepared.cargo(&["check", "--release", "--keep-going", "--lib"]);
    release.args(["-p=fileferry", "-p=fileferry-python", "-p=fileferry-node", "-p=fileferry-ffi"]);
    counts += run_check(log, &mut release)?;
    Ok(counts)
}
