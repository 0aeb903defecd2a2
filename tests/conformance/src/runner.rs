//! One process a language: a line of JSON for each case goes in, a line comes back.

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::observation::Reply;

/// A runner that breaks this often in a row is given up.
const PATIENCE: usize = 5;

/// How long a runner may take to leave once its input has ended: a client that keeps a process alive is a fault.
const LEAVING: Duration = Duration::from_secs(10);

/// What performs cases: a process, or the core in this one.
pub trait Performer: Send {
    /// Performs the case that a line describes.
    fn perform(&mut self, line: &Value) -> impl Future<Output = Result<Reply, String>> + Send;
}

/// A runner's process, started at the first case and again after it broke.
#[derive(Debug)]
pub struct Runner {
    command: Vec<String>,
    log: PathBuf,
    patience: Duration,
    process: Option<Process>,
    /// Why it broke, since it last answered.
    broke: Vec<String>,
}

#[derive(Debug)]
struct Process {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Runner {
    /// A runner that is started by this command and writes its errors to this log.
    pub fn new(command: Vec<String>, log: PathBuf, patience: Duration) -> Self {
        Self { command, log, patience, process: None, broke: Vec::new() }
    }

    /// Ends the runner's input and waits until it left by itself.
    pub async fn close(mut self) -> Result<(), String> {
        let Some(Process { mut child, input, output }) = self.process.take() else {
            return Ok(());
        };
        drop(input);
        let status = match tokio::time::timeout(LEAVING, child.wait()).await {
            Ok(status) => status.map_err(|error| error.to_string())?,
            Err(_) => {
                child.kill().await.map_err(|error| error.to_string())?;
                return Err(format!("the runner did not leave within {} s of its input's end", LEAVING.as_secs()));
            }
        };
        drop(output);
        if status.success() { Ok(()) } else { Err(format!("the runner left with {status}")) }
    }

    fn start(&mut self) -> Result<Process, String> {
        if self.broke.len() >= PATIENCE {
            return Err(format!("the runner broke {PATIENCE} times in a row, at last: {}", self.broke[PATIENCE - 1]));
        }
        let (program, arguments) = self.command.split_first().ok_or("the runner's command is empty")?;
        let log = OpenOptions::new().create(true).append(true).open(&self.log).map_err(|error| error.to_string())?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let input = child.stdin.take().ok_or("the runner has no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("the runner has no output")?).lines();
        Ok(Process { child, input, output })
    }

    async fn ask(process: &mut Process, line: &Value) -> Result<Reply, String> {
        let name = line["case"].as_str().unwrap_or_default();
        let mut text = line.to_string();
        text.push('\n');
        process.input.write_all(text.as_bytes()).await.map_err(|error| format!("the runner does not read: {error}"))?;
        process.input.flush().await.map_err(|error| format!("the runner does not read: {error}"))?;
        let answer = process.output.next_line().await.map_err(|error| error.to_string())?;
        let answer = answer.ok_or("the runner ended without an answer")?;
        let reply: Reply = serde_json::from_str(&answer)
            .map_err(|error| format!("the runner's answer is no reply ({error}): {}", start_of(&answer)))?;
        if reply.case == name { Ok(reply) } else { Err(format!("the runner answered to {}", reply.case)) }
    }
}

impl Performer for Runner {
    async fn perform(&mut self, line: &Value) -> Result<Reply, String> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => self.start()?,
        };
        let answer = match tokio::time::timeout(self.patience, Self::ask(&mut process, line)).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("no answer within {} s", self.patience.as_secs())),
        };
        // After a fault the next line could be this case's late answer, so the process is not used again.
        match &answer {
            Ok(_) => {
                self.process = Some(process);
                self.broke.clear();
            }
            Err(reason) => self.broke.push(reason.clone()),
        }
        answer
    }
}

fn start_of(text: &str) -> String {
    text.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shell(script: &str, folder: &std::path::Path) -> Runner {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        Runner::new(command, folder.join("log"), Duration::from_secs(5))
    }

    #[tokio::test]
    async fn a_line_is_answered_by_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let script =
            r#"while read line; do echo seen >&2; echo '{"case":"a","outcome":"value","observation":[]}'; done"#;
        let mut runner = shell(script, folder.path());
        assert_eq!(runner.perform(&json!({"case": "a"})).await.unwrap().case, "a");
        assert!(runner.perform(&json!({"case": "b"})).await.unwrap_err().contains("answered to a"));
        assert_eq!(runner.perform(&json!({"case": "a"})).await.unwrap().case, "a");
        runner.close().await.unwrap();
        assert!(std::fs::read_to_string(folder.path().join("log")).unwrap().contains("seen"));
    }

    #[tokio::test]
    async fn a_broken_runner_is_started_again_but_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let mut runner = shell("exit 3", folder.path());
        for _ in 0..PATIENCE {
            assert!(runner.perform(&json!({"case": "a"})).await.is_err());
        }
        assert!(runner.perform(&json!({"case": "a"})).await.unwrap_err().contains("times"));
    }

    #[tokio::test]
    async fn a_bad_end_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut runner = shell(r#"read line; echo '{"case":"a","outcome":"value"}'; exit 4"#, folder.path());
        runner.perform(&json!({"case": "a"})).await.unwrap();
        assert!(runner.close().await.unwrap_err().contains('4'));
    }
}
