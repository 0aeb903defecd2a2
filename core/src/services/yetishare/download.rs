//! The link of a file: an address with a token of its own, good for about a day.

use std::sync::Arc;

use serde_json::json;

use super::YetiShare;
use crate::border::{Answer, ByteStream, Destination, Error, Kind};
use crate::services::Special;
use crate::services::answers::text;
use crate::transfer::download::{self, Link, Origin};
use crate::transfer::progress::Meter;
use crate::verbs::At;
use crate::wire::{Context, Engine};

/// The operation that gives links.
const GET_LINK: &str = "file.download";

pub(super) async fn open(engine: &Engine, target: &str, context: &Context<'_>) -> Result<ByteStream, Error> {
    let response = download::open(engine, &mut OwnFile::named(target)?, context).await?;
    Ok(ByteStream::new(response, engine.settings.idle_timeout(), engine.closed.clone(), None))
}

pub(super) async fn download(
    engine: &Engine,
    target: &str,
    to: &Destination,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Answer, Error> {
    download::fetch(engine, OwnFile::named(target)?, to, meter, context).await
}

/// A file of the account; the service gives links to no others.
#[derive(Debug)]
struct OwnFile {
    id: String,
    /// Whether that is the code of its page, which newer releases take as well.
    is_code: bool,
}

impl OwnFile {
    /// The file that a target names: an id, or the address of the file's page.
    fn named(target: &str) -> Result<Self, Error> {
        if !target.contains("://") {
            return Ok(Self { id: target.to_owned(), is_code: false });
        }
        match YetiShare.parse_link(target) {
            Some(link) if link.kind == "file" => Ok(Self { id: link.id, is_code: true }),
            Some(_) => Err(Error::invalid_argument("this is the link of a folder; a file is wanted")),
            None => Err(Error::invalid_argument("this is not the link of a file; give its id or path")),
        }
    }
}

impl Origin for OwnFile {
    const FILE: &'static str = "file.content";

    // Its own file hosts send no ETag. An id stands for the same bytes for ever.
    const GOES_ON_BY_LENGTH: bool = true;

    fn id(&self) -> &str {
        &self.id
    }

    async fn link(&mut self, engine: &Engine, context: &Context<'_>) -> Result<Link, Error> {
        let name = if self.is_code { "short_url" } else { "file_id" };
        let answer = At { engine, context }.ask(GET_LINK, json!({name: self.id})).await?;
        let address = text(&answer, "download_url").ok_or_else(|| {
            Error::new(Kind::InvalidAnswer, "the answer holds no link").during(engine.service.id, Some(GET_LINK))
        })?;
        let address = engine.answered_url(&address)?;
        context.keep_query_secret(&address);
        Ok(Link { address, name: text(&answer, "filename").filter(|name| !name.is_empty()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_an_id_or_a_link_that_is_known() {
        let file = OwnFile::named("1253").expect("an id");
        assert_eq!((file.id.as_str(), file.is_code), ("1253", false));
        let error = OwnFile::named("https://elsewhere.example/x").expect_err("a stranger's link");
        assert_eq!(error.kind(), Kind::InvalidArgument);
    }
}
