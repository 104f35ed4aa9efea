//! One attempt to take an amount by one means. The wish is written down before anybody is asked, and the outcome is what whoever takes the
//! money says, never what a time-out suggests; where they say nothing a person's word counts, until they do.

mod said;
mod standing;
#[cfg(test)]
mod tests;

use super::{Means, Step};

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payment {
    /// It is written down; they may have been asked or not.
    Intended,
    /// They have it in hand.
    Asked,
    /// The guest must do something with their bank first.
    StepNeeded,
    /// They were asked to stop, and what is true is not known.
    Stopping,
    /// Nobody knows whether it was taken: a person must say.
    Case,
    /// Taken.
    Captured(Taken),
    /// Refused by the bank.
    Declined,
    /// Not taken.
    Cancelled {
        /// Whether they said so themselves; a person may have.
        heard: bool,
    },
    /// To be given back by a person's hand.
    Owed(Taken),
    /// To be given back by them, who are asked until they have.
    Returning(Taken),
    /// Given back.
    Returned(Taken),
}

/// What was taken and given back, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Taken {
    /// All that was taken.
    pub captured_minor: i64,
    /// What of it has been given back.
    pub returned_minor: i64,
    /// Whether they said so themselves; a person may have. Given back by hand, it is theirs to say that they have not done so too.
    pub heard: bool,
}

impl Taken {
    /// What is still here.
    pub fn kept_minor(self) -> i64 {
        self.captured_minor.saturating_sub(self.returned_minor)
    }

    /// As they say that they took it.
    fn whole(captured_minor: i64) -> Self {
        Self {
            captured_minor,
            returned_minor: 0,
            heard: true,
        }
    }

    fn all_returned(self) -> Self {
        Self {
            returned_minor: self.captured_minor,
            ..self
        }
    }

    fn heard(self) -> Self {
        Self {
            heard: true,
            ..self
        }
    }
}

/// What they say of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Said {
    /// They have never heard of it.
    NeverHeard,
    /// The guest or the bank is being waited for.
    Waiting,
    /// The guest must do something with their bank first.
    Step,
    /// Taken.
    Captured {
        /// How much, in minor units.
        amount_minor: i64,
    },
    /// Refused by the bank.
    Declined,
    /// Stopped before it was taken.
    Cancelled,
    /// Given back.
    Returned,
}

/// What a person says of a payment that they have looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    /// It was taken.
    Taken,
    /// It was not.
    NotTaken,
    /// What was owed is given back by hand.
    GivenBack,
}

/// What happens to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentEvent {
    /// They say something.
    Said(Said),
    /// They say nothing, or cannot be reached.
    NoAnswer,
    /// It is time to look again.
    Due,
    /// A guest, a clerk or the purchase wants it stopped.
    Stop,
    /// A process begins and finds it.
    Restart,
    /// The purchase wants it back; `by_hand` if a person has the money in hand to do it.
    GiveBack {
        /// Whether a person gives it back at this moment.
        by_hand: bool,
    },
    /// The showtime has ended.
    Deadline,
    /// A person says something.
    Word(Word),
}

/// What is to be done. The first four are done outside, after the commit; the others in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentEffect {
    /// Ask them to take it.
    Ask,
    /// Ask them what became of it.
    Look,
    /// Ask them to stop it.
    Stop,
    /// Ask them to give this back, in minor units.
    Return {
        /// How much.
        amount_minor: i64,
    },
    /// Look again before long: somebody stands and waits.
    LookSoon,
    /// Look again after a pause.
    LookLater,
    /// Tell the purchase and whoever keeps the books.
    Tell(Told),
}

/// What a payment tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Told {
    /// Money came in.
    Captured,
    /// It ended without money.
    Failed,
    /// What was owed is given back.
    Returned,
    /// It was given back, and nobody here had asked for it: what it paid for is not paid any more.
    ReturnedUnasked,
    /// They gave back what a person has given back by hand.
    ReturnedTwice,
    /// A person must say whether it was taken.
    Unknown,
    /// A person must see that it is given back.
    StillOwed,
}

/// Why a person's word does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WordRefusal {
    /// Nobody asks any more.
    Closed,
    /// This is not what is asked.
    NotTheQuestion,
}

type Moved = Step<Payment, PaymentEffect>;

impl Payment {
    /// How a payment begins: cash is counted, a card is asked for.
    pub fn begin(means: Means, amount_minor: i64) -> Moved {
        match means {
            Means::Cash => Step::quiet(Self::Captured(Taken::whole(amount_minor))),
            Means::Card => Step::doing(Self::Intended, [PaymentEffect::Ask]),
        }
    }

