//! The life of one request: encode, authenticate, send, retry, judge, decode, redact.
//!
//! `call` is the way of every operation; `attempts` repeats what may be repeated; `judge` says what an answer is.

mod attempts;
mod authenticate;
mod batch;
mod call;
pub(crate) mod encode;
mod flows;
mod judge;
mod options;
mod pace;
pub(crate) mod paging;
mod places;
pub(crate) mod redact;
pub(crate) mod send;
mod tls;
mod transfers;

pub(crate) use attempts::Context;
pub(crate) use authenticate::Tokens;
pub(crate) use call::{Exchanged, SourceForm};
pub(crate) use flows::{Stand, Until};
pub(crate) use judge::{Answered, Failure, answer as judged, is_stream, stream_refusal};
pub(crate) use options::{CallOptions, Sending, object};
pub(crate) use transfers::{check_name, nothing_left};

use std::time::Duration;

use secrecy::ExposeSecret;
use url::Url;

use crate::border::{CancelHandle, Error, Hooks, Kind, LogEntry, Response, clock};
use crate::tables::Service;
use crate::transfer::free::FreeDownloads;
use crate::wire::authenticate::SignedIn;
use crate::wire::options::{Options, Settings};
use crate::wire::pace::{Budget, Rate};
use crate::wire::send::Connections;
use reqwest::header::HeaderMap;

/// What is behind a client.
pub(crate) struct Engine {
    pub(crate) service: &'static Service,
    base_url: Url,
    pub(crate) settings: Settings,
    pub(crate) connections: Connections,
    pub(crate) signed_in: SignedIn,
    pub(crate) free: FreeDownloads,
    rate: Rate,
    budget: Budget,
    pub(crate) closed: CancelHandle,
    hooks: Hooks,
}

impl Engine {
    pub(crate) fn from_json(service: &str, options: &[u8], hooks: Hooks) -> Result<Self, Error> {
        let Some(service) = crate::tables::generated::service(service) else {
            let known: Vec<&str> = crate::tables::generated::services().iter().map(|service| service.id).collect();
            return Err(Error::invalid_argument(format!(
                "there is no service {service}; known are {}",
                known.join(", ")
            )));
        };
        Self::for_service(service, options, hooks)
    }

