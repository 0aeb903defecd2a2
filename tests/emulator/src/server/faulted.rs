//! Answers under a fault.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{self, BoxFuture, FutureExt};
use futures_util::stream::{self, StreamExt};
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::answer::{Answer, ByteStream, Content};
use super::exchange::TRAP;
use super::incoming::{self, Call};
use super::wire::{self, Place, Scissors};
use crate::services::{Gone, Service};
use crate::world::Ground;
use crate::world::faults::{Fault, FaultName};
use crate::world::journal::{Entry, Outcome};

/// What a fault makes of a request.
pub enum Ending {
    /// An answer, and the request's outcome once it is sent.
    Answer(Answer, Outcome),
    /// No answer: the connection ends.
    Broken(Outcome),
    /// The client was faster.
    Gone,
}

impl From<Gone> for Ending {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

impl From<io::Error> for Ending {
    /// The only stream read here is the request's body, and it breaks when its client goes away.
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

/// One request, ready to be worked on.
pub struct Work {
    pub service: Arc<dyn Service>,
    pub call: Call,
    pub transfer: Option<ByteStream>,
}

impl Work {
    /// Answers the request, as the fault says if one meets it.
    pub async fn finish(self, fault: Option<Fault>, ground: &Ground, scissors: &Scissors) -> Ending {
        let ending = match fault {
            Some(fault) => self.under(&fault, ground, scissors).await,
            None => self.run().await.map(answered),
        };
        match ending {
            Ok(ending) | Err(ending) => ending,
        }
    }

    async fn run(self) -> Result<Answer, Ending> {
        Ok(self.service.answer(self.call, self.transfer).await?)
    }

    async fn under(self, fault: &Fault, ground: &Ground, scissors: &Scissors) -> Result<Ending, Ending> {
        if let Some(substitute) = substitute(fault, &*self.service, ground, &self.call) {
            self.leave_off(fault).await?;
            return Ok(answered(substitute));
        }
        match fault.fault {
            FaultName::ResetBefore => {
                self.leave_off(fault).await?;
                scissors.reset_at_the_end();
                Ok(Ending::Broken(Outcome::Reset))
            }
            FaultName::CloseBefore => {
                self.leave_off(fault).await?;
                Ok(Ending::Broken(Outcome::Cut))
            }
            FaultName::Hold => self.hold(fault, ground).await.map(answered),
            _ => {
                let without_body = self.call.method == Method::HEAD;
                let proper = self.run().await?;
                let length = if without_body { 0 } else { proper.content.length().unwrap_or(0) };
                let Some((place, ending)) = cut(fault, length) else {
                    return Ok(answered(spoil(fault, proper).await?));
                };
                scissors.cut_at(place, ending);
                let outcome = if ending == wire::Ending::Reset { Outcome::Reset } else { Outcome::Cut };
                Ok(Ending::Answer(proper, outcome))
            }
        }
    }

    /// Takes the request as far as the fault lets it: done without its answer being sent, or only read.
    async fn leave_off(self, fault: &Fault) -> Result<(), Ending> {
        if fault.effect {
            self.run().await?;
        } else if let Some(mut pieces) = self.transfer {
            incoming::drain(&mut pieces, fault.at_byte.unwrap_or(u64::MAX)).await?;
        }
        Ok(())
    }

