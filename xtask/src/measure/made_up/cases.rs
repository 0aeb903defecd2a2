//! Cases for the made-up service, so that `mutate` has something to play. Written cases share nothing with a
//! description; these are made beside it and prove nothing but how long it takes to play them.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::{CODES, GROUP, group, save};

const HEAD: &str = "service: madeup\nwords: {key: mad-key-5f1c9e0a7b}\n\
    defaults: {client: {key: $(key), backoff: 0.001}}\ncases:\n";

/// Writes a handful of cases for each operation, as its description would want them.
pub fn write(folder: &Path, operations: usize) -> Result<()> {
    for first in (0..operations).step_by(GROUP) {
        let mut text = HEAD.to_owned();
        for at in first..(first + GROUP).min(operations) {
            of_operation(&mut text, at)?;
        }
        save(folder, &group(first), &text)?;
    }
    let mut errors = HEAD.to_owned();
    of_errors(&mut errors)?;
    save(folder, "errors", &errors)
}

/// Everything sent and everything answered; each parameter alone; a limit passed; an answer that was lost.
fn of_operation(text: &mut String, at: usize) -> Result<()> {
    let operation = format!("{}.getThing{at}", group(at));
    writeln!(
        text,
        r#"  - name: thing_{at}_with_everything
    operation: {operation}
    meets: [example]
    call: {{parent: p1, limit: 10, offset: 5, words: [a, b], since: "2020-01-02T03:04:05Z"}}
    wire:
      - method: POST
        path: /thing/{at}
        json: {{parent: p1, limit: 10, offset: 5, words: [a, b], since: "2020-01-02T03:04:05Z"}}
        headers: {{x-key: $(key)}}
    play:
      - json:
          items:
            - {{id: i1, name: one, size: 7, is_open: true, made_at: "2020-01-02T03:04:08Z", price: "1.50", tags: [t], counts: {{a: 3}}, next: {{id: i2}}, note: {{n: [1]}}}}
            - {{id: i3, made_at: 1577934248, is_open: 0, price: 2}}
          total: 2
    sees:
      exact: true
      result:
        items:
          - {{id: i1, name: one, size: 7, is_open: true, made_at: {{$instant: "2020-01-02T03:04:08Z"}}, price: {{$decimal: "1.50"}}, tags: [t], counts: {{a: 3}}, next: {{id: i2}}, note: {{$json: {{n: [1]}}}}}}
          - {{id: i3, made_at: {{$instant: "2020-01-02T03:04:08Z"}}, is_open: false, price: {{$decimal: "2"}}}}
        total: 2

  - name: thing_{at}_parameter
    operation: {operation}
    meets: ["param:$(param)"]
    wire: [{{method: POST, path: /thing/{at}, json: {{}}}}]
    play: [{{json: {{total: 0}}}}]
    sees: {{result: {{total: 0}}}}
    rows:
      - {{name: parent, $param: parent, call.parent: p2, wire.0.json.parent: p2}}
      - {{name: parent_null, $param: parent, call.parent: null, wire.0.json.parent: null}}
      - {{name: limit, $param: limit, call.limit: 1, wire.0.json.limit: 1}}
      - {{name: limit_highest, $param: limit, call.limit: 1000, wire.0.json.limit: 1000}}
      - {{name: offset, $param: offset, call.offset: 7, wire.0.json.offset: 7}}
      - {{name: words, $param: words, call.words: [c], wire.0.json.words: [c]}}
      - {{name: since, $param: since, call.since: "2021-02-03T04:05:06Z", wire.0.json.since: "2021-02-03T04:05:06Z"}}

  - name: thing_{at}_limit
    operation: {operation}
    wire: []
    sees: {{error: {{kind: invalid_argument}}}}
    rows: [{{name: too_low, call.limit: 0}}, {{name: too_high, call.limit: 1001}}]

  - name: thing_{at}_repeated
    operation: {operation}
    play: [{{drop: before}}, {{json: {{total: 3}}}}]
    sees: {{result: {{total: 3}}}}

  - name: thing_{at}_without_what_is_required
    operation: {operation}
    play: [{{json: {{items: [{{name: nameless}}]}}}}]
    sees: {{error: {{kind: invalid_answer}}}}
"#
    )?;
    if at.is_multiple_of(3) {
        writeln!(
            text,
            r#"  - name: thing_{at}_pages
    operation: {operation}
    iterate: true
    call: {{limit: 2}}
    wire:
      - {{method: POST, path: /thing/{at}, json: {{limit: 2, offset: {{$or_absent: 0}}}}}}
      - {{method: POST, path: /thing/{at}, json: {{limit: 2, offset: 2}}}}
    play: [{{json: {{items: [{{id: a}}, {{id: b}}]}}}}, {{json: {{items: [{{id: c}}]}}}}]
    sees: {{items: [{{id: a}}, {{id: b}}, {{id: c}}]}}
"#
        )?;
    }
    Ok(())
}

fn of_errors(text: &mut String) -> Result<()> {
    writeln!(
        text,
        "  - name: thing_error\n    operation: {}.getThing0\n    play: [{{status: 400, json: {{code: 0, text: No}}}}]\n\
         \x20   sees: {{error: {{kind: not_found, http_status: 400, message_has: No}}}}\n\
         \x20   columns: [name, play.0.json.code, sees.error.service_code, sees.error.name]\n    rows:",
        group(0)
    )?;
    for code in 0..CODES {
        writeln!(text, "      - [code_{code}, {code}, {code}, error_{code}]")?;
    }
    writeln!(
        text,
        "\n  - name: thing_error_that_nobody_knows\n    operation: {}.getThing0\n\
         \x20   play: [{{status: 400, json: {{code: 999}}}}]\n\
         \x20   sees: {{error: {{kind: rejected, service_code: 999, name: unknown_error}}}}",
        group(0)
    )?;
    Ok(())
}
