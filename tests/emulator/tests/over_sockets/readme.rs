//! The README names everything that can be called, ordered and set.

use crate::client::{Emulator, text};
use crate::ordered::METHODS;

const README: &str = include_str!("../../README.md");

#[test]
fn every_fault_and_odd_form_is_in_the_readme() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let (faults, odd) = (world.ask("faults")["known"].clone(), world.ask("odd")["keep2share"].clone());
    for entry in faults.as_array().expect("a list") {
        let name = text(&entry["name"]);
        assert!(README.contains(&format!("| `{name}` |")), "{name} is not in the README");
    }
    for entry in odd.as_array().expect("a list") {
        let row = format!("| `{}` | {} |\n", text(&entry["name"]), text(&entry["about"]));
        assert!(README.contains(&row), "{row} is not in the README");
    }
}

#[test]
fn every_method_kind_of_account_and_setting_is_in_the_readme() {
    let emulator = Emulator::start();
    let world = emulator.world();
    for method in METHODS {
        assert!(README.contains(&format!("`{method}`")), "{method} is not in the README");
    }
    for kind in world.service["accounts"].as_object().expect("an object").keys() {
        assert!(README.contains(&format!("| `{kind}` |")), "{kind} is not in the README");
    }
    for (setting, usual) in world.ask("settings")["keep2share"].as_object().expect("an object") {
        // The free size is told in GiB.
        let told = if setting == "free_size" { "1 GiB".to_owned() } else { usual.to_string() };
        let row = format!("| `{setting}` ({told}) |").replace('"', "`").replace("{`polls`:1}", "`{\"polls\": 1}`");
        assert!(README.contains(&row), "{row} is not in the README");
    }
}

/// What the README must name of a service whose tables it shows in a section of its own.
fn is_in_the_readme(service: &'static str) {
    let emulator = Emulator::start();
    let world = emulator.new_world_of(service);
    for entry in world.ask("odd")[service].as_array().expect("a list") {
        let row = format!("| `{}` | {} |\n", text(&entry["name"]), text(&entry["about"]));
        assert!(README.contains(&row), "{row} is not in the README");
    }
    let (accounts, settings) = (&world.service["accounts"], &world.ask("settings")[service]);
    let kinds = accounts.as_object().expect("an object").keys();
    for name in kinds.chain(settings.as_object().expect("an object").keys()) {
        assert!(README.contains(&format!("| `{name}` | ")), "{name} is not in the README");
    }
}

#[test]
fn premiumize_legacy_is_in_the_readme() {
    is_in_the_readme("premiumize_legacy");
}

#[test]
fn premiumize_is_in_the_readme() {
    is_in_the_readme("premiumize");
}
