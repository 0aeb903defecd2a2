//! Every fault, seen from the client's end of the connection.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

use crate::client::{Emulator, End, Request, Upload, World};

fn info(world: &World) -> crate::client::Reply {
    world.call_as("premium", "accountInfo", json!({}))
}

#[test]
fn faults_meet_the_requests_they_are_for() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.fault("/accountinfo", "status", json!({"status": 503, "times": 2, "skip": 1}));
    assert_eq!(world.call("requestCaptcha", json!({})).status, 200);
    assert_eq!([200, 503, 503, 200], [(); 4].map(|()| info(&world).status));
    world.fault("*", "html", json!({"times": null}));
    assert_eq!(
        [(); 3]
            .map(|()| info(&world).header("content-type").map(str::to_owned))
            .map(|kind| kind.is_some_and(|kind| kind.contains("html"))),
        [true; 3]
    );
    assert_eq!(Request::new("DELETE", &format!("{}/faults", world.control)).send().status, 200);
    assert_eq!(info(&world).status, 200);
    let known = world.ask("faults")["known"].as_array().map(Vec::len);
    assert_eq!(known, Some(21));
    let unknown = json!({"service": "keep2share", "path": "*", "fault": "hiccup"});
    let order = |fault: &Value| Request::post(&format!("{}/faults", world.control), fault).send().status;
    assert_eq!(order(&unknown), 400);
    let no_header = json!({"service": "keep2share", "path": "*", "fault": "redirect", "location": "a\nb"});
    assert_eq!(order(&no_header), 400);
}

/// Each row: a fault, its members, and what must be seen of the answer.
#[test]
fn answers_in_place_of_the_service() {
    let emulator = Emulator::start();
    type Check = fn(&crate::client::Reply) -> bool;
    let table: &[(&str, Value, Check)] = &[
        ("status", json!({}), |reply| reply.status == 503 && reply.header("retry-after").is_none()),
        ("status", json!({"status": 429, "retry_after": 7}), |reply| {
            reply.status == 429 && reply.header("retry-after") == Some("7")
        }),
        ("status", json!({"retry_after": "Fri, 31 Dec 1999 23:59:59 GMT"}), |reply| {
            reply.header("retry-after") == Some("Fri, 31 Dec 1999 23:59:59 GMT")
        }),
        ("error", json!({"code": 42, "errors": [{"code": 5, "timeRemaining": "2521.000000"}]}), |reply| {
            reply.refusal() == (406, json!(42)) && reply.json()["errors"][0]["timeRemaining"] == json!("2521.000000")
        }),
        ("error", json!({"code": "captcha_need_wait_daily", "http_status": 400, "message": "m"}), |reply| {
            reply.refusal() == (400, json!("captcha_need_wait_daily")) && reply.json()["message"] == json!("m")
        }),
        ("error", json!({"code": null, "http_status": 403, "extra": {"extended": {"errorCode": 53}}}), |reply| {
            reply.refusal() == (403, json!(null)) && reply.json()["extended"]["errorCode"] == json!(53)
        }),
        ("html", json!({}), |reply| reply.status == 200 && reply.text().starts_with("<!DOCTYPE html>")),
        ("empty_body", json!({"status": 502}), |reply| reply.status == 502 && reply.body.is_empty()),
        ("body", json!({"body": "[]"}), |reply| reply.status == 200 && reply.text() == "[]"),
        ("long_json", json!({"size": 300_000}), |reply| {
            reply.body.len() == 300_000 && reply.json()["padding"].is_string() && reply.end == End::Complete
        }),
        ("half_json", json!({}), |reply| {
            reply.end == End::Complete && serde_json::from_slice::<Value>(&reply.body).is_err()
        }),
        ("glued_json", json!({}), |reply| reply.text().contains("}{")),
        ("wrong_types", json!({}), |reply| {
            reply.json()["status"] == json!("success") && reply.json()["available_traffic"].is_object()
        }),
        ("wrong_types", json!({"field": "status"}), |reply| {
            reply.json()["status"].is_object() && reply.json()["available_traffic"].is_u64()
        }),
        ("wrong_signature", json!({}), |reply| reply.status == 400 && reply.json()["status"] == json!(400)),
        ("redirect", json!({}), |reply| {
            reply.status == 302 && reply.header("location").is_some_and(|to| to.starts_with("http://localhost:"))
        }),
    ];
    for (fault, members, check) in table {
        let world = emulator.new_world();
        world.fault("accountInfo", fault, members.clone());
        let reply = info(&world);
        assert!(check(&reply), "{fault} {members}: {reply:?}");
        assert_eq!(world.ask("requests")["requests"][0]["fault"], json!(fault));
        assert_eq!(world.outcomes("accountInfo"), ["answered"], "{fault}");
    }
}

#[test]
fn a_followed_redirect_is_a_violation() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.fault("accountInfo", "redirect", json!({"status": 307}));
    let location = info(&world).header("location").expect("a location").to_owned();
    Request::get(&location).send();
    assert_eq!(world.violations(), ["followed a redirect to another host"]);
}

