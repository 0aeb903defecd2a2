//! The verbs `upload`, `upload_folder` and `download`: from the border to the service's own protocol.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::border::{self, Answer, CancelHandle, Destination, Error, FolderProgressSink, ProgressSink, Reply, Source};
use crate::services::{self, UploadTo};
use crate::tables::Service;
use crate::transfer::folder_progress::FolderMeter;
use crate::transfer::progress::Meter;
use crate::verbs::upload_folder::{FolderTo, upload_folder};
use crate::verbs::{At, Target};
use crate::wire::options::{CallOptions, object};
use crate::wire::{Context, Engine};

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
        let prepared = upload_arguments(self.service, &source, arguments).and_then(|(folder, to)| {
            services::check_upload(self, &to.further)?;
            Ok((folder, to, CallOptions::from_json(options)?))
        });
        let (folder, to, options) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Reply::failed(error.during(self.service.id, None)),
        };
        let meter = Arc::new(Meter::new(progress, None));
        let context = self.transfer_context(&options);
        let work = async {
            let folder = self.folder_id(folder.as_ref(), &context).await?;
            let to = UploadTo { folder, ..to };
            let entry = meter.telling(Box::pin(services::upload(self, source, to, &meter, &context))).await?;
            Ok(Answer::Value(entry, border::shared_type("Entry")?))
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
        let prepared = folder_arguments(self.service, &path, arguments).and_then(|(folder, to)| {
            services::check_upload(self, &to.further)?;
            Ok((folder, to, CallOptions::from_json(options)?))
        });
        let (folder, to, options) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Reply::failed(error.during(self.service.id, None)),
        };
        let meter = FolderMeter::new(progress);
        let context = self.transfer_context(&options);
        let work = async {
            let to = FolderTo { folder: self.folder_id(folder.as_ref(), &context).await?, ..to };
            let report = meter.telling(Box::pin(upload_folder(self, path, &to, &meter, &context))).await?;
            let ty = border::shared_type("FolderReport")?;
            Ok(Answer::Value(border::from_plain(border::shared(), &ty, &report.to_string())?, ty))
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
            let target = services::file_id_of(At { engine: self, context: &context }, &target).await?;
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
            let target = services::file_id_of(At { engine: self, context: &context }, &target).await?;
            services::download_stream(self, &target, &context).await.map(Answer::Bytes)
        };
        self.transfer(&context, cancel, work).await
    }

    /// The id of the folder that a transfer goes into.
    async fn folder_id(&self, folder: Option<&Target>, context: &Context<'_>) -> Result<Option<String>, Error> {
        match folder {
            Some(folder) => Box::pin(services::id_of(At { engine: self, context }, folder)).await.map(Some),
            None => Ok(None),
        }
    }

    fn transfer_context<'a>(&self, options: &'a CallOptions) -> Context<'a> {
        Context::new(options, self.time_for(options))
    }

    // A future and not an async closure: what holds the call of one is not `Send` for all lifetimes, so no binding could
    // spawn it.
    async fn transfer(
        &self,
        context: &Context<'_>,
        cancel: &CancelHandle,
        work: impl Future<Output = Result<Answer, Error>>,
    ) -> Reply {
        let outcome = self.within(self.time_for(context.options), cancel, work).await;
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

/// The folder that an upload names, taken out of its arguments.
fn folder(service: &Service, arguments: &mut Map<String, Value>) -> Result<Option<Target>, Error> {
    let folder = arguments.shift_remove("folder").filter(|folder| !folder.is_null());
    folder.map(|folder| Target::parse(service, &folder).map(Target::into_folder)).transpose()
}

/// Where an upload goes; its folder is still to be found.
fn upload_arguments(service: &Service, source: &Source, arguments: &[u8]) -> Result<(Option<Target>, UploadTo), Error> {
    let mut arguments = object("upload", arguments)?;
    let folder = folder(service, &mut arguments)?;
    let of_source = match source {
        Source::Path(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
        Source::Bytes(_) | Source::Stream { .. } => None,
    };
    let name = text(&mut arguments, "name")?
        .or(of_source)
        .ok_or_else(|| Error::invalid_argument("upload: a source without a path needs a name"))?;
    check_name(&name)?;
    Ok((folder, UploadTo { folder: None, name, further: arguments }))
}

/// The same for a whole folder.
fn folder_arguments(service: &Service, path: &Path, arguments: &[u8]) -> Result<(Option<Target>, FolderTo), Error> {
    let mut arguments = object("upload_folder", arguments)?;
    let folder = folder(service, &mut arguments)?;
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
    Ok((folder, FolderTo { folder: None, name, parallel, further: arguments }))
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

/// Refuses arguments that nobody took.
pub(crate) fn nothing_left(verb: &str, arguments: &Map<String, Value>) -> Result<(), Error> {
    match arguments.keys().next() {
        Some(unknown) => Err(Error::invalid_argument(format!("{verb}: there is no argument {unknown}"))),
        None => Ok(()),
    }
}
