//! Archives in the ZIP format, without compression.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio_util::io::ReaderStream;

use crate::server::answer::ByteStream;
use crate::world::blobs::{Blob, Blobs};

/// Version 2.0, and names in UTF-8.
const VERSION: u16 = 20;
const UTF8_NAMES: u16 = 1 << 11;
/// The first day that the format knows: equal contents make equal archives.
const DATE: u16 = 0x21;

/// Packs contents under their paths.
pub async fn pack(blobs: &Blobs, contents: Vec<(String, Arc<Blob>)>) -> io::Result<Arc<Blob>> {
    let (mut parts, mut directory) = (Vec::new(), Vec::new());
    let mut offset = 0_u32;
    let count = u16::try_from(contents.len()).map_err(io::Error::other)?;
    for (path, blob) in contents {
        let size = u32::try_from(blob.size).map_err(io::Error::other)?;
        let entry = Entry { path: path.into_bytes(), crc: crc_of(&blob).await?, size };
        let head = entry.head();
        directory.extend(entry.in_directory(offset));
        let length = u32::try_from(head.len()).map_err(io::Error::other)?;
        offset = offset.checked_add(length).and_then(|sum| sum.checked_add(size)).ok_or_else(too_large)?;
        parts.push(Part::Bytes(head.into()));
        parts.push(Part::Content(blob));
    }
    let end = end_of_directory(count, u32::try_from(directory.len()).map_err(io::Error::other)?, offset);
    parts.push(Part::Bytes([directory, end].concat().into()));
    let pieces = stream::iter(parts).then(Part::into_pieces).try_flatten();
    blobs.store(pieces.boxed()).await
}

fn too_large() -> io::Error {
    io::Error::other("the archive is too large")
}

/// A part of an archive on its way to disk.
enum Part {
    Bytes(Bytes),
    Content(Arc<Blob>),
}

impl Part {
    async fn into_pieces(self) -> io::Result<ByteStream> {
        Ok(match self {
            Self::Bytes(bytes) => stream::iter([Ok(bytes)]).boxed(),
            Self::Content(blob) => ReaderStream::new(blob.open().await?).boxed(),
        })
    }
}

/// One file of an archive.
struct Entry {
    path: Vec<u8>,
    crc: u32,
    size: u32,
}

impl Entry {
    /// What a file's head and its entry in the directory share.
    fn common(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for number in [VERSION, UTF8_NAMES, 0, 0, DATE] {
            bytes.extend(number.to_le_bytes());
        }
        for number in [self.crc, self.size, self.size] {
            bytes.extend(number.to_le_bytes());
        }
        // Paths of items are far shorter.
        bytes.extend(u16::try_from(self.path.len()).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }

    fn head(&self) -> Vec<u8> {
        [b"PK\x03\x04".as_slice(), &self.common(), &self.path].concat()
    }

    fn in_directory(&self, offset: u32) -> Vec<u8> {
        // No comment, the first disk, no attributes.
        let rest = [0_u8; 10];
        let mark = [b"PK\x01\x02".as_slice(), &VERSION.to_le_bytes()].concat();
        [mark.as_slice(), &self.common(), &rest, &offset.to_le_bytes(), &self.path].concat()
    }
}

fn end_of_directory(count: u16, length: u32, offset: u32) -> Vec<u8> {
    let (count, length, offset) = (count.to_le_bytes(), length.to_le_bytes(), offset.to_le_bytes());
    [b"PK\x05\x06".as_slice(), &[0; 4], &count, &count, &length, &offset, &[0; 2]].concat()
}

async fn crc_of(blob: &Blob) -> io::Result<u32> {
    let mut pieces = ReaderStream::new(blob.open().await?);
    let mut crc = u32::MAX;
    while let Some(piece) = pieces.next().await {
        crc = crc_with(crc, &piece?);
    }
    Ok(!crc)
}

fn crc_with(crc: u32, bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = crc_table();
    bytes.iter().fold(crc, |crc, byte| {
        let place = (crc ^ u32::from(*byte)) & 0xFF;
        (crc >> 8) ^ TABLE[place as usize]
    })
}

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut number = 0_u32;
    while number < 256 {
        let (mut crc, mut bit) = (number, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[number as usize] = crc;
        number += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_sums() {
        assert_eq!(!crc_with(u32::MAX, b"123456789"), 0xCBF4_3926);
        assert_eq!(!crc_with(u32::MAX, b""), 0);
    }

    #[test]
    fn lengths_of_records() {
        let entry = Entry { path: b"a.txt".to_vec(), crc: 1, size: 2 };
        assert_eq!((entry.head().len(), entry.in_directory(0).len()), (30 + 5, 46 + 5));
        assert_eq!(end_of_directory(1, 2, 3).len(), 22);
    }
}
