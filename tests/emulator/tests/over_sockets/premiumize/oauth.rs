//! Device codes, authorization codes with PKCE, and refreshes.

use serde_json::{Value, json};

use super::{Pairs, address, form, post, refusal, world};
use crate::client::{Emulator, Reply, Request, World, text};

/// The example of the standard.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client(world: &World) -> String {
    text(&world.service["oauth"]["client_id"])
}

fn token(world: &World, pairs: Pairs<'_>) -> Reply {
    let client = client(world);
    let pairs = [pairs, &[("client_id", client.as_str())]].concat();
    post(&text(&world.service["oauth"]["token_url"]), &pairs).send()
}

fn error(reply: &Reply) -> Value {
    assert_eq!(reply.status, 400);
    reply.json()["error"].clone()
}

fn device(world: &World) -> Value {
    let reply = token(world, &[("response_type", "device_code")]);
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

fn poll(world: &World, device: &Value) -> Reply {
    token(world, &[("grant_type", "device_code"), ("code", &text(&device["device_code"]))])
}

fn confirm(world: &World, mut members: Value) -> Value {
    members["service"] = json!("premiumize");
    world.order("confirm", members)
}

fn owner(world: &World, token: &str) -> Reply {
    Request::get(&address(world, "account/info")).header("authorization", &format!("Bearer {token}")).send()
}

#[test]
fn a_device_waits_and_is_allowed() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let device = device(&world);
    assert_eq!((&device["expires_in"], &device["interval"]), (&json!(600), &json!(5)));
    let user_code = text(&device["user_code"]);
    assert_eq!((user_code.len(), user_code.find('-')), (9, Some(4)));
    assert_eq!(Request::get(&text(&device["verification_uri"])).send().status, 200);
    assert_eq!(error(&poll(&world, &device)), json!("authorization_pending"));
    assert_eq!(error(&poll(&world, &device)), json!("slow_down"));
    world.advance(5);
    assert_eq!(error(&poll(&world, &device)), json!("authorization_pending"));
    let free = world.account("free")["customer_id"].clone();
    confirm(&world, json!({"user_code": user_code, "customer_id": free}));
    world.advance(5);
    let given = poll(&world, &device);
    let body = given.json();
    assert_eq!((given.status, &body["token_type"], &body["scope"]), (200, &json!("bearer"), &json!("full")));
    assert!(body["expires_in"].is_u64() && body.get("refresh_token").is_none(), "{body}");
    let access = text(&body["access_token"]);
    assert_eq!(owner(&world, &access).json()["customer_id"], free);
    world.advance(5);
    assert_eq!(error(&poll(&world, &device)), json!("invalid_grant"), "a code is good once");
    world.order("expire", json!({"what": "tokens"}));
    assert_eq!(refusal(&owner(&world, &access)).0, json!("authentication_failed"));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn a_device_is_refused_or_lapses() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let refused = device(&world);
    confirm(&world, json!({"user_code": refused["user_code"], "deny": true}));
    assert_eq!(error(&poll(&world, &refused)), json!("access_denied"));
    let late = device(&world);
    world.advance(600);
    assert_eq!(error(&poll(&world, &late)), json!("invalid_grant"));
    let ended = device(&world);
    world.order("expire", json!({"what": "tickets"}));
    assert_eq!(error(&poll(&world, &ended)), json!("invalid_grant"));
    world.set(json!({"consent": "allow", "device_interval_s": 0, "consent_polls": 2}));
    world.odd("device_refresh_token");
    let device = device(&world);
    assert_eq!(error(&poll(&world, &device)), json!("authorization_pending"));
    assert_eq!(error(&poll(&world, &device)), json!("authorization_pending"));
    assert!(poll(&world, &device).json()["refresh_token"].is_string());
    world.fault("token", "error", json!({"code": "slow_down"}));
    assert_eq!(error(&poll(&world, &device)), json!("slow_down"));
    assert_eq!(world.violations(), [""; 0]);
}

fn authorize(world: &World, pairs: Pairs<'_>) -> Reply {
    let client = client(world);
    let pairs = [pairs, &[("client_id", client.as_str())]].concat();
    Request::get(&format!("{}?{}", text(&world.service["oauth"]["authorize_url"]), form(&pairs))).send()
}

