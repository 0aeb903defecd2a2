//! What the generator refuses, with file and line. What it makes is compared with the checked-in files: those of the
//! description made of traps are the golden ones.

use std::path::PathBuf;

use super::parse::ServiceSpec;
use super::resolve::Service;
use super::{Descriptions, check, operations};
use crate::workspace::Workspace;

const SERVICE: &str = "
service: small
class: Small
about: A service for one test.
hosts: {one: https://small.invalid}
place: json
documents: [manual]
groups: {things: What there is.}
envelopes:
  plain:
    success: [{http_status: 2xx}]
    rules:
      - {code: 1, name: first, kind: not_found}
rules:
  - {name: unknown_error, kind: rejected, why: Nobody knows.}
";

const OPERATION: &str = "
group: things
operations:
  - id: get
    summary: Fetch one of them.
    send: GET things
    auth: none
    params:
      number: {type: int64, about: Which of them.}
    returns: {name: {type: string, about: What it is called.}}
    example: {}
    idempotent: true
    errors: [1]
    documented: [manual]
";

/// Reads a description of these two texts.
fn read(service: &str, operations: &str) -> Result<Service, String> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("service.yaml"), service).expect("a file");
    std::fs::write(folder.path().join("things.yaml"), operations).expect("a file");
    let kinds = ["not_found", "rejected"].map(str::to_owned);
    let read = || {
        let service = Service::resolve(ServiceSpec::read(folder.path())?)?;
        check::service(&service, &kinds)?;
        anyhow::Ok(service)
    };
    read().map_err(|error| format!("{error:#}"))
}

#[test]
fn takes_what_is_right() {
    let service = read(SERVICE, OPERATION).expect("a description");
    assert_eq!(service.operations[0].id, "things.get");
    assert_eq!(service.models[0].name, "GetResult");
}

#[test]
fn refuses_what_makes_no_sense_and_says_where() {
    for (from, to, says) in [
        ("type: int64", "type: int46", "there is no type `int46`"),
        ("type: int64", "type: Thing", "there is no model, enum or union `Thing`"),
        ("about: Which of them.", "about: The number.", "only repeats the name"),
        ("about: Which of them.", "abut: Which of them.", "unknown field `abut`"),
        ("send: GET things", "send: FETCH things", "there is no method `FETCH`"),
        ("send: GET things", "send: GET things/{id}", "`{id}` in the path is no parameter"),
        ("auth: none", "auth: maybe", "there is no auth `maybe`"),
        ("errors: [1]", "errors: [2]", "no error rule fits the documented error `2`"),
        ("documented: [manual]", "documented: [handbook]", "names no document `handbook`"),
        ("example: {}", "example: {nubmer: 1}", "`nubmer`, which is no parameter"),
        ("    example: {}\n", "", "it has no `example`"),
        ("type: string, about", "type: string?, about", "may always be null"),
        ("type: int64, about", "type: file, about", "the content of a file is not sent by calls yet"),
        ("type: int64, about", "type: \"[file?]\", about", "the content of a file is not sent by calls yet"),
        ("about: Which of them.}", "about: Which of them., required: true, default: 3}", "has no default"),
        ("about: Which of them.}", "about: Which of them., as_root: word}", "for the id of a folder"),
        (
            "type: int64, about: Which of them.}",
            "type: id, about: Which of them., as_root: zero}",
            "`as_root` is one of",
        ),
        ("about: Which of them.}", "about: Which of them., min: 3, max: 2}", "limits leave nothing"),
        ("    idempotent: true\n", "", "idempotent"),
        (
            "number: {type: int64, about: Which of them.}",
            "{a_b: {type: id, about: One.}, aB: {type: id, about: Two.}}",
            "the same name in some language",
        ),
    ] {
        assert!(OPERATION.contains(from), "{from}");
        let error = read(SERVICE, &OPERATION.replacen(from, to, 1)).expect_err(says);
        assert!(error.contains(says), "wanted «{says}», got: {error}");
        assert!(error.contains("things.yaml:"), "no file and line: {error}");
    }
}

#[test]
fn refuses_batches_that_could_not_be_joined() {
    let described = OPERATION
        .replace("number: {type: int64, about: Which of them.}", "ids: {type: \"[id]\", about: Which of them.}")
        .replace(
            "returns: {name: {type: string, about: What it is called.}}",
            "returns:\n      \
             things: {type: \"[Thing]\", about: What became of them.}\n      \
             count: {type: int64, about: How many were done.}\n      \
             missing: {type: \"[id]\", about: Those that are not named.}\n    \
             batch: {param: ids, size: 3, join: things, items: {named_by: id, missing: missing, done: state=fine}}",
        );
    let models = "models:\n  Thing:\n    about: One of them.\n    fields:\n      \
                  id: {type: id, required: true, about: Which one.}\n      \
                  state: {type: string, about: What became of it.}\n";
    let described = format!("{described}{models}");
    read(SERVICE, &described).expect("a description");
    for (from, to, says) in [
        ("param: ids", "param: names", "`names` is no list to split"),
        ("join: things", "join: nothings", "the result has no field `nothings` to join"),
        ("join: things", "join: count", "`items` is for a joined list of models"),
        (", items: {named_by: id, missing: missing, done: state=fine}", "", "`items` tells which item of `things`"),
        ("named_by: id", "named_by: [id, name]", "has no field `name`"),
        ("missing: missing,", "missing: lost,", "no field for what is missing"),
        ("done: state=fine", "done: states=fine", "has no field `states`"),
        ("done: state=fine", "done: state", "`done` is <field>=<word>"),
        ("done: state=fine", "errors: reasons", "has no field `reasons`"),
    ] {
        assert!(described.contains(from), "{from}");
        let error = read(SERVICE, &described.replacen(from, to, 1)).expect_err(says);
        assert!(error.contains(says), "wanted «{says}», got: {error}");
    }
}

