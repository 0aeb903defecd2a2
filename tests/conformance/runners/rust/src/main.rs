//! Runs the conformance cases through the crate `fileferry` as a program would use it: a line of JSON for each case comes
//! in, a line goes out.

mod arguments;
#[rustfmt::skip]
mod generated;
mod observe;
mod run;
mod types;

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use crate::run::Case;

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answered = line.and_then(|line| {
            let case = Case::from_json(&line)?;
            let reply = runtime.block_on(generated::perform(&case)).reply(&case);
            writeln!(output, "{reply}")?;
            output.flush()
        });
        if let Err(error) = answered {
            return failed(&error);
        }
    }
    ExitCode::SUCCESS
}

fn failed(error: &std::io::Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{error}");
    ExitCode::FAILURE
}
