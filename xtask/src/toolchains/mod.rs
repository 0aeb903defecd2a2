//! What each language needs to be built and tested: found where it is installed, else set up, never by hand.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::process::{Log, find_program};

pub mod cargo_deny;
pub mod kotlin;
pub mod node;
pub mod python;
pub mod swift;

/// A language that the client is offered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Language {
    /// The crate `fileferry`.
    Rust,
    /// The wheel.
    Python,
    /// The npm package.
    Node,
    /// The Swift package.
    Swift,
    /// The jar.
    Kotlin,
}

impl Language {
    /// All of them, in the order in which we speak of them.
    pub const ALL: [Self; 5] = [Self::Rust, Self::Python, Self::Node, Self::Swift, Self::Kotlin];

    /// The name on the command line, in tables and in folders.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Node => "node",
            Self::Swift => "swift",
            Self::Kotlin => "kotlin",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A toolchain that is not installed and that we cannot set up ourselves.
#[derive(Debug)]
pub struct MissingToolchain {
    /// What is missing.
    pub what: &'static str,
    /// What a person can do about it.
    pub remedy: String,
}

impl fmt::Display for MissingToolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is missing: {}", self.what, self.remedy)
    }
}

impl std::error::Error for MissingToolchain {}

/// Finds a program on the search path, or says how to get it.
fn require_program(name: &'static str, remedy: &str) -> Result<PathBuf> {
    find_program(name).ok_or_else(|| MissingToolchain { what: name, remedy: remedy.to_owned() }.into())
}

/// Whether this machine is one on which we may install Debian packages.
fn is_root_on_debian() -> bool {
    use std::os::unix::fs::MetadataExt;
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    is_root && Path::new("/etc/debian_version").exists() && find_program("apt-get").is_some()
}

/// Installs Debian packages of the machine's own release.
fn install_debian_packages(log: &Log, packages: &[&str]) -> Result<()> {
    log.run(Command::new("apt-get").args(["update", "-q"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-q", "-y", "--no-install-recommends"]).args(packages);
    log.run(install.env("DEBIAN_FRONTEND", "noninteractive"))?;
    Ok(())
}

/// The newest file of a folder whose name ends as given: packagers choose the rest of the name.
fn newest_file(folder: &Path, ending: &str) -> Result<PathBuf> {
    let mut newest = None;
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(ending) {
            newest = newest.max(Some((entry.metadata()?.modified()?, entry.path())));
        }
    }
    match newest {
        Some((_, path)) => Ok(path),
        None => bail!("no *{ending} was made in {}", folder.display()),
    }
}
