//! `cargo xtask demo`: each language's example program against the emulator, one after another.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::Deserialize;

use crate::AlreadyReported;
use crate::emulator::Emulator;
use crate::prepared::{Example, Prepared, Program, Purpose};
use crate::process::Log;
use crate::surroundings::as_from_the_shell;
use crate::toolchains::{Language, MissingToolchain};
use crate::workspace::Workspace;

const FILE_BYTES: u64 = 64 * 1024 * 1024;
const TAIL_LINES: usize = 30;
/// How each step of an example begins to tell of itself, the same in every language.
const STEPS: [&str; 9] = [
    "signed in",
    "made the folder",
    "uploaded",
    "uploaded again",
    "listed the folder",
    "downloaded",
    "compared",
    "deleted",
    "a file that is gone",
];
/// A line that is drawn anew may be shorter than it was.
const CLEAR_REST: &str = "\u{1b}[K";

/// Which languages to show.
#[derive(Debug, Args)]
pub struct Options {
    /// Show these languages alone (several: comma or repeat).
    #[arg(long, value_delimiter = ',')]
    only: Vec<Language>,
    /// Leave out these languages.
    #[arg(long, value_delimiter = ',')]
    exclude: Vec<Language>,
}

/// A program's own account of what it did: its last line.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Report {
    steps: usize,
    bytes: u64,
    outcome: String,
    /// The steps that it told of on its way, without their numbers.
    #[serde(skip)]
    told: Vec<String>,
}

impl Report {
    /// Whether it says that it did all that every language does, the error at the end included.
    fn check(self) -> Result<Self> {
        ensure!(self.outcome == "ok", "the program's outcome is {}", self.outcome);
        for (number, step) in (1..).zip(STEPS) {
            match self.told.get(number - 1) {
                Some(told) => ensure!(told.starts_with(step), "step {number} is «{told}», not «{step} …»"),
                None => bail!("step {number} is missing: «{step} …»"),
            }
        }
        ensure!(self.told.len() == STEPS.len(), "there is a step that no other language has: {:?}", self.told.last());
        ensure!(self.steps == STEPS.len(), "it counted {} steps and took {}", self.steps, STEPS.len());
        Ok(self)
    }
}

/// How a language's turn ended.
enum Turn {
    Ran(Report),
    Failed(anyhow::Error),
    NotRun(String),
}

impl Turn {
    /// A toolchain that is missing is no fault of ours, and the table says so.
    fn is_fine(&self) -> bool {
        match self {
            Self::Ran(_) | Self::NotRun(_) => true,
            Self::Failed(_) => false,
        }
    }
}

/// Sets up what is needed, runs the programs and prints the table.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let languages: BTreeSet<_> = Language::ALL
        .into_iter()
        .filter(|language| options.only.is_empty() || options.only.contains(language))
        .filter(|language| !options.exclude.contains(language))
        .collect();
    let prepared = Prepared::new(workspace.clone(), languages, Purpose::Demo);
    let log = Log::create(workspace.target().join("demo-logs/build.log"))?;
    say(&format!("building the native libraries and the emulator (log: {})", log.path().display()));
    if let Err(error) = prepared.build(&log) {
        // What did compile is still shown; a language whose part did not says so in the table.
        println!("{}", Log::tail_of(log.path(), TAIL_LINES));
        say(&format!("{error:#}"));
    }
    let stage = Stage::set_up(&prepared)?;
    let turns: Vec<_> =
        prepared.languages.iter().map(|language| (*language, take_turn(&prepared, *language, &stage))).collect();
    print_table(&turns);
    if turns.iter().all(|(_, turn)| turn.is_fine()) { Ok(()) } else { bail!(AlreadyReported) }
}

/// The emulator, and the file that the programs send.
struct Stage {
    emulator: Emulator,
    file: PathBuf,
    folder: PathBuf,
}

impl Stage {
    fn set_up(prepared: &Prepared) -> Result<Self> {
        let folder = prepared.workspace.fresh_target_folder("demo")?;
        let file = folder.join("movie.mp4");
        say(&format!("writing a file of {} MiB to {}", FILE_BYTES / 1024 / 1024, file.display()));
        write_noise(&file, FILE_BYTES)?;
        say("starting the emulator");
        let emulator = Emulator::start(prepared, &folder.join("emulator"))?;
        say(&format!("the emulator serves Keep2Share at {}", emulator.keep2share().base_url));
        Ok(Self { emulator, file, folder })
    }
}

