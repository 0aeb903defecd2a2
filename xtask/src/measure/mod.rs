//! `cargo xtask measure`: what things cost, and what grows with the number of operations.
//!
//! Two copies of the clone are built from nothing, one as it is and one with a made-up service beside the others, and
//! everything is measured in both. It prints tables for `docs/measurements.md`.

mod border;
mod build;
mod copy;
mod made_up;
mod mutate;
mod packages;
mod server;
mod start;
mod table;
mod test;

pub use border::border as border_program;
pub use server::Server;
pub use start::start as start_program;

use anyhow::Result;
use clap::{Args, ValueEnum};

use self::border::Border;
use self::copy::Copy;
use self::table::{Figure, print_pairs};
use crate::generate::number_of_operations;
use crate::prepared::{Prepared, Purpose};
use crate::process::Log;
use crate::toolchains::Language;
use crate::workspace::Workspace;

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// How many operations, and as many models, the made-up service has.
    #[arg(long, default_value_t = 300)]
    made_up: usize,
    /// Measure these parts alone (several: comma or repeat).
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Use the copies of the run before with all that is built in them; builds are then not measured.
    #[arg(long)]
    again: bool,
}

/// A part of what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Minutes of builds, sizes of libraries and packages.
    Build,
    /// Programs from their start to their first answer.
    Start,
    /// Warm calls, listings, errors.
    Border,
    /// Minutes of `cargo xtask mutate`.
    Mutate,
    /// Minutes of `cargo xtask test`.
    Test,
}

/// What one copy came to.
#[derive(Default)]
struct Measured {
    build: Vec<Figure>,
    packages: Vec<Figure>,
    start: Vec<Figure>,
    border: Option<Border>,
    mutate: Vec<Figure>,
    test: Vec<Figure>,
}

/// Measures the clone as it is and with the made-up service, and prints both as tables.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let log = Log::create(workspace.target().join("measure-logs/measure.log"))?;
    println!("measuring two copies of the clone (log: {})", log.path().display());
    let plain = measure(workspace, &log, options, 0)?;
    let grown = measure(workspace, &log, options, options.made_up)?;
    print(options, &plain, &grown)
}

fn measure(workspace: &Workspace, log: &Log, options: &Options, made_up: usize) -> Result<Measured> {
    let is_wanted = |part: Part| {
        let is_possible = part != Part::Build || !options.again;
        is_possible && (options.only.is_empty() || options.only.contains(&part))
    };
    let begin = |what: &str| println!("with {made_up} made-up operations: {what}");
    // A run takes long: what is known is told at once, so that one that is broken off is not lost.
    let told = |figures: Vec<Figure>| {
        figures.iter().for_each(|figure| println!("    {}: {figure}", figure.what()));
        figures
    };
    let copy = if options.again { Copy::find(workspace, made_up) } else { Copy::make(workspace, log, made_up)? };
    let mut measured = Measured::default();
    if is_wanted(Part::Build) {
        begin("build");
        let (natives, figures) = build::measure(&copy, log)?;
        measured.build = told(figures);
        begin("packages");
        measured.packages = told(packages::measure(&copy, log, &natives)?);
    }
    if is_wanted(Part::Start) || is_wanted(Part::Border) {
        begin("programs");
        let prepared = programs(&copy, log)?;
        let server = Server::start()?;
        if is_wanted(Part::Start) {
            begin("start");
            measured.start =
                told(start::measure(&prepared, log, &server, if made_up > 0 { "MadeUp" } else { "Keep2Share" })?);
        }
        if is_wanted(Part::Border) {
            begin("border");
            let border = border::measure(&prepared, log, &server)?;
            told(border.figures());
            if made_up == 0 {
                border.print_listing();
            }
            measured.border = Some(border);
        }
    }
    if is_wanted(Part::Mutate) {
        begin("mutate");
        measured.mutate = told(mutate::measure(&copy, log, &workspace.target_folder("measure/dev")?)?);
    }
    if is_wanted(Part::Test) {
        begin("test");
        measured.test = told(test::measure(&copy, log)?);
    }
    Ok(measured)
}

/// The benchmarks of all languages, over packages of the release build.
fn programs(copy: &Copy, log: &Log) -> Result<Prepared> {
    let prepared = Prepared::new(copy.workspace.clone(), Language::ALL.into(), Purpose::Benchmarks);
    prepared.build(log)?;
    Language::ALL.iter().try_for_each(|language| prepared.prepare(*language, log))?;
    Ok(prepared)
}

fn print(options: &Options, plain: &Measured, grown: &Measured) -> Result<()> {
    let pairs = |title: &str, plain: &[Figure], grown: &[Figure]| {
        if !plain.is_empty() {
            print_pairs(title, options.made_up, plain, grown);
        }
    };
    pairs("Builds", &plain.build, &grown.build);
    pairs("Packages", &plain.packages, &grown.packages);
    pairs("From a program's start to its first answer", &plain.start, &grown.start);
    if let (Some(before), Some(after)) = (&plain.border, &grown.border) {
        pairs("A warm call", &before.figures(), &after.figures());
        before.print_listing();
    }
    pairs("`cargo xtask mutate`", &plain.mutate, &grown.mutate);
    pairs("`cargo xtask test`", &plain.test, &grown.test);
    test::print_expectation(number_of_operations()?, options.made_up, &plain.test, &grown.test);
    Ok(())
}
