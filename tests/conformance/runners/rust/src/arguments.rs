//! From the values of a case to what a program in Rust would write.

use serde_json::{Map, Value};

use crate::run::Outcome;
use crate::types::{BTreeMap, DateTime, Decimal, Json, Timestamp};

/// A value that a case can give.
pub trait Argument: Sized {
    /// The value, if it can be written in Rust.
    fn of(value: &Value) -> Option<Self>;
}

/// The arguments of a call, taken one by one.
pub struct Arguments(Map<String, Value>);

impl Arguments {
    pub fn new(given: Map<String, Value>) -> Self {
        Self(given)
    }

    /// An argument that a program cannot leave out.
    pub fn required<T: Argument>(&mut self, name: &str) -> Result<T, Outcome> {
        self.optional(name)?.ok_or_else(|| Outcome::Unable(format!("Rust cannot leave {name} out")))
    }

    /// An argument that may be left out.
    pub fn optional<T: Argument>(&mut self, name: &str) -> Result<Option<T>, Outcome> {
        self.take(name)
            .map(|value| T::of(&value).ok_or_else(|| Outcome::Unable(format!("Rust cannot say {name}: {value}"))))
            .transpose()
    }

    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// Refuses what nobody took: a program that says it does not compile.
    pub fn none_left(&self) -> Result<(), Outcome> {
        match self.0.keys().next() {
            Some(name) => Err(Outcome::Unable(format!("Rust has no argument {name}"))),
            None => Ok(()),
        }
    }
}

impl Argument for bool {
    fn of(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Argument for i64 {
    fn of(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}

impl Argument for usize {
    fn of(value: &Value) -> Option<Self> {
        value.as_u64().and_then(|number| Self::try_from(number).ok())
    }
}

impl Argument for f64 {
    fn of(value: &Value) -> Option<Self> {
        value.as_f64()
    }
}

impl Argument for String {
    fn of(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Argument for Decimal {
    fn of(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl Argument for Timestamp {
    fn of(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl Argument for DateTime {
    fn of(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl Argument for Json {
    fn of(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl<T: Argument> Argument for Option<T> {
    fn of(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::of(value).map(Some) }
    }
}

impl<T: Argument> Argument for Vec<T> {
    fn of(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::of).collect()
    }
}

impl<T: Argument> Argument for BTreeMap<String, T> {
    fn of(value: &Value) -> Option<Self> {
        value.as_object()?.iter().map(|(key, value)| Some((key.clone(), T::of(value)?))).collect()
    }
}

impl<A: Argument, B: Argument> Argument for (A, B) {
    fn of(value: &Value) -> Option<Self> {
        match value.as_array()?.as_slice() {
            [a, b] => Some((A::of(a)?, B::of(b)?)),
            _ => None,
        }
    }
}

/// Models, words and one-of-several have a plain form, in which cases give them.
#[macro_export]
macro_rules! plain_argument {
    ($name:ty) => {
        impl $crate::arguments::Argument for $name {
            fn of(value: &serde_json::Value) -> Option<Self> {
                serde_json::from_value(value.clone()).ok()
            }
        }
    };
}
