//! Which cases could notice a change, the likeliest first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use fileferry_core::tables::Service;

use super::Change;
use crate::case::Case;

/// A service's cases, by the operations that they show.
#[derive(Debug)]
pub(super) struct Candidates {
    cases: Vec<Candidate>,
    /// Indexes into `cases`.
    by_operation: BTreeMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Candidate {
    case: Arc<Case>,
    text: String,
    waits: bool,
    /// Whether a notice counts: not so where the case fails anyway.
    sound: bool,
}

impl Candidates {
    /// The cases of a service. A twin fails on purpose, so it says nothing.
    pub(super) fn new(service: &Service, cases: &[Case]) -> Self {
        let cases: Vec<Candidate> = cases
            .iter()
            .filter(|case| case.service == service.id && case.must_fail.is_none())
            .map(|case| Candidate { case: Arc::new(case.clone()), text: case.text(), waits: waits(case), sound: true })
            .collect();
        let by_operation = service
            .operations
            .iter()
            .map(|operation| {
                let shown = operation.part_of.unwrap_or(operation.id);
                let own = (0..cases.len()).filter(|&at| shows(&cases[at].case, shown));
                (operation.id.to_owned(), own.collect())
            })
            .collect();
        Self { cases, by_operation }
    }

    /// All cases.
    pub(super) fn cases(&self) -> Vec<Arc<Case>> {
        self.cases.iter().map(|candidate| Arc::clone(&candidate.case)).collect()
    }

    /// Passes these over from now on.
    pub(super) fn drop_all(&mut self, unsound: impl Fn(&str) -> bool) {
        for candidate in &mut self.cases {
            candidate.sound = !unsound(&candidate.case.name);
        }
    }

    /// The cases that could notice a change: `first`, then those that hold its words; those that let time pass come last,
    /// and only if they hold one.
    pub(super) fn in_order(&self, change: &Change, first: Option<&str>) -> Vec<&Case> {
        let own = change.operations().iter().filter_map(|id| self.by_operation.get(id));
        let mut wanted: Vec<usize> = own.flatten().copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut ranked: Vec<_> = wanted
            .into_iter()
            .map(|at| &self.cases[at])
            .filter(|candidate| candidate.sound)
            .map(|candidate| {
                let held = change.words().iter().filter(|word| candidate.text.contains(word.as_str())).count();
                let is_first = first == Some(candidate.case.name.as_str());
                (Reverse(is_first), candidate.waits, Reverse(held), candidate.case.play.len(), candidate)
            })
            .filter(|(_, waits, Reverse(held), ..)| !waits || *held > 0)
            .collect();
        ranked.sort_by_key(|(is_first, waits, held, requests, _)| (*is_first, *waits, *held, *requests));
        ranked.into_iter().map(|(.., candidate)| &*candidate.case).collect()
    }
}

/// Whether a case shows an operation: it calls it, or a verb of the client that does.
fn shows(case: &Case, operation: &str) -> bool {
    if case.operation == operation {
        return true;
    }
    let signs_in = ["username", "key1"].iter().any(|option| case.client.contains_key(*option));
    match operation {
        "uploads.getUploadFormData" | "file.upload" | "account.package" | "folder.uploadinfo" => {
            case.operation == "client.upload"
        }
        "downloads.getUrl" | "file.download" | "item.details" => case.operation == "client.download",
        "file.url_upload_add" | "file.url_upload_status" | "transfer.create" => case.operation == "client.remoteUpload",
        "auth.device_code" | "auth.token" => case.operation == "client.signIn",
        "auth.login" | "auth.authorize" => signs_in,
        "auth.requestCaptcha" | "auth.requestReCaptcha" => {
            case.operation == "client.signIn" || case.client.contains_key("on_captcha")
        }
        _ => false,
    }
}

/// Whether a case lets time pass or moves many bytes.
fn waits(case: &Case) -> bool {
    const MANY: u64 = 1 << 20;
    let large = |text: &str| {
        text.split("\"length\":")
            .skip(1)
            .filter_map(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse::<u64>().ok())
            .any(|length| length > MANY)
    };
    case.play.iter().any(|answer| answer.hold || answer.delay > 0.0 || answer.padding.is_some()) || large(&case.text())
}
