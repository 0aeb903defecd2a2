//! The one judge: compares what was sent and what was seen with the case, the same for every language.

mod types;
mod value;
mod wire;

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::case::Case;
use crate::files::CaseFiles;
use crate::observation::{Outcome, Reply};
use crate::player::WireRequest;
use crate::secrets;
use crate::seeded::{Seeded, hex};

/// What was compared when something did not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// How many requests arrived.
    RequestCount,
    /// A request's method.
    Method,
    /// A request's address.
    Path,
    /// A parameter arrived, but in another part of the request.
    Place,
    /// A parameter is missing, unexpected, or has another value.
    Parameter,
    /// A header is missing, unexpected, or has another value.
    Header,
    /// Result instead of error, error instead of result, or neither.
    Outcome,
    /// The result.
    Result,
    /// The error record.
    Error,
    /// What a page iterator yielded.
    Items,
    /// The progress events.
    Progress,
    /// What lies where a download was told to write.
    File,
    /// What `on_response` told.
    Response,
    /// A secret shows.
    Secret,
}

impl Check {
    /// Every check; each has to have a twin that shows that it bites.
    pub const ALL: [Self; 14] = [
        Self::RequestCount,
        Self::Method,
        Self::Path,
        Self::Place,
        Self::Parameter,
        Self::Header,
        Self::Outcome,
        Self::Result,
        Self::Error,
        Self::Items,
        Self::Progress,
        Self::File,
        Self::Response,
        Self::Secret,
    ];
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// What was compared.
    pub check: Check,
    /// Where, what was expected and what was there.
    pub detail: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check, self.detail)
    }
}

/// Collects mismatches.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Mismatch>);

impl Findings {
    pub(crate) fn note(&mut self, check: Check, detail: impl Into<String>) {
        self.0.push(Mismatch { check, detail: detail.into() });
    }
}

/// Everything about one case in one language that does not fit.
pub fn judge(
    case: &Case,
    language: &str,
    wire: &[WireRequest],
    reply: &Reply,
    files: &CaseFiles,
) -> std::io::Result<Vec<Mismatch>> {
    let mut findings = Findings::default();
    wire::compare(case, wire, &mut findings);
    compare_outcome(case, language, reply, &mut findings);
    compare_progress(case, reply, &mut findings);
    compare_response(case, reply, &mut findings);
    compare_file(case, files, &mut findings)?;
    let planted = secrets::of_case(case);
    for (place, secret) in secrets::shown(reply, &planted) {
        findings.note(Check::Secret, format!("{place} shows {}", secrets::masked(&secret)));
    }
    for (name, text) in files.left_texts()? {
        for (line, secret) in secrets::in_text(&text, &planted) {
            findings.note(
                Check::Secret,
                format!("{name}, left by a download, shows {} (line {line})", secrets::masked(secret)),
            );
        }
    }
    for detail in secrets::sent_away(wire, &secrets::credentials_of_case(case)) {
        findings.note(Check::Secret, detail);
    }
    Ok(findings.0)
}

/// Everything about a call of a live server that does not fit: its result has the types of an example.
pub fn judge_types(
    case: &Case,
    example: &Value,
    language: &str,
    reply: &Reply,
    files: &CaseFiles,
) -> std::io::Result<Vec<Mismatch>> {
    let mut findings = Findings::default();
    match reply.outcome {
        Outcome::Value => types::compare(example, &reply.observation, language, "result", &mut findings),
        Outcome::Error | Outcome::RunnerError => {
            findings.note(Check::Outcome, format!("an error instead of a result: {}", reply.error));
        }
    }
    compare_progress(case, reply, &mut findings);
    compare_file(case, files, &mut findings)?;
    Ok(findings.0)
}

/// Everything about a call of a live server that does not fit, where the case tells what has to be seen.
pub fn judge_seen(case: &Case, language: &str, reply: &Reply, files: &CaseFiles) -> std::io::Result<Vec<Mismatch>> {
    let mut findings = Findings::default();
    compare_outcome(case, language, reply, &mut findings);
    compare_progress(case, reply, &mut findings);
    compare_file(case, files, &mut findings)?;
    Ok(findings.0)
}

