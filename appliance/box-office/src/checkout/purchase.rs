//! One hold on its way to tickets. What people ask may be refused; what has happened is always accepted. Time is the counter's running
//! time in milliseconds, which stands still for a hold while a payment has no outcome.

#[cfg(test)]
mod tests;

use super::{Means, Step};

/// Where a purchase stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purchase {
    /// Seats may be changed and paid for.
    Open {
        /// The point of running time at which it ends.
        ends_ms: i64,
    },
    /// A payment has no outcome yet: nothing may change, and nothing lapses.
    Paying {
        /// What is left of its time.
        left_ms: i64,
    },
    /// Sold.
    Settled,
    /// It is to end, and its seats are kept until a payment has its outcome.
    Releasing,
    /// Given back or lapsed.
    Ended,
}

/// What a purchase's payments come to, and whether tickets may still be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sums {
    /// What it costs.
    pub total_minor: i64,
    /// What is paid of it.
    pub paid_minor: i64,
    /// Whether a payment has no outcome.
    pub in_flight: bool,
    /// Whether tickets may be issued at this moment: a cancelled showtime and one that is over have none.
    pub may_issue: bool,
}

impl Sums {
    /// What is missing of the total.
    pub fn missing_minor(&self) -> i64 {
        self.total_minor.saturating_sub(self.paid_minor).max(0)
    }
}

/// What happens to a purchase, whoever likes it or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PurchaseFact {
    /// A payment that had no outcome brought money.
    Captured,
    /// A payment that had no outcome ended without money.
    Failed,
    /// Its time may be over.
    Lapse,
    /// Its showtime does not take place.
    ShowtimeGone,
    /// A seat of it is no longer this side's.
    SeatLost,
    /// Whoever buys may do so no more: their device was revoked.
    BuyerGone,
    /// It waits for the outcome of a payment, and none is without one.
    WaitsForNothing,
}

/// What a person asks of a purchase, or what happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PurchaseTrigger {
    /// Other seats are chosen.
    Choose,
    /// More time is asked for, in milliseconds.
    Extend {
        /// How much.
        time_ms: i64,
    },
    /// A payment begins.
    Tender(Means),
    /// Tickets are asked for.
    Settle,
    /// The seats are given back.
    Release,
    /// Something has happened.
    Fact(PurchaseFact),
}

/// What is to be done, all of it in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PurchaseEffect {
    /// Issue the tickets.
    Issue,
    /// Free the seats.
    Free,
    /// Give back all that was paid; by the hand of the person who ends it, or not.
    GiveBackAll {
        /// Whether a person has the money in hand at this moment.
        by_hand: bool,
    },
    /// Give back the payment that has just come in.
    GiveBackThis,
    /// Stop the payments that have no outcome.
    StopAll,
}

/// Why a purchase does not do what a person asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PurchaseRefusal {
    /// The seats are no longer held.
    Lapsed,
    /// The outcome of a payment is waited for.
    PaymentUnderWay,
    /// It has become a sale.
    AlreadySold,
    /// Nothing is missing.
    AlreadyPaid,
    /// So much is missing, in minor units.
    NotPaid {
        /// How much.
        missing_minor: i64,
    },
}

/// What a guest has at least to choose another way after a payment came to nothing, or to less than the total.
pub const LEAST_TIME_AFTER_A_PAYMENT_MS: i64 = 90_000;

type Moved = Step<Purchase, PurchaseEffect>;

impl Purchase {
    /// What becomes of it by `trigger`; `sums` are those after it.
    ///
    /// # Errors
    /// Why a person's wish is refused; a fact never is.
    pub fn ask(
        self,
        trigger: PurchaseTrigger,
        sums: &Sums,
        now_ms: i64,
    ) -> Result<Moved, PurchaseRefusal> {
        match trigger {
            PurchaseTrigger::Choose => {
                let chosen = self.check_choose(sums, now_ms);
                chosen.map(|()| Step::quiet(self))
            }
            PurchaseTrigger::Extend { time_ms } => self.extend(sums, now_ms, time_ms),
            PurchaseTrigger::Tender(means) => {
                let tendered = self.tender(means, sums, now_ms);
                tendered.map(|(step, _)| step)
            }
            PurchaseTrigger::Settle => self.settle(sums, now_ms),
            PurchaseTrigger::Release => self.release(),
            PurchaseTrigger::Fact(fact) => Ok(self.on(fact, sums, now_ms)),
        }
    }

