use serde_json::json;

use super::*;
use crate::case::load_text;
use crate::judge::{Check, failure};

/// A client for one made-up operation, wrong on demand.
struct Demo;

impl Performer for Demo {
    async fn perform(&mut self, line: &Value) -> Result<Reply, String> {
        let base = line["client"]["base_url"].as_str().unwrap();
        let (host, path) = base.trim_start_matches("http://").split_once('/').unwrap();
        let body = line["call"].to_string();
        let answer = post(host, &format!("/{path}/list"), &body).await;
        let answer: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        let leaf = |kind: &str, value: &Value| json!({"type": kind, "value": value});
        let reply = if answer["status"] == "success" {
            json!({
                "case": line["case"], "outcome": "value", "debug": "Listing(1 file)",
                "observation": [{"id": leaf("text", &answer["id"]), "size": leaf("int", &answer["size"])}],
                "progress": [{"done": 1, "total": 4}, {"done": 4, "total": 4}],
                "responses": [[200, {"etag": "e1"}]],
            })
        } else {
            json!({
                "case": line["case"], "outcome": "error", "debug": "NotFoundError: gone",
                "error": {
                    "kind": "not_found", "service": "demo", "operation": "files.list", "service_code": "20",
                    "name": "gone", "http_status": 406, "message": "gone", "retryable": false, "retry_after_ms": null,
                    "attempts": 1, "details": {}, "causes": [], "class": "NotFoundError"
                },
            })
        };
        Ok(serde_json::from_value(reply).unwrap())
    }
}

