//! YetiShare as its clients see it.

mod admin;
mod downloads;
mod errors;
mod files;
mod folders;
mod odd_forms;
mod readme;
mod remote;
mod sign_in;
mod strictness;
mod uploads;

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::client::{Emulator, Reply, Request, text};

/// A world of its own, with a site in it.
pub struct Site {
    pub control: String,
    pub service: Value,
}

impl Site {
    pub fn new(emulator: &Emulator) -> Self {
        let control = text(&emulator.ready["control"]);
        let made = Request::post(&format!("{control}/worlds"), &json!({})).send().json();
        Self {
            control: format!("{control}/worlds/{}", text(&made["id"])),
            service: made["services"]["yetishare"].clone(),
        }
    }

    pub fn account(&self, kind: &str) -> &Value {
        &self.service["accounts"][kind]
    }

    pub fn address(&self, path: &str) -> String {
        format!("{}/{path}", text(&self.service["base_url"]))
    }

    /// Posts a form.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        Request::new("POST", &self.address(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(fields))
            .send()
    }

    pub fn sign_in(&self, kind: &str) -> Member<'_> {
        self.sign_in_as(self.account(kind))
    }

    /// Signs an account in, by its keys where it has some.
    pub fn sign_in_as(&self, account: &Value) -> Member<'_> {
        let names = if account["key1"].is_string() { ["key1", "key2"] } else { ["username", "password"] };
        let fields = names.map(|name| (name, text(&account[name])));
        let reply = self.post("authorize", &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).json();
        assert_eq!(reply["_status"], json!("success"), "{reply}");
        let id = reply["data"]["account_id"].clone();
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        Member { site: self, token: text(&reply["data"]["access_token"]), id }
    }

    pub fn order(&self, path: &str, body: Value) -> Value {
        let reply = Request::post(&format!("{}/{path}", self.control), &body).send();
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    /// An order whose service is this one.
    fn order_here(&self, path: &str, mut body: Value) -> Value {
        body["service"] = json!("yetishare");
        self.order(path, body)
    }

    pub fn ask(&self, path: &str) -> Value {
        Request::get(&format!("{}/{path}", self.control)).send().json()
    }

    pub fn set(&self, settings: Value) -> Value {
        self.order_here("settings", settings)
    }

    pub fn odd(&self, name: &str) {
        self.order_here("odd", json!({"name": name}));
    }

    pub fn fault(&self, path: &str, fault: &str, mut members: Value) {
        members["path"] = json!(path);
        members["fault"] = json!(fault);
        self.order_here("faults", members);
    }

    pub fn advance(&self, seconds: i64) {
        self.order("clock", json!({"advance_s": seconds}));
    }

    pub fn new_account(&self, kind: &str, mut members: Value) -> Value {
        members["kind"] = json!(kind);
        self.order_here("accounts", members)
    }

    /// Puts an item into an account and gives back its id.
    pub fn seed(&self, kind: &str, mut members: Value) -> String {
        members["username"] = self.account(kind)["username"].clone();
        if members.get("name").is_none() {
            members["name"] = json!("seed.bin");
        }
        text(&self.order_here("files", members)["ids"][0])
    }

    pub fn violations(&self) -> Vec<String> {
        let violations = self.ask("violations")["violations"].clone();
        violations.as_array().expect("a list").iter().map(|violation| text(&violation["message"])).collect()
    }

    /// The operations that were asked for.
    pub fn operations(&self) -> Vec<String> {
        let requests = self.ask("requests")["requests"].clone();
        requests.as_array().expect("a list").iter().map(|request| text(&request["operation"])).collect()
    }
}

/// Somebody who has signed in.
pub struct Member<'a> {
    pub site: &'a Site,
    pub token: String,
    pub id: String,
}

impl Member<'_> {
    /// The fields of a call with those that say who calls.
    pub fn fields<'a>(&'a self, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        [("access_token", self.token.as_str()), ("account_id", self.id.as_str())]
            .iter()
            .chain(fields)
            .copied()
            .collect()
    }

    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.site.post(path, &self.fields(fields))
    }

    /// The answer to a call that succeeds.
    pub fn ok(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let reply = self.post(path, fields);
        let body = reply.json();
        assert_eq!((reply.status, &body["_status"]), (200, &json!("success")), "{path} {fields:?}: {body}");
        body
    }

    /// The text of a call that is refused.
    pub fn refused(&self, path: &str, fields: &[(&str, &str)]) -> String {
        refusal(&self.post(path, fields))
    }

    pub fn upload(&self, name: &str, bytes: impl Into<Vec<u8>>, fields: &[(&str, &str)]) -> Reply {
        Form::new(&self.fields(fields)).file("upload_file", name, bytes).post(&self.site.address("file/upload"))
    }

    /// Uploads and gives back what is told of the file.
    pub fn uploaded(&self, name: &str, bytes: impl Into<Vec<u8>>, fields: &[(&str, &str)]) -> Value {
        let body = self.upload(name, bytes, fields).json();
        assert_eq!((&body["response"], &body["_status"]), (&json!("File uploaded"), &json!("success")), "{body}");
        body["data"][0].clone()
    }

    /// Names of folders and files in a folder.
    pub fn names(&self, folder: &str) -> (Vec<String>, Vec<String>) {
        let listed = self.ok("folder/listing", &[("parent_folder_id", folder)])["data"].clone();
        let of = |list: &str, name: &str| {
            listed[list].as_array().expect("a list").iter().map(|item| text(&item[name])).collect()
        };
        (of("folders", "folderName"), of("files", "filename"))
    }

    pub fn download_url(&self, file: &str) -> String {
        text(&self.ok("file/download", &[("file_id", file)])["data"]["download_url"])
    }
}

/// The text of a refusal in the usual shape.
pub fn refusal(reply: &Reply) -> String {
    let body = reply.json();
    assert_eq!((reply.status, &body["_status"]), (200, &json!("error")), "{body}");
    text(&body["response"])
}

pub fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

const BOUNDARY: &str = "a-boundary-of-the-test";

/// A form of several parts.
pub struct Form(Vec<u8>);

impl Form {
    pub fn new(fields: &[(&str, &str)]) -> Self {
        fields.iter().fold(Self(Vec::new()), |form, (name, value)| form.part(&format!("name=\"{name}\"\r\n"), *value))
    }

    pub fn file(self, part: &str, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let head = format!("name=\"{part}\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n");
        self.part(&head, bytes)
    }

    fn part(mut self, head: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.extend_from_slice(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; {head}\r\n").as_bytes());
        self.0.extend_from_slice(&bytes.into());
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub fn request(mut self, address: &str) -> Request {
        self.0.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        Request::new("POST", address)
            .header("content-type", &format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(self.0)
    }

    pub fn post(self, address: &str) -> Reply {
        self.request(address).send()
    }
}
