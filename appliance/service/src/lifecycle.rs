//! The life of a process: one token that says "stop", one set of background tasks that is waited for.

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::job::{Bell, ByHand, Job};
use crate::{Clock, Failures};

/// How long background work may take to finish once shutdown has begun: longer than any answer, shorter than the ten seconds
/// after which service managers commonly kill.
pub const DRAIN_TIME: Duration = Duration::from_secs(8);

/// The pause before background work that failed is begun again, doubled each time: short enough for a lobby.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest such pause: whatever was in the way is tried again within a minute of its end.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How long it must last before it counts as mended: longer than any pause.
const LASTING: Duration = Duration::from_secs(120);

/// What a process needs to end well. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    shutdown: CancellationToken,
    tasks: TaskTracker,
    failures: Failures,
    /// What the process cannot go on without, and why it ended.
    end: End,
    /// Who does the background work, if it is not done by tasks.
    by_hand: Option<ByHand>,
}

/// See [`Lifecycle::fail`].
type End = Arc<(OnceLock<String>, Notify)>;

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

    /// Background work that has failed.
    pub fn failures(&self) -> &Failures {
        &self.failures
    }

    /// Something has ended without which the process is of no use, and that cannot be begun again within it: the process ends with these
    /// words, and whoever keeps it begins it anew.
    pub fn fail(&self, why: String) {
        tracing::error!(why, "the process cannot go on");
        // The first is the cause.
        let _later = self.end.0.set(why);
        self.end.1.notify_one();
    }

    /// Resolves when something has ended without which the process is of no use.
    pub(crate) async fn failed(&self) -> String {
        loop {
            if let Some(why) = self.end.0.get() {
                return why.clone();
            }
            self.end.1.notified().await;
        }
    }

    /// Does `task` once in the background; [`Lifecycle::drain`] waits for it, so it must end soon after shutdown. If it panics, it is
    /// counted, and not begun again: whoever wants more has a job or uses [`Lifecycle::keep`].
    pub fn run(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(hand) = &self.by_hand {
            return hand.add(task);
        }
        self.failures.begins(name);
        let (tasks, failures) = (self.tasks.clone(), self.failures.clone());
        self.tasks.spawn(async move {
            match tasks.spawn(task).await {
                Ok(()) => failures.lasts(name),
                Err(why) => failures.failed(name, &why),
            }
        });
    }

    /// Has what `begin` gives done until it ends by itself or shutdown. Whenever it panics it is begun again, after a pause that grows.
    pub fn keep<F>(&self, name: &'static str, mut begin: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        if let Some(hand) = &self.by_hand {
            return hand.add(begin());
        }
        self.failures.begins(name);
        let (tasks, shutdown, failures) = (
            self.tasks.clone(),
            self.shutdown.clone(),
            self.failures.clone(),
        );
        self.tasks.spawn(async move {
            let mut pause = FIRST_PAUSE;
            loop {
                let mut running = tasks.spawn(begin());
                let ended = tokio::select! {
                    biased;
                    ended = &mut running => ended,
                    () = tokio::time::sleep(LASTING) => {
                        failures.lasts(name);
                        pause = FIRST_PAUSE;
                        running.await
                    }
                };
                let Err(why) = ended else {
                    return failures.lasts(name);
                };
                failures.failed(name, &why);
                let waiting = tokio::time::sleep(pause);
                tokio::select! { biased; () = shutdown.cancelled() => return, () = waiting => {} }
                pause = LONGEST_PAUSE.min(pause * 2);
            }
        });
    }

    /// Has a job's steps taken as they come due by `clock`, until shutdown.
    pub(crate) fn job(&self, clock: Clock, job: Job) {
        if let Some(hand) = &self.by_hand {
            return hand.add_job(job);
        }
        let shutdown = self.shutdown.clone();
        self.keep(job.name, move || {
            job.clone().run(clock.clone(), shutdown.clone())
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
    life.run("hang-up", async move {
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
                pass(10).await;
                assert_eq!(steps.load(Ordering::SeqCst), expected);
            }
        };
        assert_eq!(life.failures().failing(), [""; 0]);
        taken(3).await;
        assert_eq!(life.failures().failing(), ["test"], "it has not lasted");
        clock.advance(Duration::from_secs(59));
        taken(3).await;
        clock.advance(Duration::from_secs(1));
        taken(4).await;
        bell.ring();
        bell.ring();
        taken(5).await;
        pass(LASTING.as_secs()).await;
        assert_eq!(life.failures().failing(), [""; 0], "it has lasted");
        life.shutdown().cancel();
        assert!(life.drain().await);
    }

    /// So many seconds.
    async fn pass(seconds: u64) {
        for _ in 0..seconds {
            tokio::time::advance(Duration::from_secs(1)).await;
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_is_begun_again_ever_more_seldom_counted_and_named() {
        let machine = crate::Machine::system(CancellationToken::new());
        let life = &machine.lifecycle;
        let begun = Arc::new(AtomicU32::new(0));
        let counting = Arc::clone(&begun);
        life.keep("listener", move || {
            let counting = Arc::clone(&counting);
            async move {
                counting.fetch_add(1, Ordering::SeqCst);
                panic!("it fails each time")
            }
        });
        life.run("once", async { panic!("it fails") });
        pass(60).await;
        // At 0, 1, 3, 7, 15 and 31 seconds.
        assert_eq!(begun.load(Ordering::SeqCst), 6);
        assert_eq!(life.failures().failing(), ["listener", "once"]);
        pass(600).await;
        let later = begun.load(Ordering::SeqCst);
        assert!((15..=18).contains(&later), "once a minute: {later}");
        let text = machine.metrics.text();
        for said in [
            format!("foyer_background_failures_total{{task=\"listener\"}} {later}"),
            "foyer_background_failures_total{task=\"once\"} 1".to_owned(),
        ] {
            assert!(text.contains(&said), "{said} in\n{text}");
        }
        life.shutdown().cancel();
        assert!(life.drain().await, "a pause ends with the process");
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
        life.run("once", async move { once.store(1, Ordering::SeqCst) });
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
