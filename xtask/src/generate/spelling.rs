//! The names in texts, spelled as the language spells them.
//!
//! Descriptions are written once for all languages: a field or parameter stands there as the service spells it
//! (`captcha_challenge`), an operation likewise (`requestCaptcha`), a method of ours with underscores (`sign_in()`). Who
//! reads the documentation of one language looks for the name that it has there.

use super::model::{Api, Group, Operation, Param, ResultShape, Service};
use super::names::{camel, snake};

/// How a language spells names of methods, parameters and fields.
#[derive(Debug, Clone, Copy)]
pub struct Spelling {
    case: fn(&str) -> String,
    /// What an error calls the time after which a call may be repeated.
    retry_after: &'static str,
}

impl Spelling {
    /// `captcha_challenge`.
    pub const SNAKE: Self = Self { case: snake, retry_after: "retry_after" };
    /// `captchaChallenge`.
    pub const CAMEL: Self = Self { case: camel, retry_after: "retryAfter" };
    /// The same where times are numbers of milliseconds, and their names say so.
    pub const CAMEL_MS: Self = Self { case: camel, retry_after: "retryAfterMs" };

    /// The surface with all texts spelled like this.
    pub fn of(self, api: &Api) -> Api {
        let mut api = api.clone();
        for kind in &mut api.kinds {
            self.apply([&mut kind.about, &mut kind.advice]);
        }
        self.service(&mut api.shared);
        api.services.iter_mut().chain(&mut api.test_services).for_each(|service| self.service(service));
        api
    }

    fn service(self, service: &mut Service) {
        self.apply([&mut service.about]);
        self.apply(service.credentials.iter_mut().map(|credential| &mut credential.about));
        service.groups.iter_mut().for_each(|group| self.group(group));
        for model in &mut service.models {
            self.apply([&mut model.about]);
            self.apply(model.fields.iter_mut().map(|field| &mut field.about));
        }
        for words in &mut service.enums {
            self.apply([&mut words.about]);
            self.apply(words.values.iter_mut().map(|value| &mut value.about));
        }
        for union in &mut service.unions {
            self.apply([&mut union.about]);
            self.apply(union.variants.iter_mut().map(|variant| &mut variant.about));
        }
        self.params(&mut service.upload_params);
        self.params(&mut service.download_params);
    }

    fn group(self, group: &mut Group) {
        self.apply([&mut group.about]);
        group.operations.iter_mut().for_each(|operation| self.operation(operation));
    }

    fn operation(self, operation: &mut Operation) {
        self.apply([&mut operation.summary, &mut operation.about]);
        self.apply(operation.deprecated.iter_mut().chain(&mut operation.not_callable));
        self.params(&mut operation.params);
        match &mut operation.result {
            ResultShape::Value { about, .. } | ResultShape::Bytes { about } | ResultShape::Link { about } => {
                self.apply([about]);
            }
            ResultShape::None => {}
        }
    }

    fn params(self, params: &mut [Param]) {
        self.apply(params.iter_mut().map(|param| &mut param.about));
    }

    fn apply<'a>(self, texts: impl IntoIterator<Item = &'a mut String>) {
        for text in texts {
            *text = self.text(text);
        }
    }

    /// Only what stands between backticks and is more than one word is spelled anew.
    fn text(self, text: &str) -> String {
        let mut spans: Vec<String> = text.split('`').map(str::to_owned).collect();
        for span in spans.iter_mut().skip(1).step_by(2).filter(|span| is_name(span)) {
            *span = self.name(span);
        }
        spans.join("`")
    }

    fn name(self, span: &str) -> String {
        if span == "retry_after" {
            return self.retry_after.to_owned();
        }
        let (path, call) = span.strip_suffix("()").map_or((span, ""), |path| (path, "()"));
        path.split('.').map(self.case).collect::<Vec<_>>().join(".") + call
    }
}

/// Whether a text is a name: of words with letters, parted by points, perhaps called.
fn is_name(span: &str) -> bool {
    let path = span.strip_suffix("()").unwrap_or(span);
    path.split('.').all(|part| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    }) && path.contains(|c: char| c == '_' || c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "`sign_in()` wants `requestCaptcha`, `details.sub_errors` or `retry_after`; a_b";

    #[test]
    fn names_are_spelled_as_in_the_language() {
        for (spelling, expected) in [
            (Spelling::SNAKE, "`sign_in()` wants `request_captcha`, `details.sub_errors` or `retry_after`; a_b"),
            (Spelling::CAMEL, "`signIn()` wants `requestCaptcha`, `details.subErrors` or `retryAfter`; a_b"),
            (Spelling::CAMEL_MS, "`signIn()` wants `requestCaptcha`, `details.subErrors` or `retryAfterMs`; a_b"),
        ] {
            assert_eq!(spelling.text(TEXT), expected);
        }
    }

    #[test]
    fn what_is_no_name_of_several_words_stays() {
        for text in ["`-` or `_`", "`/`, `__`, `user-id_x`, `k2s` and `md5`", "`Test was successful!`", "`http://a_b`"]
        {
            for spelling in [Spelling::SNAKE, Spelling::CAMEL] {
                assert_eq!(spelling.text(text), text);
            }
        }
    }
}
