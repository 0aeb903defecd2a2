//! The tape: an answer, already checked and typed, in a form that every language reads fast.
//!
//! Private to one build of the library: never stored, never sent; [`FINGERPRINT`](super::FINGERPRINT) guards that both
//! sides of a border agree. All numbers are little-endian and unaligned. The first four bytes are the offset of the
//! root; an offset of 0 means absent or null. A value at an offset is, by its type:
//!
//! | type | bytes |
//! | --- | --- |
//! | bool | 1 byte, 0 or 1 |
//! | int, big int | i64 |
//! | number | f64 |
//! | instant | i64 microseconds since 1970 |
//! | text, id, enum, decimal, local time, json | u32 length, UTF-8 (a local time is `YYYY-MM-DDTHH:MM:SS[.ffffff]`) |
//! | list, tuple | u32 count, then an offset (u32) an item |
//! | map | u32 count, then two offsets (key text, value) an entry |
//! | union | u32 index of the variant, offset of its value |
//! | model | offset of the unknown members (JSON text of an object), then an offset a field, in the table's order |
//!
//! Odd forms leave no trace: `list_or_one` is a list, `string_or_object` a model.

use std::fmt;

/// An answer in typed form.
#[derive(Clone, PartialEq, Eq)]
pub struct Tape(Vec<u8>);

/// Writes a tape. Containers are written after what they hold, so one pass over an answer is enough.
#[derive(Debug)]
pub(crate) struct Writer(Vec<u8>);

/// The tape passed 4 GiB, which its offsets cannot hold.
#[derive(Debug)]
pub(crate) struct TapeFull;

impl Writer {
    pub(crate) fn new() -> Self {
        Self(vec![0; 4])
    }

    /// Where the next value begins.
    fn here(&self) -> Result<u32, TapeFull> {
        u32::try_from(self.0.len()).map_err(|_| TapeFull)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<u32, TapeFull> {
        let at = self.here()?;
        self.0.extend_from_slice(bytes);
        Ok(at)
    }

    pub(crate) fn bool(&mut self, value: bool) -> Result<u32, TapeFull> {
        self.put(&[u8::from(value)])
    }

    pub(crate) fn int(&mut self, value: i64) -> Result<u32, TapeFull> {
        self.put(&value.to_le_bytes())
    }

    pub(crate) fn number(&mut self, value: f64) -> Result<u32, TapeFull> {
        self.put(&value.to_le_bytes())
    }

    pub(crate) fn text(&mut self, value: &str) -> Result<u32, TapeFull> {
        let length = u32::try_from(value.len()).map_err(|_| TapeFull)?;
        let at = self.put(&length.to_le_bytes())?;
        self.put(value.as_bytes())?;
        Ok(at)
    }

    pub(crate) fn list(&mut self, items: &[u32]) -> Result<u32, TapeFull> {
        let count = u32::try_from(items.len()).map_err(|_| TapeFull)?;
        let at = self.put(&count.to_le_bytes())?;
        self.offsets(items)?;
        Ok(at)
    }

    pub(crate) fn map(&mut self, entries: &[(u32, u32)]) -> Result<u32, TapeFull> {
        let count = u32::try_from(entries.len()).map_err(|_| TapeFull)?;
        let at = self.put(&count.to_le_bytes())?;
        for (key, value) in entries {
            self.offsets(&[*key, *value])?;
        }
        Ok(at)
    }

    pub(crate) fn union(&mut self, variant: u32, value: u32) -> Result<u32, TapeFull> {
        let at = self.put(&variant.to_le_bytes())?;
        self.offsets(&[value])?;
        Ok(at)
    }

    pub(crate) fn record(&mut self, extra: u32, fields: &[u32]) -> Result<u32, TapeFull> {
        let at = self.here()?;
        self.offsets(&[extra])?;
        self.offsets(fields)?;
        Ok(at)
    }

    fn offsets(&mut self, offsets: &[u32]) -> Result<(), TapeFull> {
        for offset in offsets {
            self.put(&offset.to_le_bytes())?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self, root: u32) -> Tape {
        self.0[..4].copy_from_slice(&root.to_le_bytes());
        Tape(self.0)
    }
}

impl Tape {
    /// A reader of it.
    pub fn reader(&self) -> Reader<'_> {
        Reader(&self.0)
    }

    /// A tape that a language hands back: the bytes that [`into_bytes`](Self::into_bytes) gave, unchanged.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// A list without items.
    pub(crate) fn empty_list() -> Self {
        let mut writer = Writer::new();
        let root = writer.list(&[]).unwrap_or_else(|TapeFull| unreachable!("eight bytes"));
        writer.finish(root)
    }

    /// The same tape seen from another of its values.
    pub(crate) fn with_root(mut self, root: u32) -> Self {
        self.0[..4].copy_from_slice(&root.to_le_bytes());
        self
    }

    /// The bytes, for a language that reads them itself.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The bytes, for a language that reads them itself.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Tape {
    /// Its size only: what it holds may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tape({} bytes)", self.0.len())
    }
}