/// Why a case did not pass: its mismatches, or a twin that was not noticed for its reason.
pub fn failure(case: &Case, mismatches: &[Mismatch]) -> Option<String> {
    let told = || mismatches.iter().map(Mismatch::to_string).collect::<Vec<_>>().join("\n");
    match case.must_fail {
        None if mismatches.is_empty() => None,
        None => Some(told()),
        Some(check) if mismatches.is_empty() => Some(format!("no check noticed it; {check} had to")),
        Some(check) if mismatches.iter().all(|mismatch| mismatch.check == check) => None,
        Some(check) => Some(format!("only {check} had to notice it:\n{}", told())),
    }
}

fn compare_outcome(case: &Case, language: &str, reply: &Reply, findings: &mut Findings) {
    let sees = &case.sees;
    match reply.outcome {
        Outcome::RunnerError => {
            findings.note(Check::Outcome, format!("the runner could not do it: {}", text_of(&reply.error)));
        }
        Outcome::Value if sees.error.is_some() => {
            findings.note(Check::Outcome, format!("a result instead of an error: {}", reply.observation));
        }
        Outcome::Error if sees.error.is_none() => {
            findings.note(Check::Outcome, format!("an error instead of a result: {}", reply.error));
        }
        Outcome::Value => {
            if let Some(expected) = &sees.result {
                value::compare(expected, &reply.observation, language, sees.exact, Check::Result, findings);
            }
            if let Some(items) = &sees.items {
                let expected = Value::Array(items.clone());
                value::compare(&expected, &reply.observation, language, sees.exact, Check::Items, findings);
            }
        }
        Outcome::Error => compare_error(case, &reply.error, findings),
    }
}

/// The members that every error record has, whatever its kind.
const ERROR_MEMBERS: [&str; 12] = [
    "kind",
    "service",
    "operation",
    "service_code",
    "name",
    "http_status",
    "message",
    "retryable",
    "retry_after_ms",
    "attempts",
    "details",
    "causes",
];

fn compare_error(case: &Case, record: &Value, findings: &mut Findings) {
    for member in ERROR_MEMBERS {
        if record.get(member).is_none() {
            findings.note(Check::Error, format!("the record has no member {member}: {record}"));
        }
    }
    if record["message"].as_str().is_none_or(|message| message.trim().is_empty()) {
        findings.note(Check::Error, format!("the message says nothing: {record}"));
    }
    // A case may leave these open, as where a sign-in that came first fails.
    let named = |member: &str| case.sees.error.as_ref().is_some_and(|error| error.contains_key(member));
    if !named("service") && record["service"] != case.service {
        findings.note(Check::Error, format!("service is {}, not {}", record["service"], case.service));
    }
    if !named("operation") && case.verb().is_none() && record["operation"] != case.operation {
        findings.note(Check::Error, format!("operation is {}, not {}", record["operation"], case.operation));
    }
    for (member, expected) in case.sees.error.iter().flatten() {
        if member == "message_has" {
            // What follows in a message takes the place of a text's last full stop.
            let part = expected.as_str().unwrap_or_default().trim_end_matches('.');
            if !record["message"].as_str().unwrap_or_default().contains(part) {
                findings.note(Check::Error, format!("message {} does not hold {part:?}", record["message"]));
            }
        } else {
            value::compare_plain(expected, &record[member], member, findings);
        }
    }
}

fn compare_progress(case: &Case, reply: &Reply, findings: &mut Findings) {
    let Some(expected) = &case.sees.progress else { return };
    let events = &reply.progress;
    if events.len() < expected.at_least {
        findings.note(Check::Progress, format!("{} events, at least {} expected", events.len(), expected.at_least));
    }
    if !expected.starts_over && events.windows(2).any(|pair| pair[1].done < pair[0].done) {
        findings.note(Check::Progress, format!("it goes backwards: {events:?}"));
    }
    if events.iter().any(|event| event.total.is_some_and(|total| event.done > total)) {
        findings.note(Check::Progress, format!("more done than there is: {events:?}"));
    }
    if events.last().map(|last| (last.done, last.total)) != Some((expected.last, Some(expected.last))) {
        findings
            .note(Check::Progress, format!("the last event is {:?}, not {} of it all", events.last(), expected.last));
    }
}

