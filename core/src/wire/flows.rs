//! Signing in and downloading for free as steps that a program takes at its own pace.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;

use crate::border::{CancelHandle, Captcha, Error, Kind, Needed, Step};
use crate::services::{self, Consent, FreeLink, Solved};
use crate::wire::options::CallOptions;
use crate::wire::{Context, Engine};

/// A captcha's picture is small; anything larger is something else.
const MAX_IMAGE: usize = 4 << 20;

/// How often a flow may be sent back by no fault of the person: to another wait, to another captcha.
const MAX_ROUNDS: u32 = 5;

/// When the call has to be over that a flow was begun for; `None` for one at the program's own pace, or without an end.
pub(crate) type Until = Option<Instant>;

/// Where a flow stands.
#[derive(Clone, Default)]
pub(crate) struct Stand {
    /// What the program sees; `None` before the first step.
    pub(crate) step: Option<Step>,
    /// The step is one of signing in, on the way to something else.
    signing_in: bool,
    /// How often it was sent back.
    rounds: u32,
    /// What the wait was asked for with.
    refusal: Option<Error>,
    /// What a person is asked to agree to.
    consent: Option<Consent>,
}

/// What a person did at a step.
struct Given {
    solved: Option<Solved>,
    agreed: Option<Consent>,
}

/// The next stand of a flow, and what the step before it came to where that is an error (a wrong answer to a captcha).
type Led = (Stand, Option<Error>);

impl Engine {
    /// The picture of a captcha and its media type, found from its bytes: what the server says of it may be wrong.
    pub(crate) async fn captcha_image(
        &self,
        captcha: &Captcha,
        until: Until,
        cancel: &CancelHandle,
    ) -> Result<(Vec<u8>, String), Error> {
        let url = captcha.url.as_deref().ok_or_else(|| Error::invalid_argument("this captcha has no picture"))?;
        if captcha.kind.as_deref() == Some("page") {
            return Err(Error::invalid_argument("this captcha is a page for a browser, not a picture"));
        }
        let url = self.answered_url(url)?;
        let work = async {
            let response = self
                .idle(self.settings.idle_timeout(), self.connections.calls()?.get(url).send())
                .await
                .map_err(|failure| failure.error)?;
            let status = response.status();
            let bytes = self.read_up_to(MAX_IMAGE, "the size of a picture", response).await;
            let bytes = bytes.map_err(|failure| failure.error)?;
            let media_type = image_type(&bytes).filter(|_| status.is_success());
            let media_type = media_type.ok_or_else(|| {
                Error::new(Kind::InvalidAnswer, format!("no picture came for the captcha (HTTP {})", status.as_u16()))
            })?;
            Ok((bytes, media_type.to_owned()))
        };
        self.within(self.step_time(until), cancel, work).await.map_err(|error| error.during(self.service.id, None))
    }

    /// Goes on with a flow. After an error it stands where it stood, or at a new captcha.
    pub(crate) async fn flow_step(
        &self,
        goal: &Needed,
        until: Until,
        stand: &mut Stand,
        answer: Option<&str>,
        cancel: &CancelHandle,
    ) -> Result<(), Error> {
        let options = CallOptions::default();
        let deadline = self.step_time(until);
        let context = Context::new(&options, deadline);
        let solved = match (&stand.step, answer) {
            (Some(Step::Captcha(captcha)), Some(answer)) => {
                context.keep_secret(answer);
                Some(Solved { captcha: captcha.clone(), answer: SecretString::from(answer) })
            }
            // That the person has agreed, in whatever words.
            (Some(Step::Confirm { .. }), Some(_)) | (_, None) => None,
            (_, Some(_)) => return Err(Error::invalid_argument("the current step takes no answer")),
        };
        let given = Given { solved, agreed: answer.and(stand.consent.clone()) };
        let work = self.led_on(goal, stand.clone(), &given, &context);
        let failure = match self.within(deadline, cancel, work).await {
            Ok((next, failure)) => {
                *stand = next;
                failure
            }
            // The same step can be taken again.
            Err(error) => Some(error),
        };
        failure.map_or(Ok(()), |error| Err(self.shown(error.during(self.service.id, None), &context)))
    }

