//! Writes the Swift or Kotlin side of a built library: `fileferry-bindgen swift|kotlin LIBRARY FOLDER`.
//!
//! It is a program of its own, so that the library is built without the generator's dependencies.

use anyhow::{Context, Result, bail};
use camino::Utf8PathBuf;
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

/// How the library looks from each language.
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings.toml");
const USAGE: &str = "usage: fileferry-bindgen swift|kotlin LIBRARY FOLDER";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [language, library, folder] = arguments.as_slice() else { bail!(USAGE) };
    let language = match language.as_str() {
        "swift" => TargetLanguage::Swift,
        "kotlin" => TargetLanguage::Kotlin,
        _ => bail!(USAGE),
    };
    let options = GenerateOptions {
        languages: vec![language],
        source: Utf8PathBuf::from(library),
        out_dir: Utf8PathBuf::from(folder),
        config_override: Some(Utf8PathBuf::from(CONFIG)),
        // Formatters differ from machine to machine; the files are compared as they come.
        format: false,
        ..GenerateOptions::default()
    };
    generate(options).with_context(|| format!("the bindings of {library} cannot be written"))
}
