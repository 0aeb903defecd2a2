//! The part of a file that a request asks for.

use crate::server::Call;

/// Which bytes a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    Whole,
    /// Both ends included.
    Part {
        start: u64,
        end: u64,
    },
    Outside,
}

impl Range {
    pub fn length(self, size: u64) -> u64 {
        match self {
            Self::Whole => size,
            Self::Part { start, end } => end + 1 - start,
            Self::Outside => 0,
        }
    }
}

/// The range of a content of `size` bytes; `etag` is what `If-Range` is compared with.
pub fn asked_range(call: &Call, size: u64, etag: &str) -> Range {
    if call.header("if-range").is_some_and(|tag| tag.trim_matches('"') != etag) {
        return Range::Whole;
    }
    call.header("range").map_or(Range::Whole, |text| parse_range(text, size))
}

/// Reads a `Range` header; one that is not a single byte range counts for nothing.
fn parse_range(text: &str, size: u64) -> Range {
    let bounds = text.strip_prefix("bytes=").and_then(|bounds| bounds.split_once('-'));
    let Some((start, end)) = bounds else {
        return Range::Whole;
    };
    match (start.parse::<u64>(), end.parse::<u64>()) {
        (Ok(start), _) if start >= size => Range::Outside,
        (Ok(start), Ok(end)) if end >= start => Range::Part { start, end: end.min(size - 1) },
        (Ok(start), Err(_)) if end.is_empty() => Range::Part { start, end: size - 1 },
        (Err(_), Ok(0)) if start.is_empty() => Range::Outside,
        (Err(_), Ok(_)) if start.is_empty() && size == 0 => Range::Outside,
        (Err(_), Ok(last)) if start.is_empty() => Range::Part { start: size.saturating_sub(last), end: size - 1 },
        _ => Range::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(parse_range("bytes=0-0", 10), Range::Part { start: 0, end: 0 });
        assert_eq!(parse_range("bytes=4-", 10), Range::Part { start: 4, end: 9 });
        assert_eq!(parse_range("bytes=4-99", 10), Range::Part { start: 4, end: 9 });
        assert_eq!(parse_range("bytes=-3", 10), Range::Part { start: 7, end: 9 });
        assert_eq!(parse_range("bytes=-30", 10), Range::Part { start: 0, end: 9 });
        assert_eq!(parse_range("bytes=10-", 10), Range::Outside);
        assert_eq!(parse_range("bytes=-0", 10), Range::Outside);
        assert_eq!(parse_range("bytes=-1", 0), Range::Outside);
        assert_eq!(parse_range("bytes=5-4", 10), Range::Whole);
        assert_eq!(parse_range("bytes=0-1,4-5", 10), Range::Whole);
        assert_eq!(parse_range("lines=0-1", 10), Range::Whole);
    }
}
