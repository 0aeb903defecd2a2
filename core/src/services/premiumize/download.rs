//! The link of a file, which lapses after some time: it is asked for anew before each attempt.

use std::sync::Arc;

use serde_json::json;

use crate::border::{Answer, ByteStream, Destination, Error, Kind};
use crate::services::answers::{text, whole};
use crate::transfer::download::{self, Link, Origin};
use crate::transfer::progress::Meter;
use crate::verbs::At;
use crate::wire::{Context, Engine};

/// The operation that gives links.
const GET_LINK: &str = "item.details";

pub(super) async fn open(engine: &Engine, target: &str, context: &Context<'_>) -> Result<ByteStream, Error> {
    let response = download::open(engine, &mut CloudFile::new(target)?, context).await?;
    Ok(ByteStream::new(response, engine.settings.idle_timeout(), engine.closed.clone(), None))
}

pub(super) async fn download(
    engine: &Engine,
    target: &str,
    to: &Destination,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Answer, Error> {
    download::fetch(engine, CloudFile::new(target)?, to, meter, context).await
}

/// A file of the cloud.
struct CloudFile {
    id: String,
    /// What the service says that it has, since it was asked last.
    size: Option<u64>,
}

impl CloudFile {
    fn new(target: &str) -> Result<Self, Error> {
        if target.contains("://") {
            return Err(Error::invalid_argument("the service's files have no pages: give an id or a path"));
        }
        Ok(Self { id: target.to_owned(), size: None })
    }
}

impl Origin for CloudFile {
    const FILE: &'static str = "item.content";

    fn id(&self) -> &str {
        &self.id
    }

    fn size(&self) -> Option<u64> {
        self.size
    }

    async fn link(&mut self, engine: &Engine, context: &Context<'_>) -> Result<Link, Error> {
        let details = At { engine, context }.ask(GET_LINK, json!({"id": self.id})).await?;
        let address = text(&details, "link").filter(|link| !link.is_empty()).ok_or_else(|| {
            let message = format!("the service gives no link for {}", self.id);
            Error::new(Kind::Unavailable, message).named("no_link").during(engine.service.id, Some(GET_LINK))
        })?;
        let address = engine.answered_url(&address)?;
        context.keep_query_secret(&address);
        self.size = whole(details.get("size"));
        Ok(Link { address, name: text(&details, "name").filter(|name| !name.is_empty()) })
    }
}