    /// Whether it may be changed or paid for at `now_ms`. What was paid keeps it, however late.
    ///
    /// # Errors
    /// Why not.
    pub fn check_open(self, sums: &Sums, now_ms: i64) -> Result<(), PurchaseRefusal> {
        match self {
            Self::Open { .. } if self.is_over(now_ms) && sums.paid_minor == 0 => {
                Err(PurchaseRefusal::Lapsed)
            }
            Self::Open { .. } => Ok(()),
            Self::Paying { .. } => Err(PurchaseRefusal::PaymentUnderWay),
            Self::Settled => Err(PurchaseRefusal::AlreadySold),
            Self::Releasing | Self::Ended => Err(PurchaseRefusal::Lapsed),
        }
    }

    /// A guest chooses other seats: only while nothing has been paid.
    ///
    /// # Errors
    /// Why not.
    pub fn check_choose(self, sums: &Sums, now_ms: i64) -> Result<(), PurchaseRefusal> {
        self.check_open(sums, now_ms)?;
        if sums.paid_minor != 0 || sums.in_flight {
            return Err(PurchaseRefusal::PaymentUnderWay);
        }
        Ok(())
    }

    /// More time: as much as a new hold has. It is never less than what is left.
    ///
    /// # Errors
    /// Why not.
    pub fn extend(self, sums: &Sums, now_ms: i64, time_ms: i64) -> Result<Moved, PurchaseRefusal> {
        self.check_open(sums, now_ms)?;
        let ends_ms = now_ms.saturating_add(self.left_ms(now_ms).max(time_ms));
        Ok(Step::quiet(Self::Open { ends_ms }))
    }

    /// A payment begins; gives how much of the total it is to take.
    ///
    /// # Errors
    /// Why not.
    pub fn tender(
        self,
        means: Means,
        sums: &Sums,
        now_ms: i64,
    ) -> Result<(Moved, i64), PurchaseRefusal> {
        self.check_open(sums, now_ms)?;
        let missing_minor = sums.missing_minor();
        if missing_minor == 0 {
            return Err(PurchaseRefusal::AlreadyPaid);
        }
        let state = match means {
            Means::Cash => self,
            Means::Card => Self::Paying {
                left_ms: self.left_ms(now_ms),
            },
        };
        Ok((Step::quiet(state), missing_minor))
    }

    /// Tickets for what is paid.
    ///
    /// # Errors
    /// Why not.
    pub fn settle(self, sums: &Sums, now_ms: i64) -> Result<Moved, PurchaseRefusal> {
        self.check_open(sums, now_ms)?;
        match sums.missing_minor() {
            0 => Ok(Step::doing(Self::Settled, [PurchaseEffect::Issue])),
            missing_minor => Err(PurchaseRefusal::NotPaid { missing_minor }),
        }
    }

    /// Somebody gives the seats back, and whoever stands there hands back what was counted. What has ended stays so.
    ///
    /// # Errors
    /// Why not.
    pub fn release(self) -> Result<Moved, PurchaseRefusal> {
        match self {
            Self::Open { .. } => Ok(ended(true)),
            Self::Paying { .. } => Err(PurchaseRefusal::PaymentUnderWay),
            Self::Settled => Err(PurchaseRefusal::AlreadySold),
            Self::Releasing | Self::Ended => Ok(Step::quiet(self)),
        }
    }

    /// What becomes of it by what has happened; `sums` are those after it.
    pub fn on(self, fact: PurchaseFact, sums: &Sums, now_ms: i64) -> Moved {
        match fact {
            PurchaseFact::Captured => self.captured(sums, now_ms),
            PurchaseFact::Failed => self.failed(sums, now_ms),
            PurchaseFact::Lapse if self.is_over(now_ms) => ended(false),
            PurchaseFact::Lapse => Step::quiet(self),
            PurchaseFact::ShowtimeGone | PurchaseFact::SeatLost | PurchaseFact::BuyerGone => {
                self.must_end()
            }
            PurchaseFact::WaitsForNothing if sums.in_flight => Step::quiet(self),
            // No answer will come that would move it.
            PurchaseFact::WaitsForNothing => self.failed(sums, now_ms),
        }
    }

