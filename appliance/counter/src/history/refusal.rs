//! Why there is no history of a seat.

use service::http::Refusal;

use crate::Fault;
use crate::catalogue::CatalogueRefused;
use crate::fault::with_faults;

/// Why there is no history of a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryRefused {
    /// The programme refuses: there is no such showtime.
    Programme(CatalogueRefused),
    /// The room has no such seat.
    UnknownSeat,
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(HistoryRefused);

impl From<CatalogueRefused> for HistoryRefused {
    fn from(refused: CatalogueRefused) -> Self {
        Self::Programme(refused)
    }
}

impl From<HistoryRefused> for Refusal {
    fn from(refused: HistoryRefused) -> Self {
        match refused {
            HistoryRefused::Programme(refused) => refused.into(),
            HistoryRefused::UnknownSeat => Refusal::not_found(
                "unknown_seat",
                "There is no such seat in this room",
                "Name it as it stands on the chair: F7.",
            ),
            HistoryRefused::Fault(fault) => fault.into(),
        }
    }
}