    /// Holds the answer back until it is released, or the transfer at a byte of it.
    async fn hold(self, fault: &Fault, ground: &Ground) -> Result<Answer, Ending> {
        let Self { service, call, transfer } = self;
        let entry = call.entry.clone();
        let released = ground.faults.held().next_release().shared();
        match (fault.at_byte, transfer) {
            (Some(at), Some(pieces)) => {
                let journal = Arc::clone(entry.journal());
                let release = released.clone();
                let gate = async move {
                    future::select(release, Box::pin(journal.close_is_awaited())).await;
                };
                let transfer = Some(held_at(pieces, at, gate.boxed(), entry.clone()));
                let answer = Self { service, call, transfer }.run().await?;
                wait_held(&entry, released).await;
                Ok(answer)
            }
            (Some(at), None) => {
                let Answer { status, headers, content } = Self { service, call, transfer: None }.run().await?;
                let length = content.length();
                let pieces = held_at(content.into_pieces(), at, released.boxed(), entry);
                Ok(Answer { status, headers, content: Content::Stream { length, pieces } })
            }
            (None, transfer) => {
                // A transfer is read first: a client that leaves is not seen behind bytes that nobody reads.
                let effect_first = fault.effect || transfer.is_some();
                let work = Self { service, call, transfer };
                if effect_first {
                    let answer = work.run().await?;
                    wait_held(&entry, released).await;
                    Ok(answer)
                } else {
                    wait_held(&entry, released).await;
                    work.run().await
                }
            }
        }
    }
}

fn answered(answer: Answer) -> Ending {
    Ending::Answer(answer, Outcome::Answered)
}

/// Where and how a fault cuts an answer whose body has `length` bytes, if it does.
fn cut(fault: &Fault, length: u64) -> Option<(Place, wire::Ending)> {
    let within = Place::Body(fault.at_byte.unwrap_or(length / 2).min(length));
    match fault.fault {
        FaultName::ResetInHead => Some((Place::Head(fault.at_byte.unwrap_or(12)), wire::Ending::Reset)),
        FaultName::ResetInBody => Some((within, wire::Ending::Reset)),
        FaultName::ResetAfter => Some((Place::Body(length), wire::Ending::Reset)),
        FaultName::Truncate => Some((within, wire::Ending::Close)),
        _ => None,
    }
}

/// An answer that a fault gives in place of the service.
fn substitute(fault: &Fault, service: &dyn Service, ground: &Ground, call: &Call) -> Option<Answer> {
    let status = |usual| StatusCode::from_u16(fault.status.unwrap_or(usual)).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let written = |status: StatusCode| match &fault.body {
        Some(body) => Answer::new(status, fault.content_type.as_deref().unwrap_or("application/json"), body.clone()),
        None => Answer::html(status, status.canonical_reason().unwrap_or("Error")),
    };
    let answer = match fault.fault {
        FaultName::Status => written(status(503)),
        FaultName::Body => written(status(200)),
        FaultName::Html => Answer::html(status(200), "The service is temporarily unavailable"),
        FaultName::EmptyBody => Answer::empty(status(200)),
        FaultName::Error => service.refuse(call.operation, fault),
        FaultName::WrongSignature => service.refuse_signature(fault),
        FaultName::LongJson => long_json(fault.size.unwrap_or(64 * 1024 * 1024)),
        FaultName::Redirect => {
            let elsewhere = ground.address.replace("127.0.0.1", "localhost");
            let trap = || format!("{elsewhere}/{}{TRAP}{}", service.name(), call.path);
            let location = fault.location.clone().unwrap_or_else(trap);
            Answer::empty(status(302)).with(LOCATION, location)
        }
        _ => return None,
    };
    let retry_after =
        fault.retry_after.as_ref().map(|wait| wait.as_str().map_or_else(|| wait.to_string(), str::to_owned));
    Some(match retry_after {
        Some(wait) => answer.with(RETRY_AFTER, wait),
        None => answer,
    })
}

/// Changes a proper answer.
async fn spoil(fault: &Fault, answer: Answer) -> Result<Answer, Ending> {
    let Answer { status, headers, content } = answer;
    let content = match fault.fault {
        FaultName::SlowBody => {
            let size = usize::try_from(fault.size.unwrap_or(1)).unwrap_or(usize::MAX).max(1);
            let length = content.length();
            Content::Stream { length, pieces: slowed(content.into_pieces(), size, fault.latency_ms) }
        }
        FaultName::HalfJson | FaultName::GluedJson | FaultName::PhpWarning | FaultName::WrongTypes => {
            let whole = incoming::collect(content.into_pieces()).await?;
            Content::Whole(match fault.fault {
                FaultName::HalfJson => whole.slice(..whole.len() / 2),
                FaultName::GluedJson => [&whole, &b"{\"status\":\"error\",\"code\":500}"[..]].concat().into(),
                FaultName::PhpWarning => [PHP_WARNING, &whole[..]].concat().into(),
                _ => with_wrong_types(&whole, fault.field.as_deref()),
            })
        }
        _ => content,
    };
    Ok(Answer { status, headers, content })
}

/// What PHP prints before an answer where its warnings are shown.
const PHP_WARNING: &[u8] =
    b"<br />\n<b>Warning</b>:  Undefined variable $file in <b>/var/www/app/api.php</b> on line <b>52</b><br />\n";

/// Members that stay as they are unless a fault names them: they tell success from error.
const VERDICT: &[&str] = &["status", "code", "_status"];

fn with_wrong_types(whole: &Bytes, field: Option<&str>) -> Bytes {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(whole) else {
        return whole.clone();
    };
    if let Some(field) = field {
        members.values_mut().for_each(|member| change_below(member, field));
    }
    for (name, member) in &mut members {
        if field.map_or(!VERDICT.contains(&name.as_str()), |field| field == name) {
            *member = other_type(member);
        }
    }
    Value::Object(members).to_string().into()
}

fn change_below(value: &mut Value, field: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change_below(item, field)),
        Value::Object(members) => {
            for (name, member) in members {
                if name == field {
                    *member = other_type(member);
                } else {
                    change_below(member, field);
                }
            }
        }
        _ => {}
    }
}

