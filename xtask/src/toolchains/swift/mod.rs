//! Swift: the one on the search path, else Debian's, in a folder of its own that is entered by `chroot`.
//!
//! Debian 12 has no Swift, and the compiler's own archives are not reachable from every machine. Debian 13 has Swift
//! among its packages, and what it builds loads libraries that were built on Debian 12.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use self::chroot::Chroot;
pub use self::packages::{LIBRARY, Packages};
use crate::prepared::Environment;
use crate::process::{Log, find_program};
use crate::workspace::Workspace;

mod chroot;
mod packages;

const OLDEST_MAJOR_VERSION: u32 = 6;

/// A Swift toolchain that commands can be run with.
#[derive(Debug)]
pub enum Swift {
    /// The one that a person installed.
    SearchPath,
    /// The one that we set up.
    Chroot(Chroot),
}

impl Swift {
    /// Finds Swift, or sets it up.
    pub fn prepare(workspace: &Workspace, log: &Log) -> Result<Self> {
        if let Some(program) = find_program("swift") {
            let version = log.run(Command::new(program).arg("--version"))?;
            if major_version(&version).is_some_and(|major| major >= OLDEST_MAJOR_VERSION) {
                return Ok(Self::SearchPath);
            }
            log.note("The Swift on the search path is too old.")?;
        }
        Ok(Self::Chroot(Chroot::prepare(workspace, log)?))
    }

    /// A command of the toolchain, such as `swift build`, or a program that it built. The clone, the target folder
    /// and the folder for temporary files lie at the same paths as outside; other variables than the given ones may not
    /// be seen.
    pub fn command(&self, working_folder: &Path, environment: Environment<'_>, words: &[&OsStr]) -> Command {
        match self {
            Self::SearchPath => {
                let mut command = Command::new(words[0]);
                command.args(&words[1..]).current_dir(working_folder).envs(environment.iter().copied());
                command
            }
            Self::Chroot(chroot) => chroot.command(working_folder, environment, words),
        }
    }
}

fn major_version(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("Swift version ")?;
    rest.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_all_makers_are_read() {
        assert_eq!(major_version("Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x86_64"), Some(6));
        assert_eq!(major_version("Apple Swift version 5.10 (swiftlang-5.10.0.13)"), Some(5));
        assert_eq!(major_version("no such thing"), None);
    }
}
