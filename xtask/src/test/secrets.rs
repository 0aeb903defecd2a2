//! Whether the tests' own output shows what must never be shown.
//!
//! A library that prints a password does so in the tests, too. Every emulator that they start writes down the secrets that
//! it gives out; when they are through, their log is searched for them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::counts::Counts;
use crate::files::{files_below, read};
use crate::process::Log;
use crate::workspace::Workspace;

/// Tells the emulator where to write.
pub const FOLDER: &str = "FILEFERRY_EMULATOR_SECRETS";

/// The secrets of the emulators that one stage's tests start.
pub struct Secrets {
    folder: PathBuf,
}

impl Secrets {
    /// None yet.
    pub fn fresh(workspace: &Workspace, stage: &str) -> Result<Self> {
        Ok(Self { folder: workspace.fresh_target_folder(&format!("test-secrets/{stage}"))? })
    }

    /// Where the emulators write.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Has the emulators that this command starts write them down.
    pub fn told_by<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env(FOLDER, &self.folder)
    }

    /// Looks for all of them in a log. The log itself is told the lines alone.
    pub fn look_for(&self, log: &Log) -> Result<Counts> {
        let mut secrets = Vec::new();
        for file in files_below(&self.folder)? {
            secrets.extend(read(&file)?.lines().filter(|line| !line.is_empty()).map(str::to_owned));
        }
        ensure!(!secrets.is_empty(), "no emulator wrote a secret to {}", self.folder.display());
        let searched = String::from_utf8_lossy(&std::fs::read(log.path())?).into_owned();
        let shown = lines_with(&searched, &secrets);
        for line in &shown {
            log.note(&format!("line {line} of this log shows a secret of the emulator"))?;
        }
        log.note(&format!("{} secrets looked for, {} lines show one", secrets.len(), shown.len()))?;
        Ok(Counts::one(shown.is_empty()))
    }
}

/// The numbers of the lines that hold one of these texts.
fn lines_with(text: &str, secrets: &[String]) -> Vec<usize> {
    // One length after the other, each with a set: there are thousands of secrets, and few lengths.
    let mut by_length = std::collections::BTreeMap::<usize, std::collections::HashSet<&[u8]>>::new();
    for secret in secrets {
        by_length.entry(secret.len()).or_default().insert(secret.as_bytes());
    }
    let shows = |line: &str| {
        let windows = |(length, known): (&usize, &std::collections::HashSet<&[u8]>)| {
            line.as_bytes().windows(*length).any(|window| known.contains(window))
        };
        by_length.iter().any(windows)
    };
    (1..).zip(text.lines()).filter(|(_, line)| shows(line)).map(|(number, _)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in the output of this script, which plays an emulator and a test.
    fn search(name: &str, script: &str) -> Result<Counts> {
        let workspace = Workspace::find().unwrap();
        let secrets = Secrets::fresh(&workspace, &format!("unit-{name}"))?;
        let log = Log::create(workspace.target().join(format!("test-secrets/unit-{name}.log")))?;
        log.run(secrets.told_by(Command::new("sh").args(["-c", script])))?;
        let found = secrets.look_for(&log);
        let text = read(log.path())?;
        assert!(!text.lines().last().unwrap().contains("Pw-"), "the finding shows it again: {text}");
        found
    }

    const EMULATOR: &str =
        r#"echo Pw-a > "$FILEFERRY_EMULATOR_SECRETS/1.txt"; echo toke2 > "$FILEFERRY_EMULATOR_SECRETS/2.txt""#;

    #[test]
    fn a_secret_in_the_output_is_found() {
        let leak = r#"printf 'fine\nlogin with password=%s.\n' "$(cat "$FILEFERRY_EMULATOR_SECRETS/1.txt")""#;
        assert_eq!(search("leak", &format!("{EMULATOR}; {leak}")).unwrap(), Counts { passed: 0, failed: 1 });
    }

    #[test]
    fn output_without_a_secret_passes() {
        let harmless = "{ printf 'pw-a token '; echo 2; } >&2";
        // The command itself is in the log, so the secrets come from a file.
        let script = format!(
            "{}; {harmless}",
            EMULATOR.replace("echo Pw-a", "printf 'Pw-%s' b").replace("echo toke2", "printf 'toke%s' 3")
        );
        assert_eq!(search("harmless", &script).unwrap(), Counts { passed: 1, failed: 0 });
    }

    #[test]
    fn a_search_for_nothing_is_an_error() {
        assert!(search("nothing", "true").unwrap_err().to_string().starts_with("no emulator wrote a secret"));
    }

    #[test]
    fn lines_are_counted_from_one() {
        let secrets = ["abc".to_owned(), "xyz9".to_owned()];
        assert_eq!(lines_with("ab\nab abc\n\nq xyz9q\nxyz", &secrets), [2, 4]);
    }
}
