//! Hashes of a source, block by block: off the async threads, stopped between two blocks when the call is dropped, with
//! one block in memory.

use std::sync::{Arc, Mutex, PoisonError};

use md5::{Digest, Md5};
use sha1::Sha1;

use crate::border::Error;
use crate::transfer::progress::Meter;
use crate::transfer::source::{Opened, off_thread};

const BLOCK: usize = 1 << 20;

/// The SHA-1 of the first bytes of a source, of all where there are fewer.
pub(crate) async fn sha1_of_start(source: &Opened, bytes: u64, meter: &Meter) -> Result<String, Error> {
    hashed::<Sha1>(source, bytes, meter).await
}

/// The MD5 of a whole source.
pub(crate) async fn md5_of(source: &Opened, meter: &Meter) -> Result<String, Error> {
    hashed::<Md5>(source, u64::MAX, meter).await
}

/// The MD5 of what passes by, taken on the way.
#[derive(Clone, Default)]
pub(crate) struct Passing(Arc<Mutex<Md5>>);

impl Passing {
    pub(crate) fn update(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
    }

    /// In hex, of all that has passed so far.
    pub(crate) fn hex(&self) -> String {
        hex(&self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().finalize())
    }
}

/// Lower-case digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn hashed<Hash: Digest + Send + 'static>(source: &Opened, limit: u64, meter: &Meter) -> Result<String, Error> {
    let end = source.length().min(limit);
    let mut hash = Hash::new();
    let mut at = 0;
    meter.hashing(0);
    while at < end {
        let size = usize::try_from(end - at).map_or(BLOCK, |left| left.min(BLOCK));
        let block = source.block(at, size)?;
        let read;
        (hash, read) = off_thread(move || {
            let bytes = block.read()?;
            hash.update(&bytes);
            Ok::<_, Error>((hash, bytes.len() as u64))
        })
        .await??;
        at += read;
        meter.hashing(at);
    }
    source.still_the_same().await?;
    meter.hashed();
    Ok(hex(&hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::border::Source;

    #[tokio::test]
    async fn hashes_across_blocks_and_only_what_is_asked() {
        let meter = Meter::new(None, None);
        for length in [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 17] {
            let content: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("source.bin");
            std::fs::write(&path, &content).expect("a file");
            for source in [Source::Path(path), Source::Bytes(content.clone().into())] {
                let source = Opened::open(source).await.expect("a source");
                assert_eq!(md5_of(&source, &meter).await.expect("a hash"), hex(&Md5::digest(&content)));
                let start = &content[..length.min(BLOCK + 5)];
                let sha1 = sha1_of_start(&source, BLOCK as u64 + 5, &meter).await.expect("a hash");
                assert_eq!(sha1, hex(&Sha1::digest(start)));
            }
        }
    }
}
