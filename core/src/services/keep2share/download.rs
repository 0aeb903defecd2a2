//! The direct link of a file, and the file behind it.

use std::sync::Arc;

use reqwest::header::{CONTENT_DISPOSITION, CONTENT_RANGE, ETAG, IF_RANGE, RANGE};
use reqwest::{StatusCode, Url};
use serde_json::{Map, json};

use super::{ask, is_md5, operation, text};
use crate::border::{Answer, ByteStream, Destination, Error, Kind, Phase};
use crate::tables::{Retry, Type};
use crate::transfer::part_file::{PartFile, Place};
use crate::transfer::progress::Meter;
use crate::wire::{Answered, Context, Engine, Failure};

/// What is known of a file from the head of its answer.
#[derive(Debug, Default, PartialEq)]
struct Known {
    total: Option<u64>,
    etag: Option<String>,
    name: Option<String>,
}

pub(crate) async fn open(engine: &Engine, target: &str, context: &Context<'_>) -> Result<ByteStream, Error> {
    let url = link(engine, target, context).await?;
    let response = request(engine, url, None, context).await.map_err(|failure| failure.error)?;
    Ok(ByteStream::new(response, engine.settings.idle_timeout(), engine.closed.clone()))
}

pub(crate) async fn download(
    engine: &Engine,
    target: &str,
    to: &Destination,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Answer, Error> {
    let mut place = Place::look(to).await?;
    meter.phase(Phase::Preparing);
    let mut part: Option<PartFile> = None;
    let mut known = Known::default();
    // Counts attempts that brought nothing; one that brought bytes starts the count anew.
    let mut fruitless = 0;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let before = part.as_ref().map_or(0, PartFile::written);
        meter.attempt_from(attempt, before);
        // A lapsed link is replaced by asking again, so every attempt asks.
        let failure = match link(engine, target, context).await {
            Ok(url) => match fetch(engine, url, target, &mut place, &mut part, &mut known, meter, context).await {
                Ok(()) => break,
                Err(failure) => failure,
            },
            Err(error) => Box::new(Failure::of_ours(error)),
        };
        let gained = part.as_ref().is_some_and(|part| part.written() > before);
        fruitless = if gained { 1 } else { fruitless + 1 };
        let Some(wait) = engine.wait_before_repeat(true, fruitless, &failure, context) else {
            let mut error = failure.error;
            let record = error.record_mut();
            record.attempts = record.attempts.max(attempt);
            return Err(error);
        };
        tokio::time::sleep(wait).await;
    }
    let part = part.ok_or_else(|| Error::internal("a download without a part file"))?;
    meter.phase(Phase::Finishing);
    let size = part.written();
    let path = part.finish().await?;
    meter.total(Some(size));
    meter.phase(Phase::Done);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let hash = known.etag.as_deref().map(|etag| etag.trim_matches('"')).filter(|etag| is_md5(etag));
    let entry = json!({
        "id": target,
        "name": known.name.unwrap_or(name),
        "path": path.to_string_lossy(),
        "is_folder": false,
        "size": size,
        "hash": hash.map(|hex| json!({"algorithm": "md5", "hex": hex.to_ascii_lowercase()})),
        "service": engine.service.id,
    });
    let shared = crate::border::shared();
    let model = shared.model("Entry").ok_or_else(|| Error::internal("Entry is not described"))?;
    let tape = crate::border::from_plain(shared, &Type::Model(model), &entry.to_string())?;
    Ok(Answer::Value(tape, Type::Model(model)))
}

/// The direct link of a file.
async fn link(engine: &Engine, target: &str, context: &Context<'_>) -> Result<Url, Error> {
    let mut arguments = Map::new();
    arguments.insert("file_id".into(), target.into());
    let answer = ask(engine, "downloads.getUrl", arguments, context).await?;
    if let Some(url) = text(&answer, "url") {
        let url = engine.answered_url(&url)?;
        context.keep_query_secret(&url);
        return Ok(url);
    }
    if answer.get("free_download_key").is_some_and(|key| !key.is_null()) {
        let seconds = answer.get("time_wait").and_then(|wait| wait.as_f64().or_else(|| wait.as_str()?.parse().ok()));
        let mut error = Error::new(Kind::WaitRequired, "the service gives a ticket and wants time to pass first")
            .named("free_download_too_early")
            .retryable();
        // Without two seconds more the same answer comes again.
        error.record_mut().retry_after_ms = seconds.map(|seconds: f64| ((seconds + 2.0) * 1000.0) as u64);
        return Err(error);
    }
    Err(Error::new(Kind::InvalidAnswer, "the answer holds neither a link nor a ticket"))
}

