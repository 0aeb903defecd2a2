//! The file that a download grows in, beside its place, until it is whole.

use std::io;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use tokio::fs::{self, File};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use crate::border::{Destination, Error, Kind};

/// Where a download shall end up.
pub(crate) struct Place {
    path: PathBuf,
    overwrite: bool,
    /// The path is a folder: the name is still to come from the server.
    wants_name: bool,
}

impl Place {
    /// Looks at the destination before anything is sent.
    pub(crate) async fn look(to: &Destination) -> Result<Self, Error> {
        let Destination::File { path, overwrite } = to;
        let shown = path.display();
        let place = Self { path: path.clone(), overwrite: *overwrite, wants_name: false };
        match fs::metadata(path).await {
            Ok(metadata) if metadata.is_dir() => {
                return Ok(Self { wants_name: true, ..place });
            }
            Ok(_) if !overwrite => {
                return Err(Error::new(Kind::AlreadyExists, format!("{shown} is there already")));
            }
            Ok(metadata) if !metadata.is_file() => {
                return Err(Error::invalid_argument(format!("{shown} is not a file, so it is not replaced")));
            }
            Ok(_) => {}
            // A link that leads nowhere is there, too.
            Err(_) if !overwrite && fs::symlink_metadata(path).await.is_ok() => {
                return Err(Error::new(Kind::AlreadyExists, format!("{shown} is there already")));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(shown, &error)),
        }
        if path.file_name().is_none() {
            return Err(Error::invalid_argument(format!("{shown} is no path of a file")));
        }
        let folder = folder_of(path);
        match fs::metadata(&folder).await {
            Ok(metadata) if metadata.is_dir() => Ok(place),
            Ok(_) => Err(Error::new(Kind::Io, format!("{} is not a folder", folder.display()))),
            Err(error) => Err(Error::io(folder.display(), &error)),
        }
    }

    /// Settles the name where the destination is a folder. Neither a server's name nor an id, which a server chose as
    /// well, is trusted as a path.
    pub(crate) async fn name(&mut self, from_server: Option<&str>, fallback: &str) -> Result<(), Error> {
        if !std::mem::take(&mut self.wants_name) {
            return Ok(());
        }
        let clean = from_server.and_then(clean_name).or_else(|| clean_name(fallback));
        self.path.push(clean.as_deref().unwrap_or("download"));
        let shown = self.path.display();
        if !self.overwrite && fs::try_exists(&self.path).await.map_err(|error| Error::io(shown, &error))? {
            return Err(Error::new(Kind::AlreadyExists, format!("{} is there already", self.path.display())));
        }
        Ok(())
    }

    /// Makes the part file. Where `hashed`, the MD5 of what comes is taken on the way.
    pub(crate) async fn begin(&self, hashed: bool) -> Result<PartFile, Error> {
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // A name of its own, so that two downloads to one place do not write into each other.
        let mut short = name;
        while short.len() > 180 {
            short.pop();
        }
        let part = folder_of(&self.path).join(format!(".{short}.{:08x}.part", fastrand::u32(..)));
        // Opened without a pause: a download that is dropped in between would leave the file to nobody.
        let file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&part)
            .map_err(|error| Error::io(self.path.display(), &error))?;
        Ok(PartFile {
            file: File::from_std(file),
            part: Leftover(Some(part)),
            path: self.path.clone(),
            overwrite: self.overwrite,
            written: 0,
            md5: hashed.then(Md5::new),
        })
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The last part of a server's file name, without what could leave the folder or trouble a system.
pub(crate) fn clean_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String =
        last.chars().filter(|c| !c.is_control() && !matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|')).collect();
    let clean = shortened(clean.trim().trim_end_matches('.'));
    (!clean.is_empty() && clean != "." && clean != "..").then_some(clean)
}

/// A name that file systems take (255 bytes), its extension kept.
fn shortened(name: &str) -> String {
    const LIMIT: usize = 240;
    if name.len() <= LIMIT {
        return name.to_owned();
    }
    let extension = name.rfind('.').map(|at| &name[at..]).filter(|extension| extension.len() <= 20).unwrap_or_default();
    let end = (0..=LIMIT - extension.len()).rev().find(|&end| name.is_char_boundary(end)).unwrap_or_default();
    format!("{}{extension}", &name[..end])
}

/// Removes the part file unless it was renamed, also when the download's future is dropped.
struct Leftover(Option<PathBuf>);

impl Drop for Leftover {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // Nobody waits for a drop, so a failure has nobody to go to; the name tells what the file is.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A file that is not whole yet.
pub(crate) struct PartFile {
    file: File,
    part: Leftover,
    path: PathBuf,
    overwrite: bool,
    written: u64,
    md5: Option<Md5>,
}

impl PartFile {
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    pub(crate) async fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.file.write_all(chunk).await.map_err(|error| Error::io(self.path.display(), &error))?;
        self.written += chunk.len() as u64;
        if let Some(md5) = &mut self.md5 {
            md5.update(chunk);
        }
        Ok(())
    }

