use tokio::sync::Mutex;

use crate::border::{Answer, CancelHandle, Client, Error, Reply};

/// The pages of a listing, one request each.
///
/// [`next`](Self::next) gives [`Answer::Value`] with a *list of the items* of one page (their type is
/// [`Type::List`](crate::tables::Type::List)), and [`Answer::None`] after the last one. After an error the same page
/// can be asked for again.
#[derive(Debug)]
pub struct Pages {
    client: Client,
    state: Mutex<crate::wire::paging::Walk>,
}

impl Pages {
    pub(crate) fn new(client: Client, operation: &str, arguments: &[u8], options: &[u8]) -> Result<Self, Error> {
        let walk = crate::wire::paging::Walk::new(client.service(), operation, arguments, options)?;
        Ok(Self { client, state: Mutex::new(walk) })
    }

    /// The next page's items.
    pub async fn next(&self, cancel: &CancelHandle) -> Reply {
        let mut walk = self.state.lock().await;
        if walk.is_over() {
            return Reply { outcome: Ok(Answer::None), response: None, session: None, needs: None };
        }
        self.client.engine.next_page(&mut walk, cancel).await
    }
}
