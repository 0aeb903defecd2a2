//! The direct link of a file, and the file behind it.

use std::sync::Arc;

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_RANGE, ETAG, HeaderMap, IF_RANGE, RANGE, TRANSFER_ENCODING,
};
use reqwest::{Response, StatusCode, Url};
use serde_json::json;

use super::free::{GET_URL, link, wants_captcha};
use super::{file_id, operation};
use crate::border::{self, Answer, ByteStream, Destination, Error, Kind, Needed, Phase};
use crate::services::FreeLink;
use crate::tables::Retry;
use crate::transfer::free::Turn;
use crate::transfer::part_file::{PartFile, Place};
use crate::transfer::progress::Meter;
use crate::wire::{Answered, Context, Engine, Failure};

pub(crate) async fn open(engine: &Engine, target: &str, context: &Context<'_>) -> Result<ByteStream, Error> {
    let file = file_id(engine, target)?;
    let mut turn = None;
    let url = link_in_turn(engine, &file, &mut turn, context).await?;
    let response = request(engine, url, None, context).await.map_err(|failure| failure.error)?;
    Ok(ByteStream::new(response, engine.settings.idle_timeout(), engine.closed.clone(), turn))
}

pub(crate) async fn download(
    engine: &Engine,
    target: &str,
    to: &Destination,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Answer, Error> {
    let file = file_id(engine, target)?;
    let place = Place::look(to).await?;
    meter.phase(Phase::Preparing);
    let mut download =
        Download { engine, context, meter, file, place, part: None, known: Known::default(), turn: None };
    download.run().await?;
    download.finish().await
}

/// The link of a file. A free one is asked for, and used, while no other free download of the client runs. What the
/// program has to do for it first is noted.
async fn link_in_turn(
    engine: &Engine,
    file: &str,
    turn: &mut Option<Turn>,
    context: &Context<'_>,
) -> Result<Url, Error> {
    // Only a ticket makes a download free: with premium there is none, and without one it gets no further than this.
    if turn.is_none() && engine.free.ticket(file).is_some() {
        *turn = Some(engine.free.turn().await);
    }
    let refusal = match link(engine, file, None, context).await {
        Ok(FreeLink::Open(url)) => return Ok(url),
        Ok(FreeLink::Wait { refusal, .. }) => refusal,
        Err(error) if wants_captcha(&error) => error,
        Err(error) => return Err(error),
    };
    context.needs(Needed::FreeDownload { target: file.to_owned() });
    Err(refusal)
}

/// One download on its way.
struct Download<'a> {
    engine: &'a Engine,
    context: &'a Context<'a>,
    meter: &'a Arc<Meter>,
    file: String,
    place: Place,
    part: Option<PartFile>,
    known: Known,
    /// Held from the first free link to the end.
    turn: Option<Turn>,
}

/// What is known of a file from the head of its answer.
#[derive(Debug, Default, PartialEq)]
struct Known {
    total: Option<u64>,
    etag: Option<String>,
    name: Option<String>,
}

impl Known {
    fn of(response: &Response) -> Self {
        let headers = response.headers();
        let total = match response.status() {
            StatusCode::PARTIAL_CONTENT => content_range(headers).and_then(|(_, total)| total),
            _ => response.content_length(),
        };
        // A weak validator does not promise the same bytes.
        let etag = text_of(headers, ETAG).filter(|etag| !etag.starts_with("W/")).map(str::to_owned);
        let name = headers
            .get(CONTENT_DISPOSITION)
            .and_then(|value| name_in_header(&String::from_utf8_lossy(value.as_bytes())));
        Self { total, etag, name }
    }

    /// The MD5 of the file: the service's hosts give it as the ETag, with quotes or without.
    fn md5(&self) -> Option<String> {
        let etag = self.etag.as_deref()?.trim_matches('"');
        (etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| etag.to_ascii_lowercase())
    }

    /// Whether what comes is the rest, from `written` on, of the file that this was said of.
    fn goes_on(&self, response: &Response, written: u64) -> bool {
        let headers = response.headers();
        let etag = text_of(headers, ETAG);
        content_range(headers) == Some((written, self.total)) && (etag.is_none() || etag == self.etag.as_deref())
    }
}

