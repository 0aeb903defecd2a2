//! Premiumize's legacy API: three methods, links that are real, fair use that goes down.

use serde_json::{Value, json};

use crate::client::{Emulator, End, Reply, Request, World, text};

const NAME: &str = "premiumize_legacy";

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A call with the parameters in the order that the document asks for.
fn ask(world: &World, kind: &str, method: &str, link: Option<&str>) -> Reply {
    let account = world.account(kind);
    let (login, pass) = (text(&account["login"]), text(&account["pass"]));
    let link = link.map_or_else(String::new, |link| format!("&params%5Blink%5D={}", encoded(link)));
    let query = format!("method={method}&params[login]={login}&params[pass]={pass}{link}");
    Request::get(&format!("{}/v1.php?{query}", world.base_url())).send()
}

fn link(world: &World, kind: &str, link: &str) -> Reply {
    ask(world, kind, "directdownloadlink", Some(link))
}

/// The link of a file that is there from the start.
fn known(world: &World, name: &str) -> String {
    text(&world.service["links"][name])
}

/// Scheme, host and port.
fn origin(address: &str) -> String {
    address.split('/').take(3).collect::<Vec<_>>().join("/")
}

/// HTTP status, status and result of a refusal.
fn refusal(reply: &Reply) -> (u16, Value, Option<Value>) {
    let body = reply.json();
    assert!(body["statusmessage"].is_string(), "{body}");
    (reply.status, body["status"].clone(), body.get("result").cloned())
}

#[test]
fn what_an_account_is() {
    let emulator = Emulator::start();
    let world = emulator.new_world_of(NAME);
    for (kind, word, expires) in [
        ("premium", "premium", true),
        ("trial", "trial", true),
        ("prepaid", "prepaid", false),
        ("free", "free", false),
        ("fairuse_empty", "premium", true),
        ("named", "premium", true),
        ("forbidden", "premium", true),
    ] {
        let reply = ask(&world, kind, "accountstatus", None);
        let body = reply.json();
        assert_eq!((reply.status, &body["status"], &body["statusmessage"]), (200, &json!(200), &json!("OK")), "{kind}");
        let result = &body["result"];
        assert_eq!((&result["account_name"], &result["type"]), (&world.account(kind)["login"], &json!(word)), "{kind}");
        assert_eq!(result["expires"].is_i64(), expires, "{kind}");
        let left = if kind == "fairuse_empty" { 0.0 } else { 1.0 };
        assert_eq!(result["fairuse_left"], json!(left), "{kind}");
        assert_eq!(result["trafficleft_gigabytes"], json!(left * 300.0), "{kind}");
    }
    let blocked = ask(&world, "blocked", "accountstatus", None);
    assert_eq!((blocked.status, blocked.header("content-type")), (403, Some("text/html")));
    assert!(blocked.text().contains("<h1>403 Forbidden</h1>"));
    assert_eq!(world.violations(), [""; 0]);
    assert_eq!(world.outcomes("accountstatus").len(), 8);
}