#[test]
fn refuses_places_that_could_not_be_kept() {
    let described = OPERATION
        .replace("number: {type: int64, about: Which of them.}", "ids: {type: \"[id]\", about: Which of them.}")
        .replace(
            "returns: {name: {type: string, about: What it is called.}}",
            "returns:\n      \
             here: {type: \"[bool]\", about: Whether it is there.}\n      \
             name: {type: \"[string?]\", about: What it is called.}\n      \
             size: {type: \"[int64]\", about: How large it is.}\n    \
             batch: {param: ids, size: 3, join: here, places: name}",
        );
    read(SERVICE, &described).expect("a description");
    for (from, to, says) in [
        ("join: here", "join: size", "`size` is a list of truth values"),
        ("places: name", "places: [name, size]", "`size` is no list of the result whose items may be null"),
        ("places: name", "places: names", "`names` is no list of the result"),
    ] {
        assert!(described.contains(from), "{from}");
        let error = read(SERVICE, &described.replacen(from, to, 1)).expect_err(says);
        assert!(error.contains(says), "wanted «{says}», got: {error}");
    }
}

#[test]
fn refuses_a_file_in_an_answer() {
    for returns in ["{name: {type: file, about: What it is called.}}", "\"[file]\""] {
        let described = "{name: {type: string, about: What it is called.}}";
        assert!(OPERATION.contains(described));
        let error = read(SERVICE, &OPERATION.replacen(described, returns, 1)).expect_err(returns);
        assert!(error.contains("an answer holds no file"), "{error}");
    }
}

#[test]
fn refuses_rules_that_make_no_sense() {
    for (from, to, says) in [
        ("kind: not_found", "kind: missing", "there is no kind `missing`"),
        ("kind: not_found}", "kind: rejected}", "needs its reason"),
        ("kind: not_found}", "kind: not_found, retry: often}", "no retry class `often`"),
        ("kind: not_found}", "kind: not_found, wait: 3}", "a wait belongs to"),
        (
            "kind: not_found}",
            "kind: not_found}\n      - {code: 1, http_status: 404, name: second, kind: not_found}",
            "`second` can never be reached behind `first`",
        ),
        (
            "- {code: 1, name: first, kind: not_found}",
            "- {code: [1, 4xx], name: first, kind: not_found}\n      - {code: [404, 1], name: second, kind: not_found}",
            "`second` can never be reached behind `first`",
        ),
        (
            "  - {name: unknown_error",
            "  - {http_status: 5xx, name: broken, kind: not_found}\n  \
             - {http_status: 503, name: overloaded, kind: not_found}\n  - {name: unknown_error",
            "`overloaded` can never be reached behind `broken`",
        ),
        ("  - {name: unknown_error", "  - {code: 9, name: unknown_error", "has to fit every answer"),
        (
            "      - {code: 1, name: first, kind: not_found}\nrules:\n  - {name: unknown_error",
            "      []\nrules:\n  - {code: 9, name: unknown_error",
            "has to fit every answer",
        ),
    ] {
        assert!(SERVICE.contains(from), "{from}");
        let error = read(&SERVICE.replacen(from, to, 1), OPERATION).expect_err(says);
        assert!(error.contains(says), "wanted «{says}», got: {error}");
    }
}

#[test]
fn lists_operations_sorted_and_stable() {
    let workspace = Workspace::find().expect("the workspace");
    let descriptions = Descriptions::read(&workspace).expect("the descriptions");
    let first = operations::json(&descriptions.services).expect("a list");
    assert_eq!(first, operations::json(&descriptions.services).expect("a list"));
    let list: serde_json::Value = serde_json::from_str(&first).expect("JSON");
    let entries = list.as_array().expect("a list");
    let names = entries.iter().map(|entry| (entry["service"].as_str(), entry["id"].as_str()));
    assert!(names.is_sorted(), "{first}");
    let ids: Vec<&str> = entries.iter().map(|entry| entry["id"].as_str().expect("an id")).collect();
    assert!(ids.contains(&"files.getFilesList"));
    let login = &list[ids.iter().position(|id| *id == "auth.login").expect("login")];
    assert_eq!(
        login["params"][0],
        serde_json::json!({"name": "username", "in": "json", "required": true, "type": "string", "filled_by": "caller"})
    );
}

#[test]
fn the_checked_in_files_are_as_the_descriptions_say() {
    let workspace = Workspace::find().expect("the workspace");
    let files = Descriptions::read(&workspace).expect("the descriptions").files(&workspace).expect("files");
    let differing: Vec<PathBuf> = files
        .into_iter()
        .filter(|file| std::fs::read_to_string(workspace.root().join(&file.path)).ok().as_ref() != Some(&file.text))
        .map(|file| file.path)
        .collect();
    assert!(differing.is_empty(), "run `cargo xtask generate`: {differing:?}");
}
