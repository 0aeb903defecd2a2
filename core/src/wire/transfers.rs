//! The verbs `upload` and `download`, and signing in step by step: from the border to the service's own protocol.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::border::{Answer, CancelHandle, Captcha, Destination, Error, Kind, ProgressSink, Reply, Source, Step};
use crate::services::{self, Solved, UploadTo};
use crate::tables::{Service, Type};
use crate::transfer::progress::Meter;
use crate::verbs::{At, Target};
use crate::wire::options::{CallOptions, object};
use crate::wire::{Context, Engine};

/// Where an upload shall go, as the caller says it.
struct Asked {
    folder: Option<Target>,
    name: String,
}

/// A captcha's picture is small; anything larger is something else.
const MAX_IMAGE: usize = 4 << 20;

impl Engine {
    pub(crate) async fn upload(
        &self,
        source: Source,
        arguments: &[u8],
        options: &[u8],
        progress: Option<ProgressSink>,
        cancel: &CancelHandle,
    ) -> Reply {
        let prepared = upload_arguments(self.service, &source, arguments)
            .and_then(|to| Ok((to, CallOptions::from_json(options)?)));
        let (to, options) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Reply::failed(error.during(self.service.id, None)),
        };
        let meter = Arc::new(Meter::new(progress, None));
        let context = self.transfer_context(&options);
        let work = async {
            let entry = meter.telling(async {
                let folder = match &to.folder {
                    Some(folder) => Some(services::id_of(At { engine: self, context: &context }, folder).await?),
                    None => None,
                };
                services::upload(self, source, UploadTo { folder, name: to.name }, &meter, &context).await
            });
            let entry = entry.await?;
            let model =
                crate::border::shared().model("Entry").ok_or_else(|| Error::internal("Entry is not described"))?;
            Ok(Answer::Value(entry, Type::Model(model)))
        };
        self.transfer(&context, cancel, work).await
    }

    pub(crate) async fn download(
        &self,
        to: Destination,
        arguments: &[u8],
        options: &[u8],
        progress: Option<ProgressSink>,
        cancel: &CancelHandle,
    ) -> Reply {
        let prepared =
            target(self.service, arguments).and_then(|target| Ok((target, CallOptions::from_json(options)?)));
        let (target, options) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Reply::failed(error.during(self.service.id, None)),
        };
        let meter = Arc::new(Meter::new(progress, None));
        let context = self.transfer_context(&options);
        let work = meter.telling(async {
            let target = services::id_of(At { engine: self, context: &context }, &target).await?;
            services::download(self, &target, &to, &meter, &context).await
        });
        self.transfer(&context, cancel, work).await
    }

    pub(crate) async fn download_stream(&self, arguments: &[u8], options: &[u8], cancel: &CancelHandle) -> Reply {
        let prepared =
            target(self.service, arguments).and_then(|target| Ok((target, CallOptions::from_json(options)?)));
        let (target, options) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Reply::failed(error.during(self.service.id, None)),
        };
        let context = self.transfer_context(&options);
        let work = async {
            let target = services::id_of(At { engine: self, context: &context }, &target).await?;
            services::download_stream(self, &target, &context).await.map(Answer::Bytes)
        };
        self.transfer(&context, cancel, work).await
    }

    fn transfer_context<'a>(&self, options: &'a CallOptions) -> Context<'a> {
        Context::new(options, options.deadline().or(self.settings.deadline()))
    }

    // A future and not an async closure: what holds the call of one is not `Send` for all lifetimes, so no binding could
    // spawn it.
    async fn transfer(
        &self,
        context: &Context<'_>,
        cancel: &CancelHandle,
        work: impl Future<Output = Result<Answer, Error>>,
    ) -> Reply {
        let deadline = context.options.deadline().or(self.settings.deadline());
        let outcome = self.within(deadline, cancel, work).await;
        self.reply(outcome, None, context)
    }

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

    /// Goes on with signing in from a step: the next step, and the failure to tell of, either may be missing.
    pub(crate) async fn sign_in_step(
        &self,
        current: Option<Step>,
        answer: Option<&str>,
        cancel: &CancelHandle,
    ) -> (Option<Step>, Option<Error>) {
        let options = CallOptions::default();
        let deadline = self.settings.deadline();
        let context = Context::new(&options, deadline);
        let solved = match (&current, answer) {
            (Some(Step::Captcha(captcha)), Some(answer)) => {
                Some(Solved { captcha: captcha.clone(), answer: SecretString::from(answer) })
            }
            (_, None) => None,
            (_, Some(_)) => {
                return (current, Some(Error::invalid_argument("the current step takes no answer")));
            }
        };
        let outcome = self.within(deadline, cancel, self.signed_in_or_asked(solved.as_ref(), &context)).await;
        match outcome {
            Ok((step, failure)) => {
                (Some(step), failure.map(|error| self.shown(error.during(self.service.id, None), &context)))
            }
            // The same step can be taken again.
            Err(error) => (current, Some(self.shown(error.during(self.service.id, None), &context))),
        }
    }

    async fn signed_in_or_asked(
        &self,
        solved: Option<&Solved>,
        context: &Context<'_>,
    ) -> Result<(Step, Option<Error>), Error> {
        if services::permanent_token(self).is_some() {
            return Ok((Step::Done { session: None }, None));
        }
        if solved.is_none()
            && let Some(kind) = self.signed_in.take_asked_captcha()
        {
            return Ok((Step::Captcha(services::challenge(self, &kind, context).await?), None));
        }
        match services::sign_in(self, solved, context).await {
            Ok(token) => {
                self.keep_session(token);
                Ok((Step::Done { session: self.signed_in.take_untold() }, None))
            }
            Err(error) if matches!(error.kind(), Kind::CaptchaRequired | Kind::CaptchaInvalid) => {
                let asked = error.record().details.captcha.as_ref().and_then(|captcha| captcha.kind.clone());
                let captcha = services::challenge(self, asked.as_deref().unwrap_or("image"), context).await?;
                // Being asked for the first time is no failure, a wrong answer is.
                let failure = solved.is_some().then_some(error);
                Ok((Step::Captcha(captcha), failure))
            }
            Err(error) => Err(error),
        }
    }
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

