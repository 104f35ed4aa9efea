//! What the handle of a database and the threads of its engine have in common.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::channels::Channels;
use crate::failure::Failure;
use crate::statistics::Counters;
use crate::{Error, Options};

/// How the database was opened, what is counted, whether its disk has failed, and who listens. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) counters: Arc<Counters>,
    pub(crate) channels: Arc<Channels>,
    failure: Arc<Failure>,
    /// Whether this process leads the database, if only then it may write.
    may_write: Arc<AtomicBool>,
}

impl Shared {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            counters: Arc::default(),
            channels: Arc::default(),
            failure: Arc::default(),
            may_write: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Whether writes may begin from here on, or wait until the lead is taken again.
    pub(crate) fn may_write(&self, may: bool) {
        self.may_write.store(may, Ordering::Release);
    }

    pub(crate) fn must_wait(&self) -> bool {
        !self.may_write.load(Ordering::Acquire)
    }

    /// Nothing may be written any more: see [`Failure::happened`].
    pub(crate) fn fail(&self, error: &Error) {
        self.failure.happened(error, &self.options);
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failure.has_happened()
    }

    /// Resolves when the disk fails.
    pub(crate) fn failed(&self) -> impl Future<Output = Error> + Send + 'static {
        let failure = Arc::clone(&self.failure);
        async move { failure.wait().await }
    }
}
