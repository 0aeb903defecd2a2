//! `fileferry-conformance`: runs the cases in every language and says what is missing.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use fileferry_conformance::case::{Case, load_folder};
use fileferry_conformance::judge::Check;
use fileferry_conformance::live;
use fileferry_conformance::mutate::{self, EqualChanges};
use fileferry_conformance::report::Report;
use fileferry_conformance::run::{LANGUAGES, Plan, run};
use fileferry_conformance::{documented, obligations};
use fileferry_core::tables::Service;

#[derive(Debug, Parser)]
#[command(about = "Plays written cases against fileferry in every language and judges what was sent and seen")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Plays the cases and writes the report.
    Run(RunArgs),
    /// Checks that the cases can be read, that each check has a twin, and that the documents' names are all shown.
    Check(CheckArgs),
    /// Tells the obligations that no case meets.
    Obligations(ObligationArgs),
    /// Calls each operation against the emulator in every language that has a runner.
    Live(LiveArgs),
    /// Changes the core's tables in memory and tells the changes that no case notices.
    Mutate(MutateArgs),
}

#[derive(Debug, Args)]
struct Folders {
    /// The suite's folder, which holds `cases` and `documented`.
    #[arg(long, default_value = env!("CARGO_MANIFEST_DIR"))]
    suite: PathBuf,
}

#[derive(Debug, Args)]
struct RunArgs {
    #[command(flatten)]
    folders: Folders,
    /// A language's runner, `python=CMD ARGS…` or, where a part holds a blank, `python=["CMD", "ARG"]`; once a language.
    #[arg(long = "runner", value_name = "LANGUAGE=COMMAND")]
    runners: Vec<String>,
    /// Only these languages, separated by commas.
    #[arg(long, value_delimiter = ',')]
    languages: Option<Vec<String>>,
    /// Only cases whose name holds this text.
    #[arg(long)]
    case: Option<String>,
    /// Only the cases of these services.
    #[arg(long)]
    service: Vec<String>,
    /// Where report and logs go.
    #[arg(long, default_value = "target/conformance")]
    report: PathBuf,
    /// How many seconds one case may take.
    #[arg(long, default_value_t = 60)]
    patience: u64,
}

#[derive(Debug, Args)]
struct LiveArgs {
    #[command(flatten)]
    folders: Folders,
    /// The emulator's program.
    #[arg(long)]
    emulator: PathBuf,
    /// A language's runner, as for `run`.
    #[arg(long = "runner", value_name = "LANGUAGE=COMMAND", required = true)]
    runners: Vec<String>,
    /// Where report and logs go.
    #[arg(long, default_value = "target/conformance/live")]
    report: PathBuf,
    /// How many seconds one call may take.
    #[arg(long, default_value_t = 60)]
    patience: u64,
}

