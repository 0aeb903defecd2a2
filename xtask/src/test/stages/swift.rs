//! Swift: the package, its tests, its format.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::Result;

use crate::files::files_below;
use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::{Counts, Tool};
use crate::test::disks::Disks;
use crate::test::secrets::{self, Secrets};
use crate::test::tools::{run_check, run_tests};

const SOURCES: [&str; 4] =
    ["bindings-swift/FileFerry", "examples/swift", "tests/benchmarks/swift", "tests/conformance/runners/swift"];

pub fn lint(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let mut files = Vec::new();
    for folder in SOURCES {
        files
            .extend(files_below(&prepared.workspace.path(folder))?.into_iter().filter(|file| is_written_by_hand(file)));
    }
    let mut words = ["swift", "format", "lint", "--strict", "--parallel"].map(OsStr::new).to_vec();
    words.extend(files.iter().map(|file| file.as_os_str()));
    run_check(log, &mut prepared.swift()?.command(prepared.workspace.root(), &[], &words))
}

fn is_written_by_hand(file: &Path) -> bool {
    let is_generated = file.components().any(|part| part.as_os_str() == "generated");
    file.extension().is_some_and(|extension| extension == "swift") && !is_generated
}

pub fn test(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let emulator = prepared.emulator()?;
    let disks = Disks::prepare(&prepared.workspace, log)?;
    let secrets = Secrets::fresh(&prepared.workspace, "swift")?;
    let mut environment =
        vec![("FILEFERRY_EMULATOR", emulator.as_os_str()), (secrets::FOLDER, secrets.folder().as_os_str())];
    environment.extend(disks.variable());
    let mut tests = disks.around(prepared.swift_packages()?.test(prepared.swift()?, &environment));
    let mut counts = run_tests(log, Tool::Swift, &mut tests)?;
    counts += secrets.look_for(log)?;
    Ok(counts)
}
