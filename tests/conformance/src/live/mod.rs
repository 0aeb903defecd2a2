//! Calls the emulator in every language: each operation, and whole flows with what can go wrong on their way.
//!
//! A case compares values with what was played; here a server with a state of its own answers, so that what is seen
//! follows from what was done before, and the server must have nothing to object to. It speaks TLS, under an authority that
//! only the client's `ca_bundle` makes it trust.

mod control;
mod emulator;
mod script;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
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
use script::Words;
pub use script::{Flow, Order, Script, Step, load_scripts};

/// What to run.
#[derive(Debug)]
pub struct Plan {
    /// The emulator's program.
    pub emulator: PathBuf,
    /// What is called.
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

/// Runs the plan, all languages side by side, each flow in a world of its own.
pub async fn run(plan: Plan) -> Result<Report, LiveError> {
    std::fs::create_dir_all(&plan.logs)?;
    let emulator = Arc::new(Emulator::start(&plan.emulator).await?);
    let plan = Arc::new(plan);
    let mut tasks = Vec::new();
    for language in plan.runners.keys() {
        tasks.push(tokio::spawn(run_language(Arc::clone(&plan), Arc::clone(&emulator), language.clone())));
    }
    let mut report = Report::default();
    for task in tasks {
        report.results.extend(task.await??);
    }
    if let Some(emulator) = Arc::into_inner(emulator) {
        emulator.stop().await?;
    }
    Ok(report)
}

async fn run_language(plan: Arc<Plan>, emulator: Arc<Emulator>, language: String) -> Result<Vec<Entry>, LiveError> {
    let log = plan.logs.join(format!("{language}.log"));
    std::fs::write(&log, "")?;
    let command = plan.runners.get(&language).cloned().unwrap_or_default();
    let mut runner = Runner::new(command, log.clone(), plan.patience);
    let mut entries = Vec::new();
    let mut secrets = Vec::new();
    for script in &plan.scripts {
        for flow in &script.flows {
            let world = emulator.world().await?;
            let mut words = world.words(&script.service);
            words.insert("base_url".to_owned(), world.base_url(&script.service).to_owned());
            words.insert("control".to_owned(), world.address().to_owned());
            let mut walk = Walk { plan: &plan, service: &script.service, world: &world, language: &language, words };
            entries.extend(walk.through(flow, &mut runner).await?);
            secrets.extend(world.secrets());
        }
    }
    entries.push(Entry::of_run(&language, "live_runner_leaves", runner.close().await.err()));
    entries.push(Entry::of_run(&language, "live_log_shows_no_secret", shown_in(&log, &secrets)?));
    Ok(entries)
}

/// One flow in one language.
struct Walk<'a> {
    plan: &'a Plan,
    service: &'a str,
    world: &'a World,
    language: &'a str,
    words: Words,
}

impl Walk<'_> {
    /// Takes the steps in order; those behind one that failed are taken too, as most of them do not need it.
    async fn through(&mut self, flow: &Flow, runner: &mut Runner) -> Result<Vec<Entry>, LiveError> {
        let mut entries = Vec::new();
        let mut failure = self.give_all(&flow.order).await.err();
        for step in &flow.steps {
            let failure = match failure.take() {
                Some(failure) => Some(failure),
                None => self.take(flow, step, runner).await.err(),
            };
            entries.push(Entry {
                service: self.service.to_owned(),
                operation: step.operation.clone(),
                case: format!("{}: {}", flow.name, step.name),
                language: self.language.to_owned(),
                outcome: if failure.is_some() { Outcome::Failed } else { Outcome::Passed },
                detail: failure.unwrap_or_default(),
            });
        }
        let violations = self.world.violations().await?;
        let what = format!("{}: nothing objected to", flow.name);
        entries.push(Entry::of_run(self.language, &what, listed(&violations)));
        Ok(entries)
    }

    /// Takes one step; the reason where it fails.
    async fn take(&mut self, flow: &Flow, step: &Step, runner: &mut Runner) -> Result<(), String> {
        self.give_all(&step.order).await?;
        let case = step.as_case(self.service, flow, &self.words)?;
        let (files, call) = CaseFiles::prepare(&case.call).map_err(|error| error.to_string())?;
        let mut line = line_for(&case, call, self.world.base_url(&case.service));
        line["client"]["ca_bundle"] = self.world.ca_file().into();
        let before = self.requests(step).await?;
        let (reply, given) = join(runner.perform(&line), self.give_all(&step.meanwhile)).await;
        let reply = reply?;
        given.map_err(|error| format!("an order could not be given: {error}: {reply:?}"))?;
        let mut told = Vec::new();
        let judged = match &step.like {
            Some(like) => judge::judge_types(&case, self.example(like)?, self.language, &reply, &files),
            None => judge::judge_seen(&case, self.language, &reply, &files),
        };
        let mismatches = judged.map_err(|error| error.to_string())?.into_iter();
        told.extend(mismatches.chain(shown_by(&reply, &self.world.secrets())).map(|mismatch| mismatch.to_string()));
        for ((operation, wanted), (before, after)) in
            step.asked.iter().zip(before.iter().zip(self.requests(step).await?))
        {
            if after - before != *wanted {
                told.push(format!("{operation} was asked {} times, not {wanted}", after - before));
            }
        }
        if !told.is_empty() {
            return Err(told.join("\n"));
        }
        for (word, path) in &step.keep {
            let value = script::at(&reply.observation, path).and_then(|leaf| leaf["value"].as_str());
            let value = value.ok_or_else(|| format!("the result has no text at {path}"))?;
            self.words.insert(word.clone(), value.to_owned());
        }
        Ok(())
    }

    /// How many requests there were of each operation that a step counts.
    async fn requests(&self, step: &Step) -> Result<Vec<usize>, String> {
        let mut counts = Vec::new();
        for operation in step.asked.keys() {
            counts.push(self.world.requests(operation).await.map_err(|error| error.to_string())?);
        }
        Ok(counts)
    }

    async fn give_all(&mut self, orders: &[Order]) -> Result<(), String> {
        for order in orders {
            self.give(order).await?;
        }
        Ok(())
    }

    async fn give(&mut self, order: &Order) -> Result<(), String> {
        let path = |path: &str| script::put_words(path, &self.words);
        let told = match (&order.post, &order.get) {
            (Some(post), None) => self.world.order(&path(post)?, &order.body(&self.words)?).await,
            (None, Some(get)) => self.world.ask(&path(get)?).await,
            _ => return Err("an order is either posted or asked for".to_owned()),
        };
        let told = told.map_err(|error| error.to_string())?;
        for (word, path) in &order.keep {
            let value = script::at(&told, path).and_then(Value::as_str);
            let value = value.ok_or_else(|| format!("the emulator tells no text at {path}: {told}"))?;
            self.words.insert(word.clone(), value.to_owned());
        }
        Ok(())
    }

    /// The result of the case of this name.
    fn example(&self, name: &str) -> Result<&Value, String> {
        let case = self.plan.cases.iter().find(|case| case.name == name);
        let result = case.and_then(|case| case.sees.result.as_ref());
        result.ok_or_else(|| format!("there is no case {name} with a result"))
    }
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
    Ok(secrets::fault_of_log(&text, planted))
}

fn listed(violations: &[Value]) -> Option<String> {
    let each: Vec<String> = violations.iter().map(Value::to_string).collect();
    (!each.is_empty()).then(|| each.join("\n"))
}