    /// Starts over: the server does not go on where we stopped.
    pub(crate) async fn restart(&mut self, hashed: bool) -> Result<(), Error> {
        let shown = self.path.display();
        self.file.set_len(0).await.map_err(|error| Error::io(shown, &error))?;
        self.file.rewind().await.map_err(|error| Error::io(self.path.display(), &error))?;
        self.written = 0;
        self.md5 = hashed.then(Md5::new);
        Ok(())
    }

    /// The MD5 of everything written, in hex, where it was wanted.
    pub(crate) fn md5(&self) -> Option<String> {
        let digest = self.md5.clone()?.finalize();
        Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Puts the whole file in its place.
    pub(crate) async fn finish(mut self) -> Result<PathBuf, Error> {
        let failed = |error: io::Error| Error::io(self.path.display(), &error);
        self.file.flush().await.map_err(failed)?;
        self.file.sync_all().await.map_err(failed)?;
        let Some(part) = self.part.0.as_ref() else {
            return Err(Error::internal("a part file without a path"));
        };
        if self.overwrite {
            fs::rename(part, &self.path).await.map_err(failed)?;
            self.part.0 = None;
            return Ok(self.path);
        }
        // A link fails where a file has come up meanwhile; a rename would replace it.
        match fs::hard_link(part, &self.path).await {
            Ok(()) => Ok(self.path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::new(Kind::AlreadyExists, format!("{} is there already", self.path.display())))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(failed(error)),
            // Some file systems know no links, and say so in many ways.
            Err(_) => {
                if fs::try_exists(&self.path).await.map_err(failed)? {
                    return Err(Error::new(Kind::AlreadyExists, format!("{} is there already", self.path.display())));
                }
                fs::rename(part, &self.path).await.map_err(failed)?;
                self.part.0 = None;
                Ok(self.path)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_name_leads_out_of_the_folder() {
        let folder = std::env::temp_dir();
        for (from_server, id) in [(Some(".."), "../evil"), (None, "/etc/evil"), (Some("/"), ".."), (Some(".."), "/")] {
            let to = Destination::File { path: folder.clone(), overwrite: true };
            let mut place = Place::look(&to).await.expect("a folder");
            place.name(from_server, id).await.expect("a name");
            assert_eq!(place.path.parent(), Some(folder.as_path()), "{from_server:?} {id}");
            assert!(place.path.file_name().is_some_and(|name| name == "evil" || name == "download"));
        }
    }

    #[test]
    fn cleans_names() {
        for (name, clean) in [
            ("movie.mp4", Some("movie.mp4")),
            ("../../etc/passwd", Some("passwd")),
            ("a\\b.txt", Some("b.txt")),
            ("..", None),
            ("ends. ", Some("ends")),
            ("con:trol\n*?.bin", Some("control.bin")),
            ("/", None),
            ("日本 🎬.mkv", Some("日本 🎬.mkv")),
        ] {
            assert_eq!(clean_name(name).as_deref(), clean, "{name}");
        }
        let long = clean_name(&format!("{}.mkv", "я".repeat(200))).expect("a name");
        assert!(long.len() <= 240 && long.ends_with("я.mkv"), "{long}");
    }
}
