//! What is answered without asking the service.

use serde_json::{Value, json};

use crate::border::{Answer, Error, Kind};
use crate::tables::Service;

/// Refuses a verb that a service does not have, before anything is sent.
pub(crate) fn supported(service: &Service, verb: &str) -> Result<(), Error> {
    if service.capabilities.verbs.contains(&verb) {
        return Ok(());
    }
    Err(Error::new(Kind::NotSupported, format!("{} cannot {}", service.class, verb.replace('_', " "))))
}

/// What a service can do, as the shared model.
pub(crate) fn capabilities(service: &Service) -> Result<Answer, Error> {
    let can = &service.capabilities;
    super::shared(
        "Capabilities",
        &json!({
            "verbs": can.verbs, "max_upload_size": can.max_upload_size, "empty_files": can.empty_files,
            "ranges": can.ranges, "hash_upload": can.hash_upload, "paths": can.paths,
        }),
    )
}

/// What the address of a page says, as the shared model; none where no service knows it.
pub(crate) fn parsed_link(text: &str) -> Result<Option<Answer>, Error> {
    let found = crate::tables::generated::services().iter().find_map(|service| {
        let link = crate::services::parse_link(service, text.trim())?;
        Some(json!({"service": service.id, "kind": link.kind, "id": link.id, "host": link.host}))
    });
    found.map(|link: Value| super::shared("ParsedLink", &link)).transpose()
}
