//! Captchas: pictures, pages, right and wrong answers, and the free download that needs one.

use serde_json::json;

use crate::client::{Emulator, Request, World, text};

fn challenge(world: &World, method: &str) -> (String, String, String) {
    let asked = world.call(method, json!({})).json();
    let id = text(&asked["challenge"]);
    let answer = text(&world.ask(&format!("captchas/{id}"))["answer"]);
    (id, answer, text(&asked["captcha_url"]))
}

#[test]
fn the_picture_is_a_png_that_differs_with_its_letters() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let (_, answer, address) = challenge(&world, "requestCaptcha");
    assert!((6..=7).contains(&answer.len()), "{answer}");
    let picture = Request::get(&address).send();
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
    let decoder = png::Decoder::new(std::io::Cursor::new(&picture.body));
    let info = decoder.read_info().expect("a PNG").info().clone();
    assert_eq!((info.width, info.height), (260, 80));
    let (_, _, other) = challenge(&world, "requestCaptcha");
    assert_ne!(Request::get(&other).send().body, picture.body);
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn an_unknown_challenge_is_told_without_a_code() {
    let emulator = Emulator::start();
    let world = emulator.world();
    for page in ["captcha.html", "captcha", "reCaptcha.html", "reCaptcha"] {
        let reply = Request::get(&format!("{}/{page}?id=0000000000000", world.base_url())).send();
        assert_eq!(reply.refusal(), (400, json!(null)), "{page}");
        assert_eq!(reply.json()["message"], json!("Id not found"));
    }
}

#[test]
fn a_login_with_each_kind_of_captcha() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let kinds = [
        ("captcha", "requestCaptcha", "captcha_challenge", "captcha_response", "recaptcha"),
        ("recaptcha", "requestReCaptcha", "re_captcha_challenge", "re_captcha_response", "captcha"),
    ];
    for (kind, method, id_name, answer_name, _) in kinds {
        let account = world.account(kind);
        let (id, answer, page) = challenge(&world, method);
        let mut body = json!({"username": account["username"], "password": account["password"]});
        body[id_name] = json!(id);
        body[answer_name] = json!("wrong");
        assert_eq!(world.call("login", body.clone()).refusal(), (406, json!(31)), "{kind}");
        if kind == "recaptcha" {
            let asked = Request::get(&page).send().text();
            assert!(asked.contains("I am not a robot") && !asked.contains(&answer), "not solved yet");
            assert!(Request::get(&format!("{page}&solved=yes")).send().text().contains(&answer));
        }
        body[answer_name] = json!(answer);
        assert_eq!(world.call("login", body.clone()).status, 200, "{kind}: it may be tried again");
        assert_eq!(world.call("login", body).refusal(), (406, json!(31)), "{kind}: it is spent");
    }
}

#[test]
fn guessing_closes_the_door_for_a_minute() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let file = world.seed(json!({"size": 10}));
    let guess = json!({"file_id": file, "captcha_challenge": "0000000000000", "captcha_response": "guess"});
    for _ in 0..10 {
        assert_eq!(world.call("getUrl", guess.clone()).refusal(), (406, json!(31)));
    }
    assert_eq!(world.call("getUrl", guess.clone()).refusal(), (400, json!("captcha_need_wait")));
    assert_eq!(world.call("requestCaptcha", json!({})).refusal(), (400, json!("captcha_need_wait")));
    world.order("clock", json!({"advance_s": 61}));
    assert_eq!(world.call("getUrl", guess.clone()).refusal(), (406, json!(31)));
    // The third time within a day it stays closed.
    for _ in 0..9 + 10 {
        world.call("getUrl", guess.clone());
        world.advance(61);
    }
    world.call("getUrl", guess.clone());
    assert_eq!(world.call("getUrl", guess.clone()).refusal(), (400, json!("captcha_need_wait_daily")));
    assert_eq!(world.call("requestCaptcha", json!({})).refusal(), (400, json!("captcha_need_wait_daily")));
    world.advance(24 * 60 * 60);
    assert_eq!(world.call("getUrl", guess).refusal(), (406, json!(31)));
}

#[test]
fn an_answer_that_is_known_beforehand() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.set(json!({"captcha_answer": "kept7"}));
    for kind in ["requestCaptcha", "requestReCaptcha"] {
        assert_eq!(challenge(&world, kind).1, "kept7");
    }
    for wrong in ["", "Kept7", "abcdefhk"] {
        let order = json!({"service": "keep2share", "captcha_answer": wrong});
        assert_eq!(Request::post(&format!("{}/settings", world.control), &order).send().status, 400, "{wrong}");
    }
    world.set(json!({"captcha_answer": null}));
    assert_ne!(challenge(&world, "requestCaptcha").1, "kept7");
}

#[test]
fn the_free_way_to_a_file() {
    let emulator = Emulator::start();
    let world = emulator.world();
    // Far more than a second, which may pass on its own.
    world.set(json!({"free_margin_s": 100}));
    let file = world.seed(json!({"size": 10}));
    let get_url = |extra: serde_json::Value| {
        let mut body = json!({"file_id": file});
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        world.call("getUrl", body)
    };
    assert_eq!(get_url(json!({})).refusal(), (406, json!(30)));
    assert_eq!(world.call_as("free", "getUrl", json!({"file_id": file})).refusal(), (406, json!(30)));
    let (id, answer, _) = challenge(&world, "requestCaptcha");
    let accepted = get_url(json!({"captcha_challenge": id, "captcha_response": answer})).json();
    assert_eq!((&accepted["url"], &accepted["time_wait"]), (&json!(null), &json!(30)));
    let ticket = json!({"free_download_key": accepted["free_download_key"]});
    let early = get_url(ticket.clone());
    assert_eq!(early.refusal(), (406, json!(41)));
    assert!(early.json()["time_wait"].as_i64() > Some(0));
    world.odd("ticket_again");
    assert_eq!(get_url(ticket.clone()).json()["free_download_key"], ticket["free_download_key"]);
    world.advance(30);
    let late = get_url(ticket.clone()).json();
    assert_eq!(late["free_download_key"], ticket["free_download_key"], "the wait is a little longer than told");
    world.advance(100);
    let url = text(&get_url(ticket.clone()).json()["url"]);
    assert_eq!(Request::get(&url).send().body.len(), 10);
    world.order("clock", json!({"advance_s": 3600}));
    assert_eq!(get_url(ticket).refusal(), (406, json!(40)));
    assert_eq!(world.violations(), [""; 0]);
}
