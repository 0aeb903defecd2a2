//! What tests of transfers need and only root can make: a disk that is full after a moment, and a file that not even root
//! can read.

use std::ffi::OsStr;
use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::Log;
use crate::workspace::Workspace;

/// Tests find `full`, a disk of 256 KiB, and `unreadable`, a file, in the folder that this variable names. Without it
/// they say that they cannot run.
const VARIABLE: &str = "FILEFERRY_TEST_DISKS";

/// Mounts both and becomes the command. Arguments: the folder and the words of the command. A file of the kernel that can
/// only be written refuses to be read, whoever asks.
const MOUNT: &str = r#"set -eu; folder=$1; shift
mount -t tmpfs -o size=256k fileferry-full "$folder/full"
mount --bind /sys/bus/platform/drivers_probe "$folder/unreadable"
exec "$@""#;

/// Where both are mounted, for one command at a time and seen by nobody else.
#[derive(Debug)]
pub struct Disks {
    folder: PathBuf,
    is_possible: bool,
}

impl Disks {
    /// Makes the places to mount at and finds out whether this machine allows it.
    pub fn prepare(workspace: &Workspace, log: &Log) -> Result<Self> {
        let folder = workspace.target_folder("test-disks")?;
        workspace.target_folder("test-disks/full")?;
        // Opened as it is, where it is there: another stage may have something mounted on it.
        let unreadable = folder.join("unreadable");
        let opened = File::options().append(true).create(true).open(&unreadable);
        opened.with_context(|| format!("cannot make {}", unreadable.display()))?;
        let mut disks = Self { folder, is_possible: cfg!(target_os = "linux") };
        disks.is_possible = disks.is_possible && log.execute(&mut disks.around(Command::new("true")))?.status.success();
        if !disks.is_possible {
            log.note("Tests of a full disk and of an unreadable file do not run: only root on Linux can mount them.")?;
        }
        Ok(disks)
    }

    /// The variable that tells tests of the folder, for commands that see no others.
    pub fn variable(&self) -> Option<(&'static str, &OsStr)> {
        self.is_possible.then_some((VARIABLE, self.folder.as_os_str()))
    }

    /// The same command, with both mounted while it runs.
    pub fn around(&self, command: Command) -> Command {
        if !self.is_possible {
            return command;
        }
        let mut mounted = Command::new("unshare");
        mounted.args(["--mount", "--propagation", "private", "sh", "-c", MOUNT, "sh"]).arg(&self.folder);
        mounted.arg(command.get_program()).args(command.get_args()).env(VARIABLE, &self.folder);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => mounted.env(name, value),
                None => mounted.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            mounted.current_dir(folder);
        }
        mounted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_keeps_its_words_variables_and_folder() {
        let disks = Disks { folder: "/disks".into(), is_possible: true };
        let mut command = Command::new("program");
        command.args(["a", "b"]).env("NAME", "value").env_remove("OTHER").current_dir("/somewhere");
        let mounted = disks.around(command);
        let words: Vec<_> = mounted.get_args().collect();
        assert_eq!(words[6..], ["sh", "/disks", "program", "a", "b"].map(OsStr::new));
        let variables: Vec<_> = mounted.get_envs().collect();
        assert!(variables.contains(&(OsStr::new("NAME"), Some(OsStr::new("value")))));
        assert!(variables.contains(&(OsStr::new("OTHER"), None)));
        assert!(variables.contains(&(OsStr::new(VARIABLE), Some(OsStr::new("/disks")))));
        assert_eq!(mounted.get_current_dir(), Some("/somewhere".as_ref()));
    }

    #[test]
    fn where_nothing_can_be_mounted_a_command_stays_as_it_is() {
        let disks = Disks { folder: "/disks".into(), is_possible: false };
        assert_eq!(disks.around(Command::new("program")).get_program(), "program");
        assert_eq!(disks.variable(), None);
    }
}