/// A type that no tolerant reading turns back into the right one.
fn other_type(value: &Value) -> Value {
    match value {
        Value::Object(_) | Value::Array(_) => json!("unexpected"),
        _ => json!({"unexpected": [true]}),
    }
}

/// A valid JSON object of exactly `size` bytes that never lies in memory as a whole.
fn long_json(size: u64) -> Answer {
    const OPEN: &[u8] = b"{\"padding\":\"";
    const CLOSE: &[u8] = b"\"}";
    let padding = size.saturating_sub((OPEN.len() + CLOSE.len()) as u64);
    let block = Bytes::from(vec![b'x'; 64 * 1024]);
    let blocks = stream::unfold(padding, move |left| {
        let next = left.min(block.len() as u64);
        // `next` is at most the length of the block.
        let piece = block.slice(..usize::try_from(next).unwrap_or(0));
        future::ready((left > 0).then(|| (Ok(piece), left - next)))
    });
    let pieces = stream::iter([Ok(Bytes::from_static(OPEN))])
        .chain(blocks)
        .chain(stream::iter([Ok(Bytes::from_static(CLOSE))]))
        .boxed();
    let headers = vec![(CONTENT_TYPE, "application/json".to_owned())];
    Answer { status: StatusCode::OK, headers, content: Content::Stream { length: None, pieces } }
}

fn slowed(pieces: ByteStream, size: usize, pause_ms: u64) -> ByteStream {
    pieces
        .flat_map(move |piece| match piece {
            Ok(bytes) => stream::iter(cut_up(bytes, size).into_iter().map(Ok).collect::<Vec<_>>()),
            Err(error) => stream::iter(vec![Err(error)]),
        })
        .then(move |piece| async move {
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            piece
        })
        .boxed()
}

fn cut_up(mut bytes: Bytes, size: usize) -> Vec<Bytes> {
    let mut parts = Vec::new();
    while bytes.len() > size {
        parts.push(bytes.split_to(size));
    }
    parts.push(bytes);
    parts
}

/// Waits, and shows it in the journal.
async fn wait_held(entry: &Entry, released: impl Future<Output = ()>) {
    entry.set_outcome(Outcome::Held);
    released.await;
    entry.set_outcome(Outcome::Open);
}

struct HeldStream {
    pieces: ByteStream,
    left: u64,
    rest: Option<Bytes>,
    gate: Option<BoxFuture<'static, ()>>,
    entry: Entry,
}

/// Lets `at` bytes pass, then waits for `gate`.
fn held_at(pieces: ByteStream, at: u64, gate: BoxFuture<'static, ()>, entry: Entry) -> ByteStream {
    let held = HeldStream { pieces, left: at, rest: None, gate: Some(gate), entry };
    stream::unfold(held, |mut held| async move {
        if held.left == 0
            && let Some(gate) = held.gate.take()
        {
            wait_held(&held.entry, gate).await;
        }
        let piece = match held.rest.take() {
            Some(rest) => Ok(rest),
            None => held.pieces.next().await?,
        };
        let piece = piece.map(|mut bytes| {
            if held.gate.is_some() {
                let place = usize::try_from(held.left).unwrap_or(usize::MAX);
                if bytes.len() > place {
                    held.rest = Some(bytes.split_off(place));
                }
                held.left -= bytes.len() as u64;
            }
            bytes
        });
        Some((piece, held))
    })
    .boxed()
}
