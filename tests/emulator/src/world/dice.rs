//! Random names and tokens, the same for the same seed.

use std::sync::Mutex;

use crate::lock::LockExt;

/// The only source of chance in a world.
#[derive(Debug)]
pub struct Dice(Mutex<fastrand::Rng>);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }

    /// `length` hex digits, the first of them not zero.
    pub fn hex(&self, length: usize) -> String {
        let mut random = self.0.hold();
        (0..length).map(|place| hex_digit(random.u32(u32::from(place == 0)..16))).collect()
    }

    /// `length` lowercase letters and digits.
    pub fn token(&self, length: usize) -> String {
        self.pick(b"abcdefghijklmnopqrstuvwxyz0123456789", length)
    }

    /// `length` characters out of `alphabet`.
    pub fn pick(&self, alphabet: &[u8], length: usize) -> String {
        let mut random = self.0.hold();
        (0..length).map(|_| char::from(alphabet[random.usize(0..alphabet.len())])).collect()
    }

    pub fn below(&self, bound: u64) -> u64 {
        self.0.hold().u64(0..bound)
    }
}

fn hex_digit(value: u32) -> char {
    char::from_digit(value, 16).unwrap_or('0')
}