/// Fetches what is still missing into the part file.
#[allow(clippy::too_many_arguments, reason = "the state of one download, used here alone")]
async fn fetch(
    engine: &Engine,
    url: Url,
    target: &str,
    place: &mut Place,
    part: &mut Option<PartFile>,
    known: &mut Known,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<(), Box<Failure>> {
    let ours = |error: Error| Box::new(Failure::of_ours(error));
    let written = part.as_ref().map_or(0, PartFile::written);
    let resume = known.etag.clone().filter(|_| written > 0).map(|etag| (written, etag));
    let name_in_link =
        url.query_pairs().find(|(key, _)| key == "name" || key == "filename").map(|(_, name)| name.into_owned());
    let mut response = request(engine, url, resume.as_ref(), context).await?;
    let head = head_of(&response, name_in_link);
    let goes_on = response.status() == StatusCode::PARTIAL_CONTENT && resume.is_some();
    if goes_on {
        let starts = content_range(&response).map(|(from, _)| from);
        if starts != Some(written) || head.total != known.total {
            let error = Error::new(Kind::Integrity, "the server goes on at another place than asked");
            return Err(Box::new(Failure { error: error.retryable(), retry: Retry::SameCall, wait: None, left: true }));
        }
    } else {
        place.name(head.name.as_deref(), target).await.map_err(ours)?;
        match part {
            Some(part) => part.restart().await.map_err(ours)?,
            None => *part = Some(place.begin().await.map_err(ours)?),
        }
        *known = head;
        meter.restart();
        meter.total(known.total);
    }
    let part = part.as_mut().ok_or_else(|| ours(Error::internal("a download without a part file")))?;
    while let Some(chunk) = engine.idle(engine.settings.idle_timeout(), response.chunk()).await? {
        part.write(&chunk).await.map_err(ours)?;
        meter.moved(chunk.len() as u64);
    }
    match known.total {
        Some(total) if part.written() != total => {
            let error = Error::new(Kind::Integrity, format!("{} of {total} bytes came", part.written())).retryable();
            Err(Box::new(Failure { error, retry: Retry::SameCall, wait: None, left: true }))
        }
        _ => Ok(()),
    }
}

/// Asks for the file, or for the rest of it if it is still the same. No token goes to this host.
async fn request(
    engine: &Engine,
    url: Url,
    resume: Option<&(u64, String)>,
    context: &Context<'_>,
) -> Result<reqwest::Response, Box<Failure>> {
    let ours = |error: Error| Box::new(Failure::of_ours(error));
    let described = operation(engine, "downloads.directLink").map_err(ours)?;
    let shown = crate::wire::redact::address(&url);
    context.requested();
    let mut request = engine.connections.files().map_err(ours)?.get(url);
    if let Some((from, etag)) = resume {
        request = request.header(RANGE, format!("bytes={from}-")).header(IF_RANGE, etag);
    }
    let response = engine.idle(engine.settings.idle_timeout(), request.send()).await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    engine.log("debug", Some("downloads.getUrl"), || format!("GET {shown} answered {status}"));
    context.responded(crate::wire::shown_response(status, &headers, &|text| engine.without_secrets(text)));
    if crate::wire::is_stream(engine.service, described, status, &headers) {
        return Ok(response);
    }
    let body = engine.read(response).await?;
    Err(crate::wire::stream_refusal(engine.service, described, &Answered { status, headers, body, signed_in: false }))
}

fn head_of(response: &reqwest::Response, name_in_link: Option<String>) -> Known {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let total = match response.status() {
        StatusCode::PARTIAL_CONTENT => content_range(response).and_then(|(_, total)| total),
        _ => response.content_length(),
    };
    // A weak validator does not promise the same bytes.
    let etag = header(ETAG).filter(|etag| !etag.starts_with("W/")).map(str::to_owned);
    let name = response
        .headers()
        .get(CONTENT_DISPOSITION)
        .and_then(|value| name_in_header(&String::from_utf8_lossy(value.as_bytes())));
    Known { total, etag, name: name.or(name_in_link) }
}

/// First byte and total of `bytes 5-9/10`.
fn content_range(response: &reqwest::Response) -> Option<(u64, Option<u64>)> {
    let value = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
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
