//! Ranges, as PHP serves them.

/// What a download sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// From `start` to the end of the file, whatever end was asked for and is told.
    From {
        start: u64,
        told_end: u64,
    },
    /// One character, `1`: what a phone's browser wants to see.
    One,
    Outside,
}

/// Reads a `Range` header. An end counts only together with a start, and of several ranges the first counts.
pub fn php_part(header: Option<&str>, size: u64) -> Part {
    let Some(bounds) = header.and_then(|text| text.strip_prefix("bytes=")) else {
        return Part::Whole;
    };
    let first = bounds.split(',').next().unwrap_or_default();
    let (start, end) = first.split_once('-').unwrap_or((first, ""));
    let (start, end) = (start.trim().parse().unwrap_or(0_u64), end.trim().parse::<u64>().ok());
    match (start, end) {
        (0, Some(1)) => Part::One,
        (0, _) => Part::Whole,
        (start, _) if start >= size => Part::Outside,
        (start, end) => {
            let last = size - 1;
            Part::From { start, told_end: end.filter(|end| *end >= start).map_or(last, |end| end.min(last)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let part = |header| php_part(Some(header), 10);
        assert_eq!(php_part(None, 10), Part::Whole);
        for whole in ["bytes=0-", "bytes=0-5", "bytes=0-0", "bytes=-3", "bytes=-", "lines=2-3"] {
            assert_eq!(part(whole), Part::Whole, "{whole}");
        }
        assert_eq!((part("bytes=0-1"), part("bytes=-1")), (Part::One, Part::One));
        assert_eq!(part("bytes=4-"), Part::From { start: 4, told_end: 9 });
        assert_eq!(part("bytes=4-6"), Part::From { start: 4, told_end: 6 });
        assert_eq!(part("bytes=4-99"), Part::From { start: 4, told_end: 9 });
        assert_eq!(part("bytes=4-5,7-8"), Part::From { start: 4, told_end: 5 });
        assert_eq!(part("bytes=10-"), Part::Outside);
    }
}
