//! Performs cases with the core itself, in this process, over tables of the caller's choice.
//!
//! No language is shown by this (each has its own runner); it is how a change of a table is noticed without a rebuild.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use fileferry_core::border::{
    Answer, CancelHandle, Captcha, Client, Destination, Error, Flow, FolderProgressSink, Hooks, Kind, ProgressSink,
    Reader, Reply, Source, Step, shared,
};
use fileferry_core::tables::{Service, Type};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::observation;
use crate::runner::Performer;

/// The core over one service's tables.
#[derive(Debug)]
pub struct CorePerformer {
    service: &'static Service,
}

/// Why a case cannot be performed here.
type Trouble = String;

impl CorePerformer {
    /// A performer over these tables.
    pub fn new(service: &'static Service) -> Self {
        Self { service }
    }

    async fn observe(&self, line: &Value) -> Result<Value, Trouble> {
        let client = match Client::over(self.service, &client_options(&line["client"]), Hooks::default()) {
            Ok(client) => client,
            Err(error) => return Ok(failed(line, error.into())),
        };
        if line["close_first"] == true {
            client.close();
        }
        let performed = match line["verb"].as_str() {
            None if line["iterate"] == true => self.iterate(&client, line).await,
            None => self.call(&client, line).await?,
            Some("upload") => upload(&client, line).await?,
            Some("uploadFolder") => upload_folder(&client, line).await?,
            Some("download") => download(&client, line).await?,
            Some("request") => request(&client, line).await?,
            Some("signIn") => sign_in(&client, &line["call"]).await,
            Some("list") => list(&client, line).await,
            Some("capabilities") => client.capabilities().map_err(Failed::from).map(|answer| Seen {
                value: observed_shared(answer),
                progress: Vec::new(),
                responses: Vec::new(),
            }),
            Some(verb) => shared_verb(&client, verb, line).await,
        };
        Ok(match performed {
            Ok(seen) => {
                let mut value =
                    json!({"case": line["case"], "outcome": "value", "observation": seen.value, "debug": []});
                value["progress"] = seen.progress.into();
                value["responses"] = seen.responses.into();
                value
            }
            Err(failure) => failed(line, failure),
        })
    }

    async fn call(&self, client: &Client, line: &Value) -> Result<Result<Seen, Failed>, Trouble> {
        let operation = line["operation"].as_str().unwrap_or_default();
        let (arguments, options) = (bytes(&line["call"]), call_options(&line["options"]));
        let mut reply = client.call(operation, &arguments, &options, &CancelHandle::new()).await;
        if let Some(needed) = reply.needs.take()
            && let Some(answer) = line["client"]["on_captcha"].as_str()
        {
            let flow = match client.flow(needed, &options) {
                Ok(flow) => flow,
                Err(error) => return Ok(Err(error.into())),
            };
            if let Err(error) = walk(&flow, &[answer.to_owned()], false).await {
                return Ok(Err(error.into()));
            }
            reply = client.call(operation, &arguments, &options, &CancelHandle::new()).await;
        }
        self.seen(reply).await
    }

    async fn seen(&self, reply: Reply) -> Result<Result<Seen, Failed>, Trouble> {
        let (answer, responses) = match heard(reply) {
            Err(failure) => return Ok(Err(failure)),
            Ok(heard) => heard,
        };
        let value = match answer {
            Answer::Value(tape, ty) => {
                let reader = tape.reader();
                observed(self.service, &ty, reader, reader.root())
            }
            Answer::None => leaf("null", Value::Null),
            Answer::Link(url) => leaf("text", url.into()),
            Answer::Bytes(stream) => {
                let media_type = stream.media_type.clone();
                match stream.read_all(usize::MAX, &CancelHandle::new()).await {
                    Ok(content) => json!({
                        "media_type": text_or_null(media_type),
                        "length": match stream.length {
                            Some(length) => leaf("int", length.into()),
                            None => leaf("null", Value::Null),
                        },
                        "body": content_leaf(&content),
                    }),
                    Err(error) => return Ok(Err(Failed { error, responses })),
                }
            }
        };
        Ok(Ok(Seen { value, progress: Vec::new(), responses }))
    }

