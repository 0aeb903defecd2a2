//! What came out: for machines as JSON, for people as a page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use crate::case::Case;

/// How one case in one language ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As the case says.
    Passed,
    /// Otherwise.
    Failed,
    /// Not at all, which is a failure too.
    NotRun,
}

/// One case in one language.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// The service.
    pub service: String,
    /// The operation's id; empty for what concerns a whole run.
    pub operation: String,
    /// The case.
    pub case: String,
    /// The language.
    pub language: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not pass.
    pub detail: String,
}

impl Entry {
    pub(crate) fn of_case(case: &Case, language: &str, outcome: Outcome, detail: String) -> Self {
        Self {
            service: case.service.clone(),
            operation: case.operation.clone(),
            case: case.name.clone(),
            language: language.to_owned(),
            outcome,
            detail,
        }
    }

    /// Something about a whole run in one language.
    pub(crate) fn of_run(language: &str, what: &str, failure: Option<String>) -> Self {
        Self {
            service: String::new(),
            operation: String::new(),
            case: what.to_owned(),
            language: language.to_owned(),
            outcome: if failure.is_some() { Outcome::Failed } else { Outcome::Passed },
            detail: failure.unwrap_or_default(),
        }
    }
}

/// All of a run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Every case in every language.
    pub results: Vec<Entry>,
}

impl Report {
    /// How many passed and how many did not.
    pub fn counts(&self) -> (usize, usize) {
        let passed = self.results.iter().filter(|entry| entry.outcome == Outcome::Passed).count();
        (passed, self.results.len() - passed)
    }

    /// Those that did not pass.
    pub fn failures(&self) -> impl Iterator<Item = &Entry> {
        self.results.iter().filter(|entry| entry.outcome != Outcome::Passed)
    }

    /// Writes `report.json` and `report.md`.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("report.json"), serde_json::to_vec_pretty(self)?)?;
        std::fs::write(folder.join("report.md"), self.page())
    }

    fn page(&self) -> String {
        let mut page = String::from("# Conformance\n\nCases that passed, by operation and language.\n\n");
        let mut languages: Vec<&str> = Vec::new();
        let mut table: BTreeMap<&str, BTreeMap<&str, (usize, usize)>> = BTreeMap::new();
        for entry in &self.results {
            if !languages.contains(&entry.language.as_str()) {
                languages.push(&entry.language);
            }
            let operation = if entry.operation.is_empty() { "(the whole run)" } else { &entry.operation };
            let cell = table.entry(operation).or_default().entry(&entry.language).or_default();
            cell.0 += usize::from(entry.outcome == Outcome::Passed);
            cell.1 += 1;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| operation | {} |\n|---{}|", languages.join(" | "), "|---".repeat(languages.len()));
        for (operation, cells) in &table {
            let cells: Vec<String> = languages
                .iter()
                .map(|language| cells.get(language).map_or_else(String::new, |(passed, all)| format!("{passed}/{all}")))
                .collect();
            let _ = writeln!(page, "| {operation} | {} |", cells.join(" | "));
        }
        let failures: Vec<&Entry> = self.failures().collect();
        if !failures.is_empty() {
            page.push_str("\n## What did not pass\n");
        }
        for entry in failures {
            let _ = writeln!(page, "\n### {} in {}\n\n```\n{}\n```", entry.case, entry.language, entry.detail);
        }
        page
    }
}
