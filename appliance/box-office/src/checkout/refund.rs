//! The refund of a sold ticket. Only the cinema knows who has been admitted, so it is asked to revoke the ticket first, and money goes back
//! on its answer, or when the showtime has ended without one. How money goes back is the payment's business.

#[cfg(test)]
mod tests;

use super::{Step, WordRefusal};

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refund {
    /// It is written down; the cinema has not been asked.
    Requested,
    /// The cinema is asked. An acknowledgement is no answer.
    Revoking,
    /// The money is to go back.
    Owed,
    /// The money is back.
    Done,
    /// The guest had been admitted: a manager may decide otherwise.
    Refused,
}

/// What happens to a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundEvent {
    /// The cinema is to be asked, for the first time or again.
    Due,
    /// The cinema: the ticket opens no door any more, and had not.
    Revoked,
    /// The cinema: the guest is inside.
    AlreadyAdmitted,
    /// The cinema: nobody can say whether the guest was admitted.
    Unproven,
    /// The showtime has ended.
    Deadline,
    /// The payment has been given back.
    Returned,
    /// A manager says something.
    Word(RefundWord),
}

/// What a manager says of a refund that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundWord {
    /// The money goes back all the same.
    GiveBack,
    /// It stays refused.
    Keep,
}

/// What is to be done. The first is done outside, after the commit; the others in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundEffect {
    /// Ask the cinema to revoke the ticket. Asking again is harmless.
    AskToRevoke,
    /// Free the seat.
    Free,
    /// Have the payment give back the ticket's price.
    GiveBack,
    /// Tell the guest and the other side.
    Tell(RefundTold),
}

/// What a refund tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundTold {
    /// The money will come back.
    Owed,
    /// The guest was admitted: a manager must say whether it does.
    Refused,
    /// It does not: a manager has said so.
    Kept,
    /// The money is back.
    Done,
    /// The guest was admitted, and the money is back or on its way: somebody should know.
    AdmittedAfterAll,
}

type Moved = Step<Refund, RefundEffect>;

impl Refund {
    /// What becomes of it by `event`. A fact is always accepted; only a manager's word may be refused. A cinema that refunds its own
    /// ticket answers itself, without having been asked.
    ///
    /// # Errors
    /// Nothing was refused, so that there is nothing to decide.
    pub fn on(self, event: RefundEvent) -> Result<Moved, WordRefusal> {
        use RefundEffect::{AskToRevoke, Free, GiveBack, Tell};
        Ok(match (self, event) {
            (Self::Requested | Self::Revoking, RefundEvent::Due) => {
                Step::doing(Self::Revoking, [AskToRevoke])
            }
            (Self::Requested | Self::Revoking, RefundEvent::Revoked) => {
                Step::doing(Self::Owed, [Free, GiveBack, Tell(RefundTold::Owed)])
            }
            // The seat is not sold again: somebody may sit on it.
            (Self::Requested | Self::Revoking, RefundEvent::Unproven | RefundEvent::Deadline) => {
                Step::doing(Self::Owed, [GiveBack, Tell(RefundTold::Owed)])
            }
            (Self::Requested | Self::Revoking, RefundEvent::AlreadyAdmitted) => {
                Step::doing(Self::Refused, [Tell(RefundTold::Refused)])
            }
            (Self::Owed | Self::Done, RefundEvent::AlreadyAdmitted) => {
                Step::doing(self, [Tell(RefundTold::AdmittedAfterAll)])
            }
            (Self::Owed, RefundEvent::Returned) => {
                Step::doing(Self::Done, [Tell(RefundTold::Done)])
            }
            (Self::Refused, RefundEvent::Word(RefundWord::GiveBack)) => {
                Step::doing(Self::Owed, [GiveBack, Tell(RefundTold::Owed)])
            }
            (Self::Refused, RefundEvent::Word(RefundWord::Keep)) => {
                Step::doing(self, [Tell(RefundTold::Kept)])
            }
            (
                Self::Requested | Self::Revoking | Self::Owed | Self::Done,
                RefundEvent::Word(RefundWord::GiveBack | RefundWord::Keep),
            ) => return Err(WordRefusal::Closed),
            (Self::Requested | Self::Revoking, RefundEvent::Returned)
            | (
                Self::Owed | Self::Done,
                RefundEvent::Due
                | RefundEvent::Revoked
                | RefundEvent::Unproven
                | RefundEvent::Deadline,
            )
            | (Self::Done, RefundEvent::Returned)
            | (
                Self::Refused,
                RefundEvent::Due
                | RefundEvent::Revoked
                | RefundEvent::AlreadyAdmitted
                | RefundEvent::Unproven
                | RefundEvent::Deadline
                | RefundEvent::Returned,
            ) => Step::quiet(self),
        })
    }

    /// Whether something of it is still to be done.
    pub fn is_unfinished(self) -> bool {
        match self {
            Self::Requested | Self::Revoking | Self::Owed => true,
            Self::Done | Self::Refused => false,
        }
    }

    /// The state's name, as it is stored.
    pub fn stored(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Revoking => "revoking",
            Self::Owed => "owed",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }

    /// The state that was stored like this; `None` if there is no such name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Some(match name {
            "requested" => Self::Requested,
            "revoking" => Self::Revoking,
            "owed" => Self::Owed,
            "done" => Self::Done,
            "refused" => Self::Refused,
            _ => return None,
        })
    }
}
