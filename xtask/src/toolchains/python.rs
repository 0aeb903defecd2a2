//! Python: a virtual environment with pinned tools, and the wheel that the tests import.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::{MissingToolchain, install_debian_packages, is_root_on_debian, require_program};
use crate::files::{copy, copy_folder, write};
use crate::native::Natives;
use crate::prepared::Program;
use crate::process::Log;
use crate::workspace::Workspace;

const REQUIREMENTS: &str = include_str!("python-requirements.txt");
const FOLDER: &str = "bindings-python";

/// A virtual environment that holds the tools; tests run in it against the installed wheel.
#[derive(Debug)]
pub struct Python {
    environment: PathBuf,
    bindings: PathBuf,
}

impl Python {
    /// Makes the environment, or finds the one that an earlier run made from the same requirements.
    pub fn prepare(workspace: &Workspace, log: &Log) -> Result<Self> {
        let python3 = require_program("python3", "install Python 3.10 or newer")?;
        let folder = workspace.target_folder("python")?;
        let this = Self { environment: folder.join("environment"), bindings: workspace.path(FOLDER) };
        let stamp = this.environment.join("requirements.txt");
        if std::fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == REQUIREMENTS) {
            return Ok(this);
        }
        create_environment(&python3, &this.environment, log)?;
        let requirements = folder.join("requirements.txt");
        write(&requirements, REQUIREMENTS)?;
        log.run(this.pip().arg("install").arg("--requirement").arg(&requirements))?;
        // Written last: an environment that was left half-made is made anew.
        write(&stamp, REQUIREMENTS)?;
        Ok(this)
    }

    /// Builds the wheel that users get.
    pub fn build_wheel(&self, log: &Log, to: &Path) -> Result<PathBuf> {
        let mut maturin = self.tool("maturin");
        maturin.args(["build", "--locked", "--release", "--out"]).arg(to).current_dir(&self.bindings);
        log.run(&mut maturin)?;
        super::newest_file(to, ".whl")
    }

    /// Packs a wheel around the library that is built already. Maturin would build it again, for it chooses the
    /// features of the dependencies for this one crate; what a wheel says of itself it still writes.
    pub fn pack_wheel(&self, workspace: &Workspace, log: &Log, natives: &Natives) -> Result<PathBuf> {
        let library = natives.dynamic_library(&self.bindings)?;
        let content = workspace.fresh_target_folder("python/content")?;
        copy_folder(&self.bindings.join("python"), &content)?;
        copy(&library, &content.join("fileferry/_native.abi3.so"))?;
        let mut metadata = self.tool("maturin");
        metadata.args(["pep517", "write-dist-info", "--interpreter", "python3", "--metadata-directory"]);
        log.run(metadata.arg(&content).current_dir(&self.bindings))?;
        let wheels = workspace.fresh_target_folder("python/wheels")?;
        let mut pack = self.tool("wheel");
        log.run(pack.arg("pack").arg(&content).arg("--dest-dir").arg(&wheels))?;
        super::newest_file(&wheels, ".whl")
    }

    /// Installs a wheel in place of the one that was installed before.
    pub fn install_wheel(&self, log: &Log, wheel: &Path) -> Result<()> {
        log.run(self.pip().args(["install", "--no-index", "--no-deps", "--force-reinstall"]).arg(wheel))?;
        Ok(())
    }

    /// The environment's interpreter: what it imports is the installed wheel.
    pub fn interpreter(&self) -> Command {
        self.tool("python")
    }

    /// One of the environment's programs.
    pub fn tool(&self, name: &str) -> Command {
        let programs = self.environment.join("bin");
        let mut command = Command::new(programs.join(name));
        // Pyright looks at the first Python of the search path for the packages that a program imports.
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(programs).chain(std::env::split_paths(&inherited));
        // No folder of a search path has a separator in its name, or the shell could not have made that path.
        if let Ok(path) = std::env::join_paths(path) {
            command.env("PATH", path);
        }
        command.env("PYRIGHT_PYTHON_CACHE_DIR", self.environment.join("pyright"));
        command.env_remove("PYTHONPATH").env_remove("PYTHONHOME").env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// The command that runs one of the clone's programs.
    pub fn program(&self, root: &Path, program: Program) -> Command {
        let file = match program {
            Program::Example(example) => format!("examples/python/{}.py", example.name()),
            Program::Runner => "tests/conformance/runners/python".to_owned(),
            Program::Start => "tests/benchmarks/python/start.py".to_owned(),
            Program::Border => "tests/benchmarks/python/border.py".to_owned(),
        };
        let mut python = self.interpreter();
        python.arg(root.join(file));
        python
    }

    fn pip(&self) -> Command {
        let mut pip = self.tool("python");
        pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
        pip
    }
}

fn create_environment(python3: &Path, folder: &Path, log: &Log) -> Result<()> {
    let mut create = Command::new(python3);
    create.args(["-m", "venv", "--clear"]).arg(folder);
    if log.execute(&mut create)?.status.success() {
        return Ok(());
    }
    // Debian ships `venv` apart from Python, and says so in the log.
    if !is_root_on_debian() {
        bail!(MissingToolchain { what: "Python's venv", remedy: "on Debian: apt-get install python3-venv".to_owned() });
    }
    install_debian_packages(log, &["python3-venv"])?;
    log.run(&mut create)?;
    Ok(())
}
