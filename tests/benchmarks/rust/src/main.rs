//! What calls cost a program of the Rust crate. `start` is timed from outside; `border` prints what it took.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

mod core_alone;
mod other;
mod rounds;

use std::env::{args, var};
use std::error::Error;

use fileferry::keep2share::File;
use fileferry::{Keep2Share, Kind, Traps};

use crate::rounds::Rounds;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let words: Vec<String> = args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["start"] => start().await,
        ["border"] => border(&Rounds::full()).await,
        ["border", "quick"] => border(&Rounds::quick()).await,
        _ => Err("say `start`, `border` or `border quick`".into()),
    }
}

async fn start() -> Outcome {
    client()?.account().account_info().await?;
    Ok(())
}

async fn border(rounds: &Rounds) -> Outcome {
    let base_url = var("FILEFERRY_BASE_URL")?;
    let total: i64 = var("FILEFERRY_TOTAL")?.parse()?;
    let (k2s, traps) = (client()?, Traps::builder().build()?);

    let answers = traps.answers();
    rounds
        .time("nothing", rounds.calls, async || {
            for _ in 0..rounds.calls {
                answers.link("x").await?;
            }
            Ok(())
        })
        .await?;

    let files = k2s.files();
    rounds
        .time("error", rounds.calls, async || {
            for _ in 0..rounds.calls {
                match files.get_files_list().limit(0).await {
                    Err(error) if error.kind() == Kind::InvalidArgument => (),
                    _ => return Err("a limit of 0 is no invalid argument any more".into()),
                }
            }
            Ok(())
        })
        .await?;

    rounds
        .time("listing", rounds::RECORDS, async || {
            let listing = files.get_files_list().limit(10_000).extended_info(true).await?;
            same(total, listing.files.iter().filter_map(|file: &File| file.size).sum())
        })
        .await?;
    core_alone::time(rounds, &base_url).await?;
    other::time(rounds, &base_url, total).await
}

fn client() -> Outcome<Keep2Share> {
    Ok(Keep2Share::builder().access_token("key").base_url(var("FILEFERRY_BASE_URL")?).rate(0.0).build()?)
}

/// Whether everything was read.
fn same(expected: i64, seen: i64) -> Outcome {
    if expected == seen { Ok(()) } else { Err(format!("sizes add up to {seen}, not to {expected}").into()) }
}
