//! One file on its way to the disk: a link for each attempt, the rest asked for where the service goes on, the whole checked
//! at the end.

use std::sync::Arc;

use reqwest::header::{ACCEPT_ENCODING, ETAG, IF_RANGE, RANGE, TRANSFER_ENCODING};
use reqwest::{Response, StatusCode, Url};

use crate::border::{Answer, Destination, Error, Kind, Phase};
use crate::tables::{Operation, Retry};
use crate::transfer::headers::{content_range, file_name, text_of};
use crate::transfer::part_file::{PartFile, Place};
use crate::transfer::progress::Meter;
use crate::verbs::{self, Entry, Hash};
use crate::wire::{Answered, Context, Engine, Failure};

/// Where a file comes from, in a service's way.
pub(crate) trait Origin: Send {
    /// The described request for the file; it is part of the one that gives links.
    const FILE: &'static str;

    /// Whether the rest of a file is asked for without a validator. It is then known by its place and the length of the
    /// whole alone: for services that promise the same bytes under one id, and give no validator.
    const GOES_ON_BY_LENGTH: bool = false;

    /// The id of the file.
    fn id(&self) -> &str;

    /// Its address for one attempt: that is how a link that lapsed is replaced.
    fn link(&mut self, engine: &Engine, context: &Context<'_>) -> impl Future<Output = Result<Link, Error>> + Send;

    /// How many bytes the file has, where the service told it with the link.
    fn size(&self) -> Option<u64> {
        None
    }

    /// The MD5 of the file in lower case, where the head of its answer tells it.
    fn md5(&self, _head: &Head) -> Option<String> {
        None
    }

    /// Says what the engine may do about a refusal of this address, where the service knows better than its description.
    fn refused(&self, _address: &Url, _failure: &mut Failure) {}
}

/// The address of a file.
pub(crate) struct Link {
    pub(crate) address: Url,
    /// The name of the file, for hosts that do not tell it.
    pub(crate) name: Option<String>,
}

/// What is known of a file from the head of its answer.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Head {
    total: Option<u64>,
    /// A strong validator.
    pub(crate) etag: Option<String>,
    name: Option<String>,
}

impl Head {
    fn of(response: &Response) -> Self {
        let headers = response.headers();
        let total = match response.status() {
            StatusCode::PARTIAL_CONTENT => content_range(headers).and_then(|(_, total)| total),
            _ => response.content_length(),
        };
        // A weak validator does not promise the same bytes.
        let etag = text_of(headers, ETAG).filter(|etag| !etag.starts_with("W/")).map(str::to_owned);
        Self { total, etag, name: file_name(headers) }
    }

    /// How the rest from `written` on is asked for; `None` where nobody would know whether it belongs to what is here.
    fn rest(&self, written: u64, by_length: bool) -> Option<Rest> {
        let is_known = self.etag.is_some() || by_length && self.total.is_some();
        (written > 0 && is_known).then(|| Rest { from: written, validator: self.etag.clone() })
    }

    /// Whether what comes is the rest, from `written` on, of the file that this was said of.
    fn goes_on(&self, response: &Response, written: u64) -> bool {
        let headers = response.headers();
        let etag = text_of(headers, ETAG);
        content_range(headers) == Some((written, self.total)) && (etag.is_none() || etag == self.etag.as_deref())
    }
}

/// The end of a file, if it is still the same one.
struct Rest {
    from: u64,
    validator: Option<String>,
}

/// Asks for a file from its beginning, to hand on what comes.
pub(crate) async fn open<O: Origin>(engine: &Engine, origin: &mut O, context: &Context<'_>) -> Result<Response, Error> {
    let link = origin.link(engine, context).await?;
    let response = request(engine, origin, link.address, None, context).await;
    response.map_err(|failure| of_operation::<O>(engine, failure.error))
}

/// Fetches a file and gives its entry.
pub(crate) async fn fetch<O: Origin>(
    engine: &Engine,
    origin: O,
    to: &Destination,
    meter: &Arc<Meter>,
    context: &Context<'_>,
) -> Result<Answer, Error> {
    let place = Place::look(to).await?;
    meter.phase(Phase::Preparing);
    let mut download = Download { engine, context, meter, origin, place, part: None, known: Head::default() };
    download.run().await.map_err(|error| of_operation::<O>(engine, error))?;
    download.finish().await
}

/// One download on its way.
struct Download<'a, O> {
    engine: &'a Engine,
    context: &'a Context<'a>,
    meter: &'a Arc<Meter>,
    /// Held to the end: a free download keeps its turn.
    origin: O,
    place: Place,
    part: Option<PartFile>,
    known: Head,
}

