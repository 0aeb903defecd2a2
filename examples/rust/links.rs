//! `links LIST FOLDER` downloads the links in a text file, one a line, into a folder, three at once. One that fails does not
//! stop the others.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::env::{args_os, var};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fileferry::{Keep2Share, LinkKind};
use futures_util::{StreamExt as _, stream};
use tokio::signal::ctrl_c;

const AT_ONCE: usize = 3;

#[tokio::main]
async fn main() -> ExitCode {
    tokio::select! {
        outcome = links() => outcome.unwrap_or_else(|error| {
            eprintln!("{error}");
            ExitCode::FAILURE
        }),
        // Dropping the downloads closes their connections and removes their part files.
        _ = ctrl_c() => ExitCode::from(130),
    }
}

async fn links() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = args_os().skip(1).map(PathBuf::from);
    let (Some(list), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: links LIST FOLDER".into());
    };
    let list =
        tokio::fs::read_to_string(&list).await.map_err(|error| format!("cannot read {}: {error}", list.display()))?;
    let links: Vec<&str> = list.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    tokio::fs::create_dir_all(&folder).await?;

    let credential = |name| var(name).map_err(|error| format!("{name}: {error}"));
    let mut builder =
        Keep2Share::builder().username(credential("FILEFERRY_USERNAME")?).password(credential("FILEFERRY_PASSWORD")?);
    if let Ok(address) = var("FILEFERRY_BASE_URL") {
        builder = builder.base_url(address);
    }
    let k2s = builder.build()?;

    let mut saved = 0;
    let mut downloads = stream::iter(&links).map(|link| download(&k2s, link, &folder)).buffer_unordered(AT_ONCE);
    while let Some(outcome) = downloads.next().await {
        saved += usize::from(outcome.is_ok());
        let (Ok(line) | Err(line)) = outcome;
        println!("{line}");
    }
    println!("{saved} of {} links downloaded", links.len());
    Ok(if saved == links.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Downloads one link; what became of it, as a line.
async fn download(k2s: &Keep2Share, link: &str, folder: &Path) -> Result<String, String> {
    if !fileferry::parse_link(link).is_some_and(|parsed| parsed.kind == LinkKind::File) {
        return Err(format!("skipped {link}: not the link of a file"));
    }
    match k2s.download(link, folder).await {
        Ok(file) => Ok(format!("saved {link} as {}", file.path.unwrap_or_default())),
        Err(error) => Err(format!("failed {link}: {}: {error}", error.kind())),
    }
}
