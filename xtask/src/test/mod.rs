//! `cargo xtask test`: everything that is tested, in stages, with a table of minutes at the end.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use clap::Args;

use self::counts::Counts;
use self::plan::{Plan, Stage};
use crate::files::write;
use crate::prepared::{Prepared, Purpose};
use crate::process::Log;
use crate::workspace::Workspace;

mod counts;
mod disks;
mod plan;
mod secrets;
mod stages;
mod tools;

/// Two cores are what the command is made for. A third stage beside two others would only disturb tests that look at
/// the clock.
const SIDE_BY_SIDE: usize = 2;
const DEEP_ROUNDS: usize = 3;
const TAIL_LINES: usize = 40;
/// The stages' minutes as JSON, below the target folder.
pub const STAGE_TABLE: &str = "test-logs/minutes.json";

/// What to test.
#[derive(Debug, Args)]
pub struct Options {
    /// Repeat the tests that run against the clock, and check licences and sources of all dependencies.
    #[arg(long)]
    deep: bool,
    /// Run these stages or languages alone (several: comma or repeat).
    #[arg(long, value_name = "STAGE|LANGUAGE", value_delimiter = ',')]
    only: Vec<String>,
    /// Leave out these stages or languages.
    #[arg(long, value_name = "STAGE|LANGUAGE", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Say which stages there are and run nothing.
    #[arg(long)]
    list: bool,
}

/// How a stage ended.
struct Outcome {
    counts: Counts,
    error: Option<anyhow::Error>,
    took: Duration,
}

impl Outcome {
    fn passed(&self) -> bool {
        self.error.is_none() && self.counts.failed == 0
    }
}

/// Runs the chosen stages to their end, whatever fails among them.
pub fn run(workspace: Workspace, options: &Options) -> Result<()> {
    let all = stages::all(options.deep);
    if options.list {
        for stage in all.iter().filter(|stage| !stage.prepares) {
            println!("{:<14} {}", stage.name, stage.about);
        }
        return Ok(());
    }
    let plan = Plan::choose(&all, &options.only, &options.exclude)?;
    let rounds = if options.deep { DEEP_ROUNDS } else { 1 };
    let started = Instant::now();
    let prepared = Prepared::new(workspace, plan.languages, Purpose::Tests);
    let outcomes = Schedule::new(plan.stages.clone(), rounds).work_off(&prepared);
    let took = started.elapsed();
    print_table(&plan.stages, &outcomes, took);
    write_table(&prepared.workspace.target().join(STAGE_TABLE), &outcomes, took)?;
    let total: Counts = outcomes.values().map(|outcome| outcome.counts).sum();
    println!("{} passed, {} failed", total.passed, total.failed);
    if outcomes.values().all(Outcome::passed) { Ok(()) } else { bail!(crate::AlreadyReported) }
}

/// Stages that wait, run and are done. A stage starts when all that it needs has ended, well or not: what it then does
/// not find it reports itself, and a stage that can do without something still gives its results.
struct Schedule {
    state: Mutex<State>,
    changed: Condvar,
    rounds: usize,
}

#[derive(Default)]
struct State {
    waiting: Vec<Stage>,
    running: Vec<Stage>,
    outcomes: BTreeMap<&'static str, Outcome>,
}

impl State {
    fn next(&mut self) -> Option<Stage> {
        let cargo_is_free = !self.running.iter().any(|stage| stage.uses_cargo);
        let open = |need: &&str| self.waiting.iter().chain(&self.running).any(|stage| stage.name == *need);
        let ready = |stage: &Stage| (cargo_is_free || !stage.uses_cargo) && !stage.needs.iter().any(open);
        let position = self.waiting.iter().position(ready)?;
        let stage = self.waiting.remove(position);
        self.running.push(stage);
        Some(stage)
    }

    fn end(&mut self, stage: Stage, outcome: Outcome) {
        self.running.retain(|running| running.name != stage.name);
        self.outcomes.insert(stage.name, outcome);
    }
}

impl Schedule {
    fn new(stages: Vec<Stage>, rounds: usize) -> Self {
        let state = State { waiting: stages, ..State::default() };
        Self { state: Mutex::new(state), changed: Condvar::new(), rounds }
    }

