//! What the languages' tests and demo programs run in: each part is made once and kept.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use crate::native::{Natives, Profile};
use crate::process::Log;
use crate::toolchains::Language;
use crate::toolchains::kotlin::Kotlin;
use crate::toolchains::node::{Node, Project};
use crate::toolchains::python::Python;
use crate::toolchains::swift::{Packages, Swift};
use crate::workspace::{Workspace, cargo};

/// A program that each language has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The example of `examples/<language>`.
    Demo,
    /// The conformance runner of `tests/conformance/runners/<language>`.
    Runner,
}

/// Variables for a program; Swift's chroot sees no others.
pub type Environment<'a> = &'a [(&'a str, &'a OsStr)];

/// The parts that are ready, each filled by the function of the same name.
#[derive(Debug)]
pub struct Prepared {
    /// Where things lie.
    pub workspace: Workspace,
    /// The languages that were not excluded.
    pub languages: BTreeSet<Language>,
    natives: Slot<Natives>,
    python: Slot<Python>,
    node: Slot<Node>,
    node_project: Slot<Project>,
    swift: Slot<Swift>,
    swift_packages: Slot<Packages>,
    kotlin: Slot<Kotlin>,
}

impl Prepared {
    /// Nothing is ready yet.
    pub fn new(workspace: Workspace, languages: BTreeSet<Language>) -> Self {
        Self {
            workspace,
            languages,
            natives: Slot::new("the native libraries"),
            python: Slot::new("the Python package"),
            node: Slot::new("the Node tools"),
            node_project: Slot::new("the Node package"),
            swift: Slot::new("the Swift toolchain"),
            swift_packages: Slot::new("the Swift package"),
            kotlin: Slot::new("the Kotlin package"),
        }
    }

    /// Builds all native libraries and programs with one call of cargo.
    pub fn build(&self, log: &Log) -> Result<()> {
        let mut packages = vec!["fileferry-emulator", "fileferry-conformance"];
        for (languages, crates) in [
            (&[Language::Rust][..], &["fileferry"][..]),
            (&[Language::Python], &["fileferry-python"]),
            (&[Language::Node], &["fileferry-node"]),
            (
                &[Language::Swift, Language::Kotlin],
                &["fileferry-ffi", "fileferry-bindgen"],
            ),
        ] {
            if languages.iter().any(|language| self.languages.contains(language)) {
                packages.extend(crates);
            }
        }
        let (natives, complete) = Natives::build(&self.workspace, log, Profile::Dev, &packages)?;
        self.natives.fill(natives)?;
        complete
    }

    /// Makes the wheel and installs it beside the Python tools.
    pub fn prepare_python(&self, log: &Log) -> Result<()> {
        let python = Python::prepare(&self.workspace, log)?;
        let wheels = self.workspace.fresh_target_folder("python/wheels")?;
        let wheel = python.build_wheel(log, Profile::Dev, &wheels)?;
        python.install_wheel(log, &wheel)?;
        self.python.fill(python)
    }

    /// Installs the Node tools.
    pub fn prepare_node(&self, log: &Log) -> Result<()> {
        self.node.fill(Node::prepare(&self.workspace, log)?)
    }

    /// Packs the npm package and installs it into a project with the programs that use it.
    pub fn prepare_node_project(&self, log: &Log) -> Result<()> {
        self.node_project
            .fill(Project::prepare(&self.workspace, log, self.node()?, self.natives()?)?)
    }

    /// Finds Swift or sets it up.
    pub fn prepare_swift(&self, log: &Log) -> Result<()> {
        self.swift.fill(Swift::prepare(&self.workspace, log)?)
    }

    /// Builds the Swift package, its tests and the programs that use it.
    pub fn prepare_swift_packages(&self, log: &Log) -> Result<()> {
        self.swift_packages
            .fill(Packages::prepare(&self.workspace, log, self.swift()?, self.natives()?)?)
    }

    /// Compiles and packs the Kotlin modules.
    pub fn prepare_kotlin(&self, log: &Log) -> Result<()> {
        self.kotlin
            .fill(Kotlin::prepare(&self.workspace, log, self.natives()?)?)
    }

