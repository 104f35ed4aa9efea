//! The life of a process: one token that says "stop", one set of background tasks that is waited for.

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Clock;
use crate::job::{Bell, ByHand, Job};

/// How long background work may take to finish once shutdown has begun: longer than any answer, shorter than the ten seconds
/// after which service managers commonly kill.
pub const DRAIN_TIME: Duration = Duration::from_secs(8);

/// The pause after a step of a background job has failed: long enough not to fill the log, short enough for a lobby.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// What a process needs to end well. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    shutdown: CancellationToken,
    tasks: TaskTracker,
    /// Who does the background work, if it is not done by tasks.
    by_hand: Option<ByHand>,
}

impl Lifecycle {
    /// A life that ends when `shutdown` is cancelled.
    pub fn new(shutdown: CancellationToken) -> Self {
        Self {
            shutdown,
            ..Self::default()
        }
    }

    /// A life whose background work is done by whoever has what comes with it.
    pub fn by_hand() -> (Self, ByHand) {
        let hand = ByHand::default();
        let life = Self {
            by_hand: Some(hand.clone()),
            ..Self::default()
        };
        (life, hand)
    }

    /// Cancelled when the process should stop.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.shutdown
    }

    /// Runs `task` in the background; [`Lifecycle::drain`] waits for it, so it must end soon after shutdown.
    pub fn run(&self, task: impl Future<Output = ()> + Send + 'static) {
        match &self.by_hand {
            Some(hand) => hand.add(task),
            None => drop(self.tasks.spawn(task)),
        }
    }

    /// Has a job's steps taken as they come due by `clock`, until shutdown: a panic is logged and mended.
    pub(crate) fn job(&self, clock: Clock, job: Job) {
        if let Some(hand) = &self.by_hand {
            return hand.add_job(job);
        }
        let (tasks, shutdown) = (self.tasks.clone(), self.shutdown.clone());
        self.tasks.spawn(async move {
            while let Err(error) = tasks.spawn(job.clone().run(clock.clone(), shutdown.clone())).await {
                tracing::error!(job = job.name, %error, "a step of a background job failed; going on with the next");
                let pause = tokio::time::sleep(RESTART_PAUSE);
                tokio::select! { biased; () = shutdown.cancelled() => return, () = pause => {} }
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
            tokio::select! { biased; _ = term.recv() => {} _ = interrupt.recv() => {} }
            if first {
                tracing::info!("stopping; once more ends at once");
                token.cancel();
            }
        }
        std::process::exit(130);
    });
    Ok(shutdown)
}

/// Rings whenever somebody hangs up (SIGHUP), which means to read files anew.
///
/// # Errors
/// The system refuses to tell of signals.
pub(crate) fn ring_on_hangup(life: &Lifecycle, bell: Bell) -> std::io::Result<()> {
    let (mut hangup, shutdown) = (signal(SignalKind::hangup())?, life.shutdown().clone());
    life.run(async move {
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                _ = hangup.recv() => bell.ring(),
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::job::Due;

    #[tokio::test(start_paused = true)]
    async fn a_job_goes_on_after_a_panic_and_sleeps_until_it_is_due_or_rung() {
        let life = Lifecycle::default();
        let clock = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let (steps, bell) = (Arc::new(AtomicU32::new(0)), Bell::default());
        let step = |steps: Arc<AtomicU32>, now: Duration| async move {
            assert!(steps.fetch_add(1, Ordering::SeqCst) > 1, "fails twice");
            Due::At(now + Duration::from_secs(60))
        };
        life.job(clock.clone(), Job::new("test", &bell, &steps, step));
        let taken = |expected: u32| {
            let steps = Arc::clone(&steps);
            async move {
                for _ in 0..10 {
                    tokio::time::advance(RESTART_PAUSE).await;
                    tokio::task::yield_now().await;
                }
                assert_eq!(steps.load(Ordering::SeqCst), expected);
            }
        };
        taken(3).await;
        clock.advance(Duration::from_secs(59));
        taken(3).await;
        clock.advance(Duration::from_secs(1));
        taken(4).await;
        bell.ring();
        bell.ring();
        taken(5).await;
        life.shutdown().cancel();
        assert!(life.drain().await);
    }

    #[tokio::test]
    async fn by_hand_each_thing_is_done_when_it_is_chosen() {
        let (life, hand) = Lifecycle::by_hand();
        let (bell, done) = (Bell::default(), Arc::new(AtomicU32::new(0)));
        let step = |done: Arc<AtomicU32>, now: Duration| async move {
            match done.fetch_add(1, Ordering::SeqCst) {
                0 => Due::At(now + Duration::from_secs(60)),
                1 => Due::WhenRung,
                _ => Due::Never,
            }
        };
        life.job(Clock::system(), Job::new("test", &bell, &done, step));
        let once = Arc::clone(&done);
        life.run(async move { once.store(1, Ordering::SeqCst) });
        let at = Duration::from_secs;
        assert_eq!(
            (hand.due(at(0)), hand.step(0, at(0)).await),
            (2, Some("test"))
        );
        assert_eq!((hand.due(at(59)), hand.next_due()), (1, Some(at(60))));
        assert_eq!(hand.step(0, at(59)).await, Some("once"));
        assert_eq!(
            (hand.step(0, at(60)).await, hand.due(at(90))),
            (Some("test"), 0)
        );
        bell.ring();
        assert_eq!(hand.step(0, at(90)).await, Some("test"));
        bell.ring();
        assert_eq!((hand.due(at(90)), hand.step(0, at(90)).await), (0, None));
    }
}