    /// What becomes of it by `event`. A fact is always accepted; only a person's word may be refused.
    ///
    /// # Errors
    /// The word does not answer what is asked.
    pub fn on(
        self,
        means: Means,
        amount_minor: i64,
        event: PaymentEvent,
    ) -> Result<Moved, WordRefusal> {
        match event {
            PaymentEvent::Said(said) => Ok(self.said(said)),
            PaymentEvent::NoAnswer => Ok(self.unanswered()),
            PaymentEvent::Due | PaymentEvent::Restart => Ok(self.looked_at()),
            PaymentEvent::Stop => Ok(self.stop()),
            PaymentEvent::GiveBack { by_hand } => Ok(self.give_back(means, by_hand)),
            PaymentEvent::Deadline => Ok(self.deadline()),
            PaymentEvent::Word(word) => self.word(means, amount_minor, word),
        }
    }

    fn unanswered(self) -> Moved {
        if self.must_be_asked() {
            Step::doing(self, [PaymentEffect::LookLater])
        } else {
            Step::quiet(self)
        }
    }

    /// What is asked when it is time to look: never for the money again, which the first question may have brought, and to give back
    /// only once they have said that it is still here.
    fn looked_at(self) -> Moved {
        let asked = match self {
            Self::Stopping => PaymentEffect::Stop,
            Self::Intended
            | Self::Asked
            | Self::StepNeeded
            | Self::Case
            | Self::Captured(_)
            | Self::Declined
            | Self::Cancelled { .. }
            | Self::Owed(_)
            | Self::Returning(_)
            | Self::Returned(_) => PaymentEffect::Look,
        };
        if self.must_be_asked() {
            Step::doing(self, [asked])
        } else {
            Step::quiet(self)
        }
    }

    fn stop(self) -> Moved {
        match self {
            Self::Intended | Self::Asked | Self::StepNeeded => {
                Step::doing(Self::Stopping, [PaymentEffect::Stop])
            }
            Self::Stopping
            | Self::Case
            | Self::Captured(_)
            | Self::Declined
            | Self::Cancelled { .. }
            | Self::Owed(_)
            | Self::Returning(_)
            | Self::Returned(_) => Step::quiet(self),
        }
    }

    fn give_back(self, means: Means, by_hand: bool) -> Moved {
        match (self, means) {
            (Self::Captured(taken), Means::Cash) if by_hand => {
                Step::quiet(Self::Returned(taken.all_returned()))
            }
            (Self::Captured(taken), Means::Cash) => {
                Step::doing(Self::Owed(taken), [PaymentEffect::Tell(Told::StillOwed)])
            }
            (Self::Captured(taken), Means::Card) => {
                let amount_minor = taken.kept_minor();
                Step::doing(
                    Self::Returning(taken),
                    [PaymentEffect::Return { amount_minor }],
                )
            }
            (other, Means::Cash | Means::Card) => Step::quiet(other),
        }
    }

    fn deadline(self) -> Moved {
        match self {
            Self::Intended | Self::Asked | Self::StepNeeded | Self::Stopping => Step::doing(
                Self::Case,
                [PaymentEffect::Tell(Told::Unknown), PaymentEffect::LookLater],
            ),
            Self::Owed(_) | Self::Returning(_) => {
                Step::doing(self, [PaymentEffect::Tell(Told::StillOwed)])
            }
            Self::Case
            | Self::Captured(_)
            | Self::Declined
            | Self::Cancelled { .. }
            | Self::Returned(_) => Step::quiet(self),
        }
    }

    fn word(self, means: Means, amount_minor: i64, word: Word) -> Result<Moved, WordRefusal> {
        use PaymentEffect as E;
        let tell = |state: Self, told| {
            let mut effects = vec![E::Tell(told)];
            effects.extend(state.must_be_asked().then_some(E::LookLater));
            Ok(Step { state, effects })
        };
        match (self, word) {
            (Self::Case, Word::Taken) => {
                let taken = Taken {
                    captured_minor: amount_minor,
                    returned_minor: 0,
                    heard: false,
                };
                tell(Self::Captured(taken), Told::Captured)
            }
            (Self::Case, Word::NotTaken) => tell(Self::Cancelled { heard: false }, Told::Failed),
            (Self::Owed(taken) | Self::Returning(taken), Word::GivenBack) => {
                let returned = Taken {
                    heard: !means.is_asked(),
                    ..taken.all_returned()
                };
                tell(Self::Returned(returned), Told::Returned)
            }
            (Self::Case, Word::GivenBack)
            | (Self::Owed(_) | Self::Returning(_), Word::Taken | Word::NotTaken) => {
                Err(WordRefusal::NotTheQuestion)
            }
            (
                Self::Intended
                | Self::Asked
                | Self::StepNeeded
                | Self::Stopping
                | Self::Captured(_)
                | Self::Declined
                | Self::Cancelled { .. }
                | Self::Returned(_),
                Word::Taken | Word::NotTaken | Word::GivenBack,
            ) => Err(WordRefusal::Closed),
        }
    }
}
