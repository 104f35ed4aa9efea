//! What the handle of a database and the threads of its engine have in common.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::channels::Channels;
use crate::failure::Failure;
use crate::statistics::Counters;
use crate::{Doubt, Error, Options};

/// What a person asks about the past of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Whether all of it is as it was written.
    Look,
    /// To take it as it is.
    Accept,
}

/// How the database was opened, what is counted, whether its disk has failed, and who listens. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) counters: Arc<Counters>,
    pub(crate) channels: Arc<Channels>,
    failure: Arc<Failure>,
    doubt: Arc<Mutex<Option<Doubt>>>,
    asked: Arc<Mutex<Option<Asked>>>,
    /// Rung when what was asked is answered, where the writer does not do so itself.
    answered: Arc<Notify>,
    /// Why it could not be kept that a person takes the database as it is.
    unkept: Arc<Mutex<Option<String>>>,
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
            doubt: Arc::default(),
            asked: Arc::default(),
            answered: Arc::default(),
            unkept: Arc::default(),
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

    /// The server has forgotten something while it was used. What this process has in memory is of another past: it must end, and finds at its
    /// next start what is missing.
    pub(crate) fn has_forgotten(&self, doubt: &Doubt) {
        let words = format!("the database server has forgotten what it answered: {doubt}");
        self.fail(&Error::engine(words));
    }

    /// Why the database cannot prove that it has all that it answered, if it cannot.
    pub(crate) fn doubt(&self) -> Option<Doubt> {
        self.doubting().clone()
    }

    /// There is doubt; the first is kept, for what follows comes of it.
    pub(crate) fn doubts(&self, doubt: Doubt) {
        let mut known = self.doubting();
        if known.is_none() {
            tracing::error!(%doubt, "the database cannot prove that it has all that it answered");
            *known = Some(doubt);
        }
    }

    /// Damage was met. Where a database marks what it answers, whoever sells looks for doubt; elsewhere the process must end.
    pub(crate) fn met(&self, error: &Error) {
        match &self.options.mark {
            Some(_) if error.is_damage() => self.doubts(Doubt::Damaged(error.to_string())),
            Some(_) | None if error.is_fatal() => self.fail(error),
            Some(_) | None => {}
        }
    }

    /// Asks this of the writer, before its next group.
    pub(crate) fn ask(&self, what: Asked) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
    }

    pub(crate) fn take_asked(&self) -> Option<Asked> {
        (self.asked.lock().unwrap_or_else(PoisonError::into_inner)).take()
    }

    /// What was asked is answered.
    pub(crate) fn has_answered(&self) {
        self.answered.notify_one();
    }

    /// Resolves when it is.
    pub(crate) async fn answer(&self) {
        self.answered.notified().await;
    }

    /// What a person has taken as it is could not be kept, so that the doubt stays.
    pub(crate) fn cannot_keep(&self, why: String) {
        *self.unkept.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }

    pub(crate) fn take_unkept(&self) -> Option<String> {
        (self.unkept.lock().unwrap_or_else(PoisonError::into_inner)).take()
    }

    /// What is left of the doubt that was seen, once all was looked at or a person has taken the database as it is. What a reader has met
    /// meanwhile stays.
    pub(crate) fn doubt_becomes(&self, seen: Option<&Doubt>, left: Option<Doubt>) {
        let mut known = self.doubting();
        if known.as_ref() == seen {
            *known = left;
        }
    }

    fn doubting(&self) -> MutexGuard<'_, Option<Doubt>> {
        self.doubt.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_look_does_not_end_a_doubt_that_was_raised_meanwhile() {
        let shared = Shared::new(Options::default());
        let seen = shared.doubt();
        let gone = Doubt::Gone("box.db".into());
        shared.doubts(gone.clone());
        shared.doubt_becomes(seen.as_ref(), None);
        assert_eq!(shared.doubt(), Some(gone));
        let seen = shared.doubt();
        shared.doubt_becomes(seen.as_ref(), None);
        assert_eq!(shared.doubt(), None);
    }
}
