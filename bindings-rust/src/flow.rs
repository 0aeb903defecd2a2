use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fileferry_core::border::{self, CancelHandle, Needed};
use jiff::Timestamp;

use crate::caught::caught;
use crate::handle::Handle;
use crate::{Captcha, Error, Kind, Result};

/// Wrong answers of a handler after which a flow gives up: the next one may block the account.
const WRONG_ANSWERS: u32 = 3;

/// Signing in, or the way to a free download, a step at a time.
///
/// [`start`](Self::start) gives the first step; each is answered until one is [`Step::Done`]. A program that gave the
/// client handlers for captchas and confirmations can let it [`run`](Self::run) by itself.
///
/// ```no_run
/// # async fn ask(_: Option<&str>) -> String { String::new() }
/// # async fn example(k2s: fileferry::Keep2Share) -> fileferry::Result<()> {
/// use fileferry::Step;
///
/// let flow = k2s.free_download("5f0c2b7e41a3d");
/// let mut step = flow.start().await?;
/// loop {
///     step = match step {
///         Step::Captcha(captcha) => flow.answer(&ask(captcha.url.as_deref()).await).await?,
///         Step::Wait(_) => flow.wait_out().await?,
///         Step::Done => break,
///         other => panic!("cannot do {other:?}"),
///     };
/// }
/// # Ok(())
/// # }
/// ```
///
/// Cloning gives another handle on the same flow.
#[derive(Clone)]
pub struct Flow {
    handle: Handle,
    flow: Arc<border::Flow>,
}

/// Where a flow stands.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// A captcha to solve: an image, or a page for a browser.
    Captcha(Captcha),
    /// A page where a person agrees.
    Confirm {
        /// The page.
        url: String,
        /// The code to enter there.
        user_code: Option<String>,
        /// When it lapses.
        expires_at: Option<Timestamp>,
    },
    /// Time to let pass.
    Wait(Duration),
    /// Over: signed in, or the download can begin.
    Done,
    /// A step that this version does not know.
    Other,
}

/// The picture of a captcha.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its format, such as `image/png`.
    pub media_type: String,
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

impl Flow {
    #[doc(hidden)]
    pub fn towards(handle: Handle, goal: Needed) -> Self {
        let flow = match goal {
            Needed::FreeDownload { target } => handle.core().free_download(target),
            _ => handle.core().sign_in(),
        };
        Self { handle, flow: Arc::new(flow) }
    }

    /// The flow to what a call needed, within the time that is left to it.
    pub(crate) fn for_call(handle: Handle, goal: Needed, options: &[u8]) -> Result<Self> {
        let flow = Arc::new(handle.core().flow(goal, options)?);
        Ok(Self { handle, flow })
    }

    /// Begins, or begins anew; gives the first step.
    pub async fn start(&self) -> Result<Step> {
        self.told(caught(self.flow.start(&CancelHandle::new())).await)
    }

    /// The current step; `None` before [`start`](Self::start). After a wrong answer it is a new captcha.
    pub async fn step(&self) -> Option<Step> {
        self.flow.step().await.map(Step::from)
    }

    /// The picture of the current captcha.
    pub async fn image(&self) -> Result<Image> {
        let (bytes, media_type) = caught(self.flow.image(&CancelHandle::new())).await?;
        Ok(Image { bytes, media_type })
    }

    /// Answers the current captcha or confirmation and gives the next step. A wrong answer is the kind
    /// `captcha_invalid`.
    pub async fn answer(&self, text: &str) -> Result<Step> {
        self.told(caught(self.flow.answer(text, &CancelHandle::new())).await)
    }

    /// Goes on after a wait has passed. Too early, the next step is another wait.
    pub async fn proceed(&self) -> Result<Step> {
        self.told(caught(self.flow.proceed(&CancelHandle::new())).await)
    }

    /// Lets the time of a wait pass and goes on; it ends early when the client is closed.
    pub async fn wait_out(&self) -> Result<Step> {
        self.told(caught(self.flow.wait_out(&CancelHandle::new())).await)
    }

    /// Runs through all steps with the client's handlers. After a wrong answer the handler is asked again, three times at
    /// most. A step that no handler answers is the kind `captcha_required`, a wait beyond `retry_after_cap` is
    /// `wait_required`.
    pub async fn run(&self) -> Result<()> {
        if self.run_by_handlers().await? {
            return Ok(());
        }
        Err(Error::new(Kind::CaptchaRequired, "a step needs an answer that no handler gave"))
    }

    /// As [`run`](Self::run); `false` where a step was not answered.
    pub(crate) async fn run_by_handlers(&self) -> Result<bool> {
        let handlers = self.handle.handlers();
        let mut wrong_answers = 0;
        let mut step = self.start().await?;
        loop {
            let answer = match &step {
                Step::Done => return Ok(true),
                Step::Wait(_) => {
                    step = self.told(caught(self.flow.wait_unseen(&CancelHandle::new())).await)?;
                    continue;
                }
                Step::Captcha(captcha) => match &handlers.on_captcha {
                    Some(solve) => self.handle.asking(async { solve(captcha.clone(), self.clone()).await }).await,
                    None => None,
                },
                Step::Confirm { .. } => match &handlers.on_confirm {
                    Some(ask) => self.handle.asking(async { ask(step.clone()).await }).await,
                    None => None,
                },
                Step::Other => {
                    let message = "the service asks for a step that this version does not know";
                    return Err(Error::new(Kind::NotSupported, message));
                }
            };
            let Some(answer) = answer else { return Ok(false) };
            step = match self.answer(&answer).await {
                Err(error) if error.kind() == Kind::CaptchaInvalid => {
                    wrong_answers += 1;
                    let next = self.step().await.filter(|_| wrong_answers < WRONG_ANSWERS);
                    next.ok_or(error)?
                }
                next => next?,
            };
        }
    }

    fn told(&self, step: Result<border::Step>) -> Result<Step> {
        let step = step?;
        if let border::Step::Done { session } = &step {
            self.handle.tell_session(session.as_deref());
        }
        Ok(Step::from(step))
    }
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.flow.fmt(f)
    }
}

impl From<border::Step> for Step {
    fn from(step: border::Step) -> Self {
        match step {
            border::Step::Captcha(captcha) => Self::Captcha(captcha),
            border::Step::Confirm { url, user_code, expires_at } => {
                let expires_at = expires_at.and_then(|micros| Timestamp::from_microsecond(micros).ok());
                Self::Confirm { url, user_code, expires_at }
            }
            border::Step::Wait { wait_ms } => Self::Wait(Duration::from_millis(wait_ms)),
            border::Step::Done { .. } => Self::Done,
            _ => Self::Other,
        }
    }
}
