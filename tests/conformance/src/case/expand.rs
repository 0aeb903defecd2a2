//! From a file as written to single cases: defaults, tables, several operations, twins.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::load::CaseError;
use super::path::set_at;

/// Puts the file's words in; a word may stand in those after it.
pub(super) fn put_words(file: &mut Value) {
    let words: Vec<String> = file["words"].as_object().into_iter().flatten().map(|(word, _)| word.clone()).collect();
    for word in words {
        let value = file["words"][&word].clone();
        put_word(file, &format!("$({word})"), &value);
    }
}

/// Writes out `{$count: {as: "id-#", from: 1, to: 3}}`, a list with running numbers in the place of `#`.
pub(crate) fn count_out(place: &mut Value) {
    if let Some(count) = place.get("$count") {
        let (from, to) = (count["from"].as_u64().unwrap_or(1), count["to"].as_u64().unwrap_or(0));
        *place = (from..=to)
            .map(|number| {
                let mut item = count["as"].clone();
                put_word(&mut item, "#", &Value::String(number.to_string()));
                item
            })
            .collect();
        return;
    }
    match place {
        Value::Array(items) => items.iter_mut().for_each(count_out),
        Value::Object(members) => members.values_mut().for_each(count_out),
        _ => {}
    }
}

/// Every case of a file, each as one whole value; twins still name whom they copy.
pub(super) fn expand(file: &Value) -> Result<Vec<Value>, CaseError> {
    let mut cases = Vec::new();
    for case in file["cases"].as_array().into_iter().flatten() {
        for mut case in rows_of(case, file)? {
            if case.get("twin_of").is_some() {
                cases.push(case);
                continue;
            }
            for operation in operations_of(&mut case) {
                cases.push(whole(&case, &operation, file));
            }
        }
    }
    Ok(cases)
}

/// A twin: a copy of another case with one change, which the named check has to notice.
pub(super) fn make_twin(twin: &Value, by_name: &BTreeMap<String, Value>) -> Result<Value, CaseError> {
    let name = twin["name"].as_str().unwrap_or_default();
    let shape = |reason: String| CaseError::Shape { name: name.to_owned(), reason };
    let original = twin["twin_of"].as_str().unwrap_or_default();
    let mut copy =
        by_name.get(original).cloned().ok_or_else(|| shape(format!("there is no case {original} to copy")))?;
    let changes = twin["change"].as_object().cloned().unwrap_or_default();
    if changes.len() != 1 {
        return Err(shape("a twin differs in exactly one field".to_owned()));
    }
    for (path, value) in changes {
        set_at(&mut copy, &path, value).map_err(shape)?;
    }
    for member in ["name", "twin_of", "must_fail"] {
        copy[member] = twin[member].clone();
    }
    // A twin shows that a check bites; it proves nothing about the operation.
    copy["meets"] = Value::Array(Vec::new());
    Ok(copy)
}

fn rows_of(case: &Value, file: &Value) -> Result<Vec<Value>, CaseError> {
    let Some(rows) = case.get("rows").and_then(Value::as_array) else {
        return Ok(vec![case.clone()]);
    };
    let name = case["name"].as_str().unwrap_or_default();
    let shape = |reason: String| CaseError::Shape { name: name.to_owned(), reason };
    let mut plain = case.clone();
    if let Some(members) = plain.as_object_mut() {
        members.shift_remove("rows");
        members.shift_remove("columns");
    }
    let columns: Option<Vec<&str>> =
        case.get("columns").and_then(Value::as_array).map(|list| list.iter().filter_map(Value::as_str).collect());
    rows.iter()
        .map(|row| {
            let row = row_members(row, columns.as_deref()).map_err(shape)?;
            let mut plain = plain.clone();
            // A row that changes a part of the call changes the shortest valid one.
            if plain.get("call").is_none() && row.keys().any(|member| member.starts_with("call.")) {
                plain["call"] = shortest_call(file, plain["operation"].as_str().unwrap_or_default());
            }
            one_row(&plain, name, &row).map_err(shape)
        })
        .collect()
}

/// The shortest valid call of an operation, as the file tells it.
fn shortest_call(file: &Value, operation: &str) -> Value {
    file["calls"].get(operation).cloned().unwrap_or_else(|| Value::Object(Map::new()))
}

fn row_members(row: &Value, columns: Option<&[&str]>) -> Result<Map<String, Value>, String> {
    match (row, columns) {
        (Value::Object(members), _) => Ok(members.clone()),
        (Value::Array(cells), Some(columns)) if cells.len() == columns.len() => {
            Ok(columns.iter().map(|column| (*column).to_owned()).zip(cells.iter().cloned()).collect())
        }
        (Value::Array(cells), Some(columns)) => {
            Err(format!("a row has {} cells and {} columns: {row}", cells.len(), columns.len()))
        }
        _ => Err(format!("a row is no table row: {row}")),
    }
}

