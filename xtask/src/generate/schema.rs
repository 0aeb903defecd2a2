//! The JSON Schemas of the descriptions, made from the structures that read them, so that editors complete what the
//! generator takes.

use anyhow::Result;
use schemars::{Schema, schema_for};

use super::parse::{GroupFile, KindsFile, ModelsFile, ServiceFile};
use super::{GENERATED, GeneratedFile};

/// One schema a kind of file.
pub fn files() -> Result<Vec<GeneratedFile>> {
    let schemas = [
        ("errors", schema_for!(KindsFile)),
        ("service", schema_for!(ServiceFile)),
        ("models", schema_for!(ModelsFile)),
        ("group", schema_for!(GroupFile)),
    ];
    schemas.into_iter().map(|(name, schema)| file(name, schema)).collect()
}

fn file(name: &str, mut schema: Schema) -> Result<GeneratedFile> {
    schema.insert("$comment".into(), GENERATED.into());
    let text = serde_json::to_string_pretty(&schema)? + "\n";
    Ok(GeneratedFile::new(format!("core/descriptions/schema/{name}.schema.json"), text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    /// The folder of what all services share, and one a service, those for tests included.
    fn folders_of_descriptions(workspace: &Workspace) -> Vec<std::path::PathBuf> {
        let mut folders = vec![workspace.path("core/descriptions")];
        for above in ["core/descriptions", "tests/descriptions"] {
            let entries = std::fs::read_dir(workspace.path(above)).expect(above);
            let inside = entries.map(|entry| entry.expect("an entry").path());
            folders.extend(inside.filter(|path| path.join("service.yaml").exists()));
        }
        folders
    }

    #[test]
    fn every_description_fits_its_schema() {
        let workspace = Workspace::find().expect("the workspace");
        let mut checked = 0;
        for folder in folders_of_descriptions(&workspace) {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.extension().is_none_or(|extension| extension != "yaml") {
                    continue;
                }
                let name = path.file_stem().expect("a name").to_string_lossy();
                let schema = match &*name {
                    "errors" => schema_for!(KindsFile),
                    "service" => schema_for!(ServiceFile),
                    "models" | "shared" => schema_for!(ModelsFile),
                    _ => schema_for!(GroupFile),
                };
                let text = std::fs::read_to_string(&path).expect("text");
                let value: serde_json::Value = serde_saphyr::from_str(&text).expect("YAML");
                let validator = jsonschema::validator_for(schema.as_value()).expect("a schema");
                let errors: Vec<String> =
                    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
                assert!(errors.is_empty(), "{}: {errors:?}", path.display());
                checked += 1;
            }
        }
        assert!(checked > 35, "{checked} files");
    }
}
