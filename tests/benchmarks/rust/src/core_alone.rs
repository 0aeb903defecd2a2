//! The listing as far as all languages share the way: checked and decoded, before any of them makes its objects.

use fileferry_core::border::{Answer, CancelHandle, Client, Hooks};

use crate::Outcome;
use crate::rounds::{RECORDS, Rounds};

pub async fn time(rounds: &Rounds, base_url: &str) -> Outcome {
    let options = serde_json::json!({"access_token": "key", "base_url": base_url, "rate": 0, "agent": "core"});
    let client = Client::from_json("keep2share", options.to_string().as_bytes(), Hooks::default())?;
    rounds
        .time("core", RECORDS, async || {
            let arguments = br#"{"limit": 10000, "extended_info": true}"#;
            let reply = client.call("files.getFilesList", arguments, b"", &CancelHandle::new()).await;
            match reply.outcome? {
                Answer::Value(..) => Ok(()),
                _ => Err("the listing is no value".into()),
            }
        })
        .await
}