fn target(service: &Service, arguments: &[u8]) -> Result<Target, Error> {
    let mut arguments = object("download", arguments)?;
    let target = arguments
        .shift_remove("target")
        .ok_or_else(|| Error::invalid_argument("download: target is required"))
        .and_then(|target| Target::parse(service, &target))?;
    nothing_left("download", &arguments)?;
    Ok(target)
}

fn upload_arguments(service: &Service, source: &Source, arguments: &[u8]) -> Result<Asked, Error> {
    let mut arguments = object("upload", arguments)?;
    let folder = arguments.shift_remove("folder").filter(|folder| !folder.is_null());
    let folder = folder.map(|folder| Target::parse(service, &folder).map(Target::into_folder)).transpose()?;
    let of_source = match source {
        Source::Path(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
        Source::Bytes(_) | Source::Stream { .. } => None,
    };
    let name = text(&mut arguments, "name")?
        .or(of_source)
        .ok_or_else(|| Error::invalid_argument("upload: a source without a path needs a name"))?;
    if name.contains(['/', '\\']) || name.chars().any(char::is_control) || name == "." || name == ".." {
        return Err(Error::invalid_argument(
            "upload: name is a file name without a path and without control characters",
        ));
    }
    nothing_left("upload", &arguments)?;
    Ok(Asked { folder, name })
}

fn text(arguments: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match arguments.shift_remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
        Some(_) => Err(Error::invalid_argument(format!("{name} is a text that is not empty"))),
    }
}

fn nothing_left(verb: &str, arguments: &Map<String, Value>) -> Result<(), Error> {
    match arguments.keys().next() {
        Some(unknown) => Err(Error::invalid_argument(format!("{verb}: there is no argument {unknown}"))),
        None => Ok(()),
    }
}
