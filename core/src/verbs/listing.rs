//! Folders, a page at a time.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::{At, Entry, Target, Verbs, place_of};
use crate::border::{Answer, CancelHandle, Error, Reply};
use crate::tables::{Service, Type};
use crate::wire::{CallOptions, Context, Engine};

/// Some items of a folder.
pub(crate) struct Page {
    pub(crate) entries: Vec<Entry>,
    /// Where the next page begins; none after the last.
    pub(crate) next: Option<u64>,
}

/// Where a walk over a folder stands.
#[derive(Debug)]
pub(crate) struct FolderWalk {
    folder: Target,
    options: CallOptions,
    /// Id and path of the folder, once it was found.
    found: Option<(String, Option<String>)>,
    next: Option<u64>,
}

impl FolderWalk {
    pub(crate) fn new(service: &'static Service, arguments: &[u8], options: &[u8]) -> Result<Self, Error> {
        super::here::supported(service, "list")?;
        let mut arguments = super::arguments::Arguments::read("list", arguments)?;
        let folder = arguments.folder_or_root(service)?;
        arguments.end()?;
        Ok(Self { folder, options: CallOptions::of_pages(options)?, found: None, next: Some(0) })
    }

    pub(crate) fn is_over(&self) -> bool {
        self.next.is_none()
    }
}

/// Takes the next page of a walk.
pub(crate) async fn turn<V: Verbs>(verbs: &V, at: At<'_>, walk: &mut FolderTurn<'_>) -> Result<Vec<Entry>, Error> {
    let (id, path) = match walk.found {
        Some(found) => found.clone(),
        None => {
            let folder = match walk.folder {
                // A bare id is listed as it is: asking first what it is would cost a request.
                Target::Id { id, path, .. } => (id.clone(), path.clone()),
                path => place_of(verbs, at, path).await?,
            };
            walk.found.insert(folder).clone()
        }
    };
    let page = verbs.page(at, &id, walk.next.unwrap_or_default()).await?;
    *walk.next = page.next;
    Ok(page.entries.into_iter().map(|entry| entry.below(path.as_deref())).collect())
}

/// The parts of a walk that a turn changes, apart from the options, which its context holds meanwhile.
pub(crate) struct FolderTurn<'a> {
    folder: &'a Target,
    found: &'a mut Option<(String, Option<String>)>,
    next: &'a mut Option<u64>,
}

/// The items of a folder that have this name. All pages are looked through: names may be there twice.
pub(crate) async fn named<V: Verbs>(
    verbs: &V,
    at: At<'_>,
    folder: &str,
    path: Option<&str>,
    name: &str,
) -> Result<Vec<Entry>, Error> {
    let mut found = Vec::new();
    let mut next = Some(0);
    while let Some(from) = next {
        let page = verbs.page(at, folder, from).await?;
        found.extend(page.entries.into_iter().filter(|entry| entry.name == name).map(|entry| entry.below(path)));
        next = page.next;
    }
    Ok(found)
}

impl Engine {
    pub(crate) async fn next_entries(&self, walk: &mut FolderWalk, cancel: &CancelHandle) -> Reply {
        let FolderWalk { folder, options, found, next } = walk;
        let deadline = self.time_for(options);
        let context = Context::new(options, deadline);
        let at = At { engine: self, context: &context };
        let mut turn = FolderTurn { folder, found, next };
        let outcome = self.within(deadline, cancel, crate::services::turn(at, &mut turn)).await;
        self.reply(outcome.and_then(|entries| list(self.service.id, &entries)), None, &context)
    }

    /// Calls one of the service's operations for a verb; gives the result by the description's names.
    pub(crate) async fn ask(
        &self,
        id: &str,
        arguments: &Map<String, Value>,
        context: &Context<'_>,
    ) -> Result<Value, Error> {
        let operation = self.service.operation(id).ok_or_else(|| Error::internal(format!("{id} is not described")))?;
        let answer = self.answer(operation, arguments, &crate::wire::Sending::default(), context).await;
        match answer.map_err(|error| error.during(self.service.id, Some(id)))? {
            Answer::Value(tape, ty) => serde_json::from_str(&crate::border::to_plain(self.service, &ty, &tape))
                .map_err(|error| Error::internal(format!("a printed tape is no JSON: {error}"))),
            _ => Ok(Value::Null),
        }
    }
}

fn list(service: &str, entries: &[Entry]) -> Result<Answer, Error> {
    /// A list's type points to its item's.
    static ENTRY: OnceLock<Option<Type>> = OnceLock::new();
    let shared = crate::border::shared();
    let item = ENTRY.get_or_init(|| shared.model("Entry").map(Type::Model));
    let ty = Type::List(item.as_ref().ok_or_else(|| Error::internal("Entry is not described"))?);
    let plain: Value = entries.iter().map(|entry| entry.plain(service)).collect();
    Ok(Answer::Value(crate::border::from_plain(shared, &ty, &plain.to_string())?, ty))
}
