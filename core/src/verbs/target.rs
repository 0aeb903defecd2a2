//! What a verb works on: an entry, a path, or a bare id.

use serde_json::Value;

use super::{At, Entry, Verbs, listing};
use crate::border::{Error, Kind};
use crate::tables::Service;

/// What a verb works on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    Id {
        id: String,
        is_folder: Option<bool>,
        path: Option<String>,
    },
    /// The names on the way from the root; a path that ends with a slash is a folder's.
    Path {
        names: Vec<String>,
        is_folder: bool,
    },
}

impl Target {
    /// Reads an argument: a text, or the members of an entry.
    pub(crate) fn parse(service: &Service, argument: &Value) -> Result<Self, Error> {
        match argument {
            Value::String(text) => Self::of_text(text),
            Value::Object(entry) => {
                let text = |name: &str| entry.get(name).and_then(Value::as_str);
                if let Some(of) = text("service").filter(|of| *of != service.id) {
                    return Err(Error::invalid_argument(format!("this entry lies on {of}, not on {}", service.id)));
                }
                let is_folder = entry.get("is_folder").and_then(Value::as_bool);
                match (text("id"), text("path")) {
                    (Some(id), path) if !id.is_empty() => {
                        Ok(Self::Id { id: id.to_owned(), is_folder, path: path.map(str::to_owned) })
                    }
                    (_, Some(path)) => Self::of_text(path),
                    _ => Err(Error::invalid_argument("an entry without id and path stands for nothing")),
                }
            }
            _ => Err(Error::invalid_argument("a target is an entry, a path that begins with `/`, or an id")),
        }
    }

    fn of_text(text: &str) -> Result<Self, Error> {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return Err(Error::invalid_argument("a target is not empty and holds no control character"));
        }
        let Some(path) = text.strip_prefix('/') else {
            return Ok(Self::Id { id: text.to_owned(), is_folder: None, path: None });
        };
        let names: Vec<String> = path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if names.iter().any(|name| name == "." || name == "..") {
            return Err(Error::invalid_argument("a path has no `.` and no `..` in it"));
        }
        Ok(Self::Path { is_folder: names.is_empty() || path.ends_with('/'), names })
    }

    pub(crate) fn root() -> Self {
        Self::Path { names: Vec::new(), is_folder: true }
    }

    /// The same where only a folder can be meant.
    pub(crate) fn into_folder(self) -> Self {
        match self {
            Self::Id { id, path, .. } => Self::Id { id, is_folder: Some(true), path },
            Self::Path { names, .. } => Self::Path { names, is_folder: true },
        }
    }

    /// Adds what a caller says of a bare id.
    pub(crate) fn with_kind(self, said: Option<bool>) -> Self {
        match self {
            Self::Id { id, is_folder, path } => Self::Id { id, is_folder: said.or(is_folder), path },
            path @ Self::Path { .. } => path,
        }
    }

    /// The path of the folder that it lies in, where it was named by a path.
    pub(crate) fn parent_path(&self) -> Option<String> {
        match self {
            Self::Path { names, .. } => names.split_last().map(|(_, above)| format!("/{}", above.join("/"))),
            Self::Id { path, .. } => path
                .as_deref()
                .and_then(|path| path.rsplit_once('/'))
                .map(|(above, _)| format!("/{}", above.trim_matches('/'))),
        }
    }
}

/// What a verb changes: the service's own id, and what is known of it.
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) is_folder: Option<bool>,
}

/// Finds what a target stands for.
pub(crate) async fn find<V: Verbs>(verbs: &V, at: At<'_>, target: &Target) -> Result<Entry, Error> {
    check_kind(verbs, at, target)?;
    match target {
        Target::Id { id, .. } if verbs.root().id.as_ref() == Some(id) => Ok(verbs.root()),
        Target::Id { id, is_folder, path } => {
            let found = verbs.by_id(at, id, *is_folder).await?;
            Ok(Entry { path: path.clone(), ..found })
        }
        Target::Path { names, is_folder } => walk(verbs, at, names, *is_folder).await,
    }
}

/// The same for a verb that changes it; asks the service only where it has to.
pub(crate) async fn item_of<V: Verbs>(verbs: &V, at: At<'_>, target: &Target) -> Result<Item, Error> {
    check_kind(verbs, at, target)?;
    match target {
        Target::Id { id, is_folder, .. } => Ok(Item { id: id.clone(), is_folder: *is_folder }),
        Target::Path { .. } => {
            let found = find(verbs, at, target).await?;
            Ok(Item { id: found.known_id()?.to_owned(), is_folder: Some(found.is_folder) })
        }
    }
}

