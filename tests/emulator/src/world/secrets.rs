//! What only its owner may know, told to whoever tests, so that they can look for it where it must not be.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Mutex;

use crate::lock::LockExt;

/// Names a folder, into which each emulator writes a file of all secrets that it gives out, one a line.
const FOLDER: &str = "FILEFERRY_EMULATOR_SECRETS";

/// The file of this run, where one is wanted.
#[derive(Debug, Default)]
pub struct Secrets(Option<Mutex<File>>);

impl Secrets {
    pub fn from_environment() -> io::Result<Self> {
        let Some(folder) = std::env::var_os(FOLDER) else { return Ok(Self::default()) };
        let file = Path::new(&folder).join(format!("{}.txt", std::process::id()));
        Ok(Self(Some(Mutex::new(File::options().create(true).append(true).open(file)?))))
    }

    /// Notes a secret before it is given to anybody, and gives it back.
    pub fn noted(&self, secret: String) -> String {
        if let Some(file) = &self.0
            && let Err(error) = writeln!(file.hold(), "{secret}")
        {
            eprintln!("fileferry-emulator: a secret was not noted: {error}");
        }
        secret
    }
}
