//! `cargo xtask mutate`: would the conformance cases notice a wrong table?

use anyhow::{Result, bail};
use clap::Args;

use crate::AlreadyReported;
use crate::prepared::{Prepared, Purpose};
use crate::process::Log;
use crate::surroundings::as_from_the_shell;
use crate::workspace::Workspace;

/// Words for the conformance suite's own `mutate`.
#[derive(Debug, Args)]
pub struct Options {
    /// Try a seeded sample of at most two minutes instead of every change.
    #[arg(long)]
    sample: bool,
    /// Change the tables of these services alone (several: repeat).
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
}

/// Builds the suite and hands over to it; what it prints is for the terminal.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let log = Log::create(workspace.target().join("mutate-logs/build.log"))?;
    let prepared = Prepared::new(workspace.clone(), [].into(), Purpose::Tests);
    prepared.build(&log).inspect_err(|_| println!("{}", Log::tail_of(log.path(), 30)))?;
    let mut command = prepared.conformance()?;
    command.arg("mutate");
    if options.sample {
        command.arg("--sample");
    }
    command.args(options.service.iter().flat_map(|service| ["--service", service]));
    if as_from_the_shell(&mut command).status()?.success() { Ok(()) } else { bail!(AlreadyReported) }
}
