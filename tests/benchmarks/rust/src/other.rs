//! The same listing as a program would else read it: reqwest, and structs with serde.

#![allow(dead_code, reason = "what a program would read is read, used or not")]

use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer};

use crate::rounds::{RECORDS, Rounds};
use crate::{Outcome, same};

#[derive(Deserialize)]
struct Listing {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    id: String,
    name: Option<String>,
    is_available: Option<bool>,
    is_folder: Option<bool>,
    #[serde(default, deserialize_with = "time_or_null")]
    date_created: Option<DateTime>,
    size: Option<i64>,
    md5: Option<String>,
    extended_info: Option<ExtendedInfo>,
}

#[derive(Deserialize)]
struct ExtendedInfo {
    abuses: Option<Vec<serde_json::Value>>,
    storage_object: Option<StorageObject>,
    size: Option<i64>,
    #[serde(default, deserialize_with = "time_or_null")]
    date_download_last: Option<DateTime>,
    downloads: Option<i64>,
    access: Option<Access>,
    content_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum StorageObject {
    Available,
    Deleted,
    Corrupted,
    #[serde(untagged)]
    Unknown(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Access {
    Public,
    Private,
    Premium,
    #[serde(untagged)]
    Unknown(String),
}

fn time_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime>, D::Error> {
    let text: Option<&str> = Option::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
}

pub async fn time(rounds: &Rounds, base_url: &str, total: i64) -> Outcome {
    // Without TLS no provider is used, but reqwest wants to know one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let fetch = async || {
        let request = http.post(format!("{base_url}/getFilesList")).body(r#"{"limit": 10000}"#);
        request.send().await?.error_for_status()?.bytes().await
    };
    rounds.time("other", RECORDS, async || read(&fetch().await?, total)).await?;
    let answer = fetch().await?;
    rounds.time("other_reading", RECORDS, async || read(&answer, total)).await
}

fn read(answer: &[u8], total: i64) -> Outcome {
    let listing: Listing = serde_json::from_slice(answer)?;
    same(total, listing.files.iter().filter_map(|file| file.size).sum())
}
