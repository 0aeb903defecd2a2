//! Who asks: keys in a header that is taken literally, or as parameters.

use serde_json::{Value, json};

use super::{address, ask_as, forget, key, origin, post, refusal, refused, world};
use crate::client::{Emulator, Request, text};

const NOT_LOGGED_IN: &str = "Not logged in.";

#[test]
fn what_an_account_is() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    for (kind, paid, used) in
        [("premium", true, 0.0), ("free", false, 0.0), ("expired", true, 0.0), ("fairuse_empty", true, 1.0)]
    {
        let body = ask_as(&world, kind, "account/info", &[]).json();
        assert_eq!((&body["status"], &body["customer_id"]), (&json!("success"), &world.account(kind)["customer_id"]));
        assert_eq!(body["premium_until"].is_i64(), paid, "{kind}");
        assert_eq!((&body["limit_used"], &body["space_used"]), (&json!(used), &json!(0)), "{kind}");
    }
    world.odd("premium_until_false");
    world.odd("customer_id_as_number");
    world.odd("booster_points");
    let body = ask_as(&world, "free", "account/info", &[]).json();
    assert_eq!(
        (&body["premium_until"], body["customer_id"].is_u64(), &body["booster_points"]),
        (&json!(false), true, &json!(250))
    );
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn every_way_to_tell_the_key() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let (info, key) = (address(&world, "account/info"), key(&world, "premium"));
    let id = text(&world.account("premium")["customer_id"]);
    let bearer = format!("Bearer {key}");
    for request in [
        Request::get(&info).header("authorization", &bearer),
        Request::get(&format!("{info}?apikey={key}")),
        Request::get(&format!("{info}?pin={key}")),
        Request::get(&format!("{info}?customer_id={id}&pin={key}")),
        post(&info, &[("apikey", &key)]),
        post(&info, &[("customer_id", &id), ("pin", &key)]),
    ] {
        assert_eq!(request.send().json()["customer_id"], json!(id));
    }
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn what_is_no_credential() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let (info, key) = (address(&world, "account/info"), key(&world, "premium"));
    let with = |header: &str| Request::get(&info).header("authorization", header).send();
    let refused = (json!("authentication_failed"), json!(NOT_LOGGED_IN));
    assert_eq!(refusal(&Request::get(&info).send()), refused);
    assert_eq!(refusal(&with("Bearer wrong")), refused);
    assert_eq!(refusal(&Request::get(&format!("{info}?customer_id=1&pin={key}")).send()), refused);
    assert_eq!(world.violations(), [""; 0], "a wrong key is no violation");
    for header in [format!("bearer {key}"), format!("Bearer  {key}"), key.clone(), format!("Basic {key}")] {
        forget(&world);
        assert_eq!(refusal(&with(&header)), refused, "{header}");
        assert_eq!(world.violations(), ["the Authorization header is not «Bearer», one blank and a key"]);
    }
    forget(&world);
    let bearer = format!("Bearer {key}");
    let doubled = Request::get(&info).header("authorization", &bearer).header("authorization", &bearer).send();
    assert_eq!((doubled.status, doubled.header("content-type")), (400, Some("text/html; charset=UTF-8")));
    assert_eq!(world.violations(), ["more than one Authorization header"]);
    forget(&world);
    let both = Request::get(&format!("{info}?apikey={key}")).header("authorization", &bearer).send();
    assert_eq!(both.json()["status"], json!("success"));
    assert_eq!(world.violations(), ["more than one credential in one request"]);
    world.odd("log_in_first_message");
    assert_eq!(refusal(&with("Bearer x")), (Value::Null, json!("Not logged in. Please log in first.")));
    world.odd("old_login_message");
    let message = json!("customer_id and pin parameter missing or not logged in ");
    assert_eq!(refusal(&with("Bearer x")), (Value::Null, message));
}

#[test]
fn a_new_address_is_confirmed() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let reply = ask_as(&world, "new_address", "account/info", &[]).json();
    assert_eq!((&reply["status"], &reply["code"]), (&json!("error"), &json!("pin")));
    let pin = text(&reply["pin"]);
    world.order("confirm", json!({"service": "premiumize", "user_code": pin, "deny": true}));
    assert_eq!(refused(&world, "new_address", "folder/list", &[]).0, json!("pin"));
    world.order("confirm", json!({"service": "premiumize", "user_code": pin}));
    assert_eq!(ask_as(&world, "new_address", "account/info", &[]).json()["status"], json!("success"));
    let wrong = json!({"service": "premiumize", "user_code": pin});
    assert_eq!(Request::post(&format!("{}/confirm", world.control), &wrong).send().status, 400);
}

#[test]
fn services_are_told_to_anyone() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let list = address(&world, "services/list");
    let body = Request::get(&list).send().json();
    assert_eq!(body.get("status"), None);
    assert_eq!(body["directdl"], json!(["ferryhost.example", "driftbox.example"]));
    assert_eq!(body["cache"], json!(["ferryhost.example", "quaycloud.example"]));
    assert_eq!(
        (&body["fairusefactor"]["driftbox.example"], &body["aliases"]["ferryhost.example"]),
        (&json!(3), &json!(["fh.example"]))
    );
    assert!(body["regexpatterns"]["quaycloud.example"].is_array());
    for odd in ["services_signed_in", "services_with_status", "aliases_empty_list"] {
        world.odd(odd);
    }
    assert_eq!(refusal(&Request::get(&list).send()).0, json!("authentication_failed"));
    let body = ask_as(&world, "free", "services/list", &[]).json();
    assert_eq!((&body["status"], &body["aliases"]), (&json!("success"), &json!([])));
    assert_eq!(world.violations(), [""; 0]);
    assert_eq!(origin(&list), origin(&world.base_url()));
}
