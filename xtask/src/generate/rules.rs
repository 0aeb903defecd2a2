//! Error rules: how they are written, which one an error that is documented meets, and which can never be reached.

use anyhow::{Context, Result, bail, ensure};

use super::parse::{ErrorSpec, FullErrorSpec, RuleSpec};
use super::resolve::{Operation, Service};

/// An error that the documents of an operation name, with the rule that it meets.
#[derive(Debug)]
pub struct DocumentedError {
    /// The code, or the text's first words, or the HTTP status.
    pub code: String,
    /// How obligations name it: code and what tells it apart from others of the same code.
    pub label: String,
    pub rule_name: String,
    pub kind: String,
}

/// A range of HTTP statuses: `404`, `5xx`.
pub fn status_range(text: &str) -> Result<(u16, u16)> {
    if let Some(first) = text.strip_suffix("xx") {
        let first: u16 = first.parse().with_context(|| format!("`{text}` is no HTTP status"))?;
        return Ok((first * 100, first * 100 + 99));
    }
    let status = text.parse().with_context(|| format!("`{text}` is no HTTP status"))?;
    Ok((status, status))
}

/// The rules of an envelope: its own, then those of the service.
pub fn rules_of(service: &Service, envelope: usize) -> impl Iterator<Item = &RuleSpec> {
    let (_, envelope) = service.file.envelopes.get_index(envelope).unwrap_or_else(|| unreachable!("looked up before"));
    envelope.rules.iter().chain(&service.file.rules)
}

/// The errors that the documents of an operation name.
pub fn documented_errors(service: &Service, operation: &Operation) -> Result<Vec<DocumentedError>> {
    operation
        .spec
        .errors
        .iter()
        .flat_map(|spec| match spec {
            ErrorSpec::Code(codes) => codes
                .0
                .iter()
                .map(|code| FullErrorSpec { code: Some(super::parse::Texts(vec![code.clone()])), ..Default::default() })
                .collect::<Vec<_>>(),
            ErrorSpec::Full(full) => vec![FullErrorSpec {
                code: full.code.clone(),
                sub_code: full.sub_code.clone(),
                http_status: full.http_status,
                text: full.text.clone(),
            }],
        })
        .map(|error| documented(service, operation, &error))
        .collect()
}

fn documented(service: &Service, operation: &Operation, error: &FullErrorSpec) -> Result<DocumentedError> {
    let one = |texts: &Option<super::parse::Texts>| texts.as_ref().and_then(|texts| texts.0.first().cloned());
    let code = one(&error.code);
    let sub_code = one(&error.sub_code);
    let fits = |rule: &&RuleSpec| {
        let status = rule.http_status.0.is_empty()
            || error.http_status.is_some_and(|status| {
                rule.http_status
                    .0
                    .iter()
                    .any(|range| status_range(range).is_ok_and(|(from, to)| (from..=to).contains(&status)))
            });
        let listed = |wanted: &[String], has: Option<&str>| {
            wanted.is_empty() || wanted.iter().any(|wanted| Some(wanted.as_str()) == has)
        };
        let text = rule.text_prefix.0.is_empty()
            || error
                .text
                .as_ref()
                .is_some_and(|text| rule.text_prefix.0.iter().any(|prefix| text.starts_with(prefix.as_str())));
        let part = rule.text_has.0.is_empty()
            || error.text.as_ref().is_some_and(|text| rule.text_has.0.iter().any(|part| text.contains(part.as_str())));
        let operation_fits = rule.operation.0.is_empty()
            || rule.operation.0.iter().any(|id| {
                *id == operation.id || id.strip_suffix('*').is_some_and(|group| operation.id.starts_with(group))
            });
        let body = rule.body.0.is_empty() || code.is_none() || rule.body.0.iter().any(|body| body == "json");
        let signed_in = rule.signed_in.is_none_or(|signed_in| signed_in == (operation.auth != "none"));
        let code = code.as_deref().unwrap_or("none");
        status
            && (rule.code.0.is_empty() || rule.code.0.iter().any(|wanted| fits_code(wanted, code)))
            && listed(&rule.sub_code.0, sub_code.as_deref())
            && text
            && part
            && operation_fits
            && body
            && signed_in
            && rule.has.is_none()
    };
    let rule =
        rules_of(service, operation.envelope).find(fits).filter(|rule| rule.name.as_deref() != Some("unknown_error"));
    let shown =
        code.clone().or_else(|| error.text.clone()).or_else(|| error.http_status.map(|status| status.to_string()));
    let Some(shown) = shown else { bail!("an error names neither code, text nor HTTP status") };
    let rule = rule.with_context(|| format!("no error rule fits the documented error `{shown}`"))?;
    let mut label = shown.clone();
    if let Some(sub_code) = &sub_code {
        label = format!("{label}/{sub_code}");
    } else if code.is_some()
        && let Some(status) = error.http_status
    {
        label = format!("{label}@{status}");
    }
    Ok(DocumentedError {
        code: shown,
        label,
        rule_name: rule.name.clone().unwrap_or_default(),
        kind: rule.kind.clone().unwrap_or_default(),
    })
}