    fn work_off(self, prepared: &Prepared) -> BTreeMap<&'static str, Outcome> {
        std::thread::scope(|scope| {
            for _ in 0..SIDE_BY_SIDE {
                scope.spawn(|| {
                    while let Some(stage) = self.take() {
                        let outcome = run_stage(&stage, prepared, self.rounds);
                        self.lock().end(stage, outcome);
                        self.changed.notify_all();
                    }
                });
            }
        });
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).outcomes
    }

    /// The next stage that can start, waiting for one if need be; none when nothing is left.
    fn take(&self) -> Option<Stage> {
        let mut state = self.lock();
        loop {
            if state.waiting.is_empty() {
                return None;
            }
            if let Some(stage) = state.next() {
                return Some(stage);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run_stage(stage: &Stage, prepared: &Prepared, rounds: usize) -> Outcome {
    let started = Instant::now();
    println!("{:<16} started: {}", stage.name, stage.about);
    let path = prepared.workspace.target().join(format!("test-logs/{}.log", stage.name));
    let mut counts = Counts::default();
    let rounds = if stage.repeats { rounds } else { 1 };
    let error = Log::create(path.clone()).and_then(|log| repeat(stage, prepared, &log, rounds, &mut counts)).err();
    // What stopped a stage is a failure of its own, so that the closing line can never call the run a success.
    counts.failed += u64::from(error.is_some());
    let outcome = Outcome { counts, error, took: started.elapsed() };
    report(stage, &outcome, &path);
    outcome
}

fn repeat(stage: &Stage, prepared: &Prepared, log: &Log, rounds: usize, counts: &mut Counts) -> Result<()> {
    for _ in 0..rounds {
        // A stage that panics must not leave the others waiting for it.
        let round = catch_unwind(AssertUnwindSafe(|| (stage.run)(prepared, log)));
        *counts += round.map_err(|_| anyhow!("the stage panicked"))??;
    }
    if counts.is_empty() && !stage.prepares {
        bail!("it tested nothing");
    }
    Ok(())
}

fn report(stage: &Stage, outcome: &Outcome, log: &Path) {
    let took = minutes(outcome.took);
    if outcome.passed() {
        println!("{:<16} passed in {took} min", stage.name);
        return;
    }
    let reason = outcome.error.as_ref().map_or(String::new(), |error| format!(": {error:#}"));
    let tail = framed(&Log::tail_of(log, TAIL_LINES));
    // One call, so that the lines of two stages do not mix.
    println!("{:<16} FAILED in {took} min{reason}\n┌ {}\n{tail}└", stage.name, log.display());
}

/// A log among our own lines is told apart by its margin.
fn framed(text: &str) -> String {
    text.lines().map(|line| format!("│ {line}\n")).collect()
}

fn print_table(stages: &[Stage], outcomes: &BTreeMap<&'static str, Outcome>, took: Duration) {
    println!("\n{:<16} {:>8} {:>8} {:>8}", "stage", "minutes", "passed", "failed");
    for stage in stages {
        if let Some(Outcome { counts, took, .. }) = outcomes.get(stage.name) {
            println!("{:<16} {:>8} {:>8} {:>8}", stage.name, minutes(*took), counts.passed, counts.failed);
        }
    }
    println!("{:<16} {:>8}", "all together", minutes(took));
}

/// For `cargo xtask measure`.
fn write_table(path: &Path, outcomes: &BTreeMap<&'static str, Outcome>, took: Duration) -> Result<()> {
    let stages = outcomes.iter().map(|(stage, outcome)| (*stage, outcome.took));
    let minutes: BTreeMap<_, _> =
        stages.chain([("all together", took)]).map(|(stage, took)| (stage, took.as_secs_f64() / 60.0)).collect();
    write(path, &serde_json::to_string_pretty(&minutes)?)
}

fn minutes(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64() / 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(names: &[&str]) -> State {
        let waiting = stages::all(false).into_iter().filter(|stage| names.contains(&stage.name)).collect();
        State { waiting, ..State::default() }
    }

    fn start(state: &mut State) -> Option<&'static str> {
        state.next().map(|stage| stage.name)
    }

    fn end(state: &mut State, name: &str) {
        let stage = *state.running.iter().find(|stage| stage.name == name).unwrap();
        state.end(stage, Outcome { counts: Counts::default(), error: None, took: Duration::ZERO });
    }

    #[test]
    fn a_stage_waits_for_what_it_needs() {
        let mut state = state(&["build", "node-tools", "node-package", "node"]);
        assert_eq!(start(&mut state), Some("build"));
        assert_eq!(start(&mut state), Some("node-tools"));
        assert_eq!(start(&mut state), None);
        end(&mut state, "build");
        assert_eq!(start(&mut state), None);
        end(&mut state, "node-tools");
        assert_eq!(start(&mut state), Some("node-package"));
        assert_eq!(start(&mut state), None);
    }

    #[test]
    fn cargo_is_used_by_one_stage_at_a_time() {
        let mut state = state(&["rust", "lint-rust", "docs"]);
        assert_eq!(start(&mut state), Some("rust"));
        assert_eq!(start(&mut state), Some("docs"));
        assert_eq!(start(&mut state), None);
        end(&mut state, "rust");
        assert_eq!(start(&mut state), Some("lint-rust"));
    }

    #[test]
    fn a_panic_or_nothing_tested_is_a_failure_and_the_rest_goes_on() {
        let stage = |name, run| Stage { name, run, prepares: false, needs: &[], ..stages::all(false)[0] };
        let stages = vec![
            stage("unit-panics", |_, _| panic!("on purpose")),
            stage("unit-empty", |_, _| Ok(Counts::default())),
            stage("unit-good", |_, _| Ok(Counts::one(true))),
        ];
        let prepared = Prepared::new(Workspace::find().unwrap(), [].into(), Purpose::Tests);
        let outcomes = Schedule::new(stages, 1).work_off(&prepared);
        let failed: Vec<_> = outcomes.values().map(|outcome| outcome.counts.failed).collect();
        assert_eq!(failed, [1, 0, 1], "empty, good, panics");
        assert_eq!(outcomes["unit-empty"].error.as_ref().unwrap().to_string(), "it tested nothing");
    }
}
