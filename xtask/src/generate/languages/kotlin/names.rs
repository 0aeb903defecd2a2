//! Names in Kotlin: each scope gives a name once, and knows which ones mean something else already.

use std::collections::BTreeSet;

/// Words that cannot be names without back-ticks.
const HARD_KEYWORDS: &str = "as break class continue do else false for fun if in interface is null object package return \
    super this throw true try typealias typeof val var when while";

/// Types that generated code names; a type of a service that is called like one of them gets another name.
pub const USED_TYPES: &str = "Any Array BigDecimal Boolean ByteArray ByteStream CallOptions Connection Deprecated Double \
    Field Flow Instant Int JsonElement JvmInline List LocalDateTime Long Map Model Native OneOf OpenEnum Pair Read Reader \
    Set Shape Source String Triple Unit";

/// What a model already has.
pub const MODEL_MEMBERS: &str = "extra";

/// What an operation's method already uses.
pub const METHOD_NAMES: &str = "options connection";

/// What every object has, and what a group must not hide.
pub const OBJECT_MEMBERS: &str = "equals hashCode toString";

/// What every client has.
pub const CLIENT_MEMBERS: &str = "baseUrl connection isClosed service";

/// Options that all clients have, and what the constructor uses.
pub const CLIENT_OPTIONS: &str = "session onSession host baseUrl allowHttp connectTimeout idleTimeout uploadIdleTimeout \
    deadline maxAttempts backoff backoffMax retryAfterCap freeWaitMargin rate maxJson proxy caBundle userAgent onCaptcha \
    onConfirm onLog connection";

/// What the verbs `upload`, `uploadFolder` and `download` already take.
pub const VERB_ARGUMENTS: &str = "options connection source path folder name parallel target to overwrite onProgress";

/// Names in one scope: each is given once.
#[derive(Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// A scope in which these names, parted by spaces, mean something already.
    pub fn taken(names: &str) -> Self {
        Self(names.split_whitespace().map(str::to_owned).collect())
    }

    /// The name, or the name with a number where it is taken, escaped where it is a keyword.
    pub fn take(&mut self, name: String) -> String {
        let name = identifier(name);
        let free = (1..).map(|number| if number == 1 { name.clone() } else { format!("{name}{number}") });
        let name = free.into_iter().find(|name| !self.0.contains(name)).unwrap_or_default();
        self.0.insert(name.clone());
        if HARD_KEYWORDS.split_whitespace().any(|keyword| keyword == name) { format!("`{name}`") } else { name }
    }

    /// The name of a type, with a suffix where the plain one means something else.
    pub fn take_type(&mut self, name: &str, suffix: &str) -> String {
        let wanted = if self.0.contains(name) { format!("{name}{suffix}") } else { name.to_owned() };
        self.take(wanted)
    }
}

/// A name in back-ticks where it is a keyword.
pub fn escaped(name: String) -> String {
    if HARD_KEYWORDS.split_whitespace().any(|keyword| keyword == name) { format!("`{name}`") } else { name }
}

/// A name that may begin with a digit, or be empty, as one that Kotlin takes.
pub fn identifier(name: String) -> String {
    match name.chars().next() {
        None => "empty".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{name}"),
        Some(_) => name,
    }
}

/// The inside of a Kotlin string.
pub fn text(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_gives_each_name_once() {
        let mut names = Names::taken("options");
        let given = ["name", "name", "options", "val", "val", "2nd", ""].map(|name| names.take(name.to_owned()));
        assert_eq!(given, ["name", "name2", "options2", "`val`", "val2", "_2nd", "empty"]);
    }

    #[test]
    fn a_type_that_means_something_else_gets_a_suffix() {
        let mut names = Names::taken(USED_TYPES);
        assert_eq!(names.take_type("File", "Model"), "File");
        assert_eq!(names.take_type("Map", "Model"), "MapModel");
        assert_eq!(names.take_type("Map", "Model"), "MapModel2");
    }

    #[test]
    fn texts_survive_quotes_and_dollars() {
        assert_eq!(text("a\"b$c\\d"), r#"a\"b\$c\\d"#);
    }
}
