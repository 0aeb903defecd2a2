//! A local folder into a folder of the service: one pass makes the folders, a few uploads run beside it, and everything
//! that was found is reported, whatever became of it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use crate::border::{self, Error, Source};
use crate::services::{self, RemoteFolder, UploadTo};
use crate::transfer::folder_progress::FolderMeter;
use crate::transfer::tree::{self, Found, What};
use crate::wire::{Context, Engine, check_name};

/// Where a folder goes.
pub(crate) struct FolderTo {
    pub(crate) folder: Option<String>,
    pub(crate) name: String,
    /// How many files are uploaded at once.
    pub(crate) parallel: usize,
    /// The service's own arguments of each upload.
    pub(crate) further: Map<String, Value>,
}

/// What became of one thing: its entry, or why there is none.
type Outcome = Result<Value, Error>;

/// A file to upload: its place among what was found, and the id of its folder.
type Job = (usize, String);

struct Run<'a> {
    engine: &'a Engine,
    to: &'a FolderTo,
    meter: &'a FolderMeter,
    context: &'a Context<'a>,
    found: &'a [Found],
    outcomes: Mutex<Vec<Option<Outcome>>>,
    /// The first failure that tells that all others would fail like it.
    stopped: Mutex<Option<Error>>,
}

/// Uploads it and gives the report as plain JSON.
pub(crate) async fn upload_folder(
    engine: &Engine,
    path: PathBuf,
    to: &FolderTo,
    meter: &FolderMeter,
    context: &Context<'_>,
) -> Result<Value, Error> {
    let found = tree::walk(path).await?;
    let sizes = found.iter().filter_map(|found| if let What::File { size } = found.what { Some(size) } else { None });
    meter.total(sizes.clone().count() as u64, sizes.sum());
    let outcomes = Mutex::new(found.iter().map(|_| None).collect());
    let run = Run { engine, to, meter, context, found: &found, outcomes, stopped: Mutex::default() };
    let top = run.reuse_or_make(to.folder.as_deref(), &to.name, None, context).await?;
    let (jobs, waiting) = mpsc::channel(1);
    let waiting = tokio::sync::Mutex::new(waiting);
    let uploads = futures_util::future::join_all((0..to.parallel).map(|_| run.upload_waiting(&waiting)));
    let (top, _) = futures_util::join!(run.make_folders(top, jobs), uploads);
    meter.finished();
    Ok(run.report(top))
}

/// A folder of the service that files go into.
#[derive(Clone)]
struct Remote {
    id: String,
    entry: Value,
    /// Made just now: nothing is in it.
    is_new: bool,
}

