//! The parameters of a call: in the query or in a form, named as PHP names arrays.

use std::io;

use futures_util::stream::{self, StreamExt};
use tokio::io::AsyncReadExt;

use crate::server::Call;
use crate::services::form::{self, FormFailure, SentFile};
use crate::world::blobs::Blobs;
use crate::world::journal::{Entry, FormPart};

/// What a parameter may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Flag,
    /// Several texts, in the order sent; what stands in the brackets does not count.
    Texts,
    /// Several ids with types: `items[0][id]`, `items[0][type]`.
    Items,
    /// A text, or a file instead.
    TextOrFile,
}

/// One parameter of a method.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    name: &'static str,
    kind: Kind,
    required: bool,
}

impl Param {
    pub const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: true }
    }

    pub const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false }
    }

    /// Whether what stands in brackets behind its name is as it should be.
    fn takes(&self, subscripts: &[&str]) -> bool {
        match self.kind {
            Kind::Texts => subscripts.len() == 1,
            Kind::Items => matches!(subscripts, [_, "id" | "type"]),
            _ => subscripts.is_empty(),
        }
    }
}

/// A file that came along, with its bytes: containers are small.
#[derive(Debug)]
pub struct File {
    pub sent: SentFile,
    pub bytes: Vec<u8>,
}

/// Everything that came along with a call.
#[derive(Debug)]
pub struct Args {
    fields: Vec<(String, String)>,
    files: Vec<File>,
    /// The first required parameter that is not there or blank.
    pub missing: Option<&'static str>,
    entry: Entry,
}

impl Args {
    /// Reads query and form. What no document allows is recorded; what is unknown is let be, as PHP does.
    pub async fn read(call: &Call, blobs: &Blobs, params: &[Param], anywhere: &[Param]) -> Self {
        let mut fields = call.query.clone();
        let mut files = Vec::new();
        let kind = call.header("content-type").unwrap_or_default();
        if !call.body.is_empty() {
            if call.method == http::Method::GET {
                call.violation("the body of a GET is not read");
            } else if kind.starts_with("application/x-www-form-urlencoded") {
                let sent: Vec<(String, String)> = url::form_urlencoded::parse(&call.body).into_owned().collect();
                sent.iter().for_each(|(name, value)| record_field(&call.entry, name, value));
                fields.extend(sent);
            } else if let Some(boundary) = form::boundary(call) {
                if let Err(reason) = read_multipart(call, blobs, boundary, &mut fields, &mut files).await {
                    call.violation(format!("the form cannot be read: {reason}"));
                }
            } else {
                call.violation(format!("a body of the type {kind:?} is not read"));
            }
        }
        let mut args = Self { fields, files, missing: None, entry: call.entry.clone() };
        args.check(params, anywhere);
        args
    }

    fn check(&mut self, params: &[Param], anywhere: &[Param]) {
        let known = || params.iter().chain(anywhere);
        for (name, _) in &self.fields {
            let fits = split(name)
                .is_some_and(|(base, subscripts)| known().any(|param| param.name == base && param.takes(&subscripts)));
            if !fits {
                self.entry.violation(format!("unknown parameter {name:?}"));
            }
        }
        for file in &self.files {
            if !known().any(|param| param.name == file.sent.field && param.kind == Kind::TextOrFile) {
                self.entry.violation(format!("unknown file {:?}", file.sent.field));
            }
        }
        for param in known() {
            let given = self.count(param);
            if given > 1 && !matches!(param.kind, Kind::Texts | Kind::Items) {
                self.entry.violation(format!("parameter {:?} is there more than once", param.name));
            }
            if param.kind == Kind::Flag && self.text(param.name).is_some_and(|flag| !is_flag(flag)) {
                self.entry.violation(format!("parameter {:?} must be true or false", param.name));
            }
            if param.required && given == 0 {
                self.entry.violation(format!("parameter {:?} is missing", param.name));
            }
            let is_blank = given == 0 || (param.kind == Kind::Text && self.text(param.name) == Some(""));
            if param.required && is_blank && self.missing.is_none() {
                self.missing = Some(param.name);
            }
        }
    }

