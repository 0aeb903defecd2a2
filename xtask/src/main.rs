//! The developer commands of this repository: `cargo xtask …`. Continuous integration and a person run the same.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

mod demo;
mod emulator;
mod files;
mod generate;
mod measure;
mod mutate;
mod native;
mod package;
mod prepared;
mod process;
mod surroundings;
mod test;
mod toolchains;
mod uniffi;
mod workspace;

/// The developer commands of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write what is made from the descriptions: tables, surfaces, reference pages, OpenAPI files.
    Generate {
        /// Write nothing; fail if something would be written.
        #[arg(long)]
        check: bool,
        /// Also write what uniffi makes for Swift and Kotlin from the library, which is built for it.
        #[arg(long, conflicts_with = "check")]
        uniffi: bool,
    },
    /// Print all operations.
    Operations {
        /// As JSON, the only form there is.
        #[arg(long, required = true)]
        json: bool,
    },
    /// Sign in, upload, list and download against the emulator, in each language.
    Demo(demo::Options),
    /// Run the tests of all languages.
    Test(test::Options),
    /// Change the loaded tables one by one and list the changes that no conformance case notices.
    Mutate(mutate::Options),
    /// Measure how build times, sizes and calls grow with the number of operations.
    Measure(measure::Options),
    /// Make the packages that users install, into `dist/`.
    Package(package::Options),
}

/// The reason for exit code 1 has been printed already.
#[derive(Debug)]
struct AlreadyReported;

impl std::fmt::Display for AlreadyReported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("see above")
    }
}

impl std::error::Error for AlreadyReported {}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<AlreadyReported>() => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Generate { check, uniffi } => {
            generate::run(check)?;
            if uniffi { uniffi::update(&Workspace::find()?) } else { Ok(()) }
        }
        Command::Operations { json: _ } => {
            println!("{}", generate::operations_json()?.trim_end());
            Ok(())
        }
        Command::Demo(options) => demo::run(&Workspace::find()?, &options),
        Command::Test(options) => test::run(Workspace::find()?, &options),
        Command::Mutate(options) => mutate::run(&Workspace::find()?, &options),
        Command::Measure(options) => measure::run(&Workspace::find()?, &options),
        Command::Package(options) => package::run(&Workspace::find()?, &options),
    }
}
