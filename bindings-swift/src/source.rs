use std::sync::{Arc, Mutex, PoisonError};

use fileferry_core::border::{Error, Source, SourceFeeder};

use crate::runtime;

/// What an upload reads.
#[derive(uniffi::Enum)]
pub enum FfiSource {
    /// A file on disk.
    Path {
        /// Its path.
        path: String,
    },
    /// Bytes in memory.
    Bytes {
        /// The content.
        bytes: Vec<u8>,
    },
    /// Chunks that the language pushes while the upload runs.
    Stream {
        /// The end to push into; it serves one upload.
        feeder: Arc<FfiSourceFeeder>,
    },
}

/// Pushes the chunks of one upload; see [`SourceFeeder`].
#[derive(Debug, uniffi::Object)]
pub struct FfiSourceFeeder {
    /// Taken away to end the source.
    feeder: Mutex<Option<SourceFeeder>>,
    /// Taken away by the upload.
    source: Mutex<Option<Source>>,
}

#[uniffi::export]
impl FfiSourceFeeder {
    /// A source of `length` bytes in all.
    #[uniffi::constructor]
    pub fn new(length: u64) -> Arc<Self> {
        let (feeder, source) = Source::stream(length);
        Arc::new(Self { feeder: Mutex::new(Some(feeder)), source: Mutex::new(Some(source)) })
    }

    /// Waits for the upload to read; false when it ended without. Read nothing from a source before.
    pub async fn wanted(&self) -> bool {
        let Some(feeder) = self.feeder() else { return false };
        runtime::run(async move { feeder.wanted().await }).await.unwrap_or(false)
    }

    /// Waits until there is room, then hands over a chunk. False when the upload no longer reads: stop pushing.
    pub async fn push(&self, chunk: Vec<u8>) -> bool {
        let Some(feeder) = self.feeder() else { return false };
        // A panic loses the chunk, so the upload must not go on.
        runtime::run(async move { feeder.push(chunk.into()).await }).await.unwrap_or(false)
    }

    /// Ends the upload with an `io` error: the language could not read its source.
    pub async fn fail(&self, message: String) {
        if let Some(feeder) = self.feeder() {
            // It waits for room as a push does; where that is lost, so is the upload.
            let _ = runtime::run(async move { feeder.fail(&message).await }).await;
        }
        self.finish();
    }

    /// Says that all chunks were pushed.
    pub fn finish(&self) {
        *self.feeder.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl FfiSourceFeeder {
    fn feeder(&self) -> Option<SourceFeeder> {
        self.feeder.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl TryFrom<FfiSource> for Source {
    type Error = Error;

    fn try_from(source: FfiSource) -> Result<Self, Error> {
        match source {
            FfiSource::Path { path } => Ok(Self::Path(path.into())),
            FfiSource::Bytes { bytes } => Ok(Self::Bytes(bytes.into())),
            FfiSource::Stream { feeder } => {
                let source = feeder.source.lock().unwrap_or_else(PoisonError::into_inner).take();
                source.ok_or_else(|| Error::invalid_argument("the stream was given to an upload before"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use fileferry_core::border::Kind;

    use super::*;

    #[test]
    fn a_feeder_serves_one_upload() {
        let feeder = FfiSourceFeeder::new(5);
        let stream = || FfiSource::Stream { feeder: Arc::clone(&feeder) };
        assert!(matches!(Source::try_from(stream()), Ok(Source::Stream { length: 5, .. })));
        let error = Source::try_from(stream()).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidArgument);
    }
}
