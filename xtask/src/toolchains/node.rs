//! Node: the npm package, built, packed and installed in a folder of its own, as a user gets it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::require_program;
use crate::files::{copy, copy_folder, read, write};
use crate::native::Natives;
use crate::prepared::Program;
use crate::process::Log;
use crate::workspace::Workspace;

const FOLDER: &str = "bindings-node";
/// What uses the package, and where it goes in the project: in a project of their own these programs import the
/// installed package, while in the clone they would find its sources.
const PROGRAMS: [(&str, &str); 3] = [
    ("bindings-node/test", "test"),
    ("examples/node", "demo"),
    ("tests/conformance/runners/node", "runner"),
];
const PROJECT_MANIFEST: &str = "{\"private\": true, \"type\": \"module\"}\n";
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
  "include": ["test", "demo", "runner"]
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
        let this = Self {
            bindings: workspace.path(FOLDER),
        };
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

    /// A development tool of the package, such as `tsc`, run in the package's folder.
    pub fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.bindings.join("node_modules/.bin").join(name));
        command.current_dir(&self.bindings);
        command
    }

    fn npm(&self, words: &[&str]) -> Command {
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
    /// Packs and installs the package, and compiles the programs against it.
    pub fn prepare(workspace: &Workspace, log: &Log, node: &Node, natives: &Natives) -> Result<Self> {
        let library = natives.dynamic_library(&workspace.path(FOLDER))?;
        let package = node.pack(log, &library, &workspace.fresh_target_folder("node/packages")?)?;
        let folder = workspace.fresh_target_folder("node/project")?;
        write(&folder.join("package.json"), PROJECT_MANIFEST)?;
        write(&folder.join("tsconfig.json"), PROJECT_TSCONFIG)?;
        let mut install = Command::new("npm");
        log.run(
            install
                .args(["install", "--no-package-lock"])
                .arg(&package)
                .current_dir(&folder),
        )?;
        copy_folder(
            &node.bindings.join("node_modules/@types"),
            &folder.join("node_modules/@types"),
        )?;
        for (from, to) in PROGRAMS {
            copy_folder(&workspace.path(from), &folder.join(to))?;
        }
        log.run(node.tool("tsc").arg("--project").arg(&folder))?;
        Ok(Self { folder })
    }

    /// `node --test` over the compiled tests.
    pub fn test(&self) -> Command {
        let mut node = Command::new("node");
        node.args(["--test", "built/test/"]).current_dir(&self.folder);
        node
    }

    /// The command that runs a compiled program.
    pub fn program(&self, program: Program) -> Command {
        let file = match program {
            Program::Demo => "built/demo/demo.js",
            Program::Runner => "built/runner/runner.js",
        };
        let mut node = Command::new("node");
        node.arg(self.folder.join(file));
        node
    }
}
