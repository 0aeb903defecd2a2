//! The example programs against the emulator: what they do, what they print, how they end, the same in every language.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::emulator::{Emulator, World};
use crate::files::{read, write};
use crate::prepared::{Example, Prepared, Program};
use crate::process::Log;
use crate::test::counts::Counts;
use crate::test::tools::or_failed;
use crate::toolchains::Language;

pub fn run(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let folder = prepared.workspace.fresh_target_folder("examples")?;
    let emulator = Emulator::start(prepared, &folder.join("emulator"))?;
    let mut counts = Counts::default();
    for language in &prepared.languages {
        for check in [backup, links, captcha] {
            let stage = Stage { prepared, log, language: *language, folder: &folder, world: emulator.world()? };
            counts += or_failed(log, check(&stage).map(|()| Counts::one(true)))?;
        }
    }
    Ok(counts)
}

/// One program's turn, in a world of its own.
struct Stage<'a> {
    prepared: &'a Prepared,
    log: &'a Log,
    language: Language,
    folder: &'a Path,
    world: World,
}

/// What a program came to.
struct Ended {
    succeeded: bool,
    /// What it printed, without what was drawn over.
    lines: Vec<String>,
}

impl Stage<'_> {
    /// A path of this program's own.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(self.language.name()).join(name)
    }

    /// Runs a program of somebody who has an account, or of nobody.
    fn run(&self, example: Example, has_account: bool, words: &[&Path], input: &str) -> Result<Ended> {
        let service = &self.world.keep2share;
        let account = &service.accounts.premium;
        let mut environment = vec![("FILEFERRY_BASE_URL", OsStr::new(&service.base_url))];
        if has_account {
            environment.push(("FILEFERRY_USERNAME", OsStr::new(&account.username)));
            environment.push(("FILEFERRY_PASSWORD", OsStr::new(&account.password)));
        }
        let mut command = self.prepared.command(self.language, Program::Example(example), &environment)?;
        let typed = self.path("typed");
        write(&typed, input)?;
        let finished = self.log.capture_with(command.args(words), Stdio::from(File::open(&typed)?))?;
        self.log.note(&finished.output)?;
        let shown = |line: &str| line.rsplit('\r').next().unwrap_or_default().trim_end().to_owned();
        let lines = finished.output.lines().map(shown).filter(|line| !line.is_empty()).collect();
        Ok(Ended { succeeded: finished.status.success(), lines })
    }

    /// Puts a file of this text into the account; gives its id.
    fn seed(&self, name: &str, content: &str) -> Result<String> {
        let username = &self.world.keep2share.accounts.premium.username;
        let order = json!({"service": "keep2share", "username": username, "name": name, "content": content});
        let made = self.world.order("files", &order)?;
        made["ids"][0].as_str().map(str::to_owned).context("no file was made")
    }
}

impl Ended {
    fn check(&self, succeeds: bool, last_line: &str) -> Result<()> {
        ensure!(self.succeeded == succeeds, "it ended {}", if self.succeeded { "well" } else { "with an error" });
        self.has(last_line)?;
        let last = self.lines.last().map_or("nothing", String::as_str);
        ensure!(fits(last, last_line), "the last line is «{last}», not «{last_line}»");
        Ok(())
    }

    fn has(&self, line: &str) -> Result<()> {
        ensure!(self.lines.iter().any(|printed| fits(printed, line)), "no line «{line}» in {:#?}", self.lines);
        Ok(())
    }

    fn count(&self, line: &str) -> usize {
        self.lines.iter().filter(|printed| fits(printed, line)).count()
    }
}

/// Whether a line is as wanted, where `*` stands for anything.
fn fits(line: &str, wanted: &str) -> bool {
    let Some((start, rest)) = wanted.split_once('*') else { return line == wanted };
    let Some(line) = line.strip_prefix(start) else { return false };
    let mut ends = (0..=line.len()).filter(|at| line.is_char_boundary(*at));
    ends.any(|at| fits(&line[at..], rest))
}

