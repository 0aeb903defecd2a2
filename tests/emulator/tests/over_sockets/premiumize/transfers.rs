//! Transfers that go on by themselves, direct links, and the cache.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};

use serde_json::{Value, json};

use super::{NAME, address, ask_as, good, key, origin, refusal, refused, source, world};
use crate::client::{Emulator, Request, World, text, until};

const HASH: &str = "0123456789abcdef0123456789abcdef01234567";
const MAGNET: &str = "magnet:?xt=urn:btih:0123456789ABCDEF0123456789ABCDEF01234567&dn=a+film";
const LINK: &str = "https://ferryhost.example/file/1/film.mp4";

/// Answers one request and closes.
fn serve_once(answer: &'static str) -> (String, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/films/a%20film.mp4", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().expect("a connection");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            connection.read_exact(&mut byte).expect("a request");
            head.push(byte[0]);
        }
        connection.write_all(answer.as_bytes()).expect("an answer");
        connection.shutdown(Shutdown::Both).expect("an end");
    });
    (url, server)
}

fn listed(world: &World) -> Vec<Value> {
    good(world, "transfer/list", &[])["transfers"].as_array().expect("a list").clone()
}

fn is_over(transfer: &Value) -> bool {
    transfer["status"] == "finished" || transfer["status"] == "error"
}

/// Asks until the newest transfer has come to an end.
fn end(world: &World) -> Value {
    until(|| listed(world).first().cloned().filter(is_over))
}

