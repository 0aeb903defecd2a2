//! The few calls of Node-API that `napi` has no safe form for: values of a type that only the tables know, and
//! functions called with as many arguments as a model has fields.
//!
//! Every function takes an environment that is alive because JavaScript is calling us, and values of the handle scope
//! of that call; none outlives it.
#![allow(unsafe_code)]

use std::ptr;

use napi::bindgen_prelude::{FromNapiValue, Unknown};
use napi::{Env, Error, JsValue, Result, Status, sys};

/// A value in the handle scope of the current call.
pub type Value = sys::napi_value;

fn made(status: sys::napi_status, value: Value) -> Result<Value> {
    match status {
        sys::Status::napi_ok => Ok(value),
        // The exception of a factory passes on as it is.
        sys::Status::napi_pending_exception => Err(Error::new(Status::PendingException, "")),
        other => Err(Error::new(Status::from(other), "a value could not be made")),
    }
}

macro_rules! make {
    ($env:expr, $function:ident $(, $argument:expr)*) => {{
        let mut value = ptr::null_mut();
        // SAFETY: see the module's text.
        let status = unsafe { sys::$function($env.raw() $(, $argument)*, &mut value) };
        made(status, value)
    }};
}

pub fn raw_null(env: &Env) -> Result<Value> {
    make!(env, napi_get_null)
}

pub fn raw_undefined(env: &Env) -> Result<Value> {
    make!(env, napi_get_undefined)
}

pub fn raw_bool(env: &Env, value: bool) -> Result<Value> {
    make!(env, napi_get_boolean, value)
}

pub fn raw_number(env: &Env, value: f64) -> Result<Value> {
    make!(env, napi_create_double, value)
}

pub fn raw_bigint(env: &Env, value: i64) -> Result<Value> {
    make!(env, napi_create_bigint_int64, value)
}

pub fn raw_date(env: &Env, milliseconds: f64) -> Result<Value> {
    make!(env, napi_create_date, milliseconds)
}

pub fn raw_text(env: &Env, text: &str) -> Result<Value> {
    let length = isize::try_from(text.len()).map_err(|_| Error::from_reason("a text too long for a string"))?;
    make!(env, napi_create_string_utf8, text.as_ptr().cast(), length)
}

pub fn raw_array(env: &Env, items: &[Value]) -> Result<Value> {
    let array = make!(env, napi_create_array_with_length, items.len())?;
    for (index, item) in (0..).zip(items) {
        // SAFETY: see the module's text.
        made(unsafe { sys::napi_set_element(env.raw(), array, index, *item) }, array)?;
    }
    Ok(array)
}

/// The value at this place of an array.
pub fn raw_element(env: &Env, array: Value, index: u32) -> Result<Value> {
    make!(env, napi_get_element, array, index)
}

/// Calls a function with positional arguments.
pub fn raw_call(env: &Env, function: Value, arguments: &[Value]) -> Result<Value> {
    let this = raw_undefined(env)?;
    make!(env, napi_call_function, this, function, arguments.len(), arguments.as_ptr())
}

/// The value as `napi` hands it to JavaScript.
pub fn unknown<'env>(env: &Env, value: Value) -> Result<Unknown<'env>> {
    // SAFETY: see the module's text.
    unsafe { Unknown::from_napi_value(env.raw(), value) }
}

/// The bare value of one that `napi` wrapped.
pub fn bare<'env>(value: &impl JsValue<'env>) -> Value {
    value.raw()
}

/// A text as a value of JavaScript.
pub fn text<'env>(env: &Env, text: &str) -> Result<Unknown<'env>> {
    unknown(env, raw_text(env, text)?)
}

/// JavaScript's null.
pub fn null<'env>(env: &Env) -> Result<Unknown<'env>> {
    unknown(env, raw_null(env)?)
}