    /// Lets the time of a wait step pass; it ends early with the call or the client.
    pub(crate) async fn pass_wait(&self, stand: &Stand, until: Until, cancel: &CancelHandle) -> Result<(), Error> {
        let wait = self.wait_of(stand)?;
        let work = async {
            tokio::time::sleep(wait).await;
            Ok(())
        };
        self.within(left(until), cancel, work).await.map_err(|error| error.during(self.service.id, None))
    }

    /// Refuses a wait that a program should hear of before it passes.
    pub(crate) fn check_wait(&self, stand: &Stand, until: Until) -> Result<(), Error> {
        let wait = self.wait_of(stand)?;
        if wait <= self.settings.retry_after_cap() && left(until).is_none_or(|left| wait < left || left.is_zero()) {
            return Ok(());
        }
        Err(stand.refusal.clone().unwrap_or_else(|| Error::internal("a wait that nobody asked for")))
    }

    fn wait_of(&self, stand: &Stand) -> Result<Duration, Error> {
        match stand.step {
            Some(Step::Wait { wait_ms }) => Ok(Duration::from_millis(wait_ms)),
            _ => Err(Error::invalid_argument("the current step is not a wait").during(self.service.id, None)),
        }
    }

    pub(crate) fn step_is_over(&self) -> Error {
        Error::invalid_argument("the flow has gone on from this step; look where it stands now")
            .named("step_is_over")
            .during(self.service.id, None)
    }

    /// How long one step may take: what is left to the call, or the client's deadline.
    fn step_time(&self, until: Until) -> Option<Duration> {
        left(until).or(self.settings.deadline())
    }

    async fn led_on(&self, goal: &Needed, stand: Stand, given: &Given, context: &Context<'_>) -> Result<Led, Error> {
        let solved = given.solved.as_ref();
        match goal {
            Needed::SignIn if services::asks_for_consent(self) => {
                self.consent_step(stand, given.agreed.as_ref(), context).await
            }
            Needed::SignIn => {
                let (step, failure) = self.sign_in_step(solved, context).await?;
                let step = step.unwrap_or_else(|| self.done());
                Ok((Stand { step: Some(step), ..stand }, failure))
            }
            Needed::FreeDownload { target } if stand.signing_in => {
                self.sign_in_for_free_download(target, stand, solved, context).await
            }
            Needed::FreeDownload { target } => self.free_download_step(target, stand, solved, context).await,
        }
    }

    /// The end of a flow; with it goes the session that no reply has told yet.
    fn done(&self) -> Step {
        Step::Done { session: self.signed_in.take_untold() }
    }

    /// A free account signs in first, and that may need a person, too.
    async fn sign_in_for_free_download(
        &self,
        target: &str,
        stand: Stand,
        solved: Option<&Solved>,
        context: &Context<'_>,
    ) -> Result<Led, Error> {
        let (step, failure) = self.sign_in_step(solved, context).await?;
        if step.is_some() {
            return Ok((Stand { step, signing_in: true, ..stand }, failure));
        }
        let stand = Stand { rounds: stand.rounds + 1, ..Stand::default() };
        Box::pin(self.free_download_step(target, stand, None, context)).await
    }

