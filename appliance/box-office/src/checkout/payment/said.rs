//! What they say of a payment, in every state. What was taken is accepted however late; what they must still say is asked for again.

use super::{Moved, Payment, PaymentEffect, Said, Taken, Told};
use crate::checkout::Step;

impl Payment {
    pub(super) fn said(self, said: Said) -> Moved {
        match said {
            Said::NeverHeard => self.never_heard(),
            Said::Waiting => self.waited_for(Self::Asked),
            Said::Step => self.waited_for(Self::StepNeeded),
            Said::Captured { amount_minor } => self.taken(amount_minor),
            Said::Declined => self.not_taken(Self::Declined),
            Said::Cancelled => self.not_taken(Self::Cancelled { heard: true }),
            Said::Returned => self.given_back(),
        }
    }

    /// It never arrived, and the guest may be gone: it must not be taken later.
    fn never_heard(self) -> Moved {
        use PaymentEffect::{LookLater, Stop};
        match self {
            Self::Intended | Self::Asked | Self::StepNeeded => Step::doing(Self::Stopping, [Stop]),
            // They said it before they were asked to stop, and may have taken it in hand since.
            Self::Stopping | Self::Returning(_) => Step::doing(self, [LookLater]),
            Self::Case | Self::Captured(_) | Self::Cancelled { .. } | Self::Returned(_)
                if self.must_be_asked() =>
            {
                Step::doing(self, [Stop])
            }
            Self::Case
            | Self::Captured(_)
            | Self::Declined
            | Self::Cancelled { .. }
            | Self::Owed(_)
            | Self::Returned(_) => Step::quiet(self),
        }
    }

    /// Somebody is being waited for; `open` is what that makes of a payment that is open.
    fn waited_for(self, open: Self) -> Moved {
        use PaymentEffect::{LookLater, LookSoon};
        match self {
            Self::Intended | Self::Asked | Self::StepNeeded => Step::doing(open, [LookSoon]),
            Self::Stopping => Step::doing(self, [LookSoon]),
            // They have it in hand after all, and may take it yet.
            Self::Cancelled { .. } => Step::doing(Self::Cancelled { heard: false }, [LookLater]),
            Self::Case | Self::Returning(_) | Self::Captured(_) | Self::Returned(_)
                if self.must_be_asked() =>
            {
                Step::doing(self, [LookLater])
            }
            Self::Case
            | Self::Returning(_)
            | Self::Captured(_)
            | Self::Declined
            | Self::Owed(_)
            | Self::Returned(_) => Step::quiet(self),
        }
    }

    /// What was taken is always accepted: the purchase settles it or gives it back.
    fn taken(self, amount_minor: i64) -> Moved {
        match self {
            Self::Intended
            | Self::Asked
            | Self::StepNeeded
            | Self::Stopping
            | Self::Case
            | Self::Declined
            | Self::Cancelled { .. } => Step::doing(
                Self::Captured(Taken::whole(amount_minor)),
                [PaymentEffect::Tell(Told::Captured)],
            ),
            // A person said how much it was, and they know better.
            Self::Captured(taken) if !taken.heard => {
                Step::quiet(Self::Captured(Taken::whole(amount_minor)))
            }
            Self::Returning(taken) => {
                let taken = if taken.heard {
                    taken
                } else {
                    Taken::whole(amount_minor)
                };
                let amount_minor = taken.kept_minor();
                Step::doing(
                    Self::Returning(taken),
                    [PaymentEffect::Return { amount_minor }],
                )
            }
            Self::Owed(taken) => Step::quiet(Self::Owed(taken.heard())),
            Self::Returned(taken) => Step::quiet(Self::Returned(taken.heard())),
            Self::Captured(_) => Step::quiet(self),
        }
    }

    /// It was not taken; `ended` is what that makes of a payment that is open.
    fn not_taken(self, ended: Self) -> Moved {
        let failed = [PaymentEffect::Tell(Told::Failed)];
        match self {
            Self::Intended | Self::Asked | Self::StepNeeded | Self::Stopping | Self::Case => {
                Step::doing(ended, failed)
            }
            // A person said that it was taken, and they know better: nothing is owed.
            Self::Owed(taken) | Self::Returning(taken) if !taken.heard => {
                Step::doing(Self::Cancelled { heard: true }, failed)
            }
            Self::Returning(_) => Step::doing(self, [PaymentEffect::LookLater]),
            Self::Cancelled { .. } => Step::quiet(Self::Cancelled { heard: true }),
            // Too late to change what was done.
            Self::Captured(taken) => Step::quiet(Self::Captured(taken.heard())),
            Self::Returned(taken) => Step::quiet(Self::Returned(taken.heard())),
            Self::Declined | Self::Owed(_) => Step::quiet(self),
        }
    }

    fn given_back(self) -> Moved {
        match self {
            // They took it and gave it back before anybody asked.
            Self::Intended | Self::Asked | Self::StepNeeded | Self::Stopping | Self::Case => {
                Step::doing(
                    Self::Returned(Taken::whole(0)),
                    [PaymentEffect::Tell(Told::Failed)],
                )
            }
            Self::Captured(taken) => Step::doing(
                Self::Returned(taken.all_returned().heard()),
                [PaymentEffect::Tell(Told::ReturnedUnasked)],
            ),
            Self::Owed(taken) | Self::Returning(taken) => Step::doing(
                Self::Returned(taken.all_returned().heard()),
                [PaymentEffect::Tell(Told::Returned)],
            ),
            Self::Cancelled { .. } => Step::quiet(Self::Cancelled { heard: true }),
            Self::Returned(taken) if !taken.heard => Step::doing(
                Self::Returned(taken.heard()),
                [PaymentEffect::Tell(Told::ReturnedTwice)],
            ),
            Self::Returned(_) | Self::Declined => Step::quiet(self),
        }
    }
}
