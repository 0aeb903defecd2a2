//! `backup FOLDER` uploads a folder to `/Backups`, under its name and the day. What is stored already is found by its hash,
//! so a file that did not change costs no bytes.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::env::{args_os, var};
use std::error::Error;
use std::io::Write as _;
use std::path::absolute;
use std::process::ExitCode;

use fileferry::{FolderProgress, Keep2Share};
use jiff::Zoned;
use tokio::signal::ctrl_c;

#[tokio::main]
async fn main() -> ExitCode {
    tokio::select! {
        outcome = backup() => outcome.unwrap_or_else(|error| {
            eprintln!("{error}");
            ExitCode::FAILURE
        }),
        // Dropping the backup closes its connections.
        _ = ctrl_c() => ExitCode::from(130),
    }
}

async fn backup() -> Result<ExitCode, Box<dyn Error>> {
    let folder = absolute(args_os().nth(1).ok_or("usage: backup FOLDER")?)?;
    let name = folder.file_name().ok_or("a folder without a name cannot be backed up")?;
    let name = format!("{} {}", name.display(), Zoned::now().date());

    let credential = |name| var(name).map_err(|error| format!("{name}: {error}"));
    let mut builder =
        Keep2Share::builder().username(credential("FILEFERRY_USERNAME")?).password(credential("FILEFERRY_PASSWORD")?);
    if let Ok(address) = var("FILEFERRY_BASE_URL") {
        builder = builder.base_url(address);
    }
    let k2s = builder.build()?;

    let backups = k2s.make_folder("Backups").exist_ok(true).await?;
    let report = k2s.upload_folder(&folder).into_folder(&backups).named(&name).on_progress(draw).await;
    println!();
    let report = report?;
    for item in &report.items {
        if let Some(error) = &item.error {
            println!("not backed up: {}: {}", item.path, error.message);
        }
    }
    println!("backed up {} files ({} bytes) to /Backups/{name}", report.uploaded, report.bytes);
    Ok(if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Draws how far it has come, over what was drawn before.
fn draw(progress: FolderProgress) {
    // Files without a byte are all there.
    let share = (progress.bytes_done * 100).checked_div(progress.bytes_total).unwrap_or(100);
    print!("\r{} of {} files, {share} %", progress.files_done, progress.files_total);
    // A terminal that is gone is no reason to stop.
    let _ = std::io::stdout().flush();
}
