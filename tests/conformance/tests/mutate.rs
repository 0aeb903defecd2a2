//! Changed tables are noticed by the cases, and by nothing else.

use std::path::Path;

use fileferry_conformance::case::load_folder;
use fileferry_conformance::mutate::{EqualChanges, mutate};
use fileferry_core::border::services;
use fileferry_core::tables::Service;

fn traps() -> &'static Service {
    services().iter().find(|service| service.id == "traps").expect("the service is built for these tests")
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_notice_a_sample_of_the_changes() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = load_folder(&suite.join("cases")).unwrap();
    let equal = EqualChanges::load(&suite.join("equal_changes.yaml")).unwrap();
    let outcome = mutate(traps(), &cases, &equal, Some(20), 3).await.unwrap();
    assert_eq!(outcome.made, 20);
    assert!(outcome.broken.is_empty(), "{:?}", outcome.broken);
    assert!(outcome.survived.iter().all(|survivor| survivor.equal_because.is_some()), "{:?}", outcome.survived);
}

#[tokio::test]
async fn without_cases_every_change_survives() {
    let outcome = mutate(traps(), &[], &EqualChanges::default(), Some(7), 1).await.unwrap();
    assert_eq!((outcome.made, outcome.survived.len()), (7, 7));
    assert!((outcome.percent() - 100.0).abs() < f64::EPSILON);
}
