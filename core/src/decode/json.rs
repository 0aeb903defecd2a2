//! A pull parser over JSON text: strict about structure, lenient about characters.
//!
//! Servers cut answers short, glue two of them together and escape half a character. What has no clear meaning ends the
//! reading; what has one (a byte order mark, a lone surrogate, a raw control character in a text) does not.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use indexmap::IndexMap;
use serde_json::Value;

/// How deep lists and objects may nest: the parsers of some languages give up not far above.
pub(crate) const MAX_DEPTH: u32 = 128;

/// Why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub(crate) message: &'static str,
    /// Where it stopped making sense, in bytes from the beginning.
    pub(crate) at_byte: usize,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.message, self.at_byte)
    }
}

impl std::error::Error for JsonError {}

/// A value without members or items. Numbers keep their digits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Text(Cow<'a, str>),
}

impl Token<'_> {
    /// What it is, for a person. Never its content, which may be secret.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Token::Null => "null",
            Token::Bool(_) => "a truth value",
            Token::Number(_) => "a number",
            Token::Text(_) => "a text",
        }
    }
}

/// What the next value is, seen from its first character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Null,
    Bool,
    Number,
    Text,
    List,
    Object,
}

impl Next {
    /// What it is, for a person.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Next::Null => "null",
            Next::Bool => "a truth value",
            Next::Number => "a number",
            Next::Text => "a text",
            Next::List => "a list",
            Next::Object => "an object",
        }
    }
}

/// The text of a body: invalid UTF-8 becomes U+FFFD.
pub(crate) fn text(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body)
}

/// The first value of a body. Digits that no number of [`Value`] holds become a text.
pub(crate) fn value(body: &[u8]) -> Result<Value, JsonError> {
    Scanner::new(&text(body)).value()
}

