//! File-hosting services on loopback, with state and real bytes, to test client programs against.

mod control;
mod lock;
mod server;
mod services;
mod text;
mod world;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use server::Door;
use world::{DEFAULT, Origins, Universe};

/// Serves file-hosting services on loopback until SIGTERM.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    /// Port to listen on; a free one when left out.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Folder for the bytes; a temporary one, removed at the end, when left out.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Start of all chance: the same seed gives the same accounts, ids and captchas.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Serve the services over https, with an authority made for this run.
    #[arg(long)]
    tls: bool,
    /// Stop when standard input ends, so that the emulator goes with the program that started it.
    #[arg(long)]
    until_stdin_closes: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Flags::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fileferry-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(flags: Flags) -> io::Result<()> {
    // The handlers come first: whoever reads the ready line may stop the emulator at once.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // Below a given folder too, each run has one of its own and leaves nothing behind.
    let folder = match &flags.dir {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            tempfile::Builder::new().prefix("fileferry-emulator-").tempdir_in(folder)?
        }
        None => tempfile::Builder::new().prefix("fileferry-emulator-").tempdir()?,
    };
    let (tls, ca_file) = match flags.tls {
        true => server::tls::prepare(folder.path()).map(|(acceptor, file)| (Some(acceptor), Some(file)))?,
        false => (None, None),
    };
    let listener = server::bind(flags.port).await?;
    let storage_listener = server::bind(0).await?;
    let (address, storage_address) = (listener.local_addr()?, storage_listener.local_addr()?);
    let scheme = if flags.tls { "https" } else { "http" };
    let origins =
        Origins { services: format!("{scheme}://{address}"), storage: format!("{scheme}://{storage_address}") };
    let universe = Universe::new(origins, folder.path().to_owned(), flags.seed)?;
    let universe = Arc::new(universe);

    let mut ready = json!({"control": format!("http://{address}"), "services": services(&universe)});
    if let Some(file) = ca_file {
        ready["ca_file"] = Value::from(file.to_string_lossy());
    }
    announce(&ready)?;

    tokio::select! {
        () = server::serve(listener, Door::Services, Arc::clone(&universe), tls.clone()) => {}
        () = server::serve(storage_listener, Door::Storage, universe, tls) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = stdin_end(), if flags.until_stdin_closes => {}
    }
    folder.close()
}

fn services(universe: &Universe) -> Value {
    universe.world(DEFAULT).map(|world| world.describe()).unwrap_or_default()
}

fn announce(ready: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{ready}")?;
    out.flush()
}

/// Resolves when standard input ends. A thread of its own reads it: tokio's would keep the process from ending
/// while standard input stays open. An unreadable standard input counts as closed.
async fn stdin_end() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}
