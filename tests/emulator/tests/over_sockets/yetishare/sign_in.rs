//! Signing in: two modes, one token an account, an hour without use.

use serde_json::{Value, json};

use super::{Member, Site, refusal};
use crate::client::{Emulator, Request, text};

const WRONG_KEYS: &str = "Could not authenticate user. The key pair may be invalid or your account may be locked from too many failed logins.";
const WRONG_LOGIN: &str = "Could not authenticate user. The username and password may be invalid or your account may be locked from too many failed logins.";
const BAD_TOKEN: &str = "Could not validate access_token and account_id, please reauthenticate or try again.";
const BAD_TOKEN_ALONE: &str = "Could not validate access_token, please reauthenticate or try again.";

fn username(member: &Member<'_>) -> Value {
    member.ok("account/info", &[])["data"]["username"].clone()
}

fn keys(site: &Site, kind: &str) -> [(&'static str, String); 2] {
    ["key1", "key2"].map(|name| (name, text(&site.account(kind)[name])))
}

fn try_keys(site: &Site, kind: &str) -> String {
    let fields = keys(site, kind);
    refusal(&site.post("authorize", &fields.each_ref().map(|(name, value)| (*name, value.as_str()))))
}

#[test]
fn the_ready_line_has_what_clients_need() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    assert!(text(&emulator.ready["services"]["yetishare"]["base_url"]).ends_with("/yetishare/api/v2"));
    for kind in ["keys", "login", "admin", "free", "locked", "no_api", "no_upload", "full", "suspended"] {
        let account = site.account(kind);
        assert!(account["username"].is_string() && account["account_id"].is_string(), "{kind}: {account}");
        for key in ["key1", "key2"] {
            assert_eq!(account[key].as_str().map(str::len), (kind != "login").then_some(64), "{kind}");
        }
        assert_eq!(account["password"].is_string(), kind != "keys", "{kind}");
    }
}

#[test]
fn by_keys_and_by_name() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    for kind in ["keys", "login", "admin", "free", "no_upload", "full"] {
        let member = site.sign_in(kind);
        assert_eq!((member.token.len(), json!(member.id)), (128, site.account(kind)["account_id"].clone()), "{kind}");
        assert_eq!(username(&member), site.account(kind)["username"], "{kind}");
    }
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn who_may_not() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    assert_eq!((try_keys(&site, "locked"), try_keys(&site, "suspended")), (WRONG_KEYS.into(), WRONG_KEYS.into()));
    assert!(try_keys(&site, "no_api").starts_with("Your account level does not have access"));
    let username = text(&site.account("login")["username"]);
    let login = |password: &str| site.post("authorize", &[("username", &username), ("password", password)]);
    assert_eq!(refusal(&login("wrong")), WRONG_LOGIN);
    assert_eq!(refusal(&site.post("authorize", &[("key1", &"a".repeat(64)), ("key2", &"b".repeat(64))])), WRONG_KEYS);
    // Five refusals in a row lock an account for an hour, in the same words.
    for _ in 0..4 {
        login("wrong");
    }
    let password = text(&site.account("login")["password"]);
    assert_eq!(refusal(&login(&password)), WRONG_LOGIN);
    site.advance(60 * 60);
    assert_eq!(login(&password).json()["_status"], json!("success"));
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn what_is_missing_is_told_in_order() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let (key, short) = ("a".repeat(64), "a".repeat(63));
    let refused = |fields: &[(&str, &str)]| refusal(&site.post("authorize", fields));
    assert_eq!(refused(&[]), "Please provide key1. It must be 64 characters in length.");
    assert_eq!(
        refused(&[("key1", &short), ("key2", &key)]),
        "Please provide key1. It must be 64 characters in length."
    );
    assert_eq!(refused(&[("key1", &key), ("key2", "")]), "Please provide key2. It must be 64 characters in length.");
    assert_eq!(refused(&[("password", "x")]), "Please provide a username.");
    assert_eq!(refused(&[("username", "x"), ("password", " ")]), "Please provide a password.");
    // A real site has one mode.
    site.set(json!({"sign_in": "keys"}));
    let login = [("username", "x"), ("password", "y")];
    assert_eq!(refused(&login), "Please provide key1. It must be 64 characters in length.");
    site.set(json!({"sign_in": "login"}));
    assert_eq!(refused(&[("key1", &key), ("key2", &key)]), "Please provide a username.");
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn values_are_trimmed_and_lose_their_tags() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let wish = json!({"username": "blanks", "password": "pass<word"});
    site.new_account("login", wish);
    let authorize = |password: &str| site.post("authorize", &[("username", " blanks "), ("password", password)]);
    assert_eq!(refusal(&authorize("pass<word")), WRONG_LOGIN);
    site.new_account("login", json!({"username": "other", "password": "ac"}));
    let reply = site.post("authorize", &[("username", "<i>other</i>"), ("password", " a<b>c ")]);
    assert_eq!(reply.json()["_status"], json!("success"));
}

