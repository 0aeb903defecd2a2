//! The addresses of pages that people share.

use url::Url;

use crate::services::Link;

/// Sites that show the same files, their old names included.
const SITES: [&str; 9] = [
    "k2s.cc",
    "keep2share.cc",
    "k2share.cc",
    "keep2s.cc",
    "keep2.cc",
    "fileboom.me",
    "fboom.me",
    "tezfiles.com",
    "publish2.me",
];

/// What a page shows; none where it is no page of a file or folder.
pub(crate) fn parse(url: &Url) -> Option<Link> {
    let host = url.host_str()?;
    let site = host.strip_prefix("www.").unwrap_or(host);
    if !SITES.contains(&site) {
        return None;
    }
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let kind = match parts.next()? {
        "f" | "file" | "preview" => "file",
        "folder" => "folder",
        _ => return None,
    };
    let id = parts.next().and_then(|part| if part == "info" { parts.next() } else { Some(part) })?;
    let is_id = id.len() >= 13 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    // Short ids are hexadecimal and were spelled either way; longer ones tell letters apart.
    let id = if id.len() == 13 { id.to_ascii_lowercase() } else { id.to_owned() };
    is_id.then_some(Link { kind, id: Some(id) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_pages_of_files_and_folders() {
        let parsed = |text: &str| parse(&Url::parse(text).expect("an address")).map(|link| (link.kind, link.id));
        let file = |id: &str| Some(("file", Some(id.to_owned())));
        assert_eq!(parsed("https://k2s.cc/file/5F0C2B7E41A3D/movie.mp4"), file("5f0c2b7e41a3d"));
        assert_eq!(parsed("http://www.keep2share.cc/f/info/5f0c2b7e41a3d"), file("5f0c2b7e41a3d"));
        assert_eq!(parsed("https://tezfiles.com/preview/AbC-defghijk_lmnop?site=x"), file("AbC-defghijk_lmnop"));
        assert_eq!(parsed("https://fboom.me/folder/5f0c2b7e41a3d"), Some(("folder", Some("5f0c2b7e41a3d".into()))));
        for other in [
            "https://k2s.cc/file/short",
            "https://k2s.cc/premium",
            "https://example.com/file/5f0c2b7e41a3d",
            "https://k2s.cc/",
            "https://k2s.cc/file/5f0c2b7e41a3%2f..",
        ] {
            assert_eq!(parsed(other), None, "{other}");
        }
    }
}