    async fn iterate(&self, client: &Client, line: &Value) -> Result<Seen, Failed> {
        let operation = line["operation"].as_str().unwrap_or_default();
        let pages = client.pages(operation, &bytes(&line["call"]), &call_options(&line["options"]))?;
        let mut items = Vec::new();
        let mut told = Vec::new();
        loop {
            let reply = pages.next(&CancelHandle::new()).await;
            let (answer, more) = heard(reply)?;
            told.extend(more);
            match answer {
                Answer::Value(tape, Type::List(item)) => {
                    let reader = tape.reader();
                    if reader.root() != 0 {
                        items.extend(reader.list(reader.root()).map(|at| observed(self.service, item, reader, at)));
                    }
                }
                _ => {
                    return Ok(Seen { value: items.into(), progress: Vec::new(), responses: told });
                }
            }
        }
    }
}

impl Performer for CorePerformer {
    async fn perform(&mut self, line: &Value) -> Result<observation::Reply, String> {
        let reply = self.observe(line).await?;
        serde_json::from_value(reply).map_err(|error| error.to_string())
    }
}

/// What came out of a call.
struct Seen {
    value: Value,
    progress: Vec<Value>,
    responses: Vec<Value>,
}

/// How a call failed.
struct Failed {
    error: Error,
    responses: Vec<Value>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, responses: Vec::new() }
    }
}

/// The answer of a reply, and what `on_response` would have told of it.
fn heard(reply: Reply) -> Result<(Answer, Vec<Value>), Failed> {
    let responses = responses(&reply);
    match reply.outcome {
        Ok(answer) => Ok((answer, responses)),
        Err(error) => Err(Failed { error, responses }),
    }
}

fn failed(line: &Value, Failed { error, responses }: Failed) -> Value {
    let mut record: Value = serde_json::from_str(&error.to_json()).unwrap_or_default();
    record["class"] = json!("Error");
    let debug = [error.to_string(), format!("{error:?}")];
    json!({"case": line["case"], "outcome": "error", "error": record, "debug": debug, "responses": responses})
}

fn responses(reply: &Reply) -> Vec<Value> {
    let one = |response: &fileferry_core::border::Response| {
        let headers: Map<String, Value> =
            response.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        json!([response.status, headers])
    };
    reply.response.iter().map(one).collect()
}

/// Seconds of the constructor's options into the core's milliseconds.
fn client_options(options: &Value) -> Vec<u8> {
    const SECONDS: [&str; 9] = [
        "connect_timeout",
        "idle_timeout",
        "upload_idle_timeout",
        "deadline",
        "backoff",
        "backoff_max",
        "retry_after_cap",
        "free_wait_margin",
        "poll_interval",
    ];
    in_milliseconds(options, &SECONDS, &["on_captcha"])
}

fn call_options(options: &Value) -> Vec<u8> {
    in_milliseconds(options, &["deadline"], &[])
}

fn in_milliseconds(options: &Value, seconds: &[&str], without: &[&str]) -> Vec<u8> {
    let mut changed = Map::new();
    for (name, value) in options.as_object().into_iter().flatten() {
        match value.as_f64() {
            Some(number) if seconds.contains(&name.as_str()) => {
                changed.insert(format!("{name}_ms"), (number * 1000.0).into());
            }
            _ if without.contains(&name.as_str()) => {}
            _ => {
                changed.insert(name.clone(), value.clone());
            }
        }
    }
    Value::Object(changed).to_string().into_bytes()
}

fn bytes(value: &Value) -> Vec<u8> {
    if value.is_null() { Vec::new() } else { value.to_string().into_bytes() }
}

