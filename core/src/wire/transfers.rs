//! The verbs `upload` and `download`: from the border to the service's own protocol.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::border::{Answer, CancelHandle, Destination, Error, ProgressSink, Reply, Source};
use crate::services::{self, UploadTo};
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
    let folder = folder.map(|folder| Target::parse(service, &folder).map(Target::as_folder)).transpose()?;
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
