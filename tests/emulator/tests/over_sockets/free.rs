//! Free downloads: one at a time, from one place, with pauses; and the reasons of refusals.

use std::io::Read;

use serde_json::{Value, json};

use crate::client::{Emulator, Reply, Request, World, text};

/// A download as a guest or with a key, with further parameters.
fn get_url(world: &World, key: Option<&str>, id: &str, extra: &Value) -> Reply {
    let mut body = json!({"file_id": id});
    body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
    if let Some(key) = key {
        body["access_token"] = json!(key);
    }
    world.call("getUrl", body)
}

/// A ticket whose wait is over.
fn ticket(world: &World, key: Option<&str>, id: &str) -> Value {
    let accepted = get_url(world, key, id, &world.solved_captcha());
    world.advance(31);
    json!({"free_download_key": accepted.json()["free_download_key"]})
}

fn reason(reply: &Reply) -> (Value, Value) {
    assert_eq!(reply.status, 406, "{}", reply.text());
    (reply.json()["errorCode"].clone(), reply.json()["errors"][0]["code"].clone())
}

#[test]
fn one_download_at_a_time() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let (first, second) = (world.seed(json!({"size": 2_000_000})), world.seed(json!({"size": 10})));
    let (one, two) = (ticket(&world, None, &first), ticket(&world, None, &second));
    let url = text(&get_url(&world, None, &first, &one).json()["url"]);
    let early = text(&get_url(&world, None, &second, &two).json()["url"]);
    world.fault("download", "hold", json!({"at_byte": 1000}));
    let mut running = Request::get(&url).open();
    world.ask("requests?wait_for=held");
    assert_eq!(reason(&get_url(&world, None, &second, &two)), (json!(42), json!(6)));
    assert_eq!(reason(&get_url(&world, None, &second, &json!({}))), (json!(42), json!(6)));
    assert_eq!(Request::get(&early).send().status, 429, "the storage host keeps to it too");
    assert_eq!(get_url(&world, None, &first, &one).status, 200, "a link to the same file is renewed meanwhile");
    let other = ticket(&world, Some(&world.new_key("free", json!({}))), &second);
    assert!(other["free_download_key"].is_string(), "another account is another user");
    world.order("release", json!({}));
    let mut rest = Vec::new();
    running.read_to_end(&mut rest).expect("the rest comes");
    assert_eq!(get_url(&world, None, &second, &two).status, 200);
    assert_eq!(Request::get(&early).send().status, 200);
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn a_pause_after_each_download() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.set(json!({"free_pause_s": 600}));
    let file = world.seed(json!({"size": 10}));
    let good = ticket(&world, None, &file);
    let url = text(&get_url(&world, None, &file, &good).json()["url"]);
    assert_eq!(get_url(&world, None, &file, &json!({})).refusal(), (406, json!(30)));
    assert_eq!(Request::get(&url).send().body.len(), 10);
    world.advance(100);
    let refused = get_url(&world, None, &file, &json!({}));
    assert_eq!(reason(&refused), (json!(42), json!(5)));
    let left: f64 = text(&refused.json()["errors"][0]["timeRemaining"]).parse().expect("a number");
    assert!((490.0..=500.0).contains(&left), "{left}");
    assert_eq!(get_url(&world, None, &file, &good).status, 200, "the ticket renews its link all the same");
    world.advance(500);
    assert_eq!(get_url(&world, None, &file, &json!({})).refusal(), (406, json!(30)));
}

#[test]
fn tickets_links_and_sessions_are_bound() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let (file, other) = (world.seed(json!({"size": 10})), world.seed(json!({"size": 10})));
    let session = world.login("premium");
    let good = ticket(&world, None, &file);
    let url = text(&get_url(&world, None, &file, &good).json()["url"]);
    assert!(url.contains("&ip=127.0.0.1&"));
    assert_eq!(get_url(&world, None, &other, &good).refusal(), (406, json!(40)), "a ticket is for one file");
    let account = world.new_key("free", json!({}));
    assert_eq!(get_url(&world, Some(&account), &file, &good).refusal(), (406, json!(40)), "and for one account");
    world.set(json!({"client_address": "192.0.2.7"}));
    assert_eq!(get_url(&world, None, &file, &good).refusal(), (406, json!(30)), "and for one address");
    assert_eq!(Request::get(&url).send().status, 403);
    assert_eq!(world.call("accountInfo", json!({"auth_token": session})).refusal(), (403, json!(75)));
    assert_eq!(world.call_as("premium", "accountInfo", json!({})).status, 200, "keys are not bound");
    world.set(json!({"client_address": "127.0.0.1"}));
    assert_eq!(Request::get(&url).send().status, 200);
    world.order("expire", json!({"what": "tickets"}));
    assert_eq!(get_url(&world, None, &file, &good).refusal(), (406, json!(40)));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn a_lapsed_link_is_renewed_by_its_ticket() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let file = world.seed(json!({"size": 10}));
    let good = ticket(&world, None, &file);
    let url = text(&get_url(&world, None, &file, &good).json()["url"]);
    world.order("expire", json!({"what": "links"}));
    assert_eq!(Request::get(&url).send().status, 401);
    let renewed = text(&get_url(&world, None, &file, &good).json()["url"]);
    assert_eq!(Request::get(&renewed).send().status, 200);
}

#[test]
fn every_reason_can_be_met() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let small = world.seed(json!({"size": 5}));
    let counted = world.new_key("premium", json!({"downloads_limit": 1}));
    assert_eq!(get_url(&world, Some(&counted), &small, &json!({})).status, 200);
    assert_eq!(get_url(&world, Some(&counted), &small, &json!({})).status, 200, "the same file does not count again");
    let next = world.seed(json!({"size": 6}));
    assert_eq!(reason(&get_url(&world, Some(&counted), &next, &json!({}))), (json!(21), json!(1)));
    let poor = world.new_key("premium", json!({"available_traffic": 4}));
    assert_eq!(reason(&get_url(&world, Some(&poor), &small, &json!({}))), (json!(21), json!(2)));
    world.set(json!({"free_size": 5}));
    assert_eq!(reason(&get_url(&world, None, &next, &json!({}))), (json!(21), json!(3)));
    assert_eq!(get_url(&world, None, &small, &json!({})).refusal(), (406, json!(30)));
    let closed = world.seed(json!({"only_for": "nobody"}));
    assert_eq!(reason(&get_url(&world, None, &closed, &json!({}))), (json!(21), json!(4)));
    assert!(!world.link(&closed).is_empty(), "its owner may");
}

#[test]
fn store_subscribers_have_what_others_have_not() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let username = world.account("partner")["username"].clone();
    let file = world.seed(json!({"username": username, "only_for": "store_subscribers", "size": 10}));
    let get_url = || world.call_as("premium", "getUrl", json!({"file_id": file}));
    assert_eq!(reason(&get_url()), (json!(21), json!(9)));
    let wish = json!({"service": "keep2share", "username": username, "domain": "partner.example",
                      "email": world.account("premium")["username"]});
    world.order("subscriptions", wish);
    assert_eq!(get_url().status, 200);
    world.advance(40 * 24 * 60 * 60);
    assert_eq!(reason(&get_url()), (json!(21), json!(9)), "the subscription has ended");
}
