use fileferry_core::border::{self, Error};
use fileferry_core::tables::Type;
use napi::bindgen_prelude::{Object, Unknown};
use napi::{Env, Result};
use napi_derive::napi;

use crate::objects::Builder;
use crate::runtime::{caught, raised};

/// The model (or union) with this index in a service's table from its plain JSON; `shared` names the models of all
/// services.
#[napi]
pub fn from_plain<'env>(
    env: &'env Env,
    service: String,
    index: u16,
    is_union: bool,
    json: String,
    factories: Object<'env>,
) -> Result<Unknown<'env>> {
    let table = if service == "shared" { Some(border::shared()) } else { border::service(&service) };
    let Some(table) = table else {
        return Err(raised(&Error::internal(format!("no service is called {service}"))));
    };
    let ty = if is_union { Type::Union(index) } else { Type::Model(index) };
    caught(|| {
        let tape = border::from_plain(table, &ty, &json).map_err(|error| raised(&error))?;
        Builder::new(*env, table, &tape, factories)?.root(&ty)
    })
}