fn take_turn(prepared: &Prepared, language: Language, stage: &Stage) -> Turn {
    match set_up_and_run(prepared, language, stage) {
        Ok(report) => Turn::Ran(report),
        Err(error) => match error.downcast_ref::<MissingToolchain>() {
            Some(missing) => Turn::NotRun(missing.to_string()),
            None => Turn::Failed(error),
        },
    }
}

fn set_up_and_run(prepared: &Prepared, language: Language, stage: &Stage) -> Result<Report> {
    let log = Log::create(prepared.workspace.target().join(format!("demo-logs/{language}.log")))?;
    if language != Language::Rust {
        say(&format!("{language}: building and installing the package (log: {})", log.path().display()));
    }
    prepared.prepare(language, &log).inspect_err(|error| {
        if !error.is::<MissingToolchain>() {
            println!("{}", Log::tail_of(log.path(), TAIL_LINES));
        }
    })?;
    say(&format!("{language}: running the example program"));
    let download = stage.folder.join(format!("{language}-download.mp4"));
    let service = stage.emulator.keep2share();
    let account = &service.accounts.premium;
    let environment = [
        ("FILEFERRY_BASE_URL", OsStr::new(&service.base_url)),
        ("FILEFERRY_USERNAME", OsStr::new(&account.username)),
        ("FILEFERRY_PASSWORD", OsStr::new(&account.password)),
        ("FILEFERRY_FILE", stage.file.as_os_str()),
        ("FILEFERRY_DOWNLOAD", download.as_os_str()),
    ];
    let report = run_live(&mut prepared.command(language, Program::Example(Example::Demo), &environment)?, language)?;
    // The program compares; where it leaves the copy behind, so do we.
    if download.exists() {
        ensure!(same_bytes(&stage.file, &download)?, "what came back is not what was sent");
        std::fs::remove_file(&download).with_context(|| format!("cannot remove {}", download.display()))?;
    }
    Ok(report)
}

/// Passes the program's output on while it runs, each line with its language, and reads the report.
fn run_live(command: &mut Command, language: Language) -> Result<Report> {
    let mut child = as_from_the_shell(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start the program")?;
    let stdout = child.stdout.take().context("the program's output is not ours")?;
    let stderr = child.stderr.take().context("the program's messages are not ours")?;
    let report = std::thread::scope(|scope| {
        let messages = scope.spawn(|| pass_on(stderr, language));
        let report = pass_on(stdout, language)?;
        match messages.join() {
            Ok(messages) => messages.map(|_| report),
            Err(_) => bail!("reading the program's messages failed"),
        }
    })?;
    let status = child.wait()?;
    if !status.success() {
        bail!("the program ended with {status}");
    }
    report.context("the program's last line is no RESULT")?.check()
}

/// Copies lines to the terminal. A progress bar that draws itself anew after a carriage return stays one line there, and
/// where no terminal is, only its last state is a line.
fn pass_on(output: impl Read, language: Language) -> Result<Option<Report>> {
    let is_terminal = std::io::stdout().is_terminal();
    let mut reader = BufReader::new(output);
    let mut report: Option<Report> = None;
    let mut told = Vec::new();
    let mut line = Vec::new();
    loop {
        let ending = read_line_or_redraw(&mut reader, &mut line)?;
        let text = String::from_utf8_lossy(&line);
        if let Some(json) = text.strip_prefix("RESULT ") {
            report = Some(serde_json::from_str(json).context("the RESULT line is not as expected")?);
        } else if ending == Some('\r') {
            if is_terminal && !text.is_empty() {
                draw(&format!("{language:<7}│ {text}{CLEAR_REST}\r"))?;
            }
        } else if ending.is_some() || !text.is_empty() {
            told.extend(step_of(&text, told.len() + 1));
            let clear = if is_terminal { CLEAR_REST } else { "" };
            draw(&format!("{language:<7}│ {text}{clear}\n"))?;
        }
        if ending.is_none() {
            return Ok(report.map(|report| Report { told, ..report }));
        }
    }
}

/// What a line tells of the step with this number: `3. uploaded movie.mp4`.
fn step_of(line: &str, number: usize) -> Option<String> {
    Some(line.strip_prefix(&number.to_string())?.strip_prefix(". ")?.to_owned())
}

fn draw(text: &str) -> Result<()> {
    let mut terminal = std::io::stdout().lock();
    terminal.write_all(text.as_bytes())?;
    terminal.flush().context("cannot write to the terminal")
}

/// Reads up to a line feed or carriage return and tells which; none at the end.
fn read_line_or_redraw(reader: &mut impl BufRead, line: &mut Vec<u8>) -> Result<Option<char>> {
    line.clear();
    loop {
        let available = reader.fill_buf()?;
        if available.is_empty() {
            return Ok(None);
        }
        match available.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            Some(at) => {
                line.extend_from_slice(&available[..at]);
                let ending = char::from(available[at]);
                reader.consume(at + 1);
                return Ok(Some(ending));
            }
            None => {
                line.extend_from_slice(available);
                let length = available.len();
                reader.consume(length);
            }
        }
    }
}

