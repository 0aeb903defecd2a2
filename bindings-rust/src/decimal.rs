use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A decimal number, every digit as the service sent it: money.
///
/// It is a text that is known to be a number. Turn it into the decimal type of your choice with [`as_str`](Self::as_str);
/// two of them are equal when their digits are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(String);

/// A text that is no decimal number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotDecimal;

impl Decimal {
    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number from a tape, which holds nothing else.
    pub(crate) fn trusted(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for Decimal {
    type Err = NotDecimal;

    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for Decimal {
    type Error = NotDecimal;

    fn try_from(text: String) -> Result<Self, NotDecimal> {
        // JSON's grammar of numbers is that of decimals.
        match serde_json::from_str::<serde_json::Number>(&text) {
            Ok(_) if !text.contains(char::is_whitespace) => Ok(Self(text)),
            _ => Err(NotDecimal),
        }
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> Self {
        decimal.0
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NotDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number")
    }
}

impl std::error::Error for NotDecimal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_digit() {
        let money: Decimal = "12345678901234567890.10".parse().unwrap();
        assert_eq!(money.to_string(), "12345678901234567890.10");
        assert_eq!(serde_json::to_string(&money).unwrap(), "\"12345678901234567890.10\"");
        for text in ["", "1,5", "x", " 1", "1 ", "\"1\"", "NaN"] {
            assert_eq!(text.parse::<Decimal>(), Err(NotDecimal), "{text}");
        }
    }
}
