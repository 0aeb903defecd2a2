//! What is checked in and made by a program is what that program makes.

use anyhow::Result;

use crate::files::{files_below, read};
use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::Counts;
use crate::test::tools::{or_failed, run_check};

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
    let mut counts = Counts::default();
    for made in crate::uniffi::make(prepared, log)? {
        let same = read(&prepared.workspace.path(made.checked_in))? == read(&made.file)?;
        if !same {
            log.note(&format!("{} is not what uniffi makes now: `cargo xtask generate --uniffi`", made.checked_in))?;
        }
        counts += Counts::one(same);
    }
    Ok(counts)
}
