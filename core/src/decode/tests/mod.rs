mod odd_forms;
mod oracle;
mod plain;
mod random;
mod reading;

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::decode::plain::print;
use crate::decode::{Input, Pass, Unreadable, answer, json};
use crate::tables::{Capabilities, Field, FieldSource, Model, Place, ResultShape, Service, Type, Union};

/// A service with nothing but these shapes.
pub(crate) fn service(models: &'static [Model], unions: &'static [Union]) -> Service {
    Service {
        id: "trial",
        class: "Trial",
        hosts: &[],
        own_hosts: &[],
        rate: None,
        capabilities: Capabilities::NONE,
        place: Place::Json,
        ended: None,
        signed: &[],
        credentials: &[],
        operations: &[],
        models,
        enums: &[],
        unions,
        envelopes: &[],
    }
}

/// An optional field that comes under its own name.
pub(crate) const fn field(name: &'static str, wire: &'static [&'static str], ty: Type) -> Field {
    Field { name, wire, ty, required: false, from: FieldSource::Body, secret: false }
}

/// A field without which its object is of no use.
pub(crate) const fn required(field: Field) -> Field {
    Field { required: true, ..field }
}

/// One pass over an answer of status 200 without headers.
fn pass(service: &Service, at: &'static [&'static str], ty: Type, envelope: &[&str], body: &[u8]) -> Pass {
    let shape = ResultShape::Json { at, ty };
    answer(&Input { service, shape: &shape, envelope_members: envelope, status: 200, headers: &HeaderMap::new(), body })
}

/// What an answer becomes, as plain JSON.
fn reads(service: &Service, ty: Type, body: &str) -> Result<Value, Unreadable> {
    pass(service, &[], ty, &[], body.as_bytes())
        .value
        .map(|tape| json::value(print(service, &ty, &tape).as_bytes()).unwrap())
}

/// Path of what made an answer unreadable.
fn path(outcome: Result<Value, Unreadable>) -> String {
    match outcome {
        Err(Unreadable::Field { json_path, .. }) => json_path,
        other => panic!("expected an unreadable field, found {other:?}"),
    }
}
