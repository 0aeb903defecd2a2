//! Names in TypeScript.

use std::collections::BTreeSet;

use crate::generate::names::{camel, pascal};

/// Types that the generated models speak of: a described type must not hide them.
const TYPES: [&str; 11] = [
    "Date",
    "Function",
    "JsonValue",
    "LocalTime",
    "Model",
    "Object",
    "Promise",
    "ReadonlyArray",
    "Shape",
    "Table",
    "Variant",
];

/// Words that cannot name a variable in a module.
const WORDS: [&str; 50] = [
    "arguments",
    "as",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "with",
    "yield",
];

/// The names of one place: whoever comes later to a taken name gets an underscore.
pub struct Names(BTreeSet<String>);

impl Names {
    /// A place where these names are taken already.
    pub fn new(taken: &[&str]) -> Self {
        Self(taken.iter().map(|&name| name.to_owned()).collect())
    }

    /// A place for types.
    pub fn types() -> Self {
        Self::new(&TYPES)
    }

    /// The name, or the first one with underscores that is free.
    pub fn take(&mut self, name: &str) -> String {
        let mut free = name.to_owned();
        while !self.0.insert(free.clone()) {
            free.push('_');
        }
        free
    }
}

/// `dateCreated`: a property needs no care for reserved words, but it must begin as a name does.
pub fn camel_name(name: &str) -> String {
    begun(camel(name))
}

/// `FileSort`, with an underscore where JavaScript or the package has a type of this name.
pub fn type_name(name: &str) -> String {
    let pascal = begun(pascal(name));
    if TYPES.contains(&pascal.as_str()) { pascal + "_" } else { pascal }
}

/// `fileSortShape`: the constant that says how a model is written.
pub fn shape_name(model: &str) -> String {
    camel_name(model) + "Shape"
}

/// Name of the variable for a property.
pub fn argument(property: &str) -> String {
    if WORDS.contains(&property) { format!("{property}_") } else { property.to_owned() }
}

fn begun(name: String) -> String {
    if name.chars().next().is_some_and(|first| !first.is_numeric()) { name } else { format!("_{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_apart() {
        let mut names = Names::new(&["toJSON"]);
        assert_eq!(names.take("userId"), "userId");
        assert_eq!(names.take("userId"), "userId_");
        assert_eq!(names.take("userId"), "userId__");
        assert_eq!(names.take("toJSON"), "toJSON_");
    }

    #[test]
    fn reserved_words_are_avoided_where_they_cannot_stand() {
        assert_eq!(camel_name("class"), "class");
        assert_eq!(argument("class"), "class_");
        assert_eq!(type_name("Date"), "Date_");
        assert_eq!(camel_name("2fa_code"), "_2faCode");
        assert_eq!(camel_name("__proto__"), "proto");
    }

    #[test]
    fn the_lists_are_sorted() {
        assert!(TYPES.is_sorted());
        assert!(WORDS.is_sorted());
    }
}