#[test]
fn an_account_has_one_live_token() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let (old, other) = (site.sign_in("keys"), site.sign_in("free"));
    let new = site.sign_in("keys");
    assert_eq!(old.refused("folder/listing", &[]), BAD_TOKEN);
    assert_eq!(old.refused("account/info", &[]), BAD_TOKEN_ALONE);
    new.ok("folder/listing", &[]);
    other.ok("folder/listing", &[]);
    let mixed = Member { site: &site, token: new.token.clone(), id: other.id.clone() };
    assert_eq!(mixed.refused("folder/listing", &[]), BAD_TOKEN);
    assert_eq!(mixed.refused("account/info", &[]), BAD_TOKEN_ALONE);
}

#[test]
fn tokens_end_an_hour_after_their_last_use() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let (used, unused) = (site.sign_in("keys"), site.sign_in("free"));
    used.ok("folder/listing", &[]);
    for _ in 0..3 {
        site.advance(50 * 60);
        used.ok("folder/listing", &[]);
    }
    // One that was never used stays for ever.
    unused.ok("folder/listing", &[]);
    site.advance(60 * 60 + 1);
    assert_eq!(used.refused("folder/listing", &[]), BAD_TOKEN);
    let again = site.sign_in("keys");
    site.order("expire", json!({"what": "tokens", "service": "yetishare"}));
    assert_eq!(again.refused("folder/listing", &[]), BAD_TOKEN);
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn a_token_is_given_back_once() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let done = member.ok("disable_access_token", &[]);
    assert_eq!((&done["response"], done.get("data")), (&json!("Token removed or no longer available."), None));
    assert_eq!(member.refused("disable_access_token", &[]), BAD_TOKEN);
    assert_eq!(member.refused("file/info", &[("file_id", "1")]), BAD_TOKEN);
}

#[test]
fn get_and_odd_spellings_of_addresses() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let query = super::encoded(&member.fields(&[]));
    for path in ["account/info", "Account/INFO/", "account/info/"] {
        assert_eq!(Request::get(&format!("{}?{query}", site.address(path))).send().json()["_status"], json!("success"));
    }
    let form = super::Form::new(&member.fields(&[]));
    assert_eq!(form.post(&site.address("account/info")).json()["_status"], json!("success"));
    assert_eq!(site.violations(), [""; 0]);
    assert_eq!(site.operations(), ["auth.authorize", "account.info", "account.info", "account.info", "account.info"]);
}

#[test]
fn accounts_and_packages() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let member = site.sign_in("keys");
    let info = member.ok("account/info", &[])["data"].clone();
    assert_eq!(info["id"], json!(member.id));
    assert_eq!((&info["level_id"], &info["status"]), (&json!("2"), &json!("active")));
    assert_eq!((&info["lastlogindate"].as_str().map(str::len), &info["lastname"]), (&Some(19), &Value::Null));
    let package = member.ok("account/package", &[])["data"].clone();
    assert_eq!((&package["max_upload_size"], &package["can_upload"]), (&json!("1073741824"), &json!("1")));
    assert_eq!(
        (package.as_object().map(serde_json::Map::len), &package["level_type"]),
        (Some(18), &json!("paid user"))
    );
    assert_eq!(site.sign_in("no_upload").ok("account/package", &[])["data"]["can_upload"], json!("0"));
    let small = site.new_account("free", json!({"max_upload_size": 7}));
    assert_eq!(site.sign_in_as(&small).ok("account/package", &[])["data"]["max_upload_size"], json!("7"));
}
