//! The Swift package and those that use it.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Swift;
use crate::files::copy;
use crate::native::Natives;
use crate::prepared::{Environment, Program, Purpose};
use crate::process::Log;
use crate::workspace::Workspace;

/// The Swift package that users have.
pub const LIBRARY: &str = "bindings-swift/FileFerry";
const EXAMPLES: &str = "examples/swift";
const RUNNER: &str = "tests/conformance/runners/swift";
const BENCHMARK: &str = "tests/benchmarks/swift";

/// The Swift package and those that use it, built.
#[derive(Debug)]
pub struct Packages {
    root: PathBuf,
    built: PathBuf,
    libraries: PathBuf,
}

impl Packages {
    /// Takes the native library that the packages link. It is a copy, so that what was linked stays as it was when
    /// cargo builds again.
    pub fn find(workspace: &Workspace, natives: &Natives) -> Result<Self> {
        let library = natives.dynamic_library(&workspace.path("bindings-swift"))?;
        let libraries = workspace.target_folder("swift/libraries")?;
        copy(&library, &libraries.join(library.file_name().context("the library has no name")?))?;
        Ok(Self { root: workspace.root().to_path_buf(), built: workspace.target_folder("swift")?, libraries })
    }

    /// Builds the examples, or the package with its tests and all programs. A package that does not compile takes
    /// nothing from the others.
    pub fn build(&self, log: &Log, swift: &Swift, purpose: Purpose) -> Result<()> {
        let packages: &[(&str, &[&str])] = match purpose {
            Purpose::Demo => &[(EXAMPLES, &["build"])],
            Purpose::Tests => &[(LIBRARY, &["build", "--build-tests"]), (RUNNER, &["build"]), (EXAMPLES, &["build"])],
            // The service made of traps reaches into the package as tests do, which a release does not allow by itself.
            Purpose::Benchmarks => &[(BENCHMARK, &["build", "-c", "release", "-Xswiftc", "-enable-testing"])],
        };
        let build = |(package, words): &(&str, &[&str])| log.run(&mut self.swift(swift, package, words, &[]));
        // All are built before the first failure is told.
        packages.iter().map(build).collect::<Vec<_>>().into_iter().try_for_each(|built| built.map(drop))
    }

    /// Builds what users have, and nothing of ours that uses it: `debug` or `release`.
    pub fn build_library(&self, log: &Log, swift: &Swift, configuration: &str) -> Result<()> {
        log.run(&mut self.swift(swift, LIBRARY, &["build", "--target", "FileFerry", "-c", configuration], &[]))?;
        Ok(())
    }

    /// `swift test` over what was built.
    pub fn test(&self, swift: &Swift, environment: Environment<'_>) -> Command {
        self.swift(swift, LIBRARY, &["test", "--skip-build"], environment)
    }

    /// The command that runs a program.
    pub fn program(&self, swift: &Swift, program: Program, environment: Environment<'_>) -> Result<Command> {
        let (package, name, word) = match program {
            Program::Example(example) => (EXAMPLES, format!("debug/{}", example.name()), None),
            Program::Runner => (RUNNER, "debug/runner".to_owned(), None),
            Program::Start => (BENCHMARK, "release/benchmark".to_owned(), Some("start")),
            Program::Border => (BENCHMARK, "release/benchmark".to_owned(), Some("border")),
        };
        let file = self.scratch(package).join(&name);
        ensure!(file.exists(), "{package} gave no program `{name}`");
        let words: Vec<_> = std::iter::once(file.as_os_str()).chain(word.map(OsStr::new)).collect();
        Ok(swift.command(&self.root, environment, &words))
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
