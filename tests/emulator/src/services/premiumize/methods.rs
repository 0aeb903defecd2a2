//! The calls of the API with their parameters.

use http::StatusCode;

use super::auth::{CREDENTIALS, refuse_doubled_header};
use super::envelope::{Failure, Verdict};
use super::params::{Args, Kind, Param};
use super::transfers::JobSource;
use super::{Premiumize, odd};
use crate::lock::LockExt;
use crate::server::answer::Answer;
use crate::server::{Call, Door};
use crate::services::range::Range;
use crate::services::serving;

/// A call of the API: its path, its parameters, and what it does for an account.
pub struct Method {
    pub path: &'static str,
    params: &'static [Param],
    run: Run,
}

/// What a call does.
#[derive(Clone, Copy)]
enum Run {
    For(fn(&Premiumize, usize, &Args) -> Verdict),
    /// Works without a credential, too.
    ForAnyone(fn(&Premiumize) -> Verdict),
    /// Answers what is no JSON.
    Source,
}

macro_rules! methods {
    ($($path:literal: $params:expr => $run:ident;)*) => {
        /// All calls, by GET and by POST.
        pub const ALL: &[Method] = &[
            $(Method { path: $path, params: $params, run: Run::For(Premiumize::$run) },)*
            Method { path: "services/list", params: &[], run: Run::ForAnyone(Premiumize::services_list) },
            Method { path: "job/src", params: ID, run: Run::Source },
        ];
    };
}

methods! {
    "account/info": &[] => account_info;
    "folder/list": FOLDER_LIST => folder_list;
    "folder/create": &[required("name"), optional("parent_id")] => folder_create;
    "folder/rename": RENAME => folder_rename;
    "folder/paste": FOLDER_PASTE => folder_paste;
    "folder/delete": ID => folder_delete;
    "folder/uploadinfo": &[optional("id")] => folder_uploadinfo;
    "folder/search": &[required("q")] => folder_search;
    "item/listall": &[] => item_listall;
    "item/details": ID => item_details;
    "item/rename": RENAME => item_rename;
    "item/delete": ID => item_delete;
    "transfer/create": TRANSFER_CREATE => transfer_create;
    "transfer/directdl": &[required("src"), optional("download_ip")] => transfer_directdl;
    "transfer/list": &[] => transfer_list;
    "transfer/delete": ID => transfer_delete;
    "transfer/clearfinished": &[] => transfer_clearfinished;
    "transfer/retry": ID => transfer_retry;
    "cache/check": &[Param::required("items", Kind::Texts)] => cache_check;
    "zip/generate": FILES_AND_FOLDERS => zip_generate;
}

const fn required(name: &'static str) -> Param {
    Param::required(name, Kind::Text)
}

const fn optional(name: &'static str) -> Param {
    Param::optional(name, Kind::Text)
}

const ID: &[Param] = &[required("id")];
const RENAME: &[Param] = &[required("id"), required("name")];
const FOLDER_LIST: &[Param] = &[optional("id"), optional("path"), Param::optional("includebreadcrumbs", Kind::Flag)];
const FILES: Param = Param::optional("files", Kind::Texts);
const FOLDERS: Param = Param::optional("folders", Kind::Texts);
const FILES_AND_FOLDERS: &[Param] = &[FILES, FOLDERS];
const FOLDER_PASTE: &[Param] = &[required("id"), FILES, FOLDERS, Param::optional("items", Kind::Items)];
const TRANSFER_CREATE: &[Param] =
    &[Param::required("src", Kind::TextOrFile), optional("folder_id"), optional("password")];

/// The longest path and query that the web server takes.
const LONGEST_TARGET: usize = 8 * 1024;

impl Premiumize {
    pub(super) async fn call_method(&self, call: &Call) -> Answer {
        if let Some(refusal) = refuse_doubled_header(call) {
            return refusal;
        }
        if call.target.len() > LONGEST_TARGET {
            return Answer::html(StatusCode::URI_TOO_LONG, "414 Request-URI Too Large");
        }
        let method = ALL.iter().find(|method| method.path == call.operation);
        let Some(method) = method.filter(|_| call.door == Door::Services) else {
            call.violation(format!("nothing answers {} {}", call.method, call.path));
            return Answer::html(StatusCode::NOT_FOUND, "404 Not Found");
        };
        if !matches!(call.method.as_str(), "GET" | "POST") {
            call.violation(format!("{} is called with GET or POST", method.path));
        }
        self.end_due_transfers();
        let args = Args::read(call, &self.ground.blobs, method.params, CREDENTIALS).await;
        match method.run {
            Run::For(run) => self.envelop(self.enter(call, &args).and_then(|account| run(self, account, &args))),
            Run::ForAnyone(run) => {
                let may_enter = match self.odd(odd::SERVICES_SIGNED_IN) {
                    true => self.enter(call, &args).map(drop),
                    false => Ok(()),
                };
                self.envelop(may_enter.and_then(|()| run(self)))
            }
            Run::Source => {
                match self.enter(call, &args).and_then(|account| self.transfer_source(account, &args)) {
                    Ok(JobSource::Elsewhere(location)) => JobSource::redirect(location),
                    // The type is wrong, as it is at the service.
                    Ok(JobSource::Torrent(torrent)) => {
                        let Answer { status, content, .. } = serving::answer(torrent, Range::Whole, |_| {}).await;
                        let headers = vec![(http::header::CONTENT_TYPE, "application/json".to_owned())];
                        Answer { status, headers, content }
                    }
                    Err(failure) => self.envelop(Err(failure)),
                }
            }
        }
    }

    /// The account of a call that has all that it needs.
    fn enter(&self, call: &Call, args: &Args) -> Result<usize, Failure> {
        let account = self.signed_in(&self.state.hold(), call, args)?;
        match args.missing {
            None => Ok(account),
            Some("src") => Err(self.no_src()),
            Some(name) => {
                let code = if self.odd(odd::MISSING_AS_TRANSIENT) { "transient_error" } else { "invalid_request" };
                Err(Failure::new(code, &format!("parameter {name} is missing")))
            }
        }
    }
}
