use std::fmt;

use serde_json::{Map, Value};

/// What an answer held beside the described fields: members that this version does not know, and fields whose value could
/// not be read, as they came.
#[derive(Clone, Default, PartialEq)]
pub struct Extra(Map<String, Value>);

impl Extra {
    /// The value of this member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All members, in the order of the answer.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// As a JSON object.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(crate) fn from_tree(tree: Value) -> Self {
        match tree {
            Value::Object(members) => Self(members),
            _ => Self::default(),
        }
    }
}

impl fmt::Debug for Extra {
    /// The names alone: nobody knows which of the values are secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
