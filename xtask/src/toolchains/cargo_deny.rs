//! cargo-deny, which reads `deny.toml`: installed once below the target folder.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process::Log;
use crate::workspace::{Workspace, cargo};

const VERSION: &str = "0.20.2";

/// The program, compiled if it is not there yet (some minutes).
pub fn prepare(workspace: &Workspace, log: &Log) -> Result<PathBuf> {
    let tools = workspace.target_folder("tools")?;
    let program = tools.join("bin/cargo-deny");
    let installed = program.exists() && log.run(Command::new(&program).arg("--version"))?.contains(VERSION);
    if !installed {
        let mut install = Command::new(cargo());
        install.args(["install", "cargo-deny", "--locked", "--version", VERSION, "--root"]).arg(&tools);
        log.run(&mut install)?;
    }
    Ok(program)
}
