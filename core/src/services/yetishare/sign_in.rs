//! Two keys, or user name and password, for a token and the number of its account. Which of them a site wants it does not
//! tell: it refuses the others as if they had been left out.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::clean::cleaned;
use crate::border::{Error, Kind};
use crate::verbs::At;
use crate::wire::Tokens;

const KEYS: [&str; 2] = ["key1", "key2"];
const LOGIN: [&str; 2] = ["username", "password"];
const KEY_LENGTH: usize = 64;

pub(super) fn check(credentials: &BTreeMap<&'static str, SecretString>) -> Result<(), Error> {
    let has = |name: &str| credentials.contains_key(name);
    if KEYS.iter().any(|name| has(name)) && LOGIN.iter().any(|name| has(name)) {
        return Err(Error::invalid_argument("give either key1 and key2 or username and password"));
    }
    for [one, other] in [KEYS, LOGIN] {
        if has(one) != has(other) {
            return Err(Error::invalid_argument(format!("{one} and {other} belong together")));
        }
    }
    for name in LOGIN {
        // Another one than was given would be tried, and refusals are counted.
        if credentials.get(name).is_some_and(|given| cleaned(given.expose_secret()) != given.expose_secret()) {
            let message = format!("sites take blanks at the ends and what looks like a tag (`<`) out of {name}");
            return Err(Error::invalid_argument(format!("{message}: give it as they keep it")).named("changed_by_site"));
        }
    }
    for name in KEYS {
        let is_key = |key: &str| key.len() == KEY_LENGTH && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if credentials.get(name).is_some_and(|key| !is_key(key.expose_secret())) {
            return Err(Error::invalid_argument(format!(
                "{name} is not a key: it has {KEY_LENGTH} letters and digits"
            )));
        }
    }
    Ok(())
}

pub(super) fn is_possible(has: impl Fn(&str) -> bool) -> bool {
    [KEYS, LOGIN].iter().any(|pair| pair.iter().all(|name| has(name)))
}

pub(super) async fn sign_in(at: At<'_>) -> Result<Tokens, Error> {
    let credential = |name: &str| at.engine.signed_in.credential(name).map(ExposeSecret::expose_secret);
    let given = if credential(KEYS[0]).is_some() { KEYS } else { LOGIN };
    let mut arguments = Map::new();
    for name in given {
        let value = credential(name).ok_or_else(|| {
            let message = "signing in needs key1 and key2, or username and password";
            Error::new(Kind::AuthenticationRequired, message).named("no_credentials")
        })?;
        arguments.insert(name.into(), value.into());
    }
    let answer = at.ask("auth.authorize", Value::Object(arguments)).await.map_err(|error| explained(error, given))?;
    let member = |name: &str| {
        let missing = || Error::new(Kind::InvalidAnswer, format!("the answer to the sign-in holds no {name}"));
        answer[name].as_str().map(str::to_owned).ok_or_else(missing)
    };
    Ok(Tokens::new([("access_token", member("access_token")?), ("account_id", member("account_id")?)]))
}

/// A site that wants the other way to sign in says that something is missing which nobody asked the caller for.
fn explained(mut error: Error, given: [&str; 2]) -> Error {
    let wanted = if given == KEYS { LOGIN } else { KEYS };
    let record = error.record_mut();
    let says = if wanted == KEYS { "keys_wanted" } else { "login_wanted" };
    if record.name.as_deref() == Some(says) {
        let [(one, other), (instead, of)] = [wanted, given].map(|[one, other]| (one, other));
        record.message =
            format!("this site signs in by {one} and {other}, not by {instead} and {of}: {}", record.message);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(given: &[(&'static str, String)]) -> Option<String> {
        let credentials = given.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        check(&credentials).err().map(|error| error.record().message.clone())
    }

    #[test]
    fn credentials_are_of_one_way() {
        let (key, short, odd) = ("k".repeat(64), "k".repeat(63), format!("{}-", "k".repeat(63)));
        let text = |text: &str| text.to_owned();
        assert_eq!(refusal(&[("key1", key.clone()), ("key2", key.clone())]), None);
        assert_eq!(refusal(&[("username", text("u")), ("password", text("p"))]), None);
        for (given, says) in [
            (vec![("key1", key.clone())], "belong together"),
            (vec![("password", text("p"))], "belong together"),
            (vec![("key1", key.clone()), ("key2", key.clone()), ("username", text("u"))], "either"),
            (vec![("username", text("u")), ("password", text("a<b>c"))], "out of password"),
            (vec![("username", text("u ")), ("password", text("p"))], "out of username"),
            (vec![("key1", short), ("key2", key.clone())], "key1 is not a key"),
            (vec![("key1", key.clone()), ("key2", odd)], "key2 is not a key"),
        ] {
            assert!(refusal(&given).is_some_and(|message| message.contains(says)), "{says}");
        }
    }

    #[test]
    fn the_other_way_is_told() {
        for (given, name, told) in [
            (LOGIN, "keys_wanted", true),
            (KEYS, "login_wanted", true),
            (KEYS, "credentials_refused", false),
            (LOGIN, "login_wanted", false),
        ] {
            let error = explained(Error::invalid_argument("Please provide it.").named(name), given);
            assert_eq!(error.record().message.starts_with("this site signs in by"), told, "{name}");
        }
    }
}
