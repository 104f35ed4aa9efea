//! The machine as a process sees it, as values: what is the machine's in a lobby is a test's in a story or a simulation.

use tokio_util::sync::CancellationToken;

use crate::{Clock, Lifecycle, Metrics, Random};

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
        Self {
            clock: Clock::system(),
            random: Random::system(),
            metrics: Metrics::default(),
            lifecycle: Lifecycle::new(shutdown),
        }
    }
}
