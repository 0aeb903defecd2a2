//! What uniffi makes from the built library for Swift and Kotlin, and where it is checked in.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::files::copy;
use crate::prepared::{Prepared, Purpose};
use crate::process::Log;
use crate::workspace::Workspace;

/// The files of a language, and where they are checked in.
type Files = &'static [(&'static str, &'static str)];
const SWIFT: Files = &[
    ("fileferry_ffi.swift", "bindings-swift/FileFerry/Sources/FileFerryBridge/generated/fileferry_ffi.swift"),
    ("FileFerryNative.h", "bindings-swift/FileFerry/Sources/FileFerryNative/generated/FileFerryNative.h"),
];
const KOTLIN: Files = &[(
    "dev/fileferry/ffi/fileferry_ffi.kt",
    "bindings-kotlin/ffi/src/generated/kotlin/dev/fileferry/ffi/fileferry_ffi.kt",
)];

/// A file that uniffi made.
pub struct Made {
    /// It, in the target folder.
    pub file: PathBuf,
    /// Where it is checked in, below the root.
    pub checked_in: &'static str,
}

/// Makes the files from the built library.
pub fn make(prepared: &Prepared, log: &Log) -> Result<Vec<Made>> {
    let library = prepared.natives()?.dynamic_library(&prepared.workspace.path("bindings-swift"))?;
    let mut made = Vec::new();
    for (language, files) in [("swift", SWIFT), ("kotlin", KOTLIN)] {
        let folder = prepared.workspace.fresh_target_folder(&format!("bindgen/{language}"))?;
        log.run(prepared.bindgen()?.arg(language).args([Path::new(&library), &folder]))?;
        made.extend(files.iter().map(|&(file, checked_in)| Made { file: folder.join(file), checked_in }));
    }
    Ok(made)
}

/// Builds the library and writes the files where they are checked in.
pub fn update(workspace: &Workspace) -> Result<()> {
    let log = Log::create(workspace.target().join("generate-logs/build.log"))?;
    let prepared = Prepared::new(workspace.clone(), [].into(), Purpose::Tests);
    prepared.build(&log).inspect_err(|_| println!("{}", Log::tail_of(log.path(), 30)))?;
    for made in make(&prepared, &log)? {
        copy(&made.file, &workspace.path(made.checked_in))?;
    }
    Ok(())
}
