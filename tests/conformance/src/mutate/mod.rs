//! Changes a service's tables in memory, one thing at a time, and plays the operation's own cases through the core: a
//! change that no case notices shows what the cases do not prove.

mod candidates;
mod changes;
mod equal;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use fileferry_core::tables::Service;
use futures_util::StreamExt as _;
use futures_util::stream;
use serde::Serialize;

use crate::case::Case;
use crate::core_performer::CorePerformer;
use crate::judge;
use crate::player::Player;
use crate::run::play;

use candidates::Candidates;
pub use changes::Change;
pub use equal::EqualChanges;

/// How many changes are tried at once: a case waits for sockets more than it works.
const SIDE_BY_SIDE: usize = 24;

/// What became of the changes of one service.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    /// The service.
    pub service: String,
    /// How many changes were made.
    pub made: usize,
    /// Those that no case noticed.
    pub survived: Vec<Survivor>,
    /// Cases that fail without any change, and why: nothing that they notice counts.
    pub broken: BTreeMap<String, String>,
    /// Explanations of changes that do not exist, or that a case does notice.
    pub explained_in_vain: Vec<String>,
    /// How long it took.
    pub seconds: f64,
    /// Which case noticed each of the others first.
    pub noticed_by: BTreeMap<String, String>,
}

impl Outcome {
    /// How many changes of a hundred survived.
    pub fn percent(&self) -> f64 {
        100.0 * self.survived.len() as f64 / self.made.max(1) as f64
    }
}

/// A change that no case noticed.
#[derive(Debug, Serialize)]
pub struct Survivor {
    /// The change.
    pub change: String,
    /// Why no case can notice it.
    pub equal_because: Option<String>,
}

/// Writes the outcomes as JSON.
pub fn write(outcomes: &[Outcome], path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, serde_json::to_vec_pretty(outcomes)?)
}

/// Makes all changes, or about `sample` of them chosen by `seed`.
pub async fn mutate(
    service: &'static Service,
    cases: &[Case],
    equal: &EqualChanges,
    sample: Option<usize>,
    seed: u64,
) -> std::io::Result<Outcome> {
    let begun = Instant::now();
    let player = Arc::new(Player::start().await?);
    let mut candidates = Candidates::new(service, cases);
    let mut outcome = Outcome {
        service: service.id.to_owned(),
        broken: without_change(&player, service, &candidates).await?,
        ..Outcome::default()
    };
    candidates.drop_all(|name| outcome.broken.contains_key(name));
    let candidates = Arc::new(candidates);
    let mut changes = changes::of(service);
    let all: Vec<String> = changes.iter().map(Change::to_string).collect();
    if let Some(sample) = sample {
        thin_out(&mut changes, sample, seed);
    }
    outcome.made = changes.len();
    let sharp = Arc::new(Sharp::default());
    let mut tried = stream::iter(changes.into_iter().enumerate())
        .map(|(number, change)| {
            let (player, candidates, sharp) = (Arc::clone(&player), Arc::clone(&candidates), Arc::clone(&sharp));
            tokio::spawn(async move {
                let noticed = noticed_by(&player, service, &candidates, &sharp, number, &change).await;
                (number, change.to_string(), noticed)
            })
        })
        .buffer_unordered(SIDE_BY_SIDE);
    let mut survived = BTreeMap::new();
    while let Some(told) = tried.next().await {
        let (number, change, noticed) = told.map_err(std::io::Error::other)?;
        match noticed {
            Some(case) => drop(outcome.noticed_by.insert(change, case)),
            None => drop(survived.insert(number, change)),
        }
    }
    outcome.survived = survived.into_values().map(|change| equal.explained(service.id, change)).collect();
    outcome.explained_in_vain = equal.in_vain(service.id, &all, &outcome.noticed_by);
    outcome.seconds = begun.elapsed().as_secs_f64();
    Ok(outcome)
}

/// The cases that fail over the tables as they are.
async fn without_change(
    player: &Arc<Player>,
    service: &'static Service,
    candidates: &Candidates,
) -> std::io::Result<BTreeMap<String, String>> {
    let mut tried = stream::iter(candidates.cases())
        .map(|case| {
            let player = Arc::clone(player);
            tokio::spawn(async move {
                let failure = failure(&player, service, &case, "unchanged").await;
                failure.map(|reason| (case.name.clone(), reason))
            })
        })
        .buffered(SIDE_BY_SIDE);
    let mut broken = BTreeMap::new();
    while let Some(told) = tried.next().await {
        broken.extend(told.map_err(std::io::Error::other)?);
    }
    Ok(broken)
}

/// The cases that noticed the last change of each thing: likely to notice the next one too.
#[derive(Debug, Default)]
struct Sharp(Mutex<BTreeMap<String, String>>);

impl Sharp {
    fn for_subject(&self, subject: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(subject).cloned()
    }

    fn remember(&self, subject: &str, case: &str) {
        let mut cases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cases.insert(subject.to_owned(), case.to_owned());
    }
}

/// The first case that notices a change.
async fn noticed_by(
    player: &Player,
    service: &'static Service,
    candidates: &Candidates,
    sharp: &Sharp,
    number: usize,
    change: &Change,
) -> Option<String> {
    // The program is short, and the core wants tables that live as long as it does.
    let changed: &'static Service = Box::leak(Box::new(change.apply(service)));
    let first = sharp.for_subject(change.subject());
    for case in candidates.in_order(change, first.as_deref()) {
        let failure = failure(player, changed, case, &format!("change{number}")).await;
        if failure.is_some() {
            sharp.remember(change.subject(), &case.name);
            return Some(case.name.clone());
        }
    }
    None
}

/// Why a case fails over these tables; `None` where it passes.
async fn failure(player: &Player, service: &'static Service, case: &Case, stage: &str) -> Option<String> {
    let mut performer = CorePerformer::new(service);
    match play(player, case, stage, &mut performer).await {
        Ok(played) => judge::failure(case, &played.mismatches),
        Err(reason) => Some(reason),
    }
}

/// Keeps about `keep` changes, the same ones for the same seed.
fn thin_out(changes: &mut Vec<Change>, keep: usize, seed: u64) {
    let mut state = seed | 1;
    let mut next = || {
        // A xorshift is random enough for choosing a sample.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    while changes.len() > keep {
        let at = usize::try_from(next() % changes.len() as u64).unwrap_or(0);
        changes.swap_remove(at);
    }
}
