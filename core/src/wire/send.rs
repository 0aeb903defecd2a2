//! Connections: one pool for calls, one (HTTP/1.1) for file bodies, and what their failures mean.

use std::error::Error as _;
use std::sync::{Mutex, PoisonError};

use reqwest::redirect;
use url::Url;

use crate::border::{Error, Kind};
use crate::wire::options::Settings;
use crate::wire::tls;

/// The pools of one client.
pub(crate) struct Connections {
    settings: Settings,
    tls: rustls::ClientConfig,
    /// None once the client is closed.
    pools: Mutex<Option<Pools>>,
}

#[derive(Clone)]
struct Pools {
    /// A forked child must not speak on its parent's sockets: pools belong to the process that made them.
    process: u32,
    calls: reqwest::Client,
    files: reqwest::Client,
}

impl Connections {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let tls = tls::config(settings.ca_bundle.as_deref())?;
        let pools = Pools::new(settings, &tls)?;
        Ok(Self { settings: settings.clone(), tls, pools: Mutex::new(Some(pools)) })
    }

    /// For calls.
    pub(crate) fn calls(&self) -> Result<reqwest::Client, Error> {
        Ok(self.pools()?.calls)
    }

    /// For file bodies.
    pub(crate) fn files(&self) -> Result<reqwest::Client, Error> {
        Ok(self.pools()?.files)
    }

    fn pools(&self) -> Result<Pools, Error> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let pools = pools.as_mut().ok_or_else(|| Error::new(Kind::Closed, "the client is closed"))?;
        if pools.process != std::process::id() {
            let fresh = Pools::new(&self.settings, &self.tls)?;
            // Dropping the parent's pools would wake tasks of a runtime that does not exist here.
            std::mem::forget(std::mem::replace(pools, fresh));
        }
        Ok(pools.clone())
    }

    /// Lets go of all sockets that no call uses, and makes no more.
    pub(crate) fn close(&self) {
        let pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(pools) = pools.filter(|pools| pools.process != std::process::id()) {
            std::mem::forget(pools);
        }
    }
}

impl Pools {
    fn new(settings: &Settings, tls: &rustls::ClientConfig) -> Result<Self, Error> {
        let allow_http = settings.allow_http;
        let calls = builder(settings, tls, &[b"h2", b"http/1.1"])?.redirect(redirect::Policy::custom(same_origin));
        // One stream of HTTP/2 is slower for a large body.
        let files = builder(settings, tls, &[b"http/1.1"])?
            .http1_only()
            // A link is a secret, also to the host that it leads on to.
            .referer(false)
            .redirect(redirect::Policy::custom(move |attempt| {
                let from_https = attempt.previous().last().is_some_and(|url| url.scheme() == "https");
                if attempt.previous().len() > 10 {
                    attempt.error("too many redirects")
                } else if from_https && attempt.url().scheme() == "http" && !allow_http {
                    attempt.error("a redirect from https to http is not followed")
                } else {
                    attempt.follow()
                }
            }));
        Ok(Self { process: std::process::id(), calls: build(calls)?, files: build(files)? })
    }
}

/// Calls carry tokens, so they are followed on the same origin only; any other redirect is judged as an answer.
fn same_origin(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let same = attempt.previous().last().is_some_and(|url| url.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= 5 { attempt.follow() } else { attempt.stop() }
}

fn builder(
    settings: &Settings,
    tls: &rustls::ClientConfig,
    protocols: &[&[u8]],
) -> Result<reqwest::ClientBuilder, Error> {
    let mut tls = tls.clone();
    tls.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(settings.connect_timeout())
        // Below the keep-alive of common servers, so that we seldom write to a socket that is being closed.
        .pool_idle_timeout(std::time::Duration::from_secs(4))
        .user_agent(settings.user_agent());
    // The idle timeout is ours; the kernel's would end a slow upload behind our back.
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    {
        builder = builder.tcp_user_timeout(None);
    }
    if let Some(proxy) = &settings.proxy {
        builder = builder.no_proxy();
        if !proxy.is_empty() {
            let proxy = reqwest::Proxy::all(proxy)
                .map_err(|_| Error::invalid_argument("proxy is not an address such as http://host:3128"))?;
            builder = builder.proxy(proxy);
        }
    }
    Ok(builder)
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    builder.build().map_err(|error| Error::internal("the HTTP client cannot be built").with_causes_of(&error))
}

/// What a failed exchange means.
pub(crate) fn network_error(error: &reqwest::Error) -> Error {
    let is_tls = chain(error).any(is_tls);
    let host = error.url().and_then(Url::host_str).unwrap_or("the server").to_owned();
    let failed = if is_tls {
        Error::new(
            Kind::Tls,
            format!("no secure connection to {host}; if its issuer is not trusted, give it as ca_bundle"),
        )
    } else if error.is_timeout() {
        let what = if error.is_connect() { "no connection to" } else { "no answer from" };
        Error::new(Kind::Timeout, format!("{what} {host} in time")).retryable()
    } else if error.is_connect() {
        Error::new(Kind::Network, format!("no connection to {host}")).retryable()
    } else if error.is_redirect() {
        Error::new(Kind::Network, format!("{host} redirects to where we do not go"))
    } else {
        Error::new(Kind::Network, format!("the connection to {host} broke")).retryable()
    };
    failed.with_causes_of(error)
}

/// Whether a failed request surely did not reach the server.
pub(crate) fn never_left(error: &reqwest::Error) -> bool {
    error.is_connect()
}

/// Whether a cause comes from TLS. An `io::Error` hides what it wraps from `source`, sometimes twice.
fn is_tls(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.is::<rustls::Error>()
        || cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref).is_some_and(|inner| is_tls(inner))
}

fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}
