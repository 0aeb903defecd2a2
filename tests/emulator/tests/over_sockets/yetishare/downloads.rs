//! Download addresses, their ranges, and the storage host.

use serde_json::{Value, json};

use super::Site;
use crate::client::{Emulator, End, Reply, Request, text, until};

fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, 302, "{reply:?}");
    reply.header("location").expect("a location").to_owned()
}

#[test]
fn an_address_serves_its_file_any_number_of_times() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let id = site.seed("keys", json!({"name": "größe \"1\".txt", "content": "0123456789", "type": "text/plain"}));
    let told = member.ok("file/download", &[("file_id", &id)]);
    assert_eq!((&told["data"]["file_id"], told.get("response")), (&json!(id), None));
    let short = text(&member.ok("file/info", &[("file_id", &id)])["data"]["shortUrl"]);
    let by_code = member.ok("file/download", &[("short_url", &short)])["data"].clone();
    assert_eq!((&by_code["file_id"], &by_code["filename"]), (&json!(id), &told["data"]["filename"]));
    let url = text(&told["data"]["download_url"]);
    assert!(url.contains(&format!("/yetishare/{short}?download_token=")) && url.len() > 64);
    for _ in 0..2 {
        let got = Request::get(&url).send();
        assert_eq!((got.status, got.end, got.text().as_str()), (200, End::Complete, "0123456789"));
        assert_eq!((got.header("content-type"), got.header("accept-ranges")), (Some("text/plain"), Some("bytes")));
        assert_eq!(got.header("content-disposition"), Some("attachment; filename=\"größe 1.txt\""));
        assert_eq!(got.header("etag"), None);
    }
    let head = Request::new("HEAD", &url).send();
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("10"), 0));
    let info = member.ok("file/info", &[("file_id", &id)])["data"].clone();
    assert_eq!((&info["downloads"], info["lastAccessed"].is_string()), (&json!("2"), true));
    for (fields, refusal) in [
        (vec![], "Please provide the file_id param."),
        (vec![("file_id", "9999")], "Could not find file based on file_id."),
        (vec![("short_url", "none")], "Could not find file based on file_id."),
    ] {
        assert_eq!(member.refused("file/download", &fields), refusal);
    }
    assert_eq!(
        site.sign_in("free").refused("file/download", &[("file_id", &id)]),
        "Could not find file based on file_id."
    );
}

#[test]
fn ranges_as_php_has_them() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let url = member.download_url(&site.seed("keys", json!({"content": "0123456789"})));
    let asked = |range: &str| {
        let got = Request::get(&url).header("range", range).send();
        assert_eq!(got.end, End::Complete, "{range}");
        (got.status, got.text(), got.header("content-range").unwrap_or_default().to_owned())
    };
    let whole = (200, "0123456789".to_owned(), String::new());
    for range in ["bytes=0-", "bytes=0-4", "bytes=0-0", "bytes=-3"] {
        assert_eq!(asked(range), whole, "{range}");
    }
    assert_eq!(asked("bytes=4-"), (206, "456789".into(), "bytes 4-9/10".into()));
    assert_eq!(asked("bytes=4-6"), (206, "456789".into(), "bytes 4-6/10".into()), "it runs on to the end");
    assert_eq!(asked("bytes=4-6,8-9"), (206, "456789".into(), "bytes 4-6/10".into()));
    for hack in ["bytes=0-1", "bytes=-1"] {
        assert_eq!(asked(hack), (206, "1".into(), "bytes 0-1/10".into()), "{hack}");
    }
    assert_eq!(asked("bytes=10-").0, 416);
    site.odd("ranges_proper");
    assert_eq!(asked("bytes=0-4"), (206, "01234".into(), "bytes 0-4/10".into()));
    assert_eq!(asked("bytes=-3"), (206, "789".into(), "bytes 7-9/10".into()));
    assert_eq!(asked("bytes=4-6"), (206, "456".into(), "bytes 4-6/10".into()));
    site.odd("ranges_ignored");
    assert_eq!(asked("bytes=4-"), whole);
}

