//! What the generator says has to be shown, held against what the cases say they meet.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::case::Case;

/// One thing to show about an operation.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Obligation {
    /// The service.
    pub service: String,
    /// The operation's id.
    pub operation: String,
    /// What: `example`, `param:limit`, `null:parent`, `error:20`, `page:short_page`, `odd:…`, `one_of:…`.
    pub obligation: String,
}

/// The obligations that no case meets.
pub fn unmet<'a>(obligations: &'a [Obligation], cases: &[Case]) -> Vec<&'a Obligation> {
    let met: BTreeSet<(&str, &str, &str)> = cases
        .iter()
        .filter(|case| case.must_fail.is_none())
        .flat_map(|case| met_by(case).map(|(operation, what)| (case.service.as_str(), operation, what)))
        .collect();
    obligations
        .iter()
        .filter(|wanted| {
            let (service, operation) = (wanted.service.as_str(), wanted.operation.as_str());
            // What begins with the same words stands right behind them.
            let mut from = met.range((service, operation, wanted.obligation.as_str())..);
            !from.next().is_some_and(|(other, about, what)| {
                (*other, *about) == (service, operation)
                    && (*what == wanted.obligation
                        || wanted.obligation.starts_with("error:") && names_error(&wanted.obligation, what))
            })
        })
        .collect()
}

/// What a case meets, each with the operation that it is about.
///
/// What a verb shows about an operation that it calls names that operation first.
pub fn met_by(case: &Case) -> impl Iterator<Item = (&str, &str)> {
    case.meets.iter().map(|meets| {
        meets
            .split_once(' ')
            .filter(|(operation, _)| operation.contains('.') && !operation.contains(':'))
            .unwrap_or((&case.operation, meets))
    })
}

/// Whether a description means this error: by its code, or by the first words of a text where it has none.
pub fn names_error(described: &str, error: &str) -> bool {
    described == error || described.contains(' ') && error.starts_with(described)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::load_text;

    #[test]
    fn an_obligation_without_a_case_is_told() {
        let text = r#"
service: demo
cases:
  - {name: a, operation: files.list, meets: [example, "param:limit", "odd:time:none false"], sees: {result: {}}}
  - {name: c, operation: client.upload, meets: ["files.form odd:id:number"], sees: {result: {}}}
  - {name: b, twin_of: a, change: {call.x: 1}, must_fail: parameter}
"#;
        let cases = load_text("demo.yaml", text).unwrap();
        let wanted = |operation: &str, obligation: &str| Obligation {
            service: "demo".to_owned(),
            operation: operation.to_owned(),
            obligation: obligation.to_owned(),
        };
        let all = [
            wanted("files.list", "param:limit"),
            wanted("files.list", "error:20"),
            wanted("files.list", "odd:time:none false"),
            wanted("files.form", "odd:id:number"),
            wanted("x.y", "example"),
        ];
        assert_eq!(unmet(&all, &cases), [&all[1], &all[4]]);
    }

    #[test]
    fn a_text_is_met_by_one_that_goes_on() {
        let text = r#"
service: demo
cases:
  - {name: a, operation: files.list, meets: ["error:Not here any more", "error:200"], sees: {error: {}}}
"#;
        let cases = load_text("demo.yaml", text).unwrap();
        let wanted = |obligation: &str| Obligation {
            service: "demo".to_owned(),
            operation: "files.list".to_owned(),
            obligation: obligation.to_owned(),
        };
        let all = [wanted("error:Not here"), wanted("error:Not now"), wanted("error:Not"), wanted("error:20")];
        assert_eq!(unmet(&all, &cases), [&all[1], &all[2], &all[3]]);
    }
}
