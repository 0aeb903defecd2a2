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
    /// Its name for cargo's and maturin's `--profile`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

/// What a build made, by the folder of the crate that it came from.
#[derive(Debug)]
pub struct Natives {
    artifacts: Vec<Artifact>,
}

#[derive(Debug)]
struct Artifact {
    crate_folder: PathBuf,
    files: Vec<PathBuf>,
    executable: Option<PathBuf>,
}

/// The part of cargo's `compiler-artifact` message that we read.
#[derive(Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<PathBuf>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    executable: Option<PathBuf>,
}

impl Natives {
    /// Builds libraries, programs and examples of the given packages with one call of cargo. Beside what was made it
    /// tells whether that is all: a crate that does not compile takes nothing from the others.
    pub fn build(workspace: &Workspace, log: &Log, profile: Profile, packages: &[&str]) -> Result<(Self, Result<()>)> {
        Self::build_into(workspace.target(), workspace, log, profile, packages)
    }

    /// The same, into another target folder.
    pub fn build_into(
        target: &Path,
        workspace: &Workspace,
        log: &Log,
        profile: Profile,
        packages: &[&str],
    ) -> Result<(Self, Result<()>)> {
        let mut command = Command::new(cargo());
        command.args(["build", "--locked", "--keep-going", "--lib", "--bins", "--examples"]);
        command.args(["--message-format=json-render-diagnostics", "--profile", profile.name()]);
        command.arg("--target-dir").arg(target).current_dir(workspace.root());
        command.args(packages.iter().flat_map(|package| ["-p", package]));
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
            let crate_folder = manifest.parent().unwrap_or(Path::new("")).to_path_buf();
            artifacts.push(Artifact {
                crate_folder,
                files: message.filenames,
                executable: message.executable,
            });
        }
        Ok(Self { artifacts })
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
        let mut programs = self
            .of(crate_folder)
            .filter_map(|artifact| artifact.executable.as_ref());
        match programs.find(|program| program.file_stem().is_some_and(|stem| stem == name)) {
            Some(program) => Ok(program.clone()),
            None => bail!("the build of {} gave no program `{name}`", crate_folder.display()),
        }
    }

    fn file(&self, crate_folder: &Path, extensions: &[&str], what: &str) -> Result<PathBuf> {
        let mut files = self.of(crate_folder).flat_map(|artifact| &artifact.files);
        let fits = |file: &&PathBuf| {
            file.extension()
                .is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
        };
        match files.find(fits) {
            Some(file) => Ok(file.clone()),
            None => bail!("the build of {} gave no {what}", crate_folder.display()),
        }
    }

    fn of<'a>(&'a self, crate_folder: &'a Path) -> impl Iterator<Item = &'a Artifact> {
        self.artifacts
            .iter()
            .filter(move |artifact| artifact.crate_folder == crate_folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = r#"
{"reason":"compiler-artifact","manifest_path":"/r/ffi/Cargo.toml","filenames":["/t/libffi.so","/t/libffi.a"],"executable":null}
{"reason":"compiler-artifact","manifest_path":"/r/ffi/Cargo.toml","filenames":["/t/bindgen"],"executable":"/t/bindgen"}
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
    fn what_was_not_built_is_an_error_with_the_folder() {
        let natives = Natives::parse(MESSAGES).unwrap();
        let error = natives.dynamic_library(Path::new("/r/other")).unwrap_err();
        assert_eq!(error.to_string(), "the build of /r/other gave no dynamic library");
    }
}