fn print_table(turns: &[(Language, Turn)]) {
    println!("\n{:<9}{:>6}{:>12}  outcome", "language", "steps", "bytes");
    for (language, turn) in turns {
        match turn {
            Turn::Ran(Report { steps, bytes, outcome, .. }) => {
                println!("{language:<9}{steps:>6}{bytes:>12}  {outcome}")
            }
            Turn::Failed(error) => println!("{language:<9}{:>6}{:>12}  failed: {error:#}", "–", "–"),
            Turn::NotRun(why) => println!("{language:<9}{:>6}{:>12}  not run: {why}", "–", "–"),
        }
    }
}

fn say(text: &str) {
    println!("▸ {text}");
}

/// Bytes without a pattern that a wrong offset or a lost block could hide in (xorshift).
fn write_noise(path: &Path, bytes: u64) -> Result<()> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut writer = std::io::BufWriter::with_capacity(1 << 20, file);
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..bytes / 8 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        writer.write_all(&state.to_le_bytes())?;
    }
    writer.flush().with_context(|| format!("cannot write {}", path.display()))
}

fn same_bytes(one: &Path, other: &Path) -> Result<bool> {
    let open = |path: &Path| File::open(path).with_context(|| format!("cannot read {}", path.display()));
    let (one, other) = (open(one)?, open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (BufReader::with_capacity(1 << 20, one), BufReader::with_capacity(1 << 20, other));
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let length = left.len().min(right.len());
        if length == 0 {
            return Ok(left.len() == right.len());
        }
        if left[..length] != right[..length] {
            return Ok(false);
        }
        one.consume(length);
        other.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) -> Result<Report> {
        run_live(Command::new("sh").args(["-c", script]), Language::Rust)
    }

    /// A program that takes these steps and says that all is well.
    fn takes(steps: &[&str]) -> Result<Report> {
        let lines: Vec<String> = (1..).zip(steps).map(|(number, step)| format!("echo '{number}. {step} it'")).collect();
        let bar = r"printf 'uploading\r 50 %%\r100 %%\n'";
        let result = format!(r#"echo 'RESULT {{"steps": {}, "bytes": 5, "outcome": "ok"}}'"#, steps.len());
        run(&format!("{bar}; {}; {result}", lines.join("; ")))
    }

    #[test]
    fn the_report_is_the_last_line_of_the_program() {
        let report = takes(&STEPS).unwrap();
        assert_eq!((report.steps, report.bytes, report.outcome.as_str()), (STEPS.len(), 5, "ok"));
        assert_eq!(report.told[2], "uploaded it");
    }

    #[test]
    fn a_program_that_takes_other_steps_has_failed() {
        let failure = |steps: &[&str]| takes(steps).unwrap_err().to_string();
        assert_eq!(failure(&STEPS[..8]), "step 9 is missing: «a file that is gone …»");
        let mut other = STEPS;
        other.swap(5, 6);
        assert_eq!(failure(&other), "step 6 is «compared it», not «downloaded …»");
        let more = [&STEPS[..], &["bowed"]].concat();
        assert!(failure(&more).contains("bowed"));
        let other_outcome = run(r#"echo 'RESULT {"steps": 9, "bytes": 5, "outcome": "half"}'"#).unwrap_err();
        assert_eq!(other_outcome.to_string(), "the program's outcome is half");
    }

    #[test]
    fn a_program_without_report_or_with_an_exit_code_has_failed() {
        assert_eq!(run("echo done").unwrap_err().to_string(), "the program's last line is no RESULT");
        let late = run(r#"echo 'RESULT {"steps": 9, "bytes": 5, "outcome": "ok"}'; exit 4"#).unwrap_err();
        assert_eq!(late.to_string(), "the program ended with exit status: 4");
    }

    #[test]
    fn files_are_compared_to_their_last_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        write_noise(&path("a"), 4096).unwrap();
        write_noise(&path("b"), 4096).unwrap();
        assert!(same_bytes(&path("a"), &path("b")).unwrap());
        let mut bytes = std::fs::read(path("b")).unwrap();
        bytes[4095] ^= 1;
        std::fs::write(path("b"), bytes).unwrap();
        assert!(!same_bytes(&path("a"), &path("b")).unwrap());
    }
}
