//! Real bytes on disk.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use md5::{Digest, Md5};
use sha1::Sha1;
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::lock::LockExt;
use crate::text::hex;

/// How many bytes the hash of the start covers.
const START: usize = 5 * 1024 * 1024;

/// Stored bytes. They leave the disk with the last file or download that holds on to them.
#[derive(Debug)]
pub struct Blob {
    path: TempPath,
    pub md5: String,
    /// Of the first 5 MiB, or of all where there are fewer.
    pub sha1_of_start: String,
    pub size: u64,
}

impl Blob {
    pub async fn open(&self) -> io::Result<File> {
        File::open(&self.path).await
    }
}

/// The folder of a world's contents.
#[derive(Debug)]
pub struct Blobs {
    folder: PathBuf,
    /// What is stored, by its hashes and size: equal bytes are kept once.
    stored: Mutex<HashMap<(String, String, u64), Weak<Blob>>>,
}

impl Blobs {
    pub fn new(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder, stored: Mutex::default() })
    }

    /// Stores a stream while it arrives, in bounded memory. Nothing stays when the stream breaks.
    pub async fn store<S, E>(&self, mut bytes: S) -> Result<Arc<Blob>, E>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: From<io::Error>,
    {
        let draft = tempfile::Builder::new().prefix("bytes-").tempfile_in(&self.folder).map_err(E::from)?;
        let (file, path) = draft.into_parts();
        let mut file = File::from_std(file);
        let (mut whole, mut start) = (Md5::new(), Sha1::new());
        let (mut size, mut start_left) = (0, START);
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk?;
            whole.update(&chunk);
            let within = chunk.len().min(start_left);
            start.update(&chunk[..within]);
            start_left -= within;
            size += chunk.len() as u64;
            file.write_all(&chunk).await.map_err(E::from)?;
        }
        file.flush().await.map_err(E::from)?;
        let (md5, sha1_of_start) = (hex(&whole.finalize()), hex(&start.finalize()));
        Ok(self.keep(Blob { path, md5, sha1_of_start, size }))
    }

    /// The bytes that are stored already where there are such; then the new ones leave the disk again.
    fn keep(&self, blob: Blob) -> Arc<Blob> {
        let mut stored = self.stored.hold();
        stored.retain(|_, blob| blob.strong_count() > 0);
        let content = stored.entry((blob.md5.clone(), blob.sha1_of_start.clone(), blob.size)).or_default();
        if let Some(known) = content.upgrade() {
            return known;
        }
        let blob = Arc::new(blob);
        *content = Arc::downgrade(&blob);
        blob
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