fn compare_response(case: &Case, reply: &Reply, findings: &mut Findings) {
    let Some(expected) = &case.sees.response else { return };
    let Some((status, headers)) = reply.responses.last() else {
        findings.note(Check::Response, "on_response was not called");
        return;
    };
    if *status != expected.status {
        findings.note(Check::Response, format!("status {status}, not {}", expected.status));
    }
    for (name, value) in &expected.headers {
        if headers.get(name).and_then(Value::as_str) != Some(value) {
            findings.note(Check::Response, format!("header {name} is {:?}, not {value:?}", headers.get(name)));
        }
    }
}

fn compare_file(case: &Case, files: &CaseFiles, findings: &mut Findings) -> std::io::Result<()> {
    let Some(expected) = &case.sees.file else { return Ok(()) };
    let Some(target) = files.target() else {
        findings.note(Check::File, "the call names no target");
        return Ok(());
    };
    let fits = |path: &Path| match &expected.called {
        Some(name) => path == target.join(name),
        None if target.is_dir() => path.parent() == Some(target),
        None => path == target,
    };
    let mut found = files.found()?;
    if let Some(content) = expected.content {
        let expected = content.seeded();
        match found.iter().position(|path| fits(path)) {
            None => findings.note(Check::File, format!("no file at {}", files.shown(target))),
            Some(at) => {
                let path = found.remove(at);
                let length = path.metadata()?.len();
                if length != expected.length {
                    findings.note(Check::File, format!("{length} bytes, not {}", expected.length));
                } else if sha256_of(&path)? != expected.sha256() {
                    findings.note(Check::File, "other bytes");
                }
            }
        }
    }
    for left in found {
        findings.note(Check::File, format!("{} should not be there", files.shown(&left)));
    }
    Ok(())
}

fn sha256_of(path: &Path) -> std::io::Result<String> {
    use sha2::Digest as _;
    use std::io::Read as _;
    let mut file = std::fs::File::open(path)?;
    let mut hash = sha2::Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&piece[..read]);
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether the bytes a leaf describes are those of a seed.
pub(crate) fn same_bytes(observed: &Value, expected: Seeded) -> bool {
    observed["length"].as_u64() == Some(expected.length)
        && observed["sha256"].as_str().is_some_and(|sha256| sha256.eq_ignore_ascii_case(&expected.sha256()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::load_text;

    /// What the judge says of files when a download left these, by their paths in the case's folder.
    fn files_judged(sees: &str, left: &[&str]) -> Vec<String> {
        let text = format!(
            "service: demo\ncases: [{{name: d, operation: client.download, call: {{target: a, to: {{$folder: down}}}}, \
             sees: {sees}}}]"
        );
        let case = load_text("demo.yaml", &text).unwrap().remove(0);
        let (files, call) = CaseFiles::prepare(&case.call).unwrap();
        let folder = Path::new(call["to"]["$path"].as_str().unwrap());
        for name in left {
            std::fs::write(folder.join(name), "twelve bytes").unwrap();
        }
        let mut findings = Findings::default();
        compare_file(&case, &files, &mut findings).unwrap();
        assert!(findings.0.iter().all(|mismatch| mismatch.check == Check::File));
        findings.0.into_iter().map(|mismatch| mismatch.detail).collect()
    }

    #[test]
    fn whatever_a_failed_download_leaves_is_seen() {
        let absent = "{file: {absent: true}}";
        assert!(files_judged(absent, &[]).is_empty());
        assert_eq!(files_judged(absent, &[".a.1f.part"]), ["folders/down/.a.1f.part should not be there"]);
        assert_eq!(files_judged(absent, &["../evil"]), ["folders/evil should not be there"]);
    }

    #[test]
    fn a_download_into_a_folder_gives_one_file() {
        let unnamed = "{file: {content: {length: 12}}}";
        assert_eq!(files_judged(unnamed, &["any"]), ["other bytes"]);
        assert_eq!(files_judged(unnamed, &["a", "b"]), ["other bytes", "folders/down/b should not be there"]);
        assert_eq!(files_judged(unnamed, &[]), ["no file at folders/down"]);
        let named = "{file: {content: {length: 12}, called: a.bin}}";
        assert_eq!(files_judged(named, &["a.bin"]), ["other bytes"]);
        assert_eq!(
            files_judged(named, &["b.bin"]),
            ["no file at folders/down", "folders/down/b.bin should not be there"]
        );
    }
}
