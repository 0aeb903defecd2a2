//! Debian's Swift in a folder of its own, set up once and entered by `chroot`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::files::write;
use crate::prepared::Environment;
use crate::process::{Log, find_program};
use crate::toolchains::{MissingToolchain, install_debian_packages, is_root_on_debian};
use crate::workspace::Workspace;

/// Goes up when the release or the packages below change: the old folder is then left alone and a new one is made.
const REVISION: u32 = 1;
const DEBIAN: &str = "trixie";
const PACKAGES: [&str; 7] = ["swiftlang", "libswiftlang", "gcc", "g++", "libc6-dev", "libstdc++-14-dev", "git"];
const NEEDED_GIB: u64 = 8;

/// Enters the folder. Arguments: the folder, how many paths to bind, these paths, the working folder, `NAME=value` and
/// the words of the command. It becomes the command, so that pipes, signals and the exit code are the command's own.
const ENTER: &str = r#"#!/bin/sh
set -eu
folder=$1; binds=$2; shift 2
mount --bind /proc "$folder/proc"
mount --rbind /dev "$folder/dev"
while [ "$binds" -gt 0 ]; do
    mkdir -p "$folder$1"
    mount --rbind "$1" "$folder$1"
    shift; binds=$((binds - 1))
done
working_folder=$1; shift
exec chroot "$folder" /usr/bin/env --ignore-environment --chdir="$working_folder" "$@"
"#;

/// A folder with a Debian in it, and the folders of this machine that are seen in it at the same paths.
#[derive(Debug)]
pub struct Chroot {
    folder: PathBuf,
    enter: PathBuf,
    binds: Vec<PathBuf>,
}

impl Chroot {
    /// Finds the folder, or sets it up once for all clones of this user.
    pub fn prepare(workspace: &Workspace, log: &Log) -> Result<Self> {
        ensure_possible(log)?;
        let folder = cache_folder()?.join(format!("swift-{DEBIAN}-{}-r{REVISION}", std::env::consts::ARCH));
        if !folder.exists() {
            set_up(&folder, log)?;
        }
        let enter = workspace.target_folder("swift")?.join("enter.sh");
        write(&enter, ENTER)?;
        let mut binds = vec![std::env::temp_dir(), workspace.root().to_path_buf()];
        if !workspace.target().starts_with(workspace.root()) {
            binds.push(workspace.target().to_path_buf());
        }
        Ok(Self { folder, enter, binds })
    }

    /// A command that runs in the folder.
    pub fn command(&self, working_folder: &Path, environment: Environment<'_>, words: &[&OsStr]) -> Command {
        let mut command = in_private_mounts("sh");
        command.arg(&self.enter).arg(&self.folder);
        command.arg(self.binds.len().to_string()).args(&self.binds).arg(working_folder);
        command.args(["PATH=/usr/bin:/bin", "HOME=/root", "LANG=C.UTF-8"]);
        for (name, value) in environment {
            let mut variable = OsString::from(name);
            variable.push("=");
            variable.push(value);
            command.arg(variable);
        }
        command.args(words);
        command
    }
}

/// A command whose mounts nobody else sees, and of which nothing is left to unmount.
fn in_private_mounts(program: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", program]);
    command
}

/// Containers often take the right to mount away from their root.
fn ensure_possible(log: &Log) -> Result<()> {
    let remedy = if !is_root_on_debian() {
        "install it from swift.org and put `swift` on the PATH; as root on Debian it is set up by itself"
    } else if !log.execute(&mut in_private_mounts("true"))?.status.success() {
        "put a `swift` on the PATH, or allow this machine's root to mount (CAP_SYS_ADMIN)"
    } else {
        return Ok(());
    };
    bail!(MissingToolchain { what: "Swift 6", remedy: remedy.to_owned() })
}

/// `$XDG_CACHE_HOME/fileferry`, outside the clone so that it outlives it.
fn cache_folder() -> Result<PathBuf> {
    let caches = match std::env::var_os("XDG_CACHE_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => {
            PathBuf::from(std::env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?).join(".cache")
        }
    };
    let folder = caches.join("fileferry");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// What a run that was interrupted has left: some gigabytes under a name with its process id.
fn remove_abandoned(folder: &Path) -> Result<()> {
    let (Some(cache), Some(name)) = (folder.parent(), folder.file_name()) else {
        return Ok(());
    };
    let unfinished = format!("{}.unfinished-", name.to_string_lossy());
    for entry in std::fs::read_dir(cache).with_context(|| format!("cannot read {}", cache.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.strip_prefix(&unfinished).is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            std::fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// Makes the folder under another name and renames it when it is complete, so that one that exists is never half-made.
fn set_up(folder: &Path, log: &Log) -> Result<()> {
    remove_abandoned(folder)?;
    ensure_space(folder.parent().unwrap_or(folder), log)?;
    if find_program("debootstrap").is_none() {
        install_debian_packages(log, &["debootstrap"])?;
    }
    let unfinished = folder.with_extension(format!("unfinished-{}", std::process::id()));
    let made = fill(&unfinished, log).and_then(|()| {
        // Another run may have been quicker; its folder is as good as ours.
        if folder.exists() { Ok(()) } else { std::fs::rename(&unfinished, folder).map_err(Into::into) }
    });
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).with_context(|| format!("cannot remove {}", unfinished.display()))?;
    }
    made.context("Swift could not be set up")
}

fn fill(folder: &Path, log: &Log) -> Result<()> {
    // In a mount namespace of its own: what it mounts goes with it, even where it is interrupted.
    let mut debootstrap = in_private_mounts("debootstrap");
    debootstrap.args(["--variant=minbase", "--include=ca-certificates", DEBIAN]).arg(folder);
    log.run(&mut debootstrap)?;
    let install = format!(
        "mount -t proc proc /proc && apt-get install -q -y --no-install-recommends {} && apt-get clean",
        PACKAGES.join(" ")
    );
    let mut enter = in_private_mounts("chroot");
    enter.arg(folder).args(["sh", "-c", &install]);
    log.run(enter.env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C.UTF-8"))?;
    Ok(())
}

fn ensure_space(folder: &Path, log: &Log) -> Result<()> {
    let table = log.run(Command::new("df").args(["--output=avail", "--block-size=1G"]).arg(folder))?;
    let free: u64 = table.lines().last().unwrap_or_default().trim().parse().context("df printed no number")?;
    if free < NEEDED_GIB {
        let remedy = format!("setting it up in {} needs {NEEDED_GIB} GiB, {free} are free", folder.display());
        bail!(MissingToolchain { what: "Swift 6", remedy });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_carries_its_folder_and_variables() {
        let chroot = Chroot {
            folder: "/cache/swift".into(),
            enter: "/clone/enter.sh".into(),
            binds: vec!["/tmp".into(), "/clone".into()],
        };
        let words = ["swift", "build"].map(OsStr::new);
        let command = chroot.command(Path::new("/clone/x"), &[("NAME", OsStr::new("a b"))], &words);
        let all: Vec<_> = command.get_args().skip(4).map(|word| word.to_string_lossy().into_owned()).collect();
        assert_eq!(all[..6], ["/clone/enter.sh", "/cache/swift", "2", "/tmp", "/clone", "/clone/x"]);
        assert_eq!(all[all.len() - 3..], ["NAME=a b", "swift", "build"]);
    }
}
