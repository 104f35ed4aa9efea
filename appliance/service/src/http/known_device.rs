//! A device that the process knows, as what stands around every route sees it: by its id, its open streams, and whether it is still known.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_util::sync::CancellationToken;

/// A device that the process knows, for what stands around every route. Clones are the same device.
#[derive(Debug, Clone)]
pub struct KnownDevice {
    /// Tells it apart.
    pub id: String,
    streams: Arc<AtomicU32>,
    gone: CancellationToken,
}

impl KnownDevice {
    /// The device with this id, which has just come to be known.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            streams: Arc::default(),
            gone: CancellationToken::new(),
        }
    }

    /// How many streams it has open.
    pub fn streams(&self) -> u32 {
        self.streams.load(Ordering::Relaxed)
    }

    /// It is known no more: its streams end, and its connections are as anybody's.
    pub fn leaves(&self) {
        self.gone.cancel();
    }

    pub(super) fn gone(&self) -> &CancellationToken {
        &self.gone
    }

    pub(super) fn stream_begins(&self) {
        self.streams.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn stream_ends(&self) {
        self.streams.fetch_sub(1, Ordering::Relaxed);
    }
}