    async fn free_download_step(
        &self,
        target: &str,
        stand: Stand,
        solved: Option<&Solved>,
        context: &Context<'_>,
    ) -> Result<Led, Error> {
        let waited = matches!(stand.step, Some(Step::Wait { .. }));
        match services::free_link(self, target, solved, context).await {
            Ok(FreeLink::Open(_)) => Ok((Stand { step: Some(self.done()), ..stand }, None)),
            Ok(FreeLink::Wait { wait, mut refusal }) => {
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                refusal.record_mut().retry_after_ms = Some(wait_ms);
                let step = Some(Step::Wait { wait_ms });
                let rounds = stand.rounds + u32::from(waited);
                if rounds > MAX_ROUNDS {
                    return Err(refusal);
                }
                let refusal = Some(self.shown(refusal, context));
                Ok((Stand { step, rounds, refusal, ..stand }, None))
            }
            Err(error) if context.take_needs() == Some(Needed::SignIn) && stand.rounds < MAX_ROUNDS => {
                self.log("info", "downloads.getUrl", context, || format!("signs in before a free download: {error}"));
                self.sign_in_for_free_download(target, stand, None, context).await
            }
            Err(error) if wants_captcha(&error) => {
                let wrong = error.kind() == Kind::CaptchaInvalid;
                // A captcha for the first time is no way back.
                let back = !wrong && (solved.is_some() || waited);
                let rounds = stand.rounds + u32::from(back);
                if rounds > MAX_ROUNDS {
                    return Err(error);
                }
                let captcha = self.captcha_for(&error, solved, context).await?;
                Ok((Stand { step: Some(Step::Captcha(captcha)), rounds, ..stand }, wrong.then_some(error)))
            }
            Err(error) => Err(error),
        }
    }

    /// A challenge of the kind that an error asks for; after a wrong answer, of the kind that was answered.
    async fn captcha_for(
        &self,
        error: &Error,
        solved: Option<&Solved>,
        context: &Context<'_>,
    ) -> Result<Captcha, Error> {
        let asked = error.record().details.captcha.as_ref();
        let answered = solved.map(|solved| &solved.captcha).filter(|_| error.kind() == Kind::CaptchaInvalid);
        let kind = answered.or(asked).and_then(|captcha| captcha.kind.as_deref());
        services::challenge(self, kind.unwrap_or("image"), context).await
    }

    /// The page on which a person agrees; once they say that they have, the end.
    async fn consent_step(&self, stand: Stand, agreed: Option<&Consent>, context: &Context<'_>) -> Result<Led, Error> {
        if let Some(consent) = agreed {
            let tokens = services::consented(self, consent, context).await?;
            self.keep_session(tokens);
            return Ok((Stand { step: Some(self.done()), consent: None, ..stand }, None));
        }
        let consent = services::consent(self, context).await?;
        let expires_at = jiff::Timestamp::now().checked_add(consent.good_for).ok();
        let step = Step::Confirm {
            url: self.answered_url(&consent.page)?.to_string(),
            user_code: consent.user_code.clone(),
            expires_at: expires_at.map(jiff::Timestamp::as_microsecond),
        };
        Ok((Stand { step: Some(step), consent: Some(consent), ..stand }, None))
    }

    /// The captcha that signing in asks for; no step when it is done.
    async fn sign_in_step(
        &self,
        solved: Option<&Solved>,
        context: &Context<'_>,
    ) -> Result<(Option<Step>, Option<Error>), Error> {
        if self.signed_in.is_permanent() {
            return Ok((None, None));
        }
        if solved.is_none()
            && let Some(kind) = self.signed_in.take_asked_captcha()
        {
            return Ok((Some(Step::Captcha(services::challenge(self, &kind, context).await?)), None));
        }
        match services::sign_in(self, solved, context).await {
            Ok(tokens) => {
                self.keep_session(tokens);
                Ok((None, None))
            }
            Err(error) if wants_captcha(&error) => {
                let captcha = self.captcha_for(&error, solved, context).await?;
                // Being asked for the first time is no failure, a wrong answer is.
                let failure = solved.is_some().then_some(error);
                Ok((Some(Step::Captcha(captcha)), failure))
            }
            Err(error) => Err(error),
        }
    }
}

fn left(until: Until) -> Option<Duration> {
    until.map(|until| until.saturating_duration_since(Instant::now()))
}

fn wants_captcha(error: &Error) -> bool {
    matches!(error.kind(), Kind::CaptchaRequired | Kind::CaptchaInvalid)
}

fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}