    /// An engine over a table of the caller's choice.
    pub(crate) fn for_service(service: &'static Service, options: &[u8], hooks: Hooks) -> Result<Self, Error> {
        let Options { base_url, credentials, session, settings } = Options::from_json(service, options)?;
        if let Some(ended) = service.ended.filter(|_| !settings.names_an_address()) {
            let message = format!("{ended}; give base_url for a site that still has it");
            return Err(Error::new(Kind::NotSupported, message).named("service_ended").during(service.id, None));
        }
        crate::services::check_credentials(service, &credentials)?;
        Ok(Self {
            service,
            base_url,
            connections: Connections::new(&settings)?,
            signed_in: SignedIn::new(service, credentials, session),
            free: FreeDownloads::default(),
            rate: Rate::new(settings.rate.or(service.rate).unwrap_or(0.0)),
            budget: Budget::new(),
            closed: CancelHandle::new(),
            settings,
            hooks,
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        self.base_url.as_str().trim_end_matches('/')
    }

    /// Where the paths lie that a description begins with `../`: beside the last part of the service's own base address.
    /// A base address of the caller's that ends otherwise has no such part, and they lie below it.
    pub(crate) fn beside_base(&self) -> &str {
        let last = self.service.hosts.first().and_then(|host| host.base_url.rsplit('/').next());
        let base = self.base_url();
        last.and_then(|last| base.strip_suffix(last)?.strip_suffix('/')).unwrap_or(base)
    }

    pub(crate) fn site_host(&self) -> Option<&str> {
        self.base_url.host_str()
    }

    pub(crate) fn close(&self) {
        self.closed.cancel();
        self.connections.close();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.is_cancelled()
    }

    /// An address that an answer named: relative ones below the API's, plain http raised or refused.
    pub(crate) fn answered_url(&self, text: &str) -> Result<Url, Error> {
        let base = Url::parse(&format!("{}/", self.base_url())).unwrap_or_else(|_| self.base_url.clone());
        let mut url = base
            .join(text)
            .map_err(|_| Error::new(Kind::InvalidAnswer, "the service named an address that is none"))?;
        match url.scheme() {
            "https" => Ok(url),
            "http" => {
                let host = url.host_str().unwrap_or_default().to_owned();
                let own = |suffix: &&str| {
                    host == *suffix || host.strip_suffix(*suffix).is_some_and(|rest| rest.ends_with('.'))
                };
                let stays = options::is_loopback(&url) && self.base_url.scheme() == "http";
                if self.service.own_hosts.iter().any(own) && url.set_scheme("https").is_ok() {
                    // Port 80 speaks no TLS; any other port was named on purpose.
                    let _ = url.port().filter(|port| *port == 80).map(|_| url.set_port(None));
                    Ok(url)
                } else if stays || self.settings.allow_http {
                    Ok(url)
                } else {
                    Err(Error::new(
                        Kind::InvalidAnswer,
                        format!("the service named the plain http address of {host}; set allow_http to follow it"),
                    ))
                }
            }
            other => Err(Error::new(
                Kind::InvalidAnswer,
                format!("the service named an address of {other}:, which is not followed"),
            )),
        }
    }

    /// A text without the secrets of the client and of a call, and without queries of addresses.
    fn without_secrets(&self, text: &str, context: &Context<'_>) -> String {
        let mut secrets = self.signed_in.secrets();
        secrets.extend(context.secrets());
        redact::secrets(&redact::text(text), secrets.iter().map(|secret| secret.expose_secret()))
    }

    /// An error as the program may see it: without a secret of the client or of the call, in whichever field a server
    /// repeated it, and with the requests that were made.
    pub(crate) fn shown(&self, mut error: Error, context: &Context<'_>) -> Error {
        let clean = |text: &mut String| *text = self.without_secrets(text, context);
        let record = error.record_mut();
        clean(&mut record.message);
        record.service_code.iter_mut().for_each(clean);
        record.causes.iter_mut().for_each(clean);
        let details = &mut record.details;
        details.sub_errors.iter_mut().flat_map(|sub| sub.code.iter_mut().chain(&mut sub.message)).for_each(clean);
        details.items.iter_mut().flat_map(|item| item.code.iter_mut().chain(&mut item.message)).for_each(clean);
        record.attempts = record.attempts.max(u32::from(record.attempts == 0) * context.requests());
        error
    }

    /// Status and headers of a response as the program may see them.
    pub(crate) fn responded(&self, status: u16, headers: &HeaderMap, context: &Context<'_>) {
        let headers = headers
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "set-cookie" | "authorization" | "www-authenticate"))
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.as_str().to_owned(), self.without_secrets(&value, context))
            })
            .collect();
        context.responded(Response { status, headers });
    }

    pub(crate) fn log(
        &self,
        level: &'static str,
        operation: &str,
        context: &Context<'_>,
        message: impl FnOnce() -> String,
    ) {
        if self.hooks.on_log.is_none() && !tracing::event_enabled!(tracing::Level::DEBUG) {
            return;
        }
        let message = self.without_secrets(&message(), context);
        tracing::debug!(service = self.service.id, operation, "{message}");
        if let Some(sink) = &self.hooks.on_log {
            sink(&LogEntry { level, service: self.service.id, operation: Some(operation.to_owned()), message });
        }
    }

    /// How long a call may take from now: by its own deadline, else by the client's, from when it was first made.
    pub(crate) fn time_for(&self, options: &CallOptions) -> Option<Duration> {
        let deadline = options.deadline().or(self.settings.deadline())?;
        Some(deadline.saturating_sub(options.begun_ms.map(clock::since).unwrap_or_default()))
    }

    /// Runs a call until its deadline, its cancel or the end of the client.
    pub(crate) async fn within<T>(
        &self,
        deadline: Option<Duration>,
        cancel: &CancelHandle,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        // Where nothing is left, nothing begins.
        let is_over = deadline == Some(Duration::ZERO);
        let expired = async {
            match deadline {
                Some(deadline) => tokio::time::sleep(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.closed.cancelled() => Err(Error::new(Kind::Closed, "the client is closed")),
            () = cancel.cancelled() => Err(Error::new(Kind::Cancelled, "the call was cancelled")),
            outcome = work, if !is_over => outcome,
            () = expired => Err(Error::new(Kind::Timeout, "the call's deadline passed").retryable()),
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("service", &self.service.id).finish_non_exhaustive()
    }
}