async fn post(host: &str, path: &str, body: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!(
        "POST {path}?page=2 HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

const CASES: &str = r#"
service: demo
cases:
  - name: right
    operation: files.list
    call: {parent: /, limit: 10}
    wire:
      - method: POST
        path: /list
        query: {page: "2"}
        json: {parent: /, limit: 10}
        headers: {content-type: application/json}
        absent_headers: [authorization]
    play: [{json: {status: success, id: a1, size: 5}}]
    sees: {items: [{id: a1, size: 5}], progress: {at_least: 2, last: 4}, response: {status: 200, headers: {etag: e1}}}
  - name: whole
    operation: files.list
    play: [{json: {status: success, id: a1, size: 5}}]
    sees: {result: [{id: a1}]}
  - name: gone
    operation: files.list
    play: [{status: 406, json: {status: error}}]
    sees: {error: {kind: not_found, service_code: 20, details: {}}}
  - {name: path, twin_of: right, change: {wire.0.path: /lists}, must_fail: path}
  - {name: method, twin_of: right, change: {wire.0.method: GET}, must_fail: method}
  - {name: parameter, twin_of: right, change: {wire.0.json.limit: 11}, must_fail: parameter}
  - {name: parameter_missing, twin_of: right, change: {wire.0.json.more: 1}, must_fail: parameter}
  - {name: parameter_unexpected, twin_of: right, change: {wire.0.json.limit: {$remove: true}}, must_fail: parameter}
  - {name: place, twin_of: right, change: {wire.0.json: {parent: /, limit: 10, page: "2"}, }, must_fail: place}
  - {name: header, twin_of: right, change: {wire.0.headers.content-type: text/json}, must_fail: header}
  - {name: header_there, twin_of: right, change: {wire.0.absent_headers: [host]}, must_fail: header}
  - {name: count, twin_of: right, change: {wire.1: {any: true}}, must_fail: request_count}
  - {name: items, twin_of: right, change: {sees.items.0.size: 6}, must_fail: items}
  - {name: result, twin_of: whole, change: {sees.result.0.id: a2}, must_fail: result}
  - {name: error, twin_of: gone, change: {sees.error.service_code: 21}, must_fail: error}
  - {name: outcome, twin_of: gone, change: {sees.error: {$remove: true}}, must_fail: outcome}
  - {name: progress, twin_of: right, change: {sees.progress.last: 5}, must_fail: progress}
  - {name: response, twin_of: right, change: {sees.response.headers.etag: e2}, must_fail: response}
  - {name: file, twin_of: right, change: {sees.file: {absent: true}}, must_fail: file}
  - {name: secret, twin_of: right, change: {secrets: ["Listing(1"]}, must_fail: secret}
"#;

#[tokio::test]
async fn right_cases_pass_and_each_twin_is_noticed_for_its_reason() {
    let player = Player::start().await.unwrap();
    let mut noticed = BTreeSet::new();
    for case in load_text("demo.yaml", CASES).unwrap() {
        // The twin of `place` wants in the body what stands in the query too: the query's own parameter stays.
        let played = play(&player, &case, "rust", &mut Demo).await.unwrap();
        assert_eq!(failure(&case, &played.mismatches), None, "{}", case.name);
        noticed.extend(case.must_fail);
    }
    assert_eq!(noticed, BTreeSet::from(Check::ALL));
}

#[tokio::test]
async fn a_twin_that_nobody_notices_fails_and_so_does_one_for_another_reason() {
    let player = Player::start().await.unwrap();
    let text = format!(
        "{CASES}  - {{name: idle, twin_of: right, change: {{meets: []}}, must_fail: path}}\n  \
         - {{name: other, twin_of: right, change: {{wire.0.path: /x}}, must_fail: method}}\n"
    );
    for case in load_text("demo.yaml", &text).unwrap().iter().filter(|case| ["idle", "other"].contains(&&*case.name)) {
        let played = play(&player, case, "rust", &mut Demo).await.unwrap();
        assert!(failure(case, &played.mismatches).is_some(), "{}", case.name);
    }
}

#[tokio::test]
async fn a_language_without_a_runner_and_one_that_breaks_do_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan {
        cases: load_text("demo.yaml", CASES).unwrap(),
        languages: vec!["rust".to_owned(), "node".to_owned()],
        runners: BTreeMap::from([("rust".to_owned(), vec!["false".to_owned()])]),
        logs: folder.path().join("logs"),
        patience: Duration::from_secs(5),
    };
    let report = run(plan).await.unwrap();
    let of = |language: &str, outcome: Outcome| {
        report.results.iter().filter(|entry| entry.language == language && entry.outcome == outcome).count()
    };
    // The cases, and a log in which nothing could be found.
    assert_eq!((of("node", Outcome::NotRun), of("rust", Outcome::Failed)), (20, 21));
    report.write(folder.path()).unwrap();
    let json: Value = serde_json::from_slice(&std::fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    assert_eq!(json["results"][0]["service"], "demo");
    assert!(std::fs::read_to_string(folder.path().join("report.md")).unwrap().contains("| files.list |"));
}

#[test]
fn one_kind_has_one_class() {
    let mut classes = Classes::default();
    let reply = |class: &str| -> Reply {
        serde_json::from_value(json!({"case": "a", "outcome": "error", "error": {"kind": "network", "class": class}}))
            .unwrap()
    };
    classes.see("python", &reply("NetworkError"));
    classes.see("node", &reply("NetworkError"));
    classes.see("swift", &reply("FileFerryError"));
    assert!(classes.entries().is_empty());
    classes.see("node", &reply("NetError"));
    assert_eq!(classes.entries()[0].outcome, Outcome::Failed);
}

#[test]
fn a_client_gets_the_stage_its_own_address_or_none() {
    let address_of = |client: &str| {
        let text =
            format!("service: demo\ncases: [{{name: a, operation: x.y, client: {client}, sees: {{result: 1}}}}]\n");
        let case = load_text("demo.yaml", &text).unwrap().remove(0);
        line_for(&case, serde_json::Map::new(), "http://stage")["client"].get("base_url").cloned()
    };
    assert_eq!(address_of("{}"), Some(json!("http://stage")));
    assert_eq!(address_of("{base_url: http://given}"), Some(json!("http://given")));
    assert_eq!(address_of("{base_url: $own}"), None);
}
