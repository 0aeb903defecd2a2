//! What the documents name, held against the operations and the cases.
//!
//! The lists are written from the documents by hand. They hold names only, so that a name which the descriptions or
//! the cases lack is noticed without trusting either.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::case::{Case, CaseError, from_yaml};

/// One document's names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The document's name as `operations --json` tells it.
    pub document: String,
    /// The service.
    pub service: String,
    /// Whether `operations --json` names it; what is seen in clients and traffic is no document.
    #[serde(default = "yes")]
    pub named_in_operations: bool,
    /// What it names for each operation.
    pub operations: Vec<Named>,
    /// Every error code it names anywhere.
    #[serde(default)]
    pub errors: Vec<Value>,
    /// Every sub-error of a download it names.
    #[serde(default)]
    pub sub_errors: Vec<Value>,
    /// Every odd form it names that concerns today's operations.
    #[serde(default)]
    pub odd: Vec<String>,
}

fn yes() -> bool {
    true
}

/// One operation's names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The operation's id.
    pub id: String,
    /// Whether it has to be there today.
    #[serde(default)]
    pub today: bool,
    /// Its parameters.
    #[serde(default)]
    pub params: Vec<String>,
    /// Its error codes.
    #[serde(default)]
    pub errors: Vec<Value>,
}

/// The kinds of error, and those that no case can raise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinds {
    /// All kinds.
    pub kinds: Vec<String>,
    /// Kinds that are shown elsewhere, and where.
    pub elsewhere: std::collections::BTreeMap<String, String>,
}

/// Filled by the client in every call that is signed in, however the descriptions spell it.
const CREDENTIALS: [&str; 2] = ["auth_token", "access_token"];

/// The documents of a folder, and the list of kinds.
pub fn load(folder: &Path) -> Result<(Vec<Document>, Kinds), CaseError> {
    let mut documents = Vec::new();
    let mut kinds = Kinds { kinds: Vec::new(), elsewhere: std::collections::BTreeMap::default() };
    for path in crate::case::yaml_files(folder)? {
        let text = std::fs::read_to_string(&path).map_err(|source| CaseError::Read { path: path.clone(), source })?;
        let file = path.display().to_string();
        if path.file_stem().is_some_and(|stem| stem == "kinds") {
            kinds = from_yaml(&file, &text)?;
        } else {
            documents.push(from_yaml(&file, &text)?);
        }
    }
    Ok((documents, kinds))
}

/// What a document names and `operations --json` lacks.
pub fn missing_in_operations(document: &Document, operations: &Value) -> Vec<String> {
    let mut missing = Vec::new();
    for named in document.operations.iter().filter(|named| named.today) {
        let found = operations
            .as_array()
            .into_iter()
            .flatten()
            .find(|operation| operation["service"] == document.service && operation["id"] == named.id);
        let Some(operation) = found else {
            missing.push(format!("{}: {} is not described", document.document, named.id));
            continue;
        };
        let mut lacks = |what: String| missing.push(format!("{}: {} lacks {what}", document.document, named.id));
        let documented_in = texts(&operation["documented_in"], |name| name);
        if document.named_in_operations && !documented_in.contains(&document.document) {
            lacks(format!("the document's name, it has {documented_in:?}"));
        }
        let params = texts(&operation["params"], |param| &param["name"]);
        for param in named.params.iter().filter(|param| !CREDENTIALS.contains(&param.as_str())) {
            if !params.contains(param) {
                lacks(format!("the parameter {param}"));
            }
        }
        let errors = texts(&operation["errors"], |error| error);
        for error in &named.errors {
            if !errors.contains(&text_of(error)) {
                lacks(format!("the error {}", text_of(error)));
            }
        }
    }
    missing
}

/// What a document names and no case shows.
pub fn missing_in_cases(document: &Document, cases: &[Case]) -> Vec<String> {
    let mut missing = Vec::new();
    let cases: Vec<&Case> =
        cases.iter().filter(|case| case.must_fail.is_none() && case.service == document.service).collect();
    let meets: BTreeSet<&str> = cases.iter().flat_map(|case| case.meets.iter().map(String::as_str)).collect();
    for named in document.operations.iter().filter(|named| named.today) {
        let own: Vec<&Case> = cases.iter().copied().filter(|case| case.operation == named.id).collect();
        let mut lacks = |what: String| missing.push(format!("{}: no case of {} {what}", document.document, named.id));
        if !own.iter().any(|case| case.sees.result.is_some()) {
            lacks("succeeds".to_owned());
        }
        for param in &named.params {
            if !own.iter().any(|case| sends(case, param)) {
                lacks(format!("sends {param}"));
            }
        }
        for error in &named.errors {
            let wanted = format!("error:{}", text_of(error));
            if !own.iter().any(|case| case.meets.contains(&wanted)) {
                lacks(format!("meets {wanted}"));
            }
        }
    }
    let anywhere = document.errors.iter().map(|code| format!("error:{}", text_of(code)));
    let sub_errors = document.sub_errors.iter().map(|code| format!("sub_error:{}", text_of(code)));
    let odd = document.odd.iter().map(|name| format!("odd:{name}"));
    for wanted in anywhere.chain(sub_errors).chain(odd) {
        if !meets.contains(wanted.as_str()) {
            missing.push(format!("{}: no case meets {wanted}", document.document));
        }
    }
    missing
}

