//! Settings of a service as the control address sees them: an object of which any part may be named.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The settings with what `wish` names taken over.
pub fn changed<T: Serialize + DeserializeOwned>(settings: &T, wish: Map<String, Value>) -> Result<T, String> {
    let mut all = shown(settings)?;
    if let Value::Object(members) = &mut all {
        members.extend(wish);
    }
    serde_json::from_value(all).map_err(|error| error.to_string())
}

pub fn shown<T: Serialize>(settings: &T) -> Result<Value, String> {
    serde_json::to_value(settings).map_err(|error| error.to_string())
}
