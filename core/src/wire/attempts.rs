//! Repeats what may be repeated: inside the deadline, outside the attempt.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use crate::border::{Error, Kind, Needed, Response};
use crate::tables::Retry;
use crate::wire::authenticate::Token;
use crate::wire::batch::Parts;
use crate::wire::judge::Failure;
use crate::wire::options::CallOptions;
use crate::wire::redact::is_secret;
use crate::wire::{Engine, pace};

/// What all requests of one call share.
pub(crate) struct Context<'a> {
    pub(crate) options: &'a CallOptions,
    deadline: Option<Instant>,
    trace: Mutex<Trace>,
    /// What this call sent or got that nobody may read: passwords, captcha answers, signed addresses.
    secrets: Mutex<Vec<SecretString>>,
    /// How many requests it has made.
    requests: AtomicU32,
    parts: Mutex<Option<Parts>>,
}

/// What a call leaves beside its outcome.
#[derive(Default)]
pub(crate) struct Trace {
    pub(crate) response: Option<Response>,
    pub(crate) needs: Option<Needed>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(options: &'a CallOptions, deadline: Option<Duration>) -> Self {
        let deadline = deadline.and_then(|deadline| Instant::now().checked_add(deadline));
        Self {
            options,
            deadline,
            trace: Mutex::default(),
            secrets: Mutex::default(),
            requests: AtomicU32::new(0),
            parts: Mutex::default(),
        }
    }

    /// For one of many parts of the call: the same options and deadline, but requests and secrets of its own.
    pub(crate) fn part(&self) -> Self {
        Self { deadline: self.deadline, ..Self::new(self.options, None) }
    }

    /// Takes note of what a part did.
    pub(crate) fn join(&self, part: &Self) {
        self.requests.fetch_add(part.requests(), Ordering::Relaxed);
        if let Some(response) = part.take_trace().response {
            self.responded(response);
        }
    }

    fn trace(&self) -> std::sync::MutexGuard<'_, Trace> {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn responded(&self, response: Response) {
        self.trace().response = Some(response);
    }

    /// Keeps a text out of whatever this call tells.
    pub(crate) fn keep_secret(&self, text: &str) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).push(SecretString::from(text));
    }

    /// Keeps the query of a signed address out of whatever this call tells.
    pub(crate) fn keep_query_secret(&self, url: &Url) {
        if let Some(query) = url.query() {
            self.keep_secret(query);
            url.query_pairs().filter(|(key, _)| is_secret(key)).for_each(|(_, value)| self.keep_secret(&value));
        }
    }

    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn requested(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How far the call has come, where a long list is sent in parts.
    pub(crate) fn parts(&self) -> std::sync::MutexGuard<'_, Option<Parts>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what the program has to do before the call can succeed.
    pub(crate) fn needs(&self, needed: Needed) {
        self.trace().needs = Some(needed);
    }

    pub(crate) fn take_needs(&self) -> Option<Needed> {
        self.trace().needs.take()
    }

    /// The call must not be made again on its own, whatever an answer of the program could mend.
    pub(crate) fn nothing_needed(&self) {
        self.trace().needs = None;
    }

    pub(crate) fn take_trace(&self) -> Trace {
        std::mem::take(&mut self.trace())
    }

    /// Whether a wait ends before the deadline.
    fn has_time_for(&self, wait: Duration) -> bool {
        self.deadline.is_none_or(|deadline| Instant::now() + wait < deadline)
    }
}

impl Engine {
    /// How often a call of this context may be sent.
    pub(crate) fn max_attempts(&self, context: &Context<'_>) -> u32 {
        context.options.max_attempts.unwrap_or(self.settings.max_attempts)
    }

    /// Makes attempts until one succeeds or none may follow. `attempt` gets its number and the token to send. The failure
    /// that is given tells whether any attempt may have reached the server.
    pub(crate) async fn attempts<T, Attempt: Future<Output = Result<T, Box<Failure>>>>(
        &self,
        operation: &crate::tables::Operation,
        idempotent: bool,
        context: &Context<'_>,
        mut attempt: impl FnMut(u32, Option<Token>) -> Attempt,
    ) -> Result<T, Box<Failure>> {
        let mut number = 0;
        let mut repeated = 0;
        let mut renewed = false;
        let mut left = false;
        // Nothing of the operation itself leaves while its caller is being signed in.
        let unsigned = |error, left| Box::new(Failure { left, ..Failure::of_ours(error) });
        loop {
            number += 1;
            let token = self.token_for(operation, context).await.map_err(|error| unsigned(error, left))?;
            let mut failure = match attempt(number, token.clone()).await {
                Ok(value) => {
                    self.budget.refill();
                    return Ok(value);
                }
                Err(failure) => failure,
            };
            let record = failure.error.record_mut();
            record.attempts = number;
            if failure.retry == Retry::AfterSignIn
                && !renewed
                && let Some(token) = &token
            {
                renewed = true;
                if self.renew(token, context).await.map_err(|error| unsigned(error, left))? {
                    continue;
                }
            }
            repeated += 1;
            let Some(wait) = self.wait_before_repeat(idempotent, repeated, &failure, context) else {
                failure.left |= left;
                return Err(failure);
            };
            left |= failure.left;
            self.log("info", operation.id, context, || {
                format!("repeats in {} ms: {}", wait.as_millis(), failure.error)
            });
            tokio::time::sleep(wait).await;
        }
    }

    /// How long to wait before a failed attempt is repeated; `None` where it is not.
    pub(crate) fn wait_before_repeat(
        &self,
        idempotent: bool,
        number: u32,
        failure: &Failure,
        context: &Context<'_>,
    ) -> Option<Duration> {
        if number >= self.max_attempts(context) || (failure.left && !idempotent) {
            return None;
        }
        let wait = match failure.retry {
            Retry::Never | Retry::AfterSignIn => return None,
            Retry::AfterWait => failure.wait?,
            Retry::SameCall => failure
                .wait
                .unwrap_or_else(|| pace::backoff(self.settings.backoff(), self.settings.backoff_max(), number)),
        };
        (wait <= self.settings.retry_after_cap() && context.has_time_for(wait) && self.budget.take()).then_some(wait)
    }

    /// Waits for the network, but not for ever.
    pub(crate) async fn idle<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, reqwest::Error>>,
    ) -> Result<T, Box<Failure>> {
        match tokio::time::timeout(limit, work).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                let left = !super::send::never_left(&error);
                let failed = super::send::network_error(&error);
                let retry = if failed.record().retryable { Retry::SameCall } else { Retry::Never };
                Err(Box::new(Failure { error: failed, retry, wait: None, left }))
            }
            Err(_) => {
                let error = Error::new(Kind::Timeout, "no byte came within the idle timeout").retryable();
                Err(Box::new(Failure { error, retry: Retry::SameCall, wait: None, left: true }))
            }
        }
    }
}