/// Reads values off a tape. Offsets come from the tape itself and are trusted: it never leaves the process that wrote it.
#[derive(Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(self, at: u32) -> [u8; N] {
        let at = at as usize;
        self.0[at..at + N].try_into().unwrap_or_else(|_| unreachable!("a slice of {N} bytes"))
    }

    fn u32(self, at: u32) -> u32 {
        u32::from_le_bytes(self.array(at))
    }

    /// Offset of the root; 0 when the answer was null.
    pub fn root(self) -> u32 {
        self.u32(0)
    }

    /// A truth value.
    pub fn bool(self, at: u32) -> bool {
        self.0[at as usize] != 0
    }

    /// A whole number, or the microseconds of an instant.
    pub fn int(self, at: u32) -> i64 {
        i64::from_le_bytes(self.array(at))
    }

    /// A floating number.
    pub fn number(self, at: u32) -> f64 {
        f64::from_le_bytes(self.array(at))
    }

    /// A text of any sort.
    pub fn text(self, at: u32) -> &'a str {
        let from = at as usize + 4;
        let bytes = &self.0[from..from + self.u32(at) as usize];
        std::str::from_utf8(bytes).unwrap_or_else(|error| unreachable!("the writer takes text only: {error}"))
    }

    /// The offsets of a list's or tuple's items.
    pub fn list(self, at: u32) -> impl ExactSizeIterator<Item = u32> + 'a {
        let count = self.u32(at);
        (0..count).map(move |index| self.u32(at + 4 + index * 4))
    }

    /// The entries of a map: key and offset of the value.
    pub fn map(self, at: u32) -> impl ExactSizeIterator<Item = (&'a str, u32)> + 'a {
        let count = self.u32(at);
        (0..count).map(move |index| (self.text(self.u32(at + 4 + index * 8)), self.u32(at + 8 + index * 8)))
    }

    /// A union: index of the variant and offset of its value.
    pub fn union(self, at: u32) -> (u32, u32) {
        (self.u32(at), self.u32(at + 4))
    }

    /// A model.
    pub fn record(self, at: u32) -> Record<'a> {
        Record { reader: self, at }
    }
}

/// A model on a tape.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    reader: Reader<'a>,
    at: u32,
}

impl<'a> Record<'a> {
    /// Offset of the field with this number; 0 when it is absent or null.
    pub fn field(self, number: usize) -> u32 {
        let number = u32::try_from(number).unwrap_or_else(|_| unreachable!("a model has fewer fields"));
        self.reader.u32(self.at + 4 + number * 4)
    }

    /// The unknown members as the JSON text of an object.
    pub fn extra(self) -> Option<&'a str> {
        match self.reader.u32(self.at) {
            0 => None,
            at => Some(self.reader.text(at)),
        }
    }
}
