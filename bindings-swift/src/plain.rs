use fileferry_core::border::{self, Error, Tape};
use fileferry_core::tables::{Service, Type};

use crate::error::FfiError;
use crate::runtime;

/// The plain JSON of a model's or union's tape: the same in every language.
#[uniffi::export]
pub fn to_plain(service: String, type_name: String, tape: Vec<u8>) -> Result<String, FfiError> {
    let json = runtime::enter(|| {
        let (service, ty) = find(&service, &type_name)?;
        Ok(border::to_plain(service, &ty, &Tape::from_bytes(tape)))
    });
    Ok(json?)
}

/// The tape of a model's or union's plain JSON; `invalid_argument` with its path where it does not fit.
#[uniffi::export]
pub fn from_plain(service: String, type_name: String, json: String) -> Result<Vec<u8>, FfiError> {
    let tape = runtime::enter(|| {
        let (service, ty) = find(&service, &type_name)?;
        border::from_plain(service, &ty, &json).map(Tape::into_bytes)
    });
    Ok(tape?)
}

fn find(service: &str, type_name: &str) -> Result<(&'static Service, Type), Error> {
    let shared = border::shared();
    let tables = if service == shared.id { Some(shared) } else { border::service(service) };
    let tables = tables.ok_or_else(|| Error::invalid_argument(format!("there is no service {service:?}")))?;
    let union = || tables.unions.iter().position(|union| union.name == type_name).and_then(|at| u16::try_from(at).ok());
    tables
        .model(type_name)
        .map(Type::Model)
        .or_else(|| union().map(Type::Union))
        .map(|ty| (tables, ty))
        .ok_or_else(|| Error::invalid_argument(format!("{service} has no type {type_name:?}")))
}