/// Appends `text` as a JSON text.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Walks over a JSON text, one value at a time.
///
/// A container is entered with [`open_list`](Self::open_list) or [`open_object`](Self::open_object) and left by calling
/// [`next_item`](Self::next_item) or [`next_key`](Self::next_key) until it says that there are no more. Cloning marks a
/// place to come back to.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    max_depth: u32,
    /// A container was just entered: no comma is due before its first member.
    fresh: bool,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, depth: 0, max_depth: MAX_DEPTH, fresh: false }
    }

    /// A scanner of our own plain form, which nests a little deeper than the answer it was made from.
    pub(crate) fn of_plain(text: &'a str) -> Self {
        Self { max_depth: 4 * MAX_DEPTH, ..Self::new(text) }
    }

    /// A scanner of a value that was passed before.
    pub(crate) fn of_span(&self, span: Range<usize>) -> Self {
        Self { text: &self.text[span], at: 0, depth: 0, max_depth: self.max_depth, fresh: false }
    }

    fn error<T>(&self, message: &'static str) -> Result<T, JsonError> {
        Err(JsonError { message, at_byte: self.at })
    }

    /// The next byte, blanks passed over.
    fn byte(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Whether nothing but blanks is left.
    pub(crate) fn is_blank(&mut self) -> bool {
        self.byte().is_none()
    }

    /// What the next value is.
    pub(crate) fn peek(&mut self) -> Result<Next, JsonError> {
        match self.byte() {
            Some(b'n') => Ok(Next::Null),
            Some(b't' | b'f') => Ok(Next::Bool),
            Some(b'-' | b'0'..=b'9') => Ok(Next::Number),
            Some(b'"') => Ok(Next::Text),
            Some(b'[') => Ok(Next::List),
            Some(b'{') => Ok(Next::Object),
            Some(_) => self.error("expected a value"),
            None => self.error("the text ends too early"),
        }
    }

    /// The next value if it is a scalar; `None` leaves a list or object untouched.
    pub(crate) fn scalar(&mut self) -> Result<Option<Token<'a>>, JsonError> {
        let token = match self.peek()? {
            Next::Null => self.word("null", Token::Null)?,
            Next::Bool if self.byte() == Some(b't') => self.word("true", Token::Bool(true))?,
            Next::Bool => self.word("false", Token::Bool(false))?,
            Next::Number => Token::Number(self.number()?),
            Next::Text => Token::Text(self.string()?),
            Next::List | Next::Object => return Ok(None),
        };
        Ok(Some(token))
    }

    /// Takes the next value if it is null.
    pub(crate) fn take_null(&mut self) -> Result<bool, JsonError> {
        let is_null = self.peek()? == Next::Null;
        if is_null {
            self.word("null", ())?;
        }
        Ok(is_null)
    }

    pub(crate) fn open_list(&mut self) -> Result<(), JsonError> {
        self.open(b'[')
    }

    pub(crate) fn open_object(&mut self) -> Result<(), JsonError> {
        self.open(b'{')
    }

    fn open(&mut self, bracket: u8) -> Result<(), JsonError> {
        debug_assert_eq!(self.byte(), Some(bracket), "only what was peeked at is opened");
        if self.depth == self.max_depth {
            return self.error("lists and objects nest too deep");
        }
        self.at += 1;
        self.depth += 1;
        self.fresh = true;
        Ok(())
    }

    fn close(&mut self) {
        self.at += 1;
        self.depth -= 1;
        self.fresh = false;
    }

    /// Whether the list has another item, which then is next; leaves the list if not.
    pub(crate) fn next_item(&mut self) -> Result<bool, JsonError> {
        match self.byte() {
            Some(b']') => {
                self.close();
                Ok(false)
            }
            Some(b',') if !self.fresh => {
                self.at += 1;
                // A comma promises an item: without this, `[1,]` would pass.
                self.peek().map(|_| true)
            }
            Some(_) if self.fresh => {
                self.fresh = false;
                Ok(true)
            }
            Some(_) => self.error("expected a comma or the end of the list"),
            None => self.error("the text ends too early"),
        }
    }

    /// The key of the object's next member, whose value then is next; leaves the object if there is none.
    pub(crate) fn next_key(&mut self) -> Result<Option<Cow<'a, str>>, JsonError> {
        match self.byte() {
            Some(b'}') => {
                self.close();
                return Ok(None);
            }
            Some(b',') if !self.fresh => self.at += 1,
            Some(_) if self.fresh => self.fresh = false,
            Some(_) => return self.error("expected a comma or the end of the object"),
            None => return self.error("the text ends too early"),
        }
        match self.byte() {
            Some(b'"') => {}
            Some(_) => return self.error("expected a key"),
            None => return self.error("the text ends too early"),
        }
        let key = self.string()?;
        if self.byte() != Some(b':') {
            return self.error("expected a colon");
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// Passes over the next value and says where it lies.
    pub(crate) fn skip(&mut self) -> Result<Range<usize>, JsonError> {
        let next = self.peek()?;
        let from = self.at;
        match next {
            Next::List => {
                self.open_list()?;
                while self.next_item()? {
                    self.skip()?;
                }
            }
            Next::Object => {
                self.open_object()?;
                while self.next_key()?.is_some() {
                    self.skip()?;
                }
            }
            _ => {
                self.scalar()?;
            }
        }
        Ok(from..self.at)
    }

    /// The byte behind the value that was read last.
    pub(crate) fn position_behind(&self) -> usize {
        self.at
    }

    /// The byte at which the next value begins.
    pub(crate) fn position(&mut self) -> usize {
        self.byte();
        self.at
    }

    /// Appends the next value as compact JSON: digits as they came, of members of one name the last.
    pub(crate) fn copy(&mut self, out: &mut String) -> Result<(), JsonError> {
        match self.peek()? {
            Next::List => {
                self.open_list()?;
                out.push('[');
                let mut is_first = true;
                while self.next_item()? {
                    if !std::mem::take(&mut is_first) {
                        out.push(',');
                    }
                    self.copy(out)?;
                }
                out.push(']');
            }
            Next::Object => self.copy_object(out, |_| true)?,
            _ => match self.scalar()? {
                Some(Token::Number(digits)) => out.push_str(digits),
                Some(Token::Text(text)) => quote(out, &text),
                Some(Token::Bool(truth)) => out.push_str(if truth { "true" } else { "false" }),
                Some(Token::Null) | None => out.push_str("null"),
            },
        }
        Ok(())
    }

    /// As [`copy`](Self::copy), an object only, with the members whose keys are wanted.
    pub(crate) fn copy_object(&mut self, out: &mut String, is_wanted: impl Fn(&str) -> bool) -> Result<(), JsonError> {
        self.open_object()?;
        out.push('{');
        let begin = out.len();
        let mut members: IndexMap<Cow<'a, str>, Range<usize>> = IndexMap::new();
        let mut has_twins = false;
        while let Some(key) = self.next_key()? {
            if !is_wanted(&key) {
                self.skip()?;
                continue;
            }
            if !members.is_empty() {
                out.push(',');
            }
            let from = out.len();
            quote(out, &key);
            out.push(':');
            self.copy(out)?;
            has_twins |= members.insert(key, from..out.len()).is_some();
        }
        if has_twins {
            let last_ones: Vec<&str> = members.values().map(|member| &out[member.clone()]).collect();
            let last_ones = last_ones.join(",");
            out.truncate(begin);
            out.push_str(&last_ones);
        }
        out.push('}');
        Ok(())
    }

    /// The next value as a tree.
    pub(crate) fn value(&mut self) -> Result<Value, JsonError> {
        match self.peek()? {
            Next::List => {
                self.open_list()?;
                let mut items = Vec::new();
                while self.next_item()? {
                    items.push(self.value()?);
                }
                Ok(Value::Array(items))
            }
            Next::Object => {
                self.open_object()?;
                let mut members = serde_json::Map::new();
                while let Some(key) = self.next_key()? {
                    let value = self.value()?;
                    members.insert(key.into_owned(), value);
                }
                Ok(Value::Object(members))
            }
            _ => Ok(match self.scalar()? {
                // Whole numbers and floats of 64 bits: what is beyond them keeps its digits as a text.
                Some(Token::Number(digits)) => {
                    serde_json::from_str(digits).unwrap_or_else(|_| Value::String(digits.to_owned()))
                }
                Some(Token::Text(text)) => Value::String(text.into_owned()),
                Some(Token::Bool(truth)) => Value::Bool(truth),
                Some(Token::Null) | None => Value::Null,
            }),
        }
    }

    fn word<T>(&mut self, word: &str, meaning: T) -> Result<T, JsonError> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return self.error("expected a value");
        }
        self.at += word.len();
        Ok(meaning)
    }

    fn number(&mut self) -> Result<&'a str, JsonError> {
        let length = number_length(&self.text.as_bytes()[self.at..]);
        if length == 0 {
            return self.error("expected digits");
        }
        let digits = &self.text[self.at..self.at + length];
        self.at += length;
        Ok(digits)
    }

    /// A text from its opening to its closing quote; borrowed where nothing in it is escaped.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let mut owned = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(length) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\')) else {
                self.at = self.text.len();
                return self.error("the text ends too early");
            };
            let plain = &rest[..length];
            let is_end = rest.as_bytes()[length] == b'"';
            self.at += length + 1;
            if is_end && owned.is_empty() {
                return Ok(Cow::Borrowed(plain));
            }
            owned.push_str(plain);
            if is_end {
                return Ok(Cow::Owned(owned));
            }
            let character = self.escape()?;
            owned.push(character);
        }
    }

    /// The character of an escape, whose backslash has been passed.
    fn escape(&mut self) -> Result<char, JsonError> {
        let Some(&letter) = self.text.as_bytes().get(self.at) else {
            return self.error("the text ends too early");
        };
        let character = match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return self.error("an unknown escape"),
        };
        self.at += 1;
        Ok(character)
    }

    /// `uXXXX`, or two of them that make one character; half of such a pair is U+FFFD.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let unit = self.hex4()?;
        if let 0xD800..=0xDBFF = unit
            && self.text.as_bytes()[self.at..].starts_with(b"\\u")
        {
            let after_high = self.at;
            self.at += 2;
            let low = self.hex4()?;
            if let 0xDC00..=0xDFFF = low {
                let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            // The second escape stands for itself.
            self.at = after_high;
        }
        Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return self.error("expected four hex digits");
        };
        self.at += 4;
        Ok(digits.iter().fold(0, |code, digit| code * 16 + char::from(*digit).to_digit(16).unwrap_or(0)))
    }
}

