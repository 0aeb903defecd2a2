//! What a warm call costs in each language, and what a program would else have paid for the same.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result};

use super::server::Server;
use super::table::{Figure, short};
use crate::prepared::{Prepared, Program};
use crate::process::Log;
use crate::toolchains::Language;

/// What the programs print, in words.
const LINES: [(&str, &str); 3] = [
    ("nothing", "a call that sends nothing"),
    ("error", "an error before sending"),
    ("listing", "a record of a listing"),
];
const CORE: &str = "core";

/// The kinds of client, each with its language and the word that its program takes.
const CLIENTS: [(&str, Language, Option<&str>); 6] = [
    ("rust", Language::Rust, None),
    ("python", Language::Python, Some("sync")),
    ("python asyncio", Language::Python, Some("asyncio")),
    ("node", Language::Node, None),
    ("swift", Language::Swift, None),
    ("kotlin", Language::Kotlin, None),
];

/// What the program of each client printed.
pub struct Border(Vec<(&'static str, BTreeMap<String, Figure>)>);

/// Runs the programs, one after another.
pub fn measure(prepared: &Prepared, log: &Log, server: &Server) -> Result<Border> {
    let run = |(client, language, word): (&'static str, Language, Option<&str>)| {
        let mut command = border(prepared, language, server)?;
        command.args(word);
        let output = log.capture(&mut command)?.ensure_success()?;
        let figures = output.lines().map(read_line).collect::<Result<_>>();
        Ok((client, figures.with_context(|| format!("what the benchmark for {client} printed"))?))
    };
    CLIENTS.into_iter().map(run).collect::<Result<_>>().map(Border)
}

/// The program that times warm calls.
pub fn border(prepared: &Prepared, language: Language, server: &Server) -> Result<Command> {
    let variables = server.variables();
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_ref()));
    prepared.command(language, Program::Border, &variables)
}

/// `name: 1.2 1.3 …`, microseconds.
fn read_line(line: &str) -> Result<(String, Figure)> {
    let (name, samples) = line.split_once(": ").with_context(|| format!("no name: {line}"))?;
    let samples = samples.split(' ').map(str::parse).collect::<Result<_, _>>().with_context(|| line.to_owned())?;
    Ok((name.to_owned(), Figure::several(name, "µs", samples).context("no samples")?))
}

impl Border {
    /// All that the programs printed, for a comparison with another copy.
    pub fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        for (client, printed) in &self.0 {
            for (line, what) in LINES {
                figures.extend(printed.get(line).map(|figure| figure.renamed(format!("{client}: {what}"))));
            }
        }
        figures.extend(self.core().map(|figure| figure.renamed("core alone: a record of a listing".to_owned())));
        figures
    }

    /// Prints the listing beside what a program would else have done.
    pub fn print_listing(&self) {
        println!(
            "\n### A listing of 10,000 records, µs a record\n\n\
             | client | fetched and made into objects | of that the language's share | the other way | × | \
             of the other way reading alone | share ÷ reading |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
        );
        let core = self.core().map_or(f64::NAN, Figure::median);
        for (client, printed) in &self.0 {
            let value = |name: &str| printed.get(name).map_or(f64::NAN, Figure::median);
            let (listing, other, reading) = (value("listing"), value("other"), value("other_reading"));
            let share = listing - core;
            println!(
                "| {client} | {} | {} | {} | {:.2} | {} | {:.2} |",
                short(listing),
                short(share),
                short(other),
                listing / other,
                short(reading),
                share / reading
            );
        }
        println!("\nThe core alone, from the request to the tape: {} µs a record.", short(core));
    }

    fn core(&self) -> Option<&Figure> {
        self.0.iter().find_map(|(_, printed)| printed.get(CORE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_programs_are_read() {
        let (name, figure) = read_line("nothing: 3.000 1.000 2.000").unwrap();
        assert_eq!((name.as_str(), figure.median()), ("nothing", 2.0));
        assert!(read_line("nothing").is_err());
        assert!(read_line("nothing: many").is_err());
    }
}