#[test]
fn a_wrong_pin_is_401() {
    let emulator = Emulator::start();
    let world = emulator.new_world_of(NAME);
    for method in ["accountstatus", "hosterlist"] {
        let address = format!("{}/v1.php?method={method}&params[login]=1&params[pass]=2", world.base_url());
        assert_eq!(refusal(&Request::get(&address).send()), (200, json!(401), Some(Value::Null)));
    }
    world.odd("http_status_mirrored");
    world.odd("result_missing");
    let address = format!("{}/v1.php?method=hosterlist&params[login]=1&params[pass]=2", world.base_url());
    assert_eq!(refusal(&Request::get(&address).send()), (401, json!(401), None));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn hosts_and_their_odd_forms() {
    let emulator = Emulator::start();
    let world = emulator.new_world_of(NAME);
    let reply = ask(&world, "free", "hosterlist", None);
    assert!(reply.text().contains(r"https?:\/\/"), "slashes are escaped");
    let result = reply.json()["result"].clone();
    let names = ["ferryhost.example", "driftbox.example", "quaycloud.example"];
    assert_eq!(result["hosterlist"], json!(names));
    assert_eq!(result["hosters"].as_object().map(|hosts| hosts.len()), Some(3));
    let of_all = |member: &str| -> Vec<Value> {
        names.iter().flat_map(|name| result["hosters"][*name][member].as_array().cloned().unwrap_or_default()).collect()
    };
    assert_eq!(result["tldlist"], json!(of_all("tlds")));
    assert_eq!(result["regexlist"], json!(of_all("regexes")));
    assert_eq!(result.get("connection_settings"), None);
    for odd in ["hosts_twice", "connection_settings", "resume_as_number", "regex_pcre_only"] {
        world.odd(odd);
    }
    let result = ask(&world, "free", "hosterlist", None).json()["result"].clone();
    assert_eq!(result["hosterlist"], json!([names[0], names[1], names[2], names[0]]));
    let settings = &result["connection_settings"];
    let of_driftbox = json!({"max_connections_per_file": 1, "max_connections_per_hoster": 2, "resume": 0});
    assert_eq!((&settings["driftbox.example"], &settings["all"]["resume"]), (&of_driftbox, &json!(1)));
    assert!(result["regexlist"].to_string().contains("(?>"), "{result}");
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn a_link_gives_the_bytes_and_costs_fair_use() {
    let emulator = Emulator::start();
    let world = emulator.new_world_of(NAME);
    let wish = json!({"service": NAME, "link": "https://fh.example/a b/größe.bin", "name": "größe.bin", "content": "0123456789"});
    world.order("files", wish);
    let small = json!({"service": NAME, "kind": "prepaid", "fairuse_bytes": 25});
    let account = world.order("accounts", small);
    let login = [text(&account["login"]), text(&account["pass"])];
    let call = |method: &str, link: &str| {
        let [login, pass] = &login;
        let query = format!("method={method}&params%5Blogin%5D={login}&params%5Bpass%5D={pass}{link}");
        Request::get(&format!("{}/v1.php?{query}", world.base_url())).send()
    };
    let asked = format!("&params%5Blink%5D={}", encoded("https://fh.example/a b/größe.bin"));
    let reply = call("directdownloadlink", &asked);
    assert!(reply.text().contains(r":\/\/"), "{}", reply.text());
    let result = reply.json()["result"].clone();
    assert_eq!(result.as_object().map(|members| members.len()), Some(1), "{result}");
    let location = text(&result["location"]);
    assert!((256..2083).contains(&location.len()), "{location}");
    assert_ne!(origin(&location), origin(&world.base_url()));
    let got = Request::get(&location).send();
    assert_eq!((got.status, got.end, got.text().as_str()), (200, End::Complete, "0123456789"));
    assert!(got.header("content-disposition").is_some_and(|value| value.contains("gr%C3%B6%C3%9Fe")));
    let part = Request::get(&location).header("range", "bytes=3-5").send();
    assert_eq!((part.status, part.text().as_str(), part.header("content-range")), (206, "345", Some("bytes 3-5/10")));
    let left = || call("accountstatus", "").json()["result"]["fairuse_left"].clone();
    assert_eq!(left(), json!(0.6));
    assert_eq!(call("directdownloadlink", &asked).json()["status"], json!(200));
    assert_eq!(left(), json!(0.2));
    assert_eq!(call("directdownloadlink", &asked).json()["status"], json!(509));
    assert_eq!(left(), json!(0.2));
    world.odd("fairuse_as_409");
    assert_eq!(call("directdownloadlink", &asked).json()["status"], json!(409));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn odd_forms_of_links() {
    let emulator = Emulator::start();
    let world = emulator.new_world_of(NAME);
    let file = known(&world, "file");
    for odd in ["filename", "filesize"] {
        world.odd(odd);
    }
    let result = link(&world, "premium", &file).json()["result"].clone();
    assert_eq!((&result["filename"], &result["filesize"]), (&json!("sample.bin"), &json!(4096)));
    for odd in ["filesize_as_text", "location_redirects", "disposition_missing", "ranges_ignored"] {
        world.odd(odd);
    }
    let result = link(&world, "premium", &file).json()["result"].clone();
    assert_eq!(result["filesize"], json!("4096"));
    let redirect = Request::get(&text(&result["location"])).send();
    assert_eq!(redirect.status, 302);
    let data = redirect.header("location").expect("a location");
    assert_eq!(origin(data), origin(&world.base_url()));
    let got = Request::get(data).header("range", "bytes=0-9").send();
    assert_eq!((got.status, got.body.len(), got.header("content-disposition")), (200, 4096, None));
    for odd in ["extuid", "traffic_as_float", "traffic_negative", "extra_keys", "slashes_plain"] {
        world.odd(odd);
    }
    let result = ask(&world, "premium", "accountstatus", None).json()["result"].clone();
    assert!(result["extuid"].is_string() && result["served_by"].is_object(), "{result}");
    let traffic = result["trafficleft_bytes"].as_f64().expect("a number");
    assert!(traffic < 0.0 && traffic.fract() != 0.0, "{traffic}");
    assert!(link(&world, "premium", &file).text().contains("http://"));
    world.odd("traffic_missing");
    assert_eq!(ask(&world, "premium", "accountstatus", None).json()["result"].get("trafficleft_bytes"), None);
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn refusals_that_follow_from_state() {
    let emulator = Emulator::start();
    let world = emulator.new_world_of(NAME);
    let file = known(&world, "file");
    let status = |kind: &str, asked: &str| link(&world, kind, asked).json()["status"].clone();
    assert_eq!(status("free", &file), json!(402));
    assert_eq!(status("forbidden", &file), json!(403));
    assert_eq!(status("fairuse_empty", &file), json!(509));
    assert_eq!(status("premium", "https://nobody.example/file/1"), json!(400));
    assert_eq!(status("premium", "no link"), json!(400));
    assert_eq!(status("premium", "https://ferryhost.example/file/gone"), json!(404));
    assert_eq!(status("trial", &file), json!(200));
    world.set(json!({"hosts_down": ["ferryhost.example"]}));
    assert_eq!(status("trial", &file), json!(428));
    world.set(json!({"hosts_down": [], "links_per_day": 1}));
    assert_eq!(refusal(&link(&world, "trial", &file)), (200, json!(0), Some(Value::Null)));
    assert_eq!(status("trial", &known(&world, "empty")), json!(200), "each host counts by itself");
    world.odd("link_limit_as_500");
    assert_eq!(status("trial", &file), json!(500));
    world.advance(24 * 60 * 60);
    assert_eq!(status("trial", &file), json!(200));
    world.odd("free_as_status_0");
    assert_eq!(link(&world, "free", &file).json()["statusmessage"], json!("Your account is not premium"));
    world.order("files", json!({"service": NAME, "link": "https://fh.example/x", "status": 503}));
    assert_eq!(status("premium", "https://fh.example/x"), json!(503));
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn any_status_can_be_ordered() {
    let emulator = Emulator::start();
    let world = emulator.new_world_of(NAME);
    let file = known(&world, "file");
    for mirrored in [false, true] {
        for status in [400, 401, 402, 403, 404, 428, 502, 503, 509, 0, 2, 500, 409] {
            world.fault("directdownloadlink", "error", json!({"code": status}));
            let http_status = if mirrored && status >= 400 { u16::try_from(status).expect("a status") } else { 200 };
            assert_eq!(refusal(&link(&world, "premium", &file)), (http_status, json!(status), Some(Value::Null)));
        }
        world.odd("http_status_mirrored");
    }
    world.fault("accountstatus", "error", json!({"code": 401, "http_status": 200, "message": "no", "extra": {"x": 1}}));
    let reply = ask(&world, "premium", "accountstatus", None);
    let body = json!({"result": null, "status": 401, "statusmessage": "no", "x": 1});
    assert_eq!((reply.status, reply.json()), (200, body));
}

#[test]
fn links_end() {
    let emulator = Emulator::start();
    let world = emulator.new_world_of(NAME);
    let location = || text(&link(&world, "premium", &known(&world, "file")).json()["result"]["location"]);
    let ended = location();
    world.order("expire", json!({"what": "links"}));
    assert_eq!(Request::get(&ended).send().status, 403);
    let ended = location();
    world.advance(12 * 60 * 60);
    assert_eq!(Request::get(&ended).send().status, 403);
    world.fault("download", "error", json!({"http_status": 410}));
    assert_eq!(Request::get(&location()).send().status, 410);
    assert_eq!(world.violations(), [""; 0]);
}

#[test]
fn what_no_document_allows_is_noted() {
    let emulator = Emulator::start();
    let world = emulator.new_world_of(NAME);
    let account = world.account("premium");
    let (login, pass) = (text(&account["login"]), text(&account["pass"]));
    let base = world.base_url();
    let good = format!("{base}/v1.php?method=accountstatus&params[login]={login}&params[pass]={pass}");
    let noted = |request: Request, status: u16| {
        Request::new("DELETE", &format!("{}/requests", world.control)).send();
        assert_eq!(request.send().status, status);
        world.violations()
    };
    assert_eq!(noted(Request::get(&good), 200), [""; 0]);
    assert_eq!(noted(Request::new("POST", &good), 200), ["a method is called with GET"]);
    assert_eq!(noted(Request::get(&good).body("x"), 200), ["a method takes no body"]);
    assert_eq!(noted(Request::get(&format!("{good}&x=1")), 200), ["unknown parameter \"x\""]);
    let twice = ["parameter \"method\" is there more than once", ORDER];
    assert_eq!(noted(Request::get(&format!("{good}&method=accountstatus")), 200), twice);
    let turned = format!("{base}/v1.php?method=accountstatus&params[pass]={pass}&params[login]={login}");
    assert_eq!(noted(Request::get(&turned), 200), [ORDER]);
    let missing = format!("{base}/v1.php?method=accountstatus&params[login]={login}");
    assert_eq!(noted(Request::get(&missing), 200), ["parameter \"params[pass]\" is missing"]);
    assert_eq!(noted(Request::get(&format!("{base}/v1.php?method=other")), 200).len(), 1);
    assert_eq!(noted(Request::get(&format!("{base}/v2.php")), 404), ["nothing answers GET /pm-api/v2.php"]);
    let encoded_twice = encoded(&known(&world, "file"));
    Request::new("DELETE", &format!("{}/requests", world.control)).send();
    assert_eq!(link(&world, "premium", &encoded_twice).json()["status"], json!(400));
    assert_eq!(world.violations(), ["the link is percent-encoded more than once"]);
    let location = text(&link(&world, "premium", &known(&world, "file")).json()["result"]["location"]);
    let told = noted(Request::get(&location).header("authorization", &format!("Bearer {pass}")), 200);
    assert_eq!(told, ["a PIN went to a storage host", "an Authorization header went to a storage host"]);
    assert_eq!(noted(Request::get(&format!("{location}/x")), 404).len(), 1);
}

const ORDER: &str = "the parameters are not in the order [\"method\", \"params[login]\", \"params[pass]\"]";
