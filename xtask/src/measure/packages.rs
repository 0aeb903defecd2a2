//! How large the packages are that users install.

use anyhow::{Context, Result};

use super::build::size;
use super::copy::Copy;
use super::table::Figure;
use crate::native::Natives;
use crate::package::package;
use crate::process::Log;
use crate::toolchains::Language;
use crate::toolchains::python::Python;

/// Makes the packages as `cargo xtask package` does; only the wheel is packed around the library that is there already, as
/// for the tests, for maturin would compile it once more.
pub fn measure(copy: &Copy, log: &Log, natives: &Natives) -> Result<Vec<Figure>> {
    let dist = copy.workspace.path("dist");
    std::fs::create_dir_all(&dist).with_context(|| format!("cannot make {}", dist.display()))?;
    let mut figures = Vec::new();
    for language in Language::ALL {
        let files = match language {
            Language::Python => {
                vec![Python::prepare(&copy.workspace, log)?.pack_wheel(&copy.workspace, log, natives)?]
            }
            _ => package(&copy.workspace, log, natives, language, &dist)?,
        };
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            figures.push(size(format!("{language}: `{name}`"), &file)?);
        }
    }
    Ok(figures)
}