/// A folder goes up whole, past what cannot; the second time nothing is sent.
fn backup(stage: &Stage<'_>) -> Result<()> {
    let folder = stage.path("photos");
    write(&folder.join("one.txt"), "the first")?;
    write(&folder.join("2026/two.txt"), "the second")?;
    std::os::unix::fs::symlink("one.txt", folder.join("link.txt"))?;
    let first = stage.run(Example::Backup, true, &[&folder], "")?;
    first.has("not backed up: link.txt: *")?;
    first.check(false, "backed up 2 files (19 bytes) to /Backups/photos *")?;
    std::fs::remove_file(folder.join("link.txt"))?;
    let sent = stage.world.requests("upload")?;
    ensure!(sent == 2, "{sent} files were sent, not 2");
    let second = stage.run(Example::Backup, true, &[&folder], "")?;
    second.check(true, "backed up 2 files (19 bytes) to /Backups/photos *")?;
    ensure!(stage.world.requests("upload")? == sent, "content that is stored already was sent again");
    Ok(())
}

/// Links are downloaded past those that cannot be.
fn links(stage: &Stage<'_>) -> Result<()> {
    let folder = stage.path("downloads");
    std::fs::create_dir_all(&folder)?;
    let mut list = String::new();
    for number in 1..=5 {
        let id = stage.seed(&format!("file-{number}.txt"), &format!("content {number}"))?;
        list += &format!("https://k2s.cc/file/{id}/file-{number}.txt\n");
    }
    let good = stage.path("good.txt");
    write(&good, &list)?;
    let mixed = stage.path("mixed.txt");
    write(&mixed, &format!("{list}\nhttps://k2s.cc/file/a1b2c3d4e5f60\nhttps://example.com/movie.mp4\n"))?;
    let first = stage.run(Example::Links, true, &[&mixed, &folder], "")?;
    first.has("failed https://k2s.cc/file/a1b2c3d4e5f60: not_found: *")?;
    first.has("skipped https://example.com/movie.mp4: not the link of a file")?;
    ensure!(first.count("saved https://k2s.cc/file/* as *.txt") == 5, "not all were saved: {:#?}", first.lines);
    first.check(false, "5 of 7 links downloaded")?;
    for number in 1..=5 {
        ensure!(read(&folder.join(format!("file-{number}.txt")))? == format!("content {number}"), "other content");
    }
    let again = stage.run(Example::Links, true, &[&good, &folder], "")?;
    ensure!(again.count("failed *: already_exists: *") == 5, "something was overwritten: {:#?}", again.lines);
    again.check(false, "0 of 5 links downloaded")?;
    std::fs::remove_dir_all(&folder)?;
    std::fs::create_dir_all(&folder)?;
    stage.run(Example::Links, true, &[&good, &folder], "")?.check(true, "5 of 5 links downloaded")
}

/// A person is asked until the answer is right; who gives up gets nothing.
fn captcha(stage: &Stage<'_>) -> Result<()> {
    let folder = stage.path("free");
    std::fs::create_dir_all(&folder)?;
    let quick = json!({"service": "keep2share", "captcha_answer": "kept7", "free_wait_s": 0, "free_margin_s": 0});
    stage.world.order("settings", &quick)?;
    let link = PathBuf::from(format!("https://k2s.cc/file/{}", stage.seed("free.txt", "for everybody")?));
    let ended = stage.run(Example::Captcha, false, &[&link, &folder], "wrong\nkept7\n")?;
    let asked = ended.count("What does the picture in * show?");
    ensure!(asked == 2, "it asked {asked} times, not twice: {:#?}", ended.lines);
    let target = folder.join("free.txt");
    ended.check(true, &format!("saved {}", target.display()))?;
    ensure!(read(&target)? == "for everybody", "other content");
    std::fs::remove_file(&target)?;
    let given_up = stage.run(Example::Captcha, false, &[&link, &folder], "")?;
    ensure!(!given_up.succeeded && !target.exists(), "nobody answered, and it went on: {:#?}", given_up.lines);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(fits("saved a as b", "saved * as *"));
        assert!(fits("saved", "saved"));
        assert!(fits("saved x", "saved *"));
        assert!(!fits("saved a", "saved * as *"));
        assert!(!fits("saved a as b more", "saved * as b"));
        assert!(!fits("saved", "save"));
    }
}
