//! The conformance suite: every case in every language, and whether the cases would notice a change.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::files::{read, write};
use crate::prepared::{Prepared, Program};
use crate::process::Log;
use crate::test::counts::Counts;
use crate::test::tools::run_check;
use crate::toolchains::Language;

#[derive(Deserialize)]
struct Report {
    results: Vec<CaseResult>,
}

#[derive(Deserialize)]
struct CaseResult {
    outcome: String,
}

pub fn run(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let folder = prepared.workspace.target_folder("conformance")?;
    let operations = folder.join("operations.json");
    write(&operations, &crate::generate::operations_json()?)?;
    let mut counts = run_check(log, prepared.conformance()?.arg("check").arg("--operations").arg(&operations))?;
    counts += run_check(log, prepared.conformance()?.arg("obligations"))?;
    let runners = runners(prepared, log, &folder, &mut counts)?;
    let names: Vec<_> = prepared.languages.iter().flat_map(|language| runner_names(*language)).copied().collect();
    let mut cases = prepared.conformance()?;
    cases.args(["run", "--languages"]).arg(names.join(",")).args(&runners);
    counts += run_and_count(log, &mut cases, &folder.join("report.json"))?;
    let mut live = prepared.conformance()?;
    live.args(["live", "--emulator"]).arg(prepared.emulator()?).args(&runners);
    counts += run_and_count(log, &mut live, &folder.join("live/report.json"))?;
    Ok(counts)
}

/// The words that name each language's runner. A language whose runner cannot be had is told and fails; the others' cases
/// are played all the same.
fn runners(prepared: &Prepared, log: &Log, folder: &Path, counts: &mut Counts) -> Result<Vec<String>> {
    let mut words = Vec::new();
    for language in &prepared.languages {
        match runner(prepared, *language, folder) {
            Ok(script) => {
                for name in runner_names(*language) {
                    words.push("--runner".to_owned());
                    words.push(format!("{name}={} {name}", script.display()));
                }
            }
            Err(error) => {
                log.note(&format!("{language} is left out: {error:#}"))?;
                *counts += Counts::one(false);
            }
        }
    }
    Ok(words)
}

fn run_and_count(log: &Log, command: &mut Command, report: &Path) -> Result<Counts> {
    if report.exists() {
        std::fs::remove_file(report).with_context(|| format!("cannot remove {}", report.display()))?;
    }
    let finished = log.execute(command)?;
    if !report.exists() {
        finished.ensure_success()?;
        bail!("no report was written");
    }
    let mut counts = count(&read(report)?)?;
    if !finished.status.success() && counts.failed == 0 {
        counts += Counts::one(false);
    }
    Ok(counts)
}

pub fn mutate_sample(prepared: &Prepared, log: &Log) -> Result<Counts> {
    run_check(log, prepared.conformance()?.args(["mutate", "--sample"]))
}

/// What a language's runner is called in cases and reports. Python's client comes in two kinds.
fn runner_names(language: Language) -> &'static [&'static str] {
    match language {
        Language::Rust => &["rust"],
        Language::Python => &["python", "python_async"],
        Language::Node => &["node"],
        Language::Swift => &["swift"],
        Language::Kotlin => &["kotlin"],
    }
}

/// A script that becomes the runner, so that a command of many words is handed on as one. The name in cases follows as
/// its argument, for a runner that serves two of them.
fn runner(prepared: &Prepared, language: Language, folder: &Path) -> Result<PathBuf> {
    let command = prepared.command(language, Program::Runner, &[])?;
    let script = folder.join(format!("{language}-runner"));
    write(&script, &shell_script(&command))?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))
        .with_context(|| format!("cannot make {} executable", script.display()))?;
    Ok(script)
}

fn shell_script(command: &Command) -> String {
    let quote = |word: &OsStr| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''"));
    let set = command.get_envs().map(|(name, value)| match value {
        Some(value) => format!("export {}={}\n", name.to_string_lossy(), quote(value)),
        None => format!("unset {}\n", name.to_string_lossy()),
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args()).map(quote);
    format!("#!/bin/sh\n{}exec {} \"$@\"\n", set.collect::<String>(), words.collect::<Vec<_>>().join(" "))
}

/// A case that was not run is one that failed: a hole in the report must not look like success.
fn count(report: &str) -> Result<Counts> {
    let report: Report = serde_json::from_str(report).context("the conformance report is not as expected")?;
    Ok(report.results.iter().map(|result| Counts::one(result.outcome == "passed")).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_keeps_words_and_variables_as_they_are() {
        let mut command = Command::new("printf");
        command.args(["%s|%s|%s", "it's", "a\nb"]).env("NAME", "x y");
        let script = shell_script(&command).replace("exec ", "echo \"$NAME\"; exec ");
        let output = Command::new("sh").args(["-c", &script, "sh", "more"]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "x y\nit's|a\nb|more");
    }

    #[test]
    fn cases_that_were_not_run_count_as_failed() {
        let report = r#"{"results": [
            {"case": "a", "language": "rust", "outcome": "passed", "detail": null},
            {"case": "b", "language": "rust", "outcome": "failed", "detail": "path"},
            {"case": "a", "language": "swift", "outcome": "not_run", "detail": null}]}"#;
        assert_eq!(count(report).unwrap(), Counts { passed: 1, failed: 2 });
    }
}
