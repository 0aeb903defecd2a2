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
    walk: Mutex<Walk>,
}

/// What is walked over.
#[derive(Debug)]
enum Walk {
    /// A listing of the service.
    Operation(crate::wire::paging::Walk),
    /// A folder, by the verb that all services share.
    Folder(crate::verbs::FolderWalk),
}

impl Pages {
    pub(crate) fn new(client: Client, operation: &str, arguments: &[u8], options: &[u8]) -> Result<Self, Error> {
        let walk = crate::wire::paging::Walk::new(client.service(), operation, arguments, options)?;
        Ok(Self { client, walk: Mutex::new(Walk::Operation(walk)) })
    }

    pub(crate) fn of_folder(client: Client, arguments: &[u8], options: &[u8]) -> Result<Self, Error> {
        let service = client.service();
        let walk = crate::verbs::FolderWalk::new(service, arguments, options);
        let walk = walk.map_err(|error| error.during(service.id, None))?;
        Ok(Self { client, walk: Mutex::new(Walk::Folder(walk)) })
    }

    /// The next page's items.
    pub async fn next(&self, cancel: &CancelHandle) -> Reply {
        let engine = &self.client.engine;
        match &mut *self.walk.lock().await {
            Walk::Operation(walk) if !walk.is_over() => engine.next_page(walk, cancel).await,
            Walk::Folder(walk) if !walk.is_over() => engine.next_entries(walk, cancel).await,
            _ => Reply { outcome: Ok(Answer::None), response: None, session: None, needs: None },
        }
    }
}