async fn upload(client: &Client, line: &Value) -> Result<Result<Seen, Failed>, Trouble> {
    let mut call = line["call"].as_object().cloned().unwrap_or_default();
    let given = call.shift_remove("source").unwrap_or_default();
    let path = PathBuf::from(given["$path"].as_str().ok_or("an upload needs a source")?);
    let source = match given["as"].as_str() {
        Some("bytes") => Source::Bytes(std::fs::read(&path).map_err(|error| error.to_string())?.into()),
        Some("stream") => {
            let content = std::fs::read(&path).map_err(|error| error.to_string())?;
            let (feeder, source) = Source::stream(content.len() as u64);
            tokio::spawn(async move {
                for chunk in content.chunks(64 << 10) {
                    if !feeder.push(chunk.to_vec().into()).await {
                        return;
                    }
                }
            });
            source
        }
        _ => Source::Path(path),
    };
    let progress = Arc::new(Mutex::new(Vec::new()));
    let sink = sink(&progress);
    let (arguments, options) = (bytes(&call.into()), call_options(&line["options"]));
    let reply = client.upload(source, &arguments, &options, Some(sink), &CancelHandle::new()).await;
    Ok(of_shared_model(reply, &progress))
}

async fn upload_folder(client: &Client, line: &Value) -> Result<Result<Seen, Failed>, Trouble> {
    let mut call = line["call"].as_object().cloned().unwrap_or_default();
    let source = call.shift_remove("source").unwrap_or_default();
    let path = source["$path"].as_str().or(source.as_str()).ok_or("an upload needs a folder")?.into();
    let progress = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&progress);
    let sink: FolderProgressSink = Arc::new(move |event| told(&sink, event.bytes_done, Some(event.bytes_total)));
    let (arguments, options) = (bytes(&call.into()), call_options(&line["options"]));
    let reply = client.upload_folder(path, &arguments, &options, Some(sink), &CancelHandle::new()).await;
    Ok(of_shared_model(reply, &progress))
}

async fn download(client: &Client, line: &Value) -> Result<Result<Seen, Failed>, Trouble> {
    let mut call = line["call"].as_object().cloned().unwrap_or_default();
    let to = call.shift_remove("to").unwrap_or_default();
    let path = to.as_str().or(to["$path"].as_str()).ok_or("a download needs a place")?;
    let overwrite = call.shift_remove("overwrite") == Some(Value::Bool(true));
    let destination = Destination::File { path: path.into(), overwrite };
    let progress = Arc::new(Mutex::new(Vec::new()));
    let sink = sink(&progress);
    let (arguments, options) = (bytes(&call.into()), call_options(&line["options"]));
    let reply = client.download(destination, &arguments, &options, Some(sink), &CancelHandle::new()).await;
    Ok(of_shared_model(reply, &progress))
}

/// The items of a folder, page after page.
async fn list(client: &Client, line: &Value) -> Result<Seen, Failed> {
    let pages = client.list(&bytes(&line["call"]), &call_options(&line["options"]))?;
    let (mut items, mut told) = (Vec::new(), Vec::new());
    loop {
        let reply = pages.next(&CancelHandle::new()).await;
        let (answer, more) = heard(reply)?;
        told.extend(more);
        match observed_shared(answer) {
            Value::Array(page) => items.extend(page),
            _ => return Ok(Seen { value: items.into(), progress: Vec::new(), responses: told }),
        }
    }
}

/// Any other verb that all services share.
async fn shared_verb(client: &Client, verb: &str, line: &Value) -> Result<Seen, Failed> {
    let name: String = verb.chars().fold(String::new(), |name, letter| match letter {
        'A'..='Z' => name + "_" + &letter.to_ascii_lowercase().to_string(),
        _ => name + &letter.to_string(),
    });
    let progress = Arc::new(Mutex::new(Vec::new()));
    let (arguments, options) = (bytes(&line["call"]), call_options(&line["options"]));
    let reply = client.verb(&name, &arguments, &options, Some(sink(&progress)), &CancelHandle::new()).await;
    of_shared_model(reply, &progress)
}

