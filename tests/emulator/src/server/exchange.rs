//! The life of one request: found, recorded, met by a fault, answered.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::{Map, Value};

use super::Door;
use super::answer::{Answer, ByteStream, TrackedBody};
use super::faulted::{Ending, Work};
use super::incoming::{self, Call, Unread};
use super::wire::Scissors;
use crate::control;
use crate::services::{Gone, Operation, Service};
use crate::world::faults::{Fault, FaultName};
use crate::world::journal::{Entry, Outcome, Record};
use crate::world::{DEFAULT, Universe, World};

impl std::fmt::Display for Gone {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the connection is to be closed")
    }
}

impl std::error::Error for Gone {}

/// Where redirect faults lead. Nothing is there, and going there is a violation.
pub const TRAP: &str = "/redirected";

/// How a request came in.
#[derive(Debug, Clone, Copy)]
pub struct Entrance {
    pub door: Door,
    /// Over plain http although the services are served over https.
    pub unsafe_wire: bool,
}

/// Answers one request to a service or to the control address.
pub async fn answer(
    universe: Arc<Universe>,
    scissors: Scissors,
    entrance: Entrance,
    request: Request<Incoming>,
) -> Result<Response<TrackedBody>, Gone> {
    let (head, body) = request.into_parts();
    match Target::find(&universe, head.uri.path()) {
        Some(target) => target.answer(head, body, scissors, entrance).await,
        None if entrance.door == Door::Storage => {
            Ok(Answer::html(StatusCode::NOT_FOUND, "Nothing is here").into_response(None, head.method == Method::HEAD))
        }
        None => {
            let body = incoming::read_whole(body).await.map_err(|_| Gone)?;
            Ok(control::answer(&universe, &head, &body).await.into_response(None, head.method == Method::HEAD))
        }
    }
}

/// A service of a world, and the path below its name.
struct Target {
    world: Arc<World>,
    service: Arc<dyn Service>,
    path: String,
}

impl Target {
    fn find(universe: &Universe, path: &str) -> Option<Self> {
        let (world, path) = match path.strip_prefix("/w/") {
            Some(rest) => {
                let (id, path) = rest.split_once('/')?;
                (universe.world(id)?, path)
            }
            None => (universe.world(DEFAULT)?, path.strip_prefix('/')?),
        };
        let (name, path) = path.split_once('/')?;
        let service = world.service(name)?;
        Some(Self { world, service, path: format!("/{path}") })
    }

    async fn answer(
        self,
        head: Parts,
        body: Incoming,
        scissors: Scissors,
        entrance: Entrance,
    ) -> Result<Response<TrackedBody>, Gone> {
        let Self { world, service, path } = self;
        let query: Vec<(String, String)> =
            url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let operation = match path.starts_with(TRAP) {
            true => Operation::call("redirected"),
            false => service.operation(&head.method, &path, &query),
        };
        let entry = world.ground.journal.open(record(&*service, operation.name, &head, &query));
        let watch = DepartureWatch(Some(entry.clone()));
        let fault = world.ground.faults.take(service.name(), operation.name, &path);
        if let Some(fault) = &fault {
            let name = serde_json::to_value(fault.fault).unwrap_or_default();
            entry.update(|record| record.fault = name.as_str().map(str::to_owned));
        }
        let without_body = head.method == Method::HEAD;
        let refusal = wrong_place(entrance.unsafe_wire, &path, &entry);
        let (body, transfer, refusal) = match read_body(operation, body, &entry).await {
            Ok((body, transfer)) => (body, transfer, refusal),
            Err(Unread::Gone) => return Err(Gone),
            Err(Unread::TooLong) => {
                entry.violation("the body of a call is longer than 4 MiB");
                let too_long = Answer::html(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
                (Bytes::new(), None, Some(too_long))
            }
        };
        if let Some(pause) = fault.as_ref().and_then(pause) {
            // Only now: hyper sees a client leave when its body has been read.
            tokio::time::sleep(pause).await;
        }
        let call = Call {
            operation: operation.name,
            door: entrance.door,
            method: head.method,
            path,
            target: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            query,
            headers: head.headers,
            body,
            entry: entry.clone(),
        };
        let ending = match refusal {
            Some(refusal) => Ending::Answer(refusal, Outcome::Answered),
            None => Work { service, call, transfer }.finish(fault, &world.ground, &scissors).await,
        };
        match ending {
            Ending::Answer(answer, outcome) => {
                watch.stop();
                Ok(answer.into_response(Some((entry, outcome)), without_body))
            }
            Ending::Broken(outcome) => {
                watch.stop();
                entry.set_outcome(outcome);
                Err(Gone)
            }
            Ending::Gone => Err(Gone),
        }
    }
}

/// The refusal of a request that should not have come here at all.
fn wrong_place(unsafe_wire: bool, path: &str, entry: &Entry) -> Option<Answer> {
    if unsafe_wire {
        entry.violation("sent over plain http although the service is served over https");
        let sentence = "The plain HTTP request was sent to HTTPS port";
        Some(Answer::html(StatusCode::BAD_REQUEST, sentence))
    } else if path.starts_with(TRAP) {
        entry.violation("followed a redirect to another host");
        Some(Answer::html(StatusCode::NOT_FOUND, "Nothing is here"))
    } else {
        None
    }
}

/// How long a fault delays the whole request; in a slow body, the time lies between its pieces instead.
fn pause(fault: &Fault) -> Option<Duration> {
    (fault.fault != FaultName::SlowBody).then(|| Duration::from_millis(fault.latency_ms))
}

/// The body of a call, recorded, or the stream of a transfer.
async fn read_body(operation: Operation, body: Incoming, entry: &Entry) -> Result<(Bytes, Option<ByteStream>), Unread> {
    if operation.streams {
        return Ok((Bytes::new(), Some(incoming::pieces(body, entry.clone()))));
    }
    let bytes = incoming::read_whole(body).await?;
    let value = incoming::as_value(&bytes);
    entry.update(|record| {
        record.body_bytes = bytes.len() as u64;
        record.body = value;
    });
    Ok((bytes, None))
}

/// hyper drops the work on a request when its client closes the connection; this notes it.
struct DepartureWatch(Option<Entry>);

impl DepartureWatch {
    fn stop(mut self) {
        self.0 = None;
    }
}

impl Drop for DepartureWatch {
    fn drop(&mut self) {
        if let Some(entry) = self.0.take() {
            entry.set_outcome(Outcome::ClientClosed);
        }
    }
}

fn record(service: &dyn Service, operation: &str, head: &Parts, query: &[(String, String)]) -> Record {
    let headers: Map<String, Value> = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), Value::from(String::from_utf8_lossy(value.as_bytes()))))
        .collect();
    Record {
        number: 0,
        at_ms: 0,
        service: service.name().into(),
        operation: operation.into(),
        method: head.method.to_string(),
        path: head.uri.path().into(),
        query: incoming::as_map(query),
        headers,
        body: Value::Null,
        form: Vec::new(),
        body_bytes: 0,
        fault: None,
        status: None,
        outcome: Outcome::Open,
    }
}