    fn count(&self, param: &Param) -> usize {
        let is_it =
            |name: &str| split(name).is_some_and(|(base, subscripts)| base == param.name && param.takes(&subscripts));
        let files = self.files.iter().filter(|file| file.sent.field == param.name).count();
        self.fields.iter().filter(|(name, _)| is_it(name)).count() + files
    }

    /// Records what the service refuses in its own words, and no document allows.
    pub fn violation(&self, message: impl Into<String>) {
        self.entry.violation(message);
    }

    /// The last value of a name counts.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// None for a blank text, too.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    pub fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), Some("true" | "1"))
    }

    pub fn texts(&self, name: &str) -> Vec<&str> {
        let is_it = |field: &str| split(field).is_some_and(|(base, subscripts)| base == name && subscripts.len() == 1);
        self.fields.iter().filter(|(field, _)| is_it(field)).map(|(_, value)| value.as_str()).collect()
    }

    /// The ids of the older form `items[<n>][id]` whose type is this.
    pub fn items(&self, kind: &str) -> Vec<&str> {
        let member = |number: &str, member: &str| self.text(&format!("items[{number}][{member}]"));
        let mut ids = Vec::new();
        for (field, id) in &self.fields {
            if let Some(("items", subscripts)) = split(field)
                && let [number, "id"] = subscripts[..]
                && member(number, "type") == Some(kind)
            {
                ids.push(id.as_str());
            }
        }
        ids
    }

    pub fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.sent.field == name)
    }
}

fn is_flag(text: &str) -> bool {
    matches!(text, "true" | "false" | "1" | "0" | "")
}

/// A name and what stands in brackets behind it; none where the brackets do not fit.
fn split(name: &str) -> Option<(&str, Vec<&str>)> {
    let Some((base, mut rest)) = name.split_once('[') else {
        return Some((name, Vec::new()));
    };
    let mut subscripts = Vec::new();
    loop {
        let (subscript, after) = rest.split_once(']')?;
        subscripts.push(subscript);
        match after.strip_prefix('[') {
            Some(next) => rest = next,
            None if after.is_empty() => return Some((base, subscripts)),
            None => return None,
        }
    }
}

/// Shows a field of a plain form in the journal, as those of other forms are.
fn record_field(entry: &Entry, name: &str, value: &str) {
    let (file_name, content_type, size) = (None, None, None);
    let part = FormPart { name: name.to_owned(), file_name, content_type, value: Some(value.to_owned()), size };
    entry.update(|record| record.form.push(part));
}

async fn read_multipart(
    call: &Call,
    blobs: &Blobs,
    boundary: String,
    fields: &mut Vec<(String, String)>,
    files: &mut Vec<File>,
) -> Result<(), String> {
    let body = stream::iter([Ok(call.body.clone())]).boxed();
    let read = form::read(call, body, boundary, blobs, |_, _| {}).await.map_err(|error| match error {
        FormFailure::Gone => "it ends too early".to_owned(),
        FormFailure::Malformed(reason) => reason,
        FormFailure::Disk(error) => error.to_string(),
    })?;
    fields.extend(read.fields);
    for sent in read.files {
        let bytes = read_bytes(&sent).await.map_err(|error| error.to_string())?;
        files.push(File { sent, bytes });
    }
    Ok(())
}

async fn read_bytes(sent: &SentFile) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    sent.blob.open().await?.read_to_end(&mut bytes).await?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_php_reads_them() {
        assert_eq!(split("id"), Some(("id", vec![])));
        assert_eq!(split("files[]"), Some(("files", vec![""])));
        assert_eq!(split("items[0][id]"), Some(("items", vec!["0", "id"])));
        for odd in ["files[", "files[]x", "files[0]["] {
            assert_eq!(split(odd), None, "{odd}");
        }
    }
}
