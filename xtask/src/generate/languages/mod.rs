//! One module a language: how its files are made from the surface.

pub(super) mod kotlin;
pub(super) mod node;
pub(super) mod python;
pub(super) mod rust;
pub(super) mod swift;

use anyhow::Result;

use super::GeneratedFile;
use super::model::Api;
use super::spelling::Spelling;
use super::templates::Templates;

/// The files of all languages.
pub fn files(api: &Api, templates: &mut Templates) -> Result<Vec<GeneratedFile>> {
    let snake = Spelling::SNAKE.of(api);
    let camel = Spelling::CAMEL.of(api);
    let mut files = rust::files(&snake, templates)?;
    files.extend(python::files(&snake, templates)?);
    files.extend(node::files(&Spelling::CAMEL_MS.of(api), templates)?);
    files.extend(swift::files(&camel, templates)?);
    files.extend(kotlin::files(&camel, templates)?);
    Ok(files)
}