fn sink(progress: &Arc<Mutex<Vec<Value>>>) -> ProgressSink {
    let progress = Arc::clone(progress);
    Arc::new(move |event| told(&progress, event.bytes_done, event.bytes_total))
}

fn told(progress: &Mutex<Vec<Value>>, done: u64, total: Option<u64>) {
    progress.lock().unwrap_or_else(PoisonError::into_inner).push(json!({"done": done, "total": total}));
}

fn of_shared_model(reply: Reply, progress: &Mutex<Vec<Value>>) -> Result<Seen, Failed> {
    let (answer, responses) = heard(reply)?;
    let value = observed_shared(answer);
    let progress = progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Seen { value, progress, responses })
}

fn observed_shared(answer: Answer) -> Value {
    match answer {
        Answer::Value(tape, ty) => {
            let reader = tape.reader();
            observed(shared(), &ty, reader, reader.root())
        }
        Answer::Link(url) => leaf("text", url.into()),
        _ => leaf("null", Value::Null),
    }
}

async fn request(client: &Client, line: &Value) -> Result<Result<Seen, Failed>, Trouble> {
    let call = &line["call"];
    let (method, path) = (call["method"].as_str().unwrap_or_default(), call["path"].as_str().unwrap_or_default());
    let (params, options) = (bytes(&call["params"]), call_options(&line["options"]));
    let reply = client.request(method, path, &params, &options, &CancelHandle::new()).await;
    let (answer, responses) = match heard(reply) {
        Err(failure) => return Ok(Err(failure)),
        Ok(heard) => heard,
    };
    let value = match answer {
        Answer::Value(tape, _) => match tape.reader().root() {
            0 => Value::Null,
            root => serde_json::from_str(tape.reader().text(root)).map_err(|error| error.to_string())?,
        },
        _ => Value::Null,
    };
    Ok(Ok(Seen { value: leaf("json", value), progress: Vec::new(), responses }))
}

async fn sign_in(client: &Client, call: &Value) -> Result<Seen, Failed> {
    let answers: Vec<String> =
        call["answers"].as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect();
    let steps = walk(&client.sign_in(), &answers, call["images"] == true).await?;
    Ok(Seen {
        value: json!({"steps": steps, "result": leaf("null", Value::Null)}),
        progress: Vec::new(),
        responses: Vec::new(),
    })
}

/// Takes the steps of a flow with these answers, up to the first step that has none. A wrong answer is an error unless
/// another one is left.
async fn walk(flow: &Flow, answers: &[String], images: bool) -> Result<Vec<Value>, Error> {
    let cancel = CancelHandle::new();
    let mut answers = answers.iter().peekable();
    let mut steps = Vec::new();
    let mut step = flow.start(&cancel).await?;
    loop {
        let shown = match &step {
            Step::Done { .. } => return Ok(steps),
            Step::Captcha(captcha) => captcha_step(flow, captcha, images).await?,
            Step::Confirm { url, user_code, .. } => json!({
                "type": leaf("text", "confirm".into()),
                "url": leaf("text", url.clone().into()),
                "user_code": text_or_null(user_code.clone()),
            }),
            Step::Wait { .. } => json!({"type": leaf("text", "wait".into())}),
            _ => json!({"type": leaf("text", "confirm".into())}),
        };
        steps.push(shown);
        if matches!(step, Step::Wait { .. }) {
            step = flow.proceed(&cancel).await?;
            continue;
        }
        let Some(answer) = answers.next() else { return Ok(steps) };
        step = match flow.answer(answer, &cancel).await {
            Ok(next) => next,
            Err(error) if error.kind() == Kind::CaptchaInvalid && answers.peek().is_some() => {
                flow.step().await.ok_or(error)?
            }
            Err(error) => return Err(error),
        };
    }
}

