//! Real bytes on disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use md5::{Digest, Md5};
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::text::hex;

/// Stored bytes. They leave the disk with the last file or download that holds on to them.
#[derive(Debug)]
pub struct Blob {
    path: TempPath,
    pub md5: String,
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
}

impl Blobs {
    pub fn new(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
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
        let mut hash = Md5::new();
        let mut size = 0;
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk?;
            hash.update(&chunk);
            size += chunk.len() as u64;
            file.write_all(&chunk).await.map_err(E::from)?;
        }
        file.flush().await.map_err(E::from)?;
        Ok(Arc::new(Blob { path, md5: hex(&hash.finalize()), size }))
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