    fn captured(self, sums: &Sums, now_ms: i64) -> Moved {
        match self {
            Self::Open { .. } | Self::Paying { .. } if !sums.may_issue => wait_or_end(sums),
            // One that was given up came late, or more was taken than was asked for: nobody pays more than the total.
            Self::Open { .. } | Self::Paying { .. } if sums.paid_minor > sums.total_minor => Step {
                effects: vec![PurchaseEffect::GiveBackThis],
                ..self.goes_on(sums, now_ms)
            },
            Self::Open { .. } | Self::Paying { .. } if sums.missing_minor() > 0 => {
                self.goes_on(sums, now_ms)
            }
            Self::Open { .. } | Self::Paying { .. } if sums.in_flight => Step::doing(
                Self::Settled,
                [PurchaseEffect::Issue, PurchaseEffect::StopAll],
            ),
            Self::Open { .. } | Self::Paying { .. } => {
                Step::doing(Self::Settled, [PurchaseEffect::Issue])
            }
            Self::Settled | Self::Ended => Step::doing(self, [PurchaseEffect::GiveBackThis]),
            Self::Releasing => wait_or_end(sums),
        }
    }

    fn failed(self, sums: &Sums, now_ms: i64) -> Moved {
        match self {
            Self::Paying { .. } if !sums.may_issue => wait_or_end(sums),
            Self::Paying { .. } => self.goes_on(sums, now_ms),
            Self::Releasing => wait_or_end(sums),
            Self::Open { .. } | Self::Settled | Self::Ended => Step::quiet(self),
        }
    }

    /// Its time runs again once nothing is in flight, and is long enough to choose another way to pay.
    fn goes_on(self, sums: &Sums, now_ms: i64) -> Moved {
        if sums.in_flight {
            return Step::quiet(self);
        }
        let left_ms = self.left_ms(now_ms).max(LEAST_TIME_AFTER_A_PAYMENT_MS);
        Step::quiet(Self::Open {
            ends_ms: now_ms.saturating_add(left_ms),
        })
    }

    fn must_end(self) -> Moved {
        match self {
            Self::Open { .. } => ended(false),
            Self::Paying { .. } => Step::doing(Self::Releasing, [PurchaseEffect::StopAll]),
            Self::Settled | Self::Releasing | Self::Ended => Step::quiet(self),
        }
    }

    /// What is left of its time at `now_ms`.
    pub fn left_ms(self, now_ms: i64) -> i64 {
        match self {
            Self::Open { ends_ms } => ends_ms.saturating_sub(now_ms).max(0),
            Self::Paying { left_ms } => left_ms,
            Self::Settled | Self::Releasing | Self::Ended => 0,
        }
    }

    /// Whether its time is over at `now_ms`.
    pub fn is_over(self, now_ms: i64) -> bool {
        match self {
            Self::Open { ends_ms } => ends_ms <= now_ms,
            Self::Paying { .. } | Self::Settled | Self::Releasing | Self::Ended => false,
        }
    }

    /// The state's name and its time, as they are stored.
    pub fn stored(self) -> (&'static str, i64) {
        match self {
            Self::Open { ends_ms } => ("open", ends_ms),
            Self::Paying { left_ms } => ("paying", left_ms),
            Self::Settled => ("settled", 0),
            Self::Releasing => ("releasing", 0),
            Self::Ended => ("ended", 0),
        }
    }

    /// The state that was stored like this; `None` if there is no such name.
    pub fn from_stored(name: &str, time_ms: i64) -> Option<Self> {
        Some(match name {
            "open" => Self::Open { ends_ms: time_ms },
            "paying" => Self::Paying { left_ms: time_ms },
            "settled" => Self::Settled,
            "releasing" => Self::Releasing,
            "ended" => Self::Ended,
            _ => return None,
        })
    }
}

fn ended(by_hand: bool) -> Moved {
    Step::doing(
        Purchase::Ended,
        [
            PurchaseEffect::Free,
            PurchaseEffect::GiveBackAll { by_hand },
        ],
    )
}

/// It ends as soon as no payment is in flight; until then its seats are kept.
fn wait_or_end(sums: &Sums) -> Moved {
    if sums.in_flight {
        return Step::doing(Purchase::Releasing, [PurchaseEffect::StopAll]);
    }
    ended(false)
}
