//! Errors that a test orders, in the words and shapes of what it orders them for.

use http::StatusCode;
use serde_json::Value;

use super::envelope::{Failure, Shape, status_code};
use super::{YetiShare, downloads, texts};
use crate::server::answer::Answer;
use crate::world::faults::Fault;

impl YetiShare {
    /// The error that a fault asks for: exactly its `message`, or the known text that begins with its `code`.
    pub(super) fn ordered_error(&self, operation: &str, fault: &Fault) -> Answer {
        if ["content", "storage"].contains(&operation) {
            return self.ordered_page(fault);
        }
        let mut text = fault.message.clone().unwrap_or_else(|| known_text(operation, fault.code.as_ref()));
        if text.ends_with(' ') {
            // These go on with the uploader's address.
            text.push_str(&self.uploader_address());
        }
        let mut failure = Failure::new(text);
        if let Some(shape) = fault.shape.as_deref().and_then(Shape::named) {
            failure = failure.shaped(shape);
        }
        if let Some(http_status) = fault.http_status {
            failure = failure.under(http_status);
        }
        self.envelop(Err(failure))
    }

    /// What the address of a file refuses with: a redirect to the error page, or a page under a status.
    fn ordered_page(&self, fault: &Fault) -> Answer {
        let sentence = fault.message.as_deref().unwrap_or(texts::NOT_LOCATED);
        match fault.http_status.map(status_code) {
            None => self.to_error_page(sentence),
            Some(StatusCode::TOO_MANY_REQUESTS) if fault.message.is_none() => downloads::too_many(),
            Some(status) => Answer::html(status, sentence),
        }
    }
}

/// The text that begins with a code, or the code itself where none does; without one, what is refused most often.
fn known_text(operation: &str, code: Option<&Value>) -> String {
    let Some(code) = code.and_then(Value::as_str) else {
        return if operation == "auth.authorize" { texts::WRONG_KEYS } else { texts::BAD_TOKEN }.to_owned();
    };
    texts::ALL.iter().find(|text| text.starts_with(code)).map_or_else(|| code.to_owned(), |text| (*text).to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_by_their_first_words() {
        assert_eq!(known_text("file.move", Some(&json!("Failed moving the fi"))), texts::FILE_NOT_MOVED);
        assert_eq!(known_text("file.move", Some(&json!("Something new"))), "Something new");
        assert_eq!(known_text("file.move", None), texts::BAD_TOKEN);
        assert_eq!(known_text("auth.authorize", None), texts::WRONG_KEYS);
    }

    #[test]
    fn no_text_is_known_twice() {
        let mut texts = texts::ALL.to_vec();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), texts::ALL.len());
    }
}
