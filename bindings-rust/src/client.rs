use std::fmt;
use std::path::PathBuf;

use fileferry_core::border::{self, Needed};

use crate::answers;
use crate::builder::Builder;
use crate::handle::Handle;
use crate::verbs::{self, Verb};
use crate::{
    Capabilities, Download, Flow, Open, Pages, ParsedLink, Request, Result, Source, Target, Upload, UploadFolder,
};

/// A client of any service: what all of them have in common, the shared verbs above all.
///
/// The client of a service derefs to it, so a function that takes `&Client` takes each of them; [`open`] makes one by the
/// name of its service. Cloning gives another handle on the same client.
///
/// A *target* is an [`Entry`](crate::Entry), a path (it begins with `/`; `/` is the root) or a bare id. A path that fits
/// several entries is the kind `conflict`, with their ids in `details.items`; one that leads nowhere is `not_found`. What
/// a service cannot do is `not_supported`, an entry of another service `invalid_argument`, and nothing is sent for either.
///
/// Services know ids only: a path is found by listing one folder after the other on the way to it.
#[derive(Clone)]
pub struct Client(Handle);

impl Client {
    pub(crate) fn of(handle: Handle) -> Self {
        Self(handle)
    }

    /// Lists a folder: its entries, page after page. What is in the trash or dead is left out.
    ///
    /// Keep2Share asks for 1000 entries at once.
    pub fn list(&self, folder: impl Into<Target>) -> Pages<verbs::List> {
        Pages::with_nothing(&self.0).with_argument("folder", folder.into().plain())
    }

    /// Tells what is known of a file or folder; gives its entry. What is not there is the kind `not_found`.
    pub fn stat(&self, target: impl Into<Target>) -> Verb<verbs::Stat> {
        Verb::new(&self.0).with_argument("target", target.into().plain())
    }

    /// Makes a folder in the root, or where [`in_folder`](Verb::in_folder) says; gives its entry. One of that name that is
    /// there is the kind `already_exists`, unless [`exist_ok`](Verb::exist_ok) says that it will do.
    ///
    /// The service is asked for the folder's items first.
    pub fn make_folder(&self, name: impl Into<String>) -> Verb<verbs::MakeFolder> {
        Verb::new(&self.0).with_argument("name", name.into().into())
    }

    /// Moves a file or folder into a folder; gives its entry there. (`move` is a word of the language.)
    pub fn move_to(&self, target: impl Into<Target>, folder: impl Into<Target>) -> Verb<verbs::Move> {
        let verb = Verb::new(&self.0).with_argument("target", target.into().plain());
        verb.with_argument("folder", folder.into().plain())
    }

    /// Gives a file or folder another name; gives its entry. A name that is empty or holds a slash is the kind
    /// `invalid_argument`. Keep2Share takes no name of a file that is shorter than three characters: `rejected`.
    pub fn rename(&self, target: impl Into<Target>, name: impl Into<String>) -> Verb<verbs::Rename> {
        Verb::new(&self.0).with_argument("target", target.into().plain()).with_argument("name", name.into().into())
    }

    /// Deletes a file, or a folder with what is in it. What is not there is the kind `not_found`.
    pub fn delete(&self, target: impl Into<Target>) -> Verb<verbs::Delete> {
        Verb::new(&self.0).with_argument("target", target.into().plain())
    }

    /// An address that a stranger can open and that does not lapse by itself. Where there is none it is made; where that
    /// cannot be, the kind is `not_supported`.
    ///
    /// Keep2Share opens a folder to others for it; a private file stays private and has none.
    pub fn share_link(&self, target: impl Into<Target>) -> Verb<verbs::ShareLink> {
        Verb::new(&self.0).with_argument("target", target.into().plain())
    }

    /// Lets the service fetch an address itself, into the root or where [`into_folder`](Verb::into_folder) says; waits for
    /// it and gives the new file's entry. An address that the service does not want, or could not fetch, is the kind
    /// `rejected`.
    ///
    /// How it goes is asked for at [`poll_interval`](Builder::poll_interval). Stopping the call stops the waiting:
    /// The service goes on fetching.
    pub fn remote_upload(&self, url: impl Into<String>) -> Verb<verbs::RemoteUpload> {
        Verb::new(&self.0).with_argument("url", url.into().into())
    }

