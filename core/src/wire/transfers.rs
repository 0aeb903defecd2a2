//! The verbs `upload`, `upload_folder` and `download`, and signing in step by step: from the border to the service's own protocol.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::border::{
    Answer, CancelHandle, Captcha, Destination, Error, FolderProgressSink, Kind, ProgressSink, Reply, Source, Step,
};
use crate::services::{self, Solved, UploadTo};
use crate::tables::Type;
use crate::transfer::folder_progress::FolderMeter;
use crate::transfer::progress::Meter;
use crate::verbs::upload_folder::{FolderTo, upload_folder};
use crate::wire::options::{CallOptions, object};
use crate::wire::{Context, Engine};

/// A captcha's picture is small; anything larger is something else.
const MAX_IMAGE: usize = 4 << 20;
/// More uploads at once are no service's wish.
const MOST_PARALLEL: usize = 10;

impl Engine {
    pub(crate) async fn upload(
        &self,
        source: Source,
        arguments: &[u8],
        options: &[u8],
        progress: Option<ProgressSink>,
        cancel: &CancelHandle,
    ) -> Reply {
        let prepared = upload_arguments(&source, arguments).and_then(|to| {
            services::check_upload(self, &to.further)?;
            Ok((to, CallOptions::from_json(options)?))
        });
        let (to, options) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Reply::failed(error.during(self.service.id, None)),
        };
        let meter = Arc::new(Meter::new(progress, None));
        let context = self.transfer_context(&options);
        let work = async {
            let entry = meter.telling(Box::pin(services::upload(self, source, to, &meter, &context))).await?;
            let model =
                crate::border::shared().model("Entry").ok_or_else(|| Error::internal("Entry is not described"))?;
            Ok(Answer::Value(entry, Type::Model(model)))
        };
        self.transfer(&context, cancel, work).await
    }

    pub(crate) async fn upload_folder(
        &self,
        path: PathBuf,
        arguments: &[u8],
        options: &[u8],
        progress: Option<FolderProgressSink>,
        cancel: &CancelHandle,
    ) -> Reply {
        let prepared = folder_arguments(&path, arguments).and_then(|to| {
            services::check_upload(self, &to.further)?;
            Ok((to, CallOptions::from_json(options)?))
        });
        let (to, options) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Reply::failed(error.during(self.service.id, None)),
        };
        let meter = FolderMeter::new(progress);
        let context = self.transfer_context(&options);
        let work = async {
            let report = meter.telling(Box::pin(upload_folder(self, path, &to, &meter, &context))).await?;
            let shared = crate::border::shared();
            let model = shared.model("FolderReport").ok_or_else(|| Error::internal("FolderReport is not described"))?;
            let report = crate::border::from_plain(shared, &Type::Model(model), &report.to_string())?;
            Ok(Answer::Value(report, Type::Model(model)))
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
        let prepared = target(arguments).and_then(|target| Ok((target, CallOptions::from_json(options)?)));
        let (target, options) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Reply::failed(error.during(self.service.id, None)),
        };
        let meter = Arc::new(Meter::new(progress, None));
        let context = self.transfer_context(&options);
        let work = meter.telling(services::download(self, &target, &to, &meter, &context));
        self.transfer(&context, cancel, work).await
    }

    pub(crate) async fn download_stream(&self, arguments: &[u8], options: &[u8], cancel: &CancelHandle) -> Reply {
        let prepared = target(arguments).and_then(|target| Ok((target, CallOptions::from_json(options)?)));
        let (target, options) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Reply::failed(error.during(self.service.id, None)),
        };
        let context = self.transfer_context(&options);
        let work = async { services::download_stream(self, &target, &context).await.map(Answer::Bytes) };
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
            let bytes = self.read(response).await.map_err(|failure| failure.error)?;
            let media_type = image_type(&bytes).filter(|_| status.is_success() && bytes.len() <= MAX_IMAGE);
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

fn target(arguments: &[u8]) -> Result<String, Error> {
    let mut arguments = object("download", arguments)?;
    let target =
        text(&mut arguments, "target")?.ok_or_else(|| Error::invalid_argument("download: target is required"))?;
    nothing_left("download", &arguments)?;
    Ok(target)
}

fn upload_arguments(source: &Source, arguments: &[u8]) -> Result<UploadTo, Error> {
    let mut arguments = object("upload", arguments)?;
    let folder = text(&mut arguments, "folder")?;
    let of_source = match source {
        Source::Path(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
        Source::Bytes(_) | Source::Stream { .. } => None,
    };
    let name = text(&mut arguments, "name")?
        .or(of_source)
        .ok_or_else(|| Error::invalid_argument("upload: a source without a path needs a name"))?;
    check_name(&name)?;
    Ok(UploadTo { folder, name, further: arguments })
}

fn folder_arguments(path: &Path, arguments: &[u8]) -> Result<FolderTo, Error> {
    let mut arguments = object("upload_folder", arguments)?;
    let folder = text(&mut arguments, "folder")?;
    let name = text(&mut arguments, "name")?
        .or_else(|| path.file_name().map(|name| name.to_string_lossy().into_owned()))
        .ok_or_else(|| Error::invalid_argument("upload_folder: a path that ends without a name needs a name"))?;
    check_name(&name)?;
    let parallel = match arguments.shift_remove("parallel") {
        None | Some(Value::Null) => 3,
        Some(value) => value
            .as_u64()
            .and_then(|parallel| usize::try_from(parallel).ok())
            .filter(|parallel| (1..=MOST_PARALLEL).contains(parallel))
            .ok_or_else(|| Error::invalid_argument(format!("parallel is a number from 1 to {MOST_PARALLEL}")))?,
    };
    Ok(FolderTo { folder, name, parallel, further: arguments })
}

/// Refuses what is no name of a file or folder.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    if name.contains(['/', '\\']) || name.chars().any(char::is_control) || name == "." || name == ".." {
        return Err(Error::invalid_argument(
            "upload: name is a file name without a path and without control characters",
        ));
    }
    Ok(())
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
