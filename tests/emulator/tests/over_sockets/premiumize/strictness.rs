//! What no document allows is noted, and what a test orders is answered.

use serde_json::{Value, json};

use super::{address, ask_as, forget, good, key, post, refusal, refused, seed, world};
use crate::client::{Emulator, Request, World};

fn noted(world: &World, request: Request) -> (u16, Vec<String>) {
    forget(world);
    let bearer = format!("Bearer {}", key(world, "premium"));
    let reply = request.header("authorization", &bearer).send();
    (reply.status, world.violations())
}

#[test]
fn parameters() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let at = |path: &str| address(&world, path);
    let told = |complaint: &str| (200, vec![complaint.to_owned()]);
    assert_eq!(noted(&world, post(&at("folder/list"), &[("parent", "x")])), told("unknown parameter \"parent\""));
    assert_eq!(noted(&world, post(&at("folder/list"), &[("id[]", "0")])), told("unknown parameter \"id[]\""));
    let twice = noted(&world, post(&at("folder/list"), &[("id", "0"), ("id", "0")]));
    assert_eq!(twice, told("parameter \"id\" is there more than once"));
    let flag = noted(&world, post(&at("folder/list"), &[("includebreadcrumbs", "yes")]));
    assert_eq!(flag, told("parameter \"includebreadcrumbs\" must be true or false"));
    assert_eq!(noted(&world, post(&at("item/details"), &[])), told("parameter \"id\" is missing"));
    let json = Request::post(&at("folder/list"), &json!({"id": "0"}));
    assert_eq!(noted(&world, json), told("a body of the type \"application/json\" is not read"));
    let body = Request::get(&at("folder/list")).body("id=0");
    assert_eq!(noted(&world, body), told("the body of a GET is not read"));
    let put = Request::new("PUT", &at("folder/list"));
    assert_eq!(noted(&world, put), told("folder/list is called with GET or POST"));
    let nothing = (404, vec!["nothing answers GET /api/folder/other".to_owned()]);
    assert_eq!(noted(&world, Request::get(&at("folder/other"))), nothing);
    let long = Request::get(&format!("{}?q={}", at("folder/search"), "x".repeat(9000)));
    assert_eq!(noted(&world, long).0, 414);
    assert_eq!(refused(&world, "premium", "item/details", &[]).0, json!("invalid_request"));
    assert_eq!(refused(&world, "premium", "folder/search", &[("q", "")]).0, json!("invalid_request"));
}

#[test]
fn get_and_post_do_the_same() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let id = seed(&world, json!({"name": "a.bin"}));
    let request = Request::get(&format!("{}?id={id}", address(&world, "item/delete")));
    assert_eq!(noted(&world, request), (200, vec![]));
    assert_eq!(good(&world, "item/listall", &[])["files"], json!([]));
}

#[test]
fn every_code_can_be_ordered() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let ask = || ask_as(&world, "premium", "folder/list", &[]);
    for code in [
        "link_generation_failed",
        "transient_error",
        "service_down",
        "service_limit_reached",
        "account_limit_reached",
        "rate_limit_reached",
        "semi_permanent_error",
        "service_unsupported",
        "not_found",
        "authentication_failed",
        "permission_denied",
        "invalid_request",
        "permanent_error",
    ] {
        world.fault("folder/list", "error", json!({"code": code}));
        let (told, message) = refusal(&ask());
        assert_eq!((told, message.is_string()), (json!(code), true));
    }
    world.fault("folder/list", "error", json!({"code": "unknown_error"}));
    let reply = ask();
    assert_eq!((reply.status, &reply.json()["code"]), (500, &json!("unknown_error")));
    world.fault("folder/list", "error", json!({"message": "no code", "extra": {"x": 1}}));
    assert_eq!(ask().json(), json!({"status": "error", "message": "no code", "x": 1}));
    world.odd("codes_missing");
    world.fault("folder/list", "error", json!({"code": "not_found"}));
    assert_eq!(refusal(&ask()), (Value::Null, json!("item not found")));
    world.fault("download", "error", json!({"http_status": 410}));
    world.fault("folder/list", "html", json!({"status": 404}));
    assert_eq!(ask().status, 404);
}