/// Whether a code is the one that a rule names, or of the class that it names (`4xx`).
fn fits_code(wanted: &str, code: &str) -> bool {
    let is_of_class = |first: &str| {
        let digits = code.bytes().all(|digit| digit.is_ascii_digit());
        code == wanted || digits && code.len() == 3 && code.starts_with(first)
    };
    wanted.strip_suffix("xx").map_or(wanted == code, is_of_class)
}

/// Whether every answer that fits `later` fits `earlier` too, so that `later` is never reached behind it.
fn covers(earlier: &RuleSpec, later: &RuleSpec) -> bool {
    let within = |outer: &[String], inner: &[String]| {
        outer.is_empty() || (!inner.is_empty() && inner.iter().all(|value| outer.contains(value)))
    };
    let statuses = earlier.http_status.0.is_empty()
        || (!later.http_status.0.is_empty()
            && later.http_status.0.iter().all(|inner| {
                earlier.http_status.0.iter().any(|outer| match (status_range(outer), status_range(inner)) {
                    (Ok(outer), Ok(inner)) => outer.0 <= inner.0 && inner.1 <= outer.1,
                    _ => false,
                })
            }));
    let codes = earlier.code.0.is_empty()
        || (!later.code.0.is_empty()
            && later.code.0.iter().all(|inner| earlier.code.0.iter().any(|outer| fits_code(outer, inner))));
    statuses
        && codes
        && within(&earlier.sub_code.0, &later.sub_code.0)
        && within(&earlier.text_prefix.0, &later.text_prefix.0)
        && within(&earlier.text_has.0, &later.text_has.0)
        && within(&earlier.body.0, &later.body.0)
        && within(&earlier.operation.0, &later.operation.0)
        && (earlier.has.is_none() || earlier.has == later.has)
        && (earlier.signed_in.is_none() || earlier.signed_in == later.signed_in)
}

/// Whether a rule names nothing that an answer would have to have.
fn fits_everything(rule: &RuleSpec) -> bool {
    let lists = [&rule.http_status, &rule.code, &rule.sub_code, &rule.text_prefix, &rule.text_has, &rule.body];
    lists.into_iter().chain([&rule.operation]).all(|list| list.0.is_empty())
        && rule.has.is_none()
        && rule.signed_in.is_none()
}

/// Checks the rules of all envelopes: complete, of known kinds, each reachable.
pub fn check(service: &Service, kinds: &[String]) -> Result<()> {
    for (index, name) in service.file.envelopes.keys().enumerate() {
        let rules: Vec<&RuleSpec> = rules_of(service, index).collect();
        for (at, rule) in rules.iter().enumerate() {
            let shown = rule.name.clone().unwrap_or_else(|| format!("rule {}", at + 1));
            check_rule(rule, kinds).with_context(|| format!("envelope `{name}`, `{shown}`"))?;
            // A service's common rules may well be covered by one envelope's own, but not by each other.
            let own = service.file.envelopes[index].rules.len();
            let same_list = if at < own { 0..at } else { own..at };
            if let Some(earlier) = rules[same_list].iter().find(|earlier| covers(earlier, rule)) {
                bail!(
                    "envelope `{name}`: `{shown}` can never be reached behind `{}`",
                    earlier.name.as_deref().unwrap_or("a rule")
                );
            }
        }
        ensure!(
            rules.last().is_some_and(|last| fits_everything(last) && !last.result),
            "envelope `{name}`: its last rule has to fit every answer"
        );
    }
    Ok(())
}

fn check_rule(rule: &RuleSpec, kinds: &[String]) -> Result<()> {
    for range in &rule.http_status.0 {
        status_range(range)?;
    }
    if rule.result {
        ensure!(rule.kind.is_none() && rule.name.is_none(), "a rule that says `result` names no error");
        return Ok(());
    }
    let kind = rule.kind.as_deref().context("it has no kind")?;
    ensure!(rule.name.is_some(), "it has no name");
    ensure!(kinds.iter().any(|known| known == kind), "there is no kind `{kind}`");
    ensure!(kind != "rejected" || rule.why.is_some(), "`rejected` needs its reason as `why`");
    let retry = rule.retry.as_deref().unwrap_or("never");
    ensure!(
        ["never", "same_call", "after_sign_in", "after_wait"].contains(&retry),
        "there is no retry class `{retry}`"
    );
    ensure!(rule.wait.is_none() || retry == "after_wait", "a wait belongs to `retry: after_wait`");
    Ok(())
}
