//! Swift: the one on the search path, else Debian's, in a folder of its own that is entered by `chroot`.
//!
//! Debian 12 has no Swift, and the compiler's own archives are not reachable from every machine. Debian 13 has Swift
//! among its packages, and what it builds loads libraries that were built on Debian 12.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::{MissingToolchain, install_debian_packages, is_root_on_debian};
use crate::native::Natives;
use crate::prepared::{Environment, Program};
use crate::process::{Log, find_program};
use crate::workspace::Workspace;

/// Goes up when the release or the packages below change: the old folder is then left alone and a new one is made.
const REVISION: u32 = 1;
const DEBIAN: &str = "trixie";
const PACKAGES: [&str; 7] = [
    "swiftlang",
    "libswiftlang",
    "gcc",
    "g++",
    "libc6-dev",
    "libstdc++-14-dev",
    "git",
];
const NEEDED_GIB: u64 = 8;
const OLDEST_MAJOR_VERSION: u32 = 6;

/// Enters the folder in a mount namespace of its own: nothing of it is seen outside, and nothing is left to unmount.
/// Arguments: the folder, how many paths to bind, these paths, the working folder, `NAME=value` and words of the
/// command. It replaces itself by the command, so that pipes, signals and the exit code are the command's own.
const ENTER: &str = r#"
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

/// A Swift toolchain that commands can be run with.
#[derive(Debug)]
pub struct Swift {
    place: Place,
}

#[derive(Debug)]
enum Place {
    SearchPath,
    Chroot { folder: PathBuf, binds: Vec<PathBuf> },
}

impl Swift {
    /// Finds Swift, or sets it up once for all clones of this user.
    pub fn prepare(workspace: &Workspace, log: &Log) -> Result<Self> {
        if let Some(program) = find_program("swift") {
            let version = log.run(Command::new(program).arg("--version"))?;
            if major_version(&version).is_some_and(|major| major >= OLDEST_MAJOR_VERSION) {
                return Ok(Self {
                    place: Place::SearchPath,
                });
            }
            log.note("The Swift on the search path is too old.")?;
        }
        if !is_root_on_debian() {
            bail!(MissingToolchain {
                what: "Swift 6",
                remedy:
                    "install it from swift.org and put `swift` on the PATH; as root on Debian it is set up by itself"
                        .to_owned(),
            });
        }
        ensure_mounting(log)?;
        let folder = cache_folder()?.join(format!("swift-{DEBIAN}-{}-r{REVISION}", std::env::consts::ARCH));
        if !folder.exists() {
            set_up(&folder, log)?;
        }
        let mut binds = vec![std::env::temp_dir(), workspace.root().to_path_buf()];
        if !workspace.target().starts_with(workspace.root()) {
            binds.push(workspace.target().to_path_buf());
        }
        Ok(Self {
            place: Place::Chroot { folder, binds },
        })
    }

