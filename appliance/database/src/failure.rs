//! The end of a database whose disk has failed: told once, remembered for ever.

use tokio::sync::watch;

use crate::{Error, Options};

/// Whether the disk has failed.
#[derive(Debug)]
pub(crate) struct Failure(watch::Sender<Option<Error>>);

impl Default for Failure {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Failure {
    /// Remembers `error` and calls the process's hook, unless that has happened.
    pub(crate) fn happened(&self, error: &Error, options: &Options) {
        let first = self.0.send_if_modified(|known| {
            let first = known.is_none();
            known.get_or_insert_with(|| error.clone());
            first
        });
        if !first {
            return;
        }
        tracing::error!(%error, "the database failed: nothing is written any more, and the process must end");
        if let Some(hook) = &options.when_failed {
            hook(error);
        }
    }

    pub(crate) fn has_happened(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Resolves when the disk fails.
    pub(crate) async fn wait(&self) -> Error {
        let mut receiver = self.0.subscribe();
        match receiver.wait_for(Option::is_some).await {
            Ok(error) => error.clone().unwrap_or(Error::Closed),
            Err(_) => Error::Closed,
        }
    }
}
