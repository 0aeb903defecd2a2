//! The file hosts that the service knows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::{PremiumizeLegacy, odd};

/// A file host.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its main name.
    pub name: String,
    /// All its domains.
    pub tlds: Vec<String>,
    /// Patterns of whole links, in PCRE and without delimiters. They are for clients: the service goes by domains.
    pub regexes: Vec<String>,
    /// Links in parallel for one file, and for the host.
    #[serde(default = "usual_connections")]
    pub connections: [u32; 2],
    #[serde(default = "yes")]
    pub resume: bool,
}

fn usual_connections() -> [u32; 2] {
    [4, 10]
}

fn yes() -> bool {
    true
}

impl Host {
    fn new(name: &str, tlds: &[&str], regexes: &[&str]) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let (connections, resume) = (usual_connections(), true);
        Self { name: name.to_owned(), tlds: owned(tlds), regexes: owned(regexes), connections, resume }
    }

    /// The hosts of a fresh world.
    pub fn usual() -> Vec<Self> {
        let ferryhost = Self::new(
            "ferryhost.example",
            &["ferryhost.example", "fh.example"],
            &[r"https?://(?:www\.)?ferryhost\.example/file/.+", r"https?://fh\.example/.+"],
        );
        let mut driftbox = Self::new(
            "driftbox.example",
            &["driftbox.example", "driftbox.test", "dbx.example"],
            &[r"https?://(?:\w+\.)?driftbox\.(?:example|test)/d/[0-9a-z]{6,}", r"https?://dbx\.example/.*"],
        );
        (driftbox.connections, driftbox.resume) = ([1, 2], false);
        let quaycloud =
            Self::new("quaycloud.example", &["quaycloud.example"], &[r"https?://quaycloud\.example/(?:get|s)/.*"]);
        vec![ferryhost, driftbox, quaycloud]
    }

    /// Whether a host of a link is one of its domains, or below one.
    fn owns(&self, host: &str) -> bool {
        let is_below = |tld: &String| host.strip_suffix(tld.as_str()).is_some_and(|rest| rest.ends_with('.'));
        self.tlds.iter().any(|tld| host == tld || is_below(tld))
    }
}

/// The host of a link, if the link is one and its host is known.
pub fn host_of<'a>(hosts: &'a [Host], link: &str) -> Option<&'a Host> {
    let url = Url::parse(link).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?.to_owned();
    hosts.iter().find(|known| known.owns(&host))
}

/// A pattern that PCRE takes and hardly any other engine.
const PCRE_ONLY: &str = r"https?://quaycloud\.example/(?>\d++)(\((?:[^()]|(?1))*\))?/.*";

impl PremiumizeLegacy {
    pub(super) fn hosterlist(&self) -> Value {
        let mut hosts = self.settings().hosts;
        if self.odd(odd::REGEX_PCRE_ONLY)
            && let Some(host) = hosts.last_mut()
        {
            host.regexes.push(PCRE_ONLY.to_owned());
        }
        let by_name: Map<String, Value> =
            hosts.iter().map(|host| (host.name.clone(), json!({"tlds": host.tlds, "regexes": host.regexes}))).collect();
        let flat = |items: fn(&Host) -> &[String]| self.flat(hosts.iter().flat_map(items).cloned().collect());
        let mut result = json!({
            "hosters": by_name,
            "regexlist": flat(|host| &host.regexes),
            "tldlist": flat(|host| &host.tlds),
            "hosterlist": flat(|host| std::slice::from_ref(&host.name)),
        });
        if self.odd(odd::CONNECTION_SETTINGS) {
            let mut settings: Map<String, Value> =
                hosts.iter().map(|host| (host.name.clone(), self.connections(host.connections, host.resume))).collect();
            settings.insert("all".into(), self.connections([8, 16], true));
            result["connection_settings"] = Value::Object(settings);
        }
        result
    }

    fn flat(&self, mut items: Vec<String>) -> Vec<String> {
        if self.odd(odd::HOSTS_TWICE) {
            items.extend(items.first().cloned());
        }
        items
    }

    fn connections(&self, [per_file, per_host]: [u32; 2], resume: bool) -> Value {
        let resume = if self.odd(odd::RESUME_AS_NUMBER) { json!(u8::from(resume)) } else { json!(resume) };
        json!({
            "max_connections_per_file": per_file,
            "max_connections_per_hoster": per_host,
            "resume": resume,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_by_their_domains() {
        let hosts = Host::usual();
        let name = |link: &str| host_of(&hosts, link).map(|host| host.name.as_str());
        assert_eq!(name("https://ferryhost.example/file/1"), Some("ferryhost.example"));
        assert_eq!(name("http://www.FH.example/a%20b"), Some("ferryhost.example"));
        assert_eq!(name("http://s1.driftbox.test:8080/d/abcdef"), Some("driftbox.example"));
        for unknown in ["https://notferryhost.example/", "ftp://ferryhost.example/a", "ferryhost.example/a", "", "a b"]
        {
            assert_eq!(name(unknown), None, "{unknown}");
        }
    }
}
