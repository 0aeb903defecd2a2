//! Changes that no case can notice, with the reason: written by hand, and held against every run.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::Survivor;
use crate::case::{CaseError, from_yaml};

/// Reasons by service and change.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct EqualChanges(BTreeMap<String, BTreeMap<String, String>>);

impl EqualChanges {
    /// Reads the list; a file that is not there explains nothing.
    pub fn load(path: &Path) -> Result<Self, CaseError> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(path).map_err(|source| CaseError::Read { path: path.to_owned(), source })?;
        from_yaml(&path.display().to_string(), &text)
    }

    /// A survivor with its reason, where there is one.
    pub(super) fn explained(&self, service: &str, change: String) -> Survivor {
        let equal_because = self.0.get(service).and_then(|reasons| reasons.get(&change)).cloned();
        Survivor { change, equal_because }
    }

    /// What explains nothing: changes that are none, or that a case noticed.
    pub(super) fn in_vain(&self, service: &str, all: &[String], noticed_by: &BTreeMap<String, String>) -> Vec<String> {
        let explained = self.0.get(service).into_iter().flat_map(BTreeMap::keys);
        explained.filter(|change| !all.contains(change) || noticed_by.contains_key(*change)).cloned().collect()
    }
}
