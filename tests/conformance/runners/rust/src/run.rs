//! One case: what it asks for, and what was heard while it ran.

use std::fmt::Debug;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fileferry::{
    Builder, ByteStream, Call, CallOptions, Captcha, Download, Error, Flow, FolderProgress, Kind, Pages, Progress,
    Response, Service, Source, Step, Upload, UploadFolder, Verb,
};
use serde_json::{Map, Value, json};

use crate::arguments::Arguments;
use crate::observe::{self, Observe};

/// The most bytes that are read of a stream: cases have small ones.
const STREAM_LIMIT: usize = 256 << 20;

/// A service's client as the runner uses it.
pub trait Runnable: Service {
    /// Gives the builder a credential; `None` where the service has none of this name.
    fn credential(builder: Builder<Self>, name: &str, value: &str) -> Option<Builder<Self>>;

    /// Calls an operation.
    async fn operation(&self, id: &str, arguments: &mut Arguments, options: CallOptions) -> Outcome;

    /// Walks a listing to its end.
    async fn iterator(&self, id: &str, arguments: &mut Arguments, options: CallOptions) -> Outcome;

    /// Gives an upload the service's own arguments.
    fn upload_arguments(call: Upload<Self>, arguments: &mut Arguments) -> Result<Upload<Self>, Outcome>;

    /// Gives the upload of a folder the service's own arguments.
    fn folder_arguments(call: UploadFolder<Self>, arguments: &mut Arguments) -> Result<UploadFolder<Self>, Outcome>;

    /// Gives a download the service's own arguments.
    fn download_arguments(call: Download<Self>, arguments: &mut Arguments) -> Result<Download<Self>, Outcome>;
}

/// How a call ended.
pub enum Outcome {
    /// What was seen of the result, and how it prints.
    Value(Value, String),
    /// With an error of the library.
    Error(Box<Error>),
    /// The runner cannot do it.
    Unable(String),
}

impl Outcome {
    pub fn unknown(operation: &str) -> Self {
        Self::Unable(format!("Rust has no method for {operation}"))
    }

    fn of<T: Observe + Debug>(result: Result<T, Error>) -> Self {
        match result {
            Ok(value) => Self::Value(value.observe(), format!("{value:?}")),
            Err(error) => Self::from(error),
        }
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self::Error(Box::new(error))
    }
}

impl From<Result<Outcome, Outcome>> for Outcome {
    fn from(result: Result<Outcome, Outcome>) -> Self {
        result.unwrap_or_else(|outcome| outcome)
    }
}

/// Lets `?` end a function that gives an [`Outcome`].
macro_rules! attempt {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(reason) => return Outcome::from(reason),
        }
    };
}

/// Awaits a call and looks at its result.
pub async fn called<O>(call: Call<O>) -> Outcome
where
    O: fileferry::Operation,
    O::Output: Observe + Debug,
{
    Outcome::of(call.await)
}

/// Awaits a call that gives a stream, and reads it.
pub async fn opened<O: fileferry::Operation<Output = ByteStream>>(call: Call<O>) -> Outcome {
    let stream = attempt!(call.await);
    let (media_type, length, printed) =
        (stream.media_type().map(str::to_owned), stream.length(), format!("{stream:?}"));
    let content = attempt!(stream.read_all(STREAM_LIMIT).await);
    let length = length.and_then(|length| i64::try_from(length).ok());
    let seen = json!({
        "media_type": media_type.observe(),
        "length": length.observe(),
        "body": observe::content(&content),
    });
    Outcome::Value(seen, printed)
}

/// Walks to the end.
pub async fn walked<O: fileferry::Paged>(mut pages: Pages<O>) -> Outcome
where
    O::Item: Observe + Debug,
{
    let mut items = Vec::new();
    while let Some(item) = pages.next().await {
        items.push(attempt!(item));
    }
    Outcome::of(Ok(items))
}

/// A line of the input.
pub struct Case {
    name: String,
    pub service: String,
    operation: String,
    verb: Option<String>,
    iterate: bool,
    close_first: bool,
    client: Map<String, Value>,
    call: Map<String, Value>,
    options: Map<String, Value>,
}

