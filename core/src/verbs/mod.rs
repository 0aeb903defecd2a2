//! The verbs that all services share: what is the same for each of them.
//!
//! A service implements [`Verbs`], in its own ids; targets, paths and looking before acting are here.

mod arguments;
mod entry;
mod here;
mod listing;
pub(crate) mod remote;
mod target;
pub(crate) mod upload_folder;

use serde_json::{Map, Value};

pub(crate) use arguments::Verb;
pub(crate) use entry::{Entry, Hash};
pub(crate) use here::{capabilities, parsed_link};
pub(crate) use listing::{FolderTurn, FolderWalk, Page, turn};
pub(crate) use target::{Item, Target, file_id_of, find, id_of, item_of, place_of};

use crate::border::{Answer, CancelHandle, Error, Kind, ProgressSink, Reply};
use crate::decode;
use crate::tables::Type;
use crate::transfer::progress::Meter;
use crate::wire::{Context, Engine, Exchanged, Failure, Sending};

/// What a verb of a service works with.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) context: &'a Context<'a>,
}

impl At<'_> {
    fn cannot<T>(&self, what: &str) -> Result<T, Error> {
        Err(crate::services::cannot(self.engine, what))
    }

    /// Calls one of the service's operations; gives its result by the description's names.
    pub(crate) async fn ask(&self, operation: &str, arguments: Value) -> Result<Value, Error> {
        let arguments = match arguments {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        // A verb asks at many places; each would add the whole life of a request to its future, and a thread's stack is small.
        Box::pin(self.engine.ask(operation, &arguments, self.context)).await
    }

    /// Calls one that is sent once only, for a caller who wants to know whether a failed one may be done. Gives the answer as
    /// it came.
    pub(crate) async fn ask_once(&self, id: &str, arguments: &Map<String, Value>) -> Result<Value, Box<Failure>> {
        let ours = |what: String| Box::new(Failure::of_ours(Error::internal(what)));
        let operation = self.engine.service.operation(id).ok_or_else(|| ours(format!("{id} is not described")))?;
        let sending = Sending::default();
        match Box::pin(self.engine.exchange_as(operation, false, arguments, &sending, self.context)).await? {
            Exchanged::Read(answered, _) => {
                decode::json::value(&answered.body).map_err(|error| ours(format!("judged, yet no JSON: {error}")))
            }
            Exchanged::Stream(_) => Err(ours(format!("{id} gave a stream"))),
        }
    }
}

/// How a service does what the verbs ask for. Ids are the service's own. It leaves out what it has no verb for.
pub(crate) trait Verbs: Sync {
    /// The folder that everything lies in.
    fn root(&self) -> Entry {
        Entry { id: Some("/".into()), path: Some("/".into()), is_folder: true, ..Entry::default() }
    }

    /// Whether a file and a folder may have the same id, so that a bare id does not tell which of them is meant.
    fn numbers_apart(&self) -> bool {
        false
    }

    /// Whether the service tells by itself that a folder is not there which something shall go into. Of one that does not
    /// the folder is looked at before.
    fn tells_missing_folders(&self) -> bool {
        false
    }

    /// The items of a folder from a position on.
    fn page(&self, at: At<'_>, _folder: &str, _from: u64) -> impl Future<Output = Result<Page, Error>> + Send {
        async move { at.cannot("list") }
    }

    /// What is known of an item.
    fn by_id(
        &self,
        at: At<'_>,
        _id: &str,
        _is_folder: Option<bool>,
    ) -> impl Future<Output = Result<Entry, Error>> + Send {
        async move { at.cannot("tell what an id stands for") }
    }

    /// Makes a folder; gives its id.
    fn make_folder(
        &self,
        at: At<'_>,
        _parent: &str,
        _name: &str,
    ) -> impl Future<Output = Result<String, Error>> + Send {
        async move { at.cannot("make a folder") }
    }

    /// Puts an item into another folder; gives its entry where the answer tells it.
    fn move_into(
        &self,
        at: At<'_>,
        _item: &Item,
        _folder: &str,
    ) -> impl Future<Output = Result<Option<Entry>, Error>> + Send {
        async move { at.cannot("move") }
    }

    /// Gives an item another name; gives its entry where the answer tells it.
    fn rename(
        &self,
        at: At<'_>,
        _item: &Item,
        _name: &str,
    ) -> impl Future<Output = Result<Option<Entry>, Error>> + Send {
        async move { at.cannot("rename") }
    }

    /// Deletes an item.
    fn delete(&self, at: At<'_>, _item: &Item) -> impl Future<Output = Result<(), Error>> + Send {
        async move { at.cannot("delete") }
    }

    /// An address of the item that a stranger can open and that does not lapse by itself.
    fn share_link(&self, at: At<'_>, _entry: &Entry) -> impl Future<Output = Result<String, Error>> + Send {
        async move { at.cannot("share a link") }
    }

