//! Premiumize's current API.

mod auth;
mod cloud;
mod oauth;
mod odd;
mod strictness;
mod transfers;
mod uploads;

use serde_json::{Value, json};

use crate::client::{Emulator, Reply, Request, World, text};

pub const NAME: &str = "premiumize";

/// Names and values of parameters.
pub type Pairs<'a> = &'a [(&'a str, &'a str)];

pub fn form(pairs: Pairs<'_>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

pub fn address(world: &World, path: &str) -> String {
    format!("{}/{path}", world.base_url())
}

pub fn key(world: &World, kind: &str) -> String {
    text(&world.account(kind)["api_key"])
}

/// A POST without a credential.
pub fn post(address: &str, pairs: Pairs<'_>) -> Request {
    Request::new("POST", address).header("content-type", "application/x-www-form-urlencoded").body(form(pairs))
}

pub fn ask_as(world: &World, kind: &str, path: &str, pairs: Pairs<'_>) -> Reply {
    let bearer = format!("Bearer {}", key(world, kind));
    post(&address(world, path), pairs).header("authorization", &bearer).send()
}

/// A call of the premium account that succeeds.
pub fn good(world: &World, path: &str, pairs: Pairs<'_>) -> Value {
    let reply = ask_as(world, "premium", path, pairs);
    let body = reply.json();
    assert_eq!((reply.status, &body["status"]), (200, &json!("success")), "{path}: {body}");
    body
}

/// Code and message of a refusal.
pub fn refusal(reply: &Reply) -> (Value, Value) {
    let body = reply.json();
    assert_eq!((reply.status, &body["status"]), (200, &json!("error")), "{body}");
    (body["code"].clone(), body["message"].clone())
}

pub fn refused(world: &World, kind: &str, path: &str, pairs: Pairs<'_>) -> (Value, Value) {
    refusal(&ask_as(world, kind, path, pairs))
}

/// Puts items into the premium account and gives back the first id.
pub fn seed(world: &World, members: Value) -> String {
    let mut wish = json!({"service": NAME, "customer_id": world.account("premium")["customer_id"], "name": "seed.bin"});
    for (name, value) in members.as_object().expect("an object") {
        wish[name] = value.clone();
    }
    text(&world.order("files", wish)["ids"][0])
}

/// Puts a source where the service fetches from.
pub fn source(world: &World, members: Value) {
    let mut wish = members;
    wish["service"] = json!(NAME);
    world.order("files", wish);
}

pub fn world(emulator: &Emulator) -> World {
    emulator.new_world_of(NAME)
}

pub fn forget(world: &World) {
    Request::new("DELETE", &format!("{}/requests", world.control)).send();
}

/// Scheme, host and port.
pub fn origin(address: &str) -> String {
    address.split('/').take(3).collect::<Vec<_>>().join("/")
}
