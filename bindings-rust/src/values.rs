//! Typed values off the tape, and into the JSON of arguments and plain data.

use std::collections::BTreeMap;
use std::fmt;

use fileferry_core::border::{self, Reader};
use fileferry_core::tables::{Service, Type};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::{Decimal, Extra};

pub use serde_json::Value as Json;

/// A JSON object.
pub type Map = serde_json::Map<String, Json>;

/// A value that lies on a tape, is plain JSON, and can be given as an argument.
pub trait Value: Sized {
    /// Reads it; `at` is not 0 unless the value may be null.
    fn read(reader: Reader<'_>, at: u32) -> Self;

    /// Its plain JSON.
    fn plain(&self) -> Json;

    /// Whether null is a value of the type.
    const NULLABLE: bool = false;
}

/// Null as the value of a parameter, which is something else than leaving the parameter out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Null;

/// What may be given where a parameter takes a `T` or null: the value, [`Null`], or an `Option` whose `None` is null.
pub trait NullOr<T> {
    /// The plain JSON of the argument.
    #[doc(hidden)]
    fn argument(self) -> Json;
}

impl<T> NullOr<T> for Null {
    fn argument(self) -> Json {
        Json::Null
    }
}

impl<T: Value> NullOr<T> for T {
    fn argument(self) -> Json {
        self.plain()
    }
}

impl<T: Value> NullOr<T> for Option<T> {
    fn argument(self) -> Json {
        self.plain()
    }
}

impl NullOr<String> for &str {
    fn argument(self) -> Json {
        Json::from(self)
    }
}

impl Value for bool {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        reader.bool(at)
    }

    fn plain(&self) -> Json {
        Json::from(*self)
    }
}

impl Value for i64 {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        reader.int(at)
    }

    fn plain(&self) -> Json {
        Json::from(*self)
    }
}

impl Value for f64 {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        reader.number(at)
    }

    fn plain(&self) -> Json {
        Json::from(*self)
    }
}

impl Value for String {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        reader.text(at).to_owned()
    }

    fn plain(&self) -> Json {
        Json::from(self.as_str())
    }
}

impl Value for Decimal {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        Self::trusted(reader.text(at))
    }

    fn plain(&self) -> Json {
        Json::from(self.as_str())
    }
}

impl Value for Timestamp {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        Self::from_microsecond(reader.int(at))
            .unwrap_or_else(|error| unreachable!("a tape holds instants in range only: {error}"))
    }

    fn plain(&self) -> Json {
        let format = if self.subsec_microsecond() == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%.6fZ" };
        Json::from(self.strftime(format).to_string())
    }
}

impl Value for DateTime {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        reader
            .text(at)
            .parse()
            .unwrap_or_else(|error| unreachable!("a tape holds local times in one form only: {error}"))
    }

    fn plain(&self) -> Json {
        let micros = self.subsec_nanosecond() / 1000;
        let format = if micros == 0 { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S%.6f" };
        Json::from(self.strftime(format).to_string())
    }
}

impl Value for Json {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        tree(reader.text(at))
    }

    fn plain(&self) -> Json {
        self.clone()
    }
}

impl<T: Value> Value for Option<T> {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        optional(reader, at)
    }

    fn plain(&self) -> Json {
        self.as_ref().map_or(Json::Null, Value::plain)
    }

    const NULLABLE: bool = true;
}

impl<T: Value> Value for Box<T> {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        Self::new(T::read(reader, at))
    }

    fn plain(&self) -> Json {
        T::plain(self)
    }
}

impl<T: Value> Value for Vec<T> {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        reader.list(at).map(|item| T::read(reader, item)).collect()
    }

    fn plain(&self) -> Json {
        self.iter().map(Value::plain).collect()
    }
}

impl<T: Value> Value for BTreeMap<String, T> {
    fn read(reader: Reader<'_>, at: u32) -> Self {
        reader.map(at).map(|(key, value)| (key.to_owned(), T::read(reader, value))).collect()
    }

    fn plain(&self) -> Json {
        self.iter().map(|(key, value)| (key.clone(), value.plain())).collect()
    }
}

