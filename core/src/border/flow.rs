use serde::Serialize;

use crate::border::{CancelHandle, Captcha, Client, Error};

/// A sign-in (later also a free download) as steps that a program takes at its own pace.
///
/// [`start`](Self::start) gives the first step. A `captcha` step is answered with [`answer`](Self::answer) (its picture
/// is [`image`](Self::image)), a `confirm` step with `answer` too, a `wait` step with [`proceed`](Self::proceed), until
/// the step is `done`. A flow stands for one attempt: it is used by one caller at a time.
pub struct Flow {
    client: Client,
    state: tokio::sync::Mutex<State>,
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
    /// Over; signed in.
    Done {
        /// The session as JSON, when it changed, for `on_session`.
        session: Option<String>,
    },
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

#[derive(Default)]
struct State {
    current: Option<Step>,
}

impl Flow {
    pub(crate) fn sign_in(client: Client) -> Self {
        Self { client, state: tokio::sync::Mutex::default() }
    }

    /// Begins, or begins anew; gives the first step.
    pub async fn start(&self, cancel: &CancelHandle) -> Result<Step, Error> {
        self.advance(None, cancel).await
    }

    /// The current step; `None` before [`start`](Self::start).
    pub async fn step(&self) -> Option<Step> {
        self.state.lock().await.current.clone()
    }

    /// The picture of the current captcha step: its bytes and media type (found from the bytes).
    pub async fn image(&self, cancel: &CancelHandle) -> Result<(Vec<u8>, String), Error> {
        let current = self.state.lock().await.current.clone();
        match current {
            Some(Step::Captcha(captcha)) => self.client.engine.captcha_image(&captcha, cancel).await,
            _ => Err(Error::invalid_argument("the current step is not a captcha")),
        }
    }

    /// Answers the current captcha or confirm step and gives the next one. A wrong answer is `captcha_invalid`; the
    /// flow then stands at a new captcha (see [`step`](Self::step)).
    pub async fn answer(&self, text: &str, cancel: &CancelHandle) -> Result<Step, Error> {
        self.advance(Some(text), cancel).await
    }

    /// Goes on after a wait step has passed.
    pub async fn proceed(&self, cancel: &CancelHandle) -> Result<Step, Error> {
        self.advance(None, cancel).await
    }

    async fn advance(&self, answer: Option<&str>, cancel: &CancelHandle) -> Result<Step, Error> {
        let mut state = self.state.lock().await;
        let (next, failure) = self.client.engine.sign_in_step(state.current.take(), answer, cancel).await;
        state.current.clone_from(&next);
        match (failure, next) {
            (Some(error), _) => Err(error),
            (None, Some(step)) => Ok(step),
            (None, None) => Err(Error::internal("a flow without a step")),
        }
    }
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flow").field("client", &self.client).finish_non_exhaustive()
    }
}
