//! The README names everything that can be called, ordered and set.

use super::Site;
use super::errors::CALLS;
use crate::client::{Emulator, text};

const README: &str = include_str!("../../../README.md");

#[test]
fn every_call_odd_form_kind_of_account_and_setting_is_in_the_readme() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    for (_, path) in CALLS {
        assert!(README.contains(&format!("`{path}`")), "{path} is not in the README");
    }
    for entry in site.ask("odd")["yetishare"].as_array().expect("a list") {
        let row = format!("| `{}` | {} |\n", text(&entry["name"]), text(&entry["about"]));
        assert!(README.contains(&row), "{row} is not in the README");
    }
    for kind in site.service["accounts"].as_object().expect("an object").keys() {
        assert!(README.contains(&format!("| `{kind}` |")), "{kind} is not in the README");
    }
    for (setting, usual) in site.ask("settings")["yetishare"].as_object().expect("an object") {
        let row = format!("| `{setting}` ({usual}) |").replace('"', "`").replace("{`polls`:1}", "`{\"polls\": 1}`");
        assert!(README.contains(&row), "{row} is not in the README");
    }
}