#[test]
fn a_link_of_this_machine_becomes_a_file() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let (url, server) = serve_once("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabcdef");
    assert_eq!(refused(&world, "premium", "transfer/directdl", &[("src", &url)]).1, json!("content not in cache"));
    let folder = text(&good(&world, "folder/create", &[("name", "box")])["id"]);
    let made = good(&world, "transfer/create", &[("src", &url), ("folder_id", &folder)]);
    assert_eq!((&made["name"], &made["type"]), (&json!("a%20film.mp4"), &json!("savetocloud")));
    let again = good(&world, "transfer/create", &[("src", &url)]);
    assert_eq!(again["id"], made["id"], "a source under way is the same transfer");
    let first = listed(&world)[0].clone();
    assert_eq!((&first["status"], &first["progress"], &first["src"]), (&json!("queued"), &Value::Null, &json!(url)));
    assert_eq!(listed(&world)[0]["status"], json!("running"));
    server.join().expect("the source was asked");
    let done = end(&world);
    assert_eq!(
        (&done["status"], &done["folder_id"], &done["progress"]),
        (&json!("finished"), &Value::Null, &json!(1.0))
    );
    let file = good(&world, "folder/list", &[("id", &folder)])["content"][0].clone();
    assert_eq!((&file["id"], &file["name"]), (&done["file_id"], &json!("a film.mp4")));
    assert_eq!(Request::get(&text(&file["link"])).send().text(), "abcdef");
    let direct = good(&world, "transfer/directdl", &[("src", &url)]);
    assert_eq!(direct["filename"], json!("a film.mp4"), "what was fetched is in the cache");
    assert_eq!(good(&world, "cache/check", &[("items[]", &url)])["response"], json!([true]));
    good(&world, "transfer/clearfinished", &[]);
    assert_eq!(listed(&world), [Value::Null; 0]);
    assert_eq!(good(&world, "item/listall", &[])["files"].as_array().map(Vec::len), Some(1));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn a_torrent_goes_its_way() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let files = json!([{"path": "film.mp4", "size": 3000}, {"path": "subs/en.srt", "content": "1"}]);
    source(&world, json!({"src": HASH, "name": "a film", "files": files}));
    let made = good(&world, "transfer/create", &[("src", MAGNET)]);
    assert_eq!((&made["name"], &made["type"]), (&json!("a film"), &json!("torrent")));
    let states: Vec<Value> = (0..5).map(|_| listed(&world)[0]["status"].clone()).collect();
    assert_eq!(json!(states), json!(["waiting", "queued", "running", "seeding", "finished"]));
    let done = end(&world);
    assert_eq!((&done["file_id"], done["folder_id"].is_string()), (&Value::Null, true));
    let all = good(&world, "item/listall", &[])["files"].clone();
    assert_eq!((&all[0]["path"], &all[1]["path"]), (&json!("a film/film.mp4"), &json!("a film/subs/en.srt")));
    let direct = good(&world, "transfer/directdl", &[("src", MAGNET)]);
    assert_eq!(direct["content"].as_array().map(Vec::len), Some(2), "what was brought is in the cache");
    let id = text(&made["id"]);
    let bearer = format!("Bearer {}", key(&world, "premium"));
    let job = Request::get(&format!("{}?id={id}", address(&world, "job/src"))).header("authorization", &bearer).send();
    assert_eq!((job.status, job.header("location")), (302, Some(MAGNET)));
    world.odd("target_folder_id");
    world.odd("other_cloud_id");
    let old = listed(&world)[0].clone();
    assert_eq!((old.get("folder_id"), &old["target_folder_id"]), (None, &done["folder_id"]));
    assert_eq!(old.get("other_cloud_id"), Some(&Value::Null));
    world.odd("delete_takes_files");
    good(&world, "transfer/delete", &[("id", &id)]);
    assert_eq!(good(&world, "item/listall", &[])["files"], json!([]));
    assert_eq!(refused(&world, "premium", "transfer/delete", &[("id", &id)]).1, json!("item not found"));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn transfers_that_fail() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    world.set(json!({"transfer_pace": {"polls": 0}}));
    for (src, text) in [
        (MAGNET, "No peers were found"),
        (LINK, "Error: file not found"),
        ("https://nobody.example/a", "This service is not supported."),
    ] {
        good(&world, "transfer/create", &[("src", src)]);
        let ended = end(&world);
        assert_eq!((&ended["status"], &ended["message"]), (&json!("error"), &json!(text)), "{src}");
    }
    let id = text(&listed(&world)[2]["id"]);
    source(&world, json!({"src": MAGNET, "name": "film.mp4", "content": "abc"}));
    good(&world, "transfer/retry", &[("id", &id)]);
    assert!(listed(&world)[2]["file_id"].is_string(), "it is there now");
    assert_eq!(refused(&world, "premium", "transfer/retry", &[("id", &id)]).0, json!("invalid_request"));
    for word in ["banned", "timeout", "deleted"] {
        let src = format!("{LINK}?{word}");
        source(&world, json!({"src": src, "name": "x", "end": word, "message": "so it is"}));
        good(&world, "transfer/create", &[("src", &src)]);
        let ended = listed(&world)[0].clone();
        assert_eq!((&ended["status"], &ended["message"]), (&json!(word), &json!("so it is")));
    }
    let (url, server) = serve_once("HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nabc");
    good(&world, "transfer/create", &[("src", &url)]);
    server.join().expect("the source was asked");
    assert_eq!(end(&world)["message"], json!("The source could not be fetched"));
    world.odd("progress_null");
    assert_eq!(listed(&world)[0]["message"], Value::Null);
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn the_clock_may_set_the_pace() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    world.set(json!({"transfer_pace": {"seconds": 1000}}));
    source(&world, json!({"src": LINK, "name": "film.mp4", "content": "abc"}));
    good(&world, "transfer/create", &[("src", LINK)]);
    let status = || listed(&world)[0]["status"].clone();
    assert_eq!((status(), status()), (json!("queued"), json!("queued")));
    world.advance(1000);
    assert_eq!(status(), json!("running"));
    world.advance(1000);
    assert_eq!(good(&world, "item/listall", &[])["files"][0]["name"], json!("film.mp4"), "nobody had to ask");
}

