//! Bytes made from a seed: large bodies and files that nobody has to keep.

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// How much one piece of a stream holds.
const PIECE: u64 = 64 * 1024;

/// A run of bytes that is fully given by its seed, its beginning and its length.
///
/// Any part can be made without what lies before it, so that a ranged answer costs as little as a whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeded {
    /// Chooses the bytes.
    pub seed: u64,
    /// The first byte's place in the endless run of this seed.
    pub from: u64,
    /// How many bytes.
    pub length: u64,
    /// The run begins with the bytes by which a PNG is known, where somebody looks at them.
    pub png: bool,
}

/// What every PNG begins with.
const PNG: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

impl Seeded {
    /// The first `length` bytes of a seed.
    pub fn new(seed: u64, length: u64) -> Self {
        Self { seed, from: 0, length, png: false }
    }

    /// The pieces in order, each at most 64 KiB.
    pub fn pieces(self) -> impl Iterator<Item = Bytes> + Send {
        let end = self.from + self.length;
        let mut at = self.from;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let upto = end.min(at + PIECE);
            let piece = bytes_between(self.seed, at, upto, self.png);
            at = upto;
            Some(piece)
        })
    }

    /// The SHA-256 of all bytes, in hex.
    pub fn sha256(self) -> String {
        let mut hash = Sha256::new();
        for piece in self.pieces() {
            hash.update(&piece);
        }
        hex(&hash.finalize())
    }
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes_between(seed: u64, from: u64, upto: u64, png: bool) -> Bytes {
    let mut out = Vec::with_capacity((upto - from) as usize + 16);
    let first_word = from / 8;
    let last_word = upto.div_ceil(8);
    for word in first_word..last_word {
        let word = if png && word == 0 { PNG } else { scramble(seed, word).to_le_bytes() };
        out.extend_from_slice(&word);
    }
    let skip = (from - first_word * 8) as usize;
    Bytes::from(out).slice(skip..skip + (upto - from) as usize)
}

/// The word at one place of a seed's run (SplitMix64, which needs no state before it).
fn scramble(seed: u64, word: u64) -> u64 {
    let mut z = seed.wrapping_add((word + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(seeded: Seeded) -> Vec<u8> {
        seeded.pieces().flat_map(|piece| piece.to_vec()).collect()
    }

    #[test]
    fn a_part_equals_the_same_place_of_the_whole() {
        let whole = all(Seeded::new(7, 200_000));
        let part = all(Seeded { from: 65_531, ..Seeded::new(7, 70_001) });
        assert_eq!(part, whole[65_531..65_531 + 70_001]);
    }

    #[test]
    fn a_picture_is_known_by_its_first_bytes() {
        let picture = all(Seeded { png: true, ..Seeded::new(7, 20) });
        assert_eq!(picture[..8], PNG);
        assert_eq!(picture[8..], all(Seeded::new(7, 20))[8..]);
    }

    #[test]
    fn seeds_differ_and_lengths_are_exact() {
        assert_ne!(all(Seeded::new(1, 9)), all(Seeded::new(2, 9)));
        assert_eq!(all(Seeded::new(1, 9)).len(), 9);
        assert_eq!(Seeded::new(3, 0).sha256(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