const ASKED: Pairs<'static> = &[
    ("response_type", "code"),
    ("redirect_uri", "http://127.0.0.1:9/back?x=1"),
    ("state", "a b"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

/// The parameters of a redirect.
fn told(location: &str) -> Vec<(String, String)> {
    url::Url::parse(location).expect("an address").query_pairs().into_owned().collect()
}

#[test]
fn a_code_with_its_proof() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    world.set(json!({"consent": "allow"}));
    let redirect = authorize(&world, ASKED);
    assert_eq!(redirect.status, 302);
    let given = told(redirect.header("location").expect("a location"));
    assert_eq!((given[0].0.as_str(), &given[2]), ("x", &("state".to_owned(), "a b".to_owned())));
    let code = &given[1].1;
    let exchange = |verifier: &str, code: &str| {
        let back = ("redirect_uri", "http://127.0.0.1:9/back?x=1");
        token(&world, &[("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier), back])
    };
    let body = exchange(VERIFIER, code).json();
    let (access, refresh) = (text(&body["access_token"]), text(&body["refresh_token"]));
    assert_eq!(owner(&world, &access).json()["customer_id"], world.account("premium")["customer_id"]);
    assert_eq!(error(&exchange(VERIFIER, code)), json!("invalid_grant"), "a code is good once");
    let renew = |refresh: &str| token(&world, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
    let renewed = renew(&refresh).json();
    assert!(renewed["access_token"] != body["access_token"] && renewed.get("refresh_token").is_none(), "{renewed}");
    world.odd("refresh_token_rotates");
    let next = text(&renew(&refresh).json()["refresh_token"]);
    assert_eq!(error(&renew(&refresh)), json!("invalid_grant"));
    assert_eq!(renew(&next).status, 200);
    assert_eq!(world.violations(), [""; 0]);
    let other = told(authorize(&world, ASKED).header("location").expect("a location"))[1].1.clone();
    assert_eq!(error(&exchange(&VERIFIER.replace('d', "e"), &other)), json!("invalid_grant"));
    assert_eq!(world.violations(), ["the code_verifier does not fit the code_challenge"]);
}

#[test]
fn tokens_that_tell_less() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    world.set(json!({"consent": "allow", "consent_polls": 0}));
    world.odd("expires_in_missing");
    let members = |answer: Value| answer.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(poll(&world, &device(&world)).json()), ["access_token", "token_type"]);
    let location = |pairs: Pairs<'_>| authorize(&world, pairs).header("location").expect("a location").to_owned();
    let implicit = location(&[("response_type", "token"), ("redirect_uri", "http://127.0.0.1:9/")]);
    assert!(implicit.ends_with("&token_type=bearer"), "{implicit}");
    world.odd("refresh_token_missing");
    let code = told(&location(ASKED))[1].1.clone();
    let back = ("redirect_uri", "http://127.0.0.1:9/back?x=1");
    let pairs = [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER), back];
    assert_eq!(members(token(&world, &pairs).json()), ["access_token", "token_type"]);
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn a_person_decides_on_the_page() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let shown = |reply: Reply| {
        assert_eq!(reply.status, 200);
        let page = reply.text();
        let title = page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title");
        title.rsplit(' ').next().expect("a code").to_owned()
    };
    let code = shown(authorize(&world, ASKED));
    let refused = text(&confirm(&world, json!({"user_code": code, "deny": true}))["location"]);
    assert_eq!(told(&refused)[1], ("error".to_owned(), "access_denied".to_owned()));
    let code = shown(authorize(&world, &[("response_type", "code")]));
    let given = confirm(&world, json!({"user_code": code}));
    let secret = text(&world.service["oauth"]["client_secret"]);
    let pairs = [("grant_type", "authorization_code"), ("code", &text(&given["code"])), ("client_secret", &secret)];
    assert_eq!(token(&world, &pairs).status, 200);
    let code = shown(authorize(&world, &[("response_type", "token"), ("redirect_uri", "http://127.0.0.1:9/")]));
    let location = text(&confirm(&world, json!({"user_code": code}))["location"]);
    assert!(location.contains("/#access_token="), "{location}");
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn what_is_no_request_for_a_token() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let url = text(&world.service["oauth"]["token_url"]);
    assert_eq!(
        error(&post(&url, &[("client_id", "1"), ("response_type", "device_code")]).send()),
        json!("invalid_client")
    );
    assert_eq!(error(&token(&world, &[("grant_type", "password")])), json!("unsupported_grant_type"));
    assert_eq!(error(&token(&world, &[])), json!("invalid_request"));
    assert_eq!(Request::get(&url).send().status, 405);
    assert_eq!(error(&token(&world, &[("grant_type", "device_code"), ("code", "x")])), json!("invalid_grant"));
    assert_eq!(
        error(&token(&world, &[("grant_type", "device_code"), ("code", "x"), ("device_code", "x")])),
        json!("invalid_grant")
    );
    let noted = [
        "this grant_type is not served",
        "a request for a token has response_type=device_code or a grant_type",
        "a token is asked for with POST",
        "unknown parameter \"device_code\"",
    ];
    assert_eq!(world.violations(), noted);
    assert_eq!(authorize(&world, &[("response_type", "other")]).status, 400);
    let plain = [("response_type", "code"), ("code_challenge", CHALLENGE), ("code_challenge_method", "plain")];
    assert_eq!(authorize(&world, &plain).status, 400);
}
