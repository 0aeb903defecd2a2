//! Where things lie: the clone, cargo's target folder, and what we put below it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The folders that every command works in.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the clone that this program belongs to and asks cargo for its target folder.
    pub fn find() -> Result<Self> {
        // Cargo sets the variable for `cargo run`; the compiled-in path serves a program that is started by hand.
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest.parent().context("the xtask crate has no parent folder")?.to_path_buf();
        let target = target_folder(&root)?;
        Ok(Self { root, target })
    }

    /// A clone whose target folder is its own, whatever the environment says.
    pub fn of_its_own(root: PathBuf) -> Self {
        let target = root.join("target");
        Self { root, target }
    }

    /// The root of the clone.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder; everything that we make goes below it.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// A path below the root, written with slashes.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A folder below the target folder, made if it is missing.
    pub fn target_folder(&self, relative: &str) -> Result<PathBuf> {
        let folder = self.target.join(relative);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// A folder below the target folder, emptied if it is there.
    pub fn fresh_target_folder(&self, relative: &str) -> Result<PathBuf> {
        let folder = self.target.join(relative);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        self.target_folder(relative)
    }
}

fn target_folder(root: &Path) -> Result<PathBuf> {
    let output = Command::new(cargo())
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let target = metadata["target_directory"].as_str().context("cargo metadata names no target folder")?;
    Ok(target.into())
}

/// The cargo that runs us, so that a chosen toolchain (`cargo +1.88 xtask …`) is kept.
pub fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}
