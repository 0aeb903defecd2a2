//! Names as Python writes them, each once in its scope.

use std::collections::HashSet;

use crate::generate::model::Service;
use crate::generate::names;

/// Words that Python keeps for itself.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// What a client has beside its groups. A group may be called `account` all the same: it can then be called, too.
pub const CLIENT_MEMBERS: &[&str] = &[
    "base_url",
    "capabilities",
    "close",
    "closed",
    "delete",
    "download",
    "export_session",
    "free_download",
    "list",
    "make_folder",
    "move",
    "open",
    "remote_upload",
    "rename",
    "request",
    "share_link",
    "sign_in",
    "stat",
    "upload",
    "upload_folder",
];

/// What a client takes beside its credentials.
pub const CLIENT_OPTIONS: &[&str] = &[
    "self",
    "host",
    "session",
    "on_session",
    "on_captcha",
    "on_confirm",
    "base_url",
    "allow_http",
    "connect_timeout",
    "idle_timeout",
    "upload_idle_timeout",
    "deadline",
    "max_attempts",
    "backoff",
    "backoff_max",
    "retry_after_cap",
    "free_wait_margin",
    "poll_interval",
    "rate",
    "max_json",
    "proxy",
    "ca_bundle",
    "user_agent",
];

/// What a model has beside its fields; `self` is an argument of its constructor.
pub const MODEL_MEMBERS: &[&str] = &["self", "extra", "to_dict", "from_dict", "to_json", "from_json"];

/// What every call takes.
pub const CALL_ARGUMENTS: &[&str] = &["self", "options"];

/// What every upload takes, be it of a file or of a folder.
pub const UPLOAD_ARGUMENTS: &[&str] =
    &["self", "source", "path", "folder", "name", "parallel", "on_progress", "options"];

/// What every download takes.
pub const DOWNLOAD_ARGUMENTS: &[&str] = &["self", "target", "to", "overwrite", "on_progress", "options"];

/// The names of one scope. A name that is taken gets a number, a reserved one an underscore behind it.
#[derive(Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// A scope in which some names are taken already.
    pub fn reserving(names: &[&str]) -> Self {
        Self { taken: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// A name of the service in Python's case.
    pub fn snake(&mut self, name: &str) -> String {
        self.claim(&snake(name))
    }

    /// This name, or one like it that is free.
    pub fn claim(&mut self, name: &str) -> String {
        let first =
            if KEYWORDS.contains(&name) || self.taken.contains(name) { format!("{name}_") } else { name.to_owned() };
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let free = std::iter::once(first).chain(numbered).find(|name| !self.taken.contains(name));
        let free = free.unwrap_or_else(|| unreachable!("numbers do not end"));
        self.taken.insert(free.clone());
        free
    }
}

fn snake(name: &str) -> String {
    identifier(names::snake(name), "n")
}

/// `FilesOperations`.
pub fn class(name: &str) -> String {
    identifier(names::pascal(name), "N")
}

/// `PREMIUM_ONLY`.
pub fn constant(name: &str) -> String {
    identifier(names::snake(name).to_uppercase(), "N")
}

/// An identifier begins with a letter; no name of a service begins with an underscore.
fn identifier(name: String, prefix: &str) -> String {
    if name.starts_with(|first: char| first.is_alphabetic()) { name } else { format!("{prefix}{name}") }
}

/// The classes of a service's types, all in one module.
pub struct TypeNames {
    pub models: Vec<String>,
    pub enums: Vec<EnumNames>,
    pub unions: Vec<UnionNames>,
}

pub struct EnumNames {
    /// Holds the constants.
    pub class: String,
    /// What annotations say.
    pub alias: String,
}

pub struct UnionNames {
    /// What annotations say.
    pub alias: String,
    /// One class a variant.
    pub variants: Vec<String>,
}

impl TypeNames {
    pub fn new(service: &Service) -> Self {
        let mut names = Names::reserving(&["SHAPES"]);
        let models = service.models.iter().map(|model| names.claim(&class(&model.name))).collect();
        let enums = service.enums.iter().map(|described| EnumNames {
            class: names.claim(&class(&described.name)),
            alias: names.claim(&class(&format!("{}_value", described.name))),
        });
        let enums = enums.collect();
        let unions = service.unions.iter().map(|union| UnionNames {
            alias: names.claim(&class(&union.name)),
            variants: union
                .variants
                .iter()
                .map(|variant| names.claim(&class(&format!("{}_{}", union.name, variant.name))))
                .collect(),
        });
        Self { models, enums, unions: unions.collect() }
    }

    /// All names that a user may import, sorted.
    pub fn exported(&self) -> Vec<String> {
        let enums = self.enums.iter().flat_map(|names| [&names.class, &names.alias]);
        let unions = self.unions.iter().flat_map(|names| std::iter::once(&names.alias).chain(&names.variants));
        let mut all: Vec<String> = self.models.iter().chain(enums).chain(unions).cloned().collect();
        all.sort();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_and_taken_names_are_evaded() {
        let mut names = Names::reserving(CALL_ARGUMENTS);
        let given =
            ["class", "options", "fileId", "file_id", "file-id", "5mb", "__init__"].map(|name| names.snake(name));
        assert_eq!(given, ["class_", "options_", "file_id", "file_id_", "file_id_2", "n5mb", "init"]);
    }

    #[test]
    fn classes_and_constants_are_identifiers() {
        assert_eq!(class("file_sort"), "FileSort");
        assert_eq!(Names::default().claim(&class("none")), "None_");
        assert_eq!(constant("3gp"), "N3GP");
    }
}
