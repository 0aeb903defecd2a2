//! Running a language's test tool or a linter and counting what it says.

use std::process::Command;

use anyhow::{Result, bail};

use super::counts::{Counts, Tool};
use crate::process::Log;

/// Runs tests and counts them. Tests that fail are a result; it is an error if there is none.
pub fn run_tests(log: &Log, tool: Tool, command: &mut Command) -> Result<Counts> {
    let finished = log.execute(command)?;
    let mut counts = tool.count(&finished.output);
    let succeeded = finished.status.success();
    if counts.is_empty() {
        finished.ensure_success()?;
        bail!("no test ran");
    }
    // A tool can fail with all its tests passed: a test program that crashed afterwards, a module that did not compile.
    if !succeeded && counts.failed == 0 {
        counts.failed = 1;
    }
    Ok(counts)
}

/// Runs something that finds nothing or fails, such as a linter, as one check.
pub fn run_check(log: &Log, command: &mut Command) -> Result<Counts> {
    Ok(Counts::one(log.execute(command)?.status.success()))
}

/// A part that could not be run is a failure of its own and takes nothing from the other parts of its stage.
pub fn or_failed(log: &Log, part: Result<Counts>) -> Result<Counts> {
    match part {
        Ok(counts) => Ok(counts),
        Err(error) => {
            log.note(&format!("{error:#}"))?;
            Ok(Counts::one(false))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) -> Result<Counts> {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::create(folder.path().join("log")).unwrap();
        run_tests(&log, Tool::Cargo, Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn a_tool_that_fails_after_its_tests_passed_is_a_failure() {
        let counts = run("echo 'test result: ok. 2 passed; 0 failed'; exit 3").unwrap();
        assert_eq!(counts, Counts { passed: 2, failed: 1 });
    }

    #[test]
    fn a_tool_that_ran_nothing_is_an_error() {
        assert_eq!(run("echo nothing to do").unwrap_err().to_string(), "no test ran");
        assert!(run("echo does not compile; exit 101").unwrap_err().to_string().contains("exit status: 101"));
    }
}
