//! A walk through the crate: sign in, make a folder, upload twice, list, download, compare, delete, and one error.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::env::var;
use std::error::Error;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fileferry::{Keep2Share, Kind, Phase, Progress};
use sha2::{Digest as _, Sha256};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = var("FILEFERRY_FILE").unwrap_or("movie.mp4".into());
    let copy = var("FILEFERRY_DOWNLOAD").unwrap_or("movie-copy.mp4".into());
    let mut steps = 0;
    let mut step = |text: String| {
        steps += 1;
        println!("{steps}. {text}");
    };

    let mut builder = Keep2Share::builder().username(var("FILEFERRY_USERNAME")?).password(var("FILEFERRY_PASSWORD")?);
    if let Ok(address) = var("FILEFERRY_BASE_URL") {
        builder = builder.base_url(address);
    }
    let k2s = builder.build()?;
    let account = k2s.account().account_info().await?;
    step(format!("signed in; {} bytes of traffic left today", account.available_traffic.unwrap_or_default()));

    let folder = k2s.files().create_folder("fileferry demo").await?;
    step(format!("made the folder {}", folder.id));

    let file = k2s.upload(&*path).into_folder(&folder.id).on_progress(bar("upload")).await?;
    step(format!("uploaded {}", file.name));

    let sent = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&sent);
    let count = move |progress: Progress| told.store(progress.bytes_on_wire, Ordering::Relaxed);
    let again = k2s.upload(&*path).into_folder(&folder.id).named("the-same-again").on_progress(count).await?;
    if sent.load(Ordering::Relaxed) > 0 {
        return Err("content that is stored already was sent again".into());
    }
    step(format!("uploaded again as {}: found by its hash, no byte was sent", again.name));

    let mut items = k2s.files().iter_files_list().parent(&*folder.id);
    while let Some(item) = items.next().await {
        let item = item?;
        println!("   {}  {} bytes", item.name.unwrap_or_default(), item.size.unwrap_or_default());
    }
    step("listed the folder".into());

    k2s.download(&file, &copy).overwrite(true).on_progress(bar("download")).await?;
    step(format!("downloaded {copy}"));

    let bytes = std::fs::metadata(&path)?.len();
    if sha256(path.as_ref())? != sha256(copy.as_ref())? {
        return Err("the copy differs from the file".into());
    }
    step("compared: both are the same".into());

    let id = file.id.unwrap_or_default();
    k2s.files().delete_files([&id, &again.id.unwrap_or_default(), &folder.id]).await?;
    std::fs::remove_file(&copy)?;
    step("deleted files, folder and copy".into());

    match k2s.downloads().get_url(&id).await {
        Err(error) if error.kind() == Kind::NotFound => {
            let code = error.record().service_code.as_deref().unwrap_or("none");
            step(format!("a file that is gone: {:?}, code {code}, \"{error}\"", error.kind()));
        }
        other => return Err(format!("a deleted file gave {other:?}").into()),
    }

    k2s.close();
    println!(r#"RESULT {{"steps": {steps}, "bytes": {bytes}, "outcome": "ok"}}"#);
    Ok(())
}

/// Draws a bar while a transfer goes on.
fn bar(what: &'static str) -> impl Fn(Progress) + Send + Sync + 'static {
    move |progress| {
        let share =
            progress.bytes_total.filter(|total| *total > 0).map_or(0, |total| progress.bytes_done * 100 / total);
        let filled = "#".repeat(share as usize * 30 / 100);
        print!("\r   {what} [{filled:.<30}] {share} %{}", if progress.phase == Phase::Done { "\n" } else { "" });
        // A terminal that is gone is no reason to stop.
        let _ = std::io::stdout().flush();
    }
}

/// A hash of a file's content, read piece by piece so that a large one needs little memory.
fn sha256(path: &Path) -> std::io::Result<Vec<u8>> {
    let (mut file, mut hash, mut piece) = (std::fs::File::open(path)?, Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hash.finalize().to_vec()),
            length => hash.update(&piece[..length]),
        }
    }
}
