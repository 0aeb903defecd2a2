//! The verbs that all services share, apart from those that move files: what [`Client`](crate::Client) gives.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use fileferry_core::border::{self, ProgressSink};

use crate::call::Parts;
use crate::handle::{Boxed, Handle, Work};
use crate::options::call_options;
use crate::values::{Json, Map};
use crate::{Entry, Operation, Paged, Progress, Result, Target, answers};

/// A verb that is being put together; `.await` it for what it gives. Nothing is sent before.
#[must_use = "a verb does nothing until it is awaited"]
pub struct Verb<V> {
    parts: Parts,
    progress: Option<ProgressSink>,
    verb: PhantomData<fn() -> V>,
}

impl<V> Verb<V> {
    call_options!();

    pub(crate) fn new(handle: &Handle) -> Self {
        Self { parts: Parts::new(handle), progress: None, verb: PhantomData }
    }

    pub(crate) fn with_argument(mut self, name: &str, value: Json) -> Self {
        self.parts.set(name, value);
        self
    }
}

impl Verb<Stat> {
    /// Whether a bare id is a folder's, for services that number files and folders apart.
    pub fn is_folder(self, is_folder: bool) -> Self {
        self.with_argument("is_folder", is_folder.into())
    }
}

impl Verb<MakeFolder> {
    /// The folder it is made in; the root unless said otherwise.
    pub fn in_folder(self, folder: impl Into<Target>) -> Self {
        self.with_argument("folder", folder.into().plain())
    }

    /// Gives the folder of that name that is there instead of an error.
    pub fn exist_ok(self, exist_ok: bool) -> Self {
        self.with_argument("exist_ok", exist_ok.into())
    }
}

impl Verb<RemoteUpload> {
    /// The folder it goes into; the root unless said otherwise.
    pub fn into_folder(self, folder: impl Into<Target>) -> Self {
        self.with_argument("folder", folder.into().plain())
    }

    /// Hears of progress: at most ten times a second, and once at the end. The service tells how much is done, not how many
    /// bytes: look at `fraction`. It is called on the runtime and must not wait.
    pub fn on_progress(mut self, hear: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(hear));
        self
    }
}

impl<V: Operation> IntoFuture for Verb<V> {
    type Output = Result<V::Output>;
    type IntoFuture = Boxed<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { parts, progress, .. } = self;
        Box::pin(async move { V::read(parts.handle.run(&parts, Work::Verb { name: V::ID, progress }).await?) })
    }
}

impl<V: Operation> fmt::Debug for Verb<V> {
    /// Of the arguments the names alone: an address may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.parts.arguments.keys().collect();
        f.debug_struct("Verb").field("verb", &V::ID).field("arguments", &names).finish_non_exhaustive()
    }
}

/// The types that stand for the verbs.
macro_rules! verbs {
    ($($verb:ident, $name:literal, $output:ty, $read:ident;)*) => {$(
        #[doc = concat!("The verb `", $name, "`.")]
        #[derive(Debug)]
        pub enum $verb {}

        impl Operation for $verb {
            const ID: &'static str = $name;
            type Output = $output;

            fn read(answer: border::Answer) -> Result<Self::Output> {
                answers::$read(answer)
            }
        }
    )*};
}

verbs! {
    List, "list", Vec<Entry>, value;
    Stat, "stat", Entry, value;
    MakeFolder, "make_folder", Entry, value;
    Move, "move", Entry, value;
    Rename, "rename", Entry, value;
    Delete, "delete", (), nothing;
    ShareLink, "share_link", String, link;
    RemoteUpload, "remote_upload", Entry, value;
    Account, "account", crate::Account, value;
}

impl Paged for List {
    type Item = Entry;

    fn open(handle: &Handle, arguments: &Map, options: &[u8]) -> Result<border::Pages> {
        handle.core().list(Json::Object(arguments.clone()).to_string().as_bytes(), options)
    }
}
