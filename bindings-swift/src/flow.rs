use std::sync::Arc;

use fileferry_core::border::{Error, Flow, Step};

use crate::cancel::FfiCancel;
use crate::error::FfiError;
use crate::runtime;

/// A sign-in or the way to a free download as steps; see [`Flow`].
///
/// A step is a JSON object whose `step` names it: `captcha {kind, challenge, url}`, `confirm {url, user_code,
/// expires_at}`, `wait {wait_ms}`, `done {session}`, or one that is not known yet. It is an open set, hence JSON.
#[derive(Debug, uniffi::Object)]
pub struct FfiFlow(Arc<Flow>);

/// The picture of a captcha.
#[derive(uniffi::Record)]
pub struct FfiImage {
    /// The picture's file.
    pub bytes: Vec<u8>,
    /// `image/png` or the like.
    pub media_type: String,
}

impl FfiFlow {
    pub(crate) fn new(flow: Flow) -> Arc<Self> {
        Arc::new(Self(Arc::new(flow)))
    }
}

#[uniffi::export]
impl FfiFlow {
    /// Begins, or begins anew; gives the first step.
    pub async fn start(&self, cancel: Arc<FfiCancel>) -> Result<String, FfiError> {
        let flow = Arc::clone(&self.0);
        step(runtime::run(async move { flow.start(&cancel.handle()).await }).await)
    }

    /// The current step, or nothing before the start.
    pub async fn step(&self) -> Result<Option<String>, FfiError> {
        let flow = Arc::clone(&self.0);
        let current = runtime::run(async move { flow.step().await }).await?;
        current.as_ref().map(json).transpose().map_err(FfiError::from)
    }

    /// The picture of the current captcha step.
    pub async fn image(&self, cancel: Arc<FfiCancel>) -> Result<FfiImage, FfiError> {
        let flow = Arc::clone(&self.0);
        let image = runtime::run(async move { flow.image(&cancel.handle()).await }).await;
        let (bytes, media_type) = image??;
        Ok(FfiImage { bytes, media_type })
    }

    /// Answers the captcha or confirm step whose challenge or page was `asked`, else the current one, and gives the next
    /// one. After a wrong answer ask for the [`step`](Self::step): it is a new captcha.
    pub async fn answer(
        &self,
        asked: Option<String>,
        text: String,
        cancel: Arc<FfiCancel>,
    ) -> Result<String, FfiError> {
        let flow = Arc::clone(&self.0);
        step(runtime::run(async move { flow.answer_to(asked.as_deref(), &text, &cancel.handle()).await }).await)
    }

    /// Goes on after a wait step has passed.
    pub async fn proceed(&self, cancel: Arc<FfiCancel>) -> Result<String, FfiError> {
        let flow = Arc::clone(&self.0);
        step(runtime::run(async move { flow.proceed(&cancel.handle()).await }).await)
    }

    /// Lets the time of a wait step pass and goes on.
    pub async fn wait_out(&self, cancel: Arc<FfiCancel>) -> Result<String, FfiError> {
        let flow = Arc::clone(&self.0);
        step(runtime::run(async move { flow.wait_out(&cancel.handle()).await }).await)
    }

    /// The same where handlers lead: a wait that is too long for that is an error.
    pub async fn wait_unseen(&self, cancel: Arc<FfiCancel>) -> Result<String, FfiError> {
        let flow = Arc::clone(&self.0);
        step(runtime::run(async move { flow.wait_unseen(&cancel.handle()).await }).await)
    }
}

fn step(step: Result<Result<Step, Error>, Error>) -> Result<String, FfiError> {
    Ok(json(&step??)?)
}

fn json(step: &Step) -> Result<String, Error> {
    serde_json::to_string(step).map_err(|error| Error::internal(format!("a step cannot be written: {error}")))
}
