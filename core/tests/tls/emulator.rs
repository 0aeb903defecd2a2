//! The emulator of the services, started for one test. The engine shares nothing with it: it is a program like any other.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running emulator.
pub struct Emulator {
    /// What it told when it was ready.
    pub ready: Value,
    // Its standard input closes with this, and then it ends.
    child: Child,
}

impl Emulator {
    /// Starts it with these flags.
    pub fn start(flags: &[&str]) -> Self {
        // Whoever builds everything tells where it is; else it lies beside this program.
        let beside = std::env::current_exe().expect("a path").ancestors().nth(2).expect("a folder").to_owned();
        let program =
            std::env::var_os("FILEFERRY_EMULATOR").map_or_else(|| beside.join("fileferry-emulator"), Into::into);
        let mut child = Command::new(&program)
            .arg("--until-stdin-closes")
            .args(flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cargo build -p fileferry-emulator ({}: {error})", program.display()));
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        Self { ready: serde_json::from_str(&line).expect("its line is JSON"), child }
    }

    /// The address of Keep2Share's API.
    pub fn base_url(&self) -> &str {
        self.ready["services"]["keep2share"]["base_url"].as_str().expect("an address")
    }

    /// Host and port of that address.
    pub fn host(&self) -> &str {
        self.base_url().split('/').nth(2).expect("a host")
    }

    /// Something of the premium account: `username`, `password`, `access_token`.
    pub fn premium(&self, what: &str) -> &str {
        self.ready["services"]["keep2share"]["accounts"]["premium"][what].as_str().expect("an account")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
