//! What is answered without asking a service.

use fileferry_core::border::{self, Answer, Error};
use napi::bindgen_prelude::{Object, Unknown};
use napi::{Env, Result};
use napi_derive::napi;

use crate::objects::Builder;
use crate::raw;
use crate::runtime::raised;

/// What the address of a page says; null where no service knows it.
#[napi(catch_unwind)]
pub fn parse_link<'env>(env: &'env Env, url: String, factories: Object<'env>) -> Result<Unknown<'env>> {
    match border::parse_link(&url).map_err(|error| raised(&error))? {
        Some(link) => shared(env, link, factories),
        None => raw::null(env),
    }
}

/// When a call begins, for its options' `begun_ms`.
#[napi]
pub fn clock_ms() -> f64 {
    border::clock_ms()
}

/// The object of a shared model.
pub fn shared<'env>(env: &'env Env, answer: Answer, factories: Object<'env>) -> Result<Unknown<'env>> {
    match answer {
        Answer::Value(tape, ty) => Builder::new(*env, border::shared(), &tape, factories)?.root(&ty),
        _ => Err(raised(&Error::internal("a value was to be given"))),
    }
}