/// Refuses a bare id that could be a file's and a folder's.
fn check_kind<V: Verbs>(verbs: &V, at: At<'_>, target: &Target) -> Result<(), Error> {
    match target {
        Target::Id { id, is_folder: None, .. } if verbs.numbers_apart() && verbs.root().id.as_ref() != Some(id) => {
            let class = at.engine.service.class;
            Err(Error::invalid_argument(format!(
                "{class} numbers files and folders apart: give an entry or a path for {id}; `stat` takes is_folder"
            )))
        }
        _ => Ok(()),
    }
}

/// Id and path, where that is known, of a folder that something shall go into; asks the service only where it has to.
pub(crate) async fn place_of<V: Verbs>(
    verbs: &V,
    at: At<'_>,
    folder: &Target,
) -> Result<(String, Option<String>), Error> {
    match folder {
        Target::Id { id, path, .. } if verbs.tells_missing_folders() => Ok((id.clone(), path.clone())),
        _ => {
            let found = find(verbs, at, folder).await?;
            Ok((found.known_id()?.to_owned(), found.path))
        }
    }
}

/// The id of a file that a target stands for; asks the service only where it has to.
pub(crate) async fn file_id_of<V: Verbs>(verbs: &V, at: At<'_>, target: &Target) -> Result<String, Error> {
    let (id, is_folder) = match target {
        Target::Id { id, is_folder, .. } => (id.clone(), *is_folder),
        Target::Path { .. } => {
            let found = find(verbs, at, target).await?;
            (found.known_id()?.to_owned(), Some(found.is_folder))
        }
    };
    match is_folder {
        Some(true) => {
            let message = "a folder cannot be downloaded; list it and download its files";
            Err(Error::new(Kind::NotSupported, message).named("target_is_folder"))
        }
        _ => Ok(id),
    }
}

/// The id that a target stands for; asks the service only where it has to.
pub(crate) async fn id_of<V: Verbs>(verbs: &V, at: At<'_>, target: &Target) -> Result<String, Error> {
    match target {
        Target::Id { id, .. } => Ok(id.clone()),
        Target::Path { .. } => Ok(find(verbs, at, target).await?.known_id()?.to_owned()),
    }
}

/// Goes down from the root, name by name.
async fn walk<V: Verbs>(verbs: &V, at: At<'_>, names: &[String], wants_folder: bool) -> Result<Entry, Error> {
    let mut here = verbs.root();
    for (index, name) in names.iter().enumerate() {
        let wants_folder = wants_folder || index + 1 < names.len();
        let mut found = listing::named(verbs, at, here.known_id()?, here.path.as_deref(), name).await?;
        found.retain(|entry| entry.is_folder || !wants_folder);
        let path = format!("/{}", names[..=index].join("/"));
        here = match found.len() {
            0 => {
                let what = if wants_folder { "folder " } else { "" };
                return Err(Error::new(Kind::NotFound, format!("there is no {what}{path}")).named("path_not_found"));
            }
            1 => found.remove(0),
            _ => {
                let mut error =
                    Error::new(Kind::Conflict, format!("{path} fits {} items; name one by its id", found.len()));
                error.record_mut().details.items =
                    found.iter().enumerate().map(|(index, entry)| entry.as_item(index)).collect();
                return Err(error.named("path_is_ambiguous"));
            }
        };
    }
    Ok(here)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tables::generated::keep2share::SERVICE;

    #[test]
    fn tells_paths_ids_and_entries_apart() {
        let parse = |argument: Value| Target::parse(&SERVICE, &argument);
        let path = |names: &[&str], is_folder| Target::Path {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            is_folder,
        };
        assert_eq!(parse(json!("/")).expect("the root"), path(&[], true));
        assert_eq!(parse(json!("/a b/ü#%/")).expect("a folder"), path(&["a b", "ü#%"], true));
        assert_eq!(parse(json!("/a//b")).expect("a path"), path(&["a", "b"], false));
        let id =
            parse(json!({"id": "i1", "path": "/x/y", "is_folder": true, "service": "keep2share"})).expect("an entry");
        assert_eq!(id, Target::Id { id: "i1".into(), is_folder: Some(true), path: Some("/x/y".into()) });
        assert_eq!(id.parent_path().as_deref(), Some("/x"));
        assert_eq!(parse(json!("/x")).expect("a path").parent_path().as_deref(), Some("/"));
        for bad in
            [json!(""), json!("/a/../b"), json!("a\nb"), json!(7), json!({}), json!({"id": "x", "service": "other"})]
        {
            assert_eq!(parse(bad.clone()).expect_err("an error").kind(), Kind::InvalidArgument, "{bad}");
        }
    }
}