impl Run<'_> {
    /// Goes through all that was found: makes the folders, hands on the files. Gives the entry of the folder itself.
    async fn make_folders(&self, top: Remote, jobs: mpsc::Sender<Job>) -> Value {
        let entry = top.entry.clone();
        let mut remotes: HashMap<usize, Result<Remote, Error>> = HashMap::from([(0, Ok(top))]);
        // The folders in those that were there before, listed once for each.
        let mut listed: HashMap<usize, Arc<Vec<RemoteFolder>>> = HashMap::new();
        for (index, found) in self.found.iter().enumerate().skip(1) {
            let parent = remotes.get(&found.parent).cloned();
            let parent = parent.unwrap_or_else(|| Err(Error::internal("a folder comes behind what is in it")));
            let ready = match (&found.what, self.stop(), &parent) {
                (What::Unfit { error, .. }, _, _) => Err(error.clone().during(self.engine.service.id, None)),
                (_, Some(error), _) => Err(prefixed(&error, "not tried any more")),
                (_, None, Err(error)) => Err(prefixed(error, "its folder is not there")),
                (_, None, Ok(parent)) => Ok(parent.clone()),
            };
            match (&found.what, ready) {
                (What::File { .. }, Ok(parent)) => {
                    if jobs.send((index, parent.id)).await.is_err() {
                        self.ended(index, Err(Error::internal("nobody uploads any more")));
                    }
                }
                (What::Folder, Ok(parent)) => {
                    let remote = self.folder(found, &parent, &mut listed).await;
                    self.ended(index, remote.as_ref().map(|remote| remote.entry.clone()).map_err(Error::clone));
                    remotes.insert(index, remote);
                }
                (what, Err(error)) => {
                    if matches!(what, What::Folder) {
                        // What lies in it fails for the first cause as well.
                        remotes.insert(index, parent.and(Err(error.clone())));
                    }
                    self.ended(index, Err(error));
                }
                (What::Unfit { .. }, Ok(_)) => {}
            }
        }
        entry
    }

    async fn folder(
        &self,
        found: &Found,
        parent: &Remote,
        listed: &mut HashMap<usize, Arc<Vec<RemoteFolder>>>,
    ) -> Result<Remote, Error> {
        let part = self.context.part();
        let made = async {
            let name = name_of(found);
            check_name(name)?;
            let there = match listed.get(&found.parent) {
                _ if parent.is_new => Arc::default(),
                Some(there) => Arc::clone(there),
                None => Arc::new(services::folders(self.engine, Some(&parent.id), &part).await?),
            };
            listed.insert(found.parent, Arc::clone(&there));
            self.reuse_or_make(Some(&parent.id), name, Some(&there), &part).await
        };
        let made = made.await;
        self.context.join(&part);
        made.map_err(|error| self.failed(error, &part))
    }

    /// The folder of this name in `parent`, which is listed where `there` is not known.
    async fn reuse_or_make(
        &self,
        parent: Option<&str>,
        name: &str,
        there: Option<&[RemoteFolder]>,
        context: &Context<'_>,
    ) -> Result<Remote, Error> {
        let listed;
        let there = match there {
            Some(there) => there,
            None => {
                listed = services::folders(self.engine, parent, context).await?;
                &listed
            }
        };
        let (id, is_new) = match there.iter().find(|folder| folder.name == name) {
            Some(folder) => (folder.id.clone(), false),
            None => (services::folder_for_upload(self.engine, parent, name, &self.to.further, context).await?.id, true),
        };
        let entry = json!({"id": id, "name": name, "is_folder": true, "service": self.engine.service.id});
        Ok(Remote { id, entry, is_new })
    }

    /// Uploads what is waiting until nothing more will.
    async fn upload_waiting(&self, waiting: &tokio::sync::Mutex<mpsc::Receiver<Job>>) {
        loop {
            let next = waiting.lock().await.recv().await;
            let Some((index, folder)) = next else { return };
            let outcome = match self.stop() {
                None => self.upload(index, folder).await,
                Some(error) => Err(prefixed(&error, "not tried any more")),
            };
            self.ended(index, outcome);
        }
    }

    async fn upload(&self, index: usize, folder: String) -> Outcome {
        let found = &self.found[index];
        let part = self.context.part();
        let uploaded = async {
            let name = name_of(found).to_owned();
            check_name(&name)?;
            let to = UploadTo { folder: Some(folder), name, further: self.to.further.clone() };
            let meter = Arc::new(self.meter.of_file(index));
            let source = Source::Path(found.path.clone());
            let entry = meter.telling(Box::pin(services::upload(self.engine, source, to, &meter, &part))).await?;
            serde_json::from_str(&border::to_plain(border::shared(), &border::shared_type("Entry")?, &entry))
                .map_err(|error| Error::internal(format!("a printed entry is no JSON: {error}")))
        };
        let uploaded = uploaded.await;
        self.context.join(&part);
        uploaded.map_err(|error| self.failed(error, &part))
    }

    /// A failure as the report shows it; one that will come again and again stops the rest.
    fn failed(&self, error: Error, part: &Context<'_>) -> Error {
        let error = self.engine.shown(error.during(self.engine.service.id, None), part);
        if services::ends_all_uploads(self.engine, &error) {
            self.stopped.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| error.clone());
        }
        error
    }

    fn stop(&self) -> Option<Error> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn outcomes(&self) -> MutexGuard<'_, Vec<Option<Outcome>>> {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self, index: usize, outcome: Outcome) {
        if let What::File { size } = self.found[index].what {
            self.meter.ended(index, outcome.is_ok().then_some(size));
        }
        self.outcomes()[index] = Some(outcome);
    }

    fn report(&self, top: Value) -> Value {
        let mut outcomes = std::mem::take(&mut *self.outcomes());
        let (mut uploaded, mut failed, mut bytes) = (0_u64, 0_u64, 0_u64);
        let mut items = Vec::with_capacity(outcomes.len());
        for (found, outcome) in self.found.iter().zip(&mut outcomes).skip(1) {
            let outcome = outcome.take().unwrap_or_else(|| Err(Error::internal("it was left out")));
            let is_folder = match found.what {
                What::Folder => true,
                What::File { .. } => false,
                What::Unfit { is_folder, .. } => is_folder,
            };
            let mut item = json!({"path": found.relative, "is_folder": is_folder});
            match outcome {
                Ok(entry) => {
                    if let What::File { size } = found.what {
                        uploaded += 1;
                        bytes += size;
                    }
                    item["entry"] = entry;
                }
                Err(error) => {
                    failed += 1;
                    item["error"] = fields(&error);
                }
            }
            items.push(item);
        }
        json!({"folder": top, "items": items, "uploaded": uploaded, "failed": failed, "bytes": bytes})
    }
}

fn name_of(found: &Found) -> &str {
    found.relative.rsplit('/').next().unwrap_or_default()
}

fn prefixed(error: &Error, what: &str) -> Error {
    let mut error = error.clone();
    let record = error.record_mut();
    record.message = format!("{what}: {}", record.message);
    error
}

/// The fields of an error that the report keeps.
fn fields(error: &Error) -> Value {
    let record = error.record();
    json!({
        "kind": record.kind,
        "message": error.to_string(),
        "name": record.name,
        "service_code": record.service_code,
        "http_status": record.http_status,
        "operation": record.operation,
        "retryable": record.retryable,
    })
}