    /// The signed-in account, in the terms that all services share.
    ///
    /// Keep2Share tells the traffic that is left today and the end of the subscription; the name is the one that the client
    /// signs in with.
    pub fn account(&self) -> Verb<verbs::Account> {
        Verb::new(&self.0)
    }

    /// What the service can do. Nothing is sent.
    pub fn capabilities(&self) -> Result<Capabilities> {
        answers::value(self.0.core().capabilities()?)
    }

    /// Uploads a path, bytes or a stream; gives the new file's entry.
    pub fn upload(&self, source: impl Into<Source>) -> Upload<Self> {
        Upload::with_source(&self.0, source.into())
    }

    /// Uploads a local folder with all that is in it; gives a [`FolderReport`](crate::FolderReport). It becomes a folder of
    /// the same name in the root, or as [`into_folder`](UploadFolder::into_folder) and [`named`](UploadFolder::named) say;
    /// folders that are there already are used.
    ///
    /// A file that fails is reported with its error while the others go on, and so is what cannot be uploaded, such as a
    /// symbolic link. The call itself fails where there is nothing to report: the local folder cannot be read, or its folder
    /// on the service cannot be made. [`on_progress`](UploadFolder::on_progress) hears of files and bytes.
    pub fn upload_folder(&self, path: impl Into<PathBuf>) -> UploadFolder<Self> {
        UploadFolder::with_path(&self.0, path.into())
    }

    /// Downloads a file to the disk: to this path, or under the service's name into this folder. Gives an entry whose
    /// `path` is the file written.
    pub fn download(&self, target: impl Into<Target>, to: impl Into<PathBuf>) -> Download<Self> {
        Download::with_target(&self.0, target.into(), to.into())
    }

    /// Opens a file as a stream of bytes.
    pub fn open(&self, target: impl Into<Target>) -> Open<Self> {
        Open::with_target(&self.0, target.into())
    }

    /// Sends a request that no operation describes: `path` lies below the address of the API.
    pub fn request(&self, method: impl Into<String>, path: impl Into<String>) -> Request {
        Request::with_nothing(&self.0, method.into(), path.into())
    }

    /// Signs in, a step at a time. Calls sign in by themselves; this is for captchas and the like.
    pub fn sign_in(&self) -> Flow {
        Flow::towards(self.0.clone(), Needed::SignIn)
    }

    /// Leads to a download without premium, a step at a time: a captcha, and a wait. Once it is done, the download of the
    /// same file goes through. With [`on_captcha`](Builder::on_captcha) a download does this by itself.
    pub fn free_download(&self, target: impl Into<Target>) -> Flow {
        Flow::towards(self.0.clone(), Needed::FreeDownload { target: target.into().into_id() })
    }

    /// The session as JSON text, with which a client of the next process need not sign in. It holds a secret. `None`
    /// when nobody is signed in.
    pub fn export_session(&self) -> Option<String> {
        self.0.core().export_session()
    }

    /// The address of the API.
    pub fn base_url(&self) -> &str {
        self.0.core().base_url()
    }

    /// Ends all calls with the kind `closed` and frees the sockets. Twice is fine.
    pub fn close(&self) {
        self.0.core().close();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.0.core().is_closed()
    }

    #[doc(hidden)]
    pub fn handle(&self) -> &Handle {
        &self.0
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Puts together a client by the name of its service, such as `keep2share`. A name that no service has is the kind
/// `invalid_argument` when it is built.
///
/// ```
/// let client = fileferry::open("keep2share").option("access_token", "…").rate(2.0).build()?;
/// assert!(client.capabilities()?.verbs.iter().any(|verb| verb == "share_link"));
/// # Ok::<(), fileferry::Error>(())
/// ```
pub fn open(service: impl Into<String>) -> Builder<Client> {
    Builder::of(service.into())
}

/// What the address of a page says, of whatever service; `None` where it is no page that this library knows. Nothing is
/// sent.
///
/// ```
/// let link = fileferry::parse_link("https://k2s.cc/file/5f0c2b7e41a3d/movie.mp4").expect("a page of Keep2Share");
/// assert_eq!((link.service.as_str(), link.id.as_deref()), ("keep2share", Some("5f0c2b7e41a3d")));
/// ```
pub fn parse_link(url: impl AsRef<str>) -> Option<ParsedLink> {
    // Its only errors are tables that lack the model, which do not generate.
    border::parse_link(url.as_ref()).ok().flatten().and_then(|link| answers::value(link).ok())
}
