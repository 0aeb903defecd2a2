//! Calls each operation against the emulator, in every language, with ids that the calls before it gave.
//!
//! A case compares values with what was played; here a server with a state of its own answers, so that the types of what
//! is seen are held against the documented example, and the server must have nothing to object to. It speaks TLS, under an
//! authority that only the client's `ca_bundle` makes it trust.

mod control;
mod emulator;
mod script;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::case::Case;
use crate::files::CaseFiles;
use crate::judge::{self, Mismatch};
use crate::observation::Reply;
use crate::report::{Entry, Outcome, Report};
use crate::run::line_for;
use crate::runner::{Performer as _, Runner};
use crate::secrets;

use emulator::{Emulator, World};
pub use script::{Script, Step, load_scripts};

/// What to run.
#[derive(Debug)]
pub struct Plan {
    /// The emulator's program.
    pub emulator: PathBuf,
    /// What is called, by service.
    pub scripts: Vec<Script>,
    /// The cases, whose documented examples tell the types.
    pub cases: Vec<Case>,
    /// Each language's command.
    pub runners: BTreeMap<String, Vec<String>>,
    /// Where the runners' logs go.
    pub logs: PathBuf,
    /// How long one call may take.
    pub patience: Duration,
}

/// Why a live run could not take place.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The emulator did not start or did not answer.
    #[error("the emulator: {0}")]
    Emulator(String),
    /// A file could not be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A language's task broke.
    #[error(transparent)]
    Task(#[from] tokio::task::JoinError),
}

/// Runs the plan, each language in a world of its own, side by side.
pub async fn run(plan: Plan) -> Result<Report, LiveError> {
    std::fs::create_dir_all(&plan.logs)?;
    let emulator = Emulator::start(&plan.emulator).await?;
    let plan = Arc::new(plan);
    let mut tasks = Vec::new();
    for language in plan.runners.keys() {
        let world = emulator.world().await?;
        tasks.push(tokio::spawn(run_language(Arc::clone(&plan), world, language.clone())));
    }
    let mut report = Report::default();
    for task in tasks {
        report.results.extend(task.await??);
    }
    emulator.stop().await?;
    Ok(report)
}

async fn run_language(plan: Arc<Plan>, world: World, language: String) -> Result<Vec<Entry>, LiveError> {
    let log = plan.logs.join(format!("{language}.log"));
    std::fs::write(&log, "")?;
    let command = plan.runners.get(&language).cloned().unwrap_or_default();
    let mut runner = Runner::new(command, log.clone(), plan.patience);
    let mut entries = Vec::new();
    for script in &plan.scripts {
        let mut words = world.words(&script.service);
        for step in &script.steps {
            let failure = take(step, &plan.cases, &world, &language, &mut words, &mut runner).await.err();
            entries.push(Entry {
                service: script.service.clone(),
                operation: step.operation.clone(),
                case: step.name.clone(),
                language: language.clone(),
                outcome: if failure.is_some() { Outcome::Failed } else { Outcome::Passed },
                detail: failure.unwrap_or_default(),
            });
        }
    }
    entries.push(Entry::of_run(&language, "live_runner_leaves", runner.close().await.err()));
    let violations = world.violations().await?;
    entries.push(Entry::of_run(&language, "live_nothing_objected_to", listed(&violations)));
    entries.push(Entry::of_run(&language, "live_log_shows_no_secret", shown_in(&log, &world.secrets())?));
    Ok(entries)
}

/// Takes one step; the reason where it fails.
async fn take(
    step: &Step,
    cases: &[Case],
    world: &World,
    language: &str,
    words: &mut BTreeMap<String, String>,
    runner: &mut Runner,
) -> Result<(), String> {
    for (word, path) in &step.learn {
        let told = world.ask(&script::put_words(path, words)).await.map_err(|error| error.to_string())?;
        let value = told[word].as_str().ok_or_else(|| format!("{path} tells no {word}: {told}"))?;
        words.insert(word.clone(), value.to_owned());
    }
    let case = step.as_case(words)?;
    let example = cases
        .iter()
        .find(|case| case.name == step.like)
        .and_then(|case| case.sees.result.as_ref())
        .ok_or_else(|| format!("there is no case {} with a result", step.like))?;
    let (files, call) = CaseFiles::prepare(&case.call).map_err(|error| error.to_string())?;
    let mut line = line_for(&case, call, world.base_url(&case.service));
    line["client"]["ca_bundle"] = world.ca_file().into();
    let reply = runner.perform(&line).await?;
    let mut mismatches =
        judge::judge_types(&case, example, language, &reply, &files).map_err(|error| error.to_string())?;
    mismatches.extend(shown_by(&reply, &world.secrets()));
    if !mismatches.is_empty() {
        return Err(mismatches.iter().map(Mismatch::to_string).collect::<Vec<_>>().join("\n"));
    }
    for (word, path) in &step.keep {
        let value =
            script::leaf_at(&reply.observation, path).ok_or_else(|| format!("the result has no text at {path}"))?;
        words.insert(word.clone(), value);
    }
    Ok(())
}

fn shown_by(reply: &Reply, planted: &[String]) -> Vec<Mismatch> {
    let shown = secrets::shown(reply, planted).into_iter();
    let mismatch = |(place, secret): (&str, String)| Mismatch {
        check: judge::Check::Secret,
        detail: format!("{place} shows {}", secrets::masked(&secret)),
    };
    shown.map(mismatch).collect()
}

fn shown_in(log: &Path, planted: &[String]) -> std::io::Result<Option<String>> {
    let text = String::from_utf8_lossy(&std::fs::read(log)?).into_owned();
    let found: Vec<String> = secrets::in_text(&text, planted)
        .map(|(line, secret)| format!("line {line} shows {}", secrets::masked(secret)))
        .collect();
    Ok((!found.is_empty()).then(|| found.join("\n")))
}

fn listed(violations: &[Value]) -> Option<String> {
    let each: Vec<String> = violations.iter().map(Value::to_string).collect();
    (!each.is_empty()).then(|| each.join("\n"))
}
