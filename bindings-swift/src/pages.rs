use std::sync::Arc;

use fileferry_core::border::Pages;

use crate::cancel::FfiCancel;
use crate::reply::FfiReply;
use crate::runtime;

/// The pages of a listing, one request each; see [`Pages`].
#[derive(Debug, uniffi::Object)]
pub struct FfiPages(Arc<Pages>);

impl FfiPages {
    pub(crate) fn new(pages: Pages) -> Arc<Self> {
        Arc::new(Self(Arc::new(pages)))
    }
}

#[uniffi::export]
impl FfiPages {
    /// The next page: a tape whose root is the list of its items, or nothing after the last one. After an error the same
    /// page can be asked for again.
    pub async fn next(&self, cancel: Arc<FfiCancel>) -> FfiReply {
        let pages = Arc::clone(&self.0);
        runtime::run(async move { pages.next(&cancel.handle()).await }).await.into()
    }
}
