//! Types, defaults and limits in words, for the cells of a table.

use crate::generate::model::{Field, Param, Tag, Type};

/// A type in words; names lead to this page of models.
pub fn ty(ty: &Type, models: &str) -> String {
    let inner = |at: usize| self::ty(&ty.of[at], models);
    match ty.tag {
        Tag::Bool => "yes or no".to_owned(),
        Tag::Int => "whole number".to_owned(),
        Tag::Big => "large whole number".to_owned(),
        Tag::Number => "number".to_owned(),
        Tag::Decimal => "exact number".to_owned(),
        Tag::Id => "id".to_owned(),
        Tag::Text => "text".to_owned(),
        Tag::Instant => "instant".to_owned(),
        Tag::LocalTime => "time without a zone".to_owned(),
        Tag::Json => "any value".to_owned(),
        Tag::Source => "content of a file".to_owned(),
        Tag::List => format!("list of: {}", inner(0)),
        Tag::Map => format!("by name: {}", inner(0)),
        Tag::Tuple => {
            let places: Vec<String> = (0..ty.of.len()).map(inner).collect();
            format!("together: {}", places.join(", "))
        }
        Tag::Nullable => format!("{} or null", inner(0)),
        Tag::Model | Tag::Enum | Tag::Union => format!("[{}]({models}#{})", ty.name, anchor(&ty.name)),
    }
}

/// The types as the reference names them and as each language has them: Rust, Python, TypeScript, Swift, Kotlin.
pub const TYPES: [[&str; 6]; 16] = [
    ["yes or no", "`bool`", "`bool`", "`boolean`", "`Bool`", "`Boolean`"],
    ["whole number", "`i64`", "`int`", "`number`", "`Int64`", "`Long`"],
    ["large whole number", "`i64`", "`int`", "`bigint`", "`Int64`", "`Long`"],
    ["number", "`f64`", "`float`", "`number`", "`Double`", "`Double`"],
    ["exact number", "`Decimal`", "`decimal.Decimal`", "`string`", "`Decimal`", "`BigDecimal`"],
    ["id, text", "`String`", "`str`", "`string`", "`String`", "`String`"],
    ["instant", "`jiff::Timestamp`", "aware `datetime`", "`Date`", "`Date`", "`Instant`"],
    [
        "time without a zone",
        "`jiff::civil::DateTime`",
        "naive `datetime`",
        "`LocalTime`, a text",
        "`LocalTime`",
        "`LocalDateTime`",
    ],
    ["any value", "`serde_json::Value`", "plain data", "`JsonValue`", "`JSONValue`", "`JsonElement`"],
    ["list of", "`Vec`", "`list`", "`ReadonlyArray`", "array", "`List`"],
    ["by name", "`BTreeMap`", "`dict`", "object", "dictionary", "`Map`"],
    ["together", "tuple", "`tuple`", "array", "`Tuple2` and so on", "`Pair`, `Triple`"],
    [
        "a set of words",
        "enum with `Unknown`",
        "`str`, constants in a class",
        "texts",
        "struct with constants",
        "value class with constants",
    ],
    ["a model that is given", "struct with `new` and setters", "class", "object", "struct", "class"],
    ["one of several answers", "enum", "union of classes", "union by `kind`", "enum", "sealed interface"],
    ["bytes", "`ByteStream`", "`ByteStream`", "`ByteStream`", "`ByteStream`", "`ByteStream`"],
];

/// What a heading is linked by.
pub fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-")
}

/// The type of a parameter.
pub fn param(param: &Param, models: &str) -> String {
    let ty = ty(&param.ty, models);
    if param.nullable && param.ty.tag != Tag::Nullable { format!("{ty} or null") } else { ty }
}

/// Whether a field can be relied upon, and whether it is shown.
pub fn presence(field: &Field) -> &'static str {
    match (field.required, field.secret) {
        (true, true) => "always, secret",
        (true, false) => "always",
        (false, true) => "secret",
        (false, false) => "",
    }
}

/// A text for one cell of a table.
pub fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(tag: Tag) -> Type {
        Type { tag, of: Vec::new(), name: String::new(), index: 0 }
    }

    #[test]
    fn types_are_told_in_words_with_links() {
        let file = Type { name: "FileSort".to_owned(), ..plain(Tag::Model) };
        let list = Type { of: vec![Type { of: vec![file], ..plain(Tag::Nullable) }], ..plain(Tag::List) };
        assert_eq!(ty(&list, "models.md"), "list of: [FileSort](models.md#filesort) or null");
        assert_eq!(ty(&plain(Tag::LocalTime), "models.md"), "time without a zone");
    }

    #[test]
    fn a_cell_cannot_break_its_table() {
        assert_eq!(cell("one | two\n  three"), "one \\| two three");
    }

    #[test]
    fn the_types_of_the_table_are_those_that_the_pages_name() {
        let listed: Vec<&str> = TYPES.iter().map(|row| row[0]).collect();
        for tag in [Tag::Bool, Tag::Int, Tag::Big, Tag::Number, Tag::Decimal, Tag::Instant, Tag::LocalTime, Tag::Json] {
            let words = ty(&plain(tag), "");
            assert!(listed.contains(&words.as_str()), "{words}");
        }
    }
}
