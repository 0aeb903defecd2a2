//! `cargo xtask package`: what users install, from the release build, in `dist/`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::AlreadyReported;
use crate::files::{copy, copy_folder};
use crate::native::{Natives, Profile, Scope};
use crate::prepared::Purpose;
use crate::process::Log;
use crate::toolchains::Language;
use crate::toolchains::kotlin::Kotlin;
use crate::toolchains::node::Node;
use crate::toolchains::python::Python;
use crate::toolchains::swift;
use crate::workspace::Workspace;

const TAIL_LINES: usize = 30;

/// Which packages to make.
#[derive(Debug, Args)]
pub struct Options {
    /// Make the packages of these languages alone (several: comma or repeat).
    #[arg(long, value_delimiter = ',')]
    only: Vec<Language>,
}

/// Makes the packages, one after another.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let dist = workspace.path("dist");
    std::fs::create_dir_all(&dist).with_context(|| format!("cannot make {}", dist.display()))?;
    let log = Log::create(workspace.target().join("package-logs/package.log"))?;
    println!("building (log: {})", log.path().display());
    let (natives, complete) = Natives::build(workspace, &log, Profile::Release, Scope::Libraries, workspace.target())?;
    let mut failures = Vec::from_iter(complete.err());
    for language in Language::ALL {
        if options.only.is_empty() || options.only.contains(&language) {
            match package(workspace, &log, &natives, language, &dist) {
                Ok(packages) => packages.iter().for_each(|package| println!("{language:<8} {}", package.display())),
                Err(error) => failures.push(error.context(format!("the package for {language} could not be made"))),
            }
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    println!("{}", Log::tail_of(log.path(), TAIL_LINES));
    failures.iter().for_each(|error| println!("{error:#}"));
    bail!(AlreadyReported)
}

/// The files that were made for a language. The Rust crates are published as they stand.
pub fn package(
    workspace: &Workspace,
    log: &Log,
    natives: &Natives,
    language: Language,
    dist: &Path,
) -> Result<Vec<PathBuf>> {
    match language {
        Language::Rust => Ok(Vec::new()),
        Language::Python => Ok(vec![Python::prepare(workspace, log)?.build_wheel(log, dist)?]),
        Language::Node => {
            let library = natives.dynamic_library(&workspace.path("bindings-node"))?;
            Ok(vec![Node::prepare(workspace, log)?.pack(log, &library, dist)?])
        }
        Language::Swift => Ok(vec![swift_archive(workspace, log, natives, dist)?]),
        Language::Kotlin => {
            let kotlin = Kotlin::find(workspace, natives)?;
            kotlin.build(log, Purpose::Demo)?;
            let into_dist = |jar: PathBuf| {
                let package = dist.join(jar.file_name().context("the jar has no name")?);
                copy(&jar, &package).map(|()| package)
            };
            kotlin.jars()?.into_iter().map(into_dist).collect()
        }
    }
}

/// The package's sources with the static library of this machine's platform.
fn swift_archive(workspace: &Workspace, log: &Log, natives: &Natives, dist: &Path) -> Result<PathBuf> {
    let name = format!("FileFerry-{}-{}-{}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    let folder = workspace.fresh_target_folder("package/swift")?;
    copy_folder(&workspace.path(swift::LIBRARY), &folder.join(&name))?;
    let library = natives.static_library(&workspace.path("bindings-swift"))?;
    copy(&library, &folder.join(&name).join("libraries/libfileferry_ffi.a"))?;
    let archive = dist.join(format!("{name}.tar.gz"));
    log.run(Command::new("tar").arg("-czf").arg(&archive).arg("-C").args([&folder, Path::new(&name)]))?;
    Ok(archive)
}
