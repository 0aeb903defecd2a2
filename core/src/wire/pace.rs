//! How fast and how often: the rate of calls, the budget of retries, the length of waits.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::Instant;

/// Lets no more calls pass than a rate allows in any second: after a rest a second's worth at once, then none until the first
/// of them is a second old.
pub(crate) struct Rate {
    limit: Option<Limit>,
    /// The newest turns, the oldest first; those to come too.
    turns: Mutex<VecDeque<Instant>>,
}

/// So many calls in any span of this length.
#[derive(Clone, Copy)]
struct Limit {
    calls: usize,
    span: Duration,
}

impl Rate {
    /// So many calls a second; 0 is no limit. One call in a day is the slowest.
    pub(crate) fn new(per_second: f64) -> Self {
        let limit = (per_second > 0.0).then(|| {
            // Whole calls: with 2.5 a second it is two in 0.8 seconds.
            let calls = per_second.floor().clamp(1.0, 1000.0);
            Limit { calls: calls as usize, span: Duration::from_secs_f64((calls / per_second).min(86_400.0)) }
        });
        Self { limit, turns: Mutex::default() }
    }

    /// Waits for its turn.
    pub(crate) async fn turn(&self) {
        let Some(Limit { calls, span }) = self.limit else { return };
        let at = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let full = turns.len() >= calls;
            let turn = if full { turns.pop_front().map_or(now, |oldest| now.max(oldest + span)) } else { now };
            turns.push_back(turn);
            turn
        };
        tokio::time::sleep_until(at).await;
    }
}

/// One budget of retries for all calls of a client, so that an outage is not answered with a storm.
pub(crate) struct Budget(Mutex<u32>);

impl Budget {
    const FULL: u32 = 500;
    const RETRY: u32 = 14;

    pub(crate) fn new() -> Self {
        Self(Mutex::new(Self::FULL))
    }

    /// Takes what a retry costs, where there is enough.
    pub(crate) fn take(&self) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match left.checked_sub(Self::RETRY) {
            Some(rest) => {
                *left = rest;
                true
            }
            None => false,
        }
    }

    /// A success gives a little back.
    pub(crate) fn refill(&self) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + 1).min(Self::FULL);
    }
}

/// The wait before a retry: doubling, with full jitter.
pub(crate) fn backoff(base: Duration, cap: Duration, attempt: u32) -> Duration {
    let doubled = base.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
    doubled.min(cap).mul_f64(fastrand::f64())
}

/// What the server asks for: seconds (fractions too), a date, milliseconds, or a spent rate limit.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let seconds = |text: &str| text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    if let Some(wait) = text("retry-after-ms").and_then(|text| text.parse().ok()).map(Duration::from_millis) {
        return Some(wait);
    }
    if let Some(value) = text(RETRY_AFTER.as_str()) {
        let until = || {
            httpdate::parse_http_date(value).ok().map(|date| date.duration_since(SystemTime::now()).unwrap_or_default())
        };
        return seconds(value).or_else(until);
    }
    let limit = text("ratelimit")?;
    let member =
        |name: &str| limit.split([';', ',']).find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    (member("r") == Some("0")).then(|| member("t").and_then(seconds)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &'static str, value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header value"));
        retry_after(&headers)
    }

    #[test]
    fn reads_all_forms_of_retry_after() {
        assert_eq!(asked("retry-after", "3"), Some(Duration::from_secs(3)));
        assert_eq!(asked("retry-after", "0.05"), Some(Duration::from_millis(50)));
        assert_eq!(asked("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(asked("ratelimit", "\"api\";r=0;t=55"), Some(Duration::from_secs(55)));
        assert_eq!(asked("ratelimit", "\"api\";r=4;t=55"), None);
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(90));
        let wait = asked("retry-after", &date).expect("a date is a wait");
        assert!((88..=90).contains(&wait.as_secs()), "{wait:?}");
        assert_eq!(asked("retry-after", "soon"), None);
        assert_eq!(asked("retry-after", "-1"), None);
    }

    #[test]
    fn the_budget_ends_and_comes_back() {
        let budget = Budget::new();
        let taken = std::iter::repeat_with(|| budget.take()).take_while(|&taken| taken).count();
        assert_eq!(taken, 35);
        (0..14).for_each(|_| budget.refill());
        assert!(budget.take());
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_calls_than_the_rate_allows() {
        let rate = Rate::new(5.0);
        let start = Instant::now();
        let mut passed = Vec::new();
        for number in 0..12 {
            // A rest in the middle of a second earns nothing.
            if number == 3 {
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
            rate.turn().await;
            passed.push(start.elapsed().as_millis());
        }
        assert_eq!(passed, [0, 0, 0, 400, 400, 1000, 1000, 1000, 1400, 1400, 2000, 2000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_may_be_slow_or_none() {
        let pace = async |per_second: f64| {
            let (rate, start) = (Rate::new(per_second), Instant::now());
            for _ in 0..5 {
                rate.turn().await;
            }
            start.elapsed().as_millis()
        };
        assert_eq!([pace(0.5).await, pace(2.5).await, pace(0.0).await, pace(1e9).await], [8000, 1600, 0, 0]);
    }
}