impl Case {
    pub fn from_json(line: &str) -> io::Result<Self> {
        let mut members: Map<String, Value> = serde_json::from_str(line)?;
        let mut text = |name: &str| members.remove(name).and_then(|value| value.as_str().map(str::to_owned));
        let (name, service) = (text("case").unwrap_or_default(), text("service").unwrap_or_default());
        let (operation, verb) = (text("operation").unwrap_or_default(), text("verb"));
        let mut truth = |name: &str| members.remove(name) == Some(Value::Bool(true));
        let (iterate, close_first) = (truth("iterate"), truth("close_first"));
        let mut object = |name: &str| match members.remove(name) {
            Some(Value::Object(members)) => members,
            _ => Map::new(),
        };
        let (client, call, options) = (object("client"), object("call"), object("options"));
        Ok(Self { name, service, operation, verb, iterate, close_first, client, call, options })
    }
}

/// What was heard while a case ran.
#[derive(Default)]
struct Heard {
    progress: Vec<Value>,
    responses: Vec<Value>,
    debug: Vec<String>,
}

/// What became of a case.
pub struct Seen {
    outcome: Outcome,
    heard: Heard,
}

impl Seen {
    pub fn unable(reason: String) -> Self {
        Self { outcome: Outcome::Unable(reason), heard: Heard::default() }
    }

    /// The line of the output.
    pub fn reply(self, case: &Case) -> Value {
        let Heard { progress, responses, mut debug } = self.heard;
        let mut reply = match self.outcome {
            Outcome::Value(seen, printed) => {
                debug.push(printed);
                json!({"outcome": "value", "observation": seen})
            }
            Outcome::Error(error) => {
                debug.extend([error.to_string(), format!("{error:?}")]);
                let mut record = serde_json::to_value(error.record()).unwrap_or_default();
                // One class for all kinds, as is Rust's way: the kind's own variant takes the class's place.
                record["class"] = json!(format!("{:?}", error.kind()));
                json!({"outcome": "error", "error": record})
            }
            Outcome::Unable(reason) => json!({"outcome": "runner_error", "error": reason}),
        };
        reply["case"] = json!(case.name);
        reply["progress"] = json!(progress);
        reply["responses"] = json!(responses);
        reply["debug"] = json!(debug);
        reply
    }
}

/// Performs a case with a client of its own.
pub async fn perform<C: Runnable>(case: &Case) -> Seen {
    let heard = Arc::new(Mutex::new(Heard::default()));
    let outcome = match client::<C>(&case.client) {
        Ok(client) => {
            if case.close_first {
                client.close();
            }
            let outcome = ask(case, &client, &heard).await;
            note(&heard, |heard| heard.debug.push(format!("{client:?}")));
            client.close();
            outcome
        }
        Err(outcome) => outcome,
    };
    let mut seen = Seen { outcome, heard: Heard::default() };
    note(&heard, |heard| seen.heard = std::mem::take(heard));
    seen
}

