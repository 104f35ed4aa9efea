//! How long a screen waits for a guest who does nothing: a question after a while, then a ring that runs out, then all is
//! given back. It knows no clock.

use std::time::Duration;

/// How patient the kiosk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long without a touch until it asks.
    pub quiet: Duration,
    /// How long the question stays.
    pub ring: Duration,
}

impl Default for Patience {
    /// 45 seconds and 15: as long as people take to find a card, not so long that the next guest waits.
    fn default() -> Self {
        Self {
            quiet: Duration::from_secs(45),
            ring: Duration::from_secs(15),
        }
    }
}

/// What to do with a guest who does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// Nothing.
    Active,
    /// Ask whether anybody is there, and show how much is left.
    Asking {
        /// Until all is given back.
        left: Duration,
        /// How long that is when it begins.
        whole: Duration,
    },
    /// Give all back.
    Over,
}

impl Patience {
    /// The same with three times the quiet, for a guest who asked for more time.
    #[must_use]
    pub fn longer(self) -> Self {
        Self {
            quiet: self.quiet.saturating_mul(3),
            ..self
        }
    }

    /// What to do after `untouched` without a touch.
    pub fn judge(self, untouched: Duration) -> Idle {
        let over = self.quiet.saturating_add(self.ring);
        if untouched < self.quiet {
            Idle::Active
        } else if untouched < over {
            Idle::Asking {
                left: over.saturating_sub(untouched),
                whole: self.ring,
            }
        } else {
            Idle::Over
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_asks_first_and_gives_back_later() {
        let check = |seconds, idle| {
            assert_eq!(
                Patience::default().judge(Duration::from_secs(seconds)),
                idle
            );
        };
        check(0, Idle::Active);
        check(44, Idle::Active);
        check(
            45,
            Idle::Asking {
                left: Duration::from_secs(15),
                whole: Duration::from_secs(15),
            },
        );
        check(
            59,
            Idle::Asking {
                left: Duration::from_secs(1),
                whole: Duration::from_secs(15),
            },
        );
        check(60, Idle::Over);
        assert_eq!(
            Patience::default().longer().judge(Duration::from_secs(134)),
            Idle::Active
        );
    }
}
