use std::fmt;

use fileferry_core::border::Error;

/// The one error of the library, as the JSON of its record: the same in every language.
#[derive(Debug, uniffi::Error)]
pub enum FfiError {
    /// What failed.
    Failed {
        /// The record of [`fileferry_core::border::ErrorRecord`].
        json: String,
    },
}

impl From<Error> for FfiError {
    fn from(error: Error) -> Self {
        Self::Failed { json: error.to_json() }
    }
}

impl fmt::Display for FfiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Failed { json } = self;
        f.write_str(json)
    }
}

impl std::error::Error for FfiError {}
