//! Exact arithmetic on the digits of a number: a value is never rounded on its way from text to integer.

use super::json::number_length;

/// Whether a text is a number as JSON writes it; leading zeros, which texts of digits often have, are fine.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let begins_with_digit = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
    let trimmed = digits.trim_start_matches('0');
    let zeros = digits.len() - trimmed.len();
    let digits = if begins_with_digit(trimmed) { trimmed } else { &digits[zeros.saturating_sub(1)..] };
    begins_with_digit(digits) && number_length(digits.as_bytes()) == digits.len()
}

/// Whether a text is a whole number without point and exponent.
pub(crate) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number cut to a whole one, toward zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) value: i64,
    /// Whether digits were cut off.
    pub(crate) has_rest: bool,
}

/// `number` × 10^`power`; `None` where it is no number or passes 64 bits.
pub(crate) fn whole(number: &str, power: i64) -> Option<Whole> {
    if !is_number(number) {
        return None;
    }
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        // An exponent beyond 64 bits says the same as a very large one: nothing, or out of range.
        Some((mantissa, exponent)) => {
            let huge = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
            (mantissa, exponent.parse().unwrap_or(huge).clamp(i64::MIN / 2, i64::MAX / 2))
        }
        None => (number, 0),
    };
    let is_negative = mantissa.starts_with('-');
    let (before, after) =
        mantissa.trim_start_matches('-').split_once('.').unwrap_or((mantissa.trim_start_matches('-'), ""));
    let digits: String = [before, after].concat();
    // The point moves right by `shift` digits from where the integer part ends.
    let shift = exponent.saturating_add(power);
    let point = i64::try_from(before.len()).ok()?.saturating_add(shift);
    let kept = usize::try_from(point).unwrap_or(0).min(digits.len());
    let has_rest = digits[kept..].bytes().any(|digit| digit != b'0');
    let significant = digits[..kept].trim_start_matches('0');
    if significant.is_empty() {
        return Some(Whole { value: 0, has_rest });
    }
    let zeros = point - i64::try_from(kept).ok()?;
    // 64 bits hold no more than 19 digits.
    let zeros = usize::try_from(zeros).ok().filter(|zeros| significant.len().saturating_add(*zeros) <= 19)?;
    let magnitude: i128 = format!("{significant}{}", "0".repeat(zeros)).parse().ok()?;
    let value = i64::try_from(if is_negative { -magnitude } else { magnitude }).ok()?;
    Some(Whole { value, has_rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_numbers() {
        for text in ["0", "00", "007", "-1", "1.5", "0.5", "00.5", "1e5", "-0.0E-3"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "--1", "+1", " 1", "1 ", ".5", "5.", "1e", "0x1", "1,5", "NaN", "0-1", "-0-1", "1-"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn cuts_exactly() {
        let cut = |text, power| whole(text, power).map(|whole| (whole.value, whole.has_rest));
        assert_eq!(cut("12.0", 0), Some((12, false)));
        assert_eq!(cut("12.5", 0), Some((12, true)));
        assert_eq!(cut("-12.5", 0), Some((-12, true)));
        assert_eq!(cut("1.5e1", 0), Some((15, false)));
        assert_eq!(cut("1500e-2", 0), Some((15, false)));
        assert_eq!(cut("0.001", 3), Some((1, false)));
        assert_eq!(cut("2521.000000", 6), Some((2_521_000_000, false)));
        assert_eq!(cut("1e-9999999999999999999999", 0), Some((0, true)));
        assert_eq!(cut("0e9999999999999999999999", 0), Some((0, false)));
        assert_eq!(cut("1e9999999999999999999999", 0), None);
        assert_eq!(cut("9223372036854775807", 0), Some((i64::MAX, false)));
        assert_eq!(cut("-9223372036854775808.0", 0), Some((i64::MIN, false)));
        assert_eq!(cut("9223372036854775808", 0), None);
        assert_eq!(cut("00000000000000000000000000012", 0), Some((12, false)));
        assert_eq!(cut("word", 0), None);
    }
}