impl<O: Origin> Download<'_, O> {
    /// Makes attempts until all bytes are here.
    async fn run(&mut self) -> Result<(), Error> {
        // Counts attempts that brought nothing; one that brought bytes starts the count anew.
        let mut fruitless = 0;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let before = self.written();
            self.meter.attempt_from(attempt, before);
            let failure = match self.origin.link(self.engine, self.context).await {
                Ok(link) => match self.fetch(link).await {
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
                return Err(error.during(self.engine.service.id, described::<O>(self.engine)?.part_of));
            };
            tokio::time::sleep(wait).await;
        }
    }

    fn written(&self) -> u64 {
        self.part.as_ref().map_or(0, PartFile::written)
    }

    /// Fetches what is still missing into the part file.
    async fn fetch(&mut self, link: Link) -> Result<(), Box<Failure>> {
        let ours = |error: Error| Box::new(Failure::of_ours(error));
        let written = self.written();
        let rest = self.known.rest(written, O::GOES_ON_BY_LENGTH);
        let asked = request(self.engine, &self.origin, link.address, rest.as_ref(), self.context).await;
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
                let head = Head::of(&response);
                if let Some((size, total)) = self.origin.size().zip(head.total).filter(|(size, total)| size != total) {
                    return Err(again(format!("the file host has {total} bytes, the service a file of {size}")));
                }
                self.begin(Head { name: head.name.or(link.name), ..head }).await.map_err(ours)?;
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
    async fn begin(&mut self, known: Head) -> Result<(), Error> {
        self.place.name(known.name.as_deref(), self.origin.id()).await?;
        let hashed = self.origin.md5(&known).is_some();
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
        self.known = Head::default();
        again(what.to_owned())
    }

    /// Checks the whole file and puts it in its place.
    async fn finish(self) -> Result<Answer, Error> {
        let part = self.part.ok_or_else(|| Error::internal("a download without a part file"))?;
        self.meter.phase(Phase::Finishing);
        let (size, md5) = (part.written(), part.md5());
        if md5 != self.origin.md5(&self.known) {
            // The part file goes with the error.
            let operation = described::<O>(self.engine)?;
            return Err(Error::new(
                Kind::Integrity,
                "the bytes that came are not those of the file: their MD5 differs",
            )
            .named("wrong_hash")
            .during(self.engine.service.id, operation.part_of)
            .retryable());
        }
        let path = part.finish().await?;
        self.meter.total(Some(size));
        self.meter.phase(Phase::Done);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let entry = Entry {
            id: Some(self.origin.id().to_owned()),
            name: self.known.name.unwrap_or(name),
            path: Some(path.to_string_lossy().into_owned()),
            size: Some(size),
            hash: md5.map(|hex| Hash { algorithm: "md5", hex }),
            ..Entry::default()
        };
        verbs::entry(self.engine, &entry)
    }
}

/// Bytes that are not those we asked for; asking again may mend it.
fn again(what: String) -> Box<Failure> {
    let error = Error::new(Kind::Integrity, what).retryable();
    Box::new(Failure { error, retry: Retry::SameCall, wait: None, left: true })
}

/// An error of a file's host belongs to the operation that gave the link.
fn of_operation<O: Origin>(engine: &Engine, error: Error) -> Error {
    let operation = described::<O>(engine).ok().and_then(|operation| operation.part_of);
    error.during(engine.service.id, operation)
}

fn described<O: Origin>(engine: &Engine) -> Result<&'static Operation, Error> {
    let described = engine.service.operation(O::FILE);
    described.ok_or_else(|| Error::internal(format!("{} is not described", O::FILE)))
}

/// Asks for the file, or for the rest of it if it is still the same. No token goes to this host.
async fn request<O: Origin>(
    engine: &Engine,
    origin: &O,
    address: Url,
    rest: Option<&Rest>,
    context: &Context<'_>,
) -> Result<Response, Box<Failure>> {
    let ours = |error: Error| Box::new(Failure::of_ours(error));
    let operation = described::<O>(engine).map_err(ours)?;
    let shown = crate::wire::redact::address(&address);
    context.requested();
    // The bytes count as they are on the disk of the server: sizes, ranges and hashes are of those.
    let files = engine.connections.files().map_err(ours)?;
    let mut request = files.get(address.clone()).header(ACCEPT_ENCODING, "identity");
    if let Some(Rest { from, validator }) = rest {
        request = request.header(RANGE, format!("bytes={from}-"));
        if let Some(validator) = validator {
            request = request.header(IF_RANGE, validator);
        }
    }
    let response = engine.idle(engine.settings.idle_timeout(), request.send()).await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    engine
        .log("debug", operation.part_of.unwrap_or(operation.id), context, || format!("GET {shown} answered {status}"));
    engine.responded(status, &headers, context);
    if crate::wire::is_stream(engine.service, operation, status, &headers) {
        // Where the end of the connection is the end of the file, one that broke looks whole.
        if response.content_length().is_none() && !headers.contains_key(TRANSFER_ENCODING) {
            let error = Error::new(Kind::InvalidAnswer, "the file host does not tell how long the file is");
            return Err(ours(error));
        }
        return Ok(response);
    }
    let body = engine.read(response).await?;
    let answered = Answered { status, headers, body, signed_in: false };
    let mut failure = crate::wire::stream_refusal(engine.service, operation, &answered);
    origin.refused(&address, &mut failure);
    Err(failure)
}

