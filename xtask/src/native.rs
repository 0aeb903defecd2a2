//! The native libraries and programs: all of them come from one `cargo build`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::process::Log;
use crate::workspace::{Workspace, cargo};

/// How cargo optimises: tests and the demo use the quick build, packages the slow one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The quick build.
    Dev,
    /// The build that is given to users.
    Release,
}

impl Profile {
    /// Its name on the command lines of cargo and maturin.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

/// The services that are made up for tests are in the libraries only with this.
pub const WITH_TEST_SERVICES: &str = "--features=test-services";

/// What cargo shall build.
///
/// Cargo compiles a dependency anew for every set of features, and the set depends on the packages and on whether test
/// or example programs are among them. `Demo`, `Tests` and `TestPrograms` give the same sets and so share their work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The libraries that go into packages.
    Libraries,
    /// Libraries, the demo and the emulator.
    Demo,
    /// Libraries, examples and programs of all crates.
    Tests,
    /// The test programs of all crates.
    TestPrograms,
    /// Libraries with the services that are made for tests, and the Rust benchmark.
    Benchmarks,
    /// The conformance suite and nothing else.
    Conformance,
}

impl Scope {
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Libraries => {
                &["build", "--keep-going", "--lib", "-p=fileferry-python", "-p=fileferry-node", "-p=fileferry-ffi"]
            }
            Self::Demo => &[
                "build",
                "--keep-going",
                "--lib",
                "--bins",
                "--example=demo",
                "-p=fileferry-core",
                "-p=fileferry",
                "-p=fileferry-python",
                "-p=fileferry-node",
                "-p=fileferry-ffi",
                "-p=fileferry-emulator",
                WITH_TEST_SERVICES,
            ],
            // This program is left out: it runs, and `cargo xtask` builds it in its own way.
            Self::Tests => &[
                "build",
                "--keep-going",
                "--lib",
                "--bins",
                "--examples",
                "--workspace",
                "--exclude=xtask",
                WITH_TEST_SERVICES,
            ],
            Self::TestPrograms => {
                &["test", "--no-run", "--no-fail-fast", "--workspace", "--exclude=xtask", WITH_TEST_SERVICES]
            }
            Self::Benchmarks => &[
                "build",
                "--lib",
                "--bins",
                "-p=fileferry-python",
                "-p=fileferry-node",
                "-p=fileferry-ffi",
                "-p=fileferry-benchmarks",
                WITH_TEST_SERVICES,
            ],
            Self::Conformance => &["build", "-p=fileferry-conformance"],
        }
    }
}

/// What a build made, by the folder of the crate that it came from.
#[derive(Debug)]
pub struct Natives {
    artifacts: Vec<Artifact>,
}

/// A library or program.
#[derive(Debug)]
struct Artifact {
    crate_folder: PathBuf,
    files: Vec<PathBuf>,
    executable: Option<PathBuf>,
    is_test: bool,
}

/// The part of cargo's `compiler-artifact` message that we read.
#[derive(Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<PathBuf>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    executable: Option<PathBuf>,
    profile: Option<MessageProfile>,
}

#[derive(Deserialize)]
struct MessageProfile {
    test: bool,
}

impl Natives {
    /// Builds with one call of cargo. Beside what was made it tells whether that is all: a crate that does not compile
    /// takes nothing from the others.
    pub fn build(
        workspace: &Workspace,
        log: &Log,
        profile: Profile,
        scope: Scope,
        target: &Path,
    ) -> Result<(Self, Result<()>)> {
        let mut command = Command::new(cargo());
        command.args(scope.words()).args(["--locked", "--message-format=json-render-diagnostics"]);
        command.args(["--profile", profile.name(), "--target-dir"]).arg(target).current_dir(workspace.root());
        let finished = log.capture(&mut command)?;
        let natives = Self::parse(&finished.output)?;
        Ok((natives, finished.ensure_success().map(drop)))
    }

