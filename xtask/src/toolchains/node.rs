//! Node: the npm package, built, packed and installed in a folder of its own, as a user gets it.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::require_program;
use crate::files::{copy, copy_folder, files_below, read, write};
use crate::native::Natives;
use crate::prepared::{Program, Purpose};
use crate::process::Log;
use crate::workspace::Workspace;

const FOLDER: &str = "bindings-node";
/// What uses the package, and where it goes in the project: in a project of their own these programs import the
/// installed package, while in the clone they would find its sources.
const EXAMPLES: (&str, &str) = ("examples/node", "examples");
const TESTS: (&str, &str) = ("bindings-node/test", "test");
const RUNNER: (&str, &str) = ("tests/conformance/runners/node", "runner");
const BENCHMARKS: (&str, &str) = ("tests/benchmarks/node", "benchmarks");
/// The services that are described for tests alone, as a package beside the installed one: where its sources lie, and
/// where it goes in the project.
const TEST_SERVICES: (&str, &str) = ("test-services", "node_modules/fileferry-test-services");
/// Sources name the package's inner modules by paths; `lib` leads from there into the installed package.
const TEST_SERVICES_MANIFEST: &str = r#"{
  "name": "fileferry-test-services",
  "private": true,
  "type": "commonjs",
  "exports": { "./*": "./test-services/generated/*/client.js" }
}
"#;
/// The strictest that the compiler has: what it accepts here it accepts in any user's project.
const PROJECT_TSCONFIG: &str = r#"{
  "compilerOptions": {
    "target": "es2022",
    "lib": ["es2023", "esnext.disposable"],
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "exactOptionalPropertyTypes": true,
    "noUncheckedIndexedAccess": true,
    "rootDir": ".",
    "outDir": "built"
  },
  "include": ["examples", "test", "runner", "benchmarks"]
}
"#;
const REMEDY: &str = "install Node.js 20 or newer with npm";

/// Node with the package's development tools.
#[derive(Debug)]
pub struct Node {
    bindings: PathBuf,
}

impl Node {
    /// Installs the tools that the lock file names, unless they are installed already.
    pub fn prepare(workspace: &Workspace, log: &Log) -> Result<Self> {
        require_program("node", REMEDY)?;
        require_program("npm", REMEDY)?;
        let this = Self { bindings: workspace.path(FOLDER) };
        let wanted = read(&this.bindings.join("package-lock.json"))?;
        let stamp = this.bindings.join("node_modules/.fileferry-lock.json");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(this);
        }
        log.run(&mut this.npm(&["ci"]))?;
        write(&stamp, &wanted)?;
        Ok(this)
    }

    /// Compiles the TypeScript, puts a native library beside it, and packs both.
    pub fn pack(&self, log: &Log, library: &Path, to: &Path) -> Result<PathBuf> {
        copy(library, &self.bindings.join("fileferry.node"))?;
        log.run(&mut self.npm(&["run", "build"]))?;
        log.run(self.npm(&["pack", "--pack-destination"]).arg(to))?;
        super::newest_file(to, ".tgz")
    }

    /// A project that has the packed package and the types of Node that the package is made with.
    fn project_manifest(&self, package: &Path) -> Result<String> {
        let manifest: Value = serde_json::from_str(&read(&self.bindings.join("package.json"))?)?;
        let types = &manifest["devDependencies"]["@types/node"];
        let project = json!({
            "private": true,
            "type": "module",
            "dependencies": { "fileferry": format!("file:{}", package.display()) },
            "devDependencies": { "@types/node": types },
        });
        Ok(project.to_string())
    }

    /// A development tool of the package, such as `tsc`, run in the package's folder.
    pub fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.bindings.join("node_modules/.bin").join(name));
        command.current_dir(&self.bindings);
        command
    }

    /// npm, run in the package's folder.
    pub fn npm(&self, words: &[&str]) -> Command {
        let mut npm = Command::new("npm");
        npm.args(words).current_dir(&self.bindings);
        npm
    }
}

/// An empty project into which the packed package was installed, with the programs that use it.
#[derive(Debug)]
pub struct Project {
    folder: PathBuf,
}

impl Project {
    /// Packs the package and installs it into a new project.
    pub fn make(workspace: &Workspace, log: &Log, node: &Node, natives: &Natives) -> Result<Self> {
        let library = natives.dynamic_library(&workspace.path(FOLDER))?;
        let package = node.pack(log, &library, &workspace.fresh_target_folder("node/packages")?)?;
        let folder = workspace.fresh_target_folder("node/project")?;
        write(&folder.join("package.json"), &node.project_manifest(&package)?)?;
        log.run(Command::new("npm").args(["install", "--no-package-lock"]).current_dir(&folder))?;
        Ok(Self { folder })
    }

    /// Compiles programs that use the package: the examples, or all of them.
    pub fn compile(&self, workspace: &Workspace, log: &Log, node: &Node, purpose: Purpose) -> Result<()> {
        write(&self.folder.join("tsconfig.json"), PROJECT_TSCONFIG)?;
        let programs = match purpose {
            Purpose::Demo => &[EXAMPLES][..],
            Purpose::Tests => &[EXAMPLES, TESTS, RUNNER, BENCHMARKS],
            Purpose::Benchmarks => &[BENCHMARKS],
        };
        for (from, to) in programs {
            copy_folder(&workspace.path(from), &self.folder.join(to))?;
        }
        if purpose != Purpose::Demo {
            self.add_test_services(workspace, log, node)?;
        }
        log.run(node.tool("tsc").arg("--project").arg(&self.folder))?;
        Ok(())
    }

    /// Compiles the test services against the package's sources and lays them beside the installed package, so that
    /// what they inherit from and load is what was installed.
    fn add_test_services(&self, workspace: &Workspace, log: &Log, node: &Node) -> Result<()> {
        let (sources, package) = TEST_SERVICES;
        let compiled = workspace.fresh_target_folder("node/test-services")?;
        log.run(node.tool("tsc").args(["--declaration", "--project", sources, "--outDir"]).arg(&compiled))?;
        let package = self.folder.join(package);
        write(&package.join("package.json"), TEST_SERVICES_MANIFEST)?;
        copy_folder(&compiled.join(sources), &package.join(sources))?;
        // Programs see the place that a link leads to, so there is still one copy of each module.
        symlink("../fileferry/dist", package.join("lib")).context("cannot link to the installed package")
    }

    /// `node --test` over the compiled tests: those of the package and those of the test services. Beside them lie
    /// files without tests, which Node would count as passed.
    pub fn test(&self) -> Result<Command> {
        let (sources, package) = TEST_SERVICES;
        let mut files = files_below(&self.folder.join("built").join(TESTS.1))?;
        files.extend(files_below(&self.folder.join(package).join(sources))?);
        let mut node = Command::new("node");
        node.args(["--test", "--test-reporter=spec"]).current_dir(&self.folder);
        node.args(files.iter().filter(|file| file.to_string_lossy().ends_with(".test.js")));
        Ok(node)
    }

    /// The command that runs a compiled program.
    pub fn program(&self, program: Program) -> Command {
        let file = match program {
            Program::Example(example) => format!("built/examples/{}.js", example.name()),
            Program::Runner => "built/runner/runner.js".to_owned(),
            Program::Start => "built/benchmarks/start.js".to_owned(),
            Program::Border => "built/benchmarks/border.js".to_owned(),
        };
        let mut node = self.node();
        node.arg(self.folder.join(file));
        node
    }

    /// Node in the project's folder, where the installed package is found.
    pub fn node(&self) -> Command {
        let mut node = Command::new("node");
        node.current_dir(&self.folder);
        node
    }
}
