use std::fmt;
use std::marker::PhantomData;

use fileferry_core::border::{self, Answer};

use crate::handle::{Boxed, Handle, Work};
use crate::options::call_options;
use crate::values::{Json, Map, Value};
use crate::{CallOptions, CancelHandle, Result};

/// An operation of a service, as a type.
pub trait Operation {
    /// Its id.
    const ID: &'static str;
    /// What it gives.
    type Output: 'static;

    /// Reads what it gives off the answer.
    fn read(answer: Answer) -> Result<Self::Output>;
}

/// An operation whose results come in pages.
pub trait Paged: Operation {
    /// An item of a page.
    type Item: Value + Send + 'static;

    /// Begins to walk it.
    #[doc(hidden)]
    fn open(handle: &Handle, arguments: &Map, options: &[u8]) -> Result<border::Pages> {
        handle.pages(Self::ID, arguments, options)
    }
}

/// What every call is put together from.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) handle: Handle,
    pub(crate) arguments: Map,
    pub(crate) options: CallOptions,
    pub(crate) cancel: CancelHandle,
}

impl Parts {
    pub(crate) fn new(handle: &Handle) -> Self {
        Self { handle: handle.clone(), arguments: Map::new(), options: CallOptions::new(), cancel: CancelHandle::new() }
    }

    pub(crate) fn set(&mut self, name: &str, value: Json) {
        self.arguments.insert(name.to_owned(), value);
    }
}

/// A call that is being put together: set its parameters, then `.await` it. Nothing is sent before.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<O> {
    parts: Parts,
    operation: PhantomData<fn() -> O>,
}

impl<O: Operation> Call<O> {
    call_options!();

    #[doc(hidden)]
    pub fn with_nothing(handle: &Handle) -> Self {
        Self { parts: Parts::new(handle), operation: PhantomData }
    }

    #[doc(hidden)]
    pub fn with_argument(mut self, name: &str, value: Json) -> Self {
        self.parts.set(name, value);
        self
    }
}

impl<O: Operation> IntoFuture for Call<O> {
    type Output = Result<O::Output>;
    type IntoFuture = Boxed<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let parts = self.parts;
        Box::pin(async move { O::read(parts.handle.run(&parts, Work::Operation(O::ID)).await?) })
    }
}

impl<O: Operation> fmt::Debug for Call<O> {
    /// Of the arguments the names alone: their values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.parts.arguments.keys().collect();
        f.debug_struct("Call").field("operation", &O::ID).field("arguments", &names).finish_non_exhaustive()
    }
}