fn one_row(plain: &Value, name: &str, row: &Map<String, Value>) -> Result<Value, String> {
    let mut case = plain.clone();
    for (member, value) in row {
        if let Some(word) = member.strip_prefix('$') {
            put_word(&mut case, &format!("$({word})"), value);
        } else if member != "name" {
            set_at(&mut case, member, value.clone())?;
        }
    }
    let suffix = row.get("name").map(text_of).ok_or_else(|| format!("a row has no name: {row:?}"))?;
    case["name"] = Value::String(format!("{name}_{suffix}"));
    Ok(case)
}

/// A text that is nothing but the word becomes the value itself; inside a longer text the value is written out.
fn put_word(place: &mut Value, word: &str, value: &Value) {
    match place {
        Value::String(text) if text == word => *place = value.clone(),
        Value::String(text) if text.contains(word) => *text = text.replace(word, &text_of(value)),
        Value::Array(items) => items.iter_mut().for_each(|item| put_word(item, word, value)),
        Value::Object(members) => members.values_mut().for_each(|member| put_word(member, word, value)),
        _ => {}
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The operations a case names; several give one case each, marked by the operation.
fn operations_of(case: &mut Value) -> Vec<String> {
    match &case["operation"] {
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        single => vec![single.as_str().unwrap_or_default().to_owned()],
    }
}

fn whole(case: &Value, operation: &str, file: &Value) -> Value {
    let mut whole = case.clone();
    if case["operation"].is_array() {
        let name = case["name"].as_str().unwrap_or_default();
        whole["name"] = Value::String(format!("{name}_{}", operation.replace('.', "_")));
    }
    if case.get("call").is_none() {
        whole["call"] = shortest_call(file, operation);
    }
    whole["operation"] = Value::String(operation.to_owned());
    whole["service"] = file["service"].clone();
    whole["client"] = with_defaults(&file["defaults"]["client"], &case["client"]);
    whole["options"] = with_defaults(&file["defaults"]["options"], &case["options"]);
    whole
}

/// The case's own members win; a null takes a default away.
fn with_defaults(defaults: &Value, own: &Value) -> Value {
    let mut members = defaults.as_object().cloned().unwrap_or_default();
    for (name, value) in own.as_object().into_iter().flatten() {
        if value.is_null() {
            members.shift_remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::super::load_text;

    const FILE: &str = r#"
service: demo
words: {token: token-of-all}
defaults: {client: {access_token: $(token), rate: 100}}
calls: {files.list: {parent: /}, account.info: {}}
cases:
  - name: code
    operation: [files.list, account.info]
    meets: ["error:$(code)"]
    columns: [name, $code, $http, $kind]
    rows:
      - [missing, 20, 406, not_found]
      - [word, abused, 400, permission_denied]
    play: [{status: $(http), json: {errorCode: $(code), message: "code $(code)"}}]
    sees: {error: {kind: $(kind)}}
  - name: anonymous
    operation: files.list
    client: {access_token: null}
    rows:
      - {name: a, call.parent: x}
      - {name: b, call.parent: null}
    play: [{json: {}}]
    sees: {result: {}}
  - {name: twin, twin_of: anonymous_a, change: {call.parent: y}, must_fail: parameter}
"#;

    #[test]
    fn tables_operations_defaults_and_twins() {
        let cases = load_text("demo.yaml", FILE).unwrap();
        let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "code_missing_files_list",
                "code_missing_account_info",
                "code_word_files_list",
                "code_word_account_info",
                "anonymous_a",
                "anonymous_b",
                "twin"
            ]
        );
        assert_eq!(cases[0].meets, ["error:20"]);
        assert_eq!(cases[0].play[0].status, Some(406));
        assert_eq!(cases[0].play[0].json, Some(serde_json::json!({"errorCode": 20, "message": "code 20"})));
        assert_eq!(cases[0].call["parent"], "/");
        assert_eq!(cases[0].client["access_token"], "token-of-all");
        assert_eq!(cases[2].play[0].json.as_ref().unwrap()["errorCode"], "abused");
        assert!(!cases[4].client.contains_key("access_token"));
        assert!(cases[5].call["parent"].is_null());
        assert_eq!(cases[6].call["parent"], "y");
        assert!(cases[6].meets.is_empty());
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let twice = "service: demo\ncases:\n- {name: a, operation: x.y, play: [], sees: {result: 1}}\n- {name: a, operation: x.y, play: [], sees: {result: 1}}\n";
        assert!(load_text("t.yaml", twice).unwrap_err().to_string().contains("two cases"));
        let orphan = "service: demo\ncases:\n- {name: a, twin_of: nobody, change: {operation: z}, must_fail: path}\n";
        assert!(load_text("t.yaml", orphan).unwrap_err().to_string().contains("nobody"));
        let odd = "service: demo\ncases:\n- {name: a, operation: x.y, plays: []}\n";
        assert!(load_text("t.yaml", odd).unwrap_err().to_string().contains("plays"));
    }
}
