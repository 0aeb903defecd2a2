//! The README names everything that can be ordered.

use crate::client::{Emulator, text};

#[test]
fn every_fault_and_odd_form_is_in_the_readme() {
    let readme = include_str!("../../README.md");
    let emulator = Emulator::start();
    let world = emulator.world();
    let (faults, odd) = (world.ask("faults")["known"].clone(), world.ask("odd")["keep2share"].clone());
    for entry in [faults, odd].iter().flat_map(|list| list.as_array().expect("a list")) {
        let name = text(&entry["name"]);
        assert!(readme.contains(&format!("| `{name}` |")), "{name} is not in the README");
    }
}
