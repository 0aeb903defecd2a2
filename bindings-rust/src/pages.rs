use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use fileferry_core::border;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};

use crate::Result;
use crate::answers;
use crate::call::{Paged, Parts};
use crate::handle::{Handle, Work};
use crate::options::call_options;
use crate::values::{Json, Map, Value};

/// The items of a listing, page after page, each page one request when it is needed.
///
/// Set its parameters, then take items with [`next`](Self::next) or as a [`Stream`]. After an error the same page can be
/// asked for again.
#[must_use = "nothing is asked for until an item is taken"]
pub struct Pages<O: Paged> {
    parts: Parts,
    items: Option<BoxStream<'static, Result<O::Item>>>,
    operation: PhantomData<fn() -> O>,
}

impl<O: Paged> Pages<O> {
    call_options!();

    #[doc(hidden)]
    pub fn with_nothing(handle: &Handle) -> Self {
        Self { parts: Parts::new(handle), items: None, operation: PhantomData }
    }

    #[doc(hidden)]
    pub fn with_argument(mut self, name: &str, value: Json) -> Self {
        self.parts.set(name, value);
        self
    }

    /// The next item; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<O::Item>> {
        StreamExt::next(self).await
    }
}

impl<O: Paged> Stream for Pages<O> {
    type Item = Result<O::Item>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let items = this.items.get_or_insert_with(|| {
            let walk =
                Walk { parts: this.parts.clone(), open: O::open, pages: None, ready: VecDeque::new(), is_over: false };
            stream::unfold(walk, Walk::step).boxed()
        });
        items.poll_next_unpin(context)
    }
}

impl<O: Paged> fmt::Debug for Pages<O> {
    /// Of the arguments the names alone: their values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.parts.arguments.keys().collect();
        f.debug_struct("Pages").field("operation", &O::ID).field("arguments", &names).finish_non_exhaustive()
    }
}

/// Where a listing stands.
struct Walk<T> {
    parts: Parts,
    open: fn(&Handle, &Map, &[u8]) -> Result<border::Pages>,
    pages: Option<Arc<border::Pages>>,
    ready: VecDeque<T>,
    is_over: bool,
}

impl<T: Value> Walk<T> {
    async fn step(mut self) -> Option<(Result<T>, Self)> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some((Ok(item), self));
            }
            if self.is_over {
                return None;
            }
            if let Err(error) = self.next_page().await {
                return Some((Err(error), self));
            }
        }
    }

    async fn next_page(&mut self) -> Result<()> {
        let pages = match &self.pages {
            Some(pages) => Arc::clone(pages),
            None => {
                let Parts { handle, arguments, options, .. } = &self.parts;
                // Wrong arguments stay wrong: there is no page to ask for again.
                let pages = (self.open)(handle, arguments, &options.to_json()).inspect_err(|_| self.is_over = true)?;
                Arc::clone(self.pages.insert(Arc::new(pages)))
            }
        };
        match self.parts.handle.run(&self.parts, Work::Page(pages)).await? {
            border::Answer::None => self.is_over = true,
            page => self.ready = answers::value::<Vec<T>>(page)?.into(),
        }
        Ok(())
    }
}
