//! How a seat looks to this guest: the box's state, and what is confirmed and wanted here.

use counter_api::SeatState;

/// How a seat looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Can be chosen.
    Free,
    /// Touched; the box has not confirmed it yet.
    Wanted,
    /// Confirmed as this guest's.
    Chosen,
    /// Another guest is choosing it.
    Held,
    /// Sold.
    Sold,
    /// Kept back by the house.
    Blocked,
    /// In the hub's custody while the line is cut.
    OutOfReach,
}

/// How a seat looks whose state at the box is `state`.
pub fn look(state: SeatState, chosen: bool, wanted: bool) -> Look {
    match (chosen, state) {
        (true, _) => Look::Chosen,
        (false, SeatState::Free) if wanted => Look::Wanted,
        (false, SeatState::Free) => Look::Free,
        (false, SeatState::Held) => Look::Held,
        (false, SeatState::Sold) => Look::Sold,
        (false, SeatState::Blocked) => Look::Blocked,
        (false, SeatState::OutOfReach) => Look::OutOfReach,
    }
}

impl Look {
    /// Whether a touch means something.
    pub fn can_be_touched(self) -> bool {
        match self {
            Self::Free | Self::Wanted | Self::Chosen => true,
            Self::Held | Self::Sold | Self::Blocked | Self::OutOfReach => false,
        }
    }

    /// The name in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Wanted => "wanted",
            Self::Chosen => "chosen",
            Self::Held => "held",
            Self::Sold => "sold",
            Self::Blocked => "blocked",
            Self::OutOfReach => "away",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_box_confirmed_is_chosen() {
        assert_eq!(look(SeatState::Free, false, true), Look::Wanted);
        assert_eq!(look(SeatState::Held, false, true), Look::Held);
        assert_eq!(look(SeatState::Held, true, true), Look::Chosen);
        assert_eq!(look(SeatState::Sold, false, false), Look::Sold);
    }
}
