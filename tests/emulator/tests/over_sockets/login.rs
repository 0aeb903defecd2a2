//! Signing in by kind of account, sessions, and the clock.

use serde_json::{Value, json};

use crate::client::{Emulator, World, text};

fn try_login(world: &World, kind: &str, extra: Value) -> crate::client::Reply {
    let account = world.account(kind);
    let mut body = json!({"username": account["username"], "password": account["password"]});
    for (name, value) in extra.as_object().expect("an object") {
        body[name] = value.clone();
    }
    world.call("login", body)
}

#[test]
fn a_session_opens_the_account() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let reply = try_login(&world, "premium", json!({"captcha_challenge": null, "re_captcha_response": null}));
    assert_eq!((reply.status, &reply.json()["status"], &reply.json()["code"]), (200, &json!("success"), &json!(200)));
    let token = text(&reply.json()["auth_token"]);
    assert_eq!(token.len(), 26);
    let info = world.call("ACCOUNTINFO", json!({"auth_token": token})).json();
    assert!(info["available_traffic"].is_u64() && info["account_expires"].is_i64(), "{info}");
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn kinds_of_accounts() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let info = |kind| world.call_as(kind, "accountInfo", json!({}));
    let now = world.ask("clock")["now"].as_i64().expect("seconds");
    assert_eq!(info("free").json()["account_expires"], json!(false));
    assert!(info("partner").json()["account_expires"].as_i64() > Some(now));
    assert!(info("expired").json()["account_expires"].as_i64() < Some(now));
    assert_eq!(info("blocked").refusal(), (403, json!(72)));
    assert_eq!(info("ip_bound").refusal(), (403, json!(75)));
    assert_eq!(info("restricted_ip").json()["extended"]["errorCode"], json!(53));
    assert_eq!(try_login(&world, "blocked", json!({})).refusal(), (403, json!(72)));
    assert_eq!(try_login(&world, "restricted_ip", json!({})).refusal(), (403, json!(73)));
    assert_eq!(try_login(&world, "captcha", json!({})).refusal(), (406, json!(30)));
    assert_eq!(try_login(&world, "recaptcha", json!({})).refusal(), (406, json!(33)));
}

#[test]
fn wrong_passwords_lock_the_account_for_a_while() {
    let emulator = Emulator::start();
    let world = emulator.world();
    for _ in 0..5 {
        assert_eq!(try_login(&world, "free", json!({"password": "wrong"})).refusal(), (406, json!(70)));
    }
    assert_eq!(try_login(&world, "free", json!({})).refusal(), (403, json!(71)));
    world.odd("login_71_as_406");
    assert_eq!(try_login(&world, "free", json!({})).refusal(), (406, json!(71)));
    world.order("clock", json!({"advance_s": 30 * 60}));
    assert_eq!(try_login(&world, "free", json!({})).status, 200);
}

#[test]
fn tokens_end_by_order_and_by_time_and_keys_do_not() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let info = |token: &str| world.call("accountInfo", json!({"auth_token": token})).status;
    let token = world.login("premium");
    assert_eq!(info(&token), 200);
    world.order("expire", json!({"what": "tokens"}));
    assert_eq!(world.call("accountInfo", json!({"auth_token": token})).refusal(), (403, json!(10)));
    let token = world.login("premium");
    world.order("clock", json!({"advance_s": 3500}));
    assert_eq!(info(&token), 200);
    world.order("clock", json!({"advance_s": 100}));
    assert_eq!(info(&token), 403);
    assert_eq!(world.call_as("premium", "accountInfo", json!({})).status, 200);
    assert_eq!(world.call("accountInfo", json!({})).refusal(), (403, json!(10)));
}

#[test]
fn accounts_are_made_to_order() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let order = json!({"service": "keep2share", "kind": "premium", "available_traffic": 7});
    let made = world.order("accounts", order);
    let info = world.call("accountInfo", json!({"access_token": made["access_token"]})).json();
    assert_eq!(info["available_traffic"], json!(7));
    assert_ne!(made["username"], world.account("premium")["username"]);
}

#[test]
fn test_tells_a_good_token_from_a_bad_one_and_answers_guests() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let fine = json!("Test was successful!");
    assert_eq!(world.call("test", json!({})).json()["message"], fine);
    assert_eq!(world.call_as("premium", "test", json!({})).json()["message"], fine);
    let refused = world.call("test", json!({"auth_token": "bad"}));
    assert_eq!(refused.refusal(), (403, json!(null)));
    assert_eq!(refused.json()["message"], json!("Authorization session was expired"));
}