#[test]
fn who_may_not_transfer() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let create = |kind: &str| refused(&world, kind, "transfer/create", &[("src", LINK)]);
    let not_premium = (json!("permission_denied"), json!("Account not premium."));
    assert_eq!(create("free"), not_premium);
    assert_eq!(create("expired"), not_premium);
    assert_eq!(refused(&world, "free", "cache/check", &[("items[]", HASH)]), not_premium);
    assert_eq!(create("fairuse_empty"), (json!("account_limit_reached"), json!("Fair use limit reached!")));
    assert_eq!(create("full"), (Value::Null, json!("Your space is full! Please delete old files first!")));
    let topup = ask_as(&world, "topup", "transfer/create", &[("src", LINK)]).json();
    assert_eq!(topup, json!({"status": "error", "error": "topup_required"}));
    world.set(json!({"active_transfers": 1, "transfers": 2}));
    good(&world, "transfer/create", &[("src", LINK)]);
    let other = format!("{LINK}2");
    let refused_now = || refused(&world, "premium", "transfer/create", &[("src", &other)]);
    let message = "You already have a maximum of 1 active downloads in progress!";
    assert_eq!(refused_now(), (json!("account_limit_reached"), json!(message)));
    world.odd("job_twice_refused");
    assert_eq!(create("premium"), (Value::Null, json!("You already added this job.")));
    world.set(json!({"active_transfers": 25, "transfers": 1}));
    assert_eq!(refused_now(), (Value::Null, json!("Limit of transfers reached!")));
    assert_eq!(
        refused(&world, "premium", "transfer/create", &[("src", "")]),
        (json!("invalid_request"), json!("no src found"))
    );
    world.odd("missing_as_transient");
    assert_eq!(refused(&world, "premium", "transfer/create", &[("src", "")]).0, json!("transient_error"));
    world.odd("not_premium_other_text");
    let text = "Please purchase premium membership or activate free mode.";
    assert_eq!(create("free"), (Value::Null, json!(text)));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn containers_and_torrent_files() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let send = |name: &str, bytes: &str| {
        const BOUNDARY: &str = "a-boundary";
        let body = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"src\"; filename=\"{name}\"\r\n\r\n{bytes}\r\n--{BOUNDARY}--\r\n"
        );
        Request::new("POST", &address(&world, "transfer/create"))
            .header("authorization", &format!("Bearer {}", key(&world, "premium")))
            .header("content-type", &format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body)
            .send()
            .json()
    };
    let container = send("links.DLC", "https://a.example/1\r\nhttps://a.example/2\r\n");
    let links = json!(["https://a.example/1", "https://a.example/2"]);
    assert_eq!((&container["type"], &container["content"]), (&json!("container"), &links));
    assert_eq!(listed(&world), [Value::Null; 0]);
    let torrent = send("a.torrent", "d8:announce0:e");
    assert_eq!(torrent["type"], json!("torrent"));
    let bearer = format!("Bearer {}", key(&world, "premium"));
    let url = format!("{}?id={}", address(&world, "job/src"), text(&torrent["id"]));
    let job = Request::get(&url).header("authorization", &bearer).send();
    assert_eq!(
        (job.status, job.header("content-type"), job.text().as_str()),
        (200, Some("application/json"), "d8:announce0:e")
    );
    world.odd("created_without_name");
    assert_eq!(send("b.torrent", "de").as_object().map(|members| members.len()), Some(2));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn direct_links() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    let direct = |src: &str| ask_as(&world, "premium", "transfer/directdl", &[("src", src)]);
    source(
        &world,
        json!({"src": "https://dbx.example/d/1", "name": "film.mp4", "content": "0123456789", "cached": true}),
    );
    let body = direct("https://dbx.example/d/1").json();
    let content = &body["content"][0];
    assert_eq!((&content["path"], &content["size"]), (&json!("film.mp4"), &json!(10)));
    assert_eq!(
        (&body["location"], &body["filename"], &body["filesize"]),
        (&content["link"], &json!("film.mp4"), &json!(10))
    );
    assert_ne!(origin(&text(&content["link"])), origin(&world.base_url()));
    assert_eq!(Request::get(&text(&content["link"])).send().text(), "0123456789");
    let pool = 1000.0 * 1024.0 * 1024.0 * 1024.0;
    let used = good(&world, "account/info", &[])["limit_used"].as_f64().expect("a number");
    assert!((used * pool - 30.0).abs() < 1e-3, "this service costs three times the size: {used}");
    assert_eq!(refusal(&direct(MAGNET)), (json!("transient_error"), json!("content not in cache")));
    assert_eq!(refusal(&direct(LINK)), (json!("not_found"), json!("Error: file not found")));
    assert_eq!(refusal(&direct(HASH)).0, json!("invalid_request"));
    let elsewhere = "https://nobody.example/a/b.bin?x";
    assert_eq!(refusal(&direct(elsewhere)).0, json!("service_unsupported"));
    for odd in ["pass_through", "cache_miss_unsupported", "sizes_as_text"] {
        world.odd(odd);
    }
    let echoed = json!([{"path": "b.bin", "size": null, "link": elsewhere}]);
    assert_eq!(direct(elsewhere).json()["content"], echoed);
    assert_eq!(refusal(&direct(MAGNET)), (json!("service_unsupported"), json!("content not in cache")));
    assert_eq!(direct("https://dbx.example/d/1").json()["filesize"], json!("10"));
    world.odd("directdl_content_alone");
    assert_eq!(direct("https://dbx.example/d/1").json().get("location"), None);
    world.set(json!({"links_per_day": 3}));
    let limit = (json!("service_limit_reached"), json!("Daily linklimit for this service reached."));
    assert_eq!(refusal(&direct("https://dbx.example/d/1")), limit);
    source(&world, json!({"src": LINK, "name": "x", "code": "service_down", "message": "down"}));
    assert_eq!(refusal(&direct(LINK)), (json!("service_down"), json!("down")));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn deferred_answers() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    source(&world, json!({"src": LINK, "name": "x", "content": "abc", "cached": true}));
    world.set(json!({"defer_s": 100}));
    let direct = || ask_as(&world, "premium", "transfer/directdl", &[("src", LINK)]).json();
    let first = direct();
    assert_eq!(
        (&first["status"], first["delay"].as_i64().is_some_and(|delay| (90..=100).contains(&delay))),
        (&json!("deferred"), true)
    );
    world.advance(100);
    assert_eq!(direct()["status"], json!("success"));
    world.fault("transfer/directdl", "error", json!({"code": "deferred", "extra": {"delay": 7}}));
    assert_eq!(direct(), json!({"status": "deferred", "delay": 7}));
}

