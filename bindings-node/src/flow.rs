use std::sync::Arc;

use fileferry_core::border::{CancelHandle, Error, Flow, Step};
use napi::bindgen_prelude::{Buffer, Object};
use napi::{Env, Result};
use napi_derive::napi;

use crate::cancel::{NativeCancel, handle_of};
use crate::runtime::{Outcome, promise};

/// A sign-in or the way to a free download, step by step.
#[napi]
pub struct NativeFlow {
    flow: Arc<Flow>,
}

/// Where a flow stands after a move.
#[napi(object, object_from_js = false)]
pub struct StepOutcome {
    /// The current step as JSON; after a wrong answer beside the error.
    pub step: Option<String>,
    /// The error record as JSON.
    pub error: Option<String>,
}

/// A captcha's picture.
#[napi(object, object_from_js = false)]
pub struct PictureOutcome {
    /// The picture.
    pub bytes: Option<Buffer>,
    /// Found from the bytes.
    pub media_type: Option<String>,
    /// The error record as JSON.
    pub error: Option<String>,
}

impl Outcome for StepOutcome {
    fn failed(error: Error) -> Self {
        Self { step: None, error: Some(error.to_json()) }
    }
}

impl Outcome for PictureOutcome {
    fn failed(error: Error) -> Self {
        Self { bytes: None, media_type: None, error: Some(error.to_json()) }
    }
}

impl NativeFlow {
    pub fn new(flow: Flow) -> Self {
        Self { flow: Arc::new(flow) }
    }

    fn advance<'env, F>(
        &self,
        env: &'env Env,
        cancel: Option<&NativeCancel>,
        step: impl FnOnce(Arc<Flow>, CancelHandle) -> F + Send + 'static,
    ) -> Result<Object<'env>>
    where
        F: Future<Output = std::result::Result<Step, Error>> + Send + 'static,
    {
        let (flow, cancel) = (Arc::clone(&self.flow), handle_of(cancel));
        promise(env, async move {
            let error = step(Arc::clone(&flow), cancel).await.err();
            let step = flow.step().await.map(|step| as_json(&step)).transpose();
            match step {
                Ok(step) => StepOutcome { step, error: error.as_ref().map(Error::to_json) },
                Err(error) => StepOutcome::failed(error),
            }
        })
    }
}

fn as_json(step: &Step) -> std::result::Result<String, Error> {
    serde_json::to_string(step).map_err(|error| Error::internal(format!("a step is not JSON: {error}")))
}

#[napi]
impl NativeFlow {
    /// Begins.
    #[napi]
    pub fn start<'env>(&self, env: &'env Env, cancel: Option<&NativeCancel>) -> Result<Object<'env>> {
        self.advance(env, cancel, |flow, cancel| async move { flow.start(&cancel).await })
    }

    /// Answers the captcha or the confirmation that this was asked by.
    #[napi]
    pub fn answer<'env>(
        &self,
        env: &'env Env,
        asked: Option<String>,
        text: String,
        cancel: Option<&NativeCancel>,
    ) -> Result<Object<'env>> {
        self.advance(env, cancel, |flow, cancel| async move { flow.answer_to(asked.as_deref(), &text, &cancel).await })
    }

    /// Goes on after a wait.
    #[napi]
    pub fn proceed<'env>(&self, env: &'env Env, cancel: Option<&NativeCancel>) -> Result<Object<'env>> {
        self.advance(env, cancel, |flow, cancel| async move { flow.proceed(&cancel).await })
    }

    /// Lets the time of a wait pass and goes on.
    #[napi]
    pub fn wait_out<'env>(&self, env: &'env Env, cancel: Option<&NativeCancel>) -> Result<Object<'env>> {
        self.advance(env, cancel, |flow, cancel| async move { flow.wait_out(&cancel).await })
    }

    /// The same where handlers lead: a wait that is too long for that is an error.
    #[napi]
    pub fn wait_unseen<'env>(&self, env: &'env Env, cancel: Option<&NativeCancel>) -> Result<Object<'env>> {
        self.advance(env, cancel, |flow, cancel| async move { flow.wait_unseen(&cancel).await })
    }

    /// The picture of the current captcha.
    #[napi]
    pub fn image<'env>(&self, env: &'env Env, cancel: Option<&NativeCancel>) -> Result<Object<'env>> {
        let (flow, cancel) = (Arc::clone(&self.flow), handle_of(cancel));
        promise(env, async move {
            match flow.image(&cancel).await {
                Ok((bytes, media_type)) => {
                    PictureOutcome { bytes: Some(bytes.into()), media_type: Some(media_type), error: None }
                }
                Err(error) => PictureOutcome::failed(error),
            }
        })
    }
}
