//! Plays all cases in all languages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::case::Case;
use crate::files::CaseFiles;
use crate::judge::{self, Mismatch};
use crate::observation::{Outcome as Ended, Reply};
use crate::player::Player;
use crate::report::{Entry, Outcome, Report};
use crate::runner::{Performer, Runner};
use crate::secrets;

/// The languages in which every case runs.
pub const LANGUAGES: [&str; 6] = ["rust", "python", "python_async", "node", "swift", "kotlin"];

/// What to run.
#[derive(Debug)]
pub struct Plan {
    /// The cases.
    pub cases: Vec<Case>,
    /// The languages; one without a runner counts as not run.
    pub languages: Vec<String>,
    /// Each language's command.
    pub runners: BTreeMap<String, Vec<String>>,
    /// Where the runners' logs go.
    pub logs: PathBuf,
    /// How long one case may take.
    pub patience: Duration,
}

/// Runs the plan, languages side by side.
pub async fn run(plan: Plan) -> std::io::Result<Report> {
    std::fs::create_dir_all(&plan.logs)?;
    let player = Arc::new(Player::start().await?);
    let plan = Arc::new(plan);
    let tasks: Vec<_> = plan
        .languages
        .iter()
        .map(|language| tokio::spawn(run_language(Arc::clone(&plan), Arc::clone(&player), language.clone())))
        .collect();
    let mut report = Report::default();
    let mut classes = Classes::default();
    for task in tasks {
        let (entries, seen) = task.await.map_err(std::io::Error::other)??;
        report.results.extend(entries);
        classes.0.extend(seen.0);
    }
    report.results.extend(classes.entries());
    Ok(report)
}

/// What one case in one language came to.
#[derive(Debug)]
pub struct Played {
    /// What does not fit.
    pub mismatches: Vec<Mismatch>,
    /// What the runner told.
    pub reply: Reply,
}

/// Plays one case through a performer: the way of every language and of the core itself.
pub async fn play(
    player: &Player,
    case: &Case,
    language: &str,
    performer: &mut impl Performer,
) -> Result<Played, String> {
    let key = format!("{language}/{}", case.name);
    let words = player.words(&key);
    let words: Vec<(&str, &str)> = words.iter().map(|(word, address)| (*word, address.as_str())).collect();
    let case = case.for_language(language).and_then(|case| case.placed(&words)).map_err(|error| error.to_string())?;
    let (files, call) = CaseFiles::prepare(&case.call).map_err(|error| error.to_string())?;
    let stage = player.stage(&key, case.play.clone(), case.repeat_last);
    let reply = performer.perform(&line_for(&case, call, stage.base())).await;
    let wire = stage.finish();
    let reply = reply?;
    let mismatches = judge::judge(&case, language, &wire, &reply, &files).map_err(|error| error.to_string())?;
    Ok(Played { mismatches, reply })
}

/// The base address of a case whose client is given none, as with a service that sends nothing to its own.
const OWN_ADDRESS: &str = "$own";

pub(crate) fn line_for(case: &Case, call: serde_json::Map<String, Value>, base: &str) -> Value {
    let mut client = case.client.clone();
    if client.get("base_url").is_some_and(|given| given == OWN_ADDRESS) {
        client.shift_remove("base_url");
    } else {
        client.entry("base_url").or_insert_with(|| Value::String(base.to_owned()));
    }
    json!({
        "case": case.name,
        "service": case.service,
        "operation": case.operation,
        "verb": case.verb(),
        "iterate": case.iterate,
        "close_first": case.close_first,
        "client": client,
        "call": call,
        "options": case.options,
    })
}

async fn run_language(
    plan: Arc<Plan>,
    player: Arc<Player>,
    language: String,
) -> std::io::Result<(Vec<Entry>, Classes)> {
    let mut entries = Vec::new();
    let mut classes = Classes::default();
    let Some(command) = plan.runners.get(&language) else {
        for case in &plan.cases {
            entries.push(Entry::of_case(case, &language, Outcome::NotRun, "this language has no runner".to_owned()));
        }
        return Ok((entries, classes));
    };
    let log = plan.logs.join(format!("{language}.log"));
    std::fs::write(&log, "")?;
    let mut runner = Runner::new(command.clone(), log.clone(), plan.patience);
    for case in &plan.cases {
        let failure = match play(&player, case, &language, &mut runner).await {
            Ok(played) => {
                classes.see(&language, &played.reply);
                judge::failure(case, &played.mismatches)
            }
            Err(reason) => Some(reason),
        };
        let outcome = if failure.is_some() { Outcome::Failed } else { Outcome::Passed };
        entries.push(Entry::of_case(case, &language, outcome, failure.unwrap_or_default()));
    }
    let left = runner.close().await;
    entries.push(Entry::of_run(&language, "runner_leaves", left.err()));
    entries.push(Entry::of_run(&language, "log_shows_no_secret", secrets_in_log(&plan.cases, &log)?));
    Ok((entries, classes))
}

fn secrets_in_log(cases: &[Case], log: &std::path::Path) -> std::io::Result<Option<String>> {
    let text = String::from_utf8_lossy(&std::fs::read(log)?).into_owned();
    // A twin of the search itself plants a text that does show.
    let planted: BTreeSet<String> =
        cases.iter().filter(|case| case.must_fail.is_none()).flat_map(secrets::of_case).collect();
    Ok(secrets::fault_of_log(&text, &planted.into_iter().collect::<Vec<_>>()))
}

/// Which error class each kind has in each language: one a kind, the same names in Python and Node.
#[derive(Debug, Default)]
struct Classes(BTreeSet<(String, String, String)>);

impl Classes {
    fn see(&mut self, language: &str, reply: &Reply) {
        if reply.outcome != Ended::Error {
            return;
        }
        if let (Some(kind), Some(class)) = (reply.error["kind"].as_str(), reply.error["class"].as_str()) {
            // Both Pythons, and Node by the design, have one set of names.
            let family =
                if language.starts_with("python") || language == "node" { "python and node" } else { language };
            self.0.insert((family.to_owned(), kind.to_owned(), class.to_owned()));
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let mut by_kind: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for (family, kind, class) in &self.0 {
            by_kind.entry((family, kind)).or_default().insert(class);
        }
        by_kind
            .into_iter()
            .filter(|(_, classes)| classes.len() > 1)
            .map(|((family, kind), classes)| {
                Entry::of_run(family, "error_classes", Some(format!("{kind} has the classes {classes:?}")))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