#[cfg(all(test, feature = "keep2share"))]
mod tests {
    use std::sync::Mutex;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::border::Hooks;
    use crate::wire::CallOptions;

    /// A file whose host gives no validator.
    struct ByLength(Url);

    impl Origin for ByLength {
        const FILE: &'static str = "downloads.directLink";
        const GOES_ON_BY_LENGTH: bool = true;

        fn id(&self) -> &str {
            "7"
        }

        async fn link(&mut self, _engine: &Engine, _context: &Context<'_>) -> Result<Link, Error> {
            Ok(Link { address: self.0.clone(), name: None })
        }
    }

    const CONTENT: &str = "0123456789";
    const WHOLE: &str = "HTTP/1.1 200 X\r\ncontent-length: 10\r\nconnection: close\r\n\r\n0123456789";

    /// Serves the answers in turn, one a connection, and gives the ranges that were asked for.
    async fn serve(listener: TcpListener, answers: Vec<String>, ranges: Arc<Mutex<Vec<String>>>) {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.expect("a head"));
            }
            let head = String::from_utf8(head).expect("text").to_ascii_lowercase();
            let asked: Vec<&str> = head.lines().filter(|line| line.contains("range")).collect();
            ranges.lock().expect("no panic").push(asked.join(" "));
            stream.write_all(answer.as_bytes()).await.expect("a client");
        }
    }

    /// Fetches a file of which the first answer brings four bytes, and gives what was asked for after it.
    async fn resumed(next: &[&str]) -> Vec<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let site = format!("http://{}", listener.local_addr().expect("an address"));
        let cut = WHOLE.strip_suffix("456789").expect("the end").to_owned();
        let answers = [cut].into_iter().chain(next.iter().map(|&answer| answer.to_owned())).collect();
        let ranges = Arc::new(Mutex::new(Vec::new()));
        let server = tokio::spawn(serve(listener, answers, Arc::clone(&ranges)));
        let options = format!(r#"{{"base_url": "{site}", "backoff_ms": 1, "proxy": ""}}"#);
        let engine = Engine::from_json("keep2share", options.as_bytes(), Hooks::default()).expect("an engine");
        let folder = tempfile::tempdir().expect("a folder");
        let to = Destination::File { path: folder.path().join("x.bin"), overwrite: false };
        let call = CallOptions::default();
        let (meter, context) = (Arc::new(Meter::new(None, None)), Context::new(&call, None));
        let origin = ByLength(Url::parse(&site).expect("an address"));
        fetch(&engine, origin, &to, &meter, &context).await.expect("a file");
        server.await.expect("no panic");
        assert_eq!(std::fs::read_to_string(folder.path().join("x.bin")).expect("the file"), CONTENT);
        ranges.lock().expect("no panic").split_off(1)
    }

    #[tokio::test]
    async fn without_a_validator_the_rest_is_known_by_place_and_length() {
        let part = |range: &str, body: &str| {
            let length = body.len();
            format!(
                "HTTP/1.1 206 X\r\ncontent-length: {length}\r\ncontent-range: bytes {range}\r\nconnection: close\r\n\r\n{body}"
            )
        };
        assert_eq!(resumed(&[&part("4-9/10", "456789")]).await, ["range: bytes=4-"]);
        // A host that does not go on starts over in the same answer.
        assert_eq!(resumed(&[WHOLE]).await, ["range: bytes=4-"]);
        // Another place, and another file.
        assert_eq!(resumed(&[&part("3-9/10", "3456789"), WHOLE]).await, ["range: bytes=4-", ""]);
        assert_eq!(resumed(&[&part("4-10/11", "456789x"), WHOLE]).await, ["range: bytes=4-", ""]);
    }
}
