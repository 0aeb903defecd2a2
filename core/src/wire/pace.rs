//! How fast and how often: the rate of calls, the budget of retries, the length of waits.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::Instant;

/// Lets calls pass at a rate, with a second's worth at once after a rest.
pub(crate) struct Rate {
    interval: Option<Duration>,
    burst: Duration,
    /// When the call after all those that were let pass would be due at an even pace.
    due: Mutex<Option<Instant>>,
}

impl Rate {
    /// So many calls a second; 0 is no limit. One call in a day is the slowest.
    pub(crate) fn new(per_second: f64) -> Self {
        let interval = (per_second > 0.0).then(|| Duration::from_secs_f64((1.0 / per_second).min(86_400.0)));
        let burst = interval.map_or(Duration::ZERO, |interval| Duration::from_secs(1).saturating_sub(interval));
        Self { interval, burst, due: Mutex::new(None) }
    }

    /// Waits for its turn.
    pub(crate) async fn turn(&self) {
        let Some(interval) = self.interval else { return };
        let at = {
            let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            // A rest earns at most the burst.
            let earliest = now.checked_sub(self.burst).unwrap_or(now);
            let turn = due.map_or(earliest, |due| due.max(earliest));
            *due = Some(turn + interval);
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
    async fn the_rate_lets_a_seconds_worth_pass_and_then_paces() {
        let rate = Rate::new(5.0);
        let start = Instant::now();
        for _ in 0..5 {
            rate.turn().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        rate.turn().await;
        assert_eq!(start.elapsed(), Duration::from_millis(200));
        rate.turn().await;
        assert_eq!(start.elapsed(), Duration::from_millis(400));
    }
}
