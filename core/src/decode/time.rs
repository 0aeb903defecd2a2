//! Times in their forms: instants as microseconds since 1970, local times as text without a zone.

use std::ops::RangeInclusive;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::digits;

/// The years that every language's types can hold.
const YEARS: RangeInclusive<i16> = 1..=9999;
/// The instants that every language's types can hold: from the first of [`YEARS`] to the last that `jiff` knows.
const INSTANTS: RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_207_200_000_000;
/// Numbers from here on are milliseconds, where seconds and milliseconds are mixed.
pub(crate) const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// Microseconds of a number of units of 10^-`digits` seconds.
fn unix(number: &str, digits: i64) -> Option<i64> {
    digits::whole(number, 6 - digits).map(|whole| whole.value).filter(|micros| INSTANTS.contains(micros))
}

/// Microseconds of a number of seconds.
pub(crate) fn unix_seconds(number: &str) -> Option<i64> {
    unix(number, 0)
}

/// Microseconds of a number of milliseconds.
pub(crate) fn unix_millis(number: &str) -> Option<i64> {
    unix(number, 3)
}

/// Microseconds of a number that is seconds when it is small, else milliseconds.
pub(crate) fn unix_any(number: &str) -> Option<i64> {
    let size = digits::whole(number, 0)?.value;
    if size < FIRST_MILLISECONDS { unix_seconds(number) } else { unix_millis(number) }
}

/// Microseconds of an ISO 8601 text with a zone.
pub(crate) fn instant(text: &str) -> Option<i64> {
    let micros = Timestamp::from_str(text).ok()?.as_microsecond();
    INSTANTS.contains(&micros).then_some(micros)
}

/// A date and time without a zone, cut to microseconds, as `YYYY-MM-DDTHH:MM:SS[.ffffff]`.
pub(crate) fn local(text: &str) -> Option<String> {
    let time = text.get("YYYY-MM-DD".len()..)?;
    let has_time = time.starts_with(['T', 't', ' ']);
    // The parser passes over zones; a time that has one is no local time.
    if !has_time || time[1..].contains(|c: char| !matches!(c, '0'..='9' | ':' | '.')) {
        return None;
    }
    let time = DateTime::from_str(text).ok().filter(|time| YEARS.contains(&time.year()))?;
    Some(with_fraction(&time, time.subsec_nanosecond() / 1000))
}

/// An instant as ISO 8601 with `Z`.
pub(crate) fn print_instant(micros: i64) -> String {
    let time = Timestamp::from_microsecond(micros)
        .unwrap_or_else(|error| unreachable!("only instants in range are kept: {error}"));
    let time = Offset::UTC.to_datetime(time);
    with_fraction(&time, time.subsec_nanosecond() / 1000) + "Z"
}

fn with_fraction(time: &DateTime, micros: i32) -> String {
    let (year, month, day) = (time.year(), time.month(), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if micros != 0 {
        text.push_str(&format!(".{micros:06}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_seconds_and_milliseconds() {
        assert_eq!(unix_seconds("1650758400"), Some(1_650_758_400_000_000));
        assert_eq!(unix_seconds("1.0000019"), Some(1_000_001));
        assert_eq!(unix_seconds("-1.5"), Some(-1_500_000));
        assert_eq!(unix_seconds("1e18"), None);
        assert_eq!(unix_seconds("soon"), None);
        assert_eq!(unix_millis("1650758400123.5"), Some(1_650_758_400_123_500));
        assert_eq!(unix_any("99999999999"), unix_seconds("99999999999"));
        assert_eq!(unix_any("100000000000"), Some(100_000_000_000_000));
    }

    #[test]
    fn instants_need_a_zone() {
        let text = "2022-04-24T02:00:00.123456+02:00";
        assert_eq!(instant(text), Some(1_650_758_400_123_456));
        assert_eq!(instant("2022-04-24 00:00:00Z"), Some(1_650_758_400_000_000));
        assert_eq!(instant("2022-04-24T00:00:00.000Z"), Some(1_650_758_400_000_000));
        for text in ["2022-04-24T00:00:00", "2022-04-24", "0000-00-00T00:00:00Z", "-000001-01-01T00:00:00Z", ""] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn local_times_have_none() {
        assert_eq!(local("2020-01-01 10:20:30").as_deref(), Some("2020-01-01T10:20:30"));
        assert_eq!(local("2020-01-01T10:20:30.5").as_deref(), Some("2020-01-01T10:20:30.500000"));
        assert_eq!(local("0999-01-01 10:20:30").as_deref(), Some("0999-01-01T10:20:30"));
        for text in [
            "2020-01-01T10:20:30Z",
            "2020-01-01T10:20:30+02:00",
            "2020-01-01 10:20:30-03",
            "2020-01-01T10:20:30[Europe/Kyiv]",
            "0000-00-00 00:00:00",
            "0000-01-01 00:00:00",
            "2020-02-30 00:00:00",
            "2020-01-01",
            "ééééé",
            "",
        ] {
            assert_eq!(local(text), None, "{text}");
        }
    }

    #[test]
    fn the_ends_of_the_range_print_and_read() {
        for (micros, text) in [
            (*INSTANTS.start(), "0001-01-01T00:00:00Z"),
            (*INSTANTS.end(), "9999-12-30T22:00:00Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(print_instant(micros), text);
            assert_eq!(instant(text), Some(micros));
        }
        assert_eq!(unix_seconds("253402300800"), None);
    }
}
