//! Kotlin: Maven fetches the compiler and everything else; a JDK is all that has to be there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::require_program;
use crate::files::copy;
use crate::native::Natives;
use crate::prepared::{Example, Program, Purpose};
use crate::process::Log;
use crate::workspace::Workspace;

const FOLDER: &str = "bindings-kotlin";
/// A blemish in the format must not keep the tests from running: it has a stage of its own.
const WITHOUT_KTLINT: &str = "-Dktlint.skip=true";

/// The Kotlin modules, packed.
#[derive(Debug)]
pub struct Kotlin {
    bindings: PathBuf,
    library: PathBuf,
}

impl Kotlin {
    /// Finds the JDK, and takes the native library that the jar shall hold. It is a copy, for Maven only packs a library
    /// that is newer than the one it packed last, and the release may have been built before the tests.
    pub fn find(workspace: &Workspace, natives: &Natives) -> Result<Self> {
        require_program("javac", "install a JDK, version 17 or newer")?;
        let built = natives.dynamic_library(&workspace.path("bindings-swift"))?;
        let library = workspace.target_folder("kotlin")?.join(built.file_name().context("the library has no name")?);
        copy(&built, &library)?;
        Ok(Self { bindings: workspace.path(FOLDER), library })
    }

    /// Compiles and packs the modules: what the demo program needs, or all.
    pub fn build(&self, log: &Log, purpose: Purpose) -> Result<()> {
        let mut maven = self.maven()?;
        // Tests are compiled by those who run them: one that does not compile leaves the packages whole.
        maven.args(["--fail-at-end", "-Dmaven.test.skip=true", WITHOUT_KTLINT]);
        match purpose {
            // Only the tests are run by a Maven of their own, which looks for the packages where they are installed.
            Purpose::Tests => maven.arg("install"),
            Purpose::Demo => maven.args(["package", "--also-make", "--projects", "../examples/kotlin"]),
            Purpose::Benchmarks => maven.args(["package", "--also-make", "--projects", "../tests/benchmarks/kotlin"]),
        };
        log.run(&mut maven)?;
        Ok(())
    }

    /// Compiles the modules that users have, all anew.
    pub fn compile(&self, log: &Log) -> Result<()> {
        log.run(self.maven()?.args(["clean", "compile", "--also-make", "--projects", "fileferry", WITHOUT_KTLINT]))?;
        Ok(())
    }

    /// JUnit against the packages. The goals are named, for a phase would compile and pack all of them again; so what was
    /// compiled from tests that are gone by now, and would hide classes of the packages, is removed here.
    pub fn test(&self) -> Result<Command> {
        let compiled = self.bindings.join("fileferry/target/test-classes");
        if compiled.exists() {
            std::fs::remove_dir_all(&compiled).with_context(|| format!("cannot remove {}", compiled.display()))?;
        }
        let mut maven = self.maven()?;
        maven.args(["--projects", "fileferry", "org.jetbrains.kotlin:kotlin-maven-plugin:test-compile@test-compile"]);
        maven.arg("surefire:test@default-test");
        Ok(maven)
    }

    /// The formatter and linter, as a command of its own; it needs nothing that was built.
    pub fn ktlint(workspace: &Workspace) -> Result<Command> {
        let mut maven = maven(&workspace.path(FOLDER))?;
        maven.args(["--fail-at-end", "com.github.gantsign.maven:ktlint-maven-plugin:check"]);
        Ok(maven)
    }

    /// Maven, set to all modules and to the native library that the jar shall hold.
    fn maven(&self) -> Result<Command> {
        let mut maven = maven(&self.bindings)?;
        maven.arg(format!("-Dfileferry.library={}", self.library.display()));
        Ok(maven)
    }

    /// The jars that users have: our own, and the one with the native library that it needs.
    pub fn jars(&self) -> Result<[PathBuf; 2]> {
        let jar = |module: &str| super::newest_file(&self.bindings.join(module).join("target"), ".jar");
        Ok([jar("fileferry")?, jar("ffi")?])
    }

    /// The command that runs a program.
    pub fn program(&self, root: &Path, program: Program) -> Command {
        let jar = match program {
            Program::Example(example) => return example_program(root, example),
            Program::Runner => "tests/conformance/runners/kotlin/target/conformance-runner.jar",
            Program::Start => return benchmark(root, "StartKt"),
            Program::Border => return benchmark(root, "BorderKt"),
        };
        let mut java = Command::new("java");
        java.arg("-jar").arg(root.join(jar));
        java
    }

    /// The command that runs a program which does nothing.
    pub fn bare_program(&self, root: &Path) -> Command {
        benchmark(root, "BareKt")
    }
}

/// The examples lie in one jar, whose manifest names the demo.
fn example_program(root: &Path, example: Example) -> Command {
    let class = match example {
        Example::Demo => "DemoKt",
        Example::Backup => "BackupKt",
        Example::Links => "LinksKt",
        Example::Captcha => "CaptchaKt",
    };
    class_in(&root.join("examples/kotlin/target/demo.jar"), class)
}

fn benchmark(root: &Path, class: &str) -> Command {
    class_in(&root.join("tests/benchmarks/kotlin/target/benchmark.jar"), class)
}

fn class_in(jar: &Path, class: &str) -> Command {
    let mut java = Command::new("java");
    java.arg("-classpath").arg(jar).arg(class);
    java
}

fn maven(folder: &Path) -> Result<Command> {
    let mut maven = Command::new(require_program("mvn", "install Maven 3.8 or newer")?);
    maven.args(["--batch-mode", "--no-transfer-progress"]).current_dir(folder);
    Ok(maven)
}