#[test]
fn connections_that_end_early() {
    let emulator = Emulator::start();
    // Fault, members, how the answer ends, bytes of its body, outcome.
    let table = [
        ("reset_before", json!({}), End::Reset, 0, "reset"),
        ("close_before", json!({}), End::Short, 0, "cut"),
        ("reset_in_head", json!({"at_byte": 9}), End::Reset, 0, "reset"),
        ("reset_in_body", json!({"at_byte": 0}), End::Reset, 0, "reset"),
        ("reset_in_body", json!({"at_byte": 70_000}), End::Reset, 70_000, "reset"),
        ("reset_in_body", json!({}), End::Reset, 500_000, "reset"),
        ("reset_after", json!({}), End::Reset, 1_000_000, "reset"),
        ("truncate", json!({"at_byte": 3}), End::Short, 3, "cut"),
        ("truncate", json!({}), End::Short, 500_000, "cut"),
    ];
    for (fault, members, end, length, outcome) in table {
        let world = emulator.new_world();
        let link = world.link(&world.seed(json!({"size": 1_000_000})));
        world.fault("download", fault, members.clone());
        let reply = Request::get(&link).send();
        assert_eq!((reply.end, reply.body.len()), (end, length), "{fault} {members}");
        if fault == "reset_in_head" {
            assert_eq!(reply.raw, b"HTTP/1.1 ");
        }
        assert_eq!(world.outcomes("download"), [outcome], "{fault} {members}");
        assert_eq!(Request::get(&link).send().end, End::Complete, "{fault} is over");
    }
}

#[test]
fn an_operation_may_take_place_although_its_answer_is_lost() {
    let emulator = Emulator::start();
    for effect in [false, true] {
        let world = emulator.new_world();
        world.fault("createFolder", "reset_before", json!({"effect": effect}));
        let body = json!({"name": "box", "parent": "/", "access": "public"});
        assert_eq!(world.call_as("premium", "createFolder", body).end, End::Reset);
        let listed = world.call_as("premium", "getFilesList", json!({})).json();
        assert_eq!(listed["files"].as_array().map(Vec::len), Some(usize::from(effect)));
    }
}

#[test]
fn latency_and_slow_bodies() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.fault("accountInfo", "latency", json!({"latency_ms": 200}));
    let start = Instant::now();
    assert_eq!(info(&world).status, 200);
    assert!(start.elapsed() >= Duration::from_millis(200));
    let link = world.link(&world.seed(json!({"size": 10})));
    world.fault("download", "slow_body", json!({"latency_ms": 30, "size": 2}));
    let start = Instant::now();
    assert_eq!(Request::get(&link).send().body.len(), 10);
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_held_answer_is_released() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.fault("accountInfo", "hold", json!({}));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| info(&world));
        world.ask("requests?wait_for=held");
        assert!(!waiting.is_finished());
        world.order("release", json!({}));
        assert_eq!(waiting.join().expect("an answer").status, 200);
    });
    assert_eq!(world.outcomes("accountInfo"), ["answered"]);
}

#[test]
fn a_client_that_leaves_a_held_answer_is_seen() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.fault("accountInfo", "hold", json!({}));
    let body = json!({"access_token": world.account("premium")["access_token"]});
    let connection = Request::post(&format!("{}/accountInfo", world.base_url()), &body).open();
    world.ask("requests?wait_for=held&operation=accountInfo");
    let too_early = Request::get(&format!("{}/requests?wait_for=client_closed&timeout_ms=100", world.control)).send();
    assert_eq!(too_early.status, 408);
    drop(connection);
    let seen = world.ask("requests?wait_for=client_closed&timeout_ms=5000");
    assert_eq!(seen["requests"][0]["operation"], json!("accountInfo"));
}

#[test]
fn a_download_is_held_within() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let link = world.link(&world.seed(json!({"size": 2_000_000})));
    world.fault("download", "hold", json!({"at_byte": 700_000, "times": 2}));
    let mut connection = Request::get(&link).open();
    let mut first = vec![0; 700_000];
    connection.read_exact(&mut first).expect("the first part comes");
    world.ask("requests?wait_for=held");
    world.order("release", json!({}));
    let mut rest = Vec::new();
    connection.read_to_end(&mut rest).expect("the rest comes");
    assert!(first.len() + rest.len() > 2_000_000);

    let connection = Request::get(&link).open();
    world.ask("requests?wait_for=held");
    drop(connection);
    world.ask("requests?wait_for=client_closed");
    assert_eq!(world.outcomes("download"), ["answered", "client_closed"]);
}

#[test]
fn an_upload_is_held_within_and_released() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.fault("upload", "hold", json!({"at_byte": 100_000}));
    let upload = Upload::prepare(&world, "/", "held.bin", vec![7; 40_000_000]);
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| upload.send());
        world.ask("requests?wait_for=held");
        assert!(!sending.is_finished());
        world.order("release", json!({}));
        assert_eq!(sending.join().expect("an answer").status, 200);
    });
    let listed = world.call_as("premium", "getFilesList", json!({})).json();
    assert_eq!(listed["files"][0]["size"], json!(40_000_000));
}

