//! The addresses of the service's own pages: what people copy from a browser and hand to a program.

use url::Url;

use crate::services::Link;

/// The sites that run the service, and the hosts of their pages and APIs, that of today's pages first.
const SITES: &[(&str, &[&str])] = &[
    ("keep2share", &["k2s.cc", "keep2share.cc", "k2share.cc", "keep2s.cc", "keep2.cc"]),
    ("fileboom", &["fboom.me", "fileboom.me"]),
    ("tezfiles", &["tezfiles.com", "publish2.me"]),
];

/// Reads the address of a page; `None` where it is none of the service's.
pub(crate) fn parse(text: &str) -> Option<Link> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = known_host(url.host_str()?)?;
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let kind = match parts.next()? {
        "f" | "file" | "preview" => "file",
        "folder" => "folder",
        _ => return None,
    };
    let id = match parts.next()? {
        "info" if kind == "file" => parts.next()?,
        id => id,
    };
    let fits = id.len() >= 13 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    // A file's name may follow.
    fits.then(|| Link { kind, id: if id.len() == 13 { id.to_ascii_lowercase() } else { id.to_owned() }, host })
}

/// The site that a host belongs to, by the name that the client's option `host` has for it.
pub(crate) fn site_of(host: &str) -> Option<&'static str> {
    let known = known_host(host)?;
    SITES.iter().find(|(_, hosts)| hosts.contains(&known)).map(|(site, _)| *site)
}

fn known_host(host: &str) -> Option<&'static str> {
    let known = SITES.iter().flat_map(|(_, hosts)| hosts.iter().copied());
    known.into_iter().find(|known| {
        host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.') && !rest.starts_with('.'))
    })
}

/// The site that shows the pages of an API's host; a host that is none of the service's shows its own.
pub(super) fn page_host(host: &str) -> &str {
    match site_of(host) {
        Some(site) => SITES.iter().find(|(known, _)| *known == site).map_or(host, |(_, hosts)| hosts[0]),
        None => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_addresses_of_pages() {
        let file = |id: &str, host| Some(Link { kind: "file", id: id.to_owned(), host });
        let folder = |id: &str, host| Some(Link { kind: "folder", id: id.to_owned(), host });
        for (text, link) in [
            ("https://k2s.cc/file/5f0c2b7e41a3d", file("5f0c2b7e41a3d", "k2s.cc")),
            ("https://k2s.cc/file/5F0C2B7E41A3D/a%20b.mp4?site=x.example#here", file("5f0c2b7e41a3d", "k2s.cc")),
            ("http://www.keep2share.cc/f/5f0c2b7e41a3d/", file("5f0c2b7e41a3d", "keep2share.cc")),
            ("https://k2share.cc/preview/5f0c2b7e41a3d", file("5f0c2b7e41a3d", "k2share.cc")),
            ("https://keep2s.cc/preview/info/5f0c2b7e41a3d", file("5f0c2b7e41a3d", "keep2s.cc")),
            ("https://keep2.cc/file/info/5f0c2b7e41a3d", file("5f0c2b7e41a3d", "keep2.cc")),
            // A longer id keeps its case.
            ("https://fboom.me/file/5F0c2b7e41a3d-Xy_9", file("5F0c2b7e41a3d-Xy_9", "fboom.me")),
            ("HTTPS://FileBoom.me/file/5f0c2b7e41a3d", file("5f0c2b7e41a3d", "fileboom.me")),
            ("https://tezfiles.com/folder/5f0c2b7e41a3d", folder("5f0c2b7e41a3d", "tezfiles.com")),
            ("https://publish2.me/folder/5f0c2b7e41a3d/some-name", folder("5f0c2b7e41a3d", "publish2.me")),
            ("https://k2s.cc/file/short", None),
            ("https://k2s.cc/file/5f0c2b7e41a3!", None),
            ("https://k2s.cc/file/", None),
            ("https://k2s.cc/folder/info/5f0c2b7e41a3d", None),
            ("https://k2s.cc/premium/5f0c2b7e41a3d", None),
            ("https://notk2s.cc/file/5f0c2b7e41a3d", None),
            ("https://k2s.cc.example/file/5f0c2b7e41a3d", None),
            ("https://example.com/file/5f0c2b7e41a3d", None),
            ("ftp://k2s.cc/file/5f0c2b7e41a3d", None),
            ("5f0c2b7e41a3d", None),
            ("", None),
        ] {
            assert_eq!(parse(text), link, "{text}");
        }
    }

    #[test]
    fn knows_the_site_of_a_host() {
        assert_eq!(site_of("keep2share.cc"), Some("keep2share"));
        assert_eq!(site_of("api.fboom.me"), Some("fileboom"));
        assert_eq!(site_of("publish2.me"), Some("tezfiles"));
        assert_eq!(site_of("127.0.0.1"), None);
    }
}
