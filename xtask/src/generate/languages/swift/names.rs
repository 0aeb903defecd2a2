//! Names that Swift takes, and that do not get into the way of what the generated code itself needs.

use std::collections::HashSet;

use crate::generate::names::{camel, pascal};

/// Words that only a name in backticks can be.
const KEYWORDS: &[&str] = &[
    "actor",
    "any",
    "as",
    "associatedtype",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "continue",
    "default",
    "defer",
    "deinit",
    "do",
    "else",
    "enum",
    "extension",
    "fallthrough",
    "false",
    "fileprivate",
    "for",
    "func",
    "guard",
    "if",
    "import",
    "in",
    "inout",
    "internal",
    "is",
    "let",
    "nil",
    "nonisolated",
    "operator",
    "precedencegroup",
    "private",
    "protocol",
    "public",
    "repeat",
    "rethrows",
    "return",
    "some",
    "static",
    "struct",
    "subscript",
    "super",
    "switch",
    "throw",
    "throws",
    "true",
    "try",
    "typealias",
    "var",
    "where",
    "while",
];

/// Words that mean something else even in backticks.
const UNSPEAKABLE: &[&str] = &["Protocol", "Self", "Type", "init", "self"];

/// Members that every model has beside its fields.
const MODEL_MEMBERS: &[&str] = &["customMirror", "debugDescription", "description", "extra", "hashValue", "plain"];

/// Members that every client has beside its groups.
const CLIENT_MEMBERS: &[&str] = &[
    "baseURL",
    "capabilities",
    "close",
    "core",
    "customMirror",
    "debugDescription",
    "delete",
    "description",
    "download",
    "downloadStream",
    "exportSession",
    "freeDownload",
    "isClosed",
    "list",
    "makeFolder",
    "move",
    "remoteUpload",
    "rename",
    "request",
    "service",
    "shareLink",
    "signIn",
    "stat",
    "upload",
    "uploadFolder",
];

/// Types that the generated code names.
const TYPES: &[&str] = &[
    "Any",
    "Arguments",
    "Array",
    "Bool",
    "Boxed",
    "ByteStream",
    "CallOptions",
    "ClientOptions",
    "CustomReflectable",
    "Data",
    "Date",
    "Decimal",
    "Dictionary",
    "Double",
    "Entry",
    "ExtraMembers",
    "Field",
    "FileTarget",
    "FolderProgressHandler",
    "FolderReport",
    "Hashable",
    "Hidden",
    "Int",
    "Int64",
    "JSONValue",
    "LocalTime",
    "Mirror",
    "OpenEnum",
    "Optional",
    "PageSequence",
    "PlainReader",
    "PlainWriter",
    "ProgressHandler",
    "Protocol",
    "Self",
    "Sendable",
    "ServiceClient",
    "ServiceModel",
    "String",
    "TapeReadable",
    "TapeReader",
    "Tuple2",
    "Tuple3",
    "Tuple4",
    "Type",
    "URL",
    "Uploadable",
    "Void",
];

/// A set of names that live side by side: each gets one of its own.
#[derive(Debug, Default)]
pub struct Scope(HashSet<String>);

impl Scope {
    fn holding(taken: &[&str]) -> Self {
        Self(taken.iter().map(|name| (*name).to_owned()).collect())
    }

    /// The properties of a model.
    pub fn model() -> Self {
        Self::holding(MODEL_MEMBERS)
    }

    /// The properties of a client.
    pub fn client() -> Self {
        Self::holding(CLIENT_MEMBERS)
    }

    /// The types inside a client's class.
    pub fn types(class: &str) -> Self {
        let mut scope = Self::holding(TYPES);
        scope.0.insert(class.to_owned());
        scope
    }

    /// The parameters of a method that has these of its own.
    pub fn parameters(own: &[&str]) -> Self {
        Self::holding(own)
    }

    /// The name of a property, parameter, method or case.
    pub fn member(&mut self, name: &str) -> String {
        escaped(self.free(spoken(camel(name))))
    }

    /// The name of a type.
    pub fn type_name(&mut self, name: &str) -> String {
        self.free(spoken(pascal(name)))
    }

    /// The name, or else the name with underscores behind it.
    fn free(&mut self, mut name: String) -> String {
        while !self.0.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

/// The name of an enum's constant, for where it is used with its type.
pub fn static_member(word: &str) -> String {
    Scope::default().member(word)
}

/// A parameter's name before its argument, where nearly every word may stand as it is.
pub fn argument_label(name: &str) -> String {
    let bare = name.trim_matches('`');
    if ["inout", "let", "var"].contains(&bare) { name.to_owned() } else { bare.to_owned() }
}

/// A name that begins with a letter and is no word of its own.
fn spoken(name: String) -> String {
    if name.is_empty() {
        "empty".to_owned()
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else if UNSPEAKABLE.contains(&name.as_str()) {
        name + "_"
    } else {
        name
    }
}

fn escaped(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) { format!("`{name}`") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_and_odd_names_become_names() {
        let mut scope = Scope::default();
        for (name, expected) in [
            ("date_created", "dateCreated"),
            ("class", "`class`"),
            ("self", "self_"),
            ("init", "init_"),
            ("type", "type"),
            ("1080p", "_1080p"),
            ("", "empty"),
        ] {
            assert_eq!(scope.member(name), expected, "{name}");
        }
    }

    #[test]
    fn labels_need_fewer_backticks() {
        assert_eq!(argument_label("`default`"), "default");
        assert_eq!(argument_label("`inout`"), "`inout`");
    }

    #[test]
    fn names_that_meet_are_told_apart() {
        let mut scope = Scope::model();
        assert_eq!(scope.member("get_file"), "getFile");
        assert_eq!(scope.member("getFile"), "getFile_");
        assert_eq!(scope.member("description"), "description_");
        assert_eq!(Scope::types("Box").type_name("String"), "String_");
    }
}
