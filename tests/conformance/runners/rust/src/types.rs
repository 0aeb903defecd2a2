//! The types that a program meets beside a service's own, by the names that generated code gives them.

#![allow(unused_imports, reason = "not every service needs all of them")]

pub use std::collections::BTreeMap;

pub use fileferry::Decimal;
pub use fileferry::jiff::Timestamp;
pub use fileferry::jiff::civil::DateTime;
pub use serde_json::Value as Json;