#[derive(Debug, Args)]
struct CheckArgs {
    #[command(flatten)]
    folders: Folders,
    /// The output of `cargo xtask operations --json`, to hold against the documents as well.
    #[arg(long)]
    operations: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ObligationArgs {
    #[command(flatten)]
    folders: Folders,
    /// The generator's list; `generated/obligations.json` of the suite where left out.
    #[arg(long)]
    list: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct MutateArgs {
    #[command(flatten)]
    folders: Folders,
    /// Only about so many changes a service, chosen by the seed.
    #[arg(long, value_name = "CHANGES", num_args = 0..=1, default_missing_value = "150")]
    sample: Option<usize>,
    /// Chooses the sample.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only these services.
    #[arg(long)]
    service: Vec<String>,
    /// How many changes of a hundred may survive.
    #[arg(long, default_value_t = 2.0)]
    allow_percent: f64,
    /// Where the exact result goes.
    #[arg(long, default_value = "target/conformance/mutate.json")]
    report: PathBuf,
}

/// What went wrong, or how much did not hold.
type Outcome = Result<Vec<String>, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Run(args) => run_cases(args).await,
        Command::Live(args) => run_live(args).await,
        Command::Check(args) => check(&args),
        Command::Obligations(args) => check_obligations(&args),
        Command::Mutate(args) => mutate_tables(args).await,
    };
    let mut output = std::io::stderr().lock();
    let told = match &outcome {
        Ok(failures) => failures.iter().try_for_each(|failure| writeln!(output, "{failure}")),
        Err(error) => writeln!(output, "{error}"),
    };
    match (outcome, told) {
        (Ok(failures), Ok(())) if failures.is_empty() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// The runners' commands by their languages.
fn commands(given: &[String]) -> Result<BTreeMap<String, Vec<String>>, Box<dyn Error>> {
    let mut runners = BTreeMap::new();
    for runner in given {
        let (language, command) = runner.split_once('=').ok_or_else(|| format!("{runner}: no LANGUAGE=COMMAND"))?;
        if !LANGUAGES.contains(&language) {
            return Err(format!("{language} is none of {LANGUAGES:?}").into());
        }
        runners.insert(language.to_owned(), command_of(command)?);
    }
    Ok(runners)
}

/// A command as words, or as a JSON array of texts.
fn command_of(text: &str) -> serde_json::Result<Vec<String>> {
    if text.starts_with('[') {
        return serde_json::from_str(text);
    }
    Ok(text.split_whitespace().map(str::to_owned).collect())
}

async fn run_cases(args: RunArgs) -> Outcome {
    let runners = commands(&args.runners)?;
    let languages = args.languages.unwrap_or_else(|| LANGUAGES.map(str::to_owned).to_vec());
    for language in &languages {
        if !LANGUAGES.contains(&language.as_str()) {
            return Err(format!("{language} is none of {LANGUAGES:?}").into());
        }
    }
    let mut cases = load_cases(&args.folders.suite)?;
    if let Some(part) = &args.case {
        cases.retain(|case| case.name.contains(part.as_str()));
    }
    if !args.service.is_empty() {
        cases.retain(|case| args.service.contains(&case.service));
    }
    let logs = args.report.join("logs");
    let patience = Duration::from_secs(args.patience);
    let report = run(Plan { cases, languages, runners, logs, patience }).await?;
    told(&report, &args.report)
}

async fn run_live(args: LiveArgs) -> Outcome {
    let plan = live::Plan {
        emulator: args.emulator,
        scripts: live::load_scripts(&args.folders.suite.join("live"))?,
        cases: load_cases(&args.folders.suite)?,
        runners: commands(&args.runners)?,
        logs: args.report.join("logs"),
        patience: Duration::from_secs(args.patience),
    };
    told(&live::run(plan).await?, &args.report)
}

/// Writes a report and tells what failed.
fn told(report: &Report, folder: &Path) -> Outcome {
    report.write(folder)?;
    let failures = report.failures();
    let failures =
        failures.map(|entry| format!("{} {}: {}", entry.language, entry.case, entry.detail.replace('\n', "\n    ")));
    say(&format!("report: {}", folder.join("report.md").display()))?;
    let (passed, failed) = report.counts();
    say(&format!("{passed} passed, {failed} failed"))?;
    Ok(failures.collect())
}

fn check(args: &CheckArgs) -> Outcome {
    let cases = load_cases(&args.folders.suite)?;
    let (documents, kinds) = documented::load(&args.folders.suite.join("documented"))?;
    let mut missing = Vec::new();
    for check in Check::ALL {
        if !cases.iter().any(|case| case.must_fail == Some(check)) {
            missing.push(format!("no twin shows that the check {check} bites"));
        }
    }
    for document in &documents {
        missing.extend(documented::missing_in_cases(document, &cases));
    }
    missing.extend(documented::missing_kinds(&kinds, &cases));
    if let Some(path) = &args.operations {
        let operations = serde_json::from_slice(&std::fs::read(path)?)?;
        for document in &documents {
            missing.extend(documented::missing_in_operations(document, &operations));
        }
    }
    say(&format!("{} cases, {} documents, {} missing", cases.len(), documents.len(), missing.len()))?;
    Ok(missing)
}

fn check_obligations(args: &ObligationArgs) -> Outcome {
    let cases = load_cases(&args.folders.suite)?;
    let path = args.list.clone().unwrap_or_else(|| args.folders.suite.join("generated/obligations.json"));
    let list: Vec<obligations::Obligation> = serde_json::from_slice(&std::fs::read(&path)?)?;
    let unmet: Vec<String> = obligations::unmet(&list, &cases)
        .into_iter()
        .map(|wanted| format!("{} {} has no case that meets {}", wanted.service, wanted.operation, wanted.obligation))
        .collect();
    say(&format!("{} obligations, {} without a case", list.len(), unmet.len()))?;
    Ok(unmet)
}

fn load_cases(suite: &Path) -> Result<Vec<Case>, Box<dyn Error>> {
    Ok(load_folder(&suite.join("cases"))?)
}

fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}

async fn mutate_tables(args: MutateArgs) -> Outcome {
    let cases = load_cases(&args.folders.suite)?;
    let equal = EqualChanges::load(&args.folders.suite.join("equal_changes.yaml"))?;
    let known = fileferry_core::border::services();
    if let Some(unknown) = args.service.iter().find(|id| !known.iter().any(|service| service.id == **id)) {
        return Err(format!("there is no service {unknown}").into());
    }
    let wanted = |service: &&&Service| args.service.is_empty() || args.service.iter().any(|id| id == service.id);
    let mut outcomes = Vec::new();
    let mut failures = Vec::new();
    for service in known.iter().filter(wanted) {
        let outcome = mutate::mutate(service, &cases, &equal, args.sample, args.seed).await?;
        say(&format!(
            "{}: {} changes, {} survived ({:.1} %), {:.0} s",
            outcome.service,
            outcome.made,
            outcome.survived.len(),
            outcome.percent(),
            outcome.seconds
        ))?;
        for survivor in &outcome.survived {
            let reason = survivor.equal_because.as_deref().unwrap_or("not explained");
            say(&format!("  {} ({reason})", survivor.change))?;
        }
        let broken = outcome.broken.iter();
        failures.extend(broken.map(|(case, reason)| format!("{case} fails without any change: {reason}")));
        let in_vain = outcome.explained_in_vain.iter();
        failures
            .extend(in_vain.map(|change| format!("equal_changes.yaml explains what is none or is noticed: {change}")));
        if outcome.percent() > args.allow_percent {
            failures.push(format!("{}: more than {} % of the changes survived", outcome.service, args.allow_percent));
        }
        outcomes.push(outcome);
    }
    mutate::write(&outcomes, &args.report)?;
    say(&format!("exact result: {}", args.report.display()))?;
    Ok(failures)
}