fn note(heard: &Mutex<Heard>, write: impl FnOnce(&mut Heard)) {
    write(&mut heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
}

fn client<C: Runnable>(given: &Map<String, Value>) -> Result<C, Outcome> {
    // Secrets are looked for in what is logged.
    let mut builder = C::builder().on_log(|entry| eprintln!("{} {}", entry.level, entry.message));
    for (name, value) in given {
        let misfit = || Outcome::Unable(format!("Rust cannot say {name}: {value}"));
        let seconds =
            || value.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or_else(misfit);
        let text = || value.as_str().ok_or_else(misfit);
        builder = match name.as_str() {
            "session" => builder.session(text()?),
            "host" => builder.host(text()?),
            "base_url" => builder.base_url(text()?),
            "proxy" => builder.proxy(text()?),
            "ca_bundle" => builder.ca_bundle(text()?),
            "user_agent" => builder.user_agent(text()?),
            "allow_http" => builder.allow_http(value.as_bool().ok_or_else(misfit)?),
            "connect_timeout" => builder.connect_timeout(seconds()?),
            "idle_timeout" => builder.idle_timeout(seconds()?),
            "upload_idle_timeout" => builder.upload_idle_timeout(seconds()?),
            "deadline" => builder.deadline(seconds()?),
            "backoff" => builder.backoff(seconds()?),
            "backoff_max" => builder.backoff_max(seconds()?),
            "retry_after_cap" => builder.retry_after_cap(seconds()?),
            "free_wait_margin" => builder.free_wait_margin(seconds()?),
            "poll_interval" => builder.poll_interval(seconds()?),
            "rate" => builder.rate(value.as_f64().ok_or_else(misfit)?),
            "max_attempts" => builder.max_attempts(number(value).ok_or_else(misfit)?),
            "max_json" => builder.max_json(number(value).ok_or_else(misfit)?),
            "on_captcha" => {
                let answer = text()?.to_owned();
                builder.on_captcha(move |_captcha: Captcha, _flow: Flow| {
                    let answer = answer.clone();
                    async move { Some(answer) }
                })
            }
            _ => match C::credential(builder, name, text()?) {
                Some(builder) => builder,
                None => return Err(Outcome::Unable(format!("Rust has no option {name}"))),
            },
        };
    }
    Ok(builder.build()?)
}

fn number<T: TryFrom<u64>>(value: &Value) -> Option<T> {
    value.as_u64().and_then(|number| T::try_from(number).ok())
}

fn options(given: &Map<String, Value>, heard: &Arc<Mutex<Heard>>) -> Result<CallOptions, Outcome> {
    let heard = Arc::clone(heard);
    let mut options = CallOptions::new().on_response(move |response: &Response| {
        let headers: Map<String, Value> =
            response.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        note(&heard, |heard| heard.responses.push(json!([response.status, headers])));
    });
    for (name, value) in given {
        let misfit = || Outcome::Unable(format!("Rust cannot say {name}: {value}"));
        let text = || value.as_str().ok_or_else(misfit);
        options = match name.as_str() {
            "deadline" => {
                let seconds = value.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                options.deadline(seconds.ok_or_else(misfit)?)
            }
            "max_attempts" => options.max_attempts(number(value).ok_or_else(misfit)?),
            "method" => options.method(text()?),
            "version" => options.version(text()?),
            "address" => options.address(text()?),
            "extra" => {
                let members = value.as_object().ok_or_else(misfit)?;
                members.iter().fold(options, |options, (name, value)| options.extra(name, value.clone()))
            }
            _ => return Err(Outcome::Unable(format!("Rust has no call option {name}"))),
        };
    }
    Ok(options)
}

async fn ask<C: Runnable>(case: &Case, client: &C, heard: &Arc<Mutex<Heard>>) -> Outcome {
    let options = attempt!(options(&case.options, heard));
    let mut arguments = Arguments::new(case.call.clone());
    match case.verb.as_deref() {
        None if case.iterate => client.iterator(&case.operation, &mut arguments, options).await,
        None => client.operation(&case.operation, &mut arguments, options).await,
        Some("upload") => upload(client, &mut arguments, options, heard).await,
        Some("uploadFolder") => upload_folder(client, &mut arguments, options, heard).await,
        Some("download") => download(client, &mut arguments, options, heard).await,
        Some("request") => request(client, &mut arguments, options).await,
        Some("signIn") => sign_in(client, &mut arguments).await,
        Some(verb) => shared(verb, client, &mut arguments, options, heard).await,
    }
}

/// Notes progress, of which `far` tells the bytes that are done and those in all.
fn progress<P: Debug + 'static>(
    heard: &Arc<Mutex<Heard>>,
    far: fn(&P) -> (u64, Option<u64>),
) -> impl Fn(P) + Send + Sync + use<P> {
    let heard = Arc::clone(heard);
    move |progress| {
        let (done, total) = far(&progress);
        note(&heard, |heard| {
            heard.progress.push(json!({"done": done, "total": total}));
            heard.debug.push(format!("{progress:?}"));
        });
    }
}

fn of_file(progress: &Progress) -> (u64, Option<u64>) {
    (progress.bytes_done, progress.bytes_total)
}

fn of_folder(progress: &FolderProgress) -> (u64, Option<u64>) {
    (progress.bytes_done, Some(progress.bytes_total))
}