/// Kinds that no case raises and that are not shown elsewhere, and what is said of others and not true.
pub fn missing_kinds(kinds: &Kinds, cases: &[Case]) -> Vec<String> {
    let raised: BTreeSet<&str> = cases
        .iter()
        .filter(|case| case.must_fail.is_none())
        .filter_map(|case| case.sees.error.as_ref()?.get("kind")?.as_str())
        .collect();
    let mut told: Vec<String> = kinds
        .kinds
        .iter()
        .filter(|kind| !raised.contains(kind.as_str()) && !kinds.elsewhere.contains_key(*kind))
        .map(|kind| format!("no case raises {kind}"))
        .collect();
    let known: BTreeSet<&str> = kinds.kinds.iter().map(String::as_str).collect();
    let elsewhere = kinds.elsewhere.keys().filter(|kind| raised.contains(kind.as_str()));
    told.extend(elsewhere.map(|kind| format!("a case raises {kind}, which is said to be shown elsewhere")));
    told.extend(raised.difference(&known).map(|kind| format!("a case raises {kind}, which is no kind")));
    told
}

/// Whether a request that the case expects holds this parameter anywhere, or the link that it sees without one.
fn sends(case: &Case, param: &str) -> bool {
    let sees_a_link = case.wire.as_ref().is_some_and(Vec::is_empty) && case.sees.result.is_some();
    sees_a_link && case.call.contains_key(param)
        || case.wire.iter().flatten().any(|request| {
            request.query.contains_key(param)
                || request.json.as_ref().is_some_and(|json| json.get(param).is_some())
                || request.form.as_ref().is_some_and(|form| form.contains_key(param))
                || request.multipart.iter().flatten().any(|part| part.name == param)
        })
}

fn texts(list: &Value, pick: impl Fn(&Value) -> &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|item| text_of(pick(item))).collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::case::load_text;

    fn document() -> Document {
        serde_json::from_value(json!({
            "document": "guide", "service": "demo", "errors": [20, "word"], "sub_errors": [5], "odd": ["id_number"],
            "operations": [
                {"id": "files.list", "today": true, "params": ["auth_token", "parent"], "errors": [20]},
                {"id": "files.later", "params": ["x"]}
            ]
        }))
        .unwrap()
    }

    #[test]
    fn what_the_descriptions_lack_is_told() {
        let complete = json!([{"service": "demo", "id": "files.list", "documented_in": ["guide"],
            "params": [{"name": "parent"}], "errors": ["20"]}]);
        assert_eq!(missing_in_operations(&document(), &complete), Vec::<String>::new());
        let bare = json!([{"service": "demo", "id": "files.list", "documented_in": [], "params": [], "errors": []}]);
        assert_eq!(missing_in_operations(&document(), &bare).len(), 3);
        assert_eq!(missing_in_operations(&document(), &json!([])).len(), 1);
    }

    #[test]
    fn what_the_cases_lack_is_told() {
        let text = r#"
service: demo
cases:
  - name: ok
    operation: files.list
    wire: [{method: POST, path: /list, json: {parent: /, auth_token: abcd}}]
    sees: {result: {}}
  - {name: gone, operation: files.list, meets: ["error:20"], play: [{status: 406}], sees: {error: {kind: not_found}}}
"#;
        let cases = load_text("demo.yaml", text).unwrap();
        assert_eq!(
            missing_in_cases(&document(), &cases),
            [
                "guide: no case meets error:word",
                "guide: no case meets sub_error:5",
                "guide: no case meets odd:id_number"
            ]
        );
        assert_eq!(missing_in_cases(&document(), &[]).len(), 8);
    }

    #[test]
    fn a_link_is_made_of_what_no_request_holds() {
        let text = r#"
service: demo
cases:
  - {name: page, operation: auth.page, call: {id: a1}, wire: [], sees: {result: "$base/page?id=a1"}}
  - {name: refused, operation: auth.page, call: {other: ""}, wire: [], sees: {error: {}}}
"#;
        let cases = load_text("demo.yaml", text).unwrap();
        assert!(cases.iter().any(|case| sends(case, "id")));
        assert!(!cases.iter().any(|case| sends(case, "other")));
    }

    #[test]
    fn kinds_without_a_case_are_told() {
        let kinds = serde_json::from_value(json!({"kinds": ["a", "b"], "elsewhere": {"b": "there"}})).unwrap();
        assert_eq!(missing_kinds(&kinds, &[]), ["no case raises a"]);
        let raising = |kind: &str| {
            let case = format!("{{name: c, operation: files.list, sees: {{error: {{kind: {kind}}}}}}}");
            load_text("demo.yaml", &format!("service: demo\ncases: [{case}]")).unwrap()
        };
        assert_eq!(missing_kinds(&kinds, &raising("a")), Vec::<String>::new());
        assert_eq!(missing_kinds(&kinds, &raising("b"))[1..], ["a case raises b, which is said to be shown elsewhere"]);
    }
}
