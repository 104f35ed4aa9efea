//! Background work in steps: each does what is due, and says when the next one is. [`crate::Machine::job`] has them taken as they come due; a
//! simulation takes them by hand.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::Clock;

/// When a job has something to do again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// At this time of the monotonic clock, or when its bell rings.
    At(Duration),
    /// When its bell rings.
    WhenRung,
    /// Never: it is over.
    Never,
}

impl From<Option<Duration>> for Due {
    fn from(time: Option<Duration>) -> Self {
        time.map_or(Self::WhenRung, Self::At)
    }
}

/// Calls a job before its time. Clones are the same bell.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Rope>);

#[derive(Debug, Default)]
struct Rope {
    rung: AtomicBool,
    waiting: Notify,
}

impl Bell {
    /// Something is due. Many rings before the next step are one.
    pub fn ring(&self) {
        self.0.rung.store(true, Ordering::Release);
        self.0.waiting.notify_one();
    }

    /// Resolves when it was rung since the last step: the second of two rings may have been heard with the first.
    async fn rung(&self) {
        while !self.0.rung.load(Ordering::Acquire) {
            self.0.waiting.notified().await;
        }
    }
}

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A job.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) name: &'static str,
    bell: Bell,
    step: Arc<dyn Fn(Duration) -> BoxFuture<Due> + Send + Sync>,
}

impl Job {
    pub(crate) fn new<S, F>(
        name: &'static str,
        bell: &Bell,
        state: &S,
        run_due: impl Fn(S, Duration) -> F + Send + Sync + 'static,
    ) -> Self
    where
        S: Clone + Send + Sync + 'static,
        F: Future<Output = Due> + Send + 'static,
    {
        let state = state.clone();
        Self {
            name,
            bell: bell.clone(),
            step: Arc::new(move |now| Box::pin(run_due(state.clone(), now))),
        }
    }

    /// Takes its steps as they come due until it is over, or shutdown.
    pub(crate) async fn run(self, clock: Clock, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let time = match self.take_step(clock.monotonic()).await {
                Due::At(time) => time,
                Due::WhenRung => Duration::MAX,
                Due::Never => return,
            };
            tokio::select! {
                biased;
                () = shutdown.cancelled() => {}
                () = self.bell.rung() => {}
                () = clock.reached(time) => {}
            }
        }
    }

    async fn take_step(&self, now: Duration) -> Due {
        self.bell.0.rung.store(false, Ordering::Release);
        (self.step)(now).await
    }
}

/// Background work that whoever holds this does by hand, one thing at a time in any order: a simulation. Clones share it.
#[derive(Clone, Default)]
pub struct ByHand(Arc<Mutex<Vec<Work>>>);

enum Work {
    /// To be done once.
    Once(BoxFuture<()>),
    Job(Job, Due),
}

impl Work {
    fn is_due(&self, now: Duration) -> bool {
        match self {
            Self::Once(_) => true,
            Self::Job(job, due) => {
                job.bell.0.rung.load(Ordering::Acquire)
                    || matches!(due, Due::At(time) if *time <= now)
            }
        }
    }
}

impl ByHand {
    pub(crate) fn add_job(&self, job: Job) {
        self.works().push(Work::Job(job, Due::At(Duration::ZERO)));
    }

    pub(crate) fn add(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.works().push(Work::Once(Box::pin(task)));
    }

    /// How much could be done at `now`.
    pub fn due(&self, now: Duration) -> usize {
        self.works().iter().filter(|work| work.is_due(now)).count()
    }

    /// When the next job comes due by itself.
    pub fn next_due(&self) -> Option<Duration> {
        let due = |work: &Work| match work {
            Work::Job(_, Due::At(time)) => Some(*time),
            Work::Job(_, Due::WhenRung | Due::Never) | Work::Once(_) => None,
        };
        self.works().iter().filter_map(due).min()
    }

    /// Does one of the things that are due, counted from the oldest; says what it was.
    pub async fn step(&self, which: usize, now: Duration) -> Option<&'static str> {
        let (place, work) = {
            let mut works = self.works();
            let due = works
                .iter()
                .enumerate()
                .filter(|(_, work)| work.is_due(now));
            let place = due.map(|(place, _)| place).nth(which)?;
            (place, works.remove(place))
        };
        let job = match work {
            Work::Once(task) => {
                task.await;
                return Some("once");
            }
            Work::Job(job, _) => job,
        };
        let (name, due) = (job.name, job.take_step(now).await);
        if due != Due::Never {
            let mut works = self.works();
            let place = place.min(works.len());
            works.insert(place, Work::Job(job, due));
        }
        Some(name)
    }

    /// Leaves everything undone, as a power cut does.
    pub fn abandon(&self) {
        self.works().clear();
    }

    fn works(&self) -> MutexGuard<'_, Vec<Work>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.works().iter().map(|work| match work {
                Work::Once(_) => ("once", Due::WhenRung),
                Work::Job(job, due) => (job.name, *due),
            }))
            .finish()
    }
}
