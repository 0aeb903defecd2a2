//! Changes a service's tables in memory, one thing at a time, and plays the operation's own cases through the core: a
//! change that no case notices shows what the cases do not prove.

mod changes;

use std::collections::BTreeMap;

use fileferry_core::tables::Service;
use futures_util::StreamExt as _;
use futures_util::stream;

use crate::case::Case;
use crate::core_performer::CorePerformer;
use crate::judge;
use crate::player::Player;
use crate::run::play;

pub use changes::Change;

/// What became of the changes.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many were made.
    pub made: usize,
    /// Those that no case noticed.
    pub survived: Vec<String>,
    /// Cases that fail without any change: nothing that they notice counts.
    pub broken: Vec<String>,
}

/// Makes all changes, or about `sample` of them chosen by `seed`.
pub async fn mutate(
    service: &'static Service,
    cases: &[Case],
    sample: Option<usize>,
    seed: u64,
) -> std::io::Result<Outcome> {
    let player = Player::start().await?;
    // A twin fails on purpose, so it says nothing.
    let cases: Vec<&Case> = cases
        .iter()
        .filter(|case| case.service == service.id && case.must_fail.is_none())
        .collect();
    let mut outcome = Outcome::default();
    for case in &cases {
        if notices(&player, service, case, "unchanged").await {
            outcome.broken.push(case.name.clone());
        }
    }
    let by_operation = cases_by_operation(service, &cases);
    let mut changes = changes::of(service);
    if let Some(sample) = sample {
        thin_out(&mut changes, sample, seed);
    }
    outcome.made = changes.len();
    let survived = stream::iter(changes.iter().enumerate())
        .map(|(number, change)| {
            let (player, by_operation, broken) = (&player, &by_operation, &outcome.broken);
            async move {
                let changed: &'static Service = Box::leak(Box::new(change.apply(service)));
                for case in change
                    .operations()
                    .iter()
                    .flat_map(|id| by_operation.get(id).into_iter().flatten())
                {
                    if broken.contains(&case.name) {
                        continue;
                    }
                    if notices(player, changed, case, &format!("change{number}")).await {
                        return None;
                    }
                }
                Some(change.to_string())
            }
        })
        .buffered(4)
        .filter_map(|survivor| async { survivor })
        .collect()
        .await;
    outcome.survived = survived;
    Ok(outcome)
}

/// Whether a case fails over these tables.
async fn notices(player: &Player, service: &'static Service, case: &Case, stage: &str) -> bool {
    let mut performer = CorePerformer::new(service);
    match play(player, case, stage, &mut performer).await {
        Ok(played) => judge::failure(case, &played.mismatches).is_some(),
        Err(_) => true,
    }
}

/// The cases of each operation. What belongs to another operation is shown by its cases; a client's verb shows the
/// operations that it uses.
fn cases_by_operation<'a>(service: &Service, cases: &[&'a Case]) -> BTreeMap<String, Vec<&'a Case>> {
    let mut by_operation: BTreeMap<String, Vec<&'a Case>> = BTreeMap::new();
    for operation in service.operations {
        let group = operation.part_of.unwrap_or(operation.id);
        let verbs: &[&str] = match group {
            "uploads.getUploadFormData" => &["client.upload"],
            "downloads.getUrl" => &["client.download"],
            "auth.login" | "auth.requestCaptcha" => &["client.signIn"],
            _ => &[],
        };
        let own = cases
            .iter()
            .filter(|case| case.operation == group || verbs.contains(&case.operation.as_str()));
        by_operation.insert(operation.id.to_owned(), own.copied().collect());
    }
    by_operation
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