impl Download<'_> {
    /// Makes attempts until all bytes are here. Each one asks for a link: that is how one that lapsed is replaced.
    async fn run(&mut self) -> Result<(), Error> {
        // Counts attempts that brought nothing; one that brought bytes starts the count anew.
        let mut fruitless = 0;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let before = self.written();
            self.meter.attempt_from(attempt, before);
            let failure = match link_in_turn(self.engine, &self.file, &mut self.turn, self.context).await {
                Ok(url) => match self.fetch(url).await {
                    Ok(()) => return Ok(()),
                    Err(failure) => failure,
                },
                Err(error) => Box::new(Failure::of_ours(error)),
            };
            fruitless = if self.written() > before { 1 } else { fruitless + 1 };
            let Some(wait) = self.engine.wait_before_repeat(true, fruitless, &failure, self.context) else {
                let mut error = failure.error;
                let record = error.record_mut();
                record.attempts = record.attempts.max(attempt);
                return Err(error);
            };
            tokio::time::sleep(wait).await;
        }
    }

    fn written(&self) -> u64 {
        self.part.as_ref().map_or(0, PartFile::written)
    }

    /// Fetches what is still missing into the part file.
    async fn fetch(&mut self, url: Url) -> Result<(), Box<Failure>> {
        let ours = |error: Error| Box::new(Failure::of_ours(error));
        let written = self.written();
        // Without a validator nobody knows whether the rest belongs to what is here.
        let rest = self.known.etag.clone().filter(|_| written > 0).map(|etag| (written, etag));
        let name_in_link =
            url.query_pairs().find(|(key, _)| key == "name" || key == "filename").map(|(_, name)| name.into_owned());
        let asked = request(self.engine, url, rest.as_ref(), self.context).await;
        let mut response = match asked {
            Err(failure) if rest.is_some() && failure.error.record().http_status == Some(416) => {
                return Err(self.changed("the file ends before the place to go on from"));
            }
            asked => asked?,
        };
        match (response.status() == StatusCode::PARTIAL_CONTENT, rest.is_some()) {
            (true, true) if self.known.goes_on(&response, written) => {}
            (true, true) => return Err(self.changed("the server goes on in another file or at another place")),
            (true, false) if content_range(response.headers()).is_none_or(|(from, _)| from > 0) => {
                return Err(self.changed("the server sends a part of the file where all of it was asked for"));
            }
            _ => {
                let head = Known::of(&response);
                self.begin(Known { name: head.name.or(name_in_link), ..head }).await.map_err(ours)?;
            }
        }
        let part = self.part.as_mut().ok_or_else(|| ours(Error::internal("a download without a part file")))?;
        while let Some(chunk) = self.engine.idle(self.engine.settings.idle_timeout(), response.chunk()).await? {
            part.write(&chunk).await.map_err(ours)?;
            self.meter.moved(chunk.len() as u64);
        }
        match self.known.total {
            Some(total) if part.written() != total => Err(again(format!("{} of {total} bytes came", part.written()))),
            _ => Ok(()),
        }
    }

    /// Begins at the first byte.
    async fn begin(&mut self, known: Known) -> Result<(), Error> {
        self.place.name(known.name.as_deref(), &self.file).await?;
        let hashed = known.md5().is_some();
        match &mut self.part {
            Some(part) => part.restart(hashed).await?,
            None => self.part = Some(self.place.begin(hashed).await?),
        }
        self.known = known;
        self.meter.restart();
        self.meter.total(self.known.total);
        Ok(())
    }

    /// What is here belongs to nothing any more: the next attempt starts over.
    fn changed(&mut self, what: &str) -> Box<Failure> {
        self.known = Known::default();
        again(what.to_owned())
    }

    /// Checks the whole file and puts it in its place.
    async fn finish(self) -> Result<Answer, Error> {
        let part = self.part.ok_or_else(|| Error::internal("a download without a part file"))?;
        self.meter.phase(Phase::Finishing);
        let (size, md5) = (part.written(), part.md5());
        if md5 != self.known.md5() {
            // The part file goes with the error.
            return Err(Error::new(
                Kind::Integrity,
                "the bytes that came are not those of the file: their MD5 differs",
            )
            .named("wrong_hash")
            .during(self.engine.service.id, Some(GET_URL))
            .retryable());
        }
        let path = part.finish().await?;
        self.meter.total(Some(size));
        self.meter.phase(Phase::Done);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let entry = json!({
            "id": self.file,
            "name": self.known.name.unwrap_or(name),
            "path": path.to_string_lossy(),
            "is_folder": false,
            "size": size,
            "hash": md5.map(|hex| json!({"algorithm": "md5", "hex": hex})),
            "service": self.engine.service.id,
        });
        let ty = border::shared_type("Entry")?;
        Ok(Answer::Value(border::from_plain(border::shared(), &ty, &entry.to_string())?, ty))
    }
}

