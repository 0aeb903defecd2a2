//! The arguments of a verb: read from JSON, anything unknown refused, before anything is sent.

use serde_json::{Map, Value};

use super::Target;
use crate::border::Error;
use crate::tables::Service;

/// A verb with its arguments.
pub(crate) enum Verb {
    Stat { target: Target },
    MakeFolder { name: String, folder: Target, exist_ok: bool },
    Move { target: Target, folder: Target },
    Rename { target: Target, name: String },
    Delete { target: Target },
    ShareLink { target: Target },
    RemoteUpload { url: String, folder: Option<Target> },
    Account,
}

impl Verb {
    pub(crate) fn parse(service: &Service, verb: &str, json: &[u8]) -> Result<Self, Error> {
        let mut arguments = Arguments::read(verb, json)?;
        let parsed = match verb {
            "stat" => Self::Stat { target: arguments.target(service)? },
            "make_folder" => Self::MakeFolder {
                name: arguments.name()?,
                folder: arguments.folder_or_root(service)?,
                exist_ok: arguments.flag("exist_ok")?.unwrap_or_default(),
            },
            "move" => Self::Move {
                target: arguments.target(service)?,
                folder: arguments
                    .folder(service)?
                    .ok_or_else(|| Error::invalid_argument("move: folder is required"))?,
            },
            "rename" => Self::Rename { target: arguments.target(service)?, name: arguments.name()? },
            "delete" => Self::Delete { target: arguments.target(service)? },
            "share_link" => Self::ShareLink { target: arguments.target(service)? },
            "remote_upload" => Self::RemoteUpload { url: arguments.address()?, folder: arguments.folder(service)? },
            "account" => Self::Account,
            _ => return Err(Error::invalid_argument(format!("there is no verb {verb}"))),
        };
        arguments.end()?;
        Ok(parsed)
    }
}

/// The arguments that are left to be read.
pub(crate) struct Arguments<'a> {
    verb: &'a str,
    left: Map<String, Value>,
}

impl<'a> Arguments<'a> {
    pub(crate) fn read(verb: &'a str, json: &[u8]) -> Result<Self, Error> {
        Ok(Self { verb, left: crate::wire::object(verb, json)? })
    }

    /// An argument; null is as if it were left out.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.left.shift_remove(name).filter(|value| !value.is_null())
    }

    fn required(&mut self, name: &str) -> Result<Value, Error> {
        self.take(name).ok_or_else(|| Error::invalid_argument(format!("{}: {name} is required", self.verb)))
    }

    /// What the verb works on; a caller may say of a bare id whether it is a folder's.
    fn target(&mut self, service: &Service) -> Result<Target, Error> {
        let target = self.required("target").and_then(|target| Target::parse(service, &target))?;
        Ok(target.with_kind(self.flag("is_folder")?))
    }

    /// The folder that the verb works in, where one is named.
    pub(crate) fn folder(&mut self, service: &Service) -> Result<Option<Target>, Error> {
        self.take("folder").map(|folder| Target::parse(service, &folder).map(Target::into_folder)).transpose()
    }

    pub(crate) fn folder_or_root(&mut self, service: &Service) -> Result<Target, Error> {
        Ok(self.folder(service)?.unwrap_or_else(Target::root))
    }

    /// A name that a file or folder shall get.
    fn name(&mut self) -> Result<String, Error> {
        let wrong = |verb: &str| {
            Error::invalid_argument(format!(
                "{verb}: name is a file name, not empty, without a slash and without control characters"
            ))
        };
        match self.required("name")? {
            Value::String(name)
                if !name.trim().is_empty()
                    && !name.contains('/')
                    && !name.chars().any(char::is_control)
                    && name != "."
                    && name != ".." =>
            {
                Ok(name)
            }
            _ => Err(wrong(self.verb)),
        }
    }

    fn address(&mut self) -> Result<String, Error> {
        let wrong = Error::invalid_argument(format!("{}: url is the address of a file, with its scheme", self.verb));
        match self.required("url")? {
            Value::String(text) if url::Url::parse(&text).is_ok_and(|url| url.has_host()) => Ok(text),
            _ => Err(wrong),
        }
    }

    fn flag(&mut self, name: &str) -> Result<Option<bool>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(Error::invalid_argument(format!("{}: {name} is true or false", self.verb))),
        }
    }

    /// Refuses what nobody has read.
    pub(crate) fn end(self) -> Result<(), Error> {
        match self.left.keys().next() {
            Some(unknown) => Err(Error::invalid_argument(format!("{}: there is no argument {unknown}", self.verb))),
            None => Ok(()),
        }
    }
}
