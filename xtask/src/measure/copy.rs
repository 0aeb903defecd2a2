//! Copies of the clone that are measured: one as it is, one that a made-up service has grown.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::made_up;
use crate::files::{copy, read, write};
use crate::process::Log;
use crate::workspace::Workspace;

/// A copy of the clone.
#[derive(Debug)]
pub struct Copy {
    /// Where things lie in it.
    pub workspace: Workspace,
}

impl Copy {
    /// Copies what git would, and lets a service with so many operations grow in it. What is measured starts from
    /// nothing, and the usual target folder keeps what it has.
    pub fn make(original: &Workspace, log: &Log, made_up: usize) -> Result<Self> {
        let root = original.fresh_target_folder(&folder(made_up))?;
        copy_clone(original, log, &root)?;
        let copy = Self { workspace: Workspace::of_its_own(root) };
        if made_up > 0 {
            copy.grow(log, made_up)?;
        }
        Ok(copy)
    }

    /// The copy that an earlier run made.
    pub fn find(original: &Workspace, made_up: usize) -> Self {
        Self { workspace: Workspace::of_its_own(original.target().join(folder(made_up))) }
    }

    fn grow(&self, log: &Log, operations: usize) -> Result<()> {
        made_up::write_description(&self.workspace.path("core/descriptions/madeup"), operations)?;
        made_up::write_cases(&self.workspace.path("tests/conformance/cases/madeup"), operations)?;
        for manifest in ["core/Cargo.toml", "bindings-rust/Cargo.toml", "tests/conformance/runners/rust/Cargo.toml"] {
            add_feature(&self.workspace.path(manifest))?;
        }
        log.run(self.xtask()?.arg("generate"))?;
        Ok(())
    }

    /// This program, told by a variable to work in the copy.
    pub fn xtask(&self) -> Result<Command> {
        let mut command = Command::new(std::env::current_exe().context("this program has no path")?);
        command.env("CARGO_MANIFEST_DIR", self.workspace.path("xtask")).current_dir(self.workspace.root());
        command.env("CARGO_TARGET_DIR", self.workspace.target());
        Ok(command)
    }
}

/// Below the target folder.
fn folder(made_up: usize) -> String {
    format!("measure/{made_up}")
}

fn copy_clone(original: &Workspace, log: &Log, into: &Path) -> Result<()> {
    let mut list = Command::new("git");
    list.current_dir(original.root()).args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    for file in log.capture(&mut list)?.ensure_success()?.lines().map(PathBuf::from) {
        let from = original.root().join(&file);
        if from.is_file() {
            copy(&from, &into.join(&file))?;
        }
    }
    Ok(())
}

/// Each service is a feature; the made-up one is on by default like the others.
fn add_feature(manifest: &Path) -> Result<()> {
    let text = read(manifest)?;
    // A crate over the core hands its features on to the crate below it.
    let below = text.lines().find_map(|line| line.strip_prefix("keep2share = [")).unwrap_or("]");
    let own = format!("madeup = [{}", below.replace("keep2share", "madeup"));
    let text = text.replacen("default = [", "default = [\"madeup\", ", 1);
    write(manifest, &text.replacen("\nkeep2share = [", &format!("\n{own}\nkeep2share = ["), 1))
}