macro_rules! tuples {
    ($(($($place:ident $number:tt),+))+) => {$(
        impl<$($place: Value),+> Value for ($($place,)+) {
            fn read(reader: Reader<'_>, at: u32) -> Self {
                let places: Vec<u32> = reader.list(at).collect();
                ($($place::read(reader, places[$number]),)+)
            }

            fn plain(&self) -> Json {
                Json::Array(vec![$(self.$number.plain()),+])
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}

/// The plain JSON of an argument.
pub fn given<T: Value>(argument: impl Into<T>) -> Json {
    argument.into().plain()
}

/// The plain JSON of a list that is an argument.
pub fn given_all<T: Value>(arguments: impl IntoIterator<Item = impl Into<T>>) -> Json {
    arguments.into_iter().map(given::<T>).collect()
}

/// A field that may be absent.
pub fn optional<T: Value>(reader: Reader<'_>, at: u32) -> Option<T> {
    (at != 0).then(|| T::read(reader, at))
}

/// The field with this number.
pub fn field<T: Value>(reader: Reader<'_>, record: u32, number: usize) -> T {
    T::read(reader, reader.record(record).field(number))
}

/// The tree of JSON text from a tape.
pub fn tree(text: &str) -> Json {
    border::json_tree(text)
}

impl Extra {
    /// The unknown members of the model at `record`.
    pub fn read(reader: Reader<'_>, record: u32) -> Self {
        reader.record(record).extra().map_or_else(Self::default, |text| Self::from_tree(tree(text)))
    }
}

/// Adds a member to a plain object unless it is null.
pub fn member(object: &mut Map, name: &str, value: &impl Value) {
    match value.plain() {
        Json::Null => {}
        plain => {
            object.insert(name.to_owned(), plain);
        }
    }
}

/// Finishes a model's plain object with its unknown members.
pub fn model(mut object: Map, extra_key: &str, extra: &Extra) -> Json {
    if !extra.is_empty() {
        object.insert(extra_key.to_owned(), Json::Object(extra.as_map().clone()));
    }
    Json::Object(object)
}

/// The plain form of one of several answers.
pub fn variant(name: &str, value: Json) -> Json {
    Json::Object(Map::from_iter([(name.to_owned(), value)]))
}

/// Gives a model or union its form for `serde`: the plain one, the same in every language.
macro_rules! plain_data {
    ($name:ident, $service:expr, $ty:expr) => {
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::private::Value::plain(self).serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::private::read_model(deserializer, $service, $ty)
            }
        }
    };
}

/// An open set of words.
#[allow(unused_macros, reason = "a build without services has no words")]
macro_rules! words {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $($(#[$word_about:meta])* $variant:ident = $word:literal,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$word_about])* $variant,)*
            /// A word that this version does not know.
            Unknown(String),
        }

        impl $name {
            /// The word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Unknown(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                Self::from(word.as_str())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::private::Value for $name {
            fn read(reader: $crate::private::Reader<'_>, at: u32) -> Self {
                Self::from(reader.text(at))
            }

            fn plain(&self) -> $crate::private::Json {
                $crate::private::Json::from(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

pub(crate) use plain_data;
#[allow(unused_imports, reason = "a build without services has no words")]
pub(crate) use words;

/// Reads a model or union from its plain form.
pub fn read_model<'de, D: Deserializer<'de>, T: Value>(
    deserializer: D,
    service: Option<&'static Service>,
    ty: Type,
) -> Result<T, D::Error> {
    let service = service.ok_or_else(|| D::Error::custom("the service is not part of this build"))?;
    let plain = Json::deserialize(deserializer)?.to_string();
    let tape = border::from_plain(service, &ty, &plain).map_err(D::Error::custom)?;
    let reader = tape.reader();
    match reader.root() {
        0 => Err(D::Error::custom("expected an object, found null")),
        root => Ok(T::read(reader, root)),
    }
}

/// Stands for a value that is not shown.
#[derive(Clone, Copy)]
pub struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Whether two texts are the same, at compile time.
pub const fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}
