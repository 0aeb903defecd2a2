//! Contents of files that a test puts in place.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};

use crate::world::Ground;
use crate::world::blobs::Blob;

/// Stores exactly this text, or `size` bytes of chance where there is none.
pub async fn content(ground: &Ground, text: Option<&str>, size: u64) -> Result<Arc<Blob>, String> {
    let bytes = match text {
        Some(text) => stream::iter([Ok(Bytes::from(text.to_owned()))]).boxed(),
        None => random_bytes(ground, size).boxed(),
    };
    ground.blobs.store::<_, io::Error>(bytes).await.map_err(|error| error.to_string())
}

/// `size` bytes of chance, in pieces.
fn random_bytes(ground: &Ground, size: u64) -> impl Stream<Item = io::Result<Bytes>> + Unpin + Send + use<> {
    const PIECE: usize = 64 * 1024;
    let random = fastrand::Rng::with_seed(ground.dice.below(u64::MAX));
    stream::unfold((random, size), |(mut random, left)| {
        let piece = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let mut bytes = vec![0; piece];
        random.fill(&mut bytes);
        std::future::ready((left > 0).then(|| (Ok(Bytes::from(bytes)), (random, left - piece as u64))))
    })
}
