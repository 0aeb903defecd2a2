//! The files a case needs: sources to upload and a place to download to.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::seeded::Seeded;

/// A journal is short; what is longer is a part of the file itself.
const LONGEST_TEXT: u64 = 64 * 1024;

/// One case's own folder, removed with this value.
#[derive(Debug)]
pub struct CaseFiles {
    folder: tempfile::TempDir,
    sources: BTreeSet<PathBuf>,
    target: Option<PathBuf>,
}

impl CaseFiles {
    /// Makes the sources that `call` asks for and puts their paths in its place.
    ///
    /// `{$file: {length, seed, name?, as?}}` becomes `{$path, as}` of a file with these bytes; `{$temp: name}` becomes
    /// `{$path}` of a file that is not there yet; `{$folder: name}` of a folder that is; `{$tree: {name, files, folders?,
    /// links?}}` of a folder with these things in it.
    pub fn prepare(call: &Map<String, Value>) -> std::io::Result<(Self, Map<String, Value>)> {
        let mut files = Self { folder: tempfile::tempdir()?, sources: BTreeSet::new(), target: None };
        let mut ready = Map::new();
        for (name, value) in call {
            ready.insert(name.clone(), files.argument(name, value)?);
        }
        Ok((files, ready))
    }

    /// Where a download was told to write: a file, or a folder in which the file gets a name of its own.
    pub fn target(&self) -> Option<&Path> {
        self.target.as_deref()
    }

    /// Every file in the case's folder that the call did not find there: what was downloaded, a part file or a journal
    /// that was left, and whatever landed outside the folder it was meant for.
    pub fn found(&self) -> std::io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else if !self.sources.contains(&entry.path()) {
                    found.push(entry.path());
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// How a path of the case's folder is told.
    pub fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(self.folder.path()).unwrap_or(path).display()
    }

    /// The short texts among the files that were found, by their names: what a journal holds must be no secret.
    pub fn left_texts(&self) -> std::io::Result<Vec<(String, String)>> {
        let mut texts = Vec::new();
        for path in self.found()? {
            if Some(&path) != self.target.as_ref() && path.metadata()?.len() <= LONGEST_TEXT {
                let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
                texts.push((self.shown(&path).to_string(), text));
            }
        }
        Ok(texts)
    }

    fn argument(&mut self, name: &str, value: &Value) -> std::io::Result<Value> {
        if let Some(file) = value.get("$file") {
            let file_name = file["name"].as_str().unwrap_or("source.bin");
            let path = self.folder.path().join(name).join(file_name);
            self.source(&path, file)?;
            let kind = file["as"].as_str().unwrap_or("path");
            return Ok(json!({"$path": path, "as": kind}));
        }
        if let Some(tree) = value.get("$tree") {
            return Ok(json!({"$path": self.tree(name, tree)?}));
        }
        if let Some(temp) = value.get("$temp").and_then(Value::as_str) {
            let path = self.folder.path().join("target").join(temp);
            std::fs::create_dir_all(self.folder.path().join("target"))?;
            self.target = Some(path.clone());
            return Ok(json!({"$path": path}));
        }
        if let Some(temp) = value.get("$folder").and_then(Value::as_str) {
            let path = self.folder.path().join("folders").join(temp);
            std::fs::create_dir_all(&path)?;
            self.target = Some(path.clone());
            return Ok(json!({"$path": path, "as": "path"}));
        }
        if let Some(taken) = value.get("$taken").and_then(Value::as_str) {
            let path = self.folder.path().join("target").join(taken);
            write_seeded(&path, Seeded::new(99, 12))?;
            self.target = Some(path.clone());
            return Ok(json!({"$path": path}));
        }
        Ok(value.clone())
    }

    /// Makes a file that the call finds there: `{length, seed}`.
    fn source(&mut self, path: &Path, file: &Value) -> std::io::Result<()> {
        let number = |member: &str| file[member].as_u64().unwrap_or(0);
        write_seeded(path, Seeded::new(number("seed"), number("length")))?;
        self.sources.insert(path.to_owned());
        Ok(())
    }

    /// Makes a folder with all that is in it.
    fn tree(&mut self, argument: &str, tree: &Value) -> std::io::Result<PathBuf> {
        let root = self.folder.path().join(argument).join(tree["name"].as_str().unwrap_or("tree"));
        std::fs::create_dir_all(&root)?;
        for (name, file) in members(&tree["files"]) {
            self.source(&root.join(name), file)?;
        }
        for folder in tree["folders"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            std::fs::create_dir_all(root.join(folder))?;
        }
        for (name, target) in members(&tree["links"]) {
            let link = root.join(name);
            std::os::unix::fs::symlink(target.as_str().unwrap_or_default(), &link)?;
            self.sources.insert(link);
        }
        Ok(root)
    }
}

/// The members of an object, none where it is something else.
fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn write_seeded(path: &Path, content: Seeded) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for piece in content.pieces() {
        file.write_all(&piece)?;
    }
    file.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn sources_are_made_and_targets_are_not() {
        let (files, ready) = CaseFiles::prepare(&call(json!({
            "source": {"$file": {"length": 5, "seed": 1, "name": "a.bin", "as": "stream"}}, "folder": "/",
            "to": {"$temp": "b.bin"},
        })))
        .unwrap();
        let source = Path::new(ready["source"]["$path"].as_str().unwrap());
        assert_eq!(std::fs::read(source).unwrap().len(), 5);
        assert_eq!((source.file_name().unwrap(), &ready["source"]["as"]), ("a.bin".as_ref(), &json!("stream")));
        assert_eq!(ready["folder"], "/");
        let target = files.target().unwrap();
        assert!(!target.exists() && target.parent().unwrap().is_dir());
        assert_eq!(files.found().unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_tree_has_all_that_is_named() {
        let (files, ready) = CaseFiles::prepare(&call(json!({
            "source": {"$tree": {"name": "tapes", "files": {"a/one.bin": {"length": 3, "seed": 1}}, "folders": ["empty"],
                "links": {"again.bin": "a/one.bin"}}},
        })))
        .unwrap();
        let root = Path::new(ready["source"]["$path"].as_str().unwrap());
        assert_eq!(root.file_name().unwrap(), "tapes");
        assert_eq!(std::fs::read(root.join("again.bin")).unwrap().len(), 3);
        assert!(root.join("again.bin").is_symlink() && root.join("empty").is_dir());
        assert_eq!(files.found().unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_a_download_leaves_is_read() {
        let (files, ready) = CaseFiles::prepare(&call(json!({"to": {"$taken": "b.bin"}}))).unwrap();
        let target = Path::new(ready["to"]["$path"].as_str().unwrap());
        std::fs::write(target.with_file_name("b.bin.journal"), "token=planted").unwrap();
        assert_eq!(files.left_texts().unwrap(), [("target/b.bin.journal".to_owned(), "token=planted".to_owned())]);
        assert_eq!(files.found().unwrap(), [target.to_owned(), target.with_file_name("b.bin.journal")]);
    }
}
