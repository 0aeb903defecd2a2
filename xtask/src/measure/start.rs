//! How long a program takes from its start to its first answer: whole processes, timed from outside.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, ensure};

use super::server::Server;
use super::table::Figure;
use crate::prepared::{Prepared, Program};
use crate::process::Log;
use crate::surroundings::as_from_the_shell;
use crate::toolchains::Language;

const TIMES: usize = 25;
const LARGEST: &str = "a client of the largest service, without a call";

/// Times each language's program, and what the language takes without us.
///
/// `largest` is the class of the service with the most operations: its programs load the most.
pub fn measure(prepared: &Prepared, log: &Log, server: &Server, largest: &str) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for language in Language::ALL {
        for (what, mut command) in without_a_call(prepared, language, largest)? {
            figures.extend(Figure::several(format!("{language}: {what}"), "ms", times(log, &mut command)?));
        }
        let mut command = start(prepared, language, server)?;
        let samples = times(log, &mut command)?;
        figures.extend(Figure::several(format!("{language}: client and first call"), "ms", samples));
    }
    Ok(figures)
}

/// The program that makes a client and a call.
pub fn start(prepared: &Prepared, language: Language, server: &Server) -> Result<Command> {
    let variables = server.variables();
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_ref()));
    prepared.command(language, Program::Start, &variables)
}

/// What comes before a program of ours does anything: the language's own start, and the import of the package.
fn without_a_call(prepared: &Prepared, language: Language, largest: &str) -> Result<Vec<(&'static str, Command)>> {
    let with = |mut command: Command, words: &[&str]| {
        command.args(words);
        command
    };
    Ok(match language {
        Language::Rust => vec![("a process", Command::new("true"))],
        Language::Python => {
            let python = || prepared.python_with_wheel().map(|python| python.interpreter());
            vec![
                ("the interpreter", with(python()?, &["-c", "pass"])),
                ("`import fileferry`", with(python()?, &["-c", "import fileferry"])),
                (LARGEST, with(python()?, &["-c", &format!("import fileferry; fileferry.{largest}().close()")])),
            ]
        }
        Language::Node => {
            let node = || prepared.node_project().map(|project| project.node());
            let import = "await import('fileferry')";
            vec![
                ("the interpreter", with(node()?, &["-e", "0"])),
                ("`require('fileferry')`", with(node()?, &["-e", "require('fileferry')"])),
                ("`import 'fileferry'`", with(node()?, &["--input-type=module", "-e", import])),
                (LARGEST, with(node()?, &["-e", &format!("new (require('fileferry').{largest})().close()")])),
            ]
        }
        Language::Swift => {
            let root = prepared.workspace.root();
            vec![("a process", prepared.swift()?.command(root, &[], &["true".as_ref()]))]
        }
        Language::Kotlin => vec![("the JVM", prepared.kotlin()?.bare_program(prepared.workspace.root()))],
    })
}

fn times(log: &Log, command: &mut Command) -> Result<Vec<f64>> {
    // Once before, so that all files are in memory, and with a log, so that a program that fails can say why.
    log.run(command)?;
    as_from_the_shell(command).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    (0..TIMES)
        .map(|_| {
            let started = Instant::now();
            let status = command.status()?;
            ensure!(status.success(), "a program that went well the first time ended with {status}");
            Ok(started.elapsed().as_secs_f64() * 1e3)
        })
        .collect()
}
