//! A success that gives back no more than what it was asked with is none.

use serde_json::{Map, Value};

use crate::border::{Error, Kind};
use crate::decode;
use crate::tables::Operation;
use crate::wire::Answered;

/// The operation that turns links into direct ones.
const OPEN_LINK: &str = "transfer.directdl";

/// Refuses an answer with the link that was asked about: of a hoster that it does not know the service calls that a
/// success.
pub(super) fn check(operation: &Operation, arguments: &Map<String, Value>, answered: &Answered) -> Result<(), Error> {
    if operation.id != OPEN_LINK {
        return Ok(());
    }
    let Some(asked) = arguments.get("src").and_then(Value::as_str) else {
        return Ok(());
    };
    // What cannot be read has been refused before.
    let answer = decode::json::value(&answered.body).unwrap_or_default();
    if !is_echo(asked, &answer) {
        return Ok(());
    }
    let message = "the service has no direct link: it only gives back the link that it was asked about";
    Err(Error::new(Kind::NotSupported, message).named("link_echoed"))
}

/// Whether all that an answer holds is the link itself, of a size that nobody knows.
fn is_echo(asked: &str, answer: &Value) -> bool {
    let files = answer["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_asked = |file: &Value| file["size"].is_null() && file["link"].as_str().map(str::trim) == Some(asked.trim());
    !files.is_empty() && files.iter().all(is_asked)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_link_itself_is_an_echo() {
        const ASKED: &str = "https://hoster.example/a";
        let file = |size: Value, link: &str| json!({"path": "a", "size": size, "link": link});
        for (files, echo) in [
            (json!([file(Value::Null, ASKED)]), true),
            (json!([{"link": ASKED}]), true),
            // A link that the service knows the size of is one that it can open.
            (json!([file(json!(7), ASKED)]), false),
            (json!([file(Value::Null, "https://n1.energycdn.example/dl/a")]), false),
            (json!([file(Value::Null, ASKED), file(json!(7), "https://n1.energycdn.example/dl/b")]), false),
            (json!([]), false),
            (Value::Null, false),
        ] {
            assert_eq!(is_echo(ASKED, &json!({"content": files})), echo, "{files}");
        }
    }
}
