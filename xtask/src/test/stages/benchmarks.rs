//! The benchmarks: each does everything once, so that they still work when somebody wants figures.

use anyhow::Result;

use crate::measure::{Server, border_program, start_program};
use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::Counts;
use crate::test::tools::{or_failed, run_check};
use crate::toolchains::Language;

/// Swift's is a package of its own, whose build would take longer than all of this.
pub const LANGUAGES: [Language; 4] = [Language::Rust, Language::Python, Language::Node, Language::Kotlin];

pub fn run(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let server = Server::start()?;
    let mut counts = Counts::default();
    for language in LANGUAGES.into_iter().filter(|language| prepared.languages.contains(language)) {
        let start = start_program(prepared, language, &server);
        counts += or_failed(log, start.and_then(|mut start| run_check(log, &mut start)))?;
        let kinds: &[&[&str]] = match language {
            Language::Python => &[&["sync"], &["asyncio"]],
            _ => &[&[]],
        };
        for kind in kinds {
            let border = border_program(prepared, language, &server);
            let ran = border.and_then(|mut border| run_check(log, border.args(*kind).arg("quick")));
            counts += or_failed(log, ran)?;
        }
    }
    Ok(counts)
}