    /// Everything that a language's programs need, after the build.
    pub fn prepare(&self, language: Language, log: &Log) -> Result<()> {
        match language {
            Language::Rust => Ok(()),
            Language::Python => self.prepare_python(log),
            Language::Node => self.prepare_node(log).and_then(|()| self.prepare_node_project(log)),
            Language::Swift => self.prepare_swift(log).and_then(|()| self.prepare_swift_packages(log)),
            Language::Kotlin => self.prepare_kotlin(log),
        }
    }

    /// The native libraries and programs.
    pub fn natives(&self) -> Result<&Natives> {
        self.natives.get()
    }

    /// Python with the wheel installed.
    pub fn python(&self) -> Result<&Python> {
        self.python.get()
    }

    /// Node with the package's development tools.
    pub fn node(&self) -> Result<&Node> {
        self.node.get()
    }

    /// The project that the packed npm package is installed in.
    pub fn node_project(&self) -> Result<&Project> {
        self.node_project.get()
    }

    /// Swift.
    pub fn swift(&self) -> Result<&Swift> {
        self.swift.get()
    }

    /// The built Swift packages.
    pub fn swift_packages(&self) -> Result<&Packages> {
        self.swift_packages.get()
    }

    /// The packed Kotlin modules.
    pub fn kotlin(&self) -> Result<&Kotlin> {
        self.kotlin.get()
    }

    /// Cargo, set to this clone.
    pub fn cargo(&self, words: &[&str]) -> Command {
        let mut command = Command::new(cargo());
        command.args(words).current_dir(self.workspace.root());
        command
    }

    /// The emulator's program; tests get its path in `FILEFERRY_EMULATOR`.
    pub fn emulator(&self) -> Result<PathBuf> {
        self.natives()?
            .program(&self.workspace.path("tests/emulator"), "fileferry-emulator")
    }

    /// The conformance suite's program.
    pub fn conformance(&self) -> Result<Command> {
        let folder = self.workspace.path("tests/conformance");
        let mut command = Command::new(self.natives()?.program(&folder, "fileferry-conformance")?);
        command.current_dir(self.workspace.root());
        Ok(command)
    }

    /// The program that writes what Swift and Kotlin need to load the library.
    pub fn bindgen(&self) -> Result<Command> {
        let folder = self.workspace.path("bindings-swift/bindgen");
        let mut command = Command::new(self.natives()?.program(&folder, "fileferry-bindgen")?);
        command.current_dir(self.workspace.root());
        Ok(command)
    }

    /// The command that runs a language's program.
    pub fn command(&self, language: Language, program: Program, environment: Environment<'_>) -> Result<Command> {
        let root = self.workspace.root();
        let mut command = match language {
            Language::Rust => self.rust_program(program)?,
            Language::Python => self.python()?.program(root, program),
            Language::Node => self.node_project()?.program(program),
            Language::Swift => return self.swift_packages()?.program(self.swift()?, program, environment),
            Language::Kotlin => self.kotlin()?.program(root, program),
        };
        command.envs(environment.iter().copied()).current_dir(root);
        Ok(command)
    }

    fn rust_program(&self, program: Program) -> Result<Command> {
        let (folder, name) = match program {
            Program::Demo => ("bindings-rust", "demo"),
            Program::Runner => ("tests/conformance/runners/rust", "fileferry-runner"),
        };
        Ok(Command::new(
            self.natives()?.program(&self.workspace.path(folder), name)?,
        ))
    }
}

/// Something that is made once and then used by many.
#[derive(Debug)]
struct Slot<T> {
    what: &'static str,
    value: OnceLock<T>,
}

impl<T> Slot<T> {
    fn new(what: &'static str) -> Self {
        Self {
            what,
            value: OnceLock::new(),
        }
    }

    fn get(&self) -> Result<&T> {
        self.value
            .get()
            .with_context(|| format!("{} could not be made", self.what))
    }

    fn fill(&self, value: T) -> Result<()> {
        if self.value.set(value).is_err() {
            bail!("{} was made twice", self.what);
        }
        Ok(())
    }
}
