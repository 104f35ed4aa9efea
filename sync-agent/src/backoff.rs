//! How long to wait before the next attempt: longer each time, and never the same for two boxes.

use std::time::Duration;

use service::Random;

/// The wait after the first failure.
const FIRST: Duration = Duration::from_millis(250);

/// The waits between attempts.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// Waits that grow to `longest`.
    pub(crate) fn up_to(longest: Duration) -> Self {
        let next = FIRST;
        Self { next, longest }
    }

    /// It went well: the next wait is short again.
    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }

    /// Half of the wait is certain, the other half by chance.
    pub(crate) fn wait(&mut self, random: &Random) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(self.longest);
        let [chance] = random.bytes::<1>();
        whole / 2 + whole / 2 * u32::from(chance) / 255
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        const LONGEST: Duration = Duration::from_secs(30);
        let random = Random::seeded(1);
        let mut backoff = Backoff::up_to(LONGEST);
        let waits: Vec<_> = (0..20).map(|_| backoff.wait(&random)).collect();
        assert!(waits[0] >= FIRST / 2 && waits[0] <= FIRST);
        assert!(waits.iter().all(|wait| *wait <= LONGEST) && waits[19] >= LONGEST / 2);
        backoff.reset();
        assert!(backoff.wait(&random) <= FIRST);
    }
}
