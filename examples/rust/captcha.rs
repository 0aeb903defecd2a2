//! `captcha LINK FOLDER` downloads a file without an account: the service wants a captcha solved first, which the program
//! asks for at the terminal, and then a wait.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::env::{args, var};
use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::thread;

use fileferry::{Captcha, Flow, Keep2Share, Phase, Progress};
use tempfile::NamedTempFile;
use tokio::signal::ctrl_c;
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> ExitCode {
    tokio::select! {
        outcome = download() => match outcome {
            Ok(path) => {
                println!("saved {path}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        // Dropping the download removes its part file, and the picture.
        _ = ctrl_c() => ExitCode::from(130),
    }
}

async fn download() -> Result<String, Box<dyn Error>> {
    let mut arguments = args().skip(1);
    let (Some(link), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: captcha LINK FOLDER".into());
    };
    tokio::fs::create_dir_all(&folder).await?;

    let mut builder = Keep2Share::builder().on_captcha(async |captcha, flow| {
        // The download then ends with the captcha that is still to be solved.
        solve(captcha, flow).await.inspect_err(|error| eprintln!("{error}")).ok()
    });
    if let Ok(address) = var("FILEFERRY_BASE_URL") {
        builder = builder.base_url(address);
    }
    let told = |error: fileferry::Error| format!("{}: {error}", error.kind());
    let file = builder.build().map_err(told)?.download(link, folder).on_progress(draw).await.map_err(told)?;
    Ok(file.path.unwrap_or_default())
}

/// Lets the person at the terminal solve a captcha.
async fn solve(captcha: Captcha, flow: Flow) -> Result<String, Box<dyn Error>> {
    let picture = match captcha.kind.as_deref() {
        Some("image") => Some(picture(&flow).await?),
        _ => None,
    };
    match &picture {
        Some(file) => println!("What does the picture in {} show?", file.path().display()),
        None => println!("Open {} and paste what it gives:", captcha.url.unwrap_or_default()),
    }
    let answer = line().await?.ok_or("there is no answer: the input has ended")?;
    eprintln!("If it is right, the service lets the download begin after a wait.");
    Ok(answer)
}

/// The captcha's picture in a file that is there until it is dropped.
async fn picture(flow: &Flow) -> Result<NamedTempFile, Box<dyn Error>> {
    let image = flow.image().await?;
    let format = image.media_type.trim_start_matches("image/");
    let mut file = tempfile::Builder::new().prefix("captcha-").suffix(&format!(".{format}")).tempfile()?;
    file.write_all(&image.bytes)?;
    Ok(file)
}

/// The next line of the input; none at its end. It is read on a thread that neither blocks the runtime nor, as one of the
/// runtime would, keeps the program from ending.
async fn line() -> io::Result<Option<String>> {
    let (give, line) = oneshot::channel();
    thread::spawn(move || give.send(io::stdin().lines().next().transpose()));
    line.await.map_err(io::Error::other)?
}

/// Shows what is going on, in a line that the next one replaces.
fn draw(progress: Progress) {
    let share = progress.bytes_total.and_then(|total| (progress.bytes_done * 100).checked_div(total));
    let end = if progress.phase == Phase::Done { '\n' } else { '\r' };
    eprint!("{:<12} {:>3} %{end}", progress.phase.as_str(), share.unwrap_or_default());
}
