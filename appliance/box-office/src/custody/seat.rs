//! What a seat of a showtime is, and the changes of one decision about seats.

use super::{Custodian, Epoch};
use crate::{BlockId, HoldId, SeatId, TicketId};

/// What a seat of a showtime is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SeatState {
    /// Can be had.
    Free,
    /// Kept for a guest who has not paid yet.
    Held(HoldId),
    /// Sold; the ticket may be used or not.
    Sold(TicketId),
    /// Kept back by the house.
    Blocked(BlockId),
    /// Sold, and the cinema is asked whether the ticket may still go back.
    Revoking(TicketId),
    /// Nobody can prove what became of it. It is sold again only after a proof, or at a manager's word.
    Quarantine,
    /// Sold by the cinema at its own risk while the hub has custody.
    TakenOver(TicketId),
}

impl SeatState {
    /// The ticket that it carries.
    pub fn ticket(&self) -> Option<&TicketId> {
        match self {
            Self::Sold(ticket) | Self::Revoking(ticket) | Self::TakenOver(ticket) => Some(ticket),
            Self::Free | Self::Held(_) | Self::Blocked(_) | Self::Quarantine => None,
        }
    }
}

/// A seat of a showtime as one side knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SeatRecord {
    /// How often it has changed hands, and so whose it is.
    pub epoch: Epoch,
    /// What it is.
    pub state: SeatState,
}

impl SeatRecord {
    /// How every seat of a new showtime begins: free, the cinema's.
    pub const NEW: Self = Self {
        epoch: Epoch::FIRST,
        state: SeatState::Free,
    };

    /// Whether `side` has custody and could sell it.
    pub fn is_free_for(&self, side: Custodian) -> bool {
        self.epoch.custodian() == side && self.state == SeatState::Free
    }
}

/// A seat as it was loaded for a decision.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LoadedSeat {
    /// Its place in the layout.
    pub place: usize,
    /// The seat.
    pub seat: SeatId,
    /// What is known of it.
    pub record: SeatRecord,
}

impl LoadedSeat {
    /// The change that makes it `after`.
    pub(crate) fn becoming(&self, after: SeatRecord) -> SeatMove {
        SeatMove {
            place: self.place,
            seat: self.seat.clone(),
            before: self.record.clone(),
            after,
        }
    }

    /// The change that makes it this, in the same custody.
    pub(crate) fn turning(&self, state: SeatState) -> SeatMove {
        let epoch = self.record.epoch;
        self.becoming(SeatRecord { epoch, state })
    }
}

/// One seat's change: written only if the seat still is as `before` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatMove {
    /// The seat's place in the layout.
    pub place: usize,
    /// The seat.
    pub seat: SeatId,
    /// What it was when this was decided.
    pub before: SeatRecord,
    /// What it is to be.
    pub after: SeatRecord,
}

/// The changes of one decision, in the order of the layout; all of them are made or none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a decision that is not stored has not been made"]
pub struct Changes(Vec<SeatMove>);

impl Changes {
    /// Real changes only, in the order of the layout.
    pub fn in_order(moves: impl Iterator<Item = SeatMove>) -> Self {
        let mut moves: Vec<_> = moves.filter(|step| step.before != step.after).collect();
        moves.sort_by_key(|step| step.place);
        Self(moves)
    }

    /// Each change.
    pub fn iter(&self) -> std::slice::Iter<'_, SeatMove> {
        self.0.iter()
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many seats change.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The seats that change.
    pub fn seats(&self) -> Vec<SeatId> {
        self.0.iter().map(|step| step.seat.clone()).collect()
    }
}

impl IntoIterator for Changes {
    type Item = SeatMove;
    type IntoIter = std::vec::IntoIter<SeatMove>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Changes {
    type Item = &'a SeatMove;
    type IntoIter = std::slice::Iter<'a, SeatMove>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
