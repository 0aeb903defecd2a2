//! Minutes of `cargo xtask mutate`, as it is and with the made-up service.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::build::minutes;
use super::copy::Copy;
use super::table::Figure;
use crate::native::{Natives, Profile, Scope};
use crate::process::Log;

/// It shall end in ten minutes; how far it is from that is what we want to know.
const LIMIT: Duration = Duration::from_secs(2 * 60 * 60);

/// Minutes of a whole `mutate`, without the build before it, which is the same as for the tests.
pub fn measure(copy: &Copy, log: &Log, target: &Path) -> Result<Vec<Figure>> {
    let (natives, complete) = Natives::build(&copy.workspace, log, Profile::Dev, Scope::Conformance, target)?;
    complete?;
    let suite = copy.workspace.path("tests/conformance");
    let mut mutate = Command::new(natives.program(&suite, "fileferry-conformance")?);
    mutate.arg("mutate").current_dir(copy.workspace.root());
    let mut output = String::new();
    // Cases that were made up beside their description notice less than written ones; that is told, and no failure.
    let mut figures = minutes("all changes of all services", || {
        output = log.execute_within(&mut mutate, LIMIT)?.output;
        Ok(())
    })?;
    for line in output.lines().filter(|line| line.contains(" changes, ")) {
        println!("  {line}");
    }
    figures.push(Figure::once("changes", "", changes(&output).context("no change was made")?));
    Ok(figures)
}

/// How many changes were made, from the lines `keep2share: 812 changes, 3 survived (0.4 %), 20 s`.
fn changes(output: &str) -> Option<f64> {
    let made = |line: &str| line.split_once(": ")?.1.split_once(" changes, ")?.0.parse::<f64>().ok();
    output.lines().filter_map(made).reduce(|one, other| one + other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_all_services_are_counted() {
        let output =
            "a: 812 changes, 3 survived (0.4 %), 20 s\n  a: x (not explained)\nb: 8 changes, 0 survived (0 %), 1 s\n";
        assert_eq!(changes(output), Some(820.0));
        assert_eq!(changes("nothing"), None);
    }
}
