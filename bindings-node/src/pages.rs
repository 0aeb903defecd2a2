use std::sync::Arc;

use fileferry_core::border::Pages;
use fileferry_core::tables::Service;
use napi::bindgen_prelude::Object;
use napi::{Env, Result};
use napi_derive::napi;

use crate::cancel::{NativeCancel, handle_of};
use crate::runtime::promise;
use crate::settled::Settled;

/// The pages of a listing.
#[napi]
pub struct NativePages {
    /// Whose tables the items belong to.
    service: &'static Service,
    pages: Arc<Pages>,
}

impl NativePages {
    pub fn new(service: &'static Service, pages: Pages) -> Self {
        Self { service, pages: Arc::new(pages) }
    }
}

#[napi]
impl NativePages {
    /// The items of the next page; nothing after the last one.
    #[napi]
    pub fn next<'env>(&self, env: &'env Env, cancel: Option<&NativeCancel>) -> Result<Object<'env>> {
        let (pages, service, cancel) = (Arc::clone(&self.pages), self.service, handle_of(cancel));
        promise(env, async move { Settled::new(pages.next(&cancel).await, service) })
    }
}
