//! The machine as a process sees it, as values: what is the machine's in a lobby is a test's in a story or a simulation.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::job::Job;
use crate::{Bell, Clock, Due, Lifecycle, Metrics, Random};

/// What a process has of its machine besides data and devices. Clones share it.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// What `/metrics` says.
    pub metrics: Metrics,
    /// The life of the process, whose background work ends with it.
    pub lifecycle: Lifecycle,
}

impl Machine {
    /// This machine, for a process that ends when `shutdown` is cancelled.
    pub fn system(shutdown: CancellationToken) -> Self {
        let (metrics, lifecycle) = (Metrics::default(), Lifecycle::new(shutdown));
        lifecycle.failures().show(&metrics);
        Self {
            clock: Clock::system(),
            random: Random::system(),
            metrics,
            lifecycle,
        }
    }

    /// Begins a job on what `state` shares: `run_due` does what is due at a monotonic time and says when to come back; `bell` calls it
    /// earlier.
    pub fn job<S, F>(
        &self,
        name: &'static str,
        bell: &Bell,
        state: &S,
        run_due: impl Fn(S, Duration) -> F + Send + Sync + 'static,
    ) where
        S: Clone + Send + Sync + 'static,
        F: Future<Output = Due> + Send + 'static,
    {
        let job = Job::new(name, bell, state, run_due);
        self.lifecycle.job(self.clock.clone(), job);
    }
}
