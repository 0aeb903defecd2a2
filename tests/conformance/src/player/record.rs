use http_body_util::{BodyDataStream, BodyExt as _};
use hyper::Request;
use hyper::body::Incoming;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::case::Host;
use crate::seeded::hex;

/// A body that is no form is kept up to here; larger ones are not what a case compares by text.
const KEPT: usize = 1024 * 1024;

/// A text field of a form is kept up to here; beyond it only its length and hash are known.
const TEXT_KEPT: usize = 64 * 1024;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct WireRequest {
    /// At which origin.
    pub host: Host,
    /// The method.
    pub method: String,
    /// The path below the stage's base, as sent.
    pub path: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers, in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// A body as its content type and content tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// No bytes.
    Empty,
    /// JSON, whatever the content type says.
    Json(Value),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// `multipart/form-data`, in order.
    Multipart(Vec<Part>),
    /// Something else.
    Other {
        /// Its bytes, as far as they are text.
        text: String,
    },
    /// It did not arrive whole, or is not what its content type says.
    Unread(String),
}

/// One part of a multipart body.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file's name.
    pub filename: Option<String>,
    /// The part's content type.
    pub content_type: Option<String>,
    /// How many bytes.
    pub length: u64,
    /// Their hash.
    pub sha256: String,
    /// The bytes of a short part that is text.
    pub text: Option<String>,
}

impl WireRequest {
    /// A header's first value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn of_head(host: Host, key: &str, request: &Request<Incoming>) -> Self {
        let uri = request.uri();
        let path = uri.path();
        let below = path.trim_start_matches('/').strip_prefix(key).unwrap_or(path);
        let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        Self {
            host,
            method: request.method().to_string(),
            path: below.to_owned(),
            query,
            headers,
            body: Body::Unread("it did not arrive whole".to_owned()),
        }
    }
}

/// Reads a body to its end, holding no more than one piece of a file.
pub(super) async fn read(body: Incoming, content_type: Option<&str>) -> Body {
    let content_type = content_type.unwrap_or_default();
    if let Ok(boundary) = multer::parse_boundary(content_type) {
        return read_parts(body, boundary).await.unwrap_or_else(|error| Body::Unread(error.to_string()));
    }
    let bytes = match read_whole(body).await {
        Ok(bytes) => bytes,
        Err(reason) => return Body::Unread(reason),
    };
    if bytes.is_empty() {
        return Body::Empty;
    }
    if content_type.starts_with("application/x-www-form-urlencoded") {
        return Body::Form(url::form_urlencoded::parse(&bytes).into_owned().collect());
    }
    match serde_json::from_slice(&bytes) {
        Ok(json) => Body::Json(json),
        Err(_) => Body::Other { text: String::from_utf8_lossy(&bytes).into_owned() },
    }
}

async fn read_whole(mut body: Incoming) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| error.to_string())?;
        if let Ok(data) = frame.into_data()
            && bytes.len() < KEPT
        {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

async fn read_parts(body: Incoming, boundary: String) -> multer::Result<Body> {
    let mut form = multer::Multipart::new(BodyDataStream::new(body), boundary);
    let mut parts = Vec::new();
    while let Some(mut field) = form.next_field().await? {
        let mut hash = Sha256::new();
        let mut length = 0;
        let mut kept = Vec::new();
        while let Some(piece) = field.chunk().await? {
            hash.update(&piece);
            length += piece.len() as u64;
            if kept.len() <= TEXT_KEPT {
                kept.extend_from_slice(&piece);
            }
        }
        let text = (length <= TEXT_KEPT as u64).then(|| String::from_utf8(kept).ok()).flatten();
        parts.push(Part {
            name: field.name().unwrap_or_default().to_owned(),
            filename: field.file_name().map(str::to_owned),
            content_type: field.content_type().map(ToString::to_string),
            length,
            sha256: hex(&hash.finalize()),
            text,
        });
    }
    Ok(Body::Multipart(parts))
}