    fn parse(messages: &str) -> Result<Self> {
        let mut artifacts = Vec::new();
        for line in messages.lines().filter(|line| line.starts_with('{')) {
            let message: Message = serde_json::from_str(line).context("cargo's messages are not as expected")?;
            let ("compiler-artifact", Some(manifest)) = (message.reason.as_str(), message.manifest_path) else {
                continue;
            };
            artifacts.push(Artifact {
                crate_folder: manifest.parent().unwrap_or(Path::new("")).to_path_buf(),
                files: message.filenames,
                executable: message.executable,
                is_test: message.profile.is_some_and(|profile| profile.test),
            });
        }
        Ok(Self { artifacts })
    }

    /// All test programs, each with the folder of its crate, in which cargo would run it.
    pub fn test_programs(&self) -> impl Iterator<Item = (&Path, &Path)> {
        self.artifacts
            .iter()
            .filter(|artifact| artifact.is_test)
            .filter_map(|artifact| Some((artifact.crate_folder.as_path(), artifact.executable.as_deref()?)))
    }

    /// The library for loading at run time that the crate in this folder gave.
    pub fn dynamic_library(&self, crate_folder: &Path) -> Result<PathBuf> {
        self.file(crate_folder, &["so", "dylib", "dll"], "dynamic library")
    }

    /// The library for linking that the crate in this folder gave.
    pub fn static_library(&self, crate_folder: &Path) -> Result<PathBuf> {
        self.file(crate_folder, &["a", "lib"], "static library")
    }

    /// A program of the crate in this folder.
    pub fn program(&self, crate_folder: &Path, name: &str) -> Result<PathBuf> {
        let mut programs = self.of(crate_folder).filter_map(|artifact| artifact.executable.as_ref());
        match programs.find(|program| program.file_stem().is_some_and(|stem| stem == name)) {
            Some(program) => Ok(program.clone()),
            None => bail!("the build of {} gave no program `{name}`", crate_folder.display()),
        }
    }

    fn file(&self, crate_folder: &Path, extensions: &[&str], what: &str) -> Result<PathBuf> {
        let mut files = self.of(crate_folder).flat_map(|artifact| &artifact.files);
        let fits = |file: &&PathBuf| {
            file.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
        };
        match files.find(fits) {
            Some(file) => Ok(file.clone()),
            None => bail!("the build of {} gave no {what}", crate_folder.display()),
        }
    }

    fn of<'a>(&'a self, crate_folder: &'a Path) -> impl Iterator<Item = &'a Artifact> {
        self.artifacts.iter().filter(move |artifact| artifact.crate_folder == crate_folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = r#"
{"reason":"compiler-artifact","manifest_path":"/r/ffi/Cargo.toml","filenames":["/t/libffi.so","/t/libffi.a"],"executable":null}
{"reason":"compiler-artifact","manifest_path":"/r/ffi/Cargo.toml","filenames":["/t/bindgen"],"executable":"/t/bindgen"}
{"reason":"compiler-artifact","manifest_path":"/r/ffi/Cargo.toml","filenames":["/t/ffi-1"],"executable":"/t/ffi-1","profile":{"test":true}}
{"reason":"build-script-executed","package_id":"x"}
{"reason":"build-finished","success":true}
"#;

    #[test]
    fn artifacts_are_found_by_crate_and_kind() {
        let natives = Natives::parse(MESSAGES).unwrap();
        let folder = Path::new("/r/ffi");
        assert_eq!(natives.dynamic_library(folder).unwrap(), Path::new("/t/libffi.so"));
        assert_eq!(natives.static_library(folder).unwrap(), Path::new("/t/libffi.a"));
        assert_eq!(natives.program(folder, "bindgen").unwrap(), Path::new("/t/bindgen"));
    }

    #[test]
    fn test_programs_are_told_apart() {
        let natives = Natives::parse(MESSAGES).unwrap();
        let programs: Vec<_> = natives.test_programs().collect();
        assert_eq!(programs, [(Path::new("/r/ffi"), Path::new("/t/ffi-1"))]);
    }

    #[test]
    fn what_was_not_built_is_an_error_with_the_folder() {
        let natives = Natives::parse(MESSAGES).unwrap();
        let error = natives.dynamic_library(Path::new("/r/other")).unwrap_err();
        assert_eq!(error.to_string(), "the build of /r/other gave no dynamic library");
    }
}
