//! Looks for planted secrets in everything that a run prints or tells.

use serde_json::{Value, json};

use crate::case::{Case, Host};
use crate::observation::Reply;
use crate::player::WireRequest;

/// Members of a call, of client options or of an answer whose value must never be printed.
const SECRET_MEMBERS: [&str; 14] = [
    "access_token",
    "auth_token",
    "password",
    "captcha_response",
    "re_captcha_response",
    "answers",
    "signature",
    "session",
    "pass",
    "api_key",
    "client_secret",
    "code_verifier",
    "device_code",
    "refresh_token",
];

/// Those among them that belong to the service's own origin only.
const CREDENTIALS: [&str; 6] = ["access_token", "auth_token", "password", "pass", "api_key", "refresh_token"];

/// What signs a link; the link itself may be shown without it.
const SIGNING_QUERY: &str = "temp_url_sig=";

/// Shorter texts are found by chance.
const SHORTEST: usize = 4;

/// Every secret that a case plants.
pub fn of_case(case: &Case) -> Vec<String> {
    let mut found = case.secrets.clone();
    gather(case, &SECRET_MEMBERS, &mut found);
    for answer in &case.play {
        for value in answer.json.iter() {
            signatures(value, &mut found);
        }
    }
    found.retain(|secret| secret.len() >= SHORTEST);
    found.sort();
    found.dedup();
    found
}

/// The credentials that a case plants.
pub fn credentials_of_case(case: &Case) -> Vec<String> {
    let mut found = Vec::new();
    gather(case, &CREDENTIALS, &mut found);
    found.retain(|secret| secret.len() >= SHORTEST);
    found
}

/// Places of a reply that print a secret, with the secret.
///
/// The result itself is not searched: a program that signs in has to get its token.
pub fn shown(reply: &Reply, planted: &[String]) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let responses = json!(reply.responses);
    for (place, value) in
        [("the error", &reply.error), ("a printed form", &reply.debug), ("what on_response heard", &responses)]
    {
        let mut texts = Vec::new();
        all_texts(value, &mut texts);
        for secret in planted {
            if texts.iter().any(|text| text.contains(secret.as_str())) {
                found.push((place, secret.clone()));
            }
        }
    }
    found
}

/// What is wrong with the log of a runner: it shows a secret, or nothing at all, so that nobody could see one in it.
pub fn fault_of_log(text: &str, planted: &[String]) -> Option<String> {
    if text.trim().is_empty() {
        return Some("nothing was logged".to_owned());
    }
    let found: Vec<String> =
        in_text(text, planted).map(|(line, secret)| format!("line {line} shows {}", masked(secret))).collect();
    (!found.is_empty()).then(|| found.join("\n"))
}

/// Secrets that a text such as a log holds, each with its line.
pub fn in_text<'a>(text: &'a str, planted: &'a [String]) -> impl Iterator<Item = (usize, &'a str)> {
    text.lines().enumerate().flat_map(move |(index, line)| {
        planted
            .iter()
            .filter(move |secret| line.contains(secret.as_str()))
            .map(move |secret| (index + 1, secret.as_str()))
    })
}

/// Credentials that were sent to another origin than the service's.
pub fn sent_away(wire: &[WireRequest], credentials: &[String]) -> Vec<String> {
    let away = wire.iter().filter(|request| request.host == Host::Away);
    away.flat_map(|request| {
        let whole = format!("{request:?}");
        credentials
            .iter()
            .filter(move |secret| whole.contains(secret.as_str()))
            .map(|secret| format!("{} was sent to another origin, {}", masked(secret), request.path))
    })
    .collect()
}

/// Enough of a secret to know which one it is.
pub fn masked(secret: &str) -> String {
    let shown: String = secret.chars().take(3).collect();
    format!("{shown}… ({} letters)", secret.chars().count())
}

fn gather(case: &Case, names: &[&str], found: &mut Vec<String>) {
    for members in [&case.client, &case.call] {
        for (name, value) in members {
            if names.contains(&name.as_str()) {
                push_texts(value, found);
            }
        }
    }
    for answer in &case.play {
        if let Some(json) = &answer.json {
            walk(json, &mut |name, value| {
                if names.contains(&name) {
                    push_texts(value, found);
                }
            });
        }
    }
}

fn signatures(value: &Value, found: &mut Vec<String>) {
    let mut texts = Vec::new();
    all_texts(value, &mut texts);
    for text in texts {
        if let Some((_, rest)) = text.split_once(SIGNING_QUERY) {
            found.push(rest.split('&').next().unwrap_or(rest).to_owned());
        }
    }
}

fn walk<'a>(value: &'a Value, see: &mut dyn FnMut(&'a str, &'a Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                see(name, member);
                walk(member, see);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, see)),
        _ => {}
    }
}

fn push_texts(value: &Value, found: &mut Vec<String>) {
    let mut texts = Vec::new();
    all_texts(value, &mut texts);
    found.extend(texts.into_iter().map(str::to_owned));
}

fn all_texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| all_texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| all_texts(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::case::load_text;

    const CASE: &str = r#"
service: demo
cases:
  - name: a
    operation: auth.login
    client: {access_token: planted-token}
    call: {password: planted-password, captcha_response: AbCdEf}
    secrets: [planted-more]
    play:
      - {json: {auth_token: planted-session, url: "https://x.test/f?a=1&temp_url_sig=planted-signature&name=b"}}
    sees: {result: {}}
"#;

    fn reply(error: Value, debug: Value) -> Reply {
        serde_json::from_value(json!({"case": "a", "outcome": "error", "error": error, "debug": debug})).unwrap()
    }

    #[test]
    fn secrets_are_known_by_their_names_and_by_links() {
        let cases = load_text("demo.yaml", CASE).unwrap();
        let planted = of_case(&cases[0]);
        assert_eq!(
            planted,
            ["AbCdEf", "planted-more", "planted-password", "planted-session", "planted-signature", "planted-token"]
        );
        assert_eq!(credentials_of_case(&cases[0]).len(), 3);
    }

    #[test]
    fn a_deliberate_leak_is_found() {
        let planted = vec!["planted-token".to_owned()];
        let clean = reply(json!({"message": "not found"}), json!(["Keep2Share(access_token=***)"]));
        assert!(shown(&clean, &planted).is_empty());
        let in_cause = reply(json!({"causes": ["GET /?t=planted-token"]}), json!(null));
        assert_eq!(shown(&in_cause, &planted), [("the error", "planted-token".to_owned())]);
        let in_debug = reply(json!(null), json!("Client { token: planted-token }"));
        assert_eq!(shown(&in_debug, &planted), [("a printed form", "planted-token".to_owned())]);
        let log = "one\nsending planted-token now\n";
        assert_eq!(in_text(log, &planted).collect::<Vec<_>>(), [(2, "planted-token")]);
        assert!(!masked("planted-token").contains("planted-token"));
    }

    #[test]
    fn an_empty_log_is_a_fault_and_so_is_a_secret_in_one() {
        let planted = ["k2s-key-1".to_owned()];
        assert_eq!(fault_of_log("debug asked\n", &planted), None);
        assert_eq!(fault_of_log("\n", &planted).unwrap(), "nothing was logged");
        assert_eq!(fault_of_log("a\nkey k2s-key-1\n", &planted).unwrap(), "line 2 shows k2s… (9 letters)");
    }
}