/// Bytes that are not those we asked for; asking again may mend it.
fn again(what: String) -> Box<Failure> {
    let error = Error::new(Kind::Integrity, what).retryable();
    Box::new(Failure { error, retry: Retry::SameCall, wait: None, left: true })
}

/// Asks for the file, or for the rest of it if it is still the same. No token goes to this host.
async fn request(
    engine: &Engine,
    url: Url,
    resume: Option<&(u64, String)>,
    context: &Context<'_>,
) -> Result<Response, Box<Failure>> {
    let ours = |error: Error| Box::new(Failure::of_ours(error));
    let described = operation(engine, "downloads.directLink").map_err(ours)?;
    let shown = crate::wire::redact::address(&url);
    context.requested();
    let expires = expiry(&url);
    // The bytes count as they are on the disk of the server: sizes, ranges and hashes are of those.
    let mut request = engine.connections.files().map_err(ours)?.get(url).header(ACCEPT_ENCODING, "identity");
    if let Some((from, etag)) = resume {
        request = request.header(RANGE, format!("bytes={from}-")).header(IF_RANGE, etag);
    }
    let response = engine.idle(engine.settings.idle_timeout(), request.send()).await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    engine.log("debug", GET_URL, context, || format!("GET {shown} answered {status}"));
    engine.responded(status, &headers, context);
    if crate::wire::is_stream(engine.service, described, status, &headers) {
        // Where the end of the connection is the end of the file, one that broke looks whole.
        if response.content_length().is_none() && !headers.contains_key(TRANSFER_ENCODING) {
            let error = Error::new(Kind::InvalidAnswer, "the file host does not tell how long the file is");
            return Err(ours(error));
        }
        return Ok(response);
    }
    let body = engine.read(response).await?;
    let mut failure =
        crate::wire::stream_refusal(engine.service, described, &Answered { status, headers, body, signed_in: false });
    // Whatever a host says to a link that has lapsed by its own account: the next link is asked for.
    let vague = matches!(failure.error.kind(), Kind::Unavailable | Kind::PermissionDenied | Kind::Rejected);
    if vague && failure.wait.is_none() && expires.is_some_and(|expires| expires <= jiff::Timestamp::now().as_second()) {
        failure.retry = Retry::SameCall;
        failure.error.record_mut().retryable = true;
    }
    Err(failure)
}

/// When a link says that it lapses, in seconds since 1970.
fn expiry(url: &Url) -> Option<i64> {
    url.query_pairs().find(|(key, _)| key == "temp_url_expires")?.1.parse().ok()
}

fn text_of(headers: &HeaderMap, name: reqwest::header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// First byte and total of `bytes 5-9/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let (range, total) = text_of(headers, CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.0.parse().ok()?, total.parse().ok()))
}

/// The file name of a Content-Disposition, the encoded form before the plain one.
fn name_in_header(value: &str) -> Option<String> {
    let parts = || value.split(';').map(str::trim);
    let encoded = parts().find_map(|part| part.strip_prefix("filename*=")).and_then(|text| {
        let text = text.splitn(3, '\'').nth(2)?;
        percent_encoding::percent_decode_str(text).decode_utf8().ok().map(|name| name.into_owned())
    });
    let plain =
        || parts().find_map(|part| part.strip_prefix("filename=")).map(|text| text.trim_matches('"').to_owned());
    encoded.or_else(plain).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name_in_a_header() {
        for (value, name) in [
            ("attachment; filename=\"a b.bin\"", Some("a b.bin")),
            ("attachment; filename=x.bin; filename*=UTF-8''%C3%BC.bin", Some("ü.bin")),
            ("inline", None),
        ] {
            assert_eq!(name_in_header(value).as_deref(), name, "{value}");
        }
    }
}
