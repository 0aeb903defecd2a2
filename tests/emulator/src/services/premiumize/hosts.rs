//! The services that it fetches from.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::envelope::{Success, Verdict};
use super::{Premiumize, odd};
use crate::services::fetch;

/// A service that it fetches from, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    pub name: String,
    /// Its other domains.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Patterns of links. They are for clients: the service goes by domains.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// How many bytes of fair use a byte costs.
    #[serde(default = "one")]
    pub factor: u64,
    #[serde(default = "yes")]
    pub cache: bool,
    #[serde(default = "yes")]
    pub directdl: bool,
    #[serde(default = "yes")]
    pub queue: bool,
}

fn one() -> u64 {
    1
}

fn yes() -> bool {
    true
}

impl Host {
    fn new(name: &str, aliases: &[&str], patterns: &[&str], factor: u64) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let (aliases, patterns) = (owned(aliases), owned(patterns));
        Self { name: name.to_owned(), aliases, patterns, factor, cache: true, directdl: true, queue: true }
    }

    /// The services of a fresh world.
    pub fn usual() -> Vec<Self> {
        let ferryhost =
            Self::new("ferryhost.example", &["fh.example"], &[r"https?://(www\.)?ferryhost\.example/file/.+"], 1);
        let mut driftbox =
            Self::new("driftbox.example", &["driftbox.test", "dbx.example"], &[r"https?://dbx\.example/d/\w+"], 3);
        driftbox.cache = false;
        let mut quaycloud = Self::new("quaycloud.example", &[], &[r"https?://quaycloud\.example/.*"], 1);
        quaycloud.directdl = false;
        vec![ferryhost, driftbox, quaycloud]
    }

    fn owns(&self, host: &str) -> bool {
        let is_below = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        let domains = || std::iter::once(&self.name).chain(&self.aliases);
        domains().any(|domain| host == domain.as_str() || is_below(domain))
    }
}

/// Where a link leads.
#[derive(Debug)]
pub enum Place<'a> {
    Known(&'a Host),
    /// This machine, where everything can be fetched from.
    Here,
    /// A service that is not supported.
    Elsewhere,
}

/// The place of a link; none where it is no link.
pub fn place_of<'a>(hosts: &'a [Host], link: &str) -> Option<Place<'a>> {
    let url = Url::parse(link).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "ftp"))?;
    let host = url.host_str()?.to_owned();
    Some(match hosts.iter().find(|known| known.owns(&host)) {
        Some(known) => Place::Known(known),
        None if fetch::loopback(&url).is_ok() => Place::Here,
        None => Place::Elsewhere,
    })
}

impl Premiumize {
    /// Works without a credential, too.
    pub(super) fn services_list(&self) -> Verdict {
        let hosts = self.settings().services;
        let names = |of: fn(&Host) -> bool| -> Vec<&str> {
            hosts.iter().filter(|host| of(host)).map(|host| host.name.as_str()).collect()
        };
        let by_name = |member: fn(&Host) -> Value| -> Map<String, Value> {
            hosts.iter().map(|host| (host.name.clone(), member(host))).collect()
        };
        let aliases = match self.odd(odd::ALIASES_EMPTY_LIST) {
            true => json!([]),
            false => json!(by_name(|host| json!(host.aliases))),
        };
        let members = json!({
            "cache": names(|host| host.cache),
            "directdl": names(|host| host.directdl),
            "queue": names(|host| host.queue),
            "fairusefactor": by_name(|host| json!(host.factor)),
            "aliases": aliases,
            "regexpatterns": by_name(|host| json!(host.patterns)),
        });
        Ok(Success::flat(members, self.odd(odd::SERVICES_WITH_STATUS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let hosts = Host::usual();
        let known = |link: &str| match place_of(&hosts, link) {
            Some(Place::Known(host)) => host.name.clone(),
            other => format!("{other:?}"),
        };
        assert_eq!(known("https://www.dbx.example/d/1"), "driftbox.example");
        assert_eq!(known("http://127.0.0.1:5/a"), "Some(Here)");
        assert_eq!(known("https://nobody.example/a"), "Some(Elsewhere)");
        assert_eq!(known("magnet:?xt=urn:btih:1"), "None");
    }
}