/// How many bytes at the beginning are a JSON number; 0 where none begins.
pub(crate) fn number_length(bytes: &[u8]) -> usize {
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let whole = match bytes.get(at) {
        // A leading zero stands alone.
        Some(b'0') => 1,
        _ => digits(at),
    };
    if whole == 0 {
        return 0;
    }
    at += whole;
    if bytes.get(at) == Some(&b'.') && digits(at + 1) > 0 {
        at += 1 + digits(at + 1);
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        if digits(at + 1 + sign) > 0 {
            at += 1 + sign + digits(at + 1 + sign);
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(text: &str) -> Result<String, JsonError> {
        let mut out = String::new();
        Scanner::new(text).copy(&mut out).map(|()| out)
    }

    #[test]
    fn copies_compactly_and_keeps_digits() {
        let text = "\u{feff} { \"a\" : [ 1 , 2.50 , 12345678901234567890123 , -0 , 1e400 ] , \"b\\/\" : \"\\u0041\\n\\u0001\" } tail";
        assert_eq!(normalised(text).unwrap(), r#"{"a":[1,2.50,12345678901234567890123,-0,1e400],"b/":"A\n\u0001"}"#);
        assert_eq!(normalised("[]").unwrap(), "[]");
        assert_eq!(normalised("{}{}").unwrap(), "{}");
    }

    #[test]
    fn the_last_member_of_a_name_wins() {
        assert_eq!(normalised(r#"{"a":1,"b":[2],"a":{"c":3}}"#).unwrap(), r#"{"a":{"c":3},"b":[2]}"#);
        assert_eq!(value(br#"{"a":1,"a":2}"#).unwrap(), serde_json::json!({"a": 2}));
    }

    #[test]
    fn half_characters_are_replaced() {
        assert_eq!(
            value(br#""\ud83d\ude00 \ud83d \ude00 \ud83d\u0041 \ud83d""#).unwrap(),
            "😀 \u{fffd} \u{fffd} \u{fffd}A \u{fffd}"
        );
        assert_eq!(value(b"\"a\xffb\"").unwrap(), "a\u{fffd}b");
    }

    #[test]
    fn numbers_beyond_64_bits_become_text_in_a_tree() {
        assert_eq!(value(b"[18446744073709551615, 1.5, 1e999]").unwrap(), serde_json::json!([u64::MAX, 1.5, "1e999"]));
    }

    #[test]
    fn says_where_it_stops_making_sense() {
        for (text, at_byte) in [
            ("", 0),
            ("  ", 2),
            ("{\"a\":1", 6),
            ("{\"a\" 1}", 5),
            ("{a:1}", 1),
            ("[1,]", 3),
            ("[1 2]", 3),
            ("[,1]", 1),
            ("{,}", 1),
            ("{\"a\":1,}", 7),
            ("nul", 0),
            ("<html>", 0),
            ("\"abc", 4),
            ("\"\\x\"", 2),
            ("\"\\u12\"", 3),
            ("-", 0),
            ("+1", 0),
            ("[01]", 2),
        ] {
            assert_eq!(value(text.as_bytes()).map_err(|error| error.at_byte), Err(at_byte), "{text}");
        }
    }

    #[test]
    fn nesting_ends_at_128() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(value(nested(128).as_bytes()).is_ok());
        assert!(value(nested(129).as_bytes()).is_err());
        assert!(Scanner::new(&nested(100_000)).skip().is_err());
    }

    #[test]
    fn a_number_ends_where_its_grammar_ends() {
        for (text, length) in [
            ("12", 2),
            ("-0.5e+3x", 7),
            ("1.", 1),
            ("1.e", 1),
            ("1e", 1),
            ("1e+", 1),
            ("-", 0),
            ("", 0),
            (".5", 0),
            ("007", 1),
        ] {
            assert_eq!(number_length(text.as_bytes()), length, "{text}");
        }
    }
}
