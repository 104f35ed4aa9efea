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

/// How patient the kiosk is with each guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patiences {
    /// With one who chooses.
    pub choosing: Patience,
    /// With one who has paid and takes paper: it is read, and the codes are photographed.
    pub paid: Patience,
    /// With one whose only tickets are the codes on the screen.
    pub only_codes: Patience,
}

impl Default for Patiences {
    /// Whoever chooses has as long as people take to find a card, not so long that the next guest waits; whoever has paid is not hurried.
    /// To ask for more time people need 20 seconds at least (WCAG 2.2.1).
    fn default() -> Self {
        let patience = |quiet, ring| Patience {
            quiet: Duration::from_secs(quiet),
            ring: Duration::from_secs(ring),
        };
        Self {
            choosing: patience(45, 20),
            paid: patience(120, 30),
            only_codes: patience(300, 60),
        }
    }
}

/// However often more time was asked for: who has gone is found out at last.
const LONGEST_QUIET: Duration = Duration::from_secs(15 * 60);

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
    /// The same with more quiet, for a guest who asked for more time so often: twice as much again each time.
    #[must_use]
    pub fn longer(self, times: u32) -> Self {
        let longer = self.quiet.saturating_mul(times.saturating_mul(2) + 1);
        Self {
            quiet: longer.min(LONGEST_QUIET.max(self.quiet)),
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
            let choosing = Patiences::default().choosing;
            assert_eq!(choosing.judge(Duration::from_secs(seconds)), idle);
        };
        let asking = |left| Idle::Asking {
            left: Duration::from_secs(left),
            whole: Duration::from_secs(20),
        };
        check(0, Idle::Active);
        check(44, Idle::Active);
        check(45, asking(20));
        check(64, asking(1));
        check(65, Idle::Over);
    }

    #[test]
    fn more_time_is_more_time_again_and_has_an_end() {
        let all = Patiences::default();
        for patience in [all.choosing, all.paid, all.only_codes] {
            let quiets = [0, 1, 2, 10].map(|times| patience.longer(times).quiet);
            assert!(quiets[0] < quiets[1], "{quiets:?}");
            assert!(quiets.is_sorted(), "{quiets:?}");
            let ever = patience.longer(u32::MAX / 4);
            let an_hour = Duration::from_secs(3600);
            assert_eq!(ever.judge(an_hour), Idle::Over);
            assert!(patience.ring >= Duration::from_secs(20), "WCAG 2.2.1");
        }
        assert_eq!(all.choosing.longer(1).quiet, Duration::from_secs(135));
        assert_eq!(all.choosing.longer(2).quiet, Duration::from_secs(225));
    }

    #[test]
    fn whoever_has_paid_has_minutes() {
        let all = Patiences::default();
        for (patience, minutes) in [(all.paid, 2), (all.only_codes, 5)] {
            let just_before = Duration::from_secs(minutes * 60 - 1);
            assert_eq!(patience.judge(just_before), Idle::Active);
        }
    }
}
