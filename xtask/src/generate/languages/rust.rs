//! Stands in until the language is here.

use anyhow::Result;

use crate::generate::GeneratedFile;
use crate::generate::model::Api;
use crate::generate::templates::Templates;

/// The files of this language.
pub fn files(_api: &Api, _templates: &mut Templates) -> Result<Vec<GeneratedFile>> {
    Ok(Vec::new())
}
