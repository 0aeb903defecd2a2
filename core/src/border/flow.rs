use serde::Serialize;
use tokio::time::Instant;

use crate::border::{CancelHandle, Captcha, Client, Error, Needed};
use crate::wire::{Stand, Until};

/// A sign-in or the way to a free download as steps that a program takes at its own pace.
///
/// [`start`](Self::start) gives the first step. A `captcha` step is answered with [`answer`](Self::answer) (its picture
/// is [`image`](Self::image)), a `confirm` step with `answer` too, a `wait` step with [`proceed`](Self::proceed) or
/// [`wait_out`](Self::wait_out), until the step is `done`. A flow stands for one attempt: it is used by one caller at a time.
pub struct Flow {
    client: Client,
    goal: Needed,
    /// When the call that it leads to has to be over, where there is one.
    until: Until,
    stand: tokio::sync::Mutex<Stand>,
}

/// Where a flow stands.
#[derive(Clone, PartialEq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// A captcha to solve.
    Captcha(Captcha),
    /// A page where a person agrees.
    Confirm {
        /// The page.
        url: String,
        /// The code to enter there.
        user_code: Option<String>,
        /// When it lapses, in microseconds since 1970.
        expires_at: Option<i64>,
    },
    /// Time to let pass.
    Wait {
        /// How long, in milliseconds.
        wait_ms: u64,
    },
    /// Over: signed in, or the download can begin.
    Done {
        /// The session as JSON, when it changed, for `on_session`.
        session: Option<String>,
    },
}

impl Step {
    /// What an answer to it is for.
    fn asked(&self) -> Option<&str> {
        match self {
            Self::Captcha(captcha) => captcha.challenge.as_deref(),
            Self::Confirm { url, .. } => Some(url),
            Self::Wait { .. } | Self::Done { .. } => None,
        }
    }
}

impl std::fmt::Debug for Step {
    /// Without the session, which is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Captcha(captcha) => f.debug_tuple("Captcha").field(captcha).finish(),
            Self::Confirm { url, user_code, expires_at } => f
                .debug_struct("Confirm")
                .field("url", &crate::wire::redact::text(url))
                .field("has_user_code", &user_code.is_some())
                .field("expires_at", expires_at)
                .finish(),
            Self::Wait { wait_ms } => f.debug_struct("Wait").field("wait_ms", wait_ms).finish(),
            Self::Done { session } => f.debug_struct("Done").field("has_session", &session.is_some()).finish(),
        }
    }
}

impl Flow {
    pub(crate) fn new(client: Client, goal: Needed, until: Option<Instant>) -> Self {
        Self { client, goal, until, stand: tokio::sync::Mutex::default() }
    }

    /// Begins, or begins anew; gives the first step.
    pub async fn start(&self, cancel: &CancelHandle) -> Result<Step, Error> {
        let mut stand = self.stand.lock().await;
        *stand = Stand::default();
        self.advance(&mut stand, None, cancel).await
    }

    /// The current step; `None` before [`start`](Self::start).
    pub async fn step(&self) -> Option<Step> {
        self.stand.lock().await.step.clone()
    }

    /// The picture of the current captcha step: its bytes and media type (found from the bytes).
    pub async fn image(&self, cancel: &CancelHandle) -> Result<(Vec<u8>, String), Error> {
        let current = self.stand.lock().await.step.clone();
        match current {
            Some(Step::Captcha(captcha)) => self.client.engine.captcha_image(&captcha, self.until, cancel).await,
            _ => Err(Error::invalid_argument("the current step is not a captcha")),
        }
    }

    /// Answers the current captcha or confirm step and gives the next one. A wrong answer is `captcha_invalid`; the
    /// flow then stands at a new captcha (see [`step`](Self::step)).
    pub async fn answer(&self, text: &str, cancel: &CancelHandle) -> Result<Step, Error> {
        self.answer_to(None, text, cancel).await
    }

    /// The same for a program that holds on to its steps: `asked` is the challenge of the captcha, or the page of the
    /// confirmation, that the text is for. Once the flow stands elsewhere, that is `invalid_argument` with the name
    /// `step_is_over`, and nothing is sent: a wrong answer counts against the account.
    pub async fn answer_to(&self, asked: Option<&str>, text: &str, cancel: &CancelHandle) -> Result<Step, Error> {
        let mut stand = self.stand.lock().await;
        if asked.is_some() && asked != stand.step.as_ref().and_then(Step::asked) {
            return Err(self.client.engine.step_is_over());
        }
        self.advance(&mut stand, Some(text), cancel).await
    }

    /// Goes on after a wait step. Too early, the service wants another wait.
    pub async fn proceed(&self, cancel: &CancelHandle) -> Result<Step, Error> {
        self.advance(&mut *self.stand.lock().await, None, cancel).await
    }

    /// Lets the time of a wait step pass and goes on. Cancelling or closing the client ends it early, at the same step.
    pub async fn wait_out(&self, cancel: &CancelHandle) -> Result<Step, Error> {
        let mut stand = self.stand.lock().await;
        self.client.engine.pass_wait(&stand, self.until, cancel).await?;
        self.advance(&mut stand, None, cancel).await
    }

    /// As [`wait_out`](Self::wait_out) where the program's handlers lead and it does not see the step itself: a wait beyond
    /// `retry_after_cap`, or for which the call has no time left, is `wait_required` at once and tells how long it is.
    pub async fn wait_unseen(&self, cancel: &CancelHandle) -> Result<Step, Error> {
        self.client.engine.check_wait(&*self.stand.lock().await, self.until)?;
        self.wait_out(cancel).await
    }

    async fn advance(&self, stand: &mut Stand, answer: Option<&str>, cancel: &CancelHandle) -> Result<Step, Error> {
        self.client.engine.flow_step(&self.goal, self.until, stand, answer, cancel).await?;
        stand.step.clone().ok_or_else(|| Error::internal("a flow without a step"))
    }
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flow").field("client", &self.client).field("goal", &self.goal).finish_non_exhaustive()
    }
}
