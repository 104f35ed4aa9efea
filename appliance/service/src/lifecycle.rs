//! The life of a process: one token that says "stop", one set of background tasks that is waited for.

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long background work may take to finish once shutdown has begun: longer than any answer, shorter than the ten seconds
/// after which service managers commonly kill.
pub const DRAIN_TIME: Duration = Duration::from_secs(8);

/// The pause before a failed background task is started again: long enough not to fill the log, short enough for a lobby.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// What a process needs to end well. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// A life that ends when `shutdown` is cancelled.
    pub fn new(shutdown: CancellationToken) -> Self {
        Self {
            shutdown,
            tasks: TaskTracker::new(),
        }
    }

    /// Cancelled when the process should stop.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.shutdown
    }

    /// Runs `task` in the background; [`Lifecycle::drain`] waits for it, so it must end soon after shutdown.
    pub fn run(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Runs what `make` gives, again and again with a pause, until shutdown: a panic or an early end is logged and mended.
    pub fn supervise<F>(&self, name: &'static str, make: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (tasks, shutdown) = (self.tasks.clone(), self.shutdown.clone());
        self.tasks.spawn(async move {
            while !shutdown.is_cancelled() {
                match tasks.spawn(make()).await {
                    Ok(()) if shutdown.is_cancelled() => return,
                    Ok(()) => tracing::warn!(task = name, "a background task ended by itself; starting it again"),
                    Err(error) => tracing::error!(task = name, %error, "a background task failed; starting it again"),
                }
                let pause = tokio::time::sleep(RESTART_PAUSE);
                tokio::select! { () = pause => {} () = shutdown.cancelled() => {} }
            }
        });
    }

    /// Waits until every background task has ended, at most [`DRAIN_TIME`]; says whether all did.
    pub async fn drain(&self) -> bool {
        self.tasks.close();
        tokio::time::timeout(DRAIN_TIME, self.tasks.wait())
            .await
            .is_ok()
    }
}

/// A token that the first SIGTERM or Ctrl+C cancels; a second one ends the process at once.
///
/// # Errors
/// The system refuses to tell of signals.
pub fn on_signals() -> std::io::Result<CancellationToken> {
    let shutdown = CancellationToken::new();
    let (mut term, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let token = shutdown.clone();
    #[expect(
        clippy::disallowed_methods,
        reason = "it must outlive every task of the process, to end it"
    )]
    tokio::spawn(async move {
        for first in [true, false] {
            tokio::select! { _ = term.recv() => {} _ = interrupt.recv() => {} }
            if first {
                tracing::info!("stopping; once more ends at once");
                token.cancel();
            }
        }
        std::process::exit(130);
    });
    Ok(shutdown)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_is_started_again() {
        let life = Lifecycle::default();
        let (runs, shutdown) = (Arc::new(AtomicU32::new(0)), life.shutdown().clone());
        let counted = Arc::clone(&runs);
        life.supervise("test", move || {
            let (runs, shutdown) = (Arc::clone(&counted), shutdown.clone());
            async move {
                assert!(runs.fetch_add(1, Ordering::SeqCst) > 1, "fails twice");
                shutdown.cancelled().await;
            }
        });
        while runs.load(Ordering::SeqCst) < 3 {
            tokio::time::advance(RESTART_PAUSE).await;
            tokio::task::yield_now().await;
        }
        life.shutdown().cancel();
        assert!(life.drain().await);
    }
}
