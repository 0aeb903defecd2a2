//! What the languages' tests and demo programs run in: each part is made once and kept.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use crate::native::{Natives, Profile, Scope};
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
    /// One of `examples/<language>`.
    Example(Example),
    /// The conformance runner of `tests/conformance/runners/<language>`.
    Runner,
    /// The program of `tests/benchmarks/<language>` that makes a client and a call.
    Start,
    /// The program of `tests/benchmarks/<language>` that times warm calls. Python's wants to know which kind of client.
    Border,
}

/// The programs of `examples/<language>`, the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Example {
    /// The walk that the demo command shows.
    Demo,
    /// Backs a folder up.
    Backup,
    /// Downloads a list of links.
    Links,
    /// Lets a person solve captchas in the terminal.
    Captcha,
}

impl Example {
    /// What its files are called, in each language's spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Backup => "backup",
            Self::Links => "links",
            Self::Captcha => "captcha",
        }
    }
}

/// What the languages' packages are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To run the demo programs, and nothing else.
    Demo,
    /// To run all tests.
    Tests,
    /// To run the benchmarks, over the release.
    Benchmarks,
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
    purpose: Purpose,
    natives: Slot<Natives>,
    test_programs: Slot<Natives>,
    python: Slot<Python>,
    wheel: Slot<PathBuf>,
    node: Slot<Node>,
    node_project: Slot<Project>,
    swift: Slot<Swift>,
    swift_packages: Slot<Packages>,
    kotlin: Slot<Kotlin>,
}

impl Prepared {
    /// Nothing is ready yet.
    pub fn new(workspace: Workspace, languages: BTreeSet<Language>, purpose: Purpose) -> Self {
        Self {
            workspace,
            languages,
            purpose,
            natives: Slot::new("the native libraries"),
            test_programs: Slot::new("the Rust test programs"),
            python: Slot::new("the Python tools"),
            wheel: Slot::new("the Python package"),
            node: Slot::new("the Node tools"),
            node_project: Slot::new("the Node package"),
            swift: Slot::new("the Swift toolchain"),
            swift_packages: Slot::new("the Swift package"),
            kotlin: Slot::new("the Kotlin package"),
        }
    }

    /// Builds the native libraries and programs with one call of cargo.
    pub fn build(&self, log: &Log) -> Result<()> {
        let (profile, scope) = match self.purpose {
            Purpose::Demo => (Profile::Dev, Scope::Demo),
            Purpose::Tests => (Profile::Dev, Scope::Tests),
            Purpose::Benchmarks => (Profile::Release, Scope::Benchmarks),
        };
        let (natives, complete) = Natives::build(&self.workspace, log, profile, scope, self.workspace.target())?;
        self.natives.fill(natives)?;
        complete
    }

    /// Builds the test programs of all crates.
    pub fn build_test_programs(&self, log: &Log) -> Result<()> {
        let target = self.workspace.target();
        let (programs, complete) = Natives::build(&self.workspace, log, Profile::Dev, Scope::TestPrograms, target)?;
        self.test_programs.fill(programs)?;
        complete
    }

    /// Installs the Python tools.
    pub fn prepare_python(&self, log: &Log) -> Result<()> {
        self.python.fill(Python::prepare(&self.workspace, log)?)
    }

    /// Makes a wheel from the built library and installs it beside the Python tools.
    pub fn prepare_python_package(&self, log: &Log) -> Result<()> {
        let wheel = self.python()?.pack_wheel(&self.workspace, log, self.natives()?)?;
        self.python()?.install_wheel(log, &wheel)?;
        self.wheel.fill(wheel)
    }

    /// Installs the Node tools.
    pub fn prepare_node(&self, log: &Log) -> Result<()> {
        self.node.fill(Node::prepare(&self.workspace, log)?)
    }

    /// Packs the npm package and installs it into a project with the programs that use it.
    pub fn prepare_node_project(&self, log: &Log) -> Result<()> {
        self.node_project.fill(Project::make(&self.workspace, log, self.node()?, self.natives()?)?)?;
        self.node_project()?.compile(&self.workspace, log, self.node()?, self.purpose)
    }

    /// Finds Swift or sets it up.
    pub fn prepare_swift(&self, log: &Log) -> Result<()> {
        self.swift.fill(Swift::prepare(&self.workspace, log)?)
    }

    /// Builds the Swift package, its tests and the programs that use it.
    pub fn prepare_swift_packages(&self, log: &Log) -> Result<()> {
        self.swift_packages.fill(Packages::find(&self.workspace, self.natives()?)?)?;
        self.swift_packages()?.build(log, self.swift()?, self.purpose)
    }

    /// Compiles and packs the Kotlin modules.
    pub fn prepare_kotlin(&self, log: &Log) -> Result<()> {
        self.kotlin.fill(Kotlin::find(&self.workspace, self.natives()?)?)?;
        self.kotlin()?.build(log, self.purpose)
    }

    /// Everything that a language's programs need, after the build.
    pub fn prepare(&self, language: Language, log: &Log) -> Result<()> {
        match language {
            Language::Rust => Ok(()),
            Language::Python => self.prepare_python(log).and_then(|()| self.prepare_python_package(log)),
            Language::Node => self.prepare_node(log).and_then(|()| self.prepare_node_project(log)),
            Language::Swift => self.prepare_swift(log).and_then(|()| self.prepare_swift_packages(log)),
            Language::Kotlin => self.prepare_kotlin(log),
        }
    }

    /// The native libraries and programs.
    pub fn natives(&self) -> Result<&Natives> {
        self.natives.get()
    }

    /// The Rust test programs.
    pub fn test_programs(&self) -> Result<&Natives> {
        self.test_programs.get()
    }

    /// Python with its tools.
    pub fn python(&self) -> Result<&Python> {
        self.python.get()
    }

    /// Python with its tools, where the wheel is installed too.
    pub fn python_with_wheel(&self) -> Result<&Python> {
        self.wheel.get()?;
        self.python()
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
        self.natives()?.program(&self.workspace.path("tests/emulator"), "fileferry-emulator")
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
            Language::Python => self.python_with_wheel()?.program(root, program),
            Language::Node => self.node_project()?.program(program),
            Language::Swift => return self.swift_packages()?.program(self.swift()?, program, environment),
            Language::Kotlin => self.kotlin()?.program(root, program),
        };
        command.envs(environment.iter().copied()).current_dir(root);
        Ok(command)
    }

    fn rust_program(&self, program: Program) -> Result<Command> {
        const BENCHMARK: (&str, &str) = ("tests/benchmarks/rust", "fileferry-benchmark");
        let ((folder, name), word) = match program {
            Program::Example(example) => (("bindings-rust", example.name()), None),
            Program::Runner => (("tests/conformance/runners/rust", "fileferry-runner"), None),
            Program::Start => (BENCHMARK, Some("start")),
            Program::Border => (BENCHMARK, Some("border")),
        };
        let mut command = Command::new(self.natives()?.program(&self.workspace.path(folder), name)?);
        command.args(word);
        Ok(command)
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
        Self { what, value: OnceLock::new() }
    }

    fn get(&self) -> Result<&T> {
        self.value.get().with_context(|| format!("{} could not be made", self.what))
    }

    fn fill(&self, value: T) -> Result<()> {
        if self.value.set(value).is_err() {
            bail!("{} was made twice", self.what);
        }
        Ok(())
    }
}
