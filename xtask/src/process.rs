//! Running other programs: their output goes to a log file, and a program that hangs is ended.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::surroundings::as_from_the_shell;

/// No single command may take longer: a hanging test would otherwise hide the results of all others.
const TIME_LIMIT: Duration = Duration::from_secs(25 * 60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A log file to which the commands of one stage write, one after another.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
}

/// A command that ended: how, and all that it printed.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed.
    pub output: String,
    shown: String,
}

impl Finished {
    /// Turns an exit code other than zero into an error that names the command.
    pub fn ensure_success(self) -> Result<String> {
        if !self.status.success() {
            bail!("`{}` ended with {}", self.shown, self.status);
        }
        Ok(self.output)
    }
}

impl Log {
    /// Starts an empty log.
    pub fn create(path: PathBuf) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path })
    }

    /// Where the log lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a line of our own.
    pub fn note(&self, text: &str) -> Result<()> {
        writeln!(self.open()?, "{text}").with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Runs a command to its end; an exit code other than zero is an error.
    pub fn run(&self, command: &mut Command) -> Result<String> {
        self.execute(command)?.ensure_success()
    }

    /// Runs a command to its end, whatever its exit code.
    pub fn execute(&self, command: &mut Command) -> Result<Finished> {
        self.execute_within(command, TIME_LIMIT)
    }

    /// The same with a limit of the caller's own.
    pub fn execute_within(&self, command: &mut Command, limit: Duration) -> Result<Finished> {
        let shown = show(command);
        self.note(&format!("$ {shown}"))?;
        let mut file = self.open()?;
        let start = file.seek(SeekFrom::End(0))?;
        let child = as_from_the_shell(command)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file.try_clone()?)
            .spawn()
            .with_context(|| format!("cannot start `{shown}`"))?;
        let status = wait(child, &shown, limit)?;
        file.seek(SeekFrom::Start(start))?;
        let mut output = Vec::new();
        file.read_to_end(&mut output)?;
        Ok(Finished { status, output: String::from_utf8_lossy(&output).into_owned(), shown })
    }

    /// Runs a command whose standard output is data and not for reading: the output is that alone, and its standard
    /// error goes to the log.
    pub fn capture(&self, command: &mut Command) -> Result<Finished> {
        self.capture_with(command, Stdio::null())
    }

    /// The same for a command that reads something.
    pub fn capture_with(&self, command: &mut Command, input: Stdio) -> Result<Finished> {
        let shown = show(command);
        self.note(&format!("$ {shown}"))?;
        let mut child = as_from_the_shell(command)
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(self.open()?)
            .spawn()
            .with_context(|| format!("cannot start `{shown}`"))?;
        let mut stdout = child.stdout.take().context("standard output was not captured")?;
        let reader = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stdout.read_to_end(&mut bytes).map(|_| bytes)
        });
        let status = wait(child, &shown, TIME_LIMIT)?;
        let Ok(bytes) = reader.join() else { bail!("reading the output of `{shown}` failed") };
        Ok(Finished { status, output: String::from_utf8_lossy(&bytes?).into_owned(), shown })
    }

    /// The last lines of a log, for a person who wants to know what went wrong.
    pub fn tail_of(path: &Path, lines: usize) -> String {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return format!("(cannot read {}: {error})", path.display()),
        };
        let text = String::from_utf8_lossy(&bytes);
        let all: Vec<&str> = text.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }

    fn open(&self) -> Result<File> {
        File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(&self.path)
            .with_context(|| format!("cannot open {}", self.path.display()))
    }
}

/// A program of the search path, if it is there.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// A command as a person would type it, without its environment (which may hold secrets). A list of a hundred files
/// would hide what is said about them: it is cut.
fn show(command: &Command) -> String {
    const LONGEST: usize = 500;
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let mut line = words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(end);
        line.push('…');
    }
    match command.get_current_dir() {
        Some(folder) => format!("(in {}) {line}", folder.display()),
        None => line,
    }
}

fn wait(mut child: Child, shown: &str, limit: Duration) -> Result<ExitStatus> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if started.elapsed() > limit {
            end_family(child.id())?;
            child.wait()?;
            bail!("`{shown}` was ended after {} minutes", limit.as_secs() / 60);
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// Ends a process with all that it started: a build tool that is killed alone leaves its workers behind.
fn end_family(parent: u32) -> Result<()> {
    let mut family = vec![parent];
    let mut next = 0;
    while let Some(pid) = family.get(next) {
        // Only Linux lists children here; elsewhere the parent alone is ended.
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        family.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        next += 1;
    }
    let pids = family.iter().map(u32::to_string);
    Command::new("kill").arg("-KILL").args(pids).status().context("cannot start kill")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log, and the folder that goes with it.
    fn log() -> (Log, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (Log::create(folder.path().join("log")).unwrap(), folder)
    }

    #[test]
    fn output_of_one_command_is_told_apart_from_the_one_before() {
        let (log, _folder) = log();
        assert_eq!(log.run(Command::new("echo").arg("first")).unwrap(), "first\n");
        assert_eq!(log.run(Command::new("echo").arg("second")).unwrap(), "second\n");
        assert!(Log::tail_of(log.path(), 10).contains("$ echo first\nfirst\n$ echo second\nsecond"));
    }

    #[test]
    fn a_failing_command_is_an_error_that_names_it() {
        let (log, _folder) = log();
        let error = log.run(&mut Command::new("false")).unwrap_err();
        assert!(error.to_string().starts_with("`false` ended with"), "{error}");
    }

    #[test]
    fn captured_output_stays_out_of_the_log() {
        let (log, _folder) = log();
        assert_eq!(log.capture(Command::new("echo").arg("data")).unwrap().output, "data\n");
        assert_eq!(Log::tail_of(log.path(), 10), "$ echo data");
    }

    #[test]
    fn a_process_is_ended_with_its_children() {
        let mut shell = Command::new("sh").args(["-c", "sleep 60 & wait"]).spawn().unwrap();
        end_family(shell.id()).unwrap();
        assert!(!shell.wait().unwrap().success());
    }
}