#[test]
fn the_cache_drops_blanks() {
    let emulator = Emulator::start();
    let world = world(&emulator);
    source(&world, json!({"src": HASH, "name": "a film", "size": 3000, "cached": true}));
    source(&world, json!({"src": LINK, "name": "b", "size": 1}));
    let items = [("items[]", LINK), ("items[5]", MAGNET), ("items[]", HASH)];
    let answer = good(&world, "cache/check", &items);
    assert_eq!(answer["response"], json!([false, true, true]));
    assert_eq!(answer["filename"], json!([null, "a film", "a film"]));
    assert_eq!(answer["filesize"], json!([0, "3000", "3000"]));
    assert_eq!(answer["transcoded"], json!([false, false, false]));
    assert_eq!(world.violations(), [""; 0]);
    for odd in ["filesize_as_number", "transcoded_nulls"] {
        world.odd(odd);
    }
    let answer = good(&world, "cache/check", &[("items[]", ""), ("items[]", HASH)]);
    assert_eq!((&answer["response"], &answer["filesize"]), (&json!([true]), &json!([3000])));
    assert_eq!(answer["transcoded"], json!([null]));
    assert_eq!(world.violations(), ["a blank item shifts the answers behind it"]);
    world.odd("transcoded_null");
    assert_eq!(good(&world, "cache/check", &items)["transcoded"], Value::Null);
    assert_eq!(NAME, world.name);
}