async fn upload<C: Runnable>(
    client: &C,
    arguments: &mut Arguments,
    options: CallOptions,
    heard: &Arc<Mutex<Heard>>,
) -> Outcome {
    let source = attempt!(source(arguments.take("source")).await);
    let mut call = client.upload(source).with_options(options).on_progress(progress(heard, of_file));
    if let Some(folder) = attempt!(arguments.optional::<String>("folder")) {
        call = call.into_folder(folder);
    }
    if let Some(name) = attempt!(arguments.optional::<String>("name")) {
        call = call.named(name);
    }
    let call = attempt!(C::upload_arguments(call, arguments));
    attempt!(arguments.none_left());
    Outcome::of(call.await)
}

async fn upload_folder<C: Runnable>(
    client: &C,
    arguments: &mut Arguments,
    options: CallOptions,
    heard: &Arc<Mutex<Heard>>,
) -> Outcome {
    let source = arguments.take("source").unwrap_or_default();
    let path = attempt!(source["$path"].as_str().ok_or_else(|| Outcome::Unable("a folder without a path".to_owned())));
    let mut call = client.upload_folder(path).with_options(options).on_progress(progress(heard, of_folder));
    if let Some(folder) = attempt!(arguments.optional::<String>("folder")) {
        call = call.into_folder(folder);
    }
    if let Some(name) = attempt!(arguments.optional::<String>("name")) {
        call = call.named(name);
    }
    if let Some(files) = attempt!(arguments.optional::<usize>("parallel")) {
        call = call.parallel(files);
    }
    let call = attempt!(C::folder_arguments(call, arguments));
    attempt!(arguments.none_left());
    Outcome::of(call.await)
}

async fn source(given: Option<Value>) -> Result<Source, Outcome> {
    let misfit = |reason: &str| Outcome::Unable(format!("a source {reason}"));
    let given = given.ok_or_else(|| misfit("is missing"))?;
    let path = given["$path"].as_str().or(given.as_str()).ok_or_else(|| misfit("without a path"))?;
    match given["as"].as_str() {
        Some("bytes") => {
            let bytes = tokio::fs::read(path).await.map_err(|error| misfit(&error.to_string()))?;
            Ok(Source::from(bytes))
        }
        Some("stream") => {
            let file = tokio::fs::File::open(path).await.map_err(|error| misfit(&error.to_string()))?;
            let length = file.metadata().await.map_err(|error| misfit(&error.to_string()))?.len();
            Ok(Source::reader(length, file))
        }
        _ => Ok(Source::from(path)),
    }
}

async fn download<C: Runnable>(
    client: &C,
    arguments: &mut Arguments,
    options: CallOptions,
    heard: &Arc<Mutex<Heard>>,
) -> Outcome {
    let target = attempt!(arguments.required::<String>("target"));
    let to = match arguments.take("to") {
        Some(Value::String(path)) => path,
        Some(file) => file["$path"].as_str().unwrap_or_default().to_owned(),
        None => return Outcome::Unable("Rust cannot leave `to` out".to_owned()),
    };
    let mut call = client.download(target, to).with_options(options).on_progress(progress(heard, of_file));
    if let Some(overwrite) = attempt!(arguments.optional::<bool>("overwrite")) {
        call = call.overwrite(overwrite);
    }
    let call = attempt!(C::download_arguments(call, arguments));
    attempt!(arguments.none_left());
    Outcome::of(call.await)
}

