//! Names in Rust's case, free of its reserved words and of each other.

use std::collections::HashSet;

use crate::generate::model::Service;
use crate::generate::names;

/// Reserved words that `r#` makes names of.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];
/// Reserved words that stay reserved.
const NEVER_NAMES: &[&str] = &["self", "super", "crate", "Self", "_"];
/// Types that generated code names without a path.
const PRELUDE: &[&str] =
    &["Box", "Err", "Extra", "From", "Into", "None", "Ok", "Option", "Result", "Some", "String", "Vec"];

/// Types of a group's module, beside its operations.
pub const GROUP_TYPES: &[&str] = &["ByteStream", "Call", "Pages", "Option", "String", "Vec", "Into", "Result"];
/// Modules of a service, beside its groups.
pub const SERVICE_MODULES: &[&str] = &["mod", "models"];
/// Methods of every client. `account` is the verb's and the group's in one.
pub const CLIENT_METHODS: &[&str] = &[
    "base_url",
    "builder",
    "capabilities",
    "clone",
    "close",
    "delete",
    "download",
    "export_session",
    "free_download",
    "is_closed",
    "list",
    "make_folder",
    "move_to",
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
/// Methods of every builder.
pub const BUILDER_METHODS: &[&str] = &[
    "allow_http",
    "backoff",
    "backoff_max",
    "base_url",
    "build",
    "ca_bundle",
    "connect_timeout",
    "deadline",
    "free_wait_margin",
    "host",
    "idle_timeout",
    "max_attempts",
    "max_json",
    "on_captcha",
    "on_confirm",
    "on_log",
    "on_session",
    "poll_interval",
    "proxy",
    "rate",
    "retry_after_cap",
    "session",
    "upload_idle_timeout",
    "user_agent",
];
/// Methods of every call and listing; those that begin with `with_` are reserved as well.
pub const CALL_METHODS: &[&str] = &["into_future", "next", "clone"];
/// Methods of every upload, of a file or a folder.
pub const UPLOAD_METHODS: &[&str] = &["into_folder", "into_future", "named", "on_progress", "parallel"];
/// Methods of every download.
pub const DOWNLOAD_METHODS: &[&str] = &["into_future", "on_progress", "overwrite"];

/// Names that are taken in one place.
#[derive(Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// With these names taken already.
    pub fn reserving(names: &[&str]) -> Self {
        Self { taken: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// A function, field, argument or module.
    pub fn value(&mut self, name: &str) -> String {
        let name = self.claim(after_digit(names::snake(name), "empty"));
        escape(name)
    }

    /// A method that sets something, beside methods that every thing of its sort has.
    pub fn setter(&mut self, name: &str) -> String {
        let plain = after_digit(names::snake(name), "empty");
        let is_reserved = plain.starts_with("with_") || self.taken.contains(&plain);
        let name = if is_reserved { format!("set_{plain}") } else { plain };
        escape(self.claim(name))
    }

    /// A type.
    pub fn ty(&mut self, name: &str) -> String {
        self.claim(after_digit(names::pascal(name), "Empty"))
    }

    /// A variant of an enum.
    pub fn variant(&mut self, name: &str) -> String {
        self.ty(name)
    }

    fn claim(&mut self, mut name: String) -> String {
        while NEVER_NAMES.contains(&name.as_str()) || !self.taken.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

fn after_digit(name: String, empty: &str) -> String {
    match name.chars().next() {
        None => empty.to_owned(),
        Some(first) if first.is_numeric() => format!("_{name}"),
        Some(_) => name,
    }
}

fn escape(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// The types of a service; position = index.
pub struct TypeNames {
    pub models: Vec<String>,
    pub enums: Vec<String>,
    pub unions: Vec<String>,
}

impl TypeNames {
    pub fn new(service: &Service) -> Self {
        let mut names = Names::reserving(PRELUDE);
        // The client's class and its modules lie beside the types.
        names.taken.insert(service.class.clone());
        Self {
            models: service.models.iter().map(|model| names.ty(&model.name)).collect(),
            enums: service.enums.iter().map(|words| names.ty(&words.name)).collect(),
            unions: service.unions.iter().map(|union| names.ty(&union.name)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names() {
        let mut names = Names::reserving(&["next"]);
        assert_eq!(names.value("type"), "r#type");
        assert_eq!(names.value("self"), "self_");
        assert_eq!(names.value("getFilesList"), "get_files_list");
        assert_eq!(names.value("get-files_list"), "get_files_list_");
        assert_eq!(names.value("2nd"), "_2nd");
        assert_eq!(names.value(""), "empty");
        assert_eq!(names.setter("next"), "set_next");
        assert_eq!(names.setter("with_deadline"), "set_with_deadline");
        assert_eq!(names.ty("Self"), "Self_");
        assert_eq!(names.ty("light-green"), "LightGreen");
        assert_eq!(names.ty("1st"), "_1st");
    }
}
