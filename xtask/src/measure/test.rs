//! Minutes of `cargo xtask test`, as it is and with the made-up service.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::copy::Copy;
use super::table::{Figure, short};
use crate::files::read;
use crate::process::Log;
use crate::test::STAGE_TABLE;

/// Each of its commands has a limit of its own.
const LIMIT: Duration = Duration::from_secs(3 * 60 * 60);
/// Operations that all services together have.
const ALL_OPERATIONS: f64 = 290.0;

/// Minutes of every stage of the test command, and of the whole.
pub fn measure(copy: &Copy, log: &Log) -> Result<Vec<Figure>> {
    let mut command = copy.xtask()?;
    command.arg("test");
    own_maven_repository(copy, log, &mut command)?;
    // Where the service is made up, nobody has written what some stages want: they fail after their work, and their
    // minutes count all the same.
    log.execute_within(&mut command, LIMIT)?;
    let table = read(&copy.workspace.target().join(STAGE_TABLE))?;
    let minutes: BTreeMap<String, f64> = serde_json::from_str(&table).context("the stage table is not as expected")?;
    Ok(minutes.into_iter().map(|(stage, minutes)| Figure::once(stage, "min", minutes)).collect())
}

/// Maven installs what it tests; a grown package must not take the place of the true one.
fn own_maven_repository(copy: &Copy, log: &Log, command: &mut Command) -> Result<()> {
    let home = std::env::var_os("HOME").context("HOME is not set")?;
    let (usual, own) =
        (Path::new(&home).join(".m2/repository"), copy.workspace.target_folder("maven")?.join("repository"));
    if usual.exists() && !own.exists() {
        log.run(Command::new("cp").args(["--archive", "--link"]).args([&usual, &own]))?;
    }
    command.env("MAVEN_OPTS", format!("-Dmaven.repo.local={}", own.display()));
    Ok(())
}

/// Says what both runs let us expect for all services, where so many operations are described as yet.
pub fn print_expectation(described: usize, made_up: usize, plain: &[Figure], grown: &[Figure]) {
    let whole = |figures: &[Figure]| figures.iter().find(|figure| figure.what() == "all together").map(Figure::median);
    let (Some(before), Some(after)) = (whole(plain), whole(grown)) else { return };
    #[allow(clippy::cast_precision_loss, reason = "a few hundred")]
    let (described, made_up) = (described as f64, made_up as f64);
    let an_operation = (after - before) / made_up;
    println!(
        "\nBoth are wholes of one run each; what an operation adds is their difference divided by {made_up}. For \
         {ALL_OPERATIONS} operations that makes {} minutes.",
        short((ALL_OPERATIONS - described).mul_add(an_operation, before))
    );
}