/// The other verbs that all services share.
async fn shared<C: Runnable>(
    verb: &str,
    client: &C,
    arguments: &mut Arguments,
    options: CallOptions,
    heard: &Arc<Mutex<Heard>>,
) -> Outcome {
    let target = |arguments: &mut Arguments| arguments.required::<String>("target");
    let folder = attempt!(arguments.optional::<String>("folder"));
    match verb {
        "list" => {
            attempt!(arguments.none_left());
            walked(client.list(folder.unwrap_or("/".to_owned())).with_options(options)).await
        }
        "stat" => {
            let mut call = client.stat(attempt!(target(arguments)));
            if let Some(is_folder) = attempt!(arguments.optional("is_folder")) {
                call = call.is_folder(is_folder);
            }
            done(call, arguments, options).await
        }
        "makeFolder" => {
            let mut call = client.make_folder(attempt!(arguments.required::<String>("name")));
            if let Some(folder) = folder {
                call = call.in_folder(folder);
            }
            if let Some(exist_ok) = attempt!(arguments.optional("exist_ok")) {
                call = call.exist_ok(exist_ok);
            }
            done(call, arguments, options).await
        }
        "move" => {
            done(client.move_to(attempt!(target(arguments)), folder.unwrap_or_default()), arguments, options).await
        }
        "rename" => {
            let (target, name) = (attempt!(target(arguments)), attempt!(arguments.required::<String>("name")));
            done(client.rename(target, name), arguments, options).await
        }
        "delete" => done(client.delete(attempt!(target(arguments))), arguments, options).await,
        "shareLink" => done(client.share_link(attempt!(target(arguments))), arguments, options).await,
        "remoteUpload" => {
            let url = attempt!(arguments.required::<String>("url"));
            let mut call = client.remote_upload(url).on_progress(progress(heard, of_file));
            if let Some(folder) = folder {
                call = call.into_folder(folder);
            }
            done(call, arguments, options).await
        }
        "account" => done(client.account(), arguments, options).await,
        "capabilities" => {
            attempt!(arguments.none_left());
            Outcome::of(client.capabilities())
        }
        _ => Outcome::Unable(format!("the runner knows no verb {verb}")),
    }
}

/// Awaits a verb that has all its arguments.
async fn done<V>(call: Verb<V>, arguments: &Arguments, options: CallOptions) -> Outcome
where
    V: fileferry::Operation,
    V::Output: Observe + Debug,
{
    attempt!(arguments.none_left());
    Outcome::of(call.with_options(options).await)
}

async fn request<C: Runnable>(client: &C, arguments: &mut Arguments, options: CallOptions) -> Outcome {
    let method = attempt!(arguments.required::<String>("method"));
    let path = attempt!(arguments.required::<String>("path"));
    let mut call = client.request(method, path).with_options(options);
    if let Some(Value::Object(params)) = arguments.take("params") {
        for (name, value) in params {
            call = call.param(name, value);
        }
    }
    attempt!(arguments.none_left());
    Outcome::of(call.await)
}

async fn sign_in<C: Runnable>(client: &C, arguments: &mut Arguments) -> Outcome {
    let answers = attempt!(arguments.optional::<Vec<String>>("answers")).unwrap_or_default();
    let with_images = attempt!(arguments.optional::<bool>("images")).unwrap_or_default();
    attempt!(arguments.none_left());
    let flow = client.sign_in();
    let mut answers = answers.into_iter();
    let mut steps = Vec::new();
    let mut step = attempt!(flow.start().await);
    while step != Step::Done {
        let mut seen = json!({ "type": observe::leaf("text", name(&step)) });
        if let Step::Captcha(captcha) = &step {
            seen["kind"] = captcha.kind.observe();
            seen["challenge"] = captcha.challenge.observe();
            seen["url"] = captcha.url.observe();
            if with_images && captcha.kind.as_deref() == Some("image") {
                seen["image"] = observe::content(&attempt!(flow.image().await).bytes);
            }
        }
        if let Step::Confirm { url, user_code, .. } = &step {
            seen["url"] = url.observe();
            seen["user_code"] = user_code.observe();
        }
        steps.push(seen);
        step = match (&step, answers.next()) {
            (Step::Wait(_), _) => attempt!(flow.proceed().await),
            (_, Some(answer)) => match flow.answer(&answer).await {
                // A wrong answer leaves the sign-in at a new captcha, for which the case may have another answer.
                Err(error) if error.kind() == Kind::CaptchaInvalid && answers.len() > 0 => {
                    flow.step().await.unwrap_or(Step::Done)
                }
                next => attempt!(next),
            },
            (_, None) => break,
        };
    }
    Outcome::Value(json!({"steps": steps, "result": ().observe()}), format!("{flow:?}"))
}

fn name(step: &Step) -> &'static str {
    match step {
        Step::Captcha(_) => "captcha",
        Step::Confirm { .. } => "confirm",
        Step::Wait(_) => "wait",
        _ => "done",
    }
}
