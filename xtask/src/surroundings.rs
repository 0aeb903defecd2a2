//! The variables that programs see: those of the shell, without what cargo adds for the program that it runs.
//!
//! Cargo puts its output folder on the search path for libraries. A program that only finds our library because of that
//! would work in these commands and fail for everyone else.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

const LIBRARY_PATHS: [&str; 3] = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"];
const ABOUT_THIS_CRATE: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];

/// Gives a command the variables of the shell; those that were set for it by name stay.
pub fn as_from_the_shell(command: &mut Command) -> &mut Command {
    let set: Vec<OsString> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
    let inherited = std::env::vars_os().filter(|(name, _)| !set.contains(name));
    for (name, value) in inherited {
        let text = name.to_string_lossy();
        if LIBRARY_PATHS.contains(&text.as_ref()) {
            match without(&value, &cargos_folders()) {
                Some(rest) => command.env(&name, rest),
                None => command.env_remove(&name),
            };
        } else if ABOUT_THIS_CRATE.iter().any(|start| text.starts_with(start)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Cargo's output folder, which this program lies in, and the folder of the Rust toolchain.
fn cargos_folders() -> Vec<PathBuf> {
    let two_up = |path: PathBuf| path.parent().and_then(Path::parent).map(Path::to_path_buf);
    let program = std::env::current_exe().ok();
    let output = program.as_deref().and_then(Path::parent).map(Path::to_path_buf);
    let toolchain = std::env::var_os("CARGO").map(PathBuf::from).and_then(two_up);
    output.into_iter().chain(toolchain).collect()
}

fn without(search_path: &OsStr, folders: &[PathBuf]) -> Option<OsString> {
    let is_the_shells = |entry: &PathBuf| !folders.iter().any(|folder| entry.starts_with(folder));
    let rest: Vec<_> = std::env::split_paths(search_path).filter(is_the_shells).collect();
    if rest.is_empty() { None } else { std::env::join_paths(rest).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_shell_had_is_left_of_a_search_path() {
        let folders = [PathBuf::from("/clone/target/debug"), PathBuf::from("/rust")];
        let path = OsStr::new("/clone/target/debug:/clone/target/debug/deps:/rust/lib:/opt/lib");
        assert_eq!(without(path, &folders), Some("/opt/lib".into()));
        assert_eq!(without(OsStr::new("/rust/lib"), &folders), None);
    }

    #[test]
    fn a_program_sees_neither_cargos_folders_nor_this_crate() {
        let output = as_from_the_shell(&mut Command::new("env")).output().unwrap();
        let seen = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!seen.contains("CARGO_PKG_NAME="), "{seen}");
        let libraries = seen.lines().find(|line| line.starts_with("LD_LIBRARY_PATH=")).unwrap_or_default();
        assert!(!libraries.contains("/deps"), "{libraries}");
    }

    #[test]
    fn what_was_set_for_a_command_stays() {
        let mut command = Command::new("env");
        let output = as_from_the_shell(command.env("CARGO_MANIFEST_DIR", "/crate")).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains("CARGO_MANIFEST_DIR=/crate"));
    }
}
