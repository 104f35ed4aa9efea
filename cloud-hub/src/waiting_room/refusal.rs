//! Why a guest is given no place.

use std::time::Duration;

use axum::http::StatusCode;
use counter::Fault;
use counter::catalogue::CatalogueRefused;
use service::http::Refusal;

/// Why a guest is given no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PlaceRefused {
    /// So many wait that no queue takes one more for so long.
    Full(Duration),
    /// Too many places were taken from this address; it waits this long.
    TooManyFromHere(Duration),
    /// The showtime.
    Showtime(CatalogueRefused),
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(PlaceRefused);

impl From<CatalogueRefused> for PlaceRefused {
    fn from(refused: CatalogueRefused) -> Self {
        Self::Showtime(refused)
    }
}

impl From<PlaceRefused> for Refusal {
    fn from(refused: PlaceRefused) -> Self {
        match refused {
            PlaceRefused::Full(wait) => Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                "queue_full",
                "More guests wait than can be kept in order",
                "Ask again as late as Retry-After says.",
            )
            .again_after(wait),
            PlaceRefused::TooManyFromHere(wait) => {
                crate::guests::GuestRefused::TooManyFromHere(wait).into()
            }
            PlaceRefused::Showtime(refused) => refused.into(),
            PlaceRefused::Fault(fault) => fault.into(),
        }
    }
}
