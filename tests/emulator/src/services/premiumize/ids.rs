//! Ids of items and transfers.

use crate::world::dice::Dice;

/// Characters that need no escaping in an address.
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub fn new_id(dice: &Dice) -> String {
    dice.pick(ALPHABET, 22)
}

/// Whether a text could be an id at all.
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| ALPHABET.contains(&byte))
}