#[test]
fn addresses_end() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let (id, other) = (site.seed("keys", json!({"size": 3})), site.seed("keys", json!({"size": 4})));
    let url = member.download_url(&id);
    let page = location(&Request::get(&url.replace("download_token=", "download_token=0")).send());
    assert!(page.contains("/yetishare/error?e=File+can+not+be+located"), "{page}");
    let shown = Request::get(&page).send();
    assert_eq!((shown.status, shown.header("content-type")), (200, Some("text/html; charset=UTF-8")));
    assert!(
        shown.text().contains("File can not be located, please try again later.")
            && shown.header("content-disposition").is_none()
    );
    // A token is good for its file alone.
    let token = url.split_once('?').expect("a query").1;
    let of_other = member.download_url(&other).split_once('?').expect("a query").0.to_owned();
    location(&Request::get(&format!("{of_other}?{token}")).send());
    site.advance(24 * 60 * 60);
    location(&Request::get(&url).send());
    let member = site.sign_in("keys");
    let url = member.download_url(&id);
    site.order("expire", json!({"what": "links"}));
    location(&Request::get(&url).send());
    let without = url.split_once('?').expect("a query").0;
    assert!(Request::get(without).send().text().contains("<html>"), "its page");
    let unknown =
        Request::get(&format!("{}/none?{token}", text(&site.service["base_url"]).replace("/api/v2", ""))).send();
    assert_eq!((unknown.status, unknown.header("content-type")), (404, Some("text/html; charset=UTF-8")));
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn the_storage_host_is_another_origin() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    site.set(json!({"storage_redirect": true}));
    let member = site.sign_in("keys");
    let id = site.seed("keys", json!({"name": "a b.bin", "content": "0123456789"}));
    let url = member.download_url(&id);
    let there = location(&Request::get(&url).header("range", "bytes=4-").send());
    let host = |address: &str| address.split('/').nth(2).map(str::to_owned);
    assert!(host(&there) != host(&url) && there.contains("/a%20b.bin?key="), "{there}");
    let got = Request::get(&there).header("range", "bytes=4-").send();
    assert_eq!((got.status, got.text().as_str()), (206, "456789"));
    assert_eq!(member.ok("file/info", &[("file_id", &id)])["data"]["downloads"], json!("1"), "it counts once");
    assert_eq!(site.violations(), [""; 0]);
    assert_eq!(site.operations().last().map(String::as_str), Some("file.info"));
    assert!(site.operations().iter().any(|operation| operation == "storage"));
    // What is told there is noted.
    Request::get(&there).header("authorization", "Bearer x").send();
    Request::get(&format!("{there}&access_token={}", member.token)).send();
    let here = there.replace(&host(&there).expect("a host"), &host(&url).expect("a host"));
    assert_eq!(Request::get(&here).send().status, 404);
    assert_eq!(
        site.violations(),
        [
            "an Authorization header came with a file's address",
            "a password, key or token came with a file's address",
            "an address of the storage host was asked for elsewhere",
        ]
    );
    site.order("expire", json!({"what": "links"}));
    assert_eq!(Request::get(&there).send().status, 404);
    assert_eq!(Request::get(&format!("http://{}/settings", host(&there).expect("a host"))).send().status, 404);
}

#[test]
fn addresses_are_used_as_they_are() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let url = member.download_url(&site.seed("keys", json!({"size": 3})));
    Request::get(&format!("{url}&name=x")).send();
    Request::get(&format!("{url}&access_token={}", member.token)).send();
    let told = "a download address was changed";
    assert_eq!(site.violations(), [told, "a password, key or token came with a file's address", told]);
    assert_eq!(Request::new("POST", &url).send().status, 405);
}

#[test]
fn so_many_at_a_time() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    site.set(json!({"download_threads": 1}));
    let member = site.sign_in("keys");
    let url = member.download_url(&site.seed("keys", json!({"size": 100})));
    site.fault("content", "hold", json!({"at_byte": 10}));
    let open = Request::get(&url).open();
    site.ask("requests?wait_for=held");
    let refused = Request::get(&url).send();
    assert_eq!((refused.status, refused.text().as_str()), (429, "Error: Too many concurrent download requests."));
    site.order("release", json!({}));
    drop(open);
    until(|| Some(()).filter(|()| Request::get(&url).send().status == 200));
}

#[test]
fn faults_of_addresses() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let url = member.download_url(&site.seed("keys", json!({"size": 100})));
    site.fault("content", "error", json!({"message": "Error: gone"}));
    assert!(location(&Request::get(&url).send()).ends_with("/error?e=Error%3A+gone"));
    site.fault("content", "error", json!({"http_status": 429}));
    assert_eq!(Request::get(&url).send().text(), "Error: Too many concurrent download requests.");
    site.fault("content", "error", json!({"http_status": 404}));
    assert_eq!(Request::get(&url).send().status, 404);
    site.fault("content", "truncate", json!({"at_byte": 7}));
    assert_eq!(Request::get(&url).send().body.len(), 7);
    site.odd("download_html");
    let page = Request::get(&url).send();
    assert_eq!((page.status, page.header("content-disposition")), (200, None));
    assert!(page.text().contains("<html>"));
    assert_eq!(member.ok("account/info", &[])["data"]["lastname"], Value::Null);
}