#[test]
fn a_client_that_leaves_a_held_upload_is_seen_and_leaves_nothing() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.fault("upload", "hold", json!({"at_byte": 100_000}));
    let request = Upload::prepare(&world, "/", "left.bin", vec![7; 40_000_000]).request();
    let bytes = request.bytes();
    let mut connection = request.connect();
    connection.set_write_timeout(Some(Duration::from_millis(300))).expect("a timeout can be set");
    connection.write_all(&bytes).expect_err("a held upload stalls before its end");
    let held = world.ask("requests?wait_for=held")["requests"][0].clone();
    assert!(held["body_bytes"].as_u64().is_some_and(|read| (100_000..2_000_000).contains(&read)), "{held}");
    drop(connection);
    world.ask("requests?wait_for=client_closed&operation=upload");
    let listed = world.call_as("premium", "getFilesList", json!({})).json();
    assert_eq!(listed["files"], json!([]));
}

#[test]
fn an_upload_is_answered_or_reset_within() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let upload = Upload::prepare(&world, "/", "early.bin", vec![7; 20_000_000]);
    world.fault("upload", "reset_before", json!({"at_byte": 50_000}));
    assert_eq!(upload.send().end, End::Reset);
    world.fault("upload", "status", json!({"status": 503}));
    assert_eq!(upload.send().status, 503);
    assert_eq!(upload.send().status, 200, "the form is still good");
    assert_eq!(world.outcomes("upload"), ["reset", "answered", "answered"]);
}

#[test]
fn an_answer_may_come_before_the_upload_is_through() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.fault("upload", "status", json!({"status": 413, "at_byte": 50_000}));
    let request = Upload::prepare(&world, "/", "early.bin", vec![7; 20_000_000]).request();
    let bytes = request.bytes();
    let mut connection = request.connect();
    connection.write_all(&bytes[..60_000]).expect("a part of the request can be sent");
    let mut first = [0; 12];
    connection.read_exact(&mut first).expect("an answer comes");
    assert_eq!(&first, b"HTTP/1.1 413");
}

#[test]
fn an_upload_whose_answer_is_held_is_done() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.fault("upload", "hold", json!({}));
    let connection = Upload::prepare(&world, "/", "done.bin", vec![7; 5_000_000]).request().open();
    world.ask("requests?wait_for=held");
    drop(connection);
    world.ask("requests?wait_for=client_closed");
    let listed = world.call_as("premium", "getFilesList", json!({})).json();
    assert_eq!(listed["files"][0]["name"], json!("done.bin"));
}

#[test]
fn a_client_that_does_not_wait_for_a_late_answer_is_seen() {
    let emulator = Emulator::start();
    let world = emulator.world();
    world.fault("accountInfo", "latency", json!({"latency_ms": 60_000}));
    let body = json!({"access_token": world.account("premium")["access_token"]});
    let connection = Request::post(&format!("{}/accountInfo", world.base_url()), &body).open();
    world.ask("requests?wait_for=open&operation=accountInfo");
    drop(connection);
    world.ask("requests?wait_for=client_closed");
}

/// A cut that goes beyond its answer must not reach the next one.
#[test]
fn a_cut_ends_with_its_answer() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let link = world.link(&world.seed(json!({"size": 100})));
    for (fault, members) in [("reset_in_body", json!({"at_byte": 5000})), ("reset_in_head", json!({"at_byte": 5000}))] {
        world.fault("download", fault, members);
        assert_eq!(Request::get(&link).send().end, End::Reset, "{fault}");
    }
    world.fault("download", "truncate", json!({"at_byte": 50}));
    assert_eq!(Request::new("HEAD", &link).send().status, 200);
    assert_eq!(Request::get(&link).send().body.len(), 100);
}

#[test]
fn times_are_told() {
    let emulator = Emulator::start();
    let world = emulator.world();
    info(&world);
    std::thread::sleep(Duration::from_millis(20));
    info(&world);
    let seen = world.ask("requests")["requests"].clone();
    let at = |place: usize| seen[place]["at_ms"].as_u64().expect("milliseconds");
    assert!(at(1) - at(0) >= 20, "{seen}");
}

/// A client that takes little at a time leaves most bytes with the sender; the reset must not take them back.
#[test]
fn a_reset_waits_for_a_slow_client() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let link = world.link(&world.seed(json!({"size": 5_000_000})));
    world.fault("download", "reset_in_body", json!({"at_byte": 4_900_000}));
    let request = Request::get(&link);
    let address: std::net::SocketAddr = request.host().parse().expect("an address");
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    socket.connect(&address.into()).expect("the emulator accepts");
    let reply = request.send_over(&mut std::net::TcpStream::from(socket));
    assert_eq!((reply.end, reply.body.len()), (End::Reset, 4_900_000));
}
