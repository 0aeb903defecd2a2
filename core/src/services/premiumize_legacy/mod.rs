//! Premiumize, legacy: three questions with customer id and PIN in the query, and a list of hosters that tells which links
//! the service takes.

mod hosters;

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use crate::border::Error;
use crate::services::Special;
use crate::tables::Operation;
use crate::verbs::{At, Verbs};
use crate::wire::{Context, Engine};

/// How the legacy API of Premiumize does what is special to a service, and what the verbs ask for.
pub(super) struct PremiumizeLegacy;

impl Special for PremiumizeLegacy {
    fn check_credentials(&self, credentials: &BTreeMap<&'static str, SecretString>) -> Result<(), Error> {
        match credentials.contains_key("login") == credentials.contains_key("pass") {
            true => Ok(()),
            false => Err(Error::invalid_argument("login and pass belong together")),
        }
    }

    async fn make(
        &self,
        engine: &Engine,
        operation: &Operation,
        arguments: &Map<String, Value>,
        context: &Context<'_>,
    ) -> Result<Value, Error> {
        let link = arguments.get("link").and_then(Value::as_str);
        let link = link.ok_or_else(|| Error::internal(format!("{} without a link", operation.id)))?;
        let list = At { engine, context }.ask("legacy.hosterlist", json!({})).await?;
        Ok(hosters::hoster_of(link, &list))
    }
}

impl Verbs for PremiumizeLegacy {
    async fn account(&self, at: At<'_>) -> Result<Value, Error> {
        let answer = at.ask("legacy.accountstatus", json!({})).await?;
        let login = at.engine.signed_in.credential("login").map(ExposeSecret::expose_secret);
        // Fair use is a share of something that nobody tells, so no bytes are left that could be named.
        Ok(json!({
            "id": login,
            "name": answer["account_name"],
            "plan": answer["type"],
            "expires": answer["expires"],
        }))
    }
}
