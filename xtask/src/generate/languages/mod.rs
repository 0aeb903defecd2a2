//! One module a language: how its files are made from the surface.

pub(super) mod kotlin;
pub(super) mod node;
pub(super) mod python;
pub(super) mod rust;
pub(super) mod swift;

use anyhow::Result;

use super::GeneratedFile;
use super::model::Api;
use super::templates::Templates;

/// The files of all languages.
pub fn files(api: &Api, templates: &mut Templates) -> Result<Vec<GeneratedFile>> {
    let mut files = Vec::new();
    for language in [rust::files, python::files, node::files, swift::files, kotlin::files] {
        files.extend(language(api, templates)?);
    }
    Ok(files)
}
