//! The arguments of a call into the parts of a request.
//!
//! Everything is checked before anything is sent; what is wrong is `invalid_argument` and says which parameter of which
//! operation it is, what was expected and what came. A text that came is never shown: it may be secret.

mod address;
mod body;
mod check;
mod piece;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::border::Error;
use crate::decode::path::Problem;
use crate::tables::{Encoding, FilledBy, Method, NullForm, Operation, Place, ROOT, Service, Type};
use crate::wire::encode::body::Collector;
use crate::wire::encode::check::Filled;
pub(crate) use crate::wire::encode::check::encoded_text;
use crate::wire::encode::piece::Piece;

/// How an operation is called: what a call's options may choose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) method: Method,
    /// The path's template; empty where an answer gives the whole address.
    pub(crate) path: &'a str,
    /// What fills `{version}`; the operation's first one if it is not chosen.
    pub(crate) version: Option<&'a str>,
}

/// A parameter that the client fills: name on the wire, place, value.
pub(crate) type ClientParam<'a> = (&'a str, Place, Cow<'a, str>);

/// Names and values in order.
pub(crate) type Pairs = Vec<(String, String)>;

/// The parts of a request. They hold secrets and are never shown.
pub(crate) struct Encoded {
    /// Below the base address, percent-encoded.
    pub(crate) path: String,
    pub(crate) query: Pairs,
    /// Free of control characters, but not always ASCII.
    pub(crate) headers: Pairs,
    pub(crate) body: Body,
}

/// The content of a request.
pub(crate) enum Body {
    None,
    Json(Vec<u8>),
    Form(Pairs),
    Multipart(Pairs),
}

/// The arguments of a call as a binding gives them, checked. No text at all stands for no arguments.
pub(crate) fn parse_arguments(
    service: &Service,
    operation: &Operation,
    json: &[u8],
) -> Result<Map<String, Value>, Error> {
    let arguments = parse_object(json).map_err(|message| invalid(service, operation, &message))?;
    fill(service, operation, &arguments)?;
    Ok(arguments)
}

/// A JSON object; no text at all stands for an empty one.
pub(crate) fn parse_object(json: &[u8]) -> Result<Map<String, Value>, String> {
    if json.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(json) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err("the arguments must be a JSON object".to_owned()),
        Err(error) => Err(format!("the arguments are not JSON (line {}, column {})", error.line(), error.column())),
    }
}

/// The parts of a request.
///
/// `extra` goes where the operation's own parameters go and replaces those of the same name on the wire; `client` are the
/// tokens and what else the client adds.
pub(crate) fn encode(
    service: &Service,
    operation: &Operation,
    target: &Target<'_>,
    arguments: &Map<String, Value>,
    extra: &Map<String, Value>,
    client: &[ClientParam<'_>],
) -> Result<Encoded, Error> {
    let refuse = |problem: Problem| invalid(service, operation, &sentence(&problem));
    let mut segments = Vec::new();
    let mut parts = Collector::new(service, operation, target.method);
    // What an operation always says comes first and what the caller says last: some services ask for this order.
    let (constants, given): (Vec<_>, Vec<_>) = fill(service, operation, arguments)?
        .into_iter()
        .partition(|filled| filled.param.filled_by == FilledBy::Constant && filled.param.place != Place::Path);
    constants.iter().for_each(|filled| parts.add(filled));
    for (name, place, value) in client {
        check::no_control(value)
            .map_err(|problem| invalid(service, operation, &format!("`{name}` {}", problem.message)))?;
        parts.add_text(*place, name, value);
    }
    for filled in &given {
        match filled.param.place {
            Place::Path => segments.push((filled.param.name, filled.piece.to_text())),
            _ => parts.add(filled),
        }
    }
    // What the library encodes would go as it is, and nobody could tell which of both was meant.
    let twice = |filled: &&Filled<'_>| {
        filled.param.encode != Encoding::Plain && filled.param.wire.iter().any(|name| extra.contains_key(*name))
    };
    if let Some(Filled { param, .. }) = given.iter().find(twice) {
        return Err(invalid(
            service,
            operation,
            &format!("`{}` is given twice, once more among the extra fields", param.name),
        ));
    }
    for (name, value) in extra {
        parts.replace(name, &Piece::from_json(value));
    }
    let version = address::version(operation, target.version).map_err(refuse)?;
    let path = address::fill(target.path, &segments, version)
        .ok_or_else(|| Error::internal(format!("{}: a part of the address has no value", operation.id)))?;
    let (query, headers, body) = parts.finish();
    Ok(Encoded { path, query, headers, body })
}

/// Each parameter that is sent, with its value as it is sent.
fn fill<'o>(
    service: &Service,
    operation: &'o Operation,
    arguments: &Map<String, Value>,
) -> Result<Vec<Filled<'o>>, Error> {
    let takes =
        |name: &str| operation.params.iter().any(|param| param.filled_by == FilledBy::Caller && param.name == name);
    if let Some(unknown) = arguments.keys().find(|name| !takes(name)) {
        return Err(invalid(service, operation, &no_such_parameter(operation, unknown)));
    }
    let mut filled = Vec::new();
    for param in operation.params {
        let given = match param.filled_by {
            FilledBy::Caller => arguments.get(param.name),
            FilledBy::Constant => None,
            FilledBy::Client => continue,
        };
        // The content of a file does not travel with the arguments.
        if matches!(param.ty, Type::Source) {
            continue;
        }
        let root = param.root.filter(|_| given.and_then(Value::as_str) == Some(ROOT));
        let piece = match (given, param.send) {
            _ if root.is_some() => Piece::Null,
            (Some(value), _) => check::argument(service, param, value)
                .map_err(|problem| invalid(service, operation, &sentence(&problem.within_member(param.name))))?,
            (None, Some(send)) => check::sent_by_us(service, param, send).map_err(|problem| {
                Error::internal(format!("{}: {}", operation.id, sentence(&problem.within_member(param.name))))
            })?,
            (None, None) if param.required => {
                return Err(invalid(service, operation, &format!("`{}` is required", param.name)));
            }
            (None, None) => continue,
        };
        let null = root.unwrap_or(param.null);
        if !(piece == Piece::Null && null == NullForm::Omit) {
            filled.push(Filled { param, piece, null });
        }
    }
    Ok(filled)
}

fn no_such_parameter(operation: &Operation, unknown: &str) -> String {
    let names: Vec<&str> =
        operation.params.iter().filter(|param| param.filled_by == FilledBy::Caller).map(|param| param.name).collect();
    let takes = if names.is_empty() { "no parameters".to_owned() } else { names.join(", ") };
    format!("there is no parameter `{unknown}`; it takes {takes}")
}

fn sentence(problem: &Problem) -> String {
    format!("`{}` {}", problem.path(), problem.message)
}

fn invalid(service: &Service, operation: &Operation, message: &str) -> Error {
    Error::invalid_argument(format!("{}: {message}", operation.id)).during(service.id, Some(operation.id))
}