async fn captcha_step(flow: &Flow, captcha: &Captcha, images: bool) -> Result<Value, Error> {
    let mut seen = json!({
        "type": leaf("text", "captcha".into()),
        "kind": text_or_null(captcha.kind.clone()),
        "challenge": text_or_null(captcha.challenge.clone()),
        "url": text_or_null(captcha.url.clone()),
    });
    if images && captcha.kind.as_deref() == Some("image") {
        let (content, _media_type) = flow.image(&CancelHandle::new()).await?;
        seen["image"] = content_leaf(&content);
    }
    Ok(seen)
}

fn content_leaf(content: &[u8]) -> Value {
    leaf("bytes", json!({"length": content.len(), "sha256": hex(&Sha256::digest(content))}))
}

fn leaf(kind: &str, value: Value) -> Value {
    json!({"type": kind, "value": value})
}

fn text_or_null(text: Option<String>) -> Value {
    text.map_or_else(|| leaf("null", Value::Null), |text| leaf("text", text.into()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a language would see of a value on a tape.
fn observed(service: &Service, ty: &Type, reader: Reader<'_>, at: u32) -> Value {
    if at == 0 {
        return leaf("null", Value::Null);
    }
    match ty {
        Type::Bool => leaf("bool", reader.bool(at).into()),
        Type::Int => leaf("int", reader.int(at).into()),
        Type::BigInt => leaf("int", reader.int(at).into()),
        Type::Number => leaf("number", reader.number(at).into()),
        Type::Decimal => leaf("decimal", reader.text(at).into()),
        Type::Id | Type::Text | Type::Source => leaf("text", reader.text(at).into()),
        Type::Enum(_) => leaf("enum", reader.text(at).into()),
        Type::Time(time) if time.is_local() => leaf("local_time", reader.text(at).into()),
        Type::Time(_) => leaf("instant", instant(reader.int(at)).into()),
        Type::Json => leaf("json", serde_json::from_str(reader.text(at)).unwrap_or_default()),
        Type::List(item) | Type::ListOrOne(item) | Type::ListOrMap(item, _) => {
            reader.list(at).map(|at| observed(service, item, reader, at)).collect::<Vec<_>>().into()
        }
        Type::Map(item) | Type::MapOrEmptyList(item) => {
            let entries = reader.map(at).map(|(key, at)| (key.to_owned(), observed(service, item, reader, at)));
            Value::Object(entries.collect())
        }
        Type::Tuple(places) => {
            let values = places.iter().zip(reader.list(at)).map(|(ty, at)| observed(service, ty, reader, at));
            values.collect::<Vec<_>>().into()
        }
        Type::Model(index) | Type::StringOrObject(index, _) => model(service, *index, reader, at),
        Type::Union(index) => {
            let (variant, at) = reader.union(at);
            let variant = &service.unions[usize::from(*index)].variants[variant as usize];
            let mut value = match variant.ty {
                Some(ty) => observed(service, &ty, reader, at),
                None => json!({}),
            };
            value["$variant"] = leaf("text", variant.name.into());
            value
        }
        Type::Nullable(inner) => observed(service, inner, reader, at),
    }
}

fn model(service: &Service, index: u16, reader: Reader<'_>, at: u32) -> Value {
    let record = reader.record(at);
    let fields = service.models[usize::from(index)].fields.iter().enumerate();
    let mut members: Map<String, Value> = fields
        .map(|(number, field)| (field.name.to_owned(), observed(service, &field.ty, reader, record.field(number))))
        .collect();
    if let Some(extra) = record.extra() {
        members.insert("$extra".into(), leaf("json", serde_json::from_str(extra).unwrap_or_default()));
    }
    Value::Object(members)
}

fn instant(microseconds: i64) -> String {
    jiff::Timestamp::from_microsecond(microseconds)
        .map_or_else(|_| microseconds.to_string(), |instant| instant.to_string())
}
