use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a signed-in client hands on to the next process. Its JSON holds a secret.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    /// The service it belongs to.
    pub service: String,
    /// The address of the API that gave it: a token is sent nowhere else.
    pub base_url: String,
    /// What signing in gave, by the names of the members that requests carry.
    pub tokens: BTreeMap<String, String>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("service", &self.service).finish_non_exhaustive()
    }
}
