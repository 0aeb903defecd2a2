//! Serves the answers of cases on loopback and records what was sent.
//!
//! A case in a language is a *stage* with a base address of its own, so that languages run side by side. Two listeners
//! stand for two origins: the service's own, and that of its upload and download hosts.

mod answer;
mod record;

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use record::{Body, Part, WireRequest};

use crate::case::{Answer, Drop, Host};

/// The server.
#[derive(Debug)]
pub struct Player {
    stages: Arc<Stages>,
    base: SocketAddr,
    away: SocketAddr,
    nobody: SocketAddr,
    plain: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

/// All stages by their key, which begins their paths: `python/case_name`.
type Stages = Mutex<HashMap<String, Arc<Script>>>;

/// What one stage plays and what it has received.
#[derive(Debug)]
struct Script {
    answers: Vec<Answer>,
    repeat_last: bool,
    received: Mutex<Vec<WireRequest>>,
}

/// One case's place on the player.
#[derive(Debug)]
pub struct Stage {
    key: String,
    script: Arc<Script>,
    stages: Arc<Stages>,
    base: String,
    away: String,
    nobody: String,
}

impl Player {
    /// Starts listening on two free ports of loopback.
    pub async fn start() -> std::io::Result<Self> {
        let stages = Arc::new(Stages::default());
        let (base, base_task) = listen(Host::Base, Arc::clone(&stages)).await?;
        let (away, away_task) = listen(Host::Away, Arc::clone(&stages)).await?;
        let (plain, plain_task) = listen_without_tls().await?;
        // A port that was free a moment ago and where nobody listens.
        let nobody = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
        Ok(Self { stages, base, away, nobody, plain, tasks: vec![base_task, away_task, plain_task] })
    }

    /// Opens a stage for one case in one language.
    pub fn stage(&self, key: &str, answers: Vec<Answer>, repeat_last: bool) -> Stage {
        let script = Arc::new(Script { answers, repeat_last, received: Mutex::default() });
        locked(&self.stages).insert(key.to_owned(), Arc::clone(&script));
        Stage {
            key: key.to_owned(),
            script,
            stages: Arc::clone(&self.stages),
            base: format!("http://{}/{key}", self.base),
            away: format!("http://{}/{key}", self.away),
            nobody: format!("http://{}/{key}", self.nobody),
        }
    }

    /// The words of a case and the addresses that stand for them on a stage of this key.
    pub fn words(&self, key: &str) -> Vec<(&'static str, String)> {
        vec![
            ("$base", format!("http://{}/{key}", self.base)),
            ("$away", format!("http://{}/{key}", self.away)),
            ("$tls", format!("https://{}/{key}", self.plain)),
            ("$nobody", format!("http://{}/{key}", self.nobody)),
        ]
    }
}

impl std::ops::Drop for Player {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Stage {
    /// The address a client takes as the service's base.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same stage seen from another origin.
    pub fn away(&self) -> &str {
        &self.away
    }

    /// An address where nobody listens.
    pub fn nobody(&self) -> &str {
        &self.nobody
    }

    /// Closes the stage and gives what it received, in order of arrival.
    pub fn finish(self) -> Vec<WireRequest> {
        locked(&self.stages).remove(&self.key);
        std::mem::take(&mut *locked(&self.script.received))
    }
}

/// A test that panicked while it held the lock must not hide what it saw.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A port that answers whatever it hears with plain HTTP, as a server does that is taken for one with TLS.
async fn listen_without_tls() -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut heard = [0; 4096];
                // Whether the other side still listens is its own affair.
                if stream.read(&mut heard).await.is_ok() {
                    let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
                }
            });
        }
    });
    Ok((address, task))
}

async fn listen(host: Host, stages: Arc<Stages>) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        // A listener on loopback that fails has nobody left to serve; the runners' own errors tell about it.
        while let Ok((stream, _)) = listener.accept().await {
            let stages = Arc::clone(&stages);
            tokio::spawn(async move {
                let service = hyper::service::service_fn(move |request| serve(host, Arc::clone(&stages), request));
                // Clients that go away, and answers that are cut on purpose, end a connection with an error.
                let _ =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Ok((address, task))
}

/// Ends the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the case drops this connection")]
struct Dropped;

async fn serve(
    host: Host,
    stages: Arc<Stages>,
    request: Request<Incoming>,
) -> Result<Response<answer::AnswerBody>, Dropped> {
    let key = stage_key(request.uri().path()).to_owned();
    let script = locked(&stages).get(&key).cloned();
    let Some(script) = script else {
        return Ok(answer::refusal("no case is played at this address"));
    };
    let index = {
        let mut received = locked(&script.received);
        received.push(WireRequest::of_head(host, &key, &request));
        received.len() - 1
    };
    let content_type = request.headers().get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.map(str::to_owned);
    let body = record::read(request.into_body(), content_type.as_deref()).await;
    if let Some(recorded) = locked(&script.received).get_mut(index) {
        recorded.body = body;
    }
    let last = script.answers.last().filter(|_| script.repeat_last);
    let Some(answer) = script.answers.get(index).or(last) else {
        return Ok(answer::refusal("the case has no answer left"));
    };
    if answer.hold {
        // The connection's end drops this future.
        std::future::pending::<Infallible>().await;
    }
    if answer.delay > 0.0 {
        tokio::time::sleep(std::time::Duration::from_secs_f64(answer.delay)).await;
    }
    if answer.drop == Some(Drop::Before) {
        return Err(Dropped);
    }
    Ok(answer::response(answer))
}

/// The first two segments of a path.
fn stage_key(path: &str) -> &str {
    let path = path.trim_start_matches('/');
    let mut slashes = path.match_indices('/').map(|(index, _)| index);
    let end = slashes.nth(1).unwrap_or(path.len());
    &path[..end]
}

#[cfg(test)]
mod tests;
