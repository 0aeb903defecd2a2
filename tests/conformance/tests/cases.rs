//! The cases themselves: whole, consistent, and far enough from what they are compared with.

use std::collections::BTreeSet;
use std::path::Path;

use fileferry_conformance::case::{Case, load_folder};
use fileferry_conformance::live::load_scripts;
use fileferry_conformance::{documented, judge::Check, secrets};

fn suite() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<Case> {
    load_folder(&suite().join("cases")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_check_has_a_twin() {
    let shown: BTreeSet<Check> = cases().iter().filter_map(|case| case.must_fail).collect();
    assert_eq!(shown, BTreeSet::from(Check::ALL));
}

#[test]
fn the_documents_names_are_all_shown() {
    let cases = cases();
    let (documents, kinds) = documented::load(&suite().join("documented")).unwrap();
    let documented: BTreeSet<&str> = documents.iter().map(|document| document.service.as_str()).collect();
    // The service made of traps exists in this repository alone.
    let shown: BTreeSet<&str> = cases.iter().map(|case| case.service.as_str()).filter(|id| *id != "traps").collect();
    assert_eq!(documented, shown);
    for document in &documents {
        assert_eq!(documented::missing_in_cases(document, &cases), Vec::<String>::new());
    }
    assert_eq!(documented::missing_kinds(&kinds, &cases), Vec::<String>::new());
}

#[test]
fn each_request_that_is_expected_has_its_answer() {
    for case in cases().iter().filter(|case| case.must_fail.is_none()) {
        if let Some(wire) = &case.wire {
            assert!(wire.len() == case.play.len() || case.repeat_last || case.more, "{}", case.name);
        }
    }
}

#[test]
fn no_word_is_left_open() {
    for case in cases() {
        let text = format!("{case:?}");
        assert!(!text.contains("$("), "{}: {}", case.name, &text[text.find("$(").unwrap()..][..60]);
    }
}

#[test]
fn every_operation_runs_live() {
    let operations = std::fs::read(suite().join("generated/operations.json")).unwrap();
    let operations: Vec<serde_json::Value> = serde_json::from_slice(&operations).unwrap();
    let scripts = load_scripts(&suite().join("live")).unwrap();
    let called: BTreeSet<&str> = scripts
        .iter()
        .flat_map(|script| &script.flows)
        .flat_map(|flow| &flow.steps)
        .map(|step| step.operation.as_str())
        .collect();
    let missing: Vec<&str> =
        operations.iter().filter_map(|operation| operation["id"].as_str()).filter(|id| !called.contains(id)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn a_case_looks_at_something() {
    for case in cases() {
        let sees = &case.sees;
        assert!(sees.result.is_some() || sees.items.is_some() || sees.error.is_some(), "{}", case.name);
        assert!(!(sees.error.is_some() && (sees.result.is_some() || sees.items.is_some())), "{}", case.name);
    }
}

/// Where every flow plants its own secret, a leak in one place cannot hide behind another.
#[test]
fn every_case_that_signs_in_plants_a_secret() {
    for case in cases().iter().filter(|case| case.client.contains_key("access_token")) {
        assert!(!secrets::credentials_of_case(case).is_empty(), "{}", case.name);
    }
}
