//! Minutes of `cargo xtask mutate`, as it is and with the made-up service.

use std::time::Instant;

use anyhow::Result;

use super::copy::Copy;
use super::table::Figure;
use crate::process::Log;

/// Minutes of a whole `mutate`, without the build before it.
pub fn measure(copy: &Copy, log: &Log) -> Result<Vec<Figure>> {
    // A sample first, so that everything is built.
    log.execute(copy.xtask()?.args(["mutate", "--sample"]))?;
    let started = Instant::now();
    // Cases for a made-up service are made up too, and notice less than written ones; the minutes count all the same.
    let output = log.execute(copy.xtask()?.arg("mutate"))?.output;
    let mut figures = vec![Figure::once("all changes of all services", "min", started.elapsed().as_secs_f64() / 60.0)];
    for line in output.lines().filter(|line| line.contains(" changes, ")) {
        println!("  {line}");
    }
    figures.extend(changes(&output).map(|changes| Figure::once("changes", "", changes)));
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
