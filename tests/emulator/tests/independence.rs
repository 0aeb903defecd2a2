//! The emulator proves the client, so it shares nothing with it: no crate of this workspace, and no look into the
//! client's folder.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

const OWN_NAME: &str = "fileferry-emulator";

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names of packages by the names of what they depend on, read from the lock file.
fn locked_packages() -> HashMap<String, Vec<String>> {
    let lock = folder().join("../../Cargo.lock");
    let lock = fs::read_to_string(&lock).unwrap_or_else(|error| panic!("{}: {error}", lock.display()));
    let mut packages: HashMap<String, Vec<String>> = HashMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let name = package.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).expect("a name");
        let dependencies = package.split_once("dependencies = [").and_then(|(_, list)| list.split_once(']'));
        let dependencies = dependencies.map_or("", |(list, _)| list);
        let names = dependencies.split('"').skip(1).step_by(2).filter_map(|entry| entry.split(' ').next());
        // Several versions of a package count together: too many dependencies rather than too few.
        packages.entry(name.to_owned()).or_default().extend(names.map(str::to_owned));
    }
    packages
}

#[test]
fn no_crate_of_the_workspace_is_linked() {
    let packages = locked_packages();
    let mut seen = HashSet::from([OWN_NAME.to_owned()]);
    let mut open = vec![OWN_NAME.to_owned()];
    while let Some(name) = open.pop() {
        for dependency in packages.get(&name).unwrap_or_else(|| panic!("{name} is not locked")) {
            if seen.insert(dependency.clone()) {
                open.push(dependency.clone());
            }
        }
    }
    assert!(seen.contains("hyper") && seen.contains("tokio"), "the lock file was not understood: {seen:?}");
    let ours: Vec<&String> = seen.iter().filter(|name| name.starts_with("fileferry") && *name != OWN_NAME).collect();
    assert_eq!(ours, Vec::<&String>::new());
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.expect("a folder's entry").path())
        .flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] })
        .collect()
}

#[test]
fn nothing_is_read_from_the_clients_folder() {
    // Put together here, so that this file may be searched too.
    let clients_folder = ["core", "/"].concat();
    let files = files_below(folder());
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let text = String::from_utf8_lossy(&fs::read(&file).expect("a readable file")).into_owned();
        assert!(!text.contains(&clients_folder), "{} names the client's folder", file.display());
    }
}
