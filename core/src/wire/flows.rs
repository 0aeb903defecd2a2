//! Signing in and downloading for free as steps that a program takes at its own pace.

use secrecy::SecretString;

use crate::border::{CancelHandle, Captcha, Error, Kind, Needed, Step};
use crate::services::{self, FreeLink, Solved};
use crate::wire::options::CallOptions;
use crate::wire::{Context, Engine};

/// A captcha's picture is small; anything larger is something else.
const MAX_IMAGE: usize = 4 << 20;

/// How often a flow may be sent back by no fault of the person: to another wait, to another captcha.
const MAX_ROUNDS: u32 = 5;

/// Where a flow stands.
#[derive(Clone, Default)]
pub(crate) struct Stand {
    /// What the program sees; `None` before the first step.
    pub(crate) step: Option<Step>,
    /// The step is one of signing in, on the way to something else.
    signing_in: bool,
    /// How often it was sent back.
    rounds: u32,
}

/// The next stand of a flow, and what the step before it came to where that is an error (a wrong answer to a captcha).
type Led = (Stand, Option<Error>);

impl Engine {
    /// The picture of a captcha and its media type, found from its bytes: what the server says of it may be wrong.
    pub(crate) async fn captcha_image(
        &self,
        captcha: &Captcha,
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
        self.within(self.settings.deadline(), cancel, work).await.map_err(|error| error.during(self.service.id, None))
    }

    /// Goes on with a flow. After an error it stands where it stood, or at a new captcha.
    pub(crate) async fn flow_step(
        &self,
        goal: &Needed,
        stand: &mut Stand,
        answer: Option<&str>,
        cancel: &CancelHandle,
    ) -> Result<(), Error> {
        let options = CallOptions::default();
        let deadline = self.settings.deadline();
        let context = Context::new(&options, deadline);
        let solved = match (&stand.step, answer) {
            (Some(Step::Captcha(captcha)), Some(answer)) => {
                context.keep_secret(answer);
                Some(Solved { captcha: captcha.clone(), answer: SecretString::from(answer) })
            }
            (_, None) => None,
            (_, Some(_)) => return Err(Error::invalid_argument("the current step takes no answer")),
        };
        let work = self.led_on(goal, stand.clone(), solved.as_ref(), &context);
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
    pub(crate) async fn pass_wait(&self, stand: &Stand, cancel: &CancelHandle) -> Result<(), Error> {
        let Some(Step::Wait { wait_ms }) = stand.step else {
            return Err(Error::invalid_argument("the current step is not a wait"));
        };
        let work = async {
            tokio::time::sleep(std::time::Duration::from_millis(wait_ms)).await;
            Ok(())
        };
        self.within(None, cancel, work).await.map_err(|error| error.during(self.service.id, None))
    }

    async fn led_on(
        &self,
        goal: &Needed,
        stand: Stand,
        solved: Option<&Solved>,
        context: &Context<'_>,
    ) -> Result<Led, Error> {
        match goal {
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
        let stand = Stand { step: None, signing_in: false, rounds: stand.rounds + 1 };
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
            Ok(FreeLink::Wait { wait, refusal }) => {
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                let step = Some(Step::Wait { wait_ms });
                let rounds = stand.rounds + u32::from(waited);
                if rounds > MAX_ROUNDS { Err(refusal) } else { Ok((Stand { step, rounds, ..stand }, None)) }
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

    /// The captcha that signing in asks for; no step when it is done.
    async fn sign_in_step(
        &self,
        solved: Option<&Solved>,
        context: &Context<'_>,
    ) -> Result<(Option<Step>, Option<Error>), Error> {
        if services::permanent_token(self).is_some() {
            return Ok((None, None));
        }
        if solved.is_none()
            && let Some(kind) = self.signed_in.take_asked_captcha()
        {
            return Ok((Some(Step::Captcha(services::challenge(self, &kind, context).await?)), None));
        }
        match services::sign_in(self, solved, context).await {
            Ok(token) => {
                self.keep_session(token);
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
