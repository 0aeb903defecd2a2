//! What is checked in and made by a program is what that program makes.

use anyhow::Result;

use crate::files::{files_below, read};
use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::Counts;
use crate::test::tools::{or_failed, run_check};

/// What uniffi makes for which language, and where it is checked in.
const UNIFFI: [(&str, &str, &str); 3] = [
    ("swift", "fileferry_ffi.swift", "bindings-swift/FileFerry/Sources/FileFerryBridge/generated/fileferry_ffi.swift"),
    ("swift", "FileFerryNative.h", "bindings-swift/FileFerry/Sources/FileFerryNative/generated/FileFerryNative.h"),
    (
        "kotlin",
        "dev/fileferry/ffi/fileferry_ffi.kt",
        "bindings-kotlin/ffi/src/main/kotlin/dev/fileferry/ffi/fileferry_ffi.kt",
    ),
];

pub fn check(_: &Prepared, log: &Log) -> Result<Counts> {
    or_failed(log, crate::generate::run(true).map(|()| Counts::one(true)))
}

pub fn validate_openapi(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let mut counts = Counts::default();
    for file in files_below(&prepared.workspace.path("docs/openapi"))? {
        let mut validator = prepared.python()?.interpreter();
        counts += run_check(log, validator.args(["-m", "openapi_spec_validator"]).arg(file))?;
    }
    Ok(counts)
}

pub fn compare_uniffi(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let library = prepared.natives()?.dynamic_library(&prepared.workspace.path("bindings-swift"))?;
    let mut counts = Counts::default();
    for (language, file, checked_in) in UNIFFI {
        let made = prepared.workspace.fresh_target_folder(&format!("bindgen/{language}"))?;
        log.run(prepared.bindgen()?.arg(language).args([&library, &made]))?;
        let same = read(&prepared.workspace.path(checked_in))? == read(&made.join(file))?;
        if !same {
            log.note(&format!("{checked_in} is not what {} is now", made.join(file).display()))?;
        }
        counts += Counts::one(same);
    }
    Ok(counts)
}
