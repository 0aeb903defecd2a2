//! The direct link of a file, for the download that all services share.

use std::sync::Arc;

use reqwest::Url;

use super::file_id;
use super::free::{link, wants_captcha};
use crate::border::{Answer, ByteStream, Destination, Error, Kind, Needed};
use crate::services::FreeLink;
use crate::services::answers::is_md5;
use crate::tables::Retry;
use crate::transfer::download::{self, Head, Link, Origin};
use crate::transfer::free::Turn;
use crate::transfer::progress::Meter;
use crate::wire::{Context, Engine, Failure};

pub(crate) async fn open(engine: &Engine, target: &str, context: &Context<'_>) -> Result<ByteStream, Error> {
    let mut origin = DirectLink::new(file_id(engine, target)?);
    let response = download::open(engine, &mut origin, context).await?;
    Ok(ByteStream::new(response, engine.settings.idle_timeout(), engine.closed.clone(), origin.turn))
}

pub(crate) async fn download(
    engine: &Engine,
    target: &str,
    to: &Destination,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Answer, Error> {
    download::fetch(engine, DirectLink::new(file_id(engine, target)?), to, meter, context).await
}

/// A file by its direct links.
struct DirectLink {
    file: String,
    /// Held from the first free link to the end.
    turn: Option<Turn>,
}

impl DirectLink {
    fn new(file: String) -> Self {
        Self { file, turn: None }
    }
}

impl Origin for DirectLink {
    const FILE: &'static str = "downloads.directLink";

    fn id(&self) -> &str {
        &self.file
    }

    /// A free link is asked for, and used, while no other free download of the client runs. What the program has to do for
    /// it first is noted.
    async fn link(&mut self, engine: &Engine, context: &Context<'_>) -> Result<Link, Error> {
        // Only a ticket makes a download free: with premium there is none, and without one it gets no further than this.
        if self.turn.is_none() && engine.free.ticket(&self.file).is_some() {
            self.turn = Some(engine.free.turn().await);
        }
        let refusal = match link(engine, &self.file, None, context).await {
            Ok(FreeLink::Open(address)) => return Ok(Link { name: name_in(&address), address }),
            Ok(FreeLink::Wait { refusal, .. }) => refusal,
            Err(error) if wants_captcha(&error) => error,
            Err(error) => return Err(error),
        };
        context.needs(Needed::FreeDownload { target: self.file.clone() });
        Err(refusal)
    }

    /// The service's hosts give it as the ETag, with quotes or without.
    fn md5(&self, head: &Head) -> Option<String> {
        let etag = head.etag.as_deref()?.trim_matches('"');
        is_md5(etag).then(|| etag.to_ascii_lowercase())
    }

    /// Whatever a host says to a link that has lapsed by its own account: the next link is asked for.
    fn refused(&self, address: &Url, failure: &mut Failure) {
        let vague = matches!(failure.error.kind(), Kind::Unavailable | Kind::PermissionDenied | Kind::Rejected);
        let lapsed = expiry(address).is_some_and(|expires| expires <= jiff::Timestamp::now().as_second());
        if vague && failure.wait.is_none() && lapsed {
            failure.retry = Retry::SameCall;
            failure.error.record_mut().retryable = true;
        }
    }
}

fn name_in(address: &Url) -> Option<String> {
    address.query_pairs().find(|(key, _)| key == "name" || key == "filename").map(|(_, name)| name.into_owned())
}

/// When a link says that it lapses, in seconds since 1970.
fn expiry(address: &Url) -> Option<i64> {
    address.query_pairs().find(|(key, _)| key == "temp_url_expires")?.1.parse().ok()
}