    /// A command of the toolchain, such as `swift build`, or a program that it built. The clone, the target folder
    /// and the folder for temporary files lie at the same paths as outside; other variables than the given ones may not
    /// be seen.
    pub fn command(&self, working_folder: &Path, environment: Environment<'_>, words: &[&OsStr]) -> Command {
        match &self.place {
            Place::SearchPath => {
                let mut command = Command::new(words[0]);
                command
                    .args(&words[1..])
                    .current_dir(working_folder)
                    .envs(environment.iter().copied());
                command
            }
            Place::Chroot { folder, binds } => {
                let mut command = Command::new("unshare");
                command
                    .args(["--mount", "--propagation", "private", "sh", "-c", ENTER, "enter"])
                    .arg(folder);
                command.arg(binds.len().to_string()).args(binds).arg(working_folder);
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
    }
}

/// The Swift package and those that use it, built.
#[derive(Debug)]
pub struct Packages {
    root: PathBuf,
    built: PathBuf,
    libraries: PathBuf,
}

/// The Swift package that users have.
pub const LIBRARY: &str = "bindings-swift/swift";
const DEMO: &str = "examples/swift";
const RUNNER: &str = "tests/conformance/runners/swift";

impl Packages {
    /// Builds the package with its tests, the demo program and the conformance runner.
    pub fn prepare(workspace: &Workspace, log: &Log, swift: &Swift, natives: &Natives) -> Result<Self> {
        let library = natives.dynamic_library(&workspace.path("bindings-swift"))?;
        let this = Self {
            root: workspace.root().to_path_buf(),
            built: workspace.target_folder("swift")?,
            libraries: library.parent().context("the library lies in no folder")?.to_path_buf(),
        };
        log.run(&mut this.swift(swift, LIBRARY, &["build", "--build-tests"], &[]))?;
        for package in [DEMO, RUNNER] {
            log.run(&mut this.swift(swift, package, &["build"], &[]))?;
        }
        Ok(this)
    }

    /// `swift test` over what was built.
    pub fn test(&self, swift: &Swift, environment: Environment<'_>) -> Command {
        self.swift(swift, LIBRARY, &["test", "--skip-build"], environment)
    }

    /// The command that runs a program.
    pub fn program(&self, swift: &Swift, program: Program, environment: Environment<'_>) -> Result<Command> {
        let (package, name) = match program {
            Program::Demo => (DEMO, "demo"),
            Program::Runner => (RUNNER, "runner"),
        };
        let file = self.scratch(package).join("debug").join(name);
        ensure!(file.exists(), "{package} gave no program `{name}`");
        Ok(swift.command(&self.root, environment, &[file.as_os_str()]))
    }

    /// A command of SwiftPM in a package's folder; what it builds goes below the target folder.
    fn swift(&self, swift: &Swift, package: &str, words: &[&str], environment: Environment<'_>) -> Command {
        let scratch = self.scratch(package);
        let mut all = vec![OsStr::new("swift")];
        all.extend(words.iter().map(OsStr::new));
        all.extend([OsStr::new("--scratch-path"), scratch.as_os_str()]);
        let mut variables = vec![("FILEFERRY_LIBRARY_DIR", self.libraries.as_os_str())];
        variables.extend(environment);
        swift.command(&self.root.join(package), &variables, &all)
    }

    fn scratch(&self, package: &str) -> PathBuf {
        self.built.join(package.replace('/', "-"))
    }
}

fn major_version(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("Swift version ")?;
    rest.split('.').next()?.parse().ok()
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

/// Containers often take the right to mount away from their root.
fn ensure_mounting(log: &Log) -> Result<()> {
    if log
        .execute(Command::new("unshare").args(["--mount", "true"]))?
        .status
        .success()
    {
        return Ok(());
    }
    let remedy = "put a `swift` on the PATH, or allow this machine's root to mount (CAP_SYS_ADMIN)".to_owned();
    bail!(MissingToolchain {
        what: "Swift 6",
        remedy
    })
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
        if name
            .strip_prefix(&unfinished)
            .is_some_and(|pid| !Path::new("/proc").join(pid).exists())
        {
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
        if folder.exists() {
            Ok(())
        } else {
            std::fs::rename(&unfinished, folder).map_err(Into::into)
        }
    });
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).with_context(|| format!("cannot remove {}", unfinished.display()))?;
    }
    made.context("Swift could not be set up")
}

fn fill(folder: &Path, log: &Log) -> Result<()> {
    log.run(
        Command::new("debootstrap")
            .args(["--variant=minbase", "--include=ca-certificates", DEBIAN])
            .arg(folder),
    )?;
    let install = format!(
        "mount -t proc proc /proc && apt-get install -q -y --no-install-recommends {} && apt-get clean",
        PACKAGES.join(" ")
    );
    let mut enter = Command::new("unshare");
    enter
        .args(["--mount", "--propagation", "private", "chroot"])
        .arg(folder)
        .args(["sh", "-c", &install]);
    log.run(enter.env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C.UTF-8"))?;
    Ok(())
}

fn ensure_space(folder: &Path, log: &Log) -> Result<()> {
    let table = log.run(
        Command::new("df")
            .args(["--output=avail", "--block-size=1G"])
            .arg(folder),
    )?;
    let free: u64 = table
        .lines()
        .last()
        .unwrap_or_default()
        .trim()
        .parse()
        .context("df printed no number")?;
    if free < NEEDED_GIB {
        let remedy = format!(
            "setting it up in {} needs {NEEDED_GIB} GiB, {free} are free",
            folder.display()
        );
        bail!(MissingToolchain {
            what: "Swift 6",
            remedy
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_all_makers_are_read() {
        assert_eq!(
            major_version("Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x86_64"),
            Some(6)
        );
        assert_eq!(major_version("Apple Swift version 5.10 (swiftlang-5.10.0.13)"), Some(5));
        assert_eq!(major_version("no such thing"), None);
    }

    #[test]
    fn a_command_in_the_chroot_carries_its_folder_and_variables() {
        let place = Place::Chroot {
            folder: "/cache/swift".into(),
            binds: vec!["/tmp".into(), "/clone".into()],
        };
        let words = ["swift", "build"].map(OsStr::new);
        let command = Swift { place }.command(Path::new("/clone/x"), &[("NAME", OsStr::new("a b"))], &words);
        let all: Vec<_> = command
            .get_args()
            .skip(7)
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        assert_eq!(all[..5], ["/cache/swift", "2", "/tmp", "/clone", "/clone/x"]);
        assert_eq!(all[all.len() - 3..], ["NAME=a b", "swift", "build"]);
    }
}