    /// Lets the service fetch an address; gives what it became once it is there: a file, or a folder of several.
    fn remote_upload(
        &self,
        at: At<'_>,
        _url: &str,
        _folder: Option<&str>,
        _meter: &Meter,
    ) -> impl Future<Output = Result<Item, Error>> + Send {
        async move { at.cannot("fetch an address") }
    }

    /// The signed-in account, as the members of the shared model.
    fn account(&self, at: At<'_>) -> impl Future<Output = Result<Value, Error>> + Send {
        async move { at.cannot("tell of an account") }
    }
}

/// Does a verb.
pub(crate) async fn perform<V: Verbs>(verbs: &V, at: At<'_>, verb: Verb, meter: &Meter) -> Result<Answer, Error> {
    match verb {
        Verb::Stat { target } => entry(at.engine, &find(verbs, at, &target).await?),
        Verb::MakeFolder { name, folder, exist_ok } => {
            let (id, path) = place_of(verbs, at, &folder).await?;
            let path = path.as_deref();
            // Services make a second folder of the same name, or say nothing of what they do.
            if let Some(there) = listing::named(verbs, at, &id, path, &name).await?.into_iter().find(|it| it.is_folder)
            {
                if exist_ok {
                    return entry(at.engine, &there);
                }
                let mut error = Error::new(Kind::AlreadyExists, format!("there is a folder {name} already"));
                error.record_mut().details.items = vec![there.as_item(0)];
                return Err(error);
            }
            let id = verbs.make_folder(at, &id, &name).await?;
            entry(at.engine, &Entry { id: Some(id), name, is_folder: true, ..Entry::default() }.below(path))
        }
        Verb::Move { target, folder } => {
            let item = item_of(verbs, at, &target).await?;
            let (id, path) = match verbs.tells_missing_folders() {
                true => place_of(verbs, at, &folder).await?,
                false => {
                    let found = find(verbs, at, &folder).await?;
                    (found.known_id()?.to_owned(), found.path)
                }
            };
            let moved = match verbs.move_into(at, &item, &id).await? {
                Some(moved) => moved,
                None => verbs.by_id(at, &item.id, item.is_folder).await?,
            };
            entry(at.engine, &moved.below(path.as_deref()))
        }
        Verb::Rename { target, name } => {
            let item = item_of(verbs, at, &target).await?;
            let renamed = match verbs.rename(at, &item, &name).await? {
                Some(renamed) => renamed,
                None => verbs.by_id(at, &item.id, item.is_folder).await?,
            };
            entry(at.engine, &renamed.below(target.parent_path().as_deref()))
        }
        Verb::Delete { target } => {
            let item = item_of(verbs, at, &target).await?;
            if verbs.root().id.as_ref() == Some(&item.id) {
                return Err(Error::invalid_argument("the root folder cannot be deleted"));
            }
            verbs.delete(at, &item).await.map(|()| Answer::None)
        }
        Verb::ShareLink { target } => {
            let found = find(verbs, at, &target).await?;
            verbs.share_link(at, &found).await.map(Answer::Link)
        }
        Verb::RemoteUpload { url, folder } => {
            let folder = match &folder {
                Some(folder) => Some(id_of(verbs, at, folder).await?),
                None => None,
            };
            let item = verbs.remote_upload(at, &url, folder.as_deref(), meter).await?;
            let there = verbs.by_id(at, &item.id, item.is_folder).await?;
            meter.phase(crate::border::Phase::Done);
            entry(at.engine, &there)
        }
        Verb::Account => shared("Account", &verbs.account(at).await?),
    }
}

/// The answer of a verb that gives an entry.
pub(crate) fn entry(engine: &Engine, entry: &Entry) -> Result<Answer, Error> {
    Ok(Answer::Value(entry.tape(engine.service.id)?, crate::border::shared_type("Entry")?))
}

/// A value of a shared model, from its members.
pub(crate) fn shared(model: &str, members: &Value) -> Result<Answer, Error> {
    let service = crate::border::shared();
    let index = service.model(model).ok_or_else(|| Error::internal(format!("{model} is not described")))?;
    let ty = Type::Model(index);
    Ok(Answer::Value(crate::border::from_plain(service, &ty, &members.to_string())?, ty))
}

impl Engine {
    /// Does a verb by its name; `arguments` is a JSON object.
    pub(crate) async fn verb(
        &self,
        name: &str,
        arguments: &[u8],
        options: &[u8],
        progress: Option<ProgressSink>,
        cancel: &CancelHandle,
    ) -> Reply {
        let prepared = here::supported(self.service, name)
            .and_then(|()| Verb::parse(self.service, name, arguments))
            .and_then(|verb| Ok((verb, crate::wire::CallOptions::from_json(options)?)));
        let (verb, options) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Reply::failed(error.during(self.service.id, None)),
        };
        let deadline = self.time_for(&options);
        let context = Context::new(&options, deadline);
        let meter = Meter::new(progress, None);
        let at = At { engine: self, context: &context };
        let work = Box::pin(crate::services::perform(at, verb, &meter));
        let outcome = self.within(deadline, cancel, meter.telling(work)).await;
        self.reply(outcome, None, &context)
    }
}
