//! Balance, domains, codes to resell, and subscribers.

use serde_json::{Value, json};

use crate::client::{Emulator, World, text};

#[test]
fn balance_and_domains() {
    let emulator = Emulator::start();
    let world = emulator.world();
    assert_eq!(world.call_as("partner", "getBalance", json!({})).json()["balance"], json!(100.0));
    assert_eq!(world.call_as("free", "getBalance", json!({})).json()["balance"], json!(0.0));
    let domains = |kind| world.call_as(kind, "getDomainsList", json!({})).json()["domains"].clone();
    assert_eq!(domains("partner"), json!(["k2s.cc", "partner.example"]));
    assert_eq!(domains("premium"), json!(["k2s.cc"]));
    let key = world.new_key("partner", json!({"balance": 0.2, "domains": ["one.example", "two.example"]}));
    assert_eq!(world.call("getBalance", json!({"access_token": key})).json()["balance"], json!(0.2));
    let own = world.call("getdomainslist", json!({"access_token": key})).json()["domains"].clone();
    assert_eq!(own, json!(["k2s.cc", "one.example", "two.example"]));
    for method in ["getBalance", "getDomainsList"] {
        assert_eq!(world.call(method, json!({})).refusal(), (403, json!(10)));
    }
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn codes_come_from_the_stock_or_are_bought() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let key = world.new_key("partner", json!({"balance": 1.0, "reseller_codes": [7, 7]}));
    let get = |mut body: Value| {
        body["access_token"] = json!(key);
        world.call("resellerGetCode", body)
    };
    let stocked = get(json!({"days": 7})).json();
    assert!(stocked["code_id"].is_u64() && text(&stocked["reseller_code"]).len() == 12, "{stocked}");
    assert_eq!(stocked["balance"], json!(1.0));
    let bought = get(json!({"days": 7, "useExist": false})).json();
    assert_eq!(bought["balance"], json!(0.3));
    assert_ne!(bought["reseller_code"], stocked["reseller_code"]);
    let second = get(json!({"days": 7, "autoBuy": false})).json();
    assert_eq!(second["balance"], json!(0.3), "there was another one in stock");
    assert_eq!(get(json!({"days": 7, "autoBuy": false})).refusal(), (406, json!(50)));
    assert_eq!(get(json!({"days": 30, "autoBuy": false})).refusal(), (406, json!(50)));
    assert_eq!(get(json!({"days": 7})).refusal(), (406, json!(51)));
    assert_eq!(get(json!({"days": 3, "useExist": null, "autoBuy": null})).json()["balance"], json!(0.0));
    assert_eq!(world.call("getBalance", json!({"access_token": key})).json()["balance"], json!(0.0));
    assert_eq!(world.call_as("free", "resellerGetCode", json!({"days": 1})).refusal(), (406, json!(51)));
    assert_eq!(world.violations(), [""; 0]);
}

fn subscriptions(world: &World, body: Value) -> Value {
    let reply = world.call_as("partner", "getSubscriptions", body);
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

#[test]
fn subscriptions_by_pages() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let there = subscriptions(&world, json!({"domainName": "partner.example"}));
    assert_eq!((&there["total"], &there["items"][0]["domainName"]), (&json!(3), &json!("partner.example")));
    assert!(text(&there["items"][0]["expiresAt"]).ends_with(".000Z"));
    let seed = json!({"service": "keep2share", "username": world.account("partner")["username"],
                      "domain": "shop.example", "email": "user{n}@mail.example", "count": 45});
    world.order("subscriptions", seed.clone());
    let first = subscriptions(&world, json!({"domainName": "shop.example"}));
    assert_eq!((&first["total"], first["items"].as_array().map(Vec::len)), (&json!(45), Some(20)));
    let last = subscriptions(&world, json!({"domainName": "shop.example", "limit": 30, "offset": 40}));
    assert_eq!(last["items"].as_array().map(Vec::len), Some(5));
    assert_eq!(last["items"][4]["userEmail"], json!("user45@mail.example"));
    let mut without = seed;
    without["without_dates"] = json!(true);
    without["domain"] = json!("dateless.example");
    world.order("subscriptions", without);
    let dateless = subscriptions(&world, json!({"domainName": "dateless.example", "limit": 1}));
    assert_eq!(
        (&dateless["items"][0]["expiresAt"], &dateless["items"][0]["lastPayment"]),
        (&json!(null), &json!(null))
    );
    let other = world.new_key("partner", json!({}));
    let body = json!({"access_token": other, "domainName": "partner.example"});
    assert_eq!(world.call("getSubscriptions", body).json()["total"], json!(0), "another partner's are not shown");
    let domains = world.call_as("partner", "getDomainsList", json!({})).json();
    assert!(domains["domains"].as_array().is_some_and(|list| list.contains(&json!("shop.example"))));
}

#[test]
fn an_unknown_domain_tells_two_codes() {
    let emulator = Emulator::start();
    let world = emulator.world();
    for (kind, domain) in [("partner", "nobody.example"), ("premium", "partner.example")] {
        let refused = world.call_as(kind, "getSubscriptions", json!({"domainName": domain}));
        assert_eq!((refused.status, &refused.json()["code"]), (404, &json!(400)), "{kind}");
        assert_eq!(refused.json()["message"], json!("Domain not found"));
        assert!(refused.json().get("errorCode").is_none());
    }
    assert_eq!(world.call("getSubscriptions", json!({"domainName": "partner.example"})).refusal(), (403, json!(10)));
}
